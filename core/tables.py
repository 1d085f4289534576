"""A table that people keep in a spreadsheet, read back: its lines, and what stands in one cell (pure: no Django).

What ``core.exports`` writes comes back as the same. Lists inside a cell stand apart by “|”; what is a mark inside a list
(``| ; , \\``) has a backslash in front of it inside a label.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.exports import MARK, Cell, inert
from core.reading import LARGEST, Problem, Unreadable

MARKS = re.compile(r"([|;,\\]|^\s|\s$)")
WHOLE = re.compile(r"[+-]?\d{1,12}", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,12}\.\d{1,12}", re.ASCII)
TRUE, FALSE = ("yes", "true"), ("no", "false")


class BadCell(ValueError):
    def __init__(self, column: str, message: str) -> None:
        self.column = column
        super().__init__(message)


@dataclass(frozen=True)
class Line:
    """A row of the file: the line (from 1) on which it begins, and its cells by column."""

    number: int
    cells: dict[str, str]


def lines_of(text: str, name: str, *, columns: Sequence[str], needed: Sequence[str], what: str) -> list[Line]:
    """The rows below the first line, which names the columns; these stand in any order, parted by comma, semicolon or tab.

    ``what`` the file should have been, for the message: “form”.

    Raises:
        Unreadable: it is no such table, or has no row.
    """
    if len(text) > LARGEST:
        message = f"The file is larger than a million characters, so it is no {what}."
        raise Unreadable([Problem(name, 1, "", message)])
    return list(_lines(text.removeprefix(MARK), name, columns, needed))


def _lines(text: str, name: str, columns: Sequence[str], needed: Sequence[str]) -> Iterator[Line]:
    header_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if wrong := _wrong_header(header, columns, needed):
            raise Unreadable([Problem(name, 1, "", wrong)])
        begins = reader.line_num + 1
        for row in reader:
            if any(cell.strip() for cell in row):
                if len(row) > len(header):
                    message = f"has {len(row)} cells, but there are {len(header)} columns. Put quotes around texts with commas."
                    raise Unreadable([Problem(name, begins, "", message)])
                yield Line(begins, dict.fromkeys(columns, "") | dict(zip(header, map(unguarded, row), strict=False)))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable([Problem(name, reader.line_num, "", f"is not CSV: {error}.")]) from error


def _wrong_header(header: list[str], columns: Sequence[str], needed: Sequence[str]) -> str:
    if missing := [column for column in needed if column not in header]:
        return (
            f"The first line has to name the columns; “{missing[0]}” is missing. Known columns: {', '.join(columns)}."
        )
    for column in header:
        if column not in columns:
            return f"“{column}” is not a known column. Known columns: {', '.join(columns)}."
        if header.count(column) > 1:
            return f"The column “{column}” is there twice. Keep one of the two."
    return ""


# --- Writing a cell --------------------------------------------------------------------------------------------------


def marked(label: str) -> str:
    return MARKS.sub(r"\\\1", label)


def guarded(cell: Cell) -> Cell:
    """A text that looks like a guarded formula gets one more apostrophe, so that ``unguarded`` takes away ours, not its own."""
    return f"'{cell}" if isinstance(cell, str) and _looks_guarded(cell) else cell


def _looks_guarded(text: str) -> bool:
    bare = text.lstrip("'")
    return bare != text and inert(bare) != bare


def unguarded(text: str) -> str:
    return text[1:] if _looks_guarded(text) else text


# --- Reading a cell --------------------------------------------------------------------------------------------------


def read_number(column: str, text: str) -> int | float | None:
    if not text:
        return None
    if WHOLE.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text):
        return float(text)
    raise BadCell(column, f"“{text}” is not a number. Write digits, such as 250 or 0.5.")


def read_yes_or_no(column: str, text: str, *, empty: bool) -> bool:
    if text and text.lower() not in TRUE + FALSE:
        raise BadCell(column, f"“{text}” is neither yes nor no.")
    return text.lower() in TRUE if text else empty


def split(text: str, mark: str) -> Iterator[str]:
    """The parts between the marks that have no backslash in front; backslashes stay until ``read_pair`` reads the label."""
    if not text.strip():
        return
    begin, is_escaped = 0, False
    for at, letter in enumerate(text):
        if letter == mark and not is_escaped:
            yield text[begin:at]
            begin = at + 1
        is_escaped = letter == "\\" and not is_escaped
    yield text[begin:]


def read_pair(column: str, text: str) -> dict[str, str]:
    code, equals, label = text.partition("=")
    if not equals:
        raise BadCell(column, f"“{text.strip()}” is not understood. Write a code and a label, such as yes=Yes.")
    return {"code": code.strip(), "label": unmarked(label)}


def unmarked(label: str) -> str:
    """The label without the blanks around it and without backslashes; what had a backslash in front stays as it is."""
    kept = re.sub(r"^\s+", "", label)
    blanks = re.search(r"\s+$", kept)
    if blanks:
        end = blanks.start()
        slashes = len(kept[:end]) - len(kept[:end].rstrip("\\"))
        kept = kept[: end + 1] if slashes % 2 else kept[:end]
    return re.sub(r"\\(.)", r"\1", kept, flags=re.S)
