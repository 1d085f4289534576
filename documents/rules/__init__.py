"""What a file is, found from its content, and which files are taken (pure: no Django)."""

from documents.rules.kinds import (
    ALL,
    CSV,
    EXCEL,
    JPEG,
    PDF,
    PNG,
    POWERPOINT,
    TEXT,
    WORD,
    FileRefused,
    Kind,
    listed,
    suffix_of,
)
from documents.rules.names import cleaned_name
from documents.rules.recognition import recognise

__all__ = [
    "ALL",
    "CSV",
    "EXCEL",
    "JPEG",
    "PDF",
    "PNG",
    "POWERPOINT",
    "TEXT",
    "WORD",
    "FileRefused",
    "Kind",
    "cleaned_name",
    "listed",
    "recognise",
    "suffix_of",
]
