"""Pages: calls (public), the application as a list of tasks, and its submission."""

from applications.views.calls import call_detail, call_list, start
from applications.views.drafts import commit, invite, practice, sponsor, team
from applications.views.overview import application_list, detail
from applications.views.sections import file, section
from applications.views.submission import check, receipt, reopen, submit, withdraw

__all__ = [
    "application_list",
    "call_detail",
    "call_list",
    "check",
    "commit",
    "detail",
    "file",
    "invite",
    "practice",
    "receipt",
    "reopen",
    "section",
    "sponsor",
    "start",
    "submit",
    "team",
    "withdraw",
]
