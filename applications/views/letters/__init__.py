"""Letters of support: the applicants' side, and the sponsor's without an account."""

from applications.views.letters.applicant import (
    letter,
    letter_ask,
    letter_copy,
    letter_end,
    letter_file,
    letter_remind,
    letter_upload,
    sponsor,
)
from applications.views.letters.giving import by_link, decline_letter, sign_letter, upload_by_link, write_letter

__all__ = [
    "by_link",
    "decline_letter",
    "letter",
    "letter_ask",
    "letter_copy",
    "letter_end",
    "letter_file",
    "letter_remind",
    "letter_upload",
    "sign_letter",
    "sponsor",
    "upload_by_link",
    "write_letter",
]
