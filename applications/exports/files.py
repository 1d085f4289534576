"""The table of a call's applications as a file."""

import io
from collections.abc import Callable, Iterable
from typing import BinaryIO

from applications.exports.table import rows_of, shape_of
from applications.models import Call, Format, Part
from core.exports import Cell, Column, Sheet, write_csv, write_workbook

NARROW = {"application", "practice", "team", "eligibility"}
Rows = Iterable[list[Cell]]


def csv_of(call: Call, part: Part = Part.ALL) -> bytes:
    """The table as CSV. How long ten thousand rows take: docs/applications.md."""
    file = io.BytesIO()
    write(file, call, part=part, form=Format.CSV)
    return file.getvalue()


def excel_of(call: Call, part: Part = Part.ALL) -> bytes:
    """The same as an Excel workbook, with the codebook on a sheet of its own."""
    file = io.BytesIO()
    write(file, call, part=part, form=Format.EXCEL)
    return file.getvalue()


def write(
    file: BinaryIO, call: Call, *, part: Part, form: Format, watch: Callable[[Rows], Rows] = lambda rows: rows
) -> int:
    """Write the table into ``file`` and return its number of rows. However many they are, few are in memory at a time.

    ``watch`` is given the rows and gives them on one by one, so whoever waits sees how it goes on, and can stop it.
    """
    shape = shape_of(call, part)
    columns, rows = shape.columns, watch(rows_of(shape))
    header = [column.code for column in columns]
    if form == Format.CSV:
        return write_csv(file, header, rows)
    widths = [20 if column.source in NARROW else 40 for column in columns]
    return write_workbook(file, [Sheet("Applications", header, rows, widths), _codebook(columns)])[0]


def _codebook(columns: Iterable[Column]) -> Sheet:
    header = ["column", "label", "kind", "choices or unit", "from"]
    book = [[one.code, one.label, one.kind, one.choices, one.source] for one in columns]
    return Sheet("Codebook", header, book, [30, 60, 14, 60, 24])
