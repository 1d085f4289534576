"""Local time across the clock changes of the world, worked out a second time by reading clocks.

``timeline`` asks PEP 495 for the instant of a local time. Here that question is turned round: of the instants around it, at
which ones does the wall show that time? Where none does, the nearest change is found by walking. A third opinion on the
past is dateutil, with rules of its own.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz, zoneinfo
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from programs import timeline
from programs.timeline import END_OF_DAY, AmbiguousLocalTime, Deadline, MissingLocalTime, Window

# What is odd about each: half an hour, a quarter-hour base, midnight skipped or repeated, a winter that goes back for
# Ramadan, changes that were abolished, the southern summer.
CHANGING = [
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Santiago",
    "America/Havana",
    "America/Nuuk",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
]
NEGATIVE = "Africa/Casablanca"  # its winter time is the exception: dateutil takes the hour after the change for missing
CONSTANT = ["America/Phoenix", "Asia/Kolkata"]
EXAMPLES = 70  # a zone
SETTLED = date(
    2024, 1, 1
)  # before it no parliament can change the clocks any more, nor a release of the rules our tests
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Change(NamedTuple):
    """``at``: the first instant (UTC) of the new offset. ``stops``: the wall clock then, had nobody touched it."""

    at: datetime
    stops: datetime
    goes: str


class Case(NamedTuple):
    """A deadline on a local day, and a reminder some days (at a local time) or some real hours from it."""

    zone: str
    day: date
    at: time
    days: int | None
    hours: int | None
    send_time: time


# --- Reading clocks --------------------------------------------------------------------------------------------------


def wall(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@lru_cache
def changes_of(zone: str) -> list[Change]:
    """The changes of 2020 to 2030, found by walking: by the day first, then by the second."""

    def ahead(instant: datetime) -> timedelta:
        return wall(instant, zone) - instant.replace(tzinfo=None)

    days = [datetime(2020, 1, 1, tzinfo=UTC) + n * DAY for n in range(11 * 365)]
    found = []
    for first, last in pairwise(days):
        if ahead(first) != ahead(last):
            seconds = range(int((last - first).total_seconds()))
            steps = bisect_left(
                seconds, True, key=lambda s, first=first: ahead(first + timedelta(seconds=s)) != ahead(first)
            )
            at = first + timedelta(seconds=steps)
            grows = ahead(last) > ahead(first)
            found.append(
                Change(at, wall(at - timedelta(seconds=1), zone) + timedelta(seconds=1), "on" if grows else "back")
            )
    return found


@lru_cache
def readings(local: datetime, zone: str) -> list[datetime]:
    """Every instant at which the wall shows ``local``, in order. Offsets of our years are whole quarters of an hour."""
    around = (local.replace(tzinfo=UTC) + timedelta(minutes=m) for m in range(-15 * 60, 15 * 60 + 1, 15))
    return [instant for instant in around if wall(instant, zone) == local]


def instant_of(day: date, at: time, zone: str) -> datetime:
    """What ``timeline.resolve`` promises, by reading."""
    local = datetime.combine(day, at)
    shown = readings(local, zone)
    if at == END_OF_DAY:
        return shown[-1] if shown else _gap_around(local, zone).at - timedelta(seconds=1)
    if shown:
        return shown[0]
    change = _gap_around(local, zone)
    return change.at + (local - change.stops)


def _gap_around(local: datetime, zone: str) -> Change:
    return next(c for c in changes_of(zone) if c.stops <= local < wall(c.at, zone))


# --- Cases -----------------------------------------------------------------------------------------------------------

TIMES = st.sampled_from([time(9), time.min, time(12, 30), END_OF_DAY])
SPRING = datetime(2024, 3, 10, 2, tzinfo=UTC)  # for the zones whose clocks never change
INSIDE = st.sampled_from([0, 1, 15, 29])  # minutes into a gap, or back into a fold; Lord Howe's have thirty
MINUTES = st.sampled_from([-150, -61, -60, -45, -31, -30, 30, 31, 45, 60, 61, 150])
DAYS = st.sampled_from([-30, -14, -7, -3, -1, 0, 1, 2, 8])
HOURS = st.sampled_from([-336, -72, -49, -48, -24, -7, -1, 1, 24, 47, 168])


@st.composite
def cases(draw: st.DrawFn, zone: str) -> Case:
    """The deadline or its reminder stands within hours of a change, or between the two lies one."""
    change = draw(st.sampled_from(changes_of(zone) or [Change(SPRING, SPRING.replace(tzinfo=None), "on")]))
    inside = draw(INSIDE) if change.goes == "on" else -1 - draw(INSIDE)
    moment = change.stops + timedelta(minutes=inside if draw(st.booleans()) else draw(MINUTES))
    by_days, days, hours = draw(st.booleans()), draw(DAYS), draw(HOURS)
    which = draw(st.sampled_from(["deadline", "reminder", "between"]))
    if which == "deadline":
        day, at, send_time = moment.date(), moment.time(), draw(TIMES)
    elif which == "between":
        day, at, send_time = moment.date() + DAY, draw(TIMES), draw(TIMES)
    elif by_days:
        day, at, send_time = moment.date() - days * DAY, draw(TIMES), moment.time()
    else:
        earlier = moment - hours * HOUR
        day, at, send_time = earlier.date(), earlier.time(), draw(TIMES)
    return Case(zone, day, at, days if by_days else None, None if by_days else hours, send_time)


def examine(case: Case) -> None:
    """Everything that is promised about one case."""
    zone = ZoneInfo(case.zone)
    deadline = timeline.resolve(case.day, case.at, zone)
    assert deadline == instant_of(case.day, case.at, case.zone)
    _examine_refusal(case.day, case.at, zone)
    _examine_end_of_day(case.day, zone)
    reminder = timeline.reminder_at(
        case.day, deadline, zone, days=case.days, hours=case.hours, send_time=case.send_time
    )
    assert reminder.utcoffset() == timedelta(0)
    if case.days is None:
        assert reminder.timestamp() - deadline.timestamp() == case.hours * 3600
    else:
        _examine_days(case, deadline, reminder)
    if case.day < SETTLED and case.zone != NEGATIVE:
        _ask_dateutil(case, deadline, reminder)


def _examine_days(case: Case, deadline: datetime, reminder: datetime) -> None:
    zone = ZoneInfo(case.zone)
    day = case.day + case.days * DAY
    wanted = datetime.combine(day, case.send_time)
    assert reminder == instant_of(day, case.send_time, case.zone)
    shown = wall(reminder, case.zone)
    assert reminder in readings(shown, case.zone)
    if readings(wanted, case.zone):
        assert shown == wanted
    at = {"hours": None, "send_time": case.send_time}
    later = timeline.reminder_at(case.day, deadline, zone, days=case.days + 1, **at)
    assert 22 * HOUR <= later - reminder <= 26 * HOUR


def _examine_refusal(day: date, at: time, zone: ZoneInfo) -> None:
    """Refused is what the wall never shows, with its two neighbors, and what it shows twice; and nothing else."""
    shown = readings(datetime.combine(day, at), zone.key)
    if at == END_OF_DAY or len(shown) == 1:
        timeline.check_local(day, at, zone)
    elif shown:
        with pytest.raises(AmbiguousLocalTime):
            timeline.check_local(day, at, zone)
    else:
        with pytest.raises(MissingLocalTime) as refused:
            timeline.check_local(day, at, zone)
        change = _gap_around(datetime.combine(day, at), zone.key)
        assert refused.value.after == wall(change.at, zone.key)
        assert refused.value.before == wall(change.at - timedelta(minutes=1), zone.key)


def _examine_end_of_day(day: date, zone: ZoneInfo) -> None:
    """A second later the date is another one; and until then nothing that arrives on the day is late."""
    end = timeline.resolve(day, END_OF_DAY, zone)
    second = timedelta(seconds=1)
    assert (wall(end, zone.key).date(), wall(end + second, zone.key).date()) == (day, day + DAY)
    assert timeline.window(Deadline(end), end) == Window.OPEN
    assert timeline.window(Deadline(end), end + second) == Window.LATE


def _ask_dateutil(case: Case, deadline: datetime, reminder: datetime) -> None:
    theirs = _dateutil_zone(case.zone)
    asked = [(case.day, case.at, deadline)]
    if case.days is not None:
        asked.append((case.day + case.days * DAY, case.send_time, reminder))
    for day, at, ours in asked:
        local = datetime.combine(day, at, tzinfo=theirs)
        if at != END_OF_DAY:
            assert tz.resolve_imaginary(local).astimezone(UTC) == ours
    assert reminder.astimezone(theirs).replace(tzinfo=None) == wall(reminder, case.zone)


@lru_cache
def _dateutil_zone(zone: str) -> tz.tzfile:
    """From the rules that dateutil brings along, not from this machine's."""
    return zoneinfo.get_zonefile_instance().get(zone)


