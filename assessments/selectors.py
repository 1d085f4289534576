"""Reads of assessments: scores, what is unanswered, which version and which baseline count."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Max, QuerySet

from assessments import scoring
from assessments.models import AgreedAnswer, AnswerKind, Assessment, AssessmentState, Domain, InstrumentVersion, Item
from programs.models import Enrollment, Milestone, MilestoneKind


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
    def is_settled(self) -> bool:
        """Every item has a level, "not applicable" or "no data"."""
        return self.settled == self.completeness.total


@dataclass(frozen=True)
class AssessmentScores:
    domains: tuple[DomainResult, ...]
    overall: Fraction | None
    completeness: scoring.Completeness
    display_max: int

    @property
    def shown(self) -> str:
        return scoring.shown(self.overall, self.display_max)

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


def newest_version(code: str) -> InstrumentVersion | None:
    """The edition that a round started now would use."""
    return InstrumentVersion.objects.filter(instrument__code=code).order_by("number").last()


def rounds_of(milestone: Milestone) -> QuerySet[Milestone]:
    """The cohort's assessment milestones with the same instrument, in order: baseline, then reassessments."""
    return Milestone.objects.filter(
        cohort=milestone.cohort_id, kind=MilestoneKind.ASSESSMENT, instrument=milestone.instrument
    ).order_by("ends_on", "ends_time", "id")


def missing_baseline(enrollment: Enrollment, milestone: Milestone) -> Milestone | None:
    """The baseline that has to be submitted before ``milestone`` may be started; None where nothing is in the way.

    The baseline is the first round that falls on or after the day the team joined: a team that joined late is not held
    up by a round that it never owed.
    """
    rounds = list(rounds_of(milestone))
    owed = [one for one in rounds if enrollment.joined_on is None or one.ends_on >= enrollment.joined_on]
    if not owed or rounds.index(milestone) <= rounds.index(owed[0]):
        return None
    is_submitted = Assessment.objects.filter(
        enrollment=enrollment, milestone=owed[0], state=AssessmentState.SUBMITTED
    ).exists()
    return None if is_submitted else owed[0]


def unanswered(assessment: Assessment) -> QuerySet[Item]:
    """The items of the version that nobody has settled yet, in the order of the pages, with their domain."""
    return (
        Item.objects.filter(domain__version=assessment.version_id)
        .exclude(pk__in=AgreedAnswer.objects.filter(assessment=assessment).values("item"))
        .select_related("domain")
        .order_by("domain__position", "position")
    )


def answers_of(assessment: Assessment, domain: Domain) -> dict[int, AgreedAnswer]:
    """The agreed answers of one domain by item, with level and the person who saved."""
    answers = assessment.answers.filter(item__domain=domain).select_related("level", "saved_by")
    return {answer.item_id: answer for answer in answers}


def scores(assessment: Assessment) -> AssessmentScores:
    """The scores of one assessment, whatever its state: three queries."""
    return scores_of([assessment])[assessment.pk]


def scores_of(assessments: Iterable[Assessment]) -> dict[int, AssessmentScores]:
    """Scores by assessment id, for any number of assessments with ``version`` at hand: three queries in all."""
    assessments = list(assessments)
    domains, items = _structure({assessment.version_id for assessment in assessments})
    answers: dict[int, dict[int, AgreedAnswer]] = defaultdict(dict)
    for answer in AgreedAnswer.objects.filter(assessment__in=assessments).select_related("level"):
        answers[answer.assessment_id][answer.item_id] = answer
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
    version: InstrumentVersion, domains: list[Domain], items: dict[int, list[Item]], answers: dict[int, AgreedAnswer]
) -> AssessmentScores:
    results = []
    for domain in domains:
        own = items[domain.pk]
        result = scoring.domain_score(
            [_mark(item, answers.get(item.pk)) for item in own],
            rule=version.rule,
            minimum_answered_percent=version.minimum_answered_percent,
            weight=Fraction(domain.weight),
        )
        settled = sum(item.pk in answers for item in own)
        results.append(DomainResult(domain, result, settled, version.display_max))
    overall = scoring.overall_score([one.result for one in results])
    return AssessmentScores(tuple(results), overall.score, overall.completeness, version.display_max)


def _mark(item: Item, answer: AgreedAnswer | None) -> scoring.ItemMark:
    weight = Fraction(item.weight)
    if answer is not None and answer.kind == AnswerKind.NOT_APPLICABLE:
        return scoring.ItemMark(None, weight, is_applicable=False)
    if answer is None or answer.level is None:
        return scoring.ItemMark(None, weight)
    return scoring.ItemMark(scoring.item_score(answer.level.position, item.highest), weight)
