"""The attack of ``test_derivation`` on both rounds at once: one linear program for everything that somebody knows.

Its variables are the value of every team in both rounds and the change of every other team between them. The rows say that the
values of a round are in order, that the shown figures hold, that one's own values stand at some place in each round, and
what is told of the changes: the comparison tells nothing of them, so a change is anything from -1 to 1. The k-th of the others
in one round and in the next stand for one team: if no team moves by more than c, neither does the k-th of them in order,
whoever it is.

50 random cohorts; ``DERIVATION_JOINTLY=1000`` for the whole. The twin tells how many teams have moved.
"""

import os
import random
from collections.abc import Iterator
from fractions import Fraction as F
from itertools import product

import numpy
import pytest
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_matrix

from assessments import comparison
from assessments.comparison import Band
from tests.assessments.test_derivation import (
    NEARLY,
    Bounds,
    Domain,
    boxes,
    chain,
    random_domain,
    random_values,
)

COHORTS = int(os.environ.get("DERIVATION_JOINTLY", "50"))
Values = tuple[list[F], list[F]]  # of the teams, in the same order in both rounds
Bands = tuple[Band | None, Band | None]
OUTSIDE = -1


def cohorts(number: int, seed: int = 20261201) -> Iterator[tuple[Domain, Values]]:
    """The same five to fourteen teams in two rounds: all have moved anyhow, or some by a score or two, or only one."""
    rng = random.Random(seed)
    for _ in range(number):
        domain, n = random_domain(rng), rng.randint(5, 14)
        first = random_values(rng, domain, n)
        way = rng.choice(["anyhow", "a little", "one"])
        if way == "anyhow":
            second = rng.sample(random_values(rng, domain, n), n)
        else:
            movers = range(n) if way == "a little" else [rng.randrange(n)]
            second = list(first)
            for team in movers:
                at = domain.possible.index(first[team]) + rng.choice([-1, 0, 1, 2])
                second[team] = domain.possible[min(max(at, 0), len(domain.possible) - 1)]
        yield domain, (first, second)


def shown(domain: Domain, values: Values) -> Bands:
    first, second = (comparison.band(one, domain.level) for one in values)
    return first, second


def others(n: int, place: int) -> list[int]:
    """The places of all the others in order; ``OUTSIDE`` has none of its own."""
    return [at for at in range(n) if at != place]


def program(
    n: int, limits: list[list[Bounds]], places: tuple[int, int], change: float
) -> tuple[csr_matrix, csr_matrix, list[Bounds]]:
    """Rows that are at most 0, rows that are 0, and bounds; first both rounds' places, then the changes of the others."""
    pairs = list(zip(others(n, places[0]), others(n, places[1]), strict=True))
    wide = 2 * n + len(pairs)
    order, ties = [], []
    for start in (0, n):
        for at in range(start, start + n - 1):
            row = numpy.zeros(wide)
            row[at], row[at + 1] = 1, -1
            order.append(row)
    for number, (before, after) in enumerate(pairs):
        row = numpy.zeros(wide)
        row[n + after], row[before], row[2 * n + number] = 1, -1, -1
        ties.append(row)
    return csr_matrix(order), csr_matrix(ties), [*limits[0], *limits[1], *[(-change, change)] * len(pairs)]


def ends(n: int, places: tuple[int, int], wide: int) -> list[numpy.ndarray]:
    """What is made least: the least and minus the greatest of another team in each round, and both ends of a change."""
    (low, *_, high), (late_low, *_, late_high) = (others(n, place) for place in places)
    goals = []
    for signs in ({low: 1}, {high: -1}, {n + late_low: 1}, {n + late_high: -1},
                  {n + late_low: 1, high: -1}, {n + late_high: -1, low: 1}):  # fmt: skip
        goal = numpy.zeros(wide)
        for at, sign in signs.items():
            goal[at] = sign
        goals.append(goal)
    return goals


def solve(n: int, limits: list[list[Bounds]], places: tuple[int, int], change: float) -> list[float] | None:
    """The six ends, from one program in which each has a copy of everything; None where nothing satisfies it."""
    order, ties, bounds = program(n, limits, places, change)
    goals = ends(n, places, len(bounds))
    copies = len(goals)
    answer = linprog(
        numpy.concatenate(goals),
        A_ub=block_diag([order] * copies, format="csr"),
        b_ub=numpy.zeros(copies * order.shape[0]),
        A_eq=block_diag([ties] * copies, format="csr"),
        b_eq=numpy.zeros(copies * ties.shape[0]),
        bounds=bounds * copies,
    )
    if not answer.success:
        return None
    return [float(goal @ part) for goal, part in zip(goals, numpy.split(answer.x, copies), strict=True)]


