"""PNG and JPEG: whole, of a size that can be shown, and nothing else hidden in them."""

import struct
import warnings
from typing import BinaryIO

from PIL import Image

from documents.rules.kinds import JPEG, PNG, FileRefused, Kind

PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8\xff"
MOST_PIXELS = 60_000_000  # more than a telephone's camera makes; 180 MB when it is unpacked
SEARCHED = 65_536
# What other programs look for at both ends of a file, whatever it begins with.
FOREIGN = (b"%pdf-", b"<html", b"<script", b"<!doctype", b"<svg", b"<?php")
# What Pillow raises for a file that is damaged, cut off, or made to hurt.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, OverflowError)


def check_png(file: BinaryIO, size: int) -> Kind:
    """The check sums of all chunks are right, and the last chunk is the end of the file.

    Raises:
        FileRefused: they are not.
    """
    _refuse_foreign(file, size)
    if _end_of_png(file, size) != size:
        raise _damaged()
    picture = _opened(file, "PNG")
    try:
        picture.verify()
    except BROKEN as error:
        raise _damaged() from error
    return PNG


def check_jpeg(file: BinaryIO, size: int) -> Kind:
    """It can be decoded; an eighth of the size is enough to know that, and takes a hundredth of the memory.

    Cameras write more pictures behind the first one, so the end is searched and not forbidden.

    Raises:
        FileRefused: it cannot.
    """
    _refuse_foreign(file, size)
    picture = _opened(file, "JPEG")
    try:
        picture.draft("L", (1, 1))
        picture.load()
    except BROKEN as error:
        raise _damaged() from error
    return JPEG


def _opened(file: BinaryIO, form: str) -> Image.Image:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=[form])
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except BROKEN as error:
        raise _damaged() from error
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels()
    return picture


def _end_of_png(file: BinaryIO, size: int) -> int:
    """Where the chunk IEND ends; 0 where there is none. Only the heads of the chunks are read."""
    place = len(PNG_START)
    while place + 12 <= size:
        file.seek(place)
        length, name = struct.unpack(">I4s", file.read(8))
        place += 12 + length
        if name == b"IEND":
            return place
    return 0


def _refuse_foreign(file: BinaryIO, size: int) -> None:
    for place in {0, max(size - SEARCHED, 0)}:
        file.seek(place)
        piece = file.read(SEARCHED).lower()
        if any(mark in piece for mark in FOREIGN):
            raise FileRefused(
                "Another file is hidden in this picture. Open it, save it as a new picture, and send that."
            )


def _damaged() -> FileRefused:
    return FileRefused("This picture is damaged. Open it, save it once more, and send that.")


def _too_many_pixels() -> FileRefused:
    return FileRefused(f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels. Make it smaller.")
