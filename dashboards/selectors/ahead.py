"""What will happen in the next hours: reminders that are not written yet, and deadlines."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db.models import Q

from notifications.selectors import lines_there
from notifications.services import Line
from programs.models import DueFrom, Enrollment, Extension, Milestone
from programs.selectors import Obligation, in_progress, obligations
from programs.services.reminders import lines_ahead

BATCH = 400  # keys asked for at once
MOST = 2000  # reminders looked at; a page is no sweep


@dataclass(frozen=True)
class Planned:
    """Reminders of one thing that come at one time. ``due_at`` is aware; ``people``: how many get one."""

    due_at: datetime
    subject: str
    cohort: str
    people: int


@dataclass(frozen=True)
class Ahead:
    """Reminders that are not rows yet, in order. ``is_whole``: False where there are more than were counted."""

    planned: list[Planned]
    reminders: int
    people: int
    is_whole: bool


@dataclass(frozen=True)
class DeadlineAhead:
    """A deadline of some teams in one cohort; extended ones stand apart, for they have another end."""

    milestone: Milestone
    at: datetime
    zone: ZoneInfo
    teams: int
    owing: int


def reminders_ahead(*, now: datetime, length: timedelta, swept_at: datetime | None) -> Ahead:
    """The reminders that the sweeps of the next ``length`` will write, worked out as they do and not written.

    ``swept_at``: when the last sweep was. What had come by then is written; what has come since is not, and is told too.
    """
    since = min(now, swept_at) if swept_at else now - length
    lines = list(islice(_not_there(lines_ahead(since=since, until=now + length)), MOST + 1))
    is_whole = len(lines) <= MOST
    people, everybody = defaultdict(set), set()
    for line in lines[:MOST]:
        people[line.due_at, line.subject, line.context["cohort"]].add(line.to.pk)
        everybody.add(line.to.pk)
    planned = [Planned(*key, len(found)) for key, found in sorted(people.items())]
    return Ahead(planned, len(lines[:MOST]), len(everybody), is_whole)


def _not_there(lines: Iterable[Line]) -> Iterator[Line]:
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        there = lines_there(line.key for line in batch)
        yield from (line for line in batch if line.key not in there)


def deadlines_ahead(*, now: datetime, length: timedelta) -> list[DeadlineAhead]:
    """The deadlines that fall after ``now`` and by ``now + length``, in order, with how many teams still owe each."""
    last = now + length
    # A local date may be a day away from the one in UTC.
    span = (now.date() - timedelta(days=1), last.date() + timedelta(days=1))
    extended = Extension.objects.filter(ends_on__range=span).order_by().values("milestone")
    near = Milestone.objects.filter(Q(ends_on__range=span) | Q(pk__in=extended)).exclude(due_from=DueFrom.NOBODY)
    milestones = {row.pk: row for row in near.select_related("cohort")}
    duties: dict[tuple[datetime, int], list[Obligation]] = {
        (row.ends_at, row.pk): [] for row in milestones.values() if now < row.ends_at <= last
    }
    cohorts = {row.cohort_id for row in milestones.values()}
    for duty in obligations(Enrollment.objects.filter(in_progress(), cohort__in=cohorts)):
        if duty.milestone.pk in milestones and now < duty.due_at <= last:
            duties.setdefault((duty.due_at, duty.milestone.pk), []).append(duty)
    return [_deadline(milestones[pk], at, found) for (at, pk), found in sorted(duties.items())]


def _deadline(milestone: Milestone, at: datetime, duties: list[Obligation]) -> DeadlineAhead:
    teams = {duty.enrollment.pk for duty in duties}
    owing = {duty.enrollment.pk for duty in duties if not duty.is_done}
    zone = duties[0].zone if duties else milestone.zone
    return DeadlineAhead(milestone, at, zone, len(teams), len(owing))
