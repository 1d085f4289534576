"""How the items of a version behave over many teams, for those who develop the instrument.

One round counts for a team, its first that was submitted with the version, and the teams count in steps of five in the order of
submission: between two looks at least five teams come in at once, so that no difference shows what one of them answered.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count

from assessments.models import (
    AgreedAnswer,
    AnswerKind,
    Assessment,
    AssessmentState,
    InstrumentVersion,
    Item,
    Level,
    MemberAnswer,
    MemberTurn,
)

FEWEST = 20
AT_ONCE = 5


@dataclass(frozen=True)
class Share:
    """How many of ``n`` gave one answer."""

    label: str
    count: int
    n: int

    @property
    def percent(self) -> int:
        """Whole percent, halves up."""
        return (200 * self.count + self.n) // (2 * self.n)


@dataclass(frozen=True)
class ItemStatistics:
    """One item over ``n`` teams. ``floor`` and ``ceiling``: of those with a level; None where these are too few.

    ``spread``: the mean distance in levels between the members of a team who answered alone; None where too few teams have two.
    """

    item: Item
    n: int
    shares: tuple[Share, ...]
    floor: Share | None
    ceiling: Share | None
    spread: Fraction | None
    compared: int

    @property
    def further(self) -> tuple[Share, ...]:
        """“No data” and “not applicable”."""
        return self.shares[-2:]

    @property
    def spread_shown(self) -> str:
        """In levels, one decimal, halves up; empty where there is none."""
        if self.spread is None:
            return ""
        tenths = (self.spread * 20 + 1) // 2
        return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True)
class VersionStatistics:
    """``teams`` have submitted with the version; ``n`` of them are counted, and the items are told from ``FEWEST`` on."""

    teams: int
    n: int
    items: tuple[ItemStatistics, ...]

    @property
    def is_enough(self) -> bool:
        return self.n >= FEWEST


def counted(version: InstrumentVersion) -> tuple[int, list[int]]:
    """How many teams have submitted with the version, and the rounds that are counted. One query."""
    rows = Assessment.objects.filter(version=version, state=AssessmentState.SUBMITTED).order_by("submitted_at", "pk")
    first: dict[int, int] = {}
    for pk, team in rows.values_list("pk", "enrollment__team"):
        first.setdefault(team, pk)
    keys = list(first.values())
    return len(keys), keys[: len(keys) // AT_ONCE * AT_ONCE]


def statistics_of(version: InstrumentVersion) -> VersionStatistics:
    """Distribution, floor, ceiling and spread of every item, or no item while too few teams have submitted. Six queries."""
    teams, keys = counted(version)
    if len(keys) < FEWEST:
        return VersionStatistics(teams, len(keys), ())
    answers = AgreedAnswer.objects.filter(assessment__in=keys).values("item", "kind", "level")
    counts: dict[int, Counter] = defaultdict(Counter)
    for item, kind, level, n in answers.annotate(n=Count("pk")).values_list("item", "kind", "level", "n"):
        counts[item][level or kind] += n
    spreads = _spreads(keys)
    items = Item.objects.filter(domain__version=version).select_related("domain").prefetch_related("levels")
    ordered = items.order_by("domain__position", "position")
    return VersionStatistics(
        teams, len(keys), tuple(_item(item, len(keys), counts[item.pk], spreads[item.pk]) for item in ordered)
    )


def _spreads(keys: Sequence[int]) -> dict[int, list[int]]:
    """By item, how many levels lie between the members of each team in which two or more who finished chose one."""
    finished = set(
        MemberTurn.objects.filter(assessment__in=keys, finished_at__isnull=False).values_list("assessment", "user")
    )
    chosen: dict[tuple[int, int], list[int]] = defaultdict(list)
    rows = MemberAnswer.objects.filter(assessment__in=keys, level__isnull=False)
    for item, assessment, user, position in rows.values_list("item", "assessment", "saved_by", "level__position"):
        if (assessment, user) in finished:
            chosen[item, assessment].append(position)
    found: dict[int, list[int]] = defaultdict(list)
    for (item, _assessment), positions in chosen.items():
        if len(positions) > 1:
            found[item].append(max(positions) - min(positions))
    return found


def _item(item: Item, n: int, counts: Counter, spreads: list[int]) -> ItemStatistics:
    levels = sorted(item.levels.all(), key=lambda level: level.position)
    with_level = sum(counts[level.pk] for level in levels)
    further = [Share(kind.label, counts[kind.value], n) for kind in (AnswerKind.NO_DATA, AnswerKind.NOT_APPLICABLE)]
    is_enough = with_level >= FEWEST
    return ItemStatistics(
        item=item,
        n=n,
        shares=(*(Share(_name(level), counts[level.pk], n) for level in levels), *further),
        floor=Share(_name(levels[0]), counts[levels[0].pk], with_level) if is_enough else None,
        ceiling=Share(_name(levels[-1]), counts[levels[-1].pk], with_level) if is_enough else None,
        spread=Fraction(sum(spreads), len(spreads)) if len(spreads) >= FEWEST else None,
        compared=len(spreads),
    )


def _name(level: Level) -> str:
    return level.title or level.code
