"""Writing calls and applications: the applicant's acts, and the staff's decisions."""

from applications.services.attendance import (
    LinkOver,
    ask_to_attend,
    commit_to_sessions,
    confirm_by_link,
    decline_by_link,
)
from applications.services.autosave import Kept, keep_answers
from applications.services.calls import describe_call, open_call
from applications.services.copying import carry_forward, copy_answers
from applications.services.corrections import answer_correction, request_correction, settle_correction
from applications.services.decisions import accept, decline, put_on_alternate_list
from applications.services.drafts import answer, edit_practice, start_application
from applications.services.editions import (
    FormChanged,
    Used,
    drop_edition,
    edition_to_edit,
    fingerprint,
    freeze_opened,
    put_form,
    trial_of_use,
    use_edition,
)
from applications.services.eligibility import (
    EligibilityRefused,
    move_eligibility,
    put_eligibility,
    remove_eligibility,
    set_eligibility,
)
from applications.services.exporting import (
    ask_for_export,
    claim_export,
    finish_export,
    hold_on,
    put_off,
    remove_exports,
)
from applications.services.letters import (
    DraftConflict,
    LetterClosed,
    ask_for_letter,
    confirm_letter,
    copy_link,
    decline_letter,
    edit_sponsor,
    end_letter,
    give_signed,
    give_uploaded,
    give_written,
    remind_sponsor,
    save_draft,
    start_letter,
    upload_letter,
)
from applications.services.notes import write_note
from applications.services.refusals import ApplicationRefused, CallClosed, GapsRemain, NotEligible, NotSignedOff
from applications.services.rehearsals import rehearse
from applications.services.screening import ScreeningChanged, screen
from applications.services.signing import SignOffState, sign_off, sign_off_state
from applications.services.submission import reopen, submit, withdraw
from applications.services.undelivered import tell_undelivered
from applications.services.visits import note_visit

__all__ = [
    "ApplicationRefused",
    "CallClosed",
    "DraftConflict",
    "EligibilityRefused",
    "FormChanged",
    "GapsRemain",
    "Kept",
    "LetterClosed",
    "LinkOver",
    "NotEligible",
    "NotSignedOff",
    "ScreeningChanged",
    "SignOffState",
    "Used",
    "accept",
    "answer",
    "answer_correction",
    "ask_for_export",
    "ask_for_letter",
    "ask_to_attend",
    "carry_forward",
    "claim_export",
    "commit_to_sessions",
    "confirm_by_link",
    "confirm_letter",
    "copy_answers",
    "copy_link",
    "decline",
    "decline_by_link",
    "decline_letter",
    "describe_call",
    "drop_edition",
    "edit_practice",
    "edit_sponsor",
    "edition_to_edit",
    "end_letter",
    "fingerprint",
    "finish_export",
    "freeze_opened",
    "give_signed",
    "give_uploaded",
    "give_written",
    "hold_on",
    "keep_answers",
    "move_eligibility",
    "note_visit",
    "open_call",
    "put_eligibility",
    "put_form",
    "put_off",
    "put_on_alternate_list",
    "rehearse",
    "remind_sponsor",
    "remove_eligibility",
    "remove_exports",
    "reopen",
    "request_correction",
    "save_draft",
    "screen",
    "set_eligibility",
    "settle_correction",
    "sign_off",
    "sign_off_state",
    "start_application",
    "start_letter",
    "submit",
    "tell_undelivered",
    "trial_of_use",
    "upload_letter",
    "use_edition",
    "withdraw",
    "write_note",
]
