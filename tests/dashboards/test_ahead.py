"""What comes in the next 24 hours: the same as what the sweeps of those hours then write."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core import clock
from core.services import beat
from dashboards.selectors.ahead import deadlines_ahead, reminders_ahead
from notifications.models import Item
from programs import services
from programs.models import Audience, Reminder
from tests.conftest import NOW

A_DAY = timedelta(hours=24)


def remind(milestone, days, **fields):
    return Reminder.objects.create(milestone=milestone, offset_days=days, **fields)


def ahead(now=NOW, swept_at=NOW):
    return reminders_ahead(now=now, length=A_DAY, swept_at=swept_at)


def told(found):
    return [(row.due_at, row.subject, row.people) for row in found.planned]


@pytest.fixture
def plans(cast):
    """NOW is July 1, 11 AM in New York. Comes: today at noon, tomorrow at 9 AM and at noon, and on the day after."""
    remind(cast.baseline, -9, send_time=time(12))
    remind(cast.session, -10)
    remind(cast.baseline, -8, send_time=time(12), audience=Audience.LEADER)
    remind(cast.baseline, -7)
    return cast


def test_the_reminders_of_the_next_day_are_told_in_order(plans):
    found = ahead()
    subjects = [(at, people) for at, _, people in told(found)]
    assert subjects == [
        (datetime(2024, 7, 1, 16, tzinfo=UTC), 3),  # the leaders and the core team of both
        (datetime(2024, 7, 2, 13, tzinfo=UTC), 3),
    ]
    assert (found.reminders, found.people, found.is_whole) == (6, 3, True)
    assert Item.objects.count() == 0


def test_what_is_told_is_what_the_sweeps_then_write(plans):
    """An hourly sweep for a day, from a clean slate and from one that has planned its own day already."""
    for is_planned in (False, True):
        if is_planned:
            services.plan_due(now=NOW)
        there = set(Item.objects.values_list("key", flat=True))
        found = ahead()
        for hours in range(25):
            with clock.at(NOW + timedelta(hours=hours)):
                services.plan_due(now=clock.now())
        written = Item.objects.exclude(key__in=there).filter(due_at__lte=NOW + A_DAY)
        expected = {}
        for item in written:
            key = (item.due_at, item.subject)
            expected[key] = expected.get(key, 0) + 1
        assert {(at, subject): people for at, subject, people in told(found)} == expected
        assert found.reminders == sum(expected.values()) > 0
        Item.objects.all().delete()


def test_what_is_a_row_is_not_told_twice(plans):
    services.plan_due(now=NOW)
    assert [at for at, _, _ in told(ahead())] == [datetime(2024, 7, 2, 13, tzinfo=UTC)]


def test_what_the_sweep_has_missed_is_told_too(plans):
    later = NOW + timedelta(hours=3)
    assert next(at.hour for at, _, _ in told(ahead(now=later, swept_at=NOW))) == 16
    assert next(at.hour for at, _, _ in told(ahead(now=later, swept_at=later))) == 13


def test_whoever_has_done_it_is_not_among_them(plans):
    services.complete(plans.enrollment, plans.baseline, by=plans.leader)
    assert [people for _, _, people in told(ahead())] == [1, 3]


def test_more_than_a_page_can_count_is_said(plans, monkeypatch):
    monkeypatch.setattr("dashboards.selectors.ahead.MOST", 4)
    found = ahead()
    assert (found.reminders, found.is_whole) == (4, False)


def test_the_page_shows_both(client, plans):
    beat("sweep")
    client.force_login(plans.staff)
    text = client.get("/status").content.decode()
    assert "6 reminders that are still to be written" in text
    assert "As it stands, to 3 people" in text
    assert "0 deadlines" in text


def deadlines(now):
    found = deadlines_ahead(now=now, length=A_DAY)
    return [(row.milestone.code, row.at, row.owing, row.teams) for row in found]


def test_the_deadlines_of_the_next_day_with_who_still_owes_them(cast):
    services.complete(cast.enrollment, cast.baseline, by=cast.leader)
    end = datetime(2024, 7, 11, 3, 59, 59, tzinfo=UTC)
    assert deadlines(end - A_DAY) == [("baseline", end, 1, 2)]
    assert deadlines(end - A_DAY - timedelta(seconds=1)) == []
    assert [row[0] for row in deadlines(end - timedelta(seconds=1))] == ["baseline"]


def test_an_extended_deadline_stands_where_it_ends_now(cast):
    services.extend(cast.enrollment, cast.baseline, ends_on=date(2024, 8, 1), reason="Illness", by=cast.staff)
    first, second = datetime(2024, 7, 11, 3, 59, 59, tzinfo=UTC), datetime(2024, 8, 2, 3, 59, 59, tzinfo=UTC)
    assert deadlines(first - timedelta(hours=1)) == [("baseline", first, 1, 1)]
    assert deadlines(second - timedelta(hours=1)) == [("baseline", second, 1, 1)]


def test_a_deadline_that_nobody_owes_yet_is_told(cast):
    end = datetime(2024, 5, 2, 3, 59, tzinfo=UTC)
    assert deadlines(end - timedelta(hours=5)) == [("deadline", end, 0, 0)]
