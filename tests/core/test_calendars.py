"""iCalendar: read back with the library, and the zones' rules by an interpreter of RFC 5545 of the test's own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from core.calendars import Event, calendar, event_from, to_json

HOUR = timedelta(hours=1)
TIMED = Event(
    uid="one@example.org",
    sequence=2,
    title="Due: Baseline; “first”, of two",
    starts=datetime(2024, 7, 11, 3, 30, tzinfo=UTC),
    ends=datetime(2024, 7, 11, 3, 59, 59, tzinfo=UTC),
    all_day=False,
    zone="America/New_York",
    place="Alexandria, VA",
    description="First line.\nSecond line, with a \\ and a ;",
    url="https://c.example.org/enrollments/1/",
    stamp=datetime(2024, 1, 1, tzinfo=UTC),
)
WHOLE = replace(TIMED, uid="two@example.org", starts=date(2024, 7, 11), ends=date(2024, 7, 12), all_day=True)


def entry(event):
    return Calendar.from_ical(calendar([event])).events[0]


def test_a_timed_entry_says_its_local_time_and_its_zone():
    found = Calendar.from_ical(calendar([TIMED], name="Dates"))
    assert (found["method"], found["x-wr-calname"], found["x-published-ttl"]) == ("PUBLISH", "Dates", "PT1H")
    assert found["refresh-interval"].dt == HOUR
    assert [str(zone["tzid"]) for zone in found.timezones] == ["America/New_York"]
    event = found.events[0]
    assert (event["uid"], event["sequence"], event["summary"]) == (TIMED.uid, 2, TIMED.title)
    assert (event["location"], event["description"], event["url"]) == (TIMED.place, TIMED.description, TIMED.url)
    assert event["dtstart"].params["TZID"] == "America/New_York"
    assert event.start.replace(tzinfo=None) == datetime(2024, 7, 10, 23, 30)
    assert (event.start.astimezone(UTC), event.end.astimezone(UTC)) == (TIMED.starts, TIMED.ends)
    assert (event["status"], event["transp"]) == ("CONFIRMED", "OPAQUE")


def test_whole_days_are_dates_and_end_on_the_day_after():
    found = Calendar.from_ical(calendar([WHOLE]))
    event = found.events[0]
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2024, 7, 11), date(2024, 7, 13))
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert found.timezones == []


def test_without_a_name_it_is_no_calendar_of_its_own():
    found = Calendar.from_ical(calendar([TIMED]))
    assert "x-wr-calname" not in found and "refresh-interval" not in found


def test_what_is_cancelled_or_free_takes_no_time():
    assert entry(replace(TIMED, cancelled=True))["status"] == "CANCELLED"
    assert entry(replace(TIMED, cancelled=True))["transp"] == "TRANSPARENT"
    assert entry(replace(TIMED, busy=False))["transp"] == "TRANSPARENT"


def test_an_empty_calendar_is_a_calendar():
    assert Calendar.from_ical(calendar([], name="None")).events == []


def test_the_same_events_give_the_same_bytes():
    assert calendar([TIMED, WHOLE], name="A") == calendar([TIMED, WHOLE], name="A")


@pytest.mark.parametrize(
    "text",
    ["a\r\nBEGIN:VALARM", "a\rEND:VEVENT\r", "a\x00b\x0bc\x1f\x7f", "ü" * 200, "日本語" * 60, 'a;b,c\\n:d"e^n'],
)
def test_no_text_breaks_out_of_its_line_and_no_line_is_too_long(text):
    content = calendar([replace(TIMED, title=text, place=text, description=text)])
    lines = content.split(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    assert [line for line in lines if line.startswith((b"BEGIN:VALARM", b"END:VEVENT"))] == [b"END:VEVENT"]
    kept = "".join(
        letter for letter in text.replace("\r\n", "\n").replace("\r", "\n") if letter >= " " or letter == "\n"
    )
    assert Calendar.from_ical(content).events[0]["summary"] == kept.replace("\x7f", "")


def observed_offset(zone, local):
    """The offset of a local time by the observances of a VTIMEZONE: the last one that had begun (RFC 5545, 3.6.5)."""
    found = []
    for rule in zone.subcomponents:
        begins = rule["dtstart"].dt - rule["tzoffsetfrom"].td  # in UTC
        found.append((begins, rule["tzoffsetfrom"].td, rule["tzoffsetto"].td))
    found.sort()
    offset = found[0][2]
    for begins, before, after in found[1:]:
        # A local time that is skipped or comes twice is read with the offset before the change.
        if local - before >= begins:
            offset = after
    return offset


ZONES = (
    "America/New_York",
    "America/Phoenix",
    "America/Los_Angeles",
    "Europe/London",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Apia",
)


@pytest.mark.parametrize("zone", ZONES)
def test_the_rules_of_a_zone_say_what_the_zone_does_on_every_side_of_a_change(zone):
    place = ZoneInfo(zone)
    moments = [datetime(2024, 1, 1, tzinfo=UTC) + number * HOUR for number in range(0, 2 * 366 * 24, 24)]
    changes = [m for m in moments if m.astimezone(place).utcoffset() != (m + 24 * HOUR).astimezone(place).utcoffset()]
    moments += [change + number * HOUR / 2 for change in changes for number in range(50)]
    event = replace(TIMED, zone=zone, starts=moments[0], ends=datetime(2025, 12, 31, tzinfo=UTC))
    rules = Calendar.from_ical(calendar([event])).timezones[0]
    told = [m.astimezone(place) for m in moments if m.year < 2026]
    wrong = [m for m in told if not m.fold and observed_offset(rules, m.replace(tzinfo=None)) != m.utcoffset()]
    assert wrong == []


def test_the_second_pass_of_a_repeated_hour_is_told_in_utc():
    """November 3, 2024, 1:30 AM comes twice in New York; everybody reads it as the first."""
    first, second = datetime(2024, 11, 3, 5, 30, tzinfo=UTC), datetime(2024, 11, 3, 6, 30, tzinfo=UTC)
    late = calendar([replace(TIMED, starts=second, ends=second + HOUR / 2)])
    assert b"DTSTART:20241103T063000Z\r\nDTEND:20241103T070000Z" in late
    early = calendar([replace(TIMED, starts=first, ends=first + HOUR / 4)])
    assert b"DTSTART;TZID=America/New_York:20241103T013000" in early


def test_utc_needs_no_rules():
    content = calendar([replace(TIMED, zone="UTC")])
    assert b"DTSTART:20240711T033000Z" in content and b"VTIMEZONE" not in content


@pytest.mark.parametrize("event", [TIMED, WHOLE, replace(TIMED, cancelled=True, busy=False)])
def test_an_event_travels_as_json(event):
    row = to_json(event)
    assert all(isinstance(value, str | int | bool) for value in row.values())
    assert event_from(row) == event


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"all_day": False},
        to_json(TIMED) | {"surprise": 1},
        to_json(TIMED) | {"starts": "tomorrow"},
        to_json(TIMED) | {"stamp": 7},
    ],
)
def test_what_is_no_event_is_refused_with_one_kind_of_error(row):
    with pytest.raises(ValueError):
        event_from(row)


def test_a_zone_that_nobody_knows_is_an_error():
    with pytest.raises(KeyError):
        calendar([replace(TIMED, zone="Mars/Olympus")])
