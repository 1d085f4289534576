"""The cohort beside a team: nobody learns another team's value."""

import random
from datetime import timedelta
from fractions import Fraction as F

import pytest

from assessments import comparison, services
from assessments.models import Comparison
from assessments.services import AssessmentRefused
from core import clock
from programs.models import Enrollment, EnrollmentState
from tests.assessments.conftest import answer_all
from tests.conftest import NOW, make_practice, make_team, make_user

THIRD = F(1, 3)


@pytest.mark.parametrize(
    ("value", "shown"), [(F(3, 10), THIRD), (F(4, 10), THIRD), (F(42, 100), F(1, 2)), (F(1, 4), THIRD), (F(1), F(1))]
)
def test_to_half_a_level(value, shown):
    assert comparison.to_half_level(value, THIRD) == shown


def test_places():
    assert [comparison.place(8, quarter) for quarter in (1, 2, 3)] == [1, 3, 5]
    assert [comparison.place(5, quarter) for quarter in (1, 2, 3)] == [1, 2, 3]


def test_fewer_than_five_show_nothing():
    values = [F(0), F(1, 3), F(2, 3), F(1)]
    assert comparison.band(values, THIRD) is None
    assert comparison.band([*values, F(1, 2)], THIRD) == comparison.Band(5, F(1, 3), F(1, 2), F(2, 3))


@pytest.mark.parametrize("end", [F(0), F(1)])
def test_all_at_one_end_or_all_but_one(end):
    assert comparison.band([end] * 6, THIRD) is None
    assert comparison.band([*[end] * 5, F(1, 2)], THIRD) is None
    assert comparison.band([*[end] * 5, 1 - end], THIRD) is None


def test_what_is_no_score_is_refused():
    with pytest.raises(ValueError, match="from 0 to 1"):
        comparison.band([F(2)] * 5, THIRD)
    with pytest.raises(ValueError, match="above 0"):
        comparison.band([F(1)] * 5, F(0))


def known_of_another(shown: comparison.Band, level: F, own: F) -> tuple[F, F]:
    """The tightest bounds on any one other team for somebody who knows their own value and what is shown.

    Whichever place in the order is one's own, each other place has the bounds that the figures and the order leave it (a
    linear program whose solution is known: carry the bounds along the order). The other team may have any of these places,
    so its bounds are the least and the greatest over all places that one could have oneself.
    """
    found = [one for place in range(shown.n) if (one := _bounds(shown, level, own, place))]
    return min(low for low, _ in found), max(high for _, high in found)


def _bounds(shown: comparison.Band, level: F, own: F, own_place: int) -> tuple[F, F] | None:
    """The least and the greatest at the other places if ours is ``own_place``; None if it cannot be."""
    low, high = [F(0)] * shown.n, [F(1)] * shown.n
    for quarter, figure in zip((1, 2, 3), (shown.lower, shown.median, shown.upper), strict=True):
        at = comparison.place(shown.n, quarter)
        low[at], high[at] = max(low[at], figure - level / 4), min(high[at], figure + level / 4)
    low[own_place], high[own_place] = max(low[own_place], own), min(high[own_place], own)
    for place in range(1, shown.n):
        low[place] = max(low[place], low[place - 1])
    for place in range(shown.n - 2, -1, -1):
        high[place] = min(high[place], high[place + 1])
    if any(one > other for one, other in zip(low, high, strict=True)):
        return None
    others = [place for place in range(shown.n) if place != own_place]
    return min(low[place] for place in others), max(high[place] for place in others)


def test_a_thousand_cohorts_give_nobody_away():
    """Of what is shown, from every team's point of view, nobody else is bounded below one full level."""
    rng, shown = random.Random(20260722), 0
    for _ in range(1000):
        steps = rng.choice([2, 3, 4, 5])
        level, n = F(1, steps), rng.randint(5, 14)
        grid = rng.choice([steps, steps * 2, steps * 3, 60])
        lean = rng.choice([lambda: rng.random(), lambda: rng.random() ** 4, lambda: 1 - rng.random() ** 4])
        values = sorted(F(round(lean() * grid), grid) for _ in range(n))
        found = comparison.band(values, level)
        if found is None:
            continue
        shown += 1
        for own in set(values):
            low, high = known_of_another(found, level, own)
            assert high - low >= level, (values, found, own)
    assert shown > 300


def test_without_the_guard_somebody_is_given_away():
    values = [F(0), F(1), F(1), F(1), F(1)]
    unguarded = comparison.Band(5, F(1), F(1), F(1))
    assert not comparison.is_safe(unguarded, THIRD)
    low, high = known_of_another(unguarded, THIRD, values[0])
    assert high - low < THIRD


@pytest.fixture
def teams(cast, instrument):
    """Five more teams of the cohort that have submitted their baseline, from low to high."""

    def make(count=5):
        for number in range(count):
            leader = make_user(f"Leader {number}")
            team = make_team(make_practice(f"Synthetic {number}"), leader)
            enrollment = Enrollment.objects.create(
                cohort=cast.cohort,
                team=team,
                state=EnrollmentState.ACTIVE,
                started_at=NOW,
                started_by=leader,
                joined_on=cast.enrollment.joined_on,
            )
            round_ = services.start_assessment(enrollment, cast.baseline, by=leader)
            answer_all(round_, leader, a=("low", "middle", "high")[number % 3], b="middle", c="high")
            services.submit(round_, by=leader, arrived_at=NOW)

    return make


def test_the_picture_is_frozen_once_and_stays(cast, teams):
    with clock.at(NOW):
        teams(6)
    with clock.at(cast.baseline.ends_at + timedelta(seconds=1)):
        frozen = services.freeze_comparison(cast.baseline, by=cast.staff)
        with pytest.raises(AssessmentRefused, match="never changes"):
            services.freeze_comparison(cast.baseline, by=cast.staff)
    one, two = frozen.content["domains"]
    assert frozen.teams == 6
    # Item a from 0 to 1, b in the middle: 1/4, 1/4, 1/2, 1/2, 3/4, 3/4.
    assert one["band"] == {"n": 6, "lower": "1/4", "median": "1/2", "upper": "3/4"}
    assert two["band"] is None  # all at the top
    assert Comparison.objects.count() == 1


def test_not_before_the_day_has_passed(cast, teams):
    with clock.at(NOW):
        teams()
    with clock.at(cast.baseline.ends_at - timedelta(seconds=1)), pytest.raises(AssessmentRefused, match="waits until"):
        services.freeze_comparison(cast.baseline, by=cast.staff)


def test_not_of_four(cast, teams):
    with clock.at(NOW):
        teams(4)
    with clock.at(cast.baseline.ends_at + timedelta(days=1)), pytest.raises(AssessmentRefused, match="4 teams have"):
        services.freeze_comparison(cast.baseline, by=cast.staff)
