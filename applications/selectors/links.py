"""What a link without an account still does: that of a letter of support, and that of a member's word to attend."""

from datetime import datetime, timedelta
from enum import Enum

from applications.models import Application, ApplicationState, AttendanceCommitment, Letter
from applications.selectors.intake import own_membership
from applications.selectors.letters import LetterState, letter_state
from applications.selectors.returned import is_returned
from applications.selectors.standing import CallStanding, standing_for
from programs.models import LatePolicy
from programs.selectors import deadline_of

OVER = (
    ApplicationState.ACCEPTED,
    ApplicationState.ALTERNATE,
    ApplicationState.DECLINED,
    ApplicationState.WITHDRAWN,
)


class LetterLink(Enum):
    """What the link of a letter does, with the sentence for the sponsor where it does nothing any more."""

    OPEN = ""
    DONE = "done"
    ENDED = "The team no longer asks for this letter: somebody else supports it now, or the request was taken back."
    SENT = "The team has sent its application, so nothing can be added to it now."
    CLOSED = "The call is closed for this application, so this link has ended and no letter can be added any more."


def letter_link(letter: Letter, at: datetime) -> LetterLink:
    """What the link does for something that arrives at ``at`` (aware).

    It ends for good with the call, grace and extensions counted as for the application itself; its reader sees the letter no
    more then. Where staff returned the part on the sponsor, it is open again.
    """
    state, application = letter_state(letter), letter.application
    if state is LetterState.ENDED:
        return LetterLink.ENDED
    if is_returned(application, part="sponsor"):
        return LetterLink.DONE if state is LetterState.DONE else LetterLink.OPEN
    if application.state in OVER or standing_for(application, at) is CallStanding.CLOSED:
        return LetterLink.CLOSED
    if state is LetterState.DONE:
        return LetterLink.DONE
    return LetterLink.OPEN if application.state == ApplicationState.DRAFT else LetterLink.SENT


def closes_at(application: Application) -> datetime | None:
    """The last moment at which something may still be added, its extension included; None where late work is taken."""
    deadline = application.call.deadline
    if deadline.late_policy == LatePolicy.ACCEPT:
        return None
    own = deadline_of(deadline, application.enrollment)
    return own.at + timedelta(minutes=own.grace_minutes)


class AttendanceLink(Enum):
    """What the link of a member does, with the sentence for them where it does nothing any more."""

    OPEN = ""
    LEFT = "You are not in the core team of this application any more, so there is nothing to confirm."
    CLOSED = "The call for applications is closed, so nothing can be confirmed any more."
    OVER = "This application was decided or taken back, so there is nothing to confirm any more."


def attendance_link(commitment: AttendanceCommitment, at: datetime) -> AttendanceLink:
    """What the link does for something that arrives at ``at`` (aware)."""
    application, person = commitment.application, commitment.member.user
    if not person.is_active or own_membership(application, person) is None:
        return AttendanceLink.LEFT
    if is_returned(application, part="team"):
        return AttendanceLink.OPEN
    if application.state not in (ApplicationState.DRAFT, ApplicationState.SUBMITTED):
        return AttendanceLink.OVER
    if application.state == ApplicationState.DRAFT and standing_for(application, at) is CallStanding.CLOSED:
        return AttendanceLink.CLOSED
    return AttendanceLink.OPEN
