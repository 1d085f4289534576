"""Planning reminders: each once, in time, to the right people, and through any outage."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from notifications.models import Item, ItemState, Message, State
from notifications.services import claims, render
from programs.models import Enrollment, EnrollmentState, LatePolicy, Milestone, Reminder
from programs.services import complete, plan_due
from tests.conftest import make_enrollment, make_practice, make_team, make_user

LEADER, COLLEAGUE, STRANGER = "Lena Leader", "Cora Colleague", "Stan Stranger"
TEAM = [COLLEAGUE, LEADER, STRANGER]


def at(month: int, day: int, hour: int = 13, minute: int = 0) -> datetime:
    """An instant of 2024; 13:00 UTC is 9 in the morning in a New York summer."""
    return datetime(2024, month, day, hour, minute, tzinfo=UTC)


def plan(milestone: Milestone, *days: int, audience: str = "owing") -> None:
    for offset in days:
        Reminder.objects.create(milestone=milestone, offset_days=offset, audience=audience)


def sweep(now: datetime) -> list[tuple[str, str]]:
    """Plan at ``now``, let what is past its use expire, send the rest; returns (person, offset) of what would go out."""
    with clock.at(now):
        plan_due(now=now)
        claims.expire()
        due = Message.objects.filter(state=State.PENDING, not_before__lte=now)
        lines = Item.objects.filter(message__in=due, state=ItemState.OPEN).select_related("message__recipient")
        gone = sorted((line.message.recipient.name, line.key.rpartition(":")[2]) for line in lines)
        due.update(state=State.SENT, sent_at=now)
    return gone


def to(people: list[str], label: str) -> list[tuple[str, str]]:
    return [(name, label) for name in people]


def test_each_reminder_goes_once_at_nine_local_time(cast):
    plan(cast.first_update, -14, -3, 1)
    assert sweep(at(9, 16, 12, 59)) == []
    assert sweep(at(9, 16)) == to(TEAM, "-14d")
    assert sweep(at(9, 16)) == []
    assert sweep(at(9, 27, 12, 59)) == []
    assert sweep(at(9, 27)) == to(TEAM, "-3d")
    assert sweep(at(10, 1)) == to(TEAM, "+1d")
    assert sweep(at(11, 1)) == []


def test_the_row_is_what_the_contract_says(cast):
    plan(cast.first_update, -3)
    sweep(at(9, 27))
    mail, milestone = Message.objects.get(recipient=cast.leader), cast.first_update
    row = mail.items.get()
    assert (mail.kind, mail.template, mail.subject) == ("reminder", "reminders", row.subject)
    assert mail.dedupe_key == f"day:{cast.leader.pk}:2024-09-27:1"
    assert row.key == f"rem:{milestone.pk}:1:{cast.leader.pk}:{cast.enrollment.pk}:-3d"
    assert row.template == "reminder"
    assert row.topic == f"team:{cast.team.pk}:enrollment:{cast.enrollment.pk}:milestone:{milestone.pk}"
    assert row.context["link"] == {"page": "programs:enrollment", "args": [str(cast.enrollment.public_id)]}
    assert row.not_after == milestone.ends_at
    mail = render(mail)
    assert mail.text.splitlines()[0] == (
        "File your quarterly update by September 30, 2024, 11:59 PM Eastern: Milestone update-1."
    )
    assert "<a " in mail.html


def test_a_reader_in_another_zone_reads_both_times(cast):
    cast.leader.time_zone = "America/Los_Angeles"
    cast.leader.save()
    plan(cast.first_update, -3)
    sweep(at(9, 27))
    mail = render(Message.objects.get(recipient=cast.leader))
    assert "September 30, 2024, 11:59 PM Eastern (8:59 PM for you)" in mail.text


def test_a_session_is_announced_with_its_days(cast):
    plan(cast.session, -3)
    sweep(at(7, 9))
    row = Message.objects.get(recipient=cast.leader)
    assert render(row).text.splitlines()[0] == "Please attend: Milestone qtp-1, July 11, 2024 to July 12, 2024."


def test_after_an_outage_one_mail_goes_and_the_older_expire(cast):
    plan(cast.first_update, -14, -7, -3)
    assert sweep(at(9, 28)) == to(TEAM, "-3d")
    assert sorted(Item.objects.filter(state=ItemState.EXPIRED).values_list("key", flat=True)) == sorted(
        f"rem:{cast.first_update.pk}:1:{person.pk}:{row.pk}:{label}"
        for label in ("-14d", "-7d")
        for person, row in (
            (cast.leader, cast.enrollment),
            (cast.colleague, cast.enrollment),
            (cast.stranger, cast.other_enrollment),
        )
    )
    assert sweep(at(9, 28)) == []


def test_before_the_deadline_is_useless_after_it(cast):
    plan(cast.first_update, -3)
    assert sweep(at(10, 1, 4)) == []


@pytest.mark.parametrize(("day", "expected"), [(8, to(TEAM, "+1d")), (9, [])])
def test_after_the_deadline_is_useful_for_a_week(cast, day, expected):
    plan(cast.first_update, 1)
    assert sweep(at(10, day, 12)) == expected


def test_nobody_is_chased_for_what_is_closed(cast):
    Milestone.objects.filter(pk=cast.first_update.pk).update(late_policy=LatePolicy.CLOSED)
    plan(cast.first_update, 1)
    assert sweep(at(10, 1)) == []


def test_what_is_met_is_not_reminded(cast):
    plan(cast.first_update, -3)
    plan(cast.session, -3)
    complete(cast.enrollment, cast.first_update, by=cast.leader)
    complete(cast.enrollment, cast.session, by=cast.staff, member=cast.team.members.get(user=cast.leader))
    assert sweep(at(7, 9)) == to([COLLEAGUE, STRANGER], "-3d")
    assert sweep(at(9, 27)) == to([STRANGER], "-3d")


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("owing", TEAM),
        ("leader", [LEADER, STRANGER]),
        ("members", [COLLEAGUE, "Hal Helper", LEADER, STRANGER]),
        ("coach", ["Cody Coach", "Olga Othercoach"]),
        ("staff", ["Stella Staff", "Stella Staff"]),
    ],
)
def test_audiences(cast, audience, expected):
    plan(cast.first_update, -3, audience=audience)
    assert sweep(at(9, 27)) == to(expected, "-3d")


def test_who_is_told_twice_over_is_told_once(cast):
    plan(cast.session, -3)
    plan(cast.session, -3, audience="members")
    assert sweep(at(7, 9)) == to([COLLEAGUE, "Hal Helper", LEADER, STRANGER], "-3d")


def test_those_outside_the_team_read_which_team_it_is(cast):
    plan(cast.first_update, 1, audience="coach")
    sweep(at(10, 1))
    text = render(Message.objects.get(recipient=cast.coach)).text
    assert text.startswith(
        "Team of Lena Leader has not yet met “Milestone update-1”, due September 30, 2024, 11:59 PM Eastern."
    )


def test_inactive_people_and_former_members_get_nothing(cast):
    cast.colleague.is_active = False
    cast.colleague.save()
    plan(cast.first_update, -3)
    assert sweep(at(9, 27)) == to([LEADER, STRANGER], "-3d")


@pytest.mark.parametrize(("joined", "expected"), [(date(2024, 9, 23), [LEADER]), (date(2024, 9, 24), [])])
def test_a_reminder_from_long_before_the_team_joined_was_never_for_it(cast, joined, expected):
    Enrollment.objects.exclude(pk=cast.enrollment.pk).delete()
    cast.team.members.filter(user=cast.colleague).delete()
    Enrollment.objects.update(joined_on=joined)
    plan(cast.first_update, -14)  # September 16, 9 in the morning
    assert sweep(at(9, 25)) == to(expected, "-14d")


def test_applicants_are_reminded_of_the_application_alone(cast):
    team = make_team(cast.practice, cast.helper, name="Applicants")
    row = make_enrollment(cast.cohort, team, cast.helper, EnrollmentState.APPLYING)
    Enrollment.objects.filter(pk=row.pk).update(started_at=at(3, 2))
    plan(cast.deadline, -14, -3, 1)
    plan(cast.first_update, -3)
    assert sweep(at(4, 17)) == [("Hal Helper", "-14d")]
    assert sweep(at(4, 28)) == [("Hal Helper", "-3d")]
    assert sweep(at(9, 27)) == to(TEAM, "-3d")


def test_who_starts_late_hears_the_nearest_only(cast):
    team = make_team(cast.practice, cast.helper, name="Applicants")
    row = make_enrollment(cast.cohort, team, cast.helper, EnrollmentState.APPLYING)
    Enrollment.objects.filter(pk=row.pk).update(started_at=at(4, 29))
    plan(cast.deadline, -14, -3)
    assert sweep(at(4, 29)) == [("Hal Helper", "-3d")]
    assert Item.objects.count() == 1  # what came before they were there is not even recorded


def test_an_hour_offset_is_real_hours_and_the_morning_survives_a_change_of_clocks(cast):
    milestone = cast.first_update
    Milestone.objects.filter(pk=milestone.pk).update(starts_on=date(2024, 11, 4), ends_on=date(2024, 11, 4))
    milestone.refresh_from_db()
    plan(milestone, -2, -1)  # November 2 in summer time, November 3 in winter time
    Reminder.objects.create(milestone=milestone, offset_hours=-12, audience="leader")
    assert sweep(at(11, 2, 12, 59)) == []
    assert sweep(at(11, 2, 13)) == to(TEAM, "-2d")
    assert sweep(at(11, 3, 13)) == []
    assert sweep(at(11, 3, 14)) == to(TEAM, "-1d")
    assert sweep(milestone.ends_at - timedelta(hours=12)) == to([LEADER, STRANGER], "-12h")


def queries(now: datetime) -> int:
    with CaptureQueriesContext(connection) as found:
        plan_due(now=now)
    return len(found)


def test_queries_do_not_grow_with_the_teams(cast):
    plan(cast.first_update, -14, -3)
    Enrollment.objects.filter(pk=cast.other_enrollment.pk).update(
        state=EnrollmentState.WITHDRAWN, left_on=date(2024, 7, 1)
    )
    one = queries(at(9, 16))
    Enrollment.objects.filter(pk=cast.other_enrollment.pk).update(state=EnrollmentState.ACTIVE, left_on=None)
    person = make_user("Third Leader")
    make_enrollment(cast.cohort, make_team(make_practice("Third"), person), person)
    Message.objects.all().delete()  # nothing waits, as the first time
    assert queries(at(9, 27)) == one
    assert Item.objects.count() == 2 + 4 + 2  # the last two: what the new teams missed, to be marked as expired


def test_where_nothing_is_near_there_is_nothing_to_ask(cast):
    plan(cast.first_update, -3)
    assert queries(at(1, 1)) == 3  # how far reminders reach, what was extended, what is near
