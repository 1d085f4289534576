"""What is under ``event`` in a mail's context, or in its lines', leaves as an .ics that a calendar takes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
from django.core import mail
from icalendar import Calendar

from core import clock
from core.calendars import Event, to_json
from notifications.models import Item, ItemState, Kind, Message, State
from notifications.services import Draft, enqueue, send_due
from notifications.services.digests import Line, enqueue_lines
from programs.services import extend, move_milestone, plan_due

MINUTE = timedelta(minutes=1)
EVENT = Event(
    uid="one@example.org",
    sequence=0,
    title="Call; with Zoë",
    starts=datetime(2024, 7, 11, 16, tzinfo=UTC),
    ends=datetime(2024, 7, 11, 17, tzinfo=UTC),
    all_day=False,
    zone="America/New_York",
    place="",
    description="",
    url="",
    stamp=datetime(2024, 1, 1, tzinfo=UTC),
)


def write(key="k", **fields):
    values = {"kind": Kind.NEWS, "subject": "A subject", "address": "a@test.example", "text": "Hello"}
    enqueue(Draft(key=key, **values | fields))


def attached(sent):
    """(file name, content type, entries by uid) of each attachment, from the mail as it goes over the wire."""
    parts = [part for part in message_from_bytes(sent.message().as_bytes(linesep="\r\n")).walk() if part.get_filename()]
    found = []
    for part in parts:
        content = part.get_payload(decode=True)
        assert content.endswith(b"\r\nEND:VCALENDAR\r\n")
        entries = {str(event["uid"]): event for event in Calendar.from_ical(content).events}
        found.append((part.get_filename(), part["Content-Type"], entries))
    return found


def line(person, key, event, now, **fields):
    context = {"title": "T", "due_at": now.isoformat(), "zone": "UTC"} | ({"event": to_json(event)} if event else {})
    values = {"topic": key, "subject": key, "template": "reminder", "due_at": now}
    return Line(key=key, to=person, context=context, **values | fields)


def test_a_mail_with_an_event_brings_it(db, now):
    write(context={"event": to_json(EVENT)})
    assert send_due() == 1
    ((name, kind, entries),) = attached(mail.outbox[0])
    assert name == "event.ics"
    assert kind.startswith("text/calendar;")
    assert 'charset="utf-8"' in kind and 'method="PUBLISH"' in kind
    assert entries[EVENT.uid]["summary"] == EVENT.title
    assert entries[EVENT.uid].start.astimezone(UTC) == EVENT.starts


def test_a_mail_without_one_brings_nothing(db, now):
    write()
    send_due()
    assert attached(mail.outbox[0]) == []


def test_a_mail_that_gathers_brings_the_dates_of_its_open_lines_in_one_file(cast, now):
    other, gone = replace(EVENT, uid="two@example.org"), replace(EVENT, uid="gone@example.org")
    moved = replace(EVENT, sequence=3, title="Moved")
    enqueue_lines(
        [
            line(cast.leader, "a", EVENT, now),
            line(cast.leader, "b", other, now),
            line(cast.leader, "c", moved, now),
            line(cast.leader, "d", gone, now),
            line(cast.leader, "e", None, now),
        ]
    )
    Item.objects.filter(key="d").update(state=ItemState.CANCELLED, reason="Done")
    assert send_due() == 1
    ((name, _, entries),) = attached(mail.outbox[0])
    assert name == "dates.ics"
    assert sorted(entries) == ["one@example.org", "two@example.org"]
    assert (entries[EVENT.uid]["sequence"], entries[EVENT.uid]["summary"]) == (3, "Moved")


@pytest.mark.parametrize("event", [{}, "x", to_json(EVENT) | {"zone": "Mars/Olympus"}, to_json(EVENT) | {"extra": 1}])
def test_what_is_no_event_fails_its_own_mail_and_holds_up_nobody(db, now, event):
    write("a", context={"event": event})
    write("b")
    assert send_due() == 1
    assert dict(Message.objects.values_list("dedupe_key", "state")) == {"a": State.FAILED, "b": State.SENT}


def test_a_reminder_brings_the_deadline_and_after_a_move_the_same_entry_elsewhere(cast, now, plans):
    plan_due(now=now)
    send_due()
    before = entries_to(cast.leader)[f"{cast.baseline.public_id}@collaborative.example.org"]
    mail.outbox.clear()
    move_milestone(
        cast.baseline, starts_on=cast.baseline.starts_on, ends_on=datetime(2024, 7, 17).date(), by=cast.staff
    )
    send_due()
    after = entries_to(cast.leader)[f"{cast.baseline.public_id}@collaborative.example.org"]
    assert after["sequence"] == before["sequence"] + 1
    assert after.end - before.end == timedelta(days=7)
    assert after.end.replace(tzinfo=None) == datetime(2024, 7, 17, 23, 59, 59)


def test_more_time_moves_the_entry_too(cast, now, plans):
    plan_due(now=now)
    send_due()
    uid = f"{cast.baseline.public_id}@collaborative.example.org"
    before = entries_to(cast.leader)[uid]
    mail.outbox.clear()
    extend(cast.enrollment, cast.baseline, ends_on=datetime(2024, 7, 12).date(), reason="Illness", by=cast.staff)
    with clock.at(now + timedelta(days=2)):
        plan_due(now=now + timedelta(days=2))
        send_due()
    after = entries_to(cast.leader)[uid]
    assert after["sequence"] > before["sequence"]
    assert after.end.replace(tzinfo=None) == datetime(2024, 7, 12, 23, 59, 59)


def test_whoever_is_outside_the_team_gets_an_entry_of_the_team_s_own_name(cast, now, plans):
    cast.baseline.reminders.create(offset_days=-12, audience="coach")
    plan_due(now=now)
    send_due()
    found = entries_to(cast.coach)
    name = f"{cast.baseline.public_id}.{cast.enrollment.public_id}@collaborative.example.org"
    assert found[name]["summary"] == f"Due: {cast.baseline.title} ({cast.team.name})"


def test_what_is_overdue_brings_no_entry(cast, now):
    cast.deadline.delete()
    cast.baseline.ends_on = cast.baseline.starts_on = now.date() - timedelta(days=2)
    cast.baseline.save()
    cast.baseline.reminders.create(offset_days=1)
    plan_due(now=now)
    assert send_due() > 0
    assert [attached(sent) for sent in mail.outbox if sent.to == [cast.leader.email]] == [[]]


@pytest.fixture
def plans(cast):
    """The baseline of July 10 has a reminder on July 1, and nothing else has any."""
    cast.baseline.reminders.create(offset_days=-9)


def entries_to(person):
    """Every entry that ``person`` was sent, by uid."""
    found = {}
    for sent in mail.outbox:
        if sent.to == [person.email]:
            for _, _, entries in attached(sent):
                found |= entries
    return found
