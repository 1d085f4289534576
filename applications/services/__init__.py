"""Writing calls and applications: the applicant's acts, and the staff's decisions."""

from applications.services.calls import describe_call, open_call
from applications.services.decisions import accept, decline, put_on_alternate_list
from applications.services.drafts import answer, commit_to_sessions, edit_practice, edit_sponsor, start_application
from applications.services.refusals import ApplicationRefused, CallClosed, GapsRemain
from applications.services.submission import reopen, submit, withdraw

__all__ = [
    "ApplicationRefused",
    "CallClosed",
    "GapsRemain",
    "accept",
    "answer",
    "commit_to_sessions",
    "decline",
    "describe_call",
    "edit_practice",
    "edit_sponsor",
    "open_call",
    "put_on_alternate_list",
    "reopen",
    "start_application",
    "submit",
    "withdraw",
]