def run(zone: str, examples: int, **options: object) -> set[Case]:
    seen = set()

    @settings(max_examples=examples, derandomize=True, database=None, deadline=None, **options)
    @given(cases(zone))
    def every_promise_holds(case: Case) -> None:
        examine(case)
        seen.add(case)

    every_promise_holds()
    return seen


# --- Tests -----------------------------------------------------------------------------------------------------------


def test_six_hundred_cases_across_the_clock_changes_of_ten_zones_are_right():
    seen = {zone: run(zone, EXAMPLES) for zone in [*CHANGING, *CONSTANT]}
    assert len(CHANGING) >= 10
    for zone in CHANGING:
        assert {change.goes for change in changes_of(zone)} == {"on", "back"}
        assert {case.days is None for case in seen[zone]} == {True, False}
        walls = [datetime.combine(case.day, case.at) for case in seen[zone]]
        walls += [datetime.combine(c.day + c.days * DAY, c.send_time) for c in seen[zone] if c.days is not None]
        assert {len(readings(local, zone)) for local in walls} == {0, 1, 2}, (
            f"{zone}: no case in a gap, or none in a fold"
        )
    assert sum(len(seen[zone]) for zone in CHANGING) >= 600
    print({zone: len(found) for zone, found in seen.items()}, "cases")


