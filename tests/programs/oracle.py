"""Who must be reminded of what at a sweep, said a second time and without the planner.

A duty is what the history of the run says of it, a few facts; nothing here asks the database.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
WEEK = timedelta(weeks=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass
class Duty:
    """``day``: until when it is to be met now. ``edition`` rises whenever that is set anew. ``plan``: (offset, to whom)."""

    name: str
    day: date
    plan: list[tuple[str, str]]
    is_personal: bool
    edition: int = 1
    done: set[str] = field(default_factory=set)


@dataclass(frozen=True, order=True)
class Said:
    """One reminder to one person. The same one comes once, whatever happens."""

    person: str
    duty: str
    edition: int
    offset: str


def owed(
    duties: list[Duty], zones: dict[str, ZoneInfo], began: datetime, now: datetime, said: set[Said]
) -> tuple[set[Said], set[Said]]:
    """What must be said now; and what may be, for it comes later on the person's same day and goes along.

    Of all reminders of one duty only the nearest is useful. ``zones`` of the people; "coach" owes nothing and hears of the
    others.
    """
    must, may = set(), set()
    for duty in duties:
        deadline = local(duty.day, time(23, 59, 59))
        unmet = {name for name in zones if name != "coach"} - duty.done if duty.is_personal or not duty.done else set()
        for person in unmet | ({"coach"} if unmet else set()):
            today = now.astimezone(zones[person]).date()
            role = "coach" if person == "coach" else "owing"
            come = [
                (at, Said(person, duty.name, duty.edition, offset))
                for offset, to in duty.plan
                if to == role and (at := moment(duty.day, deadline, offset)).astimezone(zones[person]).date() <= today
                if at < deadline or deadline < now
            ]
            at, nearest = max(come, default=(LONG_AGO, None))
            if nearest not in said and at >= began - WEEK and now <= (deadline if at < deadline else at + WEEK):
                may.add(nearest)
                must |= {nearest} if at <= now else set()
    return must, may


def local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=ZONE).astimezone(UTC)


def moment(day: date, deadline: datetime, offset: str) -> datetime:
    """Days are days of the calendar, at nine; hours are real."""
    number, unit = int(offset[:-1]), offset[-1]
    return deadline + timedelta(hours=number) if unit == "h" else local(day + timedelta(days=number), time(9))
