"""The sponsor and the letter of support: what the applicants do (``asking``), what a sponsor does by the link (``giving``),
and what staff make sure of (``confirming``)."""

from applications.services.letters.asking import (
    ask_for_letter,
    copy_link,
    edit_sponsor,
    end_letter,
    remind_sponsor,
    upload_letter,
)
from applications.services.letters.confirming import confirm_letter
from applications.services.letters.giving import (
    MOST_CHARACTERS,
    MOST_WORDS,
    DraftConflict,
    LetterClosed,
    decline_letter,
    give_signed,
    give_uploaded,
    give_written,
    save_draft,
    start_letter,
)

__all__ = [
    "MOST_CHARACTERS",
    "MOST_WORDS",
    "DraftConflict",
    "LetterClosed",
    "ask_for_letter",
    "confirm_letter",
    "copy_link",
    "decline_letter",
    "edit_sponsor",
    "end_letter",
    "give_signed",
    "give_uploaded",
    "give_written",
    "remind_sponsor",
    "save_draft",
    "start_letter",
    "upload_letter",
]
