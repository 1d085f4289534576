"""Local time, windows and shifts: arithmetic alone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs import timeline
from programs.timeline import AmbiguousLocalTime, Deadline, MissingLocalTime, Window, window

NEW_YORK = ZoneInfo("America/New_York")
DEADLINE = datetime(2024, 5, 2, 3, 59, tzinfo=UTC)
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
WEEKS = st.integers(-300, 300)

# A missing and a repeated local time in ten zones; the half hour of Lord Howe and the southern summer among them.
CHANGES = [
    ("America/New_York", "2024-03-10T02:30", "2024-11-03T01:30"),
    ("America/Chicago", "2024-03-10T02:30", "2024-11-03T01:30"),
    ("America/Denver", "2024-03-10T02:30", "2024-11-03T01:30"),
    ("America/Los_Angeles", "2024-03-10T02:30", "2024-11-03T01:30"),
    ("America/St_Johns", "2024-03-10T02:30", "2024-11-03T01:30"),
    ("Europe/London", "2024-03-31T01:30", "2024-10-27T01:30"),
    ("Europe/Berlin", "2024-03-31T02:30", "2024-10-27T02:30"),
    ("Australia/Sydney", "2024-10-06T02:30", "2024-04-07T02:30"),
    ("Australia/Lord_Howe", "2024-10-06T02:15", "2024-04-07T01:45"),
    ("America/Santiago", "2024-09-08T00:30", "2024-04-06T23:30"),
]


@pytest.mark.parametrize(("zone", "missing", "repeated"), CHANGES)
def test_a_local_time_in_a_gap_or_a_fold_is_refused(zone, missing, repeated):
    gap, fold = datetime.fromisoformat(missing), datetime.fromisoformat(repeated)
    with pytest.raises(MissingLocalTime) as refused:
        timeline.check_local(gap.date(), gap.time(), ZoneInfo(zone))
    for neighbor in (refused.value.before, refused.value.after):
        timeline.check_local(neighbor.date(), neighbor.time(), ZoneInfo(zone))
    assert refused.value.before < gap < refused.value.after
    with pytest.raises(AmbiguousLocalTime):
        timeline.check_local(fold.date(), fold.time(), ZoneInfo(zone))


def test_the_refusal_of_a_gap_offers_both_neighbors():
    with pytest.raises(MissingLocalTime) as refused:
        timeline.check_local(date(2024, 3, 10), time(2, 30), NEW_YORK)
    assert str(refused.value) == ("On March 10, 2024 the clocks of America/New_York skip 02:30. Choose 01:59 or 03:00.")


def test_resolve_never_fails():
    assert timeline.resolve(date(2024, 3, 10), time(2, 30), NEW_YORK) == datetime(2024, 3, 10, 7, 30, tzinfo=UTC)
    assert timeline.resolve(date(2024, 11, 3), time(1, 30), NEW_YORK) == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arrived", "takes_late", "expected"),
    [
        (DEADLINE - timedelta(seconds=1), True, Window.OPEN),
        (DEADLINE, True, Window.OPEN),
        (DEADLINE + timedelta(milliseconds=999), True, Window.OPEN),
        (DEADLINE + timedelta(seconds=1), True, Window.GRACE),
        (DEADLINE + timedelta(minutes=15), True, Window.GRACE),
        (DEADLINE + timedelta(minutes=15, milliseconds=999), True, Window.GRACE),
        (DEADLINE + timedelta(minutes=15, seconds=1), True, Window.LATE),
        (DEADLINE + timedelta(minutes=15, seconds=1), False, Window.CLOSED),
        (DEADLINE + timedelta(minutes=15), False, Window.GRACE),
    ],
)
def test_the_window_decides_to_the_second(arrived, takes_late, expected):
    assert window(Deadline(DEADLINE, 15, takes_late), arrived) == expected


def test_days_are_local_and_hours_are_real():
    """The clocks of New York go forward in the night of March 10."""
    at = timeline.resolve(date(2024, 3, 11), time(9), NEW_YORK)
    daily = timeline.reminder_at(date(2024, 3, 11), at, NEW_YORK, days=-2, hours=None, send_time=time(9))
    hourly = timeline.reminder_at(date(2024, 3, 11), at, NEW_YORK, days=None, hours=-48, send_time=time(9))
    assert daily.astimezone(NEW_YORK) == datetime(2024, 3, 9, 9, tzinfo=NEW_YORK)
    assert hourly.astimezone(NEW_YORK) == datetime(2024, 3, 9, 8, tzinfo=NEW_YORK)


@given(DAYS, WEEKS)
def test_a_shift_keeps_weekdays_and_quarter_ends(day, weeks):
    moved = timeline.shift(day, weeks)
    if timeline.is_quarter_end(day):
        assert timeline.is_quarter_end(moved)
    else:
        assert moved - day == timedelta(weeks=weeks)
        assert moved.weekday() == day.weekday()


@given(DAYS, DAYS, WEEKS)
def test_no_two_quarter_ends_fall_together_and_their_order_stays(one, other, weeks):
    ends = sorted({timeline.quarter_end(one), timeline.quarter_end(other)})
    moved = [timeline.shift(day, weeks) for day in ends]
    assert moved == sorted(set(moved)) and len(moved) == len(ends)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
        (date(2024, 12, 31), 12, date(2025, 12, 31)),
    ],
)
def test_add_months(day, months, expected):
    assert timeline.add_months(day, months) == expected
