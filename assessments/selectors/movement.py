"""What moved a team between two rounds: by domain, item by item, with the evidence of both and the third party's word."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from assessments.models import Assessment, Evidence, Item, ReviewerAnswer
from assessments.selectors.profile import Cell, cell_of
from assessments.selectors.shared import Change, DomainChange, ItemChange, change, items_of, signed


@dataclass(frozen=True)
class Side:
    """One round's answer to one item: as level and words, with its evidence in words, and files and addresses."""

    cell: Cell
    evidence: str
    shown_by: tuple[Evidence, ...]
    reviewer: Cell | None


@dataclass(frozen=True)
class ItemMovement:
    item: Item
    before: Side
    after: Side
    moved: Fraction | None
    moved_shown: str

    @property
    def is_evidenced(self) -> bool:
        return any(side.evidence or side.shown_by for side in (self.before, self.after))


@dataclass(frozen=True)
class DomainMovement:
    change: DomainChange
    items: tuple[ItemMovement, ...]


@dataclass(frozen=True)
class LeftOut:
    """An item that only counts in its own round, and why."""

    item: Item
    reason: str


@dataclass(frozen=True)
class Movement:
    before: Assessment
    after: Assessment
    domains: tuple[DomainMovement, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def most_moved(self) -> tuple[DomainChange, ...]:
        """The domains that moved, the farthest first."""
        moved = [one.change for one in self.domains if one.change.moved]
        return tuple(sorted(moved, key=lambda one: -abs(one.moved or 0)))


def movement(before: Assessment, after: Assessment) -> Movement:
    """Both rounds on what they share. The number of queries depends on nothing but that there are two."""
    found = change(before, after)
    evidence = _evidence((before, after))
    reviewers = _reviewers((before, after))
    domains = []
    for one in found.domains:
        items = [_item(each, before, after, evidence, reviewers) for each in one.items]
        domains.append(DomainMovement(one, tuple(items)))
    return Movement(before, after, tuple(domains), tuple(_left_out(found, before, after)))


def _item(one: ItemChange, before: Assessment, after: Assessment, evidence: dict, reviewers: dict) -> ItemMovement:
    sides = []
    for round_, answer in ((before, one.before), (after, one.after)):
        key = round_.pk, one.item.code
        said = reviewers.get(key)
        sides.append(
            Side(
                cell_of(one.item, answer),
                answer.evidence if answer else "",
                tuple(evidence.get(key, ())),
                cell_of(one.item, said) if said else None,
            )
        )
    return ItemMovement(one.item, *sides, one.moved, signed(one.moved, after.version.display_max))


def _evidence(rounds: Iterable[Assessment]) -> dict[tuple[int, str], list[Evidence]]:
    found = defaultdict(list)
    for row in Evidence.objects.filter(assessment__in=rounds, removed_at=None).select_related("item", "file"):
        found[row.assessment_id, row.item.code].append(row)
    return found


def _reviewers(rounds: Iterable[Assessment]) -> dict[tuple[int, str], ReviewerAnswer]:
    """Only of a review that is finished: a draft is nobody's word yet."""
    done = [one.pk for one in rounds if one.review_done_at]
    rows = ReviewerAnswer.objects.filter(assessment__in=done).select_related("item", "level")
    return {(row.assessment_id, row.item.code): row for row in rows}


def _left_out(found: Change, before: Assessment, after: Assessment) -> Iterable[LeftOut]:
    if not found.left_out:
        return
    old, new = ({item.code for item in items_of(one.version)} for one in (before, after))
    for item in found.left_out:
        if item.code in old and item.code in new:
            # Both editions name it; it is listed once, in the later one's words.
            if item.domain.version_id == after.version_id:
                yield LeftOut(item, _("Asked in both rounds, with other levels"))
        else:
            only = before if item.code in old else after
            yield LeftOut(item, _("Asked in “%(round)s” only") % {"round": only.milestone.title})
