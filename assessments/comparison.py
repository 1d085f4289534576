"""The cohort beside one team, without letting any team's value be told (pure: no Django).

Shown is, for a domain, the median and the quartile band of the teams that finished, each rounded to half a level, once a
round, from five teams on. Rules and figures: ``docs/assessments.md`` [D].

Why that is enough: whoever knows their own value knows at most the places of the others in the order, and each of the three
figures to half a level. Two teams of the middle can change places, so only the ends could give somebody away: if all of the
others had to lie within one level of the best or of the worst. There the domain is not shown at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

FEWEST = 5


@dataclass(frozen=True)
class Band:
    """Lower quartile, median and upper quartile of ``n`` teams, each a multiple of half a level, from 0 to 1."""

    n: int
    lower: Fraction
    median: Fraction
    upper: Fraction


def place(n: int, quarter: int) -> int:
    """The place (from 0) of a quartile among ``n`` values in order, by the nearest rank: 8 teams, quarter 1: the second."""
    return max(0, -(-n * quarter // 4) - 1)


def to_half_level(value: Fraction, level: Fraction) -> Fraction:
    """The nearest multiple of half a level, a tie upwards. Example: 0.3 with levels of 1/3 is 1/3; 0.4 is 1/3, 0.42 is 1/2."""
    half = level / 2
    return (value / half * 2 + 1) // 2 * half


def band(values: Sequence[Fraction], level: Fraction) -> Band | None:
    """What may be shown of these values (0 to 1), or None: too few teams, or they could be told from the ends.

    ``level`` is the width of one level on the scale from 0 to 1, such as 1/3 for four levels.

    Raises:
        ValueError: a value outside 0 to 1, or a level that is not above 0.
    """
    if level <= 0 or any(not 0 <= one <= 1 for one in values):
        raise ValueError("Values lie from 0 to 1, and a level is above 0.")
    if len(values) < FEWEST:
        return None
    ordered = sorted(values)
    lower, median, upper = (to_half_level(ordered[place(len(values), one)], level) for one in (1, 2, 3))
    shown = Band(len(values), lower, median, upper)
    return shown if is_safe(shown, level) else None


def is_safe(shown: Band, level: Fraction) -> bool:
    """Whether at least one whole level stays open above the lower and below the upper quartile, whoever looks.

    A figure stands for everything within a quarter level around it.
    """
    quarter = level / 4
    return shown.lower - quarter + level <= 1 and shown.upper + quarter - level >= 0
