"""Run-chart arithmetic (pure: no Django). Control-chart rules come with a later floor.

A point is a count of a period: numerator of denominator. A denominator of nought means that no patient was eligible; such a point
has no value and takes no part in the median. It is never nought percent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median


def share(numerator: int, denominator: int) -> Fraction | None:
    """Numerator over denominator, exact; None where nobody was eligible."""
    return Fraction(numerator, denominator) if denominator else None


@dataclass(frozen=True)
class Point:
    """One period's count. ``share`` is an exact fraction in 0..1, or None where nobody was eligible."""

    period_start: date
    period_end: date
    numerator: int
    denominator: int

    @property
    def share(self) -> Fraction | None:
        return share(self.numerator, self.denominator)

    @property
    def percent(self) -> str:
        """“40.3%”, or “no eligible patients”."""
        return percent(self.share)


def median_share(points: Iterable[Point]) -> Fraction | None:
    """The median of the points that have a value, exact; None where none has."""
    shares = [point.share for point in points if point.share is not None]
    return Fraction(median(shares)) if shares else None


def percent(share: Fraction | None) -> str:
    """“40.3%”, rounded half up to one decimal; “no eligible patients” for None."""
    if share is None:
        return "no eligible patients"
    tenths = int(share * 1000 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"


def meets(share: Fraction | None, target_percent: Decimal | None, *, higher_is_better: bool) -> bool | None:
    """Whether a value reaches the target; None where either is missing."""
    if share is None or target_percent is None:
        return None
    target = Fraction(target_percent) / 100
    return share >= target if higher_is_better else share <= target


def finding(title: str, points: Sequence[Point], target_percent: Decimal | None, *, higher_is_better: bool) -> str:
    """The title of the chart, which states what it shows: the last value, the median, and where that stands to the target.

    It compares numbers and claims no cause; whether a run of points is more than chance is for the rules of a later floor.
    """
    valued = [point for point in points if point.share is not None]
    if not valued:
        return f"{title}: no period with eligible patients yet"
    last, middle = valued[-1], percent(median_share(points))
    words = f"{title}: {percent(last.share)} in the latest period ({last.numerator} of {last.denominator})"
    if len(valued) > 1:
        words += f", median {middle} over {len(valued)} periods"
    reached = meets(last.share, target_percent, higher_is_better=higher_is_better)
    if reached is None:
        return words
    return f"{words}; the target of {percent(Fraction(target_percent) / 100)} is {'met' if reached else 'not met'}"
