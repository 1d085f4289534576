from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.models import AuditEntry
from core.refusals import Refused
from core.transitions import TransitionRefused
from improvement import services
from improvement.models import CoachComment, DataPoint, Measure, Project, QuarterlyUpdate, UpdateState
from improvement.selectors import gaps, previous_update
from notifications.models import Kind, Message
from notifications.services import render
from programs.models import Completion, DueFrom, EnrollmentState, MilestoneKind, Standing
from tests.conftest import make_milestone
from tests.improvement.conftest import add_point, fill, make_measure


def verbs(prefix):
    return list(AuditEntry.objects.filter(verb__startswith=prefix).order_by("id").values_list("verb", flat=True))


# --- Project and measures -----------------------------------------------------------------------------------------------


def test_a_project_is_started_with_one_audit_row(cast, september):
    project = services.start_project(cast.enrollment, title="T", problem="P", aim="A", by=cast.leader)
    assert (project.started_at, project.started_by) == (september, cast.leader)
    assert verbs("project.") == ["project.started"]


@pytest.mark.parametrize("state", [state for state in EnrollmentState if state != EnrollmentState.ACTIVE])
def test_only_an_active_team_starts_a_project(cast, state):
    cast.enrollment.state = state
    with pytest.raises(Refused):
        services.start_project(cast.enrollment, title="T", problem="P", by=cast.leader)
    assert not Project.objects.exists()


def test_rewording_a_project_names_the_fields_that_changed(cast, project):
    services.change_project(project, title=project.title, problem=project.problem, aim="80% by June", by=cast.colleague)
    services.change_project(project, title=project.title, problem=project.problem, aim="80% by June", by=cast.colleague)
    assert list(AuditEntry.objects.filter(verb="project.changed").values_list("fields", flat=True)) == [["aim"]]


def test_a_measure_has_its_name_once_in_a_project(cast, project, measure):
    with pytest.raises(Refused) as refusal:
        make_measure(project, cast.colleague, title=measure.title)
    assert str(refusal.value) == "The project has a measure of this name already."
    assert Measure.objects.count() == 1


def test_a_target_is_a_percentage(cast, project):
    with pytest.raises(Refused):
        make_measure(project, cast.leader, target_percent=Decimal("101"))


# --- Data points --------------------------------------------------------------------------------------------------------


def test_a_point_is_recorded_then_corrected(cast, measure):
    first = add_point(measure, cast.leader)
    second = add_point(measure, cast.colleague, numerator=14)
    assert (first.pk, first.version, second.pk, second.version) == (first.pk, 1, first.pk, 2)
    row = DataPoint.objects.get()
    assert (row.numerator, row.recorded_by) == (14, cast.colleague)
    assert verbs("datapoint.") == ["datapoint.recorded", "datapoint.corrected"]


def test_the_same_point_again_changes_nothing(cast, measure):
    add_point(measure, cast.leader)
    assert add_point(measure, cast.colleague).version == 1
    assert verbs("datapoint.") == ["datapoint.recorded"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"numerator": 41}, "The numerator cannot be larger than the denominator."),
        ({"start": date(2024, 9, 2)}, "The last day of the period cannot be before its first day."),
        ({"start": date(2024, 9, 24), "end": date(2024, 9, 30)}, "This period has not begun yet."),
    ],
)
def test_points_that_are_refused(cast, measure, fields, sentence):
    with pytest.raises(Refused) as refusal:
        add_point(measure, cast.leader, **fields)
    assert str(refusal.value) == sentence
    assert not DataPoint.objects.exists()


def test_periods_do_not_overlap(cast, measure):
    add_point(measure, cast.leader)
    with pytest.raises(Refused):
        add_point(measure, cast.leader, start=date(2024, 8, 31), end=date(2024, 9, 10))
    add_point(measure, cast.leader, start=date(2024, 9, 1), end=date(2024, 9, 30))
    assert DataPoint.objects.count() == 2


def test_nobody_eligible_is_stored_as_such(cast, measure):
    assert add_point(measure, cast.leader, numerator=0, denominator=0).percent == "no eligible patients"


# --- The update ---------------------------------------------------------------------------------------------------------


def test_an_update_begins_with_its_quarter_and_the_newest_project(cast, project, september):
    newer = services.start_project(cast.enrollment, title="Second", problem="P", by=cast.leader)
    update = services.start_update(cast.enrollment, cast.first_update, by=cast.colleague)
    assert (update.project, update.period_start, update.period_end) == (newer, date(2024, 7, 1), date(2024, 9, 30))
    assert (update.state, update.started_by) == (UpdateState.DRAFT, cast.colleague)


