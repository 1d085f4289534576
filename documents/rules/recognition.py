"""From a file's content to its kind; the name is only asked whether it says the same."""

from collections.abc import Sequence
from typing import BinaryIO

from documents.rules.kinds import ALL, CSV, PDF, TEXT, FileRefused, Kind, listed, suffix_of
from documents.rules.office import check_office, ends_as_archive
from documents.rules.pictures import JPEG_START, PNG_START, check_jpeg, check_png
from documents.rules.texts import check_text

HEAD = 4096
# Beginnings of what is not taken, with the words by which a person knows it. Looked at in this order.
FOREIGN = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"#!", "a script"),
    (b"\xd0\xcf\x11\xe0", "an Office file in the old format or with a password (save it as .docx, .xlsx or PDF)"),
    (b"{\\rtf", "a rich text file (save it as .docx or PDF)"),
    (b"GIF8", "a GIF picture (save it as PNG)"),
    (b"II*\x00", "a TIFF picture (save it as PDF or PNG)"),
    (b"MM\x00*", "a TIFF picture (save it as PDF or PNG)"),
    (b"BM", "a BMP picture (save it as PNG)"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"PK\x05\x06", "an empty archive"),
    (b"\xff\xfe", "text in the UTF-16 encoding (save it as UTF-8)"),
    (b"\xfe\xff", "text in the UTF-16 encoding (save it as UTF-8)"),
    (b"%!PS", "a PostScript file (save it as PDF)"),
)
BOXES = {b"ftyphei": "an HEIC picture (save it as JPEG)", b"ftypmif": "an HEIC picture (save it as JPEG)"}


def recognise(file: BinaryIO, name: str, size: int, allowed: Sequence[Kind] = ALL) -> Kind:
    """The kind of a seekable ``file`` of ``size`` bytes, read in pieces.

    Raises:
        FileRefused: it is damaged, dangerous, of a kind that is not in ``allowed``, or its name says another kind.
    """
    kind = _kind_of(file, name, size, allowed)
    if kind not in allowed:
        raise _not_taken(kind.words, allowed)
    suffix = suffix_of(name)
    if suffix and suffix not in kind.suffixes:
        raise FileRefused(
            f"The name of this file ends in “{suffix}”, but inside it is {kind.words}. Choose the right file, or give it"
            f" its right ending: {kind.suffixes[0]}."
        )
    return kind


def _kind_of(file: BinaryIO, name: str, size: int, allowed: Sequence[Kind]) -> Kind:
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return check_office(file, size, allowed)
    if ends_as_archive(file, size):
        raise FileRefused(f"A compressed archive is hidden in this file. Send one of: {listed(allowed)}.")
    if head.startswith(b"%PDF-"):
        return _check_pdf(file, size)
    if head.startswith(PNG_START):
        return check_png(file, size)
    if head.startswith(JPEG_START):
        return check_jpeg(file, size)
    if words := _foreign(head):
        raise _not_taken(words, allowed)
    problem = check_text(file)
    if problem:
        raise _not_taken(problem, allowed)
    return CSV if suffix_of(name) == ".csv" else TEXT


def _check_pdf(file: BinaryIO, size: int) -> Kind:
    """Whatever stands behind the end mark is another file: a PDF that is whole has nothing but white space there."""
    file.seek(max(size - 1024, 0))
    if not file.read(1024).rstrip(b"\r\n\t\f \x00").endswith(b"%%EOF"):
        raise FileRefused(
            "This PDF is not whole, or something stands behind its end. Open it, save it as PDF once more, and send that."
        )
    return PDF


def _foreign(head: bytes) -> str:
    for start, words in FOREIGN:
        if head.startswith(start):
            return words
    if head[:4] == b"RIFF":
        return "a WebP picture (save it as PNG)" if head[8:12] == b"WEBP" else "a sound or film"
    if head[4:8] == b"ftyp":
        return BOXES.get(head[4:11], "a film")
    return ""


def _not_taken(words: str, allowed: Sequence[Kind]) -> FileRefused:
    return FileRefused(f"This file is {words}. Send one of: {listed(allowed)}.")
