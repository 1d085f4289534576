"""Whether a call is open, and how it stands for an application."""

from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from applications.models import Application, Call
from programs.models import LatePolicy
from programs.selectors import deadline_of
from programs.timeline import Deadline, Window, window


class CallStanding(StrEnum):
    """How a call stands at a moment. LATE: the deadline has passed, late applications are taken and marked."""

    UPCOMING = "upcoming"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


def calls() -> QuerySet[Call]:
    """All calls with what their pages show, the latest deadline first."""
    rows = Call.objects.select_related("cohort__program", "opening", "deadline")
    return rows.order_by("-deadline__ends_on", "cohort__code")


def call_deadline(call: Call) -> Deadline:
    """The call's deadline for everybody; an extension of one enrollment is not in it."""
    row = call.deadline
    return Deadline(row.ends_at, row.grace_minutes, row.late_policy == LatePolicy.ACCEPT)


def standing_of(call: Call, at: datetime) -> CallStanding:
    """How ``call`` stands at ``at`` (aware), for somebody without an application."""
    if at < call.opening.starts_at:
        return CallStanding.UPCOMING
    return _as_standing(window(call_deadline(call), at))


def standing_for(application: Application, at: datetime) -> CallStanding:
    """How the call stands at ``at`` for this application, its extension included."""
    return standing_by(deadline_of(application.call.deadline, application.enrollment), at)


def standing_by(deadline: Deadline, at: datetime) -> CallStanding:
    """How the call stands at ``at`` for an application whose deadline, its extension included, is known already."""
    return _as_standing(window(deadline, at))


def _as_standing(found: Window) -> CallStanding:
    if found in (Window.OPEN, Window.GRACE):
        return CallStanding.OPEN
    return CallStanding.LATE if found is Window.LATE else CallStanding.CLOSED
