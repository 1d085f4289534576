"""Changing a cohort's reminder plan: what is refused, what waits and is taken back, and whom a change writes to today."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import AuditEntry
from core.refusals import Refused
from notifications.models import Item, Message, State
from programs.definition import read
from programs.models import DueFrom, LatePolicy, Milestone, MilestoneKind, Reminder
from programs.services import clone_cohort, complete, effects, load_program, move_milestone, outlook, plan_due, plans
from programs.services.plans import Rule
from tests.conftest import make_enrollment, make_milestone, make_practice, make_team, make_user
from tests.programs.files import VALID

NINE = datetime(2024, 9, 27, 13, 0, tzinfo=UTC)  # three days before the first update, 9 in the morning in New York


def rule(days=None, hours=None, audience="owing", **rest):
    return Rule(days, hours, audience, **rest)


def names(readers):
    return sorted(reader.name for reader in readers)


def told(milestone, act):
    return names(effects.written_today([milestone], act))


def acts():
    return sorted(AuditEntry.objects.filter(object_type="programs.milestone").values_list("verb", flat=True))


# --- One line -----------------------------------------------------------------------------------------------------------


def test_a_line_is_added_changed_and_removed_each_with_its_audit_row(cast):
    row = plans.add_line(cast.first_update, rule(-14), by=cast.staff)
    assert plans.change_line(row, rule(-10, audience="leader"), by=cast.staff) is True
    assert plans.change_line(row, rule(-10, audience="leader"), by=cast.staff) is False
    row.refresh_from_db()
    assert (row.offset_days, row.audience) == (-10, "leader")
    assert plans.remove_line(row, by=cast.staff) == 0
    assert Reminder.objects.count() == 0
    assert acts() == ["milestone.reminder_added", "milestone.reminder_changed", "milestone.reminder_removed"]
    assert AuditEntry.objects.get(verb="milestone.reminder_changed").fields == ["audience", "days"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (rule(-366), "at most 365 days"),
        (rule(hours=-8761), "at most 365 days"),
        (rule(), "in days or in hours"),
        (rule(-1, -1), "in days or in hours"),
        (rule(-3), "at that distance to these people already"),
        (rule(-5, audience="everybody"), "Choose from the lists"),
        (rule(-5, template="no-such-wording"), "Choose from the lists"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_changes(cast, wrong, words):
    plans.add_line(cast.first_update, rule(-3), by=cast.staff)
    other = plans.add_line(cast.first_update, rule(-7), by=cast.staff)
    with pytest.raises(Refused, match=words):
        plans.add_line(cast.first_update, wrong, by=cast.staff)
    with pytest.raises(Refused, match=words):
        plans.change_line(other, wrong, by=cast.staff)
    assert sorted(Reminder.objects.values_list("offset_days", flat=True)) == [-7, -3]


def test_a_year_is_not_too_far_and_another_audience_is_another_line(cast):
    for one in (rule(-365), rule(-3), rule(-3, audience="coach"), rule(hours=-72)):
        plans.add_line(cast.first_update, one, by=cast.staff)
    assert Reminder.objects.count() == 4


def test_nobody_is_reminded_of_what_nobody_owes(cast):
    opening = Milestone.objects.get(code="opening")
    with pytest.raises(Refused, match="Nobody owes"):
        plans.add_line(opening, rule(-3), by=cast.staff)


def test_where_no_late_work_is_taken_nobody_is_reminded_afterwards(cast):
    Milestone.objects.filter(pk=cast.first_update.pk).update(late_policy=LatePolicy.CLOSED)
    cast.first_update.refresh_from_db()
    for late in (rule(1), rule(hours=0), rule(hours=5)):
        with pytest.raises(Refused, match="takes no late work"):
            plans.add_line(cast.first_update, late, by=cast.staff)
    assert plans.add_line(cast.first_update, rule(0), by=cast.staff).pk


def test_a_line_that_is_gone_is_refused(cast):
    row = plans.add_line(cast.first_update, rule(-3), by=cast.staff)
    same = Reminder.objects.get(pk=row.pk)
    plans.remove_line(row, by=cast.staff)
    for act in (plans.remove_line, lambda line, by: plans.change_line(line, rule(-4), by=by)):
        with pytest.raises(Refused, match="a moment ago"):
            act(same, by=cast.staff)


# --- What waits ---------------------------------------------------------------------------------------------------------


def test_removing_a_line_cancels_what_waits_from_it_and_nothing_else(cast):
    gone = plans.add_line(cast.first_update, rule(-3), by=cast.staff)
    plans.add_line(cast.first_update, rule(-3, audience="coach"), by=cast.staff)
    with clock.at(NINE):
        plan_due(now=NINE)
        assert plans.waiting_from(gone) == 5  # three who owe it, and the coach of each team
        plans.remove_line(gone, by=cast.staff)
        plan_due(now=NINE)  # what the coach's line still wants comes back
    waiting = Message.objects.filter(state=State.PENDING).values_list("recipient__name", flat=True)
    assert sorted(waiting) == ["Cody Coach", "Olga Othercoach"]
    ended = Item.objects.exclude(state="open").values_list("message__recipient__name", "reason")
    assert sorted(ended) == [
        (name, "This reminder was taken out of the plan.")
        for name in ("Cora Colleague", "Lena Leader", "Stan Stranger")
    ]


def test_what_was_sent_stays(cast):
    row = plans.add_line(cast.first_update, rule(-3), by=cast.staff)
    with clock.at(NINE):
        plan_due(now=NINE)
        Message.objects.update(state=State.SENT, sent_at=NINE)
        assert plans.remove_line(row, by=cast.staff) == 0
    assert set(Item.objects.values_list("state", flat=True)) == {"open"}


def test_a_changed_line_comes_again_with_what_it_says_now(cast):
    row = plans.add_line(cast.first_update, rule(-3), by=cast.staff)
    with clock.at(NINE):
        plan_due(now=NINE)
        plans.change_line(row, rule(-3, audience="leader"), by=cast.staff)
        plan_due(now=NINE)
        assert sorted(Message.objects.filter(state=State.PENDING).values_list("recipient__name", flat=True)) == [
            "Lena Leader",
            "Stan Stranger",
        ]


# --- Whom a change writes to today --------------------------------------------------------------------------------------


def test_a_line_whose_time_has_come_is_told_beforehand_and_writes_nothing_yet(cast):
    with clock.at(NINE):

        def act():
            plans.add_line(cast.first_update, rule(-10), by=cast.staff)

        assert told(cast.first_update, act) == ["Cora Colleague", "Lena Leader", "Stan Stranger"]
        assert (Reminder.objects.count(), Item.objects.count(), acts()) == (0, 0, [])
        act()
        plan_due(now=NINE)
        assert sorted(Item.objects.values_list("message__recipient__name", flat=True)) == [
            "Cora Colleague",
            "Lena Leader",
            "Stan Stranger",
        ]


def test_a_line_still_to_come_writes_to_nobody_today(cast):
    with clock.at(NINE):
        assert told(cast.first_update, lambda: plans.add_line(cast.first_update, rule(-1), by=cast.staff)) == []


def test_who_has_done_it_is_not_among_them(cast):
    complete(cast.enrollment, cast.first_update, by=cast.leader)
    with clock.at(NINE):
        act = lambda: plans.add_line(cast.first_update, rule(-10), by=cast.staff)  # noqa: E731
        assert told(cast.first_update, act) == ["Stan Stranger"]


def test_who_is_written_to_anyway_is_not_counted_again(cast):
    row = plans.add_line(cast.first_update, rule(-3), by=cast.staff)
    with clock.at(NINE):
        plan_due(now=NINE)
        later = rule(-3, send_time=time(15))
        assert told(cast.first_update, lambda: plans.change_line(row, later, by=cast.staff)) == []
        to_all = rule(-3, audience="members")
        assert told(cast.first_update, lambda: plans.change_line(row, to_all, by=cast.staff)) == ["Hal Helper"]


def test_the_fingerprint_is_that_of_the_people(cast):
    one, two = effects.Reader("1", "A", "a@x.example"), effects.Reader("2", "B", "b@x.example")
    assert effects.fingerprint([one, two]) == effects.fingerprint([two, one])
    assert len({effects.fingerprint(found) for found in ([], [one], [two], [one, two])}) == 4
    assert effects.fingerprint([one], "word") != effects.fingerprint([one])


def test_who_would_be_told_of_a_moved_date(cast):
    moment = {"starts_on": date(2024, 10, 7), "ends_on": date(2024, 10, 7), "starts_time": None, "ends_time": None}
    readers = effects.told_of_move(cast.first_update, moment, by=cast.staff)
    assert names(readers) == ["Cora Colleague", "Lena Leader", "Stan Stranger"]
    cast.first_update.refresh_from_db()
    assert (cast.first_update.version, Message.objects.count(), acts()) == (1, 0, [])
    move_milestone(cast.first_update, **moment, by=cast.staff)
    assert sorted(Message.objects.values_list("recipient__name", flat=True)) == names(readers)
    assert effects.told_of_move(cast.first_update, moment, by=cast.staff) == []  # there already


# --- All of one kind ----------------------------------------------------------------------------------------------------


@pytest.fixture
def updates(cast):
    """Three more quarterly updates: with another plan, with the same, and one that takes no late work."""
    months = {"update-2": (12, 31), "update-3": (3, 31), "update-4": (6, 30)}
    rows = [
        make_milestone(
            cast.cohort, code, MilestoneKind.UPDATE, date(2024 if month == 12 else 2025, month, day), "enrollment"
        )
        for code, (month, day) in months.items()
    ]
    make_milestone(cast.cohort, "update-0", MilestoneKind.UPDATE, date(2024, 6, 30), DueFrom.NOBODY)
    for row in (cast.first_update, rows[1]):
        plans.add_line(row, rule(-7), by=cast.staff)
        plans.add_line(row, rule(2), by=cast.staff)
    plans.add_line(rows[0], rule(-7, send_time=time(12)), by=cast.staff)
    plans.add_line(rows[0], rule(-30), by=cast.staff)
    Milestone.objects.filter(pk=rows[2].pk).update(late_policy=LatePolicy.CLOSED)
    return rows


def test_one_milestone_s_lines_are_given_to_all_of_its_kind(cast, updates):
    changes = {change.milestone.code: change for change in plans.changes_for_kind(cast.first_update)}
    assert set(changes) == {"update-2", "update-3", "update-4"}
    second, third, fourth = changes["update-2"], changes["update-3"], changes["update-4"]
    assert [str(row) for row in second.added] == ["2 days after"]
    assert [str(row) for row, _ in second.changed] == ["7 days before"]
    assert [str(row) for row in second.removed] == ["30 days before"]
    assert third.is_empty
    assert ([str(row) for row in fourth.added], [str(row) for row in fourth.left_out]) == (
        ["7 days before"],
        ["2 days after"],
    )
    assert plans.apply_to_kind(cast.first_update, by=cast.staff) == 2
    found = Reminder.objects.filter(milestone=updates[0]).values_list("offset_days", "send_time")
    assert sorted(found) == [(-7, time(9)), (2, time(9))]
    assert plans.apply_to_kind(cast.first_update, by=cast.staff) == 0


# --- What the program's file and a clone make of it ---------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
def test_loading_the_file_again_leaves_a_changed_plan_alone():
    load_program(read(VALID))
    update = Milestone.objects.get(code="update-1")
    plans.add_line(update, rule(-20), by=None)
    lines = [" ".join(str(change).split()) for change in load_program(read(VALID))]
    assert "kept reminders of milestone tiny-2024/update-1 (changed by staff)" in lines
    assert sorted(update.reminders.values_list("offset_days", flat=True)) == [-20, -3, 1]


def test_a_clone_keeps_the_words_of_its_reminders(cast):
    Reminder.objects.create(milestone=cast.first_update, offset_days=-3, template="kind-words")
    Reminder.objects.create(milestone=cast.first_update, offset_days=-3, audience="coach")
    clone = clone_cohort(cast.cohort, code="next", title="Next", weeks=52, by=cast.staff)
    found = Reminder.objects.filter(milestone__cohort=clone).values_list("audience", "template")
    assert sorted(found) == [("coach", "reminder"), ("owing", "kind-words")]


# --- Looking at it ------------------------------------------------------------------------------------------------------


def plan_by_code(cast, **filters):
    return {row.milestone.code: row for row in outlook.plan_of(cast.cohort, now=clock.now(), **filters)}


def test_the_plan_says_when_to_how_many_and_what_has_become_of_it(cast):
    plans.add_line(cast.first_update, rule(-3), by=cast.staff)
    plans.add_line(cast.first_update, rule(hours=-12, audience="coach"), by=cast.staff)
    with clock.at(NINE):
        plan_due(now=NINE)
        Message.objects.filter(recipient=cast.leader).update(state=State.SENT, sent_at=NINE)
        complete(cast.other_enrollment, cast.first_update, by=cast.stranger)
        row = plan_by_code(cast)["update-1"]
    days, hours = row.lines
    assert (str(days.local), days.is_past) == ("2024-09-27 09:00:00-04:00", True)
    assert (str(hours.local), hours.is_past) == ("2024-09-30 11:59:59-04:00", False)
    assert names(days.people) == ["Cora Colleague", "Lena Leader"]
    assert names(hours.people) == ["Cody Coach"]
    assert dict(days.counts) == {"sent": 1, "waiting": 1, "cancelled": 1}
    assert (dict(hours.counts), days.wording, row.can_remind) == ({}, "Built-in reminder", True)
    assert plan_by_code(cast)["opening"].can_remind is False


def test_a_send_time_that_the_clocks_skip_is_shown_as_it_will_be(cast):
    spring = make_milestone(cast.cohort, "spring", MilestoneKind.UPDATE, date(2025, 3, 12), "enrollment")
    plans.add_line(spring, rule(-3, send_time=time(2, 30)), by=cast.staff)  # March 9, 2025: 2:30 AM does not exist
    (line,) = plan_by_code(cast)["spring"].lines
    assert str(line.local) == "2025-03-09 03:30:00-04:00"


def test_filters_leave_what_was_asked_for(cast):
    plans.add_line(cast.first_update, rule(-3), by=cast.staff)
    plans.add_line(cast.first_update, rule(-3, audience="coach"), by=cast.staff)
    plans.add_line(cast.baseline, rule(-3), by=cast.staff)
    assert set(plan_by_code(cast, kind="update")) == {"update-1"}
    found = plan_by_code(cast, audience="coach")
    assert {code: [line.reminder.audience for line in row.lines] for code, row in found.items()} == {
        "update-1": ["coach"]
    }


def test_the_calendar_has_each_reminder_on_the_local_day_on_which_it_is_sent(cast):
    plans.add_line(cast.first_update, rule(-30), by=cast.staff)
    plans.add_line(cast.first_update, rule(-30, send_time=time(23, 30), audience="coach"), by=cast.staff)
    events = outlook.events_of(outlook.plan_of(cast.cohort, now=clock.now()))
    weeks = outlook.weeks_of(events, date(2024, 8, 1))
    assert [len(week) for week in weeks] == [7] * 5
    assert (weeks[0][0].on, weeks[0][0].is_in_month) == (date(2024, 7, 28), False)
    filled = {day.on: len(day.events) for week in weeks for day in week if day.events}
    assert filled == {date(2024, 8, 31): 2}  # late in the evening in New York is the next day in UTC
    july = [day for week in outlook.weeks_of(events, date(2024, 7, 1)) for day in week if day.events]
    assert [(day.on.day, [event.words for event in day.events]) for day in july] == [
        (10, [""]),
        (11, ["begins"]),
        (12, ["ends"]),
    ]


def test_the_calendar_begins_with_what_comes_next(cast):
    events = outlook.events_of(outlook.plan_of(cast.cohort, now=clock.now()))
    assert outlook.first_month(events, date(2024, 7, 1)) == date(2024, 7, 1)
    assert outlook.first_month(events, date(2024, 8, 1)) == date(2024, 9, 1)
    assert outlook.first_month(events, date(2025, 8, 1)) == date(2024, 9, 1)
    assert outlook.first_month([], date(2025, 8, 9)) == date(2025, 8, 1)
    assert outlook.months_beside(date(2025, 1, 1)) == (date(2024, 12, 1), date(2025, 2, 1))


def test_a_plan_asks_as_often_for_three_teams_as_for_one(cast):
    for milestone in (cast.first_update, cast.baseline, cast.session):
        plans.add_line(milestone, rule(-3), by=cast.staff)

    def ask():
        with CaptureQueriesContext(connection) as queries:
            outlook.plan_of(cast.cohort, now=clock.now())
        return len(queries)

    before = ask()
    for number in range(3):
        make_enrollment(cast.cohort, make_team(make_practice(f"P{number}"), make_user(f"Leader {number}")), cast.staff)
        plans.add_line(cast.first_update, rule(-20 - number), by=cast.staff)
    assert ask() == before
