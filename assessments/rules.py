"""Every scoring rule and treatment with a worked example, which the functions of ``scoring`` compute (pure: no Django).

The page for staff and the table in ``docs/assessments.md`` both come from here, so neither can say what the code does not.
Tags: [V] a public source says so, [D] a default of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments import scoring
from assessments.scoring import DomainScore, Interval, ItemMark

HIGHEST = 3  # the items of the examples have levels 0 to 3
SHOWN_OF = 100


@dataclass(frozen=True)
class Answer:
    """One answer of an example: in words, and what it brings."""

    words: str
    mark: ItemMark


@dataclass(frozen=True)
class Example:
    """A rule or treatment with an example. ``reckoned``: the arithmetic in words."""

    code: str
    title: str
    means: str
    source: str
    answers: tuple[Answer, ...]
    reckoned: str
    rule: str

    @property
    def result(self) -> DomainScore:
        return scoring.domain_score([one.mark for one in self.answers], rule=self.rule, minimum_answered_percent=50)

    @property
    def score(self) -> Fraction | None:
        return self.result.score

    @property
    def shown(self) -> str:
        """“83 (5/6)”, or that there is no score yet."""
        return told(self.score)

    @property
    def open_between(self) -> str:
        """“from 33 to 67”; empty where nothing is open."""
        return spread(self.result.interval)


def told(score: Fraction | None) -> str:
    return "no score yet" if score is None else f"{scoring.shown(score, SHOWN_OF)} ({score})"


def spread(interval: Interval | None) -> str:
    if interval is None or interval.low == interval.high:
        return ""
    return f"from {scoring.shown(interval.low, SHOWN_OF)} to {scoring.shown(interval.high, SHOWN_OF)}"


def _level(position: int, *, weight: int = 1, is_gate: bool = False) -> Answer:
    words = f"level {position} of {HIGHEST}" + (", a gate" if is_gate else "")
    words += f", weight {weight}" if weight != 1 else ""
    return Answer(words, ItemMark(scoring.item_score(position, HIGHEST), Fraction(weight), is_gate=is_gate))


def _treated(words: str, treatment: str) -> Answer:
    return Answer(words, scoring.treated(treatment))


NO_DATA = _treated("no data", "unanswered")
NOT_APPLICABLE = _treated("not applicable", "left_out")

RULES: tuple[Example, ...] = (
    Example(
        "mean",
        "Mean of the items",
        "Every applicable item with a level counts the same.",
        "[D] The plainest summary of ordered levels",
        (_level(1), _level(2), NO_DATA),
        "(1/3 + 2/3) / 2",
        "mean",
    ),
    Example(
        "weighted_mean",
        "Weighted mean of the items",
        "Items count by their weights; only the ratio of the weights matters.",
        "[D] As the mean, where some items matter more",
        (_level(3, weight=3), _level(1)),
        "(3 · 1 + 1 · 1/3) / (3 + 1)",
        "weighted_mean",
    ),
    Example(
        "all_or_nothing",
        "All or nothing",
        "The domain has everything if every applicable item is at its highest level, and nothing as soon as one is not.",
        "[V] CMS, Hospital Commitment to Health Equity: a domain gives its point only if all of it is attested",
        (_level(3), _level(3), _level(2)),
        "one item is below the top",
        "all_or_nothing",
    ),
    Example(
        "gated",
        "Gated levels, no partial credit",
        "The items are the steps of one ladder; a step counts only if every step below it is met.",
        "[V] AHA, Health Equity Roadmap: a position counts once every lower one is met",
        (_level(3), _level(3), _level(2), _level(3)),
        "two steps of four, as the third is not met",
        "gated",
    ),
    Example(
        "gate_and_points",
        "Gate criteria, then points",
        "Unless every gate is at its highest level the domain has nothing; then the other items count by their weights.",
        "[V] Healthcare Equality Index: criteria that have to be met before points count",
        (_level(3, is_gate=True), _level(3, weight=3), _level(0)),
        "the gate is met: (3 · 1 + 1 · 0) / (3 + 1)",
        "gate_and_points",
    ),
)

TREATMENTS: tuple[Example, ...] = (
    Example(
        "left_out",
        "Leaves the denominator",
        "The domain is scored as if the item were not asked.",
        "[D] The usual meaning of “not applicable”",
        (_level(3), _level(1), NOT_APPLICABLE),
        "(1 + 1/3) / 2; nothing is open",
        "mean",
    ),
    Example(
        "unanswered",
        "Counts as unanswered",
        "The item applies and has no level yet: it weighs on the minimum answered, and what it could still change is shown.",
        "[D] A site that cannot supply a figure has not said that it does nothing",
        (_level(3), _level(1), NO_DATA),
        "(1 + 1/3) / 2; open between the lowest and the highest level of the third item",
        "mean",
    ),
    Example(
        "lowest",
        "Counts as the lowest level",
        "The item counts as if its lowest level had been chosen.",
        "[D] For programs that take what is not shown as not done",
        (_level(3), _level(1), _treated("no data", "lowest")),
        "(1 + 1/3 + 0) / 3",
        "mean",
    ),
)


@dataclass(frozen=True)
class WholeExample:
    """An example of what stands around the rules: the minimum, the overall score."""

    title: str
    means: str
    given: str
    shown: str
    source: str = "[D]"


def _too_few() -> str:
    marks = [_level(2).mark, NO_DATA.mark, NO_DATA.mark]
    return told(scoring.domain_score(marks, rule="mean", minimum_answered_percent=50).score)


def _overall(scores: Sequence[tuple[Fraction | None, int]]) -> str:
    known = scoring.Completeness(1, 1, 1)
    parts = [DomainScore(score, known, Fraction(weight)) for score, weight in scores]
    return told(scoring.overall_score(parts).score)


WHOLE: tuple[WholeExample, ...] = (
    WholeExample(
        "Minimum answered",
        "Share of a domain's applicable items that need a level before the domain gets a score.",
        "minimum 50 percent; level 2 of 3, no data, no data: one of three has a level",
        _too_few(),
    ),
    WholeExample(
        "Overall score",
        "The mean of the domain scores by their weights.",
        "domain scores 1/2 (weight 1) and 1 (weight 3): (1 · 1/2 + 3 · 1) / (1 + 3)",
        _overall([(Fraction(1, 2), 1), (Fraction(1), 3)]),
    ),
    WholeExample(
        "A domain without a score",
        "While a domain that applies has no score, neither has the whole: a mean without it would flatter.",
        "domain scores 1/2 and none",
        _overall([(Fraction(1, 2), 1), (None, 1)]),
    ),
)


def table() -> list[str]:
    """The lines of the table in ``docs/assessments.md``."""
    lines = ["| rule or treatment | example | score, of 100 | still open | source |", "|---|---|---|---|---|"]
    for one in (*RULES, *TREATMENTS):
        given = "; ".join(answer.words for answer in one.answers)
        lines.append(
            f"| `{one.code}` | {given}: {one.reckoned} | {one.shown} | {one.open_between or '–'} | {one.source} |"
        )
    lines += [f"| {one.title} | {one.given} | {one.shown} | – | {one.source} |" for one in WHOLE]
    return lines
