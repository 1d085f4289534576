"""What is kept of the name that a file had on somebody's computer. It is shown and given back, and never a path of ours."""

import re
import unicodedata

from documents.rules.kinds import Kind, suffix_of

LONGEST = 200
# Control characters, bidirectional overrides and other invisible marks, halves of pairs, line separators.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
RESERVED = re.compile(r'[<>:"|?*]')


def cleaned_name(name: str, kind: Kind) -> str:
    """The name without folders and without anything that cannot be seen, at most 200 characters, with an ending of ``kind``."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if letter in "\t\r\n" else letter for letter in last if _is_seen(letter))
    tidy = RESERVED.sub("_", " ".join(seen.split())).strip(". ")
    suffix = suffix_of(tidy)
    if suffix in kind.suffixes:
        stem = tidy[: -len(suffix)]
    else:
        stem, suffix = tidy, kind.suffixes[0]
    return f"{stem[: LONGEST - len(suffix)].strip('. ') or 'file'}{suffix}"


def _is_seen(letter: str) -> bool:
    return letter in "\t\r\n" or unicodedata.category(letter) not in UNSEEN
