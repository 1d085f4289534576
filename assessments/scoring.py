"""How answers become scores: exact fractions, no Django, no rounding until a figure is shown.

Every score is a ``Fraction`` from 0 to 1, and 1 is best practice; the instrument's version sets the scale on which it is
shown. Unless the version says otherwise, "not applicable" leaves the denominator, and "no data" counts as unanswered like an
item without an answer: never as the lowest level, because a site that cannot supply a figure has not said that it does
nothing. None is "no score", never 0.

Sources: the scale from 0 to 1, the two further answers, the minimum answered and the interval are our conventions ([D] of
``docs/assessments.md``, after public practice); all-or-nothing is the rule of CMS's hospital commitment measure, where a
domain gives its point only if everything in it is attested; gated levels are those of the AHA's health equity roadmap, where
a position counts only once every lower one is met; gate criteria before points are those of the Healthcare Equality Index.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

ONE = Fraction(1)


@dataclass(frozen=True)
class ItemMark:
    """What one item brings to its domain: ``score`` None is unanswered; ``weight`` above 0 counts where weights do.

    ``is_gate``: without its highest level the rule ``gate_and_points`` gives the domain nothing.
    """

    score: Fraction | None = None
    weight: Fraction = ONE
    is_applicable: bool = True
    is_gate: bool = False


@dataclass(frozen=True)
class Completeness:
    """How many items have a level, of those that apply, of all."""

    answered: int
    applicable: int
    total: int

    @property
    def share(self) -> Fraction | None:
        """Answered of applicable items; None where nothing applies. 3 of 4 gives 3/4."""
        return Fraction(self.answered, self.applicable) if self.applicable else None


@dataclass(frozen=True)
class Interval:
    """Between which scores what is unanswered leaves it open; ``low`` equals ``high`` where nothing is."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class DomainScore:
    """``interval`` is None where nothing applies; it is there also while too little is answered for a score."""

    score: Fraction | None
    completeness: Completeness
    weight: Fraction = ONE
    interval: Interval | None = None


@dataclass(frozen=True)
class OverallScore:
    score: Fraction | None
    completeness: Completeness
    interval: Interval | None = None


Rule = Callable[[Sequence[ItemMark]], Fraction | None]


def item_score(position: int, highest: int) -> Fraction:
    """The score of a level: its position over the highest position of the item. [D]

    Example: levels 0 to 3, the third of them chosen (position 2): ``item_score(2, 3) == Fraction(2, 3)``.

    Raises:
        ValueError: the item has one level only (``highest`` below 1), or no such position.
    """
    if highest < 1 or not 0 <= position <= highest:
        raise ValueError(f"No level {position} on a scale from 0 to {highest}.")
    return Fraction(position, highest)


def mean(marks: Sequence[ItemMark]) -> Fraction | None:
    """The plain mean of the items that have a level. [D]

    Example: 1/3, 2/3 and one without data: ``(1/3 + 2/3) / 2 == 1/2``.
    """
    scores = _answered(marks)
    return sum(scores, Fraction(0)) / len(scores) if scores else None


def weighted_mean(marks: Sequence[ItemMark]) -> Fraction | None:
    """The mean of the items that have a level, each counted by its weight; only the ratio of the weights matters. [D]

    Example: 1 with weight 3 and 1/3 with weight 1: ``(3 * 1 + 1 * 1/3) / (3 + 1) == 5/6``.
    """
    return _weighted((mark.score, mark.weight) for mark in marks if mark.is_applicable)


def all_or_nothing(marks: Sequence[ItemMark]) -> Fraction | None:
    """1 if every applicable item is at its highest level, 0 as soon as one is not. [V: CMS hospital commitment]

    An unanswered item can still go either way: where all the others are at the top there is no score yet (None).
    Examples: 1, 1, 1 gives 1; 1, 1, 2/3 gives 0; 1, 2/3 and one without data gives 0; 1, 1 and one without data gives None.
    """
    scores = _answered(marks)
    if any(score < ONE for score in scores):
        return Fraction(0)
    is_complete = len(scores) == sum(mark.is_applicable for mark in marks)
    return ONE if scores and is_complete else None


def gated(marks: Sequence[ItemMark]) -> Fraction | None:
    """How many items from the first on are at their highest level, over all that apply: no partial credit. [V: AHA]

    The items are the steps of one ladder, the lowest first, and a step counts only if all below it are met. An unanswered
    step can still go either way: where all before it are met there is no score yet (None).
    Examples: 1, 1, 2/3, 1 gives 2/4; 1, 0 and one without data gives 1/3; 1 and one without data gives None.
    """
    steps = [mark.score for mark in marks if mark.is_applicable]
    met = 0
    for step in steps:
        if step is None:
            return None
        if step < ONE:
            break
        met += 1
    return Fraction(met, len(steps)) if steps else None


def gate_and_points(marks: Sequence[ItemMark]) -> Fraction | None:
    """0 unless every gate is at its highest level; then the weighted mean of the other items. [V: Healthcare Equality Index]

    An unanswered gate can still go either way: unless another one is missed there is no score yet (None). A domain of
    gates alone has 1 once they are all met.
    Examples: a gate at 1, points 1 (weight 3) and 0 (weight 1): 3/4. The gate at 2/3: 0. The gate without data: None.
    """
    gates = [mark.score for mark in marks if mark.is_applicable and mark.is_gate]
    if any(score is not None and score < ONE for score in gates):
        return Fraction(0)
    if None in gates:
        return None
    points = [mark for mark in marks if mark.is_applicable and not mark.is_gate]
    return weighted_mean(points) if points or not gates else ONE


