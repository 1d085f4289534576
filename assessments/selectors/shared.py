"""Two rounds beside each other: only on the items that both ask in the same way."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from assessments import scoring
from assessments.models import AgreedAnswer, Assessment, Domain, InstrumentVersion, Item
from assessments.selectors.scores import DomainResult, mark_of, minimum_of, said


@dataclass(frozen=True)
class ItemChange:
    """One shared item with both answers (None: unanswered). ``moved``: how its score changed, None where one has none."""

    item: Item
    before: AgreedAnswer | None
    after: AgreedAnswer | None
    moved: Fraction | None


@dataclass(frozen=True)
class DomainChange:
    """One domain on its shared items alone; ``items`` with the largest change first."""

    domain: Domain
    before: DomainResult
    after: DomainResult
    items: tuple[ItemChange, ...]

    @property
    def moved(self) -> Fraction | None:
        if self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score

    @property
    def moved_shown(self) -> str:
        """“+12”, “−3”, “0”; empty where one round has no score. On the later round's scale, from the exact scores."""
        return signed(self.moved, self.after.display_max)


@dataclass(frozen=True)
class Change:
    """``left_out``: items of either version that the other does not ask in the same way, in the order of the pages."""

    domains: tuple[DomainChange, ...]
    left_out: tuple[Item, ...]


def signed(moved: Fraction | None, display_max: int) -> str:
    """A difference of scores with its sign, rounded like a score."""
    if moved is None:
        return ""
    figure = scoring.shown(abs(moved), display_max)
    return figure if not figure.strip("0.") else f"{'+' if moved > 0 else '−'}{figure}"


def items_of(version: InstrumentVersion) -> list[Item]:
    """In the order of the pages, with domain and levels; ``highest`` as the scores need it. Two queries."""
    items = Item.objects.filter(domain__version=version).select_related("domain").prefetch_related("levels")
    found = list(items.order_by("domain__position", "position"))
    for item in found:
        item.highest = max(level.position for level in item.levels.all())
    return found


def level_set(item: Item) -> tuple[tuple[str, str], ...]:
    """Codes and anchors in their order: what makes an item the same question in two versions."""
    return tuple((level.code, level.anchor) for level in sorted(item.levels.all(), key=lambda level: level.position))


def shared_items(one: Iterable[Item], other: Iterable[Item]) -> dict[str, tuple[Item, Item]]:
    """By code, the items whose level sets are equal; rewording the guidance keeps an item shared."""
    others = {item.code: item for item in other}
    pairs = {item.code: (item, others[item.code]) for item in one if item.code in others}
    return {code: pair for code, pair in pairs.items() if level_set(pair[0]) == level_set(pair[1])}


def change(before: Assessment, after: Assessment) -> Change:
    """What became of each domain of the later round since the earlier one. Eight queries, whatever the size."""
    old, new = items_of(before.version), items_of(after.version)
    shared = shared_items(old, new)
    given = {answer.item_id: answer for answer in before.answers.select_related("level")}
    now = {answer.item_id: answer for answer in after.answers.select_related("level")}
    domains: dict[int, list[tuple[Item, Item]]] = {}
    for item in new:
        if item.code in shared:
            domains.setdefault(item.domain_id, []).append(shared[item.code])
    changes = [_domain(pairs, before.version, after.version, given, now) for pairs in domains.values()]
    left_out = [item for item in (*old, *new) if item.code not in shared]
    return Change(tuple(changes), tuple(left_out))


def _domain(
    pairs: list[tuple[Item, Item]],
    old: InstrumentVersion,
    new: InstrumentVersion,
    given: dict[int, AgreedAnswer],
    now: dict[int, AgreedAnswer],
) -> DomainChange:
    # Both rounds by the later version's rule and weights: else a changed rule would look like a change of the site.
    domain = pairs[0][1].domain
    items = []
    marks_before, marks_after = [], []
    for was, item in pairs:
        before, after = given.get(was.pk), now.get(item.pk)
        marks_before.append(mark_of(new, item, said(before)))
        marks_after.append(mark_of(new, item, said(after)))
        scores = marks_before[-1].score, marks_after[-1].score
        items.append(ItemChange(item, before, after, None if None in scores else scores[1] - scores[0]))
    items.sort(key=lambda one: (one.moved is None, -abs(one.moved or 0), one.item.position))
    results = [
        DomainResult(domain, _score(new, domain, marks), sum(mark.score is not None for mark in marks), new.display_max)
        for marks in (marks_before, marks_after)
    ]
    return DomainChange(domain, *results, tuple(items))


def _score(version: InstrumentVersion, domain: Domain, marks: list[scoring.ItemMark]) -> scoring.DomainScore:
    return scoring.domain_score(
        marks,
        rule=version.rule,
        minimum_answered_percent=minimum_of(version, domain),
        weight=Fraction(domain.weight),
    )
