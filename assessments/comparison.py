"""The cohort beside one team, without letting any team's value be told (pure: no Django).

Shown is, for a domain, the median and the quartile band of the teams that finished, each rounded to half a level, once a
round, from five teams on. Rules and figures: ``docs/assessments.md`` [D].

What a level is depends on the rule (``level_width``): a domain scored by steps is told in steps, not in its items' levels.

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


def level_width(rule: str, highest: Sequence[int], is_gate: Sequence[bool]) -> Fraction:
    """The width of one level of a domain: ``highest`` and ``is_gate`` are of its items.

    A mean moves by its items' levels, so one level is that of the coarsest item. All-or-nothing, and gates alone, know only
    0 and 1. A ladder moves by whole steps: the fewest of them that are as wide as an item's level, else a figure to half an
    item's level could name the step. So both ends of the scale have a possible score exactly one level away.
    Examples: levels 0 to 3 make 1/3; a ladder of seven such items 3/7; all-or-nothing 1.
    """
    coarsest = Fraction(1, min(highest))
    if rule == "all_or_nothing" or (rule == "gate_and_points" and all(is_gate)):
        return Fraction(1)
    if rule == "gated":
        return Fraction(-(-len(highest) // min(highest)), len(highest))
    return coarsest


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
