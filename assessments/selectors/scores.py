"""The scores of assessments: by domain, overall, and what is still open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Max
from django.utils.translation import gettext

from assessments import scoring
from assessments.models import (
    AgreedAnswer,
    AnswerKind,
    Assessment,
    Domain,
    InstrumentVersion,
    Item,
    ReviewerAnswer,
    Treatment,
)


class Said(NamedTuple):
    """What was answered to an item, as far as scores go: ``position`` of the level, None where there is none."""

    kind: str
    position: int | None


@dataclass(frozen=True)
class DomainResult:
    """A domain with its score (None: not scored) and how many of its items have an answer of any kind."""

    domain: Domain
    result: scoring.DomainScore
    settled: int
    display_max: int

    @property
    def score(self) -> Fraction | None:
        return self.result.score

    @property
    def completeness(self) -> scoring.Completeness:
        return self.result.completeness

    @property
    def shown(self) -> str:
        """The score on the version's scale, empty where there is none."""
        return scoring.shown(self.score, self.display_max)

    @property
    def open_between(self) -> tuple[str, str] | None:
        """Between which figures what is unanswered leaves the score open; None where nothing does."""
        return open_between(self.result.interval, self.display_max)

    @property
    def is_settled(self) -> bool:
        """Every item has a level, "not applicable" or "no data"."""
        return self.settled == self.completeness.total


@dataclass(frozen=True)
class AssessmentScores:
    domains: tuple[DomainResult, ...]
    overall: Fraction | None
    completeness: scoring.Completeness
    display_max: int
    interval: scoring.Interval | None = None

    @property
    def shown(self) -> str:
        return scoring.shown(self.overall, self.display_max)

    @property
    def open_between(self) -> tuple[str, str] | None:
        return open_between(self.interval, self.display_max)

    @property
    def highest(self) -> DomainResult | None:
        """The domain with the best score, the first of several; None where no domain has one."""
        return max(self._scored, key=lambda one: one.score or 0, default=None)

    @property
    def lowest(self) -> DomainResult | None:
        return min(self._scored, key=lambda one: one.score or 0, default=None)

    @property
    def _scored(self) -> list[DomainResult]:
        return [one for one in self.domains if one.score is not None]

    @property
    def settled(self) -> int:
        """Items with an answer of any kind."""
        return sum(domain.settled for domain in self.domains)


def open_between(interval: scoring.Interval | None, display_max: int) -> tuple[str, str] | None:
    """Both ends as figures; None where they are the same figure."""
    if interval is None:
        return None
    low, high = scoring.shown(interval.low, display_max), scoring.shown(interval.high, display_max)
    return None if low == high else (low, high)


@dataclass(frozen=True)
class Figure:
    """One score as everybody shows it: page, PDF, export and API take their words from here, so that none can differ.

    ``code`` is that of the domain, empty for the whole; ``score`` is empty where there is none, ``low`` and ``high`` where
    nothing is open.
    """

    code: str
    title: str
    score: str
    low: str
    high: str
    answered: str
    applicable: str
    total: str


def figures(scores: AssessmentScores) -> tuple[Figure, ...]:
    """Every shown figure of a round: the domains in order, then the whole."""
    return (*(figure_of(one) for one in scores.domains), overall_figure(scores))


def figure_of(one: DomainResult) -> Figure:
    return _figure(one.domain.code, one.domain.title, one)


def overall_figure(scores: AssessmentScores) -> Figure:
    return _figure("", gettext("Overall"), scores)


def _figure(code: str, title: str, one: DomainResult | AssessmentScores) -> Figure:
    low, high = one.open_between or ("", "")
    known = one.completeness
    return Figure(code, title, one.shown, low, high, str(known.answered), str(known.applicable), str(known.total))


def scores(assessment: Assessment) -> AssessmentScores:
    """The scores of one assessment, whatever its state: three queries."""
    return scores_of([assessment])[assessment.pk]


def scores_of(assessments: Iterable[Assessment]) -> dict[int, AssessmentScores]:
    """Scores by assessment id, for any number of assessments with ``version`` at hand: three queries in all."""
    return _scores_by(AgreedAnswer, assessments)


def reviewers_scores_of(assessments: Iterable[Assessment]) -> dict[int, AssessmentScores]:
    """As ``scores_of``, by what the third party said."""
    return _scores_by(ReviewerAnswer, assessments)


def _scores_by(
    kind: type[AgreedAnswer] | type[ReviewerAnswer], assessments: Iterable[Assessment]
) -> dict[int, AssessmentScores]:
    assessments = list(assessments)
    domains, items = _structure({assessment.version_id for assessment in assessments})
    answers: dict[int, dict[int, Said]] = defaultdict(dict)
    # As plain values: of thousands of answers, making an object of each and of its level would take most of the time.
    rows = kind.objects.filter(assessment__in=assessments)
    for pk, item, said, position in rows.values_list("assessment_id", "item_id", "kind", "level__position"):
        answers[pk][item] = Said(said, position)
    return {
        assessment.pk: _scored(assessment.version, domains[assessment.version_id], items, answers[assessment.pk])
        for assessment in assessments
    }


def _structure(versions: set[int]) -> tuple[dict[int, list[Domain]], dict[int, list[Item]]]:
    domains: dict[int, list[Domain]] = defaultdict(list)
    items: dict[int, list[Item]] = defaultdict(list)
    for domain in Domain.objects.filter(version__in=versions):
        domains[domain.version_id].append(domain)
    for item in Item.objects.filter(domain__version__in=versions).annotate(highest=Max("levels__position")):
        items[item.domain_id].append(item)
    return domains, items


def _scored(
    version: InstrumentVersion,
    domains: list[Domain],
    items: dict[int, list[Item]],
    answers: Mapping[int, Said],
) -> AssessmentScores:
    results = []
    for domain in domains:
        own = items[domain.pk]
        result = scoring.domain_score(
            [mark_of(version, item, answers.get(item.pk)) for item in own],
            rule=version.rule,
            minimum_answered_percent=minimum_of(version, domain),
            weight=Fraction(domain.weight),
        )
        settled = sum(item.pk in answers for item in own)
        results.append(DomainResult(domain, result, settled, version.display_max))
    overall = scoring.overall_score([one.result for one in results])
    return AssessmentScores(tuple(results), overall.score, overall.completeness, version.display_max, overall.interval)


def minimum_of(version: InstrumentVersion, domain: Domain) -> int:
    """In percent: the domain's own, or the version's."""
    own = domain.minimum_answered_percent
    return version.minimum_answered_percent if own is None else own


def said(answer: AgreedAnswer | None) -> Said | None:
    return answer and Said(answer.kind, answer.level.position if answer.level else None)


def mark_of(version: InstrumentVersion, item: Item, answer: Said | None) -> scoring.ItemMark:
    """What an answer brings; ``item.highest`` is the highest position of its levels."""
    weight = Fraction(item.weight)
    if answer is not None and answer.position is not None:
        score = scoring.item_score(answer.position, item.highest)
        return scoring.ItemMark(score, weight, is_gate=item.is_gate)
    as_said = {AnswerKind.NOT_APPLICABLE: version.not_applicable_as, AnswerKind.NO_DATA: version.no_data_as}
    treatment = as_said[answer.kind] if answer is not None else Treatment.UNANSWERED
    return scoring.treated(treatment, weight, is_gate=item.is_gate)