def test_starting_twice_gives_the_same_update(cast, draft):
    assert services.start_update(cast.enrollment, cast.first_update, by=cast.colleague) == draft
    assert verbs("quarterlyupdate.") == ["quarterlyupdate.started"]


def test_an_update_needs_a_project_an_update_milestone_and_an_active_team(cast, september):
    with pytest.raises(Refused) as refusal:
        services.start_update(cast.enrollment, cast.first_update, by=cast.leader)
    assert str(refusal.value) == "An update tells of a project. Start your project first."
    with pytest.raises(Refused):
        services.start_update(cast.enrollment, cast.baseline, by=cast.leader)
    cast.enrollment.state = EnrollmentState.WITHDRAWN
    with pytest.raises(Refused):
        services.start_update(cast.enrollment, cast.first_update, by=cast.leader)
    assert not QuarterlyUpdate.objects.exists()


def test_saving_raises_the_version_and_keeps_what_was_not_given(cast, draft):
    services.save_update(draft, by=cast.leader, base_version=1, changes="One")
    services.save_update(draft, by=cast.colleague, base_version=2, lessons="Two")
    assert (draft.changes, draft.lessons, draft.version) == ("One", "Two", 3)


def test_saving_the_same_again_changes_nothing(cast, draft):
    services.save_update(draft, by=cast.leader, base_version=1, changes="One")
    services.save_update(draft, by=cast.colleague, base_version=1, changes="One")
    assert draft.version == 2
    assert verbs("quarterlyupdate.saved") == ["quarterlyupdate.saved"]


def test_of_two_who_save_the_same_draft_the_second_is_told(cast, draft):
    services.save_update(QuarterlyUpdate.objects.get(pk=draft.pk), by=cast.leader, base_version=1, changes="Leader's")
    with pytest.raises(services.UpdateChanged) as conflict:
        services.save_update(draft, by=cast.colleague, base_version=1, changes="Colleague's")
    assert conflict.value.theirs.changes == "Leader's"
    assert QuarterlyUpdate.objects.get().changes == "Leader's"


def test_a_score_off_the_scale_is_refused(cast, draft):
    with pytest.raises(Refused):
        services.save_update(draft, by=cast.leader, base_version=1, progress=Decimal("2.7"))


def test_columns_that_are_not_the_team_s_cannot_be_saved(cast, draft):
    with pytest.raises(ValueError, match="state"):
        services.save_update(draft, by=cast.leader, base_version=1, state="submitted")


def test_what_an_empty_update_lacks(draft):
    assert [gap.field for gap in gaps(draft)] == ["barriers", "changes", "progress", "progress_reason"]


def test_barriers_stand_for_missing_data_and_changes(cast, draft):
    services.save_update(draft, by=cast.leader, base_version=1, barriers="No data: the record system was changed.")
    assert [gap.field for gap in gaps(draft)] == ["progress", "progress_reason"]


@pytest.mark.parametrize(
    ("end", "missing"),
    [(date(2024, 6, 30), ["barriers"]), (date(2024, 7, 1), []), (date(2024, 9, 30), [])],
)
def test_only_points_that_end_in_the_quarter_count(cast, measure, draft, end, missing):
    add_point(measure, cast.leader, start=min(end, date(2024, 9, 1)), end=end)
    draft.changes, draft.progress, draft.progress_reason = "x", Decimal("1.0"), "y"
    assert [gap.field for gap in gaps(draft)] == missing


def test_an_incomplete_update_is_not_filed(cast, draft, september):
    with pytest.raises(services.UpdateIncomplete) as refusal:
        services.submit_update(draft, by=cast.leader, arrived_at=september)
    assert len(refusal.value.gaps) == 4
    draft.refresh_from_db()
    assert (draft.state, Completion.objects.count(), Message.objects.count()) == (UpdateState.DRAFT, 0, 0)


def test_filing_completes_the_milestone_and_writes_one_receipt(cast, draft, september):
    fill(draft, cast.leader)
    services.submit_update(draft, by=cast.colleague, arrived_at=september)
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_at, draft.submitted_by) == (UpdateState.SUBMITTED, september, cast.colleague)
    completion = Completion.objects.get()
    assert (completion.milestone, completion.enrollment, completion.member) == (
        cast.first_update,
        cast.enrollment,
        None,
    )
    assert (completion.standing, completion.arrived_at) == (Standing.OPEN, september)
    receipt = Message.objects.get()
    assert (receipt.kind, receipt.recipient, receipt.template) == (Kind.RECEIPT, cast.colleague, "update-received")


