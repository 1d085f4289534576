"""How items behave over many teams: silent under twenty, and no team told by the difference of two looks."""

from fractions import Fraction

import pytest
from django.urls import reverse

from assessments.models import AnswerKind, Assessment, AssessmentState, MemberAnswer, MemberTurn
from assessments.selectors.statistics import FEWEST, Share, statistics_of
from core import clock
from tests.assessments.conftest import item_of, level_of
from tests.conftest import NOW, make_enrollment, make_practice, make_team


@pytest.fixture(autouse=True)
def _at():
    with clock.at(NOW):
        yield


@pytest.fixture
def submit(cast, instrument):
    """Submitted rounds of further teams, written straight into the tables: a level of item a for each."""

    def go(*levels: str) -> list[Assessment]:
        made = []
        begun = Assessment.objects.count()
        for enrollment, code in zip(further_teams(cast, begun, len(levels)), levels, strict=True):
            who = {"started_at": NOW, "started_by": cast.leader, "submitted_at": NOW, "submitted_by": cast.leader}
            round_ = Assessment.objects.create(
                enrollment=enrollment,
                milestone=cast.baseline,
                version=instrument,
                state=AssessmentState.SUBMITTED,
                **who,
            )
            for item in "abc":
                kind = AnswerKind.LEVEL if code in ("low", "middle", "high") else code
                level = (
                    level_of(instrument, item, code if item == "a" else "high") if kind == AnswerKind.LEVEL else None
                )
                round_.answers.create(
                    item=item_of(instrument, item), kind=kind, level=level, saved_at=NOW, saved_by=cast.leader
                )
            made.append(round_)
        return made

    return go


def further_teams(cast, begun: int, count: int):
    for number in range(begun, begun + count):
        team = make_team(make_practice(f"Practice {number}"), cast.stranger, name=f"Team {number}")
        yield make_enrollment(cast.cohort, team, cast.stranger)


def test_silent_under_twenty(submit, instrument, staff):
    submit(*["low"] * (FEWEST - 1))
    found = statistics_of(instrument)
    assert (found.teams, found.n, found.items, found.is_enough) == (19, 15, (), False)
    page = staff.get(reverse("admin:assessments_instrumentversion_statistics", args=[instrument.pk])).content.decode()
    assert "19 teams have submitted a round with this version" in page
    assert "Item A." not in page


def test_shares_floor_and_ceiling(submit, instrument, staff):
    submit(*["low"] * 5, *["middle"] * 2, *["high"] * 13, *["no_data"] * 3, *["not_applicable"] * 2)
    found = statistics_of(instrument)
    assert (found.teams, found.n) == (25, 25)
    first = found.items[0]
    assert first.shares == (
        Share("Low", 5, 25),
        Share("Middle", 2, 25),
        Share("High", 13, 25),
        Share("No data", 3, 25),
        Share("Not applicable", 2, 25),
    )
    assert (first.floor, first.ceiling) == (Share("Low", 5, 20), Share("High", 13, 20))
    assert [share.percent for share in first.shares] == [20, 8, 52, 12, 8]
    assert (first.spread, first.compared) == (None, 0)
    page = staff.get(reverse("admin:assessments_instrumentversion_statistics", args=[instrument.pk])).content.decode()
    assert "25 % (n = 20)" in page


def test_floor_and_ceiling_are_silent_where_too_few_have_a_level(submit, instrument):
    submit(*["low"] * 19, *["no_data"] * 6)
    assert (statistics_of(instrument).items[0].floor, statistics_of(instrument).items[0].n) == (None, 25)


def test_between_two_looks_five_teams_come_in_at_once(submit, instrument):
    submit(*["high"] * 20)
    before = statistics_of(instrument).items
    for _number in range(4):
        submit("low")
        assert statistics_of(instrument).items == before
    submit("low")
    after = statistics_of(instrument).items[0]
    assert (after.n, after.floor.count) == (25, 5)


def test_a_second_round_of_a_team_does_not_count_again(submit, instrument, cast, reassessment):
    (first, *_others) = submit(*["high"] * 20)
    who = {"started_at": NOW, "started_by": cast.leader, "submitted_at": NOW, "submitted_by": cast.leader}
    further = {"milestone": reassessment, "version": instrument, "state": AssessmentState.SUBMITTED}
    Assessment.objects.create(enrollment=first.enrollment, **further, **who)
    assert statistics_of(instrument).teams == 20


def test_how_far_members_were_apart(submit, instrument, cast):
    rounds = submit(*["high"] * 20)
    for number, round_ in enumerate(rounds):
        chosen = {cast.leader: "low", cast.colleague: "high" if number < 10 else "middle", cast.helper: "high"}
        for user, code in chosen.items():
            finished = None if user == cast.helper else NOW  # whoever has not finished does not count
            MemberTurn.objects.create(assessment=round_, user=user, began_at=NOW, finished_at=finished)
            MemberAnswer.objects.create(
                assessment=round_,
                item=item_of(instrument, "a"),
                kind=AnswerKind.LEVEL,
                level=level_of(instrument, "a", code),
                saved_at=NOW,
                saved_by=user,
            )
    first = statistics_of(instrument).items[0]
    assert (first.spread, first.spread_shown, first.compared) == (Fraction(3, 2), "1.5", 20)


def test_it_costs_the_same_whatever_the_number_of_teams(submit, instrument, django_assert_num_queries):
    submit(*["high"] * 20)
    with django_assert_num_queries(6):
        statistics_of(instrument)
    submit(*["high"] * 5)
    with django_assert_num_queries(6):
        statistics_of(instrument)
