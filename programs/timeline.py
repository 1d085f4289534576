"""Local dates and times, deadlines and offsets (pure: no Django).

A deadline is a local date, a local time and an IANA zone. The instant is derived, never stored.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

END_OF_DAY = time(23, 59, 59)
REMINDER_TIME = time(9)


class MissingLocalTime(ValueError):
    """A local time that the clocks skip in spring. ``before`` and ``after`` are the neighbours that exist."""

    def __init__(self, local: datetime, zone: ZoneInfo, before: datetime, after: datetime) -> None:
        self.before = before
        self.after = after
        super().__init__(
            f"On {local:%B} {local.day}, {local.year} the clocks of {zone.key} skip {local:%H:%M}. "
            f"Choose {before:%H:%M} or {after:%H:%M}."
        )


class AmbiguousLocalTime(ValueError):
    """A local time that comes twice in autumn. ``before`` and ``after`` are the nearest minutes that come once."""

    def __init__(self, local: datetime, zone: ZoneInfo, before: datetime, after: datetime) -> None:
        self.before = before
        self.after = after
        super().__init__(
            f"On {local:%B} {local.day}, {local.year} the clocks of {zone.key} show {local:%H:%M} twice. "
            "Choose a time outside the repeated hour."
        )


def check_local(day: date, at: time, zone: ZoneInfo) -> None:
    """Refuse a local time that does not exist, or that comes twice. The end of a day always exists (see ``resolve``).

    Raises:
        MissingLocalTime: in the gap of a spring change; the exception offers both neighbours.
        AmbiguousLocalTime: in the repeated hour of an autumn change.
    """
    local = datetime.combine(day, at)
    early, late = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if at == END_OF_DAY or early.utcoffset() == late.utcoffset():
        return
    # PEP 495: in a gap fold=0 carries the offset before the change and fold=1 the one after it, so the
    # offset grows; in a fold it shrinks.
    change = _change_instant(early, late)
    if late.utcoffset() > early.utcoffset():
        before = (change - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None)
        raise MissingLocalTime(local, zone, before, change.astimezone(zone).replace(tzinfo=None))
    wall = change.replace(tzinfo=None)
    before = wall + late.utcoffset() - timedelta(minutes=1)
    raise AmbiguousLocalTime(local, zone, before, wall + early.utcoffset())


def _change_instant(early: datetime, late: datetime) -> datetime:
    """The instant, to the minute, at which the offset changes between two readings of one local time."""
    low, high = sorted((early.astimezone(UTC), late.astimezone(UTC)))
    zone = early.tzinfo
    target = high.astimezone(zone).utcoffset()
    low -= timedelta(hours=3)
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        if middle.astimezone(zone).utcoffset() == target:
            high = middle
        else:
            low = middle
    return high.replace(second=0, microsecond=0)


def resolve(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of a local date and time.

    A row that was checked on the way in is never in a gap or a fold; a zone whose rules changed afterwards still gives an
    instant (the later clock of a gap, the first pass of a fold), because reading must not fail. The end of a day is the last
    second that has its date, also where the hour before midnight comes twice (Cairo, Santiago) or is skipped (Nuuk).
    """
    # The second reading (PEP 495) is the second pass of a fold, and in a gap at midnight the second before it.
    return datetime.combine(day, at, tzinfo=zone).replace(fold=int(at == END_OF_DAY)).astimezone(UTC)


class Window(StrEnum):
    OPEN = "open"
    GRACE = "grace"
    LATE = "late"
    CLOSED = "closed"


@dataclass(frozen=True)
class Deadline:
    """An instant (aware), minutes of hidden grace, and whether late work is taken at all."""

    at: datetime
    grace_minutes: int = 0
    takes_late_work: bool = True


def window(deadline: Deadline, arrived_at: datetime) -> Window:
    """How something that arrived at ``arrived_at`` (aware) stands. The one function that decides.

    The deadline is met to the second: 23:59:59.4 still counts for a deadline at 23:59:59.
    """
    arrived = arrived_at.replace(microsecond=0)
    if arrived <= deadline.at:
        return Window.OPEN
    if arrived <= deadline.at + timedelta(minutes=deadline.grace_minutes):
        return Window.GRACE
    return Window.LATE if deadline.takes_late_work else Window.CLOSED


def reminder_at(
    deadline_on: date, deadline_at: datetime, zone: ZoneInfo, *, days: int | None, hours: int | None, send_time: time
) -> datetime:
    """The instant, in UTC, of a reminder: local days at a local time, or real hours from the deadline."""
    if days is None:
        return deadline_at.astimezone(UTC) + timedelta(hours=hours)
    return resolve(deadline_on + timedelta(days=days), send_time, zone)


def is_quarter_end(day: date) -> bool:
    return day.month % 3 == 0 and day.day == monthrange(day.year, day.month)[1]


def quarter_end(day: date) -> date:
    """The last day of the quarter that ``day`` falls in."""
    month = (day.month - 1) // 3 * 3 + 3
    return date(day.year, month, monthrange(day.year, month)[1])


def shift(day: date, weeks: int) -> date:
    """``day`` moved by whole weeks, so that weekdays stay; a quarter end moves by whole quarters and stays one.

    The number of quarters depends on ``weeks`` alone, so two quarter ends can never fall together.
    """
    if not is_quarter_end(day):
        return day + timedelta(weeks=weeks)
    quarters = round(weeks * 7 / (365.25 / 4))
    return quarter_end(add_months(day.replace(day=1), 3 * quarters))


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later; the last day of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
