"""Pages: calls (public), the application as a list of tasks, and its submission."""

from applications.views.attendance import ask_everybody, cannot_attend, commit, word
from applications.views.autosave import autosave
from applications.views.calls import call_detail, call_list
from applications.views.corrections import correction
from applications.views.letters import (
    by_link,
    decline_letter,
    letter,
    letter_ask,
    letter_copy,
    letter_end,
    letter_file,
    letter_remind,
    letter_upload,
    sign_letter,
    sponsor,
    upload_by_link,
    write_letter,
)
from applications.views.overview import application_list, detail
from applications.views.practice import practice
from applications.views.receipts import receipt, receipt_pdf
from applications.views.sections import file, section
from applications.views.starting import carry, eligibility, start
from applications.views.submission import check, reopen, sign, submit, withdraw
from applications.views.team import access, invite, team

__all__ = [
    "access",
    "application_list",
    "ask_everybody",
    "autosave",
    "by_link",
    "call_detail",
    "call_list",
    "cannot_attend",
    "carry",
    "check",
    "commit",
    "correction",
    "decline_letter",
    "detail",
    "eligibility",
    "file",
    "invite",
    "letter",
    "letter_ask",
    "letter_copy",
    "letter_end",
    "letter_file",
    "letter_remind",
    "letter_upload",
    "practice",
    "receipt",
    "receipt_pdf",
    "reopen",
    "section",
    "sign",
    "sign_letter",
    "sponsor",
    "start",
    "submit",
    "team",
    "upload_by_link",
    "withdraw",
    "word",
    "write_letter",
]
