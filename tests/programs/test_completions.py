"""Meeting a duty, taking that back, and getting more time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core import clock
from core.models import AuditEntry
from core.refusals import Refused
from notifications.models import Message, State
from practices.models import Member
from programs import services
from programs.models import Completion, DueFrom, Extension, LatePolicy, Milestone, MilestoneKind, Reminder
from programs.selectors import deadline_of, obligations
from tests.conftest import NOW, make_milestone

BASELINE_DUE = datetime(2024, 7, 11, 3, 59, 59, tzinfo=UTC)


def member_of(cast, user) -> Member:
    return Member.objects.get(team=cast.team, user=user)


@pytest.fixture
def reminded(cast):
    """Reminders of baseline (the team's) and session (each member's) are waiting."""
    for milestone in (cast.baseline, cast.session):
        Reminder.objects.create(milestone=milestone, offset_days=-14)
    services.plan_due(now=NOW)
    return cast


def waiting() -> list[tuple[str, str]]:
    rows = Message.objects.filter(state=State.PENDING)
    return sorted(
        (row.recipient.name, line.context["title"]) for row in rows for line in row.items.filter(state="open")
    )


@pytest.mark.parametrize(
    ("arrived", "standing"),
    [
        (BASELINE_DUE, "open"),
        (BASELINE_DUE + timedelta(seconds=1), "grace"),
        (BASELINE_DUE + timedelta(minutes=10), "grace"),
        (BASELINE_DUE + timedelta(minutes=10, seconds=1), "late"),
    ],
)
def test_the_standing_is_that_of_the_arrival(cast, arrived, standing):
    Milestone.objects.filter(pk=cast.baseline.pk).update(grace_minutes=10)
    cast.baseline.refresh_from_db()
    row = services.complete(cast.enrollment, cast.baseline, by=cast.leader, arrived_at=arrived)
    assert (row.standing, row.arrived_at, row.completed_at, row.completed_by) == (standing, arrived, NOW, cast.leader)


def test_a_closed_deadline_takes_nothing(cast):
    Milestone.objects.filter(pk=cast.baseline.pk).update(late_policy=LatePolicy.CLOSED)
    cast.baseline.refresh_from_db()
    with pytest.raises(services.DeadlinePassed, match="no late work is taken"):
        services.complete(
            cast.enrollment, cast.baseline, by=cast.leader, arrived_at=BASELINE_DUE + timedelta(seconds=1)
        )
    assert Completion.objects.count() == 0


def test_completing_twice_is_completing_once(cast):
    first = services.complete(cast.enrollment, cast.baseline, by=cast.leader)
    entries = AuditEntry.objects.count()
    assert services.complete(cast.enrollment, cast.baseline, by=cast.colleague) == first
    assert Completion.objects.count() == 1
    assert AuditEntry.objects.count() == entries


def test_what_does_not_fit_is_refused(cast):
    own, foreign = member_of(cast, cast.leader), Member.objects.get(team=cast.other_team)
    other = Milestone.objects.create(
        cohort=services.clone_cohort(cast.cohort, code="x", title="X", weeks=1),
        code="new",
        kind="activity",
        title="Elsewhere",
        starts_on=date(2024, 8, 1),
        ends_on=date(2024, 8, 1),
        zone="UTC",
        source="seed",
    )
    for milestone, member, words in (
        (other, None, "belongs to another cohort"),
        (cast.session, None, "Say which member"),
        (cast.session, foreign, "Say which member"),
        (cast.baseline, own, "by the team as a whole"),
        (cast.deadline, None, "enrollment is active. It must be applying"),
    ):
        with pytest.raises(Refused, match=words):
            services.complete(cast.enrollment, milestone, by=cast.leader, member=member)
    services.withdraw(cast.enrollment, reason="No time", by=cast.leader)
    with pytest.raises(Refused, match=r"enrollment is withdrawn\. It must be active"):
        services.complete(cast.enrollment, cast.baseline, by=cast.leader)


def test_meeting_the_teams_duty_cancels_its_mail(reminded):
    cast = reminded
    services.complete(cast.enrollment, cast.baseline, by=cast.leader)
    assert waiting() == [
        ("Cora Colleague", "Milestone qtp-1"),
        ("Lena Leader", "Milestone qtp-1"),
        ("Stan Stranger", "Milestone baseline"),
        ("Stan Stranger", "Milestone qtp-1"),
    ]


def test_meeting_a_personal_duty_cancels_ones_own_mail(reminded):
    cast = reminded
    services.complete(cast.enrollment, cast.session, by=cast.staff, member=member_of(cast, cast.leader))
    assert [row for row in waiting() if row[1] == "Milestone qtp-1"] == [
        ("Cora Colleague", "Milestone qtp-1"),
        ("Stan Stranger", "Milestone qtp-1"),
    ]


def test_the_last_member_to_meet_a_duty_cancels_the_coachs_mail(cast):
    Reminder.objects.create(milestone=cast.session, offset_days=-14, audience="coach")
    services.plan_due(now=NOW)
    for user, left in ((cast.leader, 2), (cast.colleague, 1)):
        assert len(waiting()) == 2
        services.complete(cast.enrollment, cast.session, by=cast.staff, member=member_of(cast, user))
        assert len(waiting()) == left


def test_reopening(cast):
    services.complete(cast.enrollment, cast.baseline, by=cast.leader)
    services.reopen(cast.enrollment, cast.baseline, by=cast.staff)
    assert Completion.objects.count() == 0
    with pytest.raises(Refused, match="is open already"):
        services.reopen(cast.enrollment, cast.baseline, by=cast.staff)
    services.complete(cast.enrollment, cast.baseline, by=cast.leader)
    assert Completion.objects.count() == 1


def test_an_extension_moves_the_deadline_of_one_team(reminded):
    cast = reminded
    row = services.extend(cast.enrollment, cast.baseline, ends_on=date(2024, 8, 1), reason="Illness", by=cast.staff)
    assert (row.zone, row.granted_by, row.granted_at) == (cast.baseline.zone, cast.staff, NOW)
    assert deadline_of(cast.baseline, cast.enrollment).at == datetime(2024, 8, 2, 3, 59, 59, tzinfo=UTC)
    assert deadline_of(cast.baseline, cast.other_enrollment).at == BASELINE_DUE
    assert [row for row in waiting() if row[1] == "Milestone baseline"] == [("Stan Stranger", "Milestone baseline")]
    late = BASELINE_DUE + timedelta(days=3)
    assert services.complete(cast.enrollment, cast.baseline, by=cast.leader, arrived_at=late).standing == "open"
    assert services.complete(cast.other_enrollment, cast.baseline, by=cast.stranger, arrived_at=late).standing == "late"


def test_an_extended_deadline_has_reminders_of_its_own(reminded):
    cast = reminded
    services.extend(cast.enrollment, cast.baseline, ends_on=date(2024, 8, 1), reason="Illness", by=cast.staff)
    assert services.plan_due(now=NOW) == 0
    assert (
        services.plan_due(now=datetime(2024, 7, 18, 13, tzinfo=UTC)) == 2
    )  # the leader and the colleague, 14 days before


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ends_on": date(2024, 8, 1), "reason": " "}, "Say why"),
        ({"ends_on": date(2024, 7, 10), "reason": "x"}, "later than the present deadline"),
        ({"ends_on": date(2025, 3, 9), "ends_time": time(2, 30), "reason": "x"}, "skip 02:30"),
        ({"ends_on": date(2024, 11, 3), "ends_time": time(1, 30), "reason": "x"}, "show 01:30 twice"),
    ],
)
def test_extensions_that_are_refused(cast, values, words):
    with pytest.raises(Refused, match=words):
        services.extend(cast.enrollment, cast.baseline, by=cast.staff, **values)
    assert Extension.objects.count() == 0


def test_what_is_met_is_not_extended_and_the_newest_extension_counts(cast):
    for day in (1, 5):
        services.extend(cast.enrollment, cast.baseline, ends_on=date(2024, 8, day), reason="Illness", by=cast.staff)
    assert deadline_of(cast.baseline, cast.enrollment).at == datetime(2024, 8, 6, 3, 59, 59, tzinfo=UTC)
    services.complete(cast.enrollment, cast.baseline, by=cast.leader)
    with pytest.raises(Refused, match="nothing to extend"):
        services.extend(cast.enrollment, cast.baseline, ends_on=date(2024, 9, 1), reason="Illness", by=cast.staff)


def test_a_call_that_was_held_is_noted_for_all(cast):
    call = make_milestone(cast.cohort, "call", MilestoneKind.CALL, date(2024, 7, 12), DueFrom.CORE_TEAM)
    with pytest.raises(Refused, match="still to come"):
        services.complete_for_all(call, by=cast.staff)
    with clock.at(datetime(2024, 7, 20, tzinfo=UTC)):
        assert services.complete_for_all(call, by=cast.staff) == 3
        assert services.complete_for_all(call, by=cast.staff) == 0
    assert set(Completion.objects.values_list("standing", flat=True)) == {"open"}
    assert [duty for duty in obligations([cast.enrollment]) if duty.milestone == call and not duty.is_done] == []
    with pytest.raises(Refused, match="which each team sends itself"):
        services.complete_for_all(cast.deadline, by=cast.staff)


@pytest.mark.parametrize(
    ("name", "words"), [("session", "attendance list"), ("baseline", "what each team files"), ("first_update", "files")]
)
def test_what_leaves_a_trace_of_its_own_is_not_noted_by_hand(cast, name, words):
    with clock.at(datetime(2025, 7, 20, tzinfo=UTC)), pytest.raises(Refused, match=words):
        services.complete_for_all(getattr(cast, name), by=cast.staff)
    completion = services.complete(cast.enrollment, cast.baseline, by=cast.leader)
    with pytest.raises(Refused, match="what each team files"):
        services.take_back(completion, by=cast.staff)
