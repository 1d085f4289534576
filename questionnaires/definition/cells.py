"""What stands in one cell of a data dictionary: written, and read back as the same.

Lists stand apart by “|”; what is a mark inside a list (``| ; , \\``) has a backslash in front of it inside a label.
"""

import re
from collections.abc import Iterator

from core.exports import Cell, inert
from questionnaires.definition import schema
from questionnaires.definition.schema import QuestionDefinition

MARKS = re.compile(r"([|;,\\]|^\s|\s$)")
ROWS = re.compile(r"(?:(?P<low>\d+) to (?P<high>\d+)|at least (?P<least>\d+)|up to (?P<most>\d+))", re.I | re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,12}", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,12}\.\d{1,12}", re.ASCII)
TRUE, FALSE = ("yes", "true"), ("no", "false")


class BadCell(ValueError):
    def __init__(self, column: str, message: str) -> None:
        self.column = column
        super().__init__(message)


# --- Writing ----------------------------------------------------------------------------------------------------------


def column_cell(column: schema.ColumnDefinition) -> str:
    parts = [f"{column.code}={marked(column.label)}", column.kind, "required" if column.required else "optional"]
    if column.choices:
        parts.append(", ".join(f"{choice.code}={marked(choice.label)}" for choice in column.choices))
    return "; ".join(parts)


def rows_cell(question: QuestionDefinition) -> str:
    low, high = question.min_rows, question.max_rows
    if low is not None and high is not None:
        return f"{low} to {high}"  # not “2-8”, which spreadsheets take for February 8
    return f"at least {low}" if low is not None else f"up to {high}" if high is not None else ""


def ask_if_cell(question: QuestionDefinition) -> str:
    if question.ask_if is None:
        return ""
    values = " | ".join("true" if value is True else str(value) for value in question.ask_if.values)
    return f"{question.ask_if.question}={values}"


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


# --- Reading ----------------------------------------------------------------------------------------------------------


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


def read_rows(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    found = ROWS.fullmatch(text)
    if not found:
        raise BadCell("rows", f"“{text}” is not understood. Write “2 to 8”, “at least 2” or “up to 8”.")
    low, high = found["low"] or found["least"], found["high"] or found["most"]
    return low and int(low), high and int(high)


def read_ask_if(text: str, kinds: dict[str, str]) -> dict[str, object] | None:
    if not text:
        return None
    question, equals, values = text.partition("=")
    found: list[str | bool] = [value.strip() for value in values.split("|")]
    if not equals or not all(found):
        raise BadCell(
            "ask_if", f"“{text}” is not understood. Write a question and answers, such as has-data=yes | partly."
        )
    if kinds.get(question.strip()) == "statement":
        found = [True if str(value).lower() in TRUE else value for value in found]
    return {"question": question.strip(), "values": found}


def read_column(text: str) -> dict[str, object]:
    parts = list(split(text, ";"))
    if not 2 <= len(parts) <= 4:
        raise BadCell(
            "columns",
            f"“{text}” is not understood. Write name=Name; short_text; required, and choices after one more “;”.",
        )
    need = parts[2].strip().lower() if len(parts) > 2 else "required"
    if need not in ("required", "optional"):
        raise BadCell("columns", f"“{parts[2].strip()}” is neither required nor optional.")
    choices = [read_pair("columns", item) for item in split(parts[3], ",")] if len(parts) > 3 else []
    return read_pair("columns", parts[0]) | {
        "kind": parts[1].strip(),
        "required": need == "required",
        "choices": choices,
    }


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
