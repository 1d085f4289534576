"""The closed list of placeholders, and what is refused on saving.

A placeholder is a name in braces, ``{due}``; ``{{`` and ``}}`` are braces. Nothing else is looked at: no attributes, no
formats, and a value is never read for placeholders again.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from core.refusals import Refused
from notifications.models import Kind

LONGEST_SUBJECT = 250
KINDS = (Kind.REMINDER, Kind.NEWS)  # what staff may put into words of their own; other mail says what it has to


class Placeholder(NamedTuple):
    stands_for: str
    sample: str
    kinds: tuple[str, ...]


PLACEHOLDERS = {
    "recipient_name": Placeholder("The name of who gets the mail", "Lena Leader", KINDS),
    "team": Placeholder("The team that the mail is about", "Breast Team", KINDS),
    "cohort": Placeholder("The cohort that the team is in", "Cohort 2026", KINDS),
    "site_name": Placeholder("The name of this site", "Quality Collaboratives", KINDS),
    "support_email": Placeholder("The address for questions", "support@example.org", KINDS),
    "title": Placeholder("What is due", "Quarterly update 1", (Kind.REMINDER,)),
    "due": Placeholder(
        "Until when, in the cohort's time and the reader's",
        "September 30, 2026, 11:59 PM Eastern (8:59 PM for you)",
        (Kind.REMINDER,),
    ),
    "due_day": Placeholder("The day until when, short enough for a subject", "September 30, 2026", (Kind.REMINDER,)),
    "starts": Placeholder(
        "When it begins: the days of a session, the hour of a call", "July 11, 2026 to July 12, 2026", (Kind.REMINDER,)
    ),
    "place": Placeholder("Where it is; empty where there is no place", "Alexandria, VA", (Kind.REMINDER,)),
}
WHEN = ("due", "due_day", "starts")

TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
DOUBLED = re.compile(r"(?<!\{)\{\{\s*(\w+)\s*\}\}(?!\})")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")


class WordingRefused(Refused):
    """A wording that cannot be saved as it stands."""


class UnknownPlaceholder(WordingRefused):
    """It names something in braces that no mail of this kind can fill in."""


class Piece(NamedTuple):
    """A stretch of plain text, or the name of a placeholder."""

    text: str
    is_name: bool


def pieces(text: str) -> Iterator[Piece]:
    """Plain text and placeholders in turn; neighbouring plain text is joined, so that an address stays whole.

    Raises:
        WordingRefused: a brace stands alone.
    """
    plain, end = "", 0
    for hit in TOKEN.finditer(text):
        plain, end = plain + text[end : hit.start()], hit.end()
        if hit[1] is not None:
            yield Piece(plain, False)
            yield Piece(hit[1], True)
            plain = ""
        elif len(hit[0]) == 2:
            plain += hit[0][0]
        else:
            near = " ".join(text[max(0, hit.start() - 15) : hit.end() + 15].split())
            raise WordingRefused(f"A brace stands alone near “{near}”. Write {{{{ or }}}} for a brace that is meant.")
    yield Piece(plain + text[end:], False)


def names_in(text: str) -> list[str]:
    """The placeholders of a text in their order, each once."""
    return list(dict.fromkeys(piece.text for piece in pieces(text) if piece.is_name))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: what stands between empty lines."""
    return [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.strip()) if part.strip()]


def known(kind: str) -> dict[str, Placeholder]:
    """The placeholders that a mail of ``kind`` can fill in."""
    return {name: one for name, one in PLACEHOLDERS.items() if kind in one.kinds}


def check(text: str, kind: str) -> None:
    """Let a text pass that a mail of ``kind`` can fill in.

    Raises:
        UnknownPlaceholder: a name in braces is not in the closed list; the sentence has the list.
        WordingRefused: a brace stands alone, a placeholder has two of them, or there are control characters.
    """
    names = known(kind)
    if CONTROL.search(text):
        raise WordingRefused("Remove the invisible control characters; they often come with pasted text.")
    unknown = [name for name in names_in(text) if name not in names]
    if unknown:
        raise UnknownPlaceholder(_sentence_on(unknown, list(names)))
    doubled = [name for name in DOUBLED.findall(text) if name in names]
    if doubled:
        raise WordingRefused(f"Write {{{doubled[0]}}} with one brace on each side; two would print the name itself.")


def _sentence_on(unknown: list[str], names: list[str]) -> str:
    sentence = f"{_listed(unknown)} cannot be filled in."
    for name in unknown:
        near = get_close_matches(name.strip().lower(), names, n=1)
        if near:
            sentence += f" For {{{name}}}, did you mean {{{near[0]}}}?"
    return f"{sentence} You can use {_listed(names)}."


def _listed(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def check_subject(text: str, kind: str) -> None:
    """``check``, and the subject is one line with something in it.

    Raises:
        WordingRefused: it is empty, has a line break or is longer than 250 characters.
    """
    if len(text.splitlines()) > 1 or "\n" in text or "\r" in text:
        raise WordingRefused("Write the subject on one line.")
    if not text.strip():
        raise WordingRefused("Write a subject.")
    if len(text) > LONGEST_SUBJECT:
        raise WordingRefused(f"Shorten the subject to {LONGEST_SUBJECT} characters.")
    check(text, kind)


def check_body(text: str, kind: str) -> None:
    """``check``, and a reminder says by when in its first paragraph: in a mail with several lines that is its line.

    Raises:
        WordingRefused: it is empty, or a reminder's first paragraph does not say by when.
    """
    check(text, kind)
    if not text.strip():
        raise WordingRefused("Write the text of the mail.")
    if kind == Kind.REMINDER and not set(WHEN) & set(names_in(paragraphs(text)[0])):
        raise WordingRefused(
            f"Say in the first paragraph what is due and by when, with one of {_listed(list(WHEN))}. "
            "Where the reminders of a day are gathered into one mail, the first paragraph is all that is shown."
        )
