"""The life of instruments, rounds and answers, and everything that is refused."""

from datetime import date
from fractions import Fraction as F

import pytest

from assessments import definition, selectors, services
from assessments.models import (
    AgreedAnswer,
    Assessment,
    AssessmentState,
    Domain,
    Instrument,
    InstrumentVersion,
    Item,
    Level,
)
from core.models import AuditEntry
from core.transitions import TransitionRefused
from programs.models import Completion, EnrollmentState, LatePolicy, Standing
from programs.services import DeadlinePassed
from tests.assessments.conftest import answer_all, item_of, level_of, small
from tests.conftest import NOW, make_cohort, make_milestone


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


# --- instruments -------------------------------------------------------------------------------------------------------
def test_loading_twice_changes_nothing(cast):
    first, again = services.load_instrument(small()), services.load_instrument(small())
    assert again == first
    assert (first.number, first.rule, first.display_max, first.minimum_answered_percent) == (1, "mean", 100, 50)
    assert (Instrument.objects.count(), Domain.objects.count(), Item.objects.count(), Level.objects.count()) == (
        1,
        2,
        3,
        9,
    )
    assert verbs() == ["instrumentversion.loaded"]


def test_a_draft_is_replaced_in_place(cast):
    draft = services.load_instrument(small())
    again = services.load_instrument(small(**{"Item C.": "Item C reworded."}))
    assert (again.pk, again.number) == (draft.pk, 1)
    assert Item.objects.filter(code="c").get().text == "Item C reworded."


def test_after_the_freeze_changed_content_is_a_new_version(cast, assessment):
    frozen = InstrumentVersion.objects.get()
    assert frozen.frozen_at == NOW
    assert services.load_instrument(small()) == frozen
    following = services.load_instrument(small(**{"Item C.": "Item C reworded."}))
    assert (following.number, following.frozen_at) == (2, None)
    assert item_of(frozen, "c").text == "Item C."
    assert item_of(following, "c").text == "Item C reworded."
    assert selectors.newest_version("equity-illustrative") == following


@pytest.mark.parametrize("code", definition.shipped_codes())
def test_what_ships_can_be_loaded(db, now, code):
    file = definition.shipped(code)
    version = services.load_instrument(file)
    assert version.instrument.is_illustrative
    levels = Level.objects.filter(item__domain__version=version)
    assert levels.count() == sum(len(item.levels) for item in file.items)
    assert Item.objects.count() == len(file.items)


# --- starting ----------------------------------------------------------------------------------------------------------
def test_start_freezes_and_can_be_repeated(cast, instrument):
    first = services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)
    again = services.start_assessment(cast.enrollment, cast.baseline, by=cast.colleague)
    assert again == first
    assert (first.state, first.version, first.started_by, first.started_at) == ("open", instrument, cast.leader, NOW)
    assert Assessment.objects.count() == 1
    assert verbs() == ["instrumentversion.loaded", "assessment.started"]


def test_a_round_keeps_its_version(cast, assessment):
    services.load_instrument(small(**{"Item C.": "Item C reworded."}))
    assert services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader).version.number == 1


@pytest.mark.parametrize(
    "state", [EnrollmentState.APPLYING, EnrollmentState.ACCEPTED, EnrollmentState.WITHDRAWN, EnrollmentState.FINISHED]
)
def test_only_an_active_team_starts(cast, instrument, state):
    cast.enrollment.state = state
    with pytest.raises(services.AssessmentRefused, match="once your team is taking part"):
        services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)


def test_only_an_assessment_of_the_own_cohort_starts(cast, instrument):
    other = make_cohort(cast.program, "other-cohort")
    foreign = make_milestone(other, "baseline", "assessment", date(2024, 7, 10), instrument="equity-illustrative")
    for milestone in (cast.session, foreign):
        with pytest.raises(services.AssessmentRefused, match="not an assessment of your cohort"):
            services.start_assessment(cast.enrollment, milestone, by=cast.leader)


def test_without_instrument_nothing_starts(cast):
    with pytest.raises(services.AssessmentRefused, match="not available yet"):
        services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)


