"""A cohort's reminder plan as staff look at it: line by line, and day by day."""

from calendar import Calendar
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q

from accounts.models import User
from notifications.models import Item, ItemState, State
from programs import timeline
from programs.models import Cohort, DueFrom, Enrollment, Milestone, Reminder
from programs.services.plans import wording_choices
from programs.services.reminders import readers
from programs.services.topics import REMINDER

SUNDAY = 6
LATER_WORDING = "A wording that is not there"


@dataclass(frozen=True)
class PlanLine:
    """One line of a plan: ``at`` is the instant of its local send moment, ``people`` whom it would write to now.

    ``counts`` is what has become of its reminders so far: sent, waiting, stuck, cancelled, expired.
    """

    reminder: Reminder
    at: datetime
    is_past: bool
    wording: str
    people: dict[User, list[Enrollment]]
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def local(self) -> datetime:
        return self.at.astimezone(self.reminder.milestone.zone)


@dataclass(frozen=True)
class MilestonePlan:
    milestone: Milestone
    is_past: bool
    lines: tuple[PlanLine, ...]
    has_others: bool  # of its kind in the cohort, that can be reminded of

    @property
    def can_remind(self) -> bool:
        return self.milestone.due_from != DueFrom.NOBODY


@dataclass(frozen=True)
class Event:
    """What stands on a day of the calendar: a milestone (then ``line`` is None) or one of its reminders."""

    on: date
    milestone: Milestone
    words: str = ""
    line: PlanLine | None = None


@dataclass(frozen=True)
class Day:
    on: date
    is_in_month: bool
    events: tuple[Event, ...]


def plan_of(cohort: Cohort, *, now: datetime, kind: str = "", audience: str = "") -> list[MilestonePlan]:
    """Every milestone of the cohort with its lines, by date; ``kind`` and ``audience`` leave only those.

    The number of queries does not grow with the milestones or, up to 200 teams, with the teams.
    """
    lines = Reminder.objects.order_by("offset_days", "offset_hours", "audience")
    lines = lines.filter(audience=audience) if audience else lines
    rows = cohort.milestones.prefetch_related(Prefetch("reminders", lines))
    milestones = list(rows.filter(kind=kind) if kind else rows)
    can_remind = [row for row in milestones if row.due_from != DueFrom.NOBODY]
    people = readers({cohort.pk: can_remind}) if can_remind else {}
    kinds = Counter(row.kind for row in can_remind)
    counts, titles = _counts(milestones), dict(wording_choices())
    found = []
    for row in milestones:
        shown = [
            PlanLine(
                reminder=one,
                at=(at := sent_at(one)),
                is_past=at <= now,
                wording=titles.get(one.template, LATER_WORDING),
                people=people.get(one.pk, {}),
                counts=counts[row.pk, one.label],
            )
            for one in row.reminders.all()
        ]
        if shown or not audience:
            in_order = tuple(sorted(shown, key=lambda line: line.at))
            found.append(MilestonePlan(row, row.ends_at < now, in_order, kinds[row.kind] > 1))
    return found


def sent_at(reminder: Reminder) -> datetime:
    """The instant, in UTC, at which a line is sent to those without an extension."""
    milestone = reminder.milestone
    return timeline.reminder_at(
        milestone.ends_on,
        milestone.ends_at,
        milestone.zone,
        days=reminder.offset_days,
        hours=reminder.offset_hours,
        send_time=reminder.send_time,
    )


def events_of(plan: list[MilestonePlan]) -> list[Event]:
    """What the plan puts on days, in their order: milestones on their first and last day, reminders when they are sent."""
    found = []
    for row in plan:
        milestone = row.milestone
        if milestone.starts_on == milestone.ends_on:
            found.append(Event(milestone.ends_on, milestone))
        else:
            found += [Event(milestone.starts_on, milestone, "begins"), Event(milestone.ends_on, milestone, "ends")]
        found += [Event(line.local.date(), milestone, line=line) for line in row.lines]
    return sorted(found, key=lambda event: (event.on, event.line is not None, event.milestone.pk))


def weeks_of(events: list[Event], month: date) -> list[list[Day]]:
    """The weeks of ``month`` (its first day), Sunday first, each day with its events; days beside the month have none."""
    by_day = defaultdict(list)
    for event in events:
        by_day[event.on].append(event)
    weeks = Calendar(SUNDAY).monthdatescalendar(month.year, month.month)
    return [
        [Day(day, day.month == month.month, tuple(by_day[day]) if day.month == month.month else ()) for day in week]
        for week in weeks
    ]


def first_month(events: list[Event], today: date) -> date:
    """The first day of the month to begin with: that of the next event, or of the last, or today's."""
    days = [event.on for event in events]
    start = next((day for day in days if day >= today), days[-1] if days else today)
    return start.replace(day=1)


def months_beside(month: date) -> tuple[date, date]:
    """The first days of the months before and after."""
    return (month - timedelta(days=1)).replace(day=1), timeline.add_months(month, 1)


def _counts(milestones: list[Milestone]) -> dict[tuple[int, str], Counter[str]]:
    """What has become of the reminders of each milestone's lines, by milestone and label, earlier dates included."""
    about = Q(pk=None)
    for row in milestones:
        about |= Q(key__startswith=f"{REMINDER}:{row.pk}:")
    found: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for key, state, mail in Item.objects.filter(about).order_by().values_list("key", "state", "message__state"):
        _, milestone, *_, label = key.split(":")
        found[int(milestone), label][_fate(state, mail)] += 1
    return found


def _fate(state: str, mail: str) -> str:
    if state != ItemState.OPEN:
        return state
    if mail in (State.FAILED, State.PARKED):
        return "stuck"
    if mail in (State.PENDING, State.CLAIMED):
        return "waiting"
    return mail