def limits_of(n: int, known: dict[int, Bounds], own: float | None, place: int) -> list[Bounds] | None:
    """The bounds of each place with one's own at ``place``; None if it cannot be there."""
    if chain(n, known, own, place) is None:
        return None
    return [(own, own) if at == place and own is not None else known.get(at, (0.0, 1.0)) for at in range(n)]


def widths(
    bands: Bands,
    domain: Domain,
    own: tuple[F, F] | None,
    n: int,
    change: float = 1.0,
    enough: tuple[float, ...] = (),
) -> tuple[float, ...]:
    """How wide another team's value in each round, and its change, are left to this view over all places; in levels.

    More places that could be one's own only leave more open, so it stops at ``enough``, if that is given.
    """
    known = [boxes(band, domain) if band else {} for band in bands]
    mine = (None, None) if own is None else tuple(map(float, own))
    places, found, left = (OUTSIDE,) if own is None else range(n), [], (0.0, 0.0, 0.0)
    for pair in product(places, places):
        limits = [limits_of(n, known[at], mine[at], place) for at, place in enumerate(pair)]
        one = solve(n, limits, pair, change) if all(limits) else None
        if one is None:
            continue
        found.append(one)
        least = [min(column) for column in zip(*found, strict=True)]
        left = tuple(-(least[at] + least[at + 1]) / float(domain.level) for at in (0, 2, 4))
        if enough and all(one >= needed - NEARLY for one, needed in zip(left, enough, strict=True)):
            break
    return left


def views(values: Values) -> list[tuple[F, F] | None]:
    """The eyes of the least team of the first round, of the middle one, of the greatest, and of an outsider."""
    pairs = sorted(zip(*values, strict=True))
    return [*dict.fromkeys([pairs[0], pairs[len(pairs) // 2], pairs[-1]]), None]


# --- the attack --------------------------------------------------------------------------------------------------------
@pytest.mark.timeout(max(300, 5 * COHORTS))
def test_both_rounds_together_bound_nobody_below_one_level():
    """A value in either round is left a whole level, a change two."""
    both = 0
    for domain, values in cohorts(COHORTS):
        bands = shown(domain, values)
        both += all(bands)
        for own in views(values):
            first, second, change = widths(bands, domain, own, len(values[0]), enough=(1, 1, 2))
            assert min(first, second) >= 1 - NEARLY, (domain, values, bands)
            assert change >= 2 - NEARLY, (domain, values, bands)
    assert both >= COHORTS // 5


def test_the_program_knows_what_each_round_alone_tells():
    """Without a word about changes it finds what the chain finds for each round, so it has left nothing out."""
    domain = Domain("mean", F(1, 3), tuple(F(one, 12) for one in range(13)))
    values = ([F(0), F(1, 3), F(1, 2), F(2, 3), F(1)], [F(1, 3), F(1, 3), F(1, 2), F(3, 4), F(3, 4)])
    bands = shown(domain, values)
    found = widths(bands, domain, (F(0), F(1, 3)), 5)
    for band, own, width in zip(bands, (0.0, 1 / 3), found, strict=False):
        chains = [(chain(5, boxes(band, domain), own, place), place) for place in range(5)]
        left = [bounds for one, place in chains if one for at, bounds in enumerate(one) if at != place]
        assert width == pytest.approx(3 * (max(high for _, high in left) - min(low for low, _ in left)))


# --- the twin ------------------------------------------------------------------------------------------------------------
def test_twin_telling_how_many_teams_moved_gives_teams_away():
    """“One team has moved.” The one who has knows that no other did, and sees the others from both ends of the order."""
    domain = Domain("mean", F(1, 3), tuple(F(one, 12) for one in range(13)))
    own, alike = (F(0), F(1)), [F(1, 2)] * 4
    bands = shown(domain, ([own[0], *alike], [own[1], *alike]))
    assert all(bands)
    assert min(widths(bands, domain, own, 5)) >= 1
    assert min(widths(bands, domain, own, 5, change=0.0)) < 1 - NEARLY