RULES: dict[str, Rule] = {
    "mean": mean,
    "weighted_mean": weighted_mean,
    "all_or_nothing": all_or_nothing,
    "gated": gated,
    "gate_and_points": gate_and_points,
}


def treated(treatment: str, weight: Fraction = ONE, *, is_gate: bool = False) -> ItemMark:
    """The mark of an answer that is no level: "unanswered", "left_out" of the denominator, or as the "lowest" level. [D]

    Example: "no data" treated as "lowest" brings 0 with its weight.

    Raises:
        KeyError: an unknown treatment.
    """
    score, is_applicable = {"unanswered": (None, True), "left_out": (None, False), "lowest": (Fraction(0), True)}[
        treatment
    ]
    return ItemMark(score, weight, is_applicable, is_gate)


def interval(marks: Sequence[ItemMark], *, rule: str) -> Interval | None:
    """What the score could be once everything is answered: with the lowest level everywhere, and with the highest. [D]

    Every rule rises with every item, so no answers lie outside. None where nothing applies.
    Example: ``mean`` of 1/3, 2/3 and one without data: from (1/3 + 2/3 + 0) / 3 = 1/3 to (1/3 + 2/3 + 1) / 3 = 2/3.

    Raises:
        KeyError: an unknown rule.
    """
    low, high = (RULES[rule]([_filled(mark, score) for mark in marks]) for score in (Fraction(0), ONE))
    return None if low is None or high is None else Interval(low, high)


def _filled(mark: ItemMark, score: Fraction) -> ItemMark:
    return replace(mark, score=score) if mark.is_applicable and mark.score is None else mark


def completeness(marks: Sequence[ItemMark]) -> Completeness:
    """How much of a domain has a level.

    Example: a level, a level, "no data" and "not applicable": 2 answered of 3 applicable of 4, a share of 2/3.
    """
    applicable = [mark for mark in marks if mark.is_applicable]
    return Completeness(len(_answered(marks)), len(applicable), len(marks))


def domain_score(
    marks: Sequence[ItemMark], *, rule: str, minimum_answered_percent: int, weight: Fraction = ONE
) -> DomainScore:
    """The score of a domain by ``rule``, or none while too few of its applicable items have a level. [D]

    Example: minimum 50 percent; 1/3 and 2/3 of four applicable items: half is enough, the mean is 1/2. With 51 percent
    there is no score.

    Raises:
        KeyError: an unknown rule; ``RULES`` holds the known ones.
    """
    apply_rule = RULES[rule]
    known = completeness(marks)
    is_enough = known.applicable > 0 and 100 * known.answered >= minimum_answered_percent * known.applicable
    return DomainScore(apply_rule(marks) if is_enough else None, known, weight, interval(marks, rule=rule))


def overall_score(domains: Sequence[DomainScore]) -> OverallScore:
    """The weighted mean of the domain scores. [D]

    A domain in which nothing applies leaves the denominator. While a domain that applies has no score, neither has the
    whole: a mean without the weak domain would look better than the site is.
    Examples: 1/2 with weight 1 and 1 with weight 3: ``(1/2 + 3) / 4 == 7/8``. 1/2 and a domain without score: None.
    """
    counted = [domain for domain in domains if domain.completeness.applicable]
    is_whole = all(domain.score is not None for domain in counted)
    score = _weighted((domain.score, domain.weight) for domain in counted) if is_whole else None
    known = [(domain.interval, domain.weight) for domain in counted if domain.interval is not None]
    low, high = (_weighted((getattr(one, end), weight) for one, weight in known) for end in ("low", "high"))
    limits = None if low is None or high is None or len(known) < len(counted) else Interval(low, high)
    return OverallScore(score, add_up(domain.completeness for domain in domains), limits)


def add_up(parts: Iterable[Completeness]) -> Completeness:
    """The completeness of several domains together. Example: 2 of 3 of 4 and 1 of 1 of 1 make 3 of 4 of 5."""
    parts = list(parts)
    return Completeness(
        sum(part.answered for part in parts), sum(part.applicable for part in parts), sum(part.total for part in parts)
    )


def shown(score: Fraction | None, display_max: int) -> str:
    """A score as it is shown: on the scale 0 to ``display_max``, halves rounded up, empty for None. [D]

    Whole numbers on scales of 100 and more, one decimal below, because more would promise a precision that levels lack.
    Examples: on 0 to 100, 2/3 is "67" and 1/8 (12.5) is "13"; on 0 to 5, 2/3 is "3.3".
    """
    if score is None:
        return ""
    parts = 1 if display_max >= 100 else 10
    rounded = (score * display_max * parts * 2 + 1) // 2  # exact, and a half goes up, as people expect
    return str(rounded) if parts == 1 else f"{rounded // parts}.{rounded % parts}"


def _answered(marks: Iterable[ItemMark]) -> list[Fraction]:
    return [mark.score for mark in marks if mark.is_applicable and mark.score is not None]


def _weighted(pairs: Iterable[tuple[Fraction | None, Fraction]]) -> Fraction | None:
    known = [(score, weight) for score, weight in pairs if score is not None]
    total = sum((weight for _, weight in known), Fraction(0))
    return sum((score * weight for score, weight in known), Fraction(0)) / total if total else None
