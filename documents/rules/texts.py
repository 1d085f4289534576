"""Plain text: letters that can be read, and no page or program in disguise."""

import codecs
import re
from typing import BinaryIO

PIECE = 65_536
# What no editor writes into a text. Tab, line ends and the form feed are fine.
UNREADABLE = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php)", re.IGNORECASE)
OVERLAP = 16  # longer than the longest mark, so that none is cut in two


def check_text(file: BinaryIO) -> str:
    """What is wrong, as in “this file is …”; empty for a text in UTF-8 or Windows-1252."""
    utf8, western = codecs.getincrementaldecoder("utf-8")(), codecs.getincrementaldecoder("cp1252")()
    is_utf8 = is_western = True
    before = b""
    file.seek(0)
    while piece := file.read(PIECE):
        if UNREADABLE.search(piece):
            return "of a kind that we do not know"
        if MARKUP.search(before + piece):
            return "a web page, a picture in SVG, or another file with markup"
        before = piece[-OVERLAP:]
        is_utf8 = is_utf8 and _decodes(utf8, piece)
        is_western = is_western and _decodes(western, piece)
    is_utf8 = is_utf8 and _decodes(utf8, b"", is_last=True)
    return "" if is_utf8 or is_western else "of a kind that we do not know"


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, is_last: bool = False) -> bool:
    try:
        decoder.decode(piece, is_last)
    except UnicodeDecodeError:
        return False
    return True
