"""Moving a milestone: the one way in which a date changes."""

from datetime import UTC, date, datetime, time

import pytest

from core.models import AuditEntry
from core.refusals import Refused
from core.transitions import ChangedMeanwhile
from notifications.models import Kind, Message, State
from notifications.services import render
from programs import services
from programs.models import Milestone, Reminder
from tests.conftest import NOW


def move(milestone, first, last=None, *, by, **times):
    return services.move_milestone(milestone, starts_on=first, ends_on=last or first, by=by, **times)


def test_a_move_is_versioned_audited_and_staffs(cast):
    assert move(cast.session, date(2024, 7, 18), date(2024, 7, 19), by=cast.staff)
    cast.session.refresh_from_db()
    assert (cast.session.starts_on, cast.session.ends_on) == (date(2024, 7, 18), date(2024, 7, 19))
    assert (cast.session.version, cast.session.source) == (2, "staff")
    entry = AuditEntry.objects.get(verb="milestone.moved")
    assert (entry.actor_id, entry.object_id, entry.fields) == (cast.staff.pk, cast.session.pk, ["ends_on", "starts_on"])


def test_a_move_to_where_it_is_changes_nothing(cast):
    assert not move(cast.session, date(2024, 7, 11), date(2024, 7, 12), by=cast.staff)
    cast.session.refresh_from_db()
    assert (cast.session.version, cast.session.source) == (1, "seed")
    assert not AuditEntry.objects.filter(verb="milestone.moved").exists()


@pytest.mark.parametrize(
    ("first", "last", "times", "words"),
    [
        (date(2024, 7, 12), date(2024, 7, 11), {}, "would end before it starts"),
        (
            date(2024, 7, 12),
            date(2024, 7, 12),
            {"starts_time": time(12), "ends_time": time(11)},
            "would end before it starts",
        ),
        (date(2025, 3, 9), date(2025, 3, 9), {"starts_time": time(2, 30)}, "skip 02:30. Choose 01:59 or 03:00."),
        (date(2024, 11, 3), date(2024, 11, 3), {"ends_time": time(1, 30)}, "show 01:30 twice"),
    ],
)
def test_moments_that_cannot_be_are_refused(cast, first, last, times, words):
    with pytest.raises(Refused, match=words):
        move(cast.session, first, last, by=cast.staff, **times)
    cast.session.refresh_from_db()
    assert cast.session.version == 1


def test_a_call_opens_before_it_closes(cast):
    opening = cast.cohort.milestones.get(code="opening")
    with pytest.raises(Refused, match="must open before its deadline"):
        move(opening, date(2024, 5, 2), by=cast.staff)
    with pytest.raises(Refused, match="must open before its deadline"):
        move(cast.deadline, date(2024, 2, 29), by=cast.staff)


def test_of_two_who_move_it_one_is_told(cast):
    stale = Milestone.objects.get(pk=cast.session.pk)
    move(cast.session, date(2024, 7, 18), by=cast.staff)
    with pytest.raises(ChangedMeanwhile):
        move(stale, date(2024, 7, 25), by=cast.staff)


def test_reminders_of_the_old_date_go_and_those_who_had_it_are_told_once(cast):
    Reminder.objects.create(milestone=cast.session, offset_days=-14)
    assert services.plan_due(now=NOW) == 3
    move(cast.session, date(2024, 7, 14), by=cast.staff)
    assert set(Message.objects.filter(kind=Kind.REMINDER).values_list("state", flat=True)) == {State.CANCELLED}
    told = Message.objects.filter(kind=Kind.DEADLINE_MOVED, state=State.PENDING)
    assert sorted(row.recipient.name for row in told) == ["Cora Colleague", "Lena Leader", "Stan Stranger"]
    assert "“Milestone qtp-1” has a new date: July 14, 2024, 11:59 PM Eastern." in render(told.first()).text
    assert services.plan_due(now=NOW) == 3  # the reminder, anew, for the new date
    assert services.plan_due(now=NOW) == 0


def test_a_second_move_replaces_the_news_of_the_first(cast):
    for day in (14, 16):
        move(cast.baseline, date(2024, 7, day), by=cast.staff)
    news = Message.objects.filter(kind=Kind.DEADLINE_MOVED, recipient=cast.leader).order_by("id")
    assert list(news.values_list("state", flat=True)) == [State.CANCELLED, State.PENDING]


def test_who_has_met_it_or_got_more_time_is_not_told(cast):
    services.complete(cast.enrollment, cast.baseline, by=cast.leader)
    services.extend(cast.other_enrollment, cast.baseline, ends_on=date(2024, 9, 1), reason="Illness", by=cast.staff)
    move(cast.baseline, date(2024, 7, 20), by=cast.staff)
    assert not Message.objects.filter(kind=Kind.DEADLINE_MOVED).exists()


def test_moments_are_local(cast):
    move(cast.session, date(2024, 7, 18), by=cast.staff, starts_time=time(8), ends_time=time(17))
    assert (cast.session.starts_at, cast.session.ends_at) == (
        datetime(2024, 7, 18, 12, tzinfo=UTC),
        datetime(2024, 7, 18, 21, tzinfo=UTC),
    )
