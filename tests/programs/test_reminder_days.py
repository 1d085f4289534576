"""Reminders by the reader's day: what falls on one is one mail, planned at its beginning."""

from datetime import UTC, date, datetime, time, timedelta

from core import clock
from notifications.models import Item, ItemState, Message, State
from notifications.services import send_due
from practices.services import end_membership
from programs.models import Milestone, Reminder
from programs.services import complete, end_supporter, move_milestone, plan_due, reopen
from programs.services.reminders import lines_of

MIDNIGHT = datetime(2024, 9, 27, 4, 0, 1, tzinfo=UTC)  # a second into September 27 in New York
NINE = datetime(2024, 9, 27, 13, tzinfo=UTC)


def at(moment: datetime) -> int:
    with clock.at(moment):
        plan_due(now=moment)
        return send_due()


def two_on_one_day(cast) -> None:
    """The update is due in three days, the session was due yesterday: both are reminded of on September 27."""
    Milestone.objects.filter(pk=cast.session.pk).update(starts_on=date(2024, 9, 26), ends_on=date(2024, 9, 26))
    Reminder.objects.create(milestone=cast.first_update, offset_days=-3, send_time=time(9))
    Reminder.objects.create(milestone=cast.session, offset_days=1, send_time=time(15))


def lines(person) -> list[str]:
    found = Item.objects.filter(message__recipient=person, state=ItemState.OPEN)
    return sorted(found.values_list("context__title", flat=True))


def test_a_day_is_planned_at_its_beginning_and_leaves_with_the_first(cast, mailoutbox):
    two_on_one_day(cast)
    assert at(MIDNIGHT) == 0
    assert lines(cast.leader) == ["Milestone qtp-1", "Milestone update-1"]
    assert at(NINE) == 3
    assert at(NINE + timedelta(hours=12)) == 0
    assert all(mail.subject.endswith(", and 1 more") for mail in mailoutbox)


def test_overdue_is_said_only_once_it_is(cast):
    """A reader in Berlin begins the day before the deadline in New York has passed."""
    cast.leader.time_zone = "Europe/Berlin"
    cast.leader.save()
    Reminder.objects.create(milestone=cast.first_update, offset_days=1)
    evening = datetime(2024, 9, 30, 22, 30, tzinfo=UTC)  # October 1 in Berlin; the deadline is at 03:59:59 UTC
    at(evening)
    assert lines(cast.leader) == []
    at(evening + timedelta(hours=6))
    assert lines(cast.leader) == ["Milestone update-1"]


def test_two_of_one_duty_on_one_day_are_one_as_early_as_the_first(cast, mailoutbox):
    Reminder.objects.create(milestone=cast.first_update, offset_days=-3, send_time=time(9))
    Reminder.objects.create(milestone=cast.first_update, offset_hours=-76)  # September 27, 8 in the evening
    assert at(NINE) == 3
    assert at(NINE + timedelta(hours=12)) == 0
    assert Item.objects.get(message__recipient=cast.leader).key.endswith(":-76h")


def test_what_is_met_in_the_morning_is_not_in_the_mail_of_nine(cast, mailoutbox):
    two_on_one_day(cast)
    at(MIDNIGHT)
    complete(cast.enrollment, cast.first_update, by=cast.leader)
    at(NINE)
    mine = [mail for mail in mailoutbox if mail.to == [cast.leader.email]]
    assert mine == []  # the other one comes at three
    at(NINE + timedelta(hours=6))
    assert [mail.subject for mail in mailoutbox if mail.to == [cast.leader.email]] == [
        "Overdue since September 26, 2024: Milestone qtp-1"
    ]


def test_what_is_taken_back_before_nine_is_reminded_of_after_all(cast, mailoutbox):
    two_on_one_day(cast)
    at(MIDNIGHT)
    complete(cast.enrollment, cast.first_update, by=cast.leader)
    reopen(cast.enrollment, cast.first_update, by=cast.staff)
    at(NINE)
    assert lines(cast.leader) == ["Milestone qtp-1", "Milestone update-1"]
    assert len(mailoutbox) == 3


def test_who_leaves_the_team_gets_nothing_that_was_waiting(cast, mailoutbox):
    two_on_one_day(cast)
    at(MIDNIGHT)
    end_membership(cast.team.members.get(user=cast.colleague), reason="Another post", by=cast.leader)
    at(NINE)
    assert cast.colleague.email not in [mail.to[0] for mail in mailoutbox]
    assert Message.objects.get(recipient=cast.colleague).reason == "The role in the team has ended."


def test_a_coach_whose_help_ends_gets_nothing_that_was_waiting(cast, mailoutbox):
    Reminder.objects.create(milestone=cast.first_update, offset_days=-3, audience="coach")
    at(MIDNIGHT)
    end_supporter(cast.enrollment.supporters.get(), by=cast.staff)
    at(NINE)
    assert [mail.to[0] for mail in mailoutbox] == [cast.other_enrollment.supporters.get().user.email]


def test_after_days_of_silence_everybody_gets_one_mail(cast, mailoutbox):
    """No sweep and no sender for four days, with reminders on each of them."""
    two_on_one_day(cast)
    Reminder.objects.create(milestone=cast.first_update, offset_days=-6)
    Reminder.objects.create(milestone=cast.session, offset_days=-1)
    at(NINE - timedelta(days=4))
    mailoutbox.clear()
    assert at(NINE + timedelta(hours=7)) == 3
    assert len({mail.to[0] for mail in mailoutbox}) == 3
    assert all("And also:" in mail.body for mail in mailoutbox)


def test_a_moved_date_takes_its_lines_out_and_the_new_one_plans_anew(cast, mailoutbox):
    two_on_one_day(cast)
    at(MIDNIGHT)
    with clock.at(MIDNIGHT + timedelta(hours=1)):
        move_milestone(cast.first_update, starts_on=date(2024, 10, 15), ends_on=date(2024, 10, 15), by=cast.staff)
    assert lines(cast.leader) == ["Milestone qtp-1"]
    at(datetime(2024, 10, 12, 13, tzinfo=UTC))
    assert mailoutbox[-1].subject == "Due October 15, 2024: Milestone update-1"


def test_looking_at_a_line_of_the_plan_writes_nothing(cast):
    row = Reminder.objects.create(milestone=cast.session, offset_days=-3, audience="members")
    found = lines_of(row, cast.enrollment)
    assert {line.to for line in found} == {cast.leader, cast.colleague, cast.helper}
    assert [line.to for line in lines_of(row, cast.enrollment, cast.helper)] == [cast.helper]
    assert not Message.objects.filter(state=State.PENDING).exists()
