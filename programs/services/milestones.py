"""Moving a milestone: the one way in which a date changes once it is a row."""

from collections import defaultdict
from datetime import date, time
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from core.refusals import Refused
from core.services import record
from core.transitions import ChangedMeanwhile
from notifications.models import Kind
from notifications.services import Draft, enqueue_all
from practices.models import Member
from programs.models import Enrollment, Milestone, MilestoneKind, Source, roles_that_owe
from programs.selectors import Obligation, in_progress, obligations
from programs.services.events import entry_in_mail
from programs.services.moments import NAMES, Moment, check_moment
from programs.services.topics import MOVED, cancel_for_all, topic_of


@transaction.atomic
def move_milestone(
    milestone: Milestone,
    *,
    starts_on: date,
    ends_on: date,
    starts_time: time | None = None,
    ends_time: time | None = None,
    by: User | None,
) -> bool:
    """Move a milestone to another moment in its zone; False if that is where it is already.

    Its version rises and its source becomes staff, so loading the program again leaves it alone. Waiting reminders of
    the old date are cancelled, those of the new one follow with the next sweep, and whoever still owes it is told once.

    Raises:
        Refused: ends before it starts, at a local time that does not exist or comes twice, or turns the call around.
        ChangedMeanwhile: somebody else moved it first.
    """
    moment = {"starts_on": starts_on, "starts_time": starts_time, "ends_on": ends_on, "ends_time": ends_time}
    check_move(milestone, **moment)
    return set_moment(milestone, moment, source=Source.STAFF, by=by)


def check_move(
    milestone: Milestone,
    *,
    starts_on: date,
    ends_on: date,
    starts_time: time | None = None,
    ends_time: time | None = None,
) -> None:
    """Whether ``move_milestone`` would take this moment; for forms, which ask before they save. Raises Refused."""
    moment = {"starts_on": starts_on, "starts_time": starts_time, "ends_on": ends_on, "ends_time": ends_time}
    check_moment(milestone.title, moment, milestone.zone)
    _check_call(milestone, moment)


@transaction.atomic
def set_moment(
    milestone: Milestone, moment: Moment, *, source: str, by: User | None, zone: ZoneInfo | None = None
) -> bool:
    """Set the moment (and the zone), with everything that follows from a changed date; the caller has checked it."""
    zone = zone or milestone.zone
    changed = sorted(name for name in NAMES if getattr(milestone, name) != moment[name])
    changed += ["zone"] if zone != milestone.zone else []
    if not changed:
        return False
    before = milestone.version
    values = {**moment, "zone": zone, "source": source, "version": before + 1}
    if not Milestone.objects.filter(pk=milestone.pk, version=before).update(**values):
        raise ChangedMeanwhile("Somebody else moved this milestone a moment ago. Reload the page to see where it is.")
    for name, value in values.items():
        setattr(milestone, name, value)
    cancel_for_all(milestone, reason="Its date has changed.")
    _tell(milestone)
    record("milestone.moved", milestone, by=by, fields=changed)
    return True


def _check_call(milestone: Milestone, moment: Moment) -> None:
    """A call opens before it closes."""
    if milestone.kind == MilestoneKind.OPENING:
        other = Milestone.objects.filter(cohort=milestone.cohort_id, kind=MilestoneKind.DEADLINE).first()
        is_wrong = other is not None and moment["starts_on"] > other.ends_on
    elif milestone.kind == MilestoneKind.DEADLINE:
        other = Milestone.objects.filter(cohort=milestone.cohort_id, kind=MilestoneKind.OPENING).first()
        is_wrong = other is not None and moment["ends_on"] < other.starts_on
    else:
        return
    if is_wrong:
        raise Refused("A call must open before its deadline. Move the other date first.")


def _tell(milestone: Milestone) -> None:
    """One mail about the new date to each who had the old one and still owes what it is about."""
    going_on = Enrollment.objects.filter(in_progress(), cohort=milestone.cohort_id)
    members = defaultdict(list)
    roles = roles_that_owe(milestone.due_from)
    teams = going_on.values("team")
    for member in Member.objects.current().filter(team__in=teams, role__in=roles).select_related("user"):
        members[member.team_id].append(member)
    duties = [duty for duty in obligations(going_on) if duty.milestone.pk == milestone.pk and not duty.is_done]
    enqueue_all(
        _letter(duty, member)
        for duty in duties
        if duty.extension is None
        for member in ([duty.member] if duty.member else members[duty.enrollment.team_id])
        if member.left_on is None and member.user.is_active
    )


def _letter(duty: Obligation, member: Member) -> Draft:
    milestone, enrollment = duty.milestone, duty.enrollment
    return Draft(
        kind=Kind.DEADLINE_MOVED,
        key=f"{MOVED}:{milestone.pk}:{milestone.version}:{member.user_id}:{enrollment.pk}",
        subject=f"New date: {milestone.title}",
        to=member.user,
        template="deadline-moved",
        context={
            "title": milestone.title,
            "team": enrollment.team.name,
            "cohort": enrollment.cohort.title,
            "due_at": duty.due_at.isoformat(),
            "zone": duty.zone.key,
            "link": {"page": "programs:enrollment", "args": [str(enrollment.public_id)]},
            **entry_in_mail(milestone, enrollment, duty.extension),
        },
        topic=topic_of(milestone, enrollment),
        not_after=duty.due_at,
    )
