"""Making a session of a milestone."""

from django.db import transaction

from accounts.models import User
from core.refusals import Refused
from core.services import record
from programs.models import Milestone, MilestoneKind
from sessions_app.models import Session, SessionDay


class SessionRefused(Refused):
    """This milestone cannot be a session."""


@transaction.atomic
def schedule_session(milestone: Milestone, *, mode: str, by: User | None = None) -> Session:
    """Give a milestone its session, with one day for each of its dates. Doing it again brings the days up to date.

    Days beyond a milestone that became shorter go, unless somebody is recorded on them; ``mode`` counts for a new
    session only, because staff may have changed it since.

    Raises:
        SessionRefused: the milestone is not of kind session.
    """
    if milestone.kind != MilestoneKind.SESSION:
        raise SessionRefused(f"“{milestone.title}” is not a session, so it has no days and no attendance.")
    session, is_new = Session.objects.get_or_create(milestone=milestone, defaults={"mode": mode})
    wanted = set(range((milestone.ends_on - milestone.starts_on).days + 1))
    present = set(session.days.values_list("offset_days", flat=True))
    surplus = session.days.exclude(offset_days__in=wanted).filter(attendances=None)
    is_changed = bool(wanted - present) or surplus.exists()
    SessionDay.objects.filter(pk__in=list(surplus.values_list("pk", flat=True))).delete()
    SessionDay.objects.bulk_create(SessionDay(session=session, offset_days=one) for one in sorted(wanted - present))
    if is_new or is_changed:
        record("session.scheduled", session, by=by, fields=["days"])
    return session


@transaction.atomic
def note_agenda_changed(session: Session, *, by: User) -> None:
    """Leave the trail of segments that a form has added, changed or taken off the agenda."""
    record("session.agenda_changed", session, by=by, fields=["segments"])


@transaction.atomic
def change_mode(session: Session, *, mode: str, by: User) -> None:
    """Say how a session takes place from now on; the same mode again changes nothing."""
    if Session.objects.filter(pk=session.pk).exclude(mode=mode).update(mode=mode):
        record("session.changed", session, by=by, fields=["mode"])
    session.mode = mode
