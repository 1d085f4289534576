"""Answering alone, then seeing how far apart the team is."""

from functools import partial

import pytest

from assessments import selectors, services
from assessments.models import MemberAnswer, MemberTurn
from assessments.selectors.agreement import initials
from assessments.services import AssessmentRefused, OwnAnswer
from core.models import AuditEntry
from tests.assessments.conftest import answer_all, item_of, say


@pytest.fixture
def said(assessment):
    return partial(say, assessment)


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
    foreign = OwnAnswer(item_of(version, "a"), "level", item_of(version, "b").levels.first())
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


def test_whoever_will_not_answer_alone_keeps_nobody_waiting(assessment, cast, said):
    said(cast.colleague, finish=False, a="high")
    services.pass_turn(assessment, by=cast.colleague)
    services.pass_turn(assessment, by=cast.colleague)
    assert [member.user for member in selectors.waited_for(assessment)] == [cast.leader]
    assert selectors.may_compare(assessment, cast.colleague)
    assert [(one.user, one.is_finished, one.has_passed) for one in selectors.turns_of(assessment)] == [
        (cast.leader, False, False),
        (cast.colleague, True, True),
    ]
    with pytest.raises(AssessmentRefused, match="seen the others"):
        said(cast.colleague, finish=False, a="low")
    verbs = AuditEntry.objects.filter(verb__startswith="memberturn").values_list("verb", flat=True)
    assert list(verbs) == ["memberturn.passed"]
    # What was answered before stays and counts.
    assert [one.saved_by for one in selectors.agreement(assessment)[0].answers] == [cast.colleague]


def test_of_two_windows_the_older_one_is_told(assessment, cast):
    item = item_of(assessment.version, "a")
    first = OwnAnswer(item, "no_data", base_version=0)
    services.answer_alone(assessment, [first], by=cast.leader)
    services.answer_alone(assessment, [first], by=cast.leader)  # the answer to the first was lost on the way
    stale = OwnAnswer(item, "not_applicable", base_version=0)
    kept = services.keep(partial(services.answer_alone, assessment, by=cast.leader), [stale])
    assert (kept.saved, {key: row.kind for key, row in kept.conflicts.items()}) == ({}, {item.pk: "no_data"})
    assert MemberAnswer.objects.get().kind == "no_data"


@pytest.mark.parametrize(
    ("leader", "colleague", "words"),
    [
        ("low", "low", "All chose “Low”"),
        ("low", "middle", "1 level apart"),
        ("low", "high", "2 levels apart"),
        ("low", None, "Only Lena Leader has answered: “Low”"),
    ],
)
def test_the_spread_in_words(assessment, cast, said, leader, colleague, words):
    said(cast.leader, a=leader, b="low", c="low")
    if colleague:
        said(cast.colleague, a=colleague, b="low", c="low")
    row = next(one for one in selectors.agreement(assessment) if one.item.code == "a")
    assert row.in_words == words
    chosen = {place.words: place.names for place in row.places if place.names}
    expected: dict = {}
    for name, level in (("Cora Colleague", colleague), ("Lena Leader", leader)):
        if level:
            expected[level.title()] = (*expected.get(level.title(), ()), name)
    assert chosen == expected


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Lena Leader", "LL"), ("Lee Leader (demo)", "LL"), ("Cher", "C"), ("Ana de la Cruz", "AC"), ("3", "?")],
)
def test_initials(name, letters):
    assert initials(name) == letters


def test_what_all_chose_is_taken_as_shown_or_not_at_all(assessment, cast, said):
    said(cast.leader, a="high", b="low", c="low")
    assert selectors.unanimous(assessment) == []  # one answer is not all, while somebody is waited for
    said(cast.colleague, a="low", b="low", c="low")
    same = {one.item.pk for one in selectors.unanimous(assessment)}
    assert same == {item_of(assessment.version, code).pk for code in ("b", "c")}
    with pytest.raises(AssessmentRefused, match="has changed"):
        services.take_unanimous(assessment, {item_of(assessment.version, "a").pk}, by=cast.leader)
    taken = services.take_unanimous(assessment, same, by=cast.leader)
    assert [(row.item.code, row.level.code, row.version) for row in taken] == [("b", "low", 1), ("c", "low", 1)]
    with pytest.raises(AssessmentRefused, match="has changed"):  # the button pressed a second time
        services.take_unanimous(assessment, same, by=cast.colleague)
    assert selectors.unanimous(assessment) == []