# Each of these is a plausible way to write ``timeline``; each must be seen.
def _elapsed_days(day, at, zone, *, days, hours, send_time):
    """Days as 24 hours: off by an hour across a change."""
    base = datetime.combine(day, send_time, tzinfo=zone).astimezone(UTC)
    return at + hours * HOUR if days is None else base + days * DAY


def _wall_hours(day, at, zone, *, days, hours, send_time):
    """Hours on the wall: datetime arithmetic in a zone does that."""
    if days is None:
        return (at.astimezone(zone) + hours * HOUR).astimezone(UTC)
    return timeline.resolve(day + days * DAY, send_time, zone)


def _second_pass(day, at, zone):
    return datetime.combine(day, at, tzinfo=zone).replace(fold=1).astimezone(UTC)


def _first_pass(day, at, zone):
    """The end of a day an hour early in Cairo and Santiago, an hour after midnight in Nuuk."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("name", "wrong", "zone"),
    [
        ("reminder_at", _elapsed_days, "Europe/Berlin"),
        ("reminder_at", _wall_hours, "Australia/Lord_Howe"),
        ("resolve", _second_pass, "America/New_York"),
        ("resolve", _first_pass, "Africa/Cairo"),
        ("resolve", _first_pass, "America/Nuuk"),
        ("check_local", lambda day, at, zone: None, "Pacific/Chatham"),
    ],
)
def test_the_cases_see_a_fault(monkeypatch, name, wrong, zone):
    monkeypatch.setattr(timeline, name, wrong)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run(zone, 2 * EXAMPLES, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("Africa/Cairo", date(2024, 10, 31), datetime(2024, 10, 31, 21, 59, 59, tzinfo=UTC)),
        ("America/Santiago", date(2024, 4, 6), datetime(2024, 4, 7, 3, 59, 59, tzinfo=UTC)),
        ("America/Nuuk", date(2025, 3, 29), datetime(2025, 3, 30, 0, 59, 59, tzinfo=UTC)),
        ("America/New_York", date(2024, 11, 3), datetime(2024, 11, 4, 4, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_day_ends_with_its_last_second(zone, day, end):
    timeline.check_local(day, END_OF_DAY, ZoneInfo(zone))
    assert timeline.resolve(day, END_OF_DAY, ZoneInfo(zone)) == end