def test_no_reassessment_before_the_baseline_is_submitted(cast, assessment, reassessment):
    with pytest.raises(services.AssessmentRefused, match="Submit “Milestone baseline” first"):
        services.start_assessment(cast.enrollment, reassessment, by=cast.leader)
    answer_all(assessment, cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    assert services.start_assessment(cast.enrollment, reassessment, by=cast.leader).milestone == reassessment


def test_a_team_that_joined_after_the_baseline_begins_with_its_first_round(cast, instrument, reassessment):
    cast.enrollment.joined_on = date(2024, 9, 1)
    assert services.start_assessment(cast.enrollment, reassessment, by=cast.leader).milestone == reassessment


# --- answering ---------------------------------------------------------------------------------------------------------
def test_agree_saves_and_counts_versions(cast, assessment):
    item, low = item_of(assessment.version, "a"), level_of(assessment.version, "a", "low")
    first = services.agree(
        assessment, item, kind="level", level=low, evidence="Minutes.", by=cast.leader, base_version=0
    )
    assert (first.version, first.level, first.evidence, first.saved_by) == (1, low, "Minutes.", cast.leader)
    same = services.agree(
        assessment, item, kind="level", level=low, evidence="Minutes.", by=cast.colleague, base_version=0
    )
    assert (same.version, same.saved_by) == (1, cast.leader)
    other = services.agree(assessment, item, kind="no_data", by=cast.colleague, base_version=1)
    assert (other.version, other.level, other.kind, other.saved_by) == (2, None, "no_data", cast.colleague)
    assert verbs() == ["instrumentversion.loaded", "assessment.started"]


def test_the_second_of_two_is_told_and_nothing_is_overwritten(cast, assessment):
    item, low = item_of(assessment.version, "a"), level_of(assessment.version, "a", "low")
    services.agree(assessment, item, kind="level", level=low, by=cast.leader, base_version=0)
    other = services.ItemAnswer(item_of(assessment.version, "c"), "not_applicable", base_version=0)
    mine = services.ItemAnswer(item, "no_data", base_version=0)
    with pytest.raises(services.AnswersChanged, match="Lena Leader changed 1 of these answers") as caught:
        services.agree_domain(assessment, [other, mine], by=cast.colleague)
    assert {pk: answer.level for pk, answer in caught.value.current.items()} == {item.pk: low}
    assert AgreedAnswer.objects.get().level == low


def test_what_does_not_belong_is_refused(cast, assessment):
    services.load_instrument(small(**{"Item C.": "Item C reworded."}))
    newer = selectors.newest_version("equity-illustrative")
    own, version = item_of(assessment.version, "a"), assessment.version
    forged = [
        (item_of(newer, "a"), "level", level_of(newer, "a", "low")),  # an item of another version
        (own, "level", level_of(newer, "a", "low")),  # a level of another version
        (own, "level", level_of(version, "b", "low")),  # a level of another item
        (own, "level", None),
        (own, "no_data", level_of(version, "a", "low")),
        (own, "excellent", None),
        (item_of(version, "b"), "not_applicable", None),  # not allowed by the item
        (item_of(version, "c"), "no_data", None),
    ]
    for item, kind, level in forged:
        with pytest.raises(services.AssessmentRefused, match="does not belong to this assessment"):
            services.agree(assessment, item, kind=kind, level=level, by=cast.leader)
    assert AgreedAnswer.objects.count() == 0


def test_no_answer_after_submission(cast, assessment):
    answer_all(assessment, cast.leader)
    stale = Assessment.objects.get()
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    with pytest.raises(services.AssessmentRefused, match="is submitted"):
        services.agree(stale, item_of(stale.version, "a"), kind="no_data", by=cast.leader)


# --- submitting --------------------------------------------------------------------------------------------------------
def test_submit_lists_what_is_unanswered(cast, assessment):
    services.agree(assessment, item_of(assessment.version, "b"), kind="no_data", by=cast.leader)
    with pytest.raises(services.NotComplete) as caught:
        services.submit(assessment, by=cast.leader, arrived_at=NOW)
    assert [item.code for item in caught.value.items] == ["a", "c"]
    assert str(caught.value) == (
        "2 items have no answer yet: Item A.; Item C. Choose a level, “Not applicable” or “No data” for each, then submit."
    )
    assert (assessment.state, assessment.submitted_at, assessment.submitted_by) == ("open", None, None)
    assert Assessment.objects.get().state == "open"
    assert Completion.objects.count() == 0


def test_submit_completes_the_milestone_and_only_once(cast, assessment):
    answer_all(assessment, cast.leader)
    services.submit(assessment, by=cast.colleague, arrived_at=NOW)
    assessment.refresh_from_db()
    assert (assessment.state, assessment.submitted_by, assessment.submitted_at) == ("submitted", cast.colleague, NOW)
    completion = Completion.objects.get()
    assert (completion.milestone, completion.enrollment, completion.member) == (cast.baseline, cast.enrollment, None)
    assert (completion.arrived_at, completion.standing) == (NOW, Standing.OPEN)
    with pytest.raises(TransitionRefused):
        services.submit(assessment, by=cast.leader, arrived_at=NOW)
    assert verbs().count("assessment.submitted") == 1


def test_a_closed_window_refuses_the_whole_act(cast, assessment):
    cast.baseline.late_policy = LatePolicy.CLOSED
    cast.baseline.save()
    answer_all(assessment, cast.leader)
    late = cast.baseline.ends_at.replace(year=2025)
    with pytest.raises(DeadlinePassed):
        services.submit(Assessment.objects.get(), by=cast.leader, arrived_at=late)
    assert Assessment.objects.get().state == "open"


def test_reopen_gives_it_back(cast, assessment):
    with pytest.raises(TransitionRefused):
        services.reopen(assessment, by=cast.staff)
    answer_all(assessment, cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    services.reopen(assessment, by=cast.staff)
    assessment.refresh_from_db()
    assert (assessment.state, assessment.submitted_at, assessment.submitted_by) == (AssessmentState.OPEN, None, None)
    assert Completion.objects.count() == 0


# --- scores ------------------------------------------------------------------------------------------------------------
def test_scores(cast, assessment):
    answer_all(assessment, cast.leader, a="low", b="middle", c="high")
    result = selectors.scores(assessment)
    assert [(one.domain.code, one.score, one.shown, one.is_settled) for one in result.domains] == [
        ("one", F(1, 4), "25", True),
        ("two", F(1), "100", True),
    ]
    assert (result.overall, result.shown) == (F(13, 16), "81")  # (1 * 1/4 + 3 * 1) / 4
    assert (result.lowest.domain.code, result.highest.domain.code) == ("one", "two")
    assert (result.completeness.answered, result.completeness.applicable, result.completeness.total) == (3, 3, 3)


def test_scores_without_data(cast, assessment):
    version = assessment.version
    services.agree(assessment, item_of(version, "a"), kind="not_applicable", by=cast.leader)
    services.agree(assessment, item_of(version, "b"), kind="no_data", by=cast.leader)
    services.agree(
        assessment, item_of(version, "c"), kind="level", level=level_of(version, "c", "middle"), by=cast.leader
    )
    result = selectors.scores(assessment)
    assert [(one.score, one.completeness.answered, one.completeness.applicable) for one in result.domains] == [
        (None, 0, 1),
        (F(1, 2), 1, 1),
    ]
    assert (result.overall, result.shown, result.settled) == (None, "", 3)


def test_many_scores_cost_as_many_queries_as_one(cast, assessment, django_assert_num_queries):
    other = services.start_assessment(cast.other_enrollment, cast.baseline, by=cast.stranger)
    answer_all(other, cast.stranger, a="low")
    rows = list(Assessment.objects.select_related("version"))
    for wanted in (rows[:1], rows):
        with django_assert_num_queries(3):
            found = selectors.scores_of(wanted)
        assert set(found) == {one.pk for one in wanted}
    assert found[other.pk].overall == F(7, 8)
    assert found[assessment.pk].overall is None
