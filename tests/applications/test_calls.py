"""Opening a call, and how it stands to the second."""

from datetime import UTC, datetime, time, timedelta

import pytest

from applications import selectors
from applications.models import Application, Call
from applications.selectors import CallStanding
from applications.services import ApplicationRefused, CallClosed, describe_call, open_call, start_application
from core import clock
from core.models import AuditEntry
from programs.models import Milestone, MilestoneKind
from questionnaires.services import load_form
from tests.applications.conftest import DEADLINE, SECTIONS

SECOND = timedelta(seconds=1)


def test_opening_twice_changes_nothing(call):
    before = AuditEntry.objects.count()
    assert open_call(call.cohort, form=call.form) == call
    assert (Call.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_a_newer_form_is_taken_over_until_somebody_applies(draft):
    call = draft.call
    other = load_form("other", "Other", SECTIONS)
    assert open_call(call.cohort, form=other, text="Welcome").form == call.form
    assert Call.objects.get().text == "Welcome"
    Application.objects.all().delete()
    assert open_call(call.cohort, form=other).form == other
    assert Call.objects.get().text == "Welcome"


def test_a_cohort_without_a_deadline_has_no_call(cast, call):
    Call.objects.all().delete()
    Milestone.objects.filter(kind=MilestoneKind.DEADLINE).delete()
    with pytest.raises(ApplicationRefused, match="no application deadline"):
        open_call(cast.cohort, form=call.form)


def test_describing_a_call_leaves_one_audit_row(cast, call):
    describe_call(call, text="Come and apply.", by=cast.staff)
    describe_call(call, text="Come and apply.", by=cast.staff)
    assert AuditEntry.objects.filter(verb="call.changed").count() == 1


@pytest.mark.parametrize(
    ("late_policy", "at", "standing"),
    [
        ("accept", datetime(2024, 3, 1, 4, 59, 59, tzinfo=UTC), CallStanding.UPCOMING),
        ("accept", datetime(2024, 3, 1, 5, 0, 0, tzinfo=UTC), CallStanding.OPEN),
        ("accept", DEADLINE, CallStanding.OPEN),
        ("accept", DEADLINE + timedelta(minutes=10), CallStanding.OPEN),  # the grace that nobody is told of
        ("accept", DEADLINE + timedelta(minutes=10) + SECOND, CallStanding.LATE),
        ("closed", DEADLINE + timedelta(minutes=10) + SECOND, CallStanding.CLOSED),
    ],
)
def test_standing_to_the_second(call, late_policy, at, standing):
    Milestone.objects.filter(pk=call.deadline.pk).update(late_policy=late_policy, grace_minutes=10)
    assert selectors.standing_of(selectors.calls().get(), at) == standing


def test_starting_makes_team_enrollment_and_application(cast, call):
    application = start_application(
        call,
        new_practice={"name": "New Practice", "city": "Newtown", "region": "", "country": "CA"},
        team_name="New team",
        leader=cast.stranger,
        by=cast.stranger,
    )
    team = application.enrollment.team
    assert (team.name, team.practice.name, str(team.practice.country)) == ("New team", "New Practice", "CA")
    assert (application.state, application.enrollment.state) == ("draft", "applying")
    verbs = list(AuditEntry.objects.order_by("-id").values_list("verb", flat=True)[:4])
    assert verbs == ["application.started", "enrollment.created", "team.created", "practice.created"]


@pytest.mark.parametrize("at", [datetime(2024, 2, 1, tzinfo=UTC), DEADLINE + SECOND])
def test_nobody_starts_before_the_opening_or_after_the_deadline(cast, call, at):
    with clock.at(at), pytest.raises(CallClosed):
        start_application(call, practice=cast.practice, team_name="X", leader=cast.leader, by=cast.leader)
    assert Application.objects.count() == 0


def test_a_second_start_is_refused(draft):
    with pytest.raises(ApplicationRefused, match="already"):
        start_application(draft.call, practice=draft.practice, team_name="Again", leader=draft.leader, by=draft.leader)


def test_time_of_the_deadline_is_the_casts(call):
    assert call.deadline.ends_time == time(23, 59)
    assert call.deadline.ends_at == DEADLINE
