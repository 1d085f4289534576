"""What to work on first (pure: no Django).

An item weighs ``gap x weight x priority``: how far it is from best practice (0 to 1), its share of the overall score, and how
much the team itself wants it. [D: the order is ours; staff change it before a report is released.]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

# The team's own word: not said and later count once, soon twice, now three times.
FACTORS = {0: 1, 1: 1, 2: 2, 3: 3}
MOST = 5  # priorities of a report: more are none


@dataclass(frozen=True)
class Gap:
    """One item with a level below its highest. ``share``: the item's part of the overall score if all items apply."""

    code: str
    score: Fraction
    share: Fraction
    priority: int = 0

    @property
    def gap(self) -> Fraction:
        return 1 - self.score

    @property
    def weighed(self) -> Fraction:
        """Example: level 1 of 3 (gap 2/3), a tenth of the score, wanted now: 2/3 x 1/10 x 3 = 1/5."""
        return self.gap * self.share * FACTORS[self.priority]


def in_order(gaps: Iterable[Gap]) -> list[Gap]:
    """What weighs most first; equals in the order given. Items at best practice are no gaps."""
    return sorted((one for one in gaps if one.gap > 0), key=lambda one: -one.weighed)


def shares(domains: Iterable[tuple[Fraction, list[tuple[str, Fraction]]]]) -> dict[str, Fraction]:
    """Each item's part of the whole, by code: the domain's share of all weights times the item's share of its domain.

    Example: a domain of weight 1 with items of weight 1 and 3, one of weight 3 with one item: 1/16, 3/16 and 3/4.
    """
    domains = list(domains)
    whole = sum((weight for weight, _ in domains), Fraction(0))
    found = {}
    for weight, items in domains:
        inside = sum((one for _, one in items), Fraction(0))
        found |= {code: weight / whole * one / inside for code, one in items}
    return found


def moved(ranked: list[int], number: int, way: str) -> list[int]:
    """The order after one step of ``number``: "up", "down", "in" (as the last) or "out". What cannot be done changes nothing.

    Example: [4, 7, 9] with 9 "up" is [4, 9, 7].
    """
    if way == "in":
        return [*ranked, number] if number not in ranked else list(ranked)
    if number not in ranked:
        return list(ranked)
    place = ranked.index(number)
    rest = [one for one in ranked if one != number]
    if way == "out":
        return rest
    to = place - 1 if way == "up" else place + 1
    return [*rest[: max(to, 0)], number, *rest[max(to, 0) :]]
