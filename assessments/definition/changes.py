"""How two editions of an instrument differ: item by item, and in sentences for staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from assessments.definition.schema import DomainPlan, InstrumentPlan, ItemDefinition, plain

TREATED = {
    "unanswered": "counts as unanswered",
    "left_out": "leaves the denominator",
    "lowest": "counts as the lowest level",
}
SETTINGS = {
    "rule": "The scoring rule",
    "display_max": "The score shown for best practice",
    "minimum_answered_percent": "The minimum answered, in percent,",
}


class Kind(Enum):
    """What became of an item. Rounds are compared on ``SAME`` and ``REWORDED`` ones only."""

    SAME = "same"
    REWORDED = "reworded"
    LEVELS = "levels"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True)
class ItemComparison:
    """One item of either edition; ``domain`` where it stands now, or stood. ``sentences`` say what differs."""

    code: str
    kind: Kind
    domain: str
    before: ItemDefinition | None
    after: ItemDefinition | None
    sentences: tuple[str, ...] = ()

    @property
    def is_shared(self) -> bool:
        return self.kind in (Kind.SAME, Kind.REWORDED)

    @property
    def text(self) -> str:
        item = self.after or self.before
        return item.text if item else ""


@dataclass(frozen=True)
class Comparison:
    """``settings`` and ``domains`` in sentences; ``items`` in the order of the later edition, what is gone last."""

    settings: tuple[str, ...]
    domains: tuple[str, ...]
    items: tuple[ItemComparison, ...]

    def of_kind(self, kind: Kind) -> list[ItemComparison]:
        return [one for one in self.items if one.kind is kind]

    @property
    def sentences(self) -> list[str]:
        """Everything that differs, one sentence each."""
        return [*self.settings, *self.domains, *(words for one in self.items for words in one.sentences)]


def level_set(item: ItemDefinition) -> list[tuple[str, str]]:
    """Codes and anchors in their order: what makes an item the same question in two editions."""
    return [(level.code, level.anchor) for level in item.levels]


def compare(old: InstrumentPlan, new: InstrumentPlan) -> Comparison:
    """How ``new`` differs from ``old``. Domains and items are the same where their codes are."""
    return Comparison(tuple(_settings(old, new)), tuple(_domains(old, new)), tuple(_items(old, new)))


def _settings(old: InstrumentPlan, new: InstrumentPlan) -> Iterator[str]:
    if old.title != new.title:
        yield f"The instrument is now called “{new.title}”."
    if old.is_illustrative != new.is_illustrative:
        yield f"It is {'now' if new.is_illustrative else 'no longer'} marked as an illustration."
    for name, words in SETTINGS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{words} was {before} and is {after}."
    for name, words in (("not_applicable_as", "Not applicable"), ("no_data_as", "No data")):
        if getattr(old, name) != getattr(new, name):
            yield f"“{words}” now {TREATED[getattr(new, name)]}."
    if old.asks_reviewer != new.asks_reviewer:
        yield f"A third party {'now scores' if new.asks_reviewer else 'no longer scores'} it as well."
    yield from (f"The {name} was changed." for name in ("introduction", "source") if _differ(old, new, name))


def _domains(old: InstrumentPlan, new: InstrumentPlan) -> Iterator[str]:
    before, after = {one.code: one for one in old.domains}, {one.code: one for one in new.domains}
    for code, domain in after.items():
        if code in before:
            yield from _domain(before[code], domain)
        else:
            yield f"Domain “{domain.title}” is new."
    yield from (f"Domain “{domain.title}” was removed." for code, domain in before.items() if code not in after)
    if _order(before, after) != _order(after, before):
        yield "The domains stand in another order."


def _domain(old: DomainPlan, new: DomainPlan) -> Iterator[str]:
    name = f"Domain “{new.title}”"
    if old.title != new.title:
        yield f"Domain “{old.title}” is now called “{new.title}”."
    if old.introduction != new.introduction:
        yield f"{name}: the introduction was changed."
    if old.weight != new.weight:
        yield f"{name}: its weight was {plain(old.weight)} and is {plain(new.weight)}."
    if old.minimum_answered_percent != new.minimum_answered_percent:
        after = new.minimum_answered_percent
        yield f"{name}: its own minimum answered is {'gone' if after is None else f'now {after} percent'}."
    earlier, later = {one.code: one for one in old.items}, {one.code: one for one in new.items}
    if _order(earlier, later) != _order(later, earlier):
        yield f"{name}: its items stand in another order."


def _order(one: dict, other: dict) -> list[str]:
    return [code for code in one if code in other]


def _items(old: InstrumentPlan, new: InstrumentPlan) -> Iterator[ItemComparison]:
    before, after = _placed(old), _placed(new)
    for code, (domain, item) in after.items():
        if code not in before:
            words = f"Item “{item.text}” is new, in “{domain.title}”."
            yield ItemComparison(code, Kind.NEW, domain.title, None, item, (words,))
            continue
        earlier_domain, earlier = before[code]
        sentences = list(_item(earlier, item))
        if earlier_domain.code != domain.code:
            sentences.append(f"Item “{item.text}” moved to “{domain.title}”.")
        yield ItemComparison(code, _kind(earlier, item, sentences), domain.title, earlier, item, tuple(sentences))
    for code, (domain, item) in before.items():
        if code not in after:
            yield ItemComparison(code, Kind.GONE, domain.title, item, None, (f"Item “{item.text}” was removed.",))


def _placed(instrument: InstrumentPlan) -> dict[str, tuple[DomainPlan, ItemDefinition]]:
    return {item.code: (domain, item) for domain in instrument.domains for item in domain.items}


def _kind(old: ItemDefinition, new: ItemDefinition, sentences: list[str]) -> Kind:
    if level_set(old) != level_set(new):
        return Kind.LEVELS
    return Kind.REWORDED if sentences else Kind.SAME


def _item(old: ItemDefinition, new: ItemDefinition) -> Iterator[str]:
    name = f"Item “{new.text}”"
    if old.text != new.text:
        yield f"Item “{old.text}” now reads “{new.text}”."
    for field, words in (("guidance", "guidance"), ("evidence_asked", "evidence asked"), ("links", "links")):
        if _differ(old, new, field):
            yield f"{name}: the {words} {'were' if words == 'links' else 'was'} changed."
    if old.weight != new.weight:
        yield f"{name}: its weight was {plain(old.weight)} and is {plain(new.weight)}."
    if old.is_gate != new.is_gate:
        yield f"{name} is {'now' if new.is_gate else 'no longer'} a gate."
    for field, words in (("allows_not_applicable", "Not applicable"), ("allows_no_data", "No data")):
        if _differ(old, new, field):
            yield f"{name} can {'now' if getattr(new, field) else 'no longer'} be answered “{words}”."
    if level_set(old) != level_set(new):
        yield f"{name}: its levels were changed, so earlier answers cannot be compared with later ones."
    elif old.levels != new.levels:
        yield f"{name}: the short names of its levels were changed."


def _differ(old: object, new: object, name: str) -> bool:
    return getattr(old, name) != getattr(new, name)
