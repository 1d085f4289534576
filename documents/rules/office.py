"""Word, Excel and PowerPoint as they are written since 2007: archives of XML, told apart by what they declare to be.

Nothing is unpacked to disk. Every part is read once, in pieces, so that a size that is declared falsely is found.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import BinaryIO

from documents.rules.kinds import EXCEL, OFFICE, POWERPOINT, WORD, FileRefused, Kind, listed

END = struct.Struct("<4s4H2LH")  # the archive's last record: mark, disks, entries, directory's size and place, comment
END_MARK = b"PK\x05\x06"
LONGEST_COMMENT = 65_535
MOST_PARTS = 5_000
LONGEST_DIRECTORY = 2_000_000  # bytes
MOST_UNPACKED = 200_000_000  # bytes
MOST_RATIO = 200  # repeated cells reach 50, a bomb a thousand
SMALL = 10_000_000  # bytes, of which the ratio says nothing
LONGEST_TYPES = 1_000_000  # bytes
PIECE = 65_536
TYPES = "[Content_Types].xml"
KINDS = {
    f"{OFFICE}wordprocessingml.document.main+xml": WORD,
    f"{OFFICE}spreadsheetml.sheet.main+xml": EXCEL,
    f"{OFFICE}presentationml.presentation.main+xml": POWERPOINT,
}
MACROS = re.compile(r"vbaProject|vbaData|/macrosheets/|/activeX/", re.IGNORECASE)
BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


def ends_as_archive(file: BinaryIO, size: int) -> bool:
    """Whether a program that unpacks archives would find one in this file; they look from the end."""
    tail = _tail(file, size)
    place = tail.find(END_MARK)
    while place >= 0:
        if place + END.size <= len(tail):
            comment = END.unpack_from(tail, place)[-1]
            if place + END.size + comment == len(tail):
                return True
        place = tail.find(END_MARK, place + 1)
    return False


def _tail(file: BinaryIO, size: int) -> bytes:
    length = min(size, END.size + LONGEST_COMMENT)
    file.seek(size - length)
    return file.read(length)


def check_office(file: BinaryIO, size: int, allowed: Sequence[Kind]) -> Kind:
    """The kind of an archive.

    Raises:
        FileRefused: it is another archive, has macros or a password, is damaged, or would unpack to something enormous.
    """
    _check_directory(file, size)
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_parts(parts, size)
            kind = _declared(archive, allowed)
            _read_through(archive, parts)
    except BROKEN as error:
        raise _damaged() from error
    return kind


def _check_directory(file: BinaryIO, size: int) -> None:
    """The directory ends where the file ends, and is short enough to be read into memory."""
    if size < END.size:
        raise _damaged()
    file.seek(size - END.size)
    mark, _, _, _, entries, length, place, comment = END.unpack(file.read(END.size))
    if mark != END_MARK or comment or place + length != size - END.size:
        raise _damaged()
    if entries > MOST_PARTS or length > LONGEST_DIRECTORY:
        raise FileRefused(f"This file is an archive of more than {MOST_PARTS:,} parts. Save the document once more.")


def _check_parts(parts: list[zipfile.ZipInfo], size: int) -> None:
    names = [part.filename for part in parts]
    if len(set(names)) != len(names) or any(_is_outside(name) for name in names):
        raise _damaged()
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileRefused("This file has a password. Save it without one, and send that.")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise _damaged()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > MOST_RATIO * size):
        raise FileRefused("This file unpacks to something enormous. Make it smaller, or save it as PDF.")
    if any(MACROS.search("/" + name) for name in names):
        raise _with_macros()


def _is_outside(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or any(ord(letter) < 32 for letter in name)


def _declared(archive: zipfile.ZipFile, allowed: Sequence[Kind]) -> Kind:
    """What the list of content types says, read as text: an XML parser would be one more thing to attack."""
    names = set(archive.namelist())
    if TYPES not in names:
        words = (
            "an OpenDocument file (save it as .docx, .xlsx or PDF)" if "mimetype" in names else "a compressed archive"
        )
        raise FileRefused(f"This file is {words}. Send one of: {listed(allowed)}.")
    with archive.open(TYPES) as part:
        types = part.read(LONGEST_TYPES + 1)
    text = types.decode("utf-8-sig", errors="replace")
    if len(types) > LONGEST_TYPES or "\x00" in text or "<!DOCTYPE" in text:
        raise _damaged()
    if "macroenabled" in text.lower() or MACROS.search(text):
        raise _with_macros()
    found = [kind for declared, kind in KINDS.items() if f'"{declared}"' in text or f"'{declared}'" in text]
    if len(found) != 1:
        raise FileRefused(f"This file is a compressed archive. Send one of: {listed(allowed)}.")
    return found[0]


def _read_through(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Reading stops at the declared size and then compares the check sum, so what lies about its size fails here."""
    for part in parts:
        with archive.open(part) as stream:
            while stream.read(PIECE):
                pass


def _damaged() -> FileRefused:
    return FileRefused("This file is damaged. Open it, save it once more, and send that.")


def _with_macros() -> FileRefused:
    return FileRefused("This file contains macros. Save it without them, as .docx, .xlsx, .pptx or PDF, and send that.")
