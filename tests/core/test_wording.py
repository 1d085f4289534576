"""core.wording: every branch, both ends of every boundary."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import wording

NOW = datetime(2024, 4, 29, 3, 59, tzinfo=UTC)
CLOSE = datetime(2024, 5, 2, 3, 59, tzinfo=UTC)  # May 1, 23:59 in New York


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/New_York", "Eastern"),
        ("America/Chicago", "Central"),
        ("America/Denver", "Mountain"),
        ("America/Phoenix", "Arizona"),
        ("America/Los_Angeles", "Pacific"),
        ("America/Anchorage", "Alaska"),
        ("Pacific/Honolulu", "Hawaii"),
        ("Pacific/Guam", "Guam"),
        ("UTC", "UTC"),
        ("Europe/London", "London time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        (ZoneInfo("America/Chicago"), "Central"),
        (UTC, "UTC"),
    ],
)
def test_zone_name(zone, name):
    assert wording.zone_name(zone) == name


@pytest.mark.parametrize("month", range(1, 13))
def test_day_names_every_month(month):
    assert wording.day(date(2024, month, 9)) == f"{date(2024, month, 9):%B} 9, 2024"


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (0, 0, "12:00 AM"),
        (0, 5, "12:05 AM"),
        (11, 59, "11:59 AM"),
        (12, 0, "12:00 PM"),
        (13, 7, "1:07 PM"),
        (23, 59, "11:59 PM"),
    ],
)
def test_clock_time(hour, minute, words):
    assert wording.clock_time(datetime(2024, 5, 1, hour, minute, 59)) == words


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (SECOND, "less than a minute"),
        (MINUTE - SECOND, "less than a minute"),
        (MINUTE, "1 minute"),
        (2 * MINUTE - SECOND, "1 minute"),
        (2 * MINUTE, "2 minutes"),
        (2 * HOUR - SECOND, "119 minutes"),
        (2 * HOUR, "2 hours"),
        (2 * DAY - SECOND, "47 hours"),
        (2 * DAY, "2 days"),
        (3 * DAY - SECOND, "2 days"),
        (400 * DAY, "400 days"),
    ],
)
def test_time_left_and_time_gone_use_the_same_spans(length, words):
    assert wording.time_left(NOW + length, NOW) == f"in {words}"
    assert wording.time_left(NOW - length, NOW) == f"{words} ago"


def test_the_moment_itself_is_now():
    assert wording.time_left(NOW, NOW) == "now"
    assert wording.time_left(NOW + timedelta(milliseconds=999), NOW) == "now"


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        ("America/New_York", "May 1, 2024, 11:59 PM Eastern, in 3 days"),
        ("America/Detroit", "May 1, 2024, 11:59 PM Eastern, in 3 days"),
        ("America/Los_Angeles", "May 1, 2024, 11:59 PM Eastern (8:59 PM for you), in 3 days"),
        ("Europe/Berlin", "May 1, 2024, 11:59 PM Eastern (May 2, 2024, 5:59 AM for you), in 3 days"),
        ("Asia/Kolkata", "May 1, 2024, 11:59 PM Eastern (May 2, 2024, 9:29 AM for you), in 3 days"),
    ],
)
def test_deadline_in_both_zones(reader, words):
    assert str(wording.deadline(CLOSE, "America/New_York", reader_zone=reader, now=NOW)) == words


def test_zones_that_agree_only_in_winter():
    winter, summer = datetime(2024, 1, 15, 12, tzinfo=UTC), datetime(2024, 7, 15, 12, tzinfo=UTC)
    assert wording.reader_part(winter, "America/Denver", "America/Phoenix") == ""
    assert wording.reader_part(summer, "America/Denver", "America/Phoenix") == "5:00 AM for you"


def test_the_repeated_hour_in_autumn_is_told_apart_by_the_utc_offset():
    first, second = datetime(2024, 11, 3, 5, 30, tzinfo=UTC), datetime(2024, 11, 3, 6, 30, tzinfo=UTC)
    assert wording.moment(first, "America/New_York") == wording.moment(second, "America/New_York")
    assert wording.reader_part(first, "America/New_York", "UTC") == "5:30 AM for you"
    assert wording.reader_part(second, "America/New_York", "UTC") == "6:30 AM for you"
