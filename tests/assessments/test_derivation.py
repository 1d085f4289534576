"""Somebody who knows their own team's scores, and everything that is shown, works out as much as they can of another's.

The attacker sees the frozen figures of both rounds of every domain, knows their own scores in both, knows the instrument and
so which scores are possible at all, and how many teams are in it; they do not know which place another team has, nor how the
others have moved. Whatever place is their own, the figures and the order bound every other place: a linear program, whose
solution for bounds along a chain is to carry them along it. A sample is solved by HiGHS as well, so that the short way is
known to be right. What is left of another team is everything between the least and the greatest of all those solutions.

Each protection has its twin: with it switched off the same attack must succeed.
"""

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction as F
from itertools import product

import pytest
from scipy.optimize import linprog

from assessments import comparison, scoring
from assessments.comparison import Band

COHORTS = int(os.environ.get("DERIVATION_COHORTS", "1000"))
SOLVED = max(10, COHORTS // 100)  # of these HiGHS solves every program
NEARLY = 1e-9
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Domain:
    """``possible``: every score that the rule can give. ``level``: the width of one level under the rule."""

    rule: str
    level: F
    possible: tuple[F, ...]


def random_domain(rng: random.Random) -> Domain:
    rule = rng.choice(list(scoring.RULES))
    highest = [rng.choice([1, 2, 3, 3, 3, 4]) for _ in range(rng.choice([1, 2, 3, 4, 5]))]
    if rng.random() < 0.6:
        highest = [highest[0]] * len(highest)
    weights = [F(rng.choice([1, 1, 2, 5])) for _ in highest]
    gates = [rule == "gate_and_points" and rng.random() < 0.3 for _ in highest]
    every = product(*(range(top + 1) for top in highest))
    marks = (
        [
            scoring.ItemMark(F(at, top), weight, is_gate=gate)
            for at, top, weight, gate in zip(row, highest, weights, gates, strict=True)
        ]
        for row in every
    )
    possible = {scoring.RULES[rule](one) for one in marks}
    return Domain(rule, comparison.level_width(rule, highest, gates), tuple(sorted(possible)))


def random_values(rng: random.Random, domain: Domain, n: int) -> list[F]:
    """The teams' scores: anywhere, at the top, at the bottom, all but one alike, or in two camps."""
    places = len(domain.possible) - 1
    lean = rng.choice(
        [
            rng.random,
            lambda: rng.random() ** 4,
            lambda: 1 - rng.random() ** 4,
            lambda: float(rng.random() < 0.9),
            lambda: float(rng.random() < 0.5),
            lambda: 0.5 + rng.uniform(-0.15, 0.15),
        ]
    )
    return sorted(domain.possible[round(lean() * places)] for _ in range(n))


# --- the attack --------------------------------------------------------------------------------------------------------
def boxes(shown: Band, domain: Domain) -> dict[int, Bounds]:
    """Between which possible scores each shown place lies. A figure stands for a quarter level below it, and less above."""
    found = {}
    for quarter, figure in zip((1, 2, 3), (shown.lower, shown.median, shown.upper), strict=True):
        inside = [one for one in domain.possible if comparison.to_half_level(one, domain.level) == figure]
        at = comparison.place(shown.n, quarter)
        low, high = found.get(at, (0.0, 1.0))
        found[at] = max(low, float(inside[0])), min(high, float(inside[-1]))
    return found


def chain(n: int, known: dict[int, Bounds], own: float | None, place: int) -> list[Bounds] | None:
    """The bounds of every place in the order, if ``own`` has this one (None: an outsider); None if that cannot be."""
    low, high = [0.0] * n, [1.0] * n
    for at, (least, most) in known.items():
        low[at], high[at] = least, most
    if own is not None:
        if not low[place] - NEARLY <= own <= high[place] + NEARLY:
            return None
        low[place] = high[place] = own
    for at in range(1, n):
        low[at] = max(low[at], low[at - 1])
    for at in range(n - 2, -1, -1):
        high[at] = min(high[at], high[at + 1])
    if any(one > other + NEARLY for one, other in zip(low, high, strict=True)):
        return None
    return list(zip(low, high, strict=True))


def solved(n: int, known: dict[int, Bounds], own: float | None, place: int) -> list[Bounds] | None:
    """As ``chain``, by HiGHS: each place minimised and maximised under the order and the boxes."""
    limits = [known.get(at, (0.0, 1.0)) for at in range(n)]
    if own is not None:
        if not limits[place][0] - NEARLY <= own <= limits[place][1] + NEARLY:
            return None
        limits[place] = (own, own)
    order = [[(at == row) - (at == row + 1) for at in range(n)] for row in range(n - 1)]
    found = []
    for at in range(n):
        ends = []
        for sign in (1, -1):
            goal = [sign * (one == at) for one in range(n)]
            answer = linprog(goal, A_ub=order, b_ub=[0] * (n - 1), bounds=limits)
            if not answer.success:
                return None
            ends.append(sign * answer.fun)
        found.append((ends[0], ends[1]))
    return found


def known_of_another(shown: Band, domain: Domain, own: F | None, *, way=chain) -> Bounds:
    """The least and the greatest that any other team may have, over every place that could be one's own."""
    known, least, most = boxes(shown, domain), 1.0, 0.0
    value = None if own is None else float(own)
    for place in range(shown.n) if own is not None else (-1,):
        found = way(shown.n, known, value, place)
        if found is None:
            continue
        others = [one for at, one in enumerate(found) if at != place]
        least = min(least, *(low for low, _ in others))
        most = max(most, *(high for _, high in others))
    return least, most


def tightest(shown: Band | None, domain: Domain, values: Sequence[F], *, way=chain) -> float:
    """How narrow the narrowest view leaves another team, in levels: each team's, and an outsider's. None shown: all is open."""
    if shown is None:
        return float(1 / domain.level)
    views = [known_of_another(shown, domain, own, way=way) for own in (*sorted(set(values)), None)]
    return min(high - low for low, high in views) / float(domain.level)


def cohorts(number: int, seed: int = 20261130) -> Iterator[tuple[Domain, list[F], list[F]]]:
    """One domain with the scores of its teams in two rounds; some teams have left in the second, some have joined."""
    rng = random.Random(seed)
    for _ in range(number):
        domain, n = random_domain(rng), rng.randint(5, 14)
        later = max(5, min(14, n + rng.choice([-2, -1, 0, 0, 0, 1])))
        yield domain, random_values(rng, domain, n), random_values(rng, domain, later)


def test_nobody_is_bounded_below_one_level():
    """Both rounds, every team's view and an outsider's; and what their change could be is no narrower than two levels."""
    shown = 0
    for domain, first, second in cohorts(COHORTS):
        bands = [comparison.band(values, domain.level) for values in (first, second)]
        shown += sum(band is not None for band in bands)
        left = [tightest(band, domain, values) for band, values in zip(bands, (first, second), strict=True)]
        assert min(left) >= 1 - NEARLY, (domain, first, second, bands)
        # Nothing ties what another team has in one round to the next but that team: a change is as wide as both together.
        assert sum(left) >= 2 - NEARLY
    assert shown > COHORTS // 2


def test_the_short_way_and_the_linear_program_agree():
    compared = 0
    for domain, first, _ in cohorts(COHORTS):
        band = comparison.band(first, domain.level)
        if band is None:
            continue
        if compared == SOLVED:
            break
        compared += 1
        for own in {first[0], first[len(first) // 2], first[-1]}:
            exact, program = (known_of_another(band, domain, own, way=way) for way in (chain, solved))
            assert exact == pytest.approx(program, abs=1e-7)
    assert compared == SOLVED


def test_what_is_not_shown_says_nothing_either():
    """Somebody who knows the rule knows that a hidden domain lies at one end, but not at which: both stay possible for all."""
    for n in range(5, 15):
        at_top = [F(0), *[F(1)] * (n - 1)]
        at_bottom = [*[F(0)] * (n - 1), F(1)]
        assert comparison.band(at_top, F(1, 3)) is None and comparison.band(at_bottom, F(1, 3)) is None
        for own in (F(0), F(1, 3), F(2, 3), F(1)):
            # For whatever one's own value is there is a hidden cohort with it in which all the others are at the other end.
            assert comparison.band([own, *[F(0)] * (n - 1)], F(1, 3)) is None
            assert comparison.band([own, *[F(1)] * (n - 1)], F(1, 3)) is None


# --- the twins: each protection switched off -----------------------------------------------------------------------------
def unguarded(values: Sequence[F], level: F) -> Band:
    figures = (comparison.to_half_level(sorted(values)[comparison.place(len(values), one)], level) for one in (1, 2, 3))
    return Band(len(values), *figures)


def test_twin_showing_domains_at_one_end_gives_teams_away():
    found = sum(
        tightest(unguarded(first, domain.level), domain, first) < 1 - NEARLY for domain, first, _ in cohorts(200)
    )
    assert found > 20


def test_twin_fewer_than_five_gives_teams_away():
    """Of two teams each knows the other to a quarter of a level."""
    domain = Domain("mean", F(1, 3), tuple(F(one, 12) for one in range(13)))
    assert tightest(unguarded([F(0), F(1, 2)], domain.level), domain, [F(0), F(1, 2)]) < 1


def test_twin_item_levels_for_a_ladder_gives_teams_away():
    """Seven steps without partial credit: with the width of an item's level the fifth step of seven would be shown."""
    domain = Domain("gated", F(1, 3), tuple(F(one, 7) for one in range(8)))
    values = [F(0), F(5, 7), F(5, 7), F(5, 7), F(1)]
    assert comparison.band(values, domain.level) is not None
    assert tightest(comparison.band(values, domain.level), domain, values) < 1
    width = comparison.level_width("gated", [3] * 7, [False] * 7)
    assert width == F(3, 7)
    own = Domain("gated", width, domain.possible)
    assert tightest(comparison.band(values, width), own, values) >= 1


def late_team(before: Band, after: Band, domain: Domain) -> Bounds:
    """What an outsider learns of the one team that came between two views of the same round, whose others stood still."""
    known_before, known_after = boxes(before, domain), boxes(after, domain)
    n, least, most = after.n, 1.0, 0.0
    for late in range(n):
        known = dict(known_after)
        for at, (low, high) in known_before.items():
            place = at if at < late else at + 1  # its place once the late team stands in the order
            old = known.get(place, (0.0, 1.0))
            known[place] = max(old[0], low), min(old[1], high)
        if any(low > high for low, high in known.values()):
            continue
        found = solved(n, known, None, -1)
        if found is not None:
            least, most = min(least, found[late][0]), max(most, found[late][1])
    return least, most


def test_twin_a_picture_that_is_drawn_anew_gives_the_late_team_away():
    """Two dates of one round: had it not been frozen, whoever saw it before and after the sixth team would know that team."""
    domain = Domain("mean", F(1, 3), tuple(F(one, 12) for one in range(13)))
    teams = [F(0), F(1, 3), F(1, 2), F(2, 3), F(1)]
    before, after = (comparison.band(values, domain.level) for values in (teams, [*teams, F(0)]))
    low, high = late_team(before, after, domain)
    assert high - low < domain.level
