"""Tables for spreadsheets: the one place that writes CSV, so that no cell of anybody's is run as a formula (pure: no Django).

A spreadsheet that opens a CSV file reads a cell beginning with ``=``, ``+``, ``-`` or ``@`` as a formula, and a formula can
send the sheet to a stranger. Such a cell gets an apostrophe in front, which spreadsheets take as “this is text”.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | Decimal | date | time | None
# The last is the typographic minus, which spreadsheets take for the other.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\N{MINUS SIGN}")
# A number that somebody typed is no formula: it cannot do more than be a number.
NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
# Control characters but tab and the ends of lines, and halves of characters: Unicode's Cc and Cs.
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# A cell of Excel holds so many characters; what is longer would be left out without a word.
LONGEST_CELL = 32_767
# A decimal number shows all its decimals, zeros too, up to so many.
PLACES = 6
CUT = " … (cut: a cell holds no more; the CSV file has all of it)"
# What Excel takes for UTF-8; without it, it takes the file for Windows-1252.
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file as every spreadsheet opens it: UTF-8 with a mark, lines ending in CR LF, every text in quotes.

    Numbers stand bare and stay numbers; dates and moments are written as ISO 8601; None is an empty cell.
    """
    file = io.BytesIO()
    write_csv(file, header, rows)
    return file.getvalue()


def write_csv(file: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """As ``csv_file``, into ``file``, of which no more than a row is in memory; returns the number of rows."""
    text = io.TextIOWrapper(file, "utf-8", errors="replace", newline="")
    number = 0
    try:
        text.write(MARK)
        writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow([_cell(value) for value in header])
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            number += 1
    finally:
        text.detach()  # or the file would be closed with its wrapper
    return number


def _cell(value: Cell | bool) -> str | int | float | Decimal:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | Decimal):
        # Infinity and “not a number” are words to a spreadsheet.
        return value if value - value == 0 else str(value)
    if isinstance(value, int):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return inert("" if value is None else str(value))


def inert(text: str) -> str:
    """The text without control characters, and with an apostrophe in front if a spreadsheet would run it."""
    clean = _clean(text)
    return f"'{clean}" if _would_run(clean) else clean


def _clean(text: str) -> str:
    return NO_TEXT.sub("", text)


def _would_run(clean: str) -> bool:
    first = next((letter for letter in clean if not (letter.isspace() or unicodedata.category(letter) == "Cf")), "")
    begins_one = unicodedata.normalize("NFKC", first).startswith(BEGINS_A_FORMULA) or clean.startswith(
        ("\t", "\r", "\n")
    )
    return begins_one and not NUMBER.fullmatch(clean)


@dataclass(frozen=True)
class Column:
    """A column of a table: its code stands in the first row, its label and the rest in the codebook."""

    code: str
    label: str
    kind: str = "text"
    choices: str = ""
    source: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name (at most 31 characters), the first row, and the others, each as long as the first."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """An Excel workbook. Texts are written as texts, whatever they begin with, and stay texts when somebody edits the cell.

    Numbers and dates are numbers and dates; a moment shows the clock of its own zone, as Excel knows no zones. A ``Decimal``
    shows the decimals that it has: 3.0 is not shown as 3.
    """
    file = io.BytesIO()
    write_workbook(file, sheets)
    return file.getvalue()


def write_workbook(file: BinaryIO, sheets: Iterable[Sheet]) -> list[int]:
    """As ``workbook``, into ``file``; returns the number of rows of each sheet, its first row not counted."""
    # Row by row to a temporary file: ten thousand rows need no more memory than one.
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"valign": "top"}),
        "quoted": book.add_format({"valign": "top", "quote_prefix": True}),
        "date": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss"}),
        **{
            f"places {count}": book.add_format({"valign": "top", "num_format": f"0.{'0' * count}"})
            for count in range(1, PLACES + 1)
        },
    }
    counts = []
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for column, width in enumerate(sheet.widths):
            page.set_column(column, column, width)
        page.freeze_panes(1, 0)
        for number, words in enumerate(sheet.header):
            page.write_string(0, number, _clean(words), formats["head"])
        number = 0
        for number, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row):
                _write(page, (number, column), value, formats)
        counts.append(number)
    book.close()
    return counts


def _format_of(number: int | float | Decimal) -> str:
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return f"places {-exponent}" if isinstance(exponent, int) and -PLACES <= exponent < 0 else "text"


def _write(page: Worksheet, place: tuple[int, int], value: Cell | bool, formats: dict[str, Format]) -> None:
    if isinstance(value, bool):
        page.write_string(*place, "yes" if value else "no", formats["text"])
    elif isinstance(value, int | float | Decimal) and value - value == 0:
        page.write_number(*place, value, formats[_format_of(value)])
    elif isinstance(value, datetime):
        page.write_datetime(*place, value.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        page.write_datetime(*place, value, formats["date"])
    elif value is not None and value != "":
        text = _clean(str(value))
        text = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
        page.write_string(*place, text, formats["quoted" if _would_run(text) else "text"])
