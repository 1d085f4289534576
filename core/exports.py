"""Tables for spreadsheets: the one place that writes CSV, so that no cell of anybody's is run as a formula (pure: no Django).

A spreadsheet that opens a CSV file reads a cell beginning with ``=``, ``+``, ``-`` or ``@`` as a formula, and a formula can
send the sheet to a stranger. Such a cell gets an apostrophe in front, which spreadsheets take as “this is text”.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal

Cell = str | int | float | Decimal | date | time | None
# The last is the typographic minus, which spreadsheets take for the other.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\N{MINUS SIGN}")
# A number that somebody typed is no formula: it cannot do more than be a number.
NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
# What Excel takes for UTF-8; without it, it takes the file for Windows-1252.
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file as every spreadsheet opens it: UTF-8 with a mark, lines ending in CR LF, every text in quotes.

    Numbers stand bare and stay numbers; dates and moments are written as ISO 8601; None is an empty cell.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    for row in (header, *rows):
        writer.writerow([_cell(value) for value in row])
    return (MARK + file.getvalue()).encode("utf-8", "replace")


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
    clean = "".join(letter for letter in text if letter in "\t\r\n" or unicodedata.category(letter) not in ("Cc", "Cs"))
    first = next((letter for letter in clean if not (letter.isspace() or unicodedata.category(letter) == "Cf")), "")
    begins_one = unicodedata.normalize("NFKC", first).startswith(BEGINS_A_FORMULA) or clean.startswith(
        ("\t", "\r", "\n")
    )
    return f"'{clean}" if begins_one and not NUMBER.fullmatch(clean) else clean
