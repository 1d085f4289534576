"""Answering alone, then seeing how far apart the team is."""

import pytest

from assessments import selectors, services
from assessments.models import MemberAnswer, MemberTurn
from assessments.services import AssessmentRefused, OwnAnswer
from core.models import AuditEntry
from tests.assessments.conftest import answer_all, item_of, level_of


@pytest.fixture
def said(assessment):
    """Save a member's levels by item code, and finish."""

    def say(person, finish=True, **levels):
        version = assessment.version
        answers = [
            OwnAnswer(item_of(version, code), "level", level_of(version, code, at)) for code, at in levels.items()
        ]
        services.answer_alone(assessment, answers, by=person)
        if finish:
            services.finish_turn(assessment, by=person)

    return say


def test_nobody_sees_the_others_before_they_have_finished(assessment, cast, said):
    said(cast.leader, a="high", b="low", c="low")
    assert selectors.may_compare(assessment, cast.leader)
    assert not selectors.may_compare(assessment, cast.colleague)
    said(cast.colleague, finish=False, a="low")
    assert not selectors.may_compare(assessment, cast.colleague)
    assert cast.colleague.pk in {member.user_id for member in selectors.waited_for(assessment)}
    # Nor is an unfinished answer shown to who has finished.
    assert {one.saved_by for item in selectors.agreement(assessment) for one in item.answers} == {cast.leader}


def test_the_widest_gap_comes_first(assessment, cast, said):
    said(cast.leader, a="middle", b="low", c="high")
    said(cast.colleague, a="middle", b="high", c="middle")
    found = selectors.agreement(assessment)
    assert [(one.item.code, str(one.spread), one.is_unanimous) for one in found] == [
        ("b", "1", False),
        ("c", "1/2", False),
        ("a", "0", True),
    ]
    assert [(one.saved_by.name, one.level.code) for one in found[0].answers] == [
        (cast.colleague.name, "high"),
        (cast.leader.name, "low"),
    ]


def test_another_kind_of_answer_is_a_difference_too(assessment, cast, said):
    said(cast.leader, a="middle", b="low", c="low")
    other = [OwnAnswer(item_of(assessment.version, "a"), "no_data")]
    services.answer_alone(assessment, other, by=cast.colleague)
    said(cast.colleague, b="low", c="low")
    found = selectors.agreement(assessment)
    assert [(one.item.code, one.is_mixed) for one in found] == [("a", True), ("b", False), ("c", False)]


def test_a_turn_is_finished_with_every_item_and_then_closed(assessment, cast, said):
    with pytest.raises(AssessmentRefused, match="3 items have no answer of yours yet: Item A"):
        services.finish_turn(assessment, by=cast.leader)
    said(cast.leader, a="high", b="high", c="high")
    with pytest.raises(AssessmentRefused, match="seen the others"):
        said(cast.leader, finish=False, a="low")
    assert MemberAnswer.objects.get(item__code="a").level.code == "high"
    services.finish_turn(assessment, by=cast.leader)
    assert AuditEntry.objects.filter(verb="memberturn.finished").count() == MemberTurn.objects.count() == 1


def test_saving_the_same_again_writes_nothing(assessment, cast, said):
    said(cast.leader, finish=False, a="high")
    said(cast.leader, finish=False, a="high")
    assert MemberAnswer.objects.get().version == 1
    said(cast.leader, finish=False, a="low")
    assert MemberAnswer.objects.get().version == 2


def test_what_does_not_belong_is_refused(assessment, cast):
    version = assessment.version
    foreign = OwnAnswer(item_of(version, "a"), "level", level_of(version, "b", "low"))
    with pytest.raises(AssessmentRefused, match="does not belong"):
        services.answer_alone(assessment, [foreign], by=cast.leader)
    with pytest.raises(AssessmentRefused, match="does not belong"):
        services.answer_alone(assessment, [OwnAnswer(item_of(version, "c"), "no_data")], by=cast.leader)
    assert not MemberAnswer.objects.exists()


def test_a_submitted_round_takes_no_more_and_shows_all(assessment, cast, said, now):
    said(cast.leader, finish=False, a="high")
    answer_all(assessment, cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=now)
    with pytest.raises(AssessmentRefused, match="is submitted"):
        said(cast.leader, finish=False, a="low")
    assert selectors.may_compare(assessment, cast.colleague)
