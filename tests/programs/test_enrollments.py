"""The life of an enrollment: every step that is allowed, and every one that is refused."""

from datetime import UTC, date, datetime

import pytest

from core import clock
from core.models import AuditEntry
from core.refusals import Refused
from core.transitions import TransitionRefused
from notifications.models import Item, ItemState, Kind, Message, State
from notifications.services import Draft, Line, enqueue, enqueue_lines
from programs import services
from programs.models import Enrollment, EnrollmentState
from programs.services.topics import topic_of
from tests.conftest import make_cohort, make_enrollment

ACTS = {
    "accepted": services.accept_enrollment,
    "alternate": services.put_on_alternate_list,
    "declined": services.decline_enrollment,
    "active": services.activate,
    "withdrawn": lambda row, *, by: services.withdraw(row, reason="No time", by=by),
    "finished": services.finish,
    "applying": services.resume_application,
}
ALLOWED = {(before, after) for before, ends in Enrollment.TRANSITIONS.items() for after in ends}


@pytest.mark.parametrize("after", ACTS)
@pytest.mark.parametrize("before", EnrollmentState.values)
def test_every_transition_is_made_or_refused(cast, before, after):
    joined = date(2024, 6, 1) if before in ("active", "finished") else None
    row = make_enrollment(make_cohort(cast.program, "other"), cast.team, cast.leader, before, joined)
    entries = AuditEntry.objects.count()
    if (before, after) in ALLOWED:
        ACTS[after](row, by=cast.staff)
        row.refresh_from_db()
        assert row.state == after
        assert AuditEntry.objects.count() == entries + 1
    else:
        with pytest.raises(TransitionRefused):
            ACTS[after](row, by=cast.staff)
        row.refresh_from_db()
        assert row.state == before
        assert AuditEntry.objects.count() == entries


def test_a_team_enrolls_once_in_a_cohort(cast):
    cohort = make_cohort(cast.program, "other")
    row = services.start_enrollment(cohort, cast.team, by=cast.leader)
    assert (row.state, row.started_at, row.started_by, row.joined_on) == ("applying", clock.now(), cast.leader, None)
    with pytest.raises(Refused, match=r"is in Test cohort 2024 already \(applying\)"):
        services.start_enrollment(cohort, cast.team, by=cast.leader)


def test_the_day_of_joining_is_the_cohorts_own(cast):
    row = make_enrollment(make_cohort(cast.program, "other"), cast.team, cast.leader, EnrollmentState.ACCEPTED, None)
    with clock.at(datetime(2024, 6, 15, 2, tzinfo=UTC)):  # still the evening of June 14 in New York
        services.activate(row, by=cast.staff)
    assert row.joined_on == date(2024, 6, 14)


def test_an_active_team_leaves_with_a_reason_and_does_not_apply_again(cast):
    with pytest.raises(Refused, match="Say why the team leaves"):
        services.withdraw(cast.enrollment, reason=" ", by=cast.leader)
    services.withdraw(cast.enrollment, reason="Staff turnover", by=cast.leader)
    cast.enrollment.refresh_from_db()
    assert (cast.enrollment.left_on, cast.enrollment.left_reason) == (date(2024, 7, 1), "Staff turnover")
    with pytest.raises(TransitionRefused, match="cannot be taken up again"):
        services.resume_application(cast.enrollment, by=cast.leader)


def test_an_application_is_withdrawn_and_resumed(cast):
    row = services.start_enrollment(make_cohort(cast.program, "other"), cast.team, by=cast.leader)
    services.withdraw(row, reason="", by=cast.leader)
    services.resume_application(row, by=cast.leader)
    row.refresh_from_db()
    assert (row.state, row.left_on, row.left_reason) == ("applying", None, "")


@pytest.mark.parametrize("end", ["withdrawn", "finished"])
def test_the_end_cancels_what_is_waiting_for_this_team_only(cast, end):
    for row in (cast.enrollment, cast.other_enrollment):
        topic = topic_of(cast.session, row)
        enqueue(Draft(kind=Kind.DEADLINE_MOVED, key=f"mail {topic}", subject="New", to=cast.leader, topic=topic))
        line = {"to": cast.leader, "topic": topic, "template": "reminder", "context": {}}
        enqueue_lines([Line(key=f"line {topic}", subject="Soon", due_at=clock.now(), **line)])
    ACTS[end](cast.enrollment, by=cast.staff)
    states = {row.topic: row.state for row in Message.objects.exclude(topic="")}
    lines = {row.topic: row.state for row in Item.objects.all()}
    over, going_on = topic_of(cast.session, cast.enrollment), topic_of(cast.session, cast.other_enrollment)
    assert states == {over: State.CANCELLED, going_on: State.PENDING}
    assert lines == {over: ItemState.CANCELLED, going_on: ItemState.OPEN}
    assert Message.objects.get(topic="").subject == "Soon"  # one mail for both lines, which goes on with one
