"""A deadline at 23:59 in New York, on either side of a change of its clocks, as it is told far away.

The words and instants below were worked out by hand from the laws on summer time (New York changed on March 10 and November 3,
2024; London on March 31 and October 27; Honolulu and Guam never), and every place that tells the deadline has to say the same.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from applications.exports import csv_of
from applications.models import Application, Call
from applications.services import submit
from core import clock, links
from notifications.models import Message
from notifications.services import render
from programs.models import Milestone, Reminder
from programs.services import DeadlinePassed, extend, plan_due, start_feed
from tests.applications.test_pages import client_of, url

SECOND = timedelta(seconds=1)
HONOLULU, GUAM, LONDON = "Pacific/Honolulu", "Pacific/Guam", "Europe/London"


@dataclass(frozen=True)
class Case:
    """``on``: the last day in New York; ``at``: the instant of its 23:59; ``reader``: what the clocks elsewhere show then."""

    on: date
    at: datetime
    own: str
    reader: dict[str, str]


CASES = {
    "the night before New York goes back": Case(
        date(2024, 11, 2),
        datetime(2024, 11, 3, 3, 59, tzinfo=UTC),
        "November 2, 2024, 11:59 PM Eastern",
        {
            HONOLULU: "5:59 PM for you",
            GUAM: "November 3, 2024, 1:59 PM for you",
            LONDON: "November 3, 2024, 3:59 AM for you",
        },
    ),
    "the evening after New York went back": Case(
        date(2024, 11, 3),
        datetime(2024, 11, 4, 4, 59, tzinfo=UTC),
        "November 3, 2024, 11:59 PM Eastern",
        {
            HONOLULU: "6:59 PM for you",
            GUAM: "November 4, 2024, 2:59 PM for you",
            LONDON: "November 4, 2024, 4:59 AM for you",
        },
    ),
    "the night before New York goes ahead": Case(
        date(2025, 3, 8),
        datetime(2025, 3, 9, 4, 59, tzinfo=UTC),
        "March 8, 2025, 11:59 PM Eastern",
        {HONOLULU: "6:59 PM for you", GUAM: "March 9, 2025, 2:59 PM for you", LONDON: "March 9, 2025, 4:59 AM for you"},
    ),
    "the evening after New York went ahead": Case(
        date(2025, 3, 9),
        datetime(2025, 3, 10, 3, 59, tzinfo=UTC),
        "March 9, 2025, 11:59 PM Eastern",
        {
            HONOLULU: "5:59 PM for you",
            GUAM: "March 10, 2025, 1:59 PM for you",
            LONDON: "March 10, 2025, 3:59 AM for you",
        },
    ),
}
everywhere = pytest.mark.parametrize("zone", [HONOLULU, GUAM, LONDON])
every_night = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


MOMENTS = ("deadline_utc", "deadline_local", "arrived_utc", "arrived_local")


def excel_moments(content: bytes) -> dict[str, datetime]:
    """What Excel shows in the first row below the header: it counts days from 1899-12-30, to the second."""
    sheet = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml"))
    header, row = [
        {re.sub("[0-9]", "", cell.get("r")): "".join(cell.itertext()) for cell in line.iter(f"{sheet}c")}
        for line in root.iter(f"{sheet}row")
    ]
    columns = {name: column for column, name in header.items()}
    seconds = {name: round(float(row[columns[name]]) * 86_400) for name in MOMENTS}
    return {name: datetime(1899, 12, 30) + timedelta(seconds=number) for name, number in seconds.items()}


def move(applying, case, zone=None) -> None:
    """The deadline to the night of the case (no late work), the leader to the zone."""
    deadline = Milestone.objects.get(pk=applying.call.deadline_id)
    deadline.starts_on = deadline.ends_on = case.on
    deadline.late_policy = "closed"
    deadline.save()
    if zone:
        applying.leader.time_zone = ZoneInfo(zone)
        applying.leader.save()
    applying.application = Application.objects.get(pk=applying.application.pk)
    applying.call = Call.objects.get(pk=applying.call.pk)


@everywhere
@every_night
def test_pages_mail_and_calendar_tell_one_instant(complete, case, zone):
    move(complete, case, zone)
    iso = case.at.strftime('datetime="%Y-%m-%dT%H:%M:%SZ"')
    days_before = datetime.combine(case.on, datetime.min.time(), tzinfo=UTC) - timedelta(days=14)
    Reminder.objects.create(milestone=complete.call.deadline, offset_days=-3, audience="owing")
    leader = client_of(complete.leader)
    with clock.at(days_before):
        for page in (
            reverse("calls:list"),
            reverse("calls:detail", args=[complete.call.cohort.code]),
            reverse("applications:list"),
            url("detail", complete.application),
            url("check", complete.application),
        ):
            html = leader.get(page).content.decode()
            assert iso in html, page
            assert f"{case.own}<span" in html, page
            assert f"({case.reader[zone]})" in html, page
    with clock.at(case.at - timedelta(days=2)):
        plan_due(now=clock.now())
        mail = render(Message.objects.get(recipient=complete.leader, kind="reminder"))
        assert f"{case.own} ({case.reader[zone]})" in mail.text
        feed = start_feed(complete.leader)
        address = [feed.public_id, links.token("calendar", feed.pk, feed.generation)]
        calendar = Calendar.from_ical(Client().get(reverse("programs:calendar_feed", args=address)).content)
        (entry,) = [one for one in calendar.events if "deadline" in str(one["summary"])]
        assert (entry.get("dtend") or entry["dtstart"]).dt.astimezone(UTC) == case.at


@every_night
def test_the_refusal_comes_to_the_second_and_never_before(complete, case):
    move(complete, case)
    key = complete.application.submission_key
    late = case.at + SECOND
    with clock.at(late), pytest.raises(DeadlinePassed):
        submit(complete.application, by=complete.leader, arrived_at=late, key=key)
    with clock.at(late):
        leader = client_of(complete.leader)
        assert "The call is closed" in leader.get(url("check", complete.application)).content.decode()
        # It waited in a queue: what counts is when it arrived.
        submit(complete.application, by=complete.leader, arrived_at=case.at, key=key)
    stored = Application.objects.get()
    assert (stored.submission.standing, stored.submission.arrived_at) == ("open", case.at)


@every_night
def test_the_export_and_the_receipt_tell_the_same_arrival(complete, case):
    move(complete, case)
    with clock.at(case.at):
        submit(complete.application, by=complete.leader, arrived_at=case.at, key=complete.application.submission_key)
        (row,) = csv.DictReader(io.StringIO(csv_of(complete.call).decode("utf-8-sig")))
        assert datetime.fromisoformat(row["arrived_utc"]) == case.at
        assert datetime.fromisoformat(row["arrived_local"]).replace(tzinfo=None) == datetime.combine(
            case.on, datetime.min.time()
        ).replace(hour=23, minute=59)
        assert row["late"] == "no"
        assert (row["deadline_utc"], row["deadline_local"]) == (row["arrived_utc"], row["arrived_local"])
        mail = render(Message.objects.get(recipient=complete.leader, kind="receipt"))
        assert f"It arrived {case.own}" in mail.text


@everywhere
@every_night
def test_the_tables_that_staff_take_tell_the_same_deadline(complete, case, zone, settings):
    """As CSV and as Excel, wherever the member of the staff is; and what arrives a second later is late in them."""
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    move(complete, case)
    Milestone.objects.filter(pk=complete.call.deadline_id).update(late_policy="accept")
    complete.staff.time_zone = ZoneInfo(zone)
    complete.staff.save()
    complete.application = Application.objects.get(pk=complete.application.pk)
    staff, late = client_of(complete.staff), case.at + SECOND
    local = datetime.combine(case.on, time(23, 59))
    with clock.at(late):
        submit(complete.application, by=complete.leader, arrived_at=late, key=complete.application.submission_key)
        answers = {
            form: staff.post(reverse(f"admin:applications_call_intake_{form}", args=[complete.call.pk])).content
            for form in ("csv", "excel")
        }
    (row,) = csv.DictReader(io.StringIO(answers["csv"].decode("utf-8-sig")))
    told = {name: datetime.fromisoformat(row[name]) for name in MOMENTS}
    assert list(told.values()) == [case.at, case.at, late, late]
    assert told["deadline_local"].replace(tzinfo=None) == local
    assert row["late"] == "yes"
    expected = [case.at.replace(tzinfo=None), local, late.replace(tzinfo=None), local + SECOND]
    assert excel_moments(answers["excel"]) == dict(zip(MOMENTS, expected, strict=True))


def test_more_time_stands_in_the_table(complete):
    case = CASES["the night before New York goes back"]
    move(complete, case)
    enrollment = complete.application.enrollment
    for days in (1, 2):  # the newest counts
        on = case.on + timedelta(days)
        extend(enrollment, complete.call.deadline, ends_on=on, ends_time=time(23, 59), reason="Ill", by=complete.staff)
    (row,) = csv.DictReader(io.StringIO(csv_of(complete.call).decode("utf-8-sig")))
    # Two days and an hour: the clocks go back in the first night.
    assert datetime.fromisoformat(row["deadline_utc"]) == case.at + timedelta(hours=49)
    assert row["deadline_local"] == "2024-11-04T23:59:00-05:00"


def test_after_the_deadline_the_call_is_closed_everywhere_at_once(complete):
    case = CASES["the night before New York goes back"]
    move(complete, case)
    page = reverse("calls:detail", args=[complete.call.cohort.code])
    for after, closed in ((timedelta(0), False), (SECOND, True)):
        with clock.at(case.at + after):
            assert ("This call is closed." in Client().get(page).content.decode()) is closed
