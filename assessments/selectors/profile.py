"""One team's rounds beside each other: the scores by domain, and what was answered to each item."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from assessments import scoring
from assessments.models import AgreedAnswer, AnswerKind, Assessment, AssessmentState, Domain, Item
from assessments.selectors.scores import AssessmentScores, DomainResult, scores_of
from assessments.selectors.shared import items_of, level_set, signed


@dataclass(frozen=True)
class DomainLine:
    """A domain of the latest round with its result in each round (None: that version did not have it)."""

    domain: Domain
    results: tuple[DomainResult | None, ...]
    moved: Fraction | None
    display_max: int

    @property
    def latest(self) -> DomainResult:
        return self.results[-1]

    @property
    def moved_shown(self) -> str:
        """From the first to the latest round, with its sign; empty where one has no score or asked otherwise."""
        return signed(self.moved, self.display_max)


@dataclass(frozen=True)
class Cell:
    """What one round says of one item. ``step`` from 0 to 4 is how far up its level lies, None where it has no level."""

    words: str
    number: str = ""
    step: int | None = None


@dataclass(frozen=True)
class ItemLine:
    item: Item
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Profile:
    """``rounds``: the submitted ones of the instrument up to this one, the baseline first; ``scores`` beside them."""

    rounds: tuple[Assessment, ...]
    scores: tuple[AssessmentScores, ...]
    domains: tuple[DomainLine, ...]
    items: tuple[ItemLine, ...]

    @property
    def is_one_version(self) -> bool:
        return len({one.version_id for one in self.rounds}) == 1

    @property
    def most_moved(self) -> tuple[DomainLine, ...]:
        """The domains that moved, the farthest first."""
        moved = [line for line in self.domains if line.moved]
        return tuple(sorted(moved, key=lambda line: -abs(line.moved or 0)))


def submitted_rounds(assessment: Assessment) -> list[Assessment]:
    """The team's submitted rounds of the same instrument up to this one, which is the last. One query."""
    rows = Assessment.objects.filter(
        enrollment=assessment.enrollment_id,
        state=AssessmentState.SUBMITTED,
        version__instrument=assessment.version.instrument_id,
    ).select_related("version__instrument", "milestone")
    ordered = sorted(rows, key=lambda one: (one.milestone.ends_at, one.pk))
    places = [number for number, one in enumerate(ordered) if one.pk == assessment.pk]
    return ordered[: places[0] + 1] if places else []


def rounds_alike(assessment: Assessment) -> list[Assessment]:
    """This round, whatever its state, after the earlier submitted ones that were asked with the same version. One query."""
    return [*(one for one in submitted_rounds(assessment)[:-1] if one.version_id == assessment.version_id), assessment]


def profile(assessment: Assessment) -> Profile | None:
    """The picture of a submitted round and of those before it; None while it is open. Grows with versions, not with rounds."""
    rounds = submitted_rounds(assessment)
    if not rounds:
        return None
    found = scores_of(rounds)
    scores = tuple(found[one.pk] for one in rounds)
    is_comparable = rounds[0].version_id == rounds[-1].version_id
    domains = tuple(_domain_line(one, scores, is_comparable=is_comparable) for one in scores[-1].domains)
    return Profile(tuple(rounds), scores, domains, tuple(_item_lines(rounds)))


def _domain_line(latest: DomainResult, scores: Sequence[AssessmentScores], *, is_comparable: bool) -> DomainLine:
    by_round = [{one.domain.code: one for one in each.domains} for each in scores]
    results = tuple(each.get(latest.domain.code) for each in by_round)
    first, moved = results[0], None
    if is_comparable and len(scores) > 1 and first and first.score is not None and latest.score is not None:
        moved = latest.score - first.score
    return DomainLine(latest.domain, results, moved, latest.display_max)


def _item_lines(rounds: Sequence[Assessment]) -> list[ItemLine]:
    versions = {one.version_id: one.version for one in rounds}
    items = {pk: {item.code: item for item in items_of(version)} for pk, version in versions.items()}
    answers: dict[int, dict[int, AgreedAnswer]] = defaultdict(dict)
    for answer in AgreedAnswer.objects.filter(assessment__in=rounds).select_related("level"):
        answers[answer.assessment_id][answer.item_id] = answer
    return [
        ItemLine(item, tuple(_cell(item, items[one.version_id], answers[one.pk]) for one in rounds))
        for item in items[rounds[-1].version_id].values()
    ]


def _cell(item: Item, asked: Mapping[str, Item], answers: Mapping[int, AgreedAnswer]) -> Cell:
    then = asked.get(item.code)
    if then is None:
        return Cell(_("Not asked"))
    if then is not item and level_set(then) != level_set(item):
        return Cell(_("Asked with other levels"))
    return cell_of(then, answers.get(then.pk))


def cell_of(item: Item, answer: AgreedAnswer | None) -> Cell:
    """An answer as number and words. Example: the third of four levels is "3 of 4" with its title, and step 3."""
    if answer is None:
        return Cell(_("Not answered"))
    if answer.level is None:
        return Cell(str(AnswerKind(answer.kind).label))
    height = scoring.item_score(answer.level.position, item.highest)
    number = _("Level %(number)s of %(levels)s") % {"number": answer.level.position + 1, "levels": item.highest + 1}
    return Cell(str(answer.level), number, round(height * 4))
