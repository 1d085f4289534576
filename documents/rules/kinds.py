"""The kinds of file that are taken, and how they are named to a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.refusals import Refused


class FileRefused(Refused):
    """The file is not taken. ``str(error)`` says what it is and what to do."""


@dataclass(frozen=True)
class Kind:
    """``words``: as in “this file is …”. ``suffixes``: the endings that a name may have, the usual one first."""

    name: str
    words: str
    content_type: str
    suffixes: tuple[str, ...]


OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = Kind("PDF", "a PDF", "application/pdf", (".pdf",))
WORD = Kind("Word (.docx)", "a Word document", f"{OFFICE}wordprocessingml.document", (".docx",))
EXCEL = Kind("Excel (.xlsx)", "an Excel workbook", f"{OFFICE}spreadsheetml.sheet", (".xlsx",))
POWERPOINT = Kind("PowerPoint (.pptx)", "a PowerPoint file", f"{OFFICE}presentationml.presentation", (".pptx",))
PNG = Kind("PNG", "a PNG picture", "image/png", (".png",))
JPEG = Kind("JPEG", "a JPEG picture", "image/jpeg", (".jpg", ".jpeg"))
CSV = Kind("CSV", "a table as plain text", "text/csv", (".csv",))
TEXT = Kind("plain text (.txt)", "plain text", "text/plain", (".txt",))
ALL = (PDF, WORD, EXCEL, POWERPOINT, PNG, JPEG, CSV, TEXT)


def listed(kinds: Sequence[Kind]) -> str:
    """“PDF, PNG or JPEG”."""
    *most, last = [kind.name for kind in kinds]
    return f"{', '.join(most)} or {last}" if most else last


def suffix_of(name: str) -> str:
    """The ending of a file's name, in lower case and with its dot; empty where there is none."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem and ending.isalnum() and len(ending) <= 10 else ""