def test_the_receipt_can_be_read_without_opening_its_link(cast, draft, september):
    fill(draft, cast.leader)
    services.submit_update(draft, by=cast.leader, arrived_at=september)
    mail = render(Message.objects.get())
    assert mail.subject == "We have your update: Milestone update-1"
    assert mail.text.splitlines()[0] == "We have your update “Milestone update-1”. There is nothing more to do."
    assert "Progress: 2.5 – Changes tested, no improvement" in mail.text.splitlines()
    assert "Received: September 23, 2024, 11:00 AM Eastern" in mail.text.splitlines()
    assert f"https://collaborative.example.org/updates/{draft.public_id}/" in mail.text.splitlines()


def test_arrival_decides_not_filing(cast, draft, september):
    fill(draft, cast.leader)
    services.submit_update(draft, by=cast.leader, arrived_at=cast.first_update.ends_at + timedelta(seconds=1))
    assert Completion.objects.get().standing == Standing.LATE


def test_filing_twice_is_refused_and_leaves_one_receipt(cast, draft, september):
    fill(draft, cast.leader)
    services.submit_update(draft, by=cast.leader, arrived_at=september)
    with pytest.raises(TransitionRefused):
        services.submit_update(draft, by=cast.colleague, arrived_at=september)
    assert (Message.objects.count(), Completion.objects.count()) == (1, 1)


def test_only_what_was_checked_is_filed(cast, draft, september):
    fill(draft, cast.leader)
    with pytest.raises(services.UpdateChanged):
        services.submit_update(draft, by=cast.leader, arrived_at=september, base_version=1)
    services.submit_update(draft, by=cast.leader, arrived_at=september, base_version=2)
    assert draft.state == UpdateState.SUBMITTED


def test_a_filed_update_cannot_be_written(cast, draft, september):
    fill(draft, cast.leader)
    services.submit_update(draft, by=cast.leader, arrived_at=september)
    with pytest.raises(services.UpdateChanged):
        services.save_update(draft, by=cast.leader, base_version=draft.version, changes="Later")


def test_no_late_work_where_the_milestone_says_so(cast, draft, september):
    cast.first_update.late_policy = "closed"
    cast.first_update.save()
    fill(draft, cast.leader)
    with pytest.raises(Refused):
        services.submit_update(draft, by=cast.leader, arrived_at=cast.first_update.ends_at + timedelta(days=1))
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_at) == (UpdateState.DRAFT, None)


def test_a_reopened_update_is_due_again_and_filed_anew_with_its_own_receipt(cast, draft, september):
    fill(draft, cast.leader)
    services.submit_update(draft, by=cast.leader, arrived_at=september)
    services.reopen_update(draft, by=cast.staff)
    assert (draft.state, draft.submitted_at, Completion.objects.count()) == (UpdateState.DRAFT, None, 0)
    services.submit_update(draft, by=cast.leader, arrived_at=september)
    assert (Completion.objects.count(), Message.objects.count()) == (1, 2)


def test_a_draft_is_not_reopened(cast, draft):
    with pytest.raises(TransitionRefused):
        services.reopen_update(draft, by=cast.staff)


def test_the_last_update_is_the_one_filed_before(cast, draft, september):
    fill(draft, cast.leader)
    services.submit_update(draft, by=cast.leader, arrived_at=september)
    second = make_milestone(cast.cohort, "update-2", MilestoneKind.UPDATE, date(2024, 12, 31), DueFrom.ENROLLMENT)
    later = services.start_update(cast.enrollment, second, by=cast.leader)
    assert (previous_update(later), previous_update(draft)) == (draft, None)


# --- Comments -----------------------------------------------------------------------------------------------------------


def test_a_coach_comments_with_a_score_of_their_own(cast, draft, september):
    fill(draft, cast.leader)
    services.submit_update(draft, by=cast.leader, arrived_at=september)
    comment = services.comment_on(draft, text="Well done.", progress=Decimal("2.0"), by=cast.coach)
    draft.refresh_from_db()
    assert (comment.progress, draft.progress) == (Decimal("2.0"), Decimal("2.5"))
    assert verbs("coachcomment.") == ["coachcomment.written"]


def test_no_comment_on_a_draft_or_off_the_scale(cast, draft, september):
    with pytest.raises(Refused):
        services.comment_on(draft, text="Early.", by=cast.coach)
    fill(draft, cast.leader)
    services.submit_update(draft, by=cast.leader, arrived_at=september)
    with pytest.raises(Refused):
        services.comment_on(draft, text="Odd.", progress=Decimal("9"), by=cast.coach)
    assert not CoachComment.objects.exists()
