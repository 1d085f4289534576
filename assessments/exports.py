"""The assessments of a cohort as tables: one row an assessment, or one row an answer, and a codebook.

Scores are the figures that the pages show, and beside them the exact fraction as numerator and denominator: “1/2” in one cell
would become a day in a spreadsheet. What members answered alone is not in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from fractions import Fraction

from assessments import scoring, selectors
from assessments.models import AgreedAnswer, Assessment, InstrumentVersion, Priority, ReviewerAnswer
from assessments.selectors.codebook import Asked, asked_in, choices_of, key_of
from core.exports import Cell, Column, Sheet, csv_file, workbook
from programs.models import Cohort, Milestone

# So many assessments are held in memory at a time.
AT_ONCE = 200
HEAD = {
    "assessment": "Number of the assessment in addresses",
    "cohort": "Code of the cohort",
    "round": "Code of the round's milestone",
    "round_title": "Title of the round",
    "practice": "Name of the practice",
    "team": "Name of the team",
    "instrument": "Code of the instrument",
    "version": "Number of the instrument's version",
    "illustrative": "Whether the instrument is an illustration",
}
STANDING = {
    "state": "How the assessment stands; figures of one in progress may still change",
    "started_utc": "When it was started, in UTC",
    "submitted_utc": "When it was submitted, in UTC",
    "reviewed_utc": "When the third party had scored it, in UTC",
    "items": "Items of the version",
    "items_applicable": "Items that apply",
    "items_with_level": "Items that apply and have a level",
}
ANSWER = {
    "by": "Who answered: the team together, or the third party",
    "domain": "Code of the domain",
    "item": "Code of the item",
    "item_text": "The item",
    "answer": "Code of the level, not_applicable or no_data",
    "position": "Place of the level, 0 is the lowest",
    "highest": "Place of the item's highest level",
    "evidence": "What the team or the third party wrote about it",
    "priority": "How much the team wants to work on it",
    "saved_utc": "When the answer was saved last, in UTC",
}


@dataclass(frozen=True)
class Shape:
    """What the tables are made from: a cohort, one of its rounds or all of them, and what their versions ask."""

    cohort: Cohort
    milestone: Milestone | None
    keys: list[int]
    asked: Asked

    @property
    def wide(self) -> list[Column]:
        """The assessment, its scores overall and by domain, then its items."""
        return [
            *_plain(HEAD | STANDING),
            *_score_columns("overall", "Overall score", "scores"),
            *_score_columns("reviewer_overall", "Overall score of the third party", "scores"),
            *(
                column
                for key, domain in self.asked.domains.items()
                for column in _score_columns(f"domain.{key}", domain.title, "scores")
            ),
            *(
                Column(f"item.{key}", item.text, "level", choices_of(item), item.domain.title)
                for key, item in self.asked.items.items()
            ),
        ]

    @property
    def long(self) -> list[Column]:
        return _plain(HEAD | ANSWER)


def _plain(columns: dict[str, str]) -> list[Column]:
    return [Column(code, label, source="assessment") for code, label in columns.items()]


def _score_columns(stem: str, label: str, source: str) -> list[Column]:
    return [
        Column(stem, f"{label}, as the page shows it; empty: no score", "number", source=source),
        Column(f"{stem}.max", f"{label}: the figure for best practice", "number", source=source),
        Column(f"{stem}.numerator", f"{label}, exact from 0 to 1: numerator", "number", source=source),
        Column(f"{stem}.denominator", f"{label}, exact from 0 to 1: denominator", "number", source=source),
    ]


def shape_of(cohort: Cohort, milestone: Milestone | None = None) -> Shape:
    """All rounds of the cohort, or one."""
    rows = Assessment.objects.filter(enrollment__cohort=cohort)
    rows = rows.filter(milestone=milestone) if milestone else rows
    order = ("milestone__ends_on", "milestone_id", "enrollment__team__name", "pk")
    keys = list(rows.order_by(*order).values_list("pk", flat=True))
    versions = InstrumentVersion.objects.filter(assessments__in=rows).distinct().select_related("instrument")
    return Shape(cohort, milestone, keys, asked_in(versions))


def wide_csv(shape: Shape) -> bytes:
    """One row an assessment."""
    return csv_file([column.code for column in shape.wide], wide_rows(shape))


def long_csv(shape: Shape) -> bytes:
    """One row an answer."""
    return csv_file([column.code for column in shape.long], long_rows(shape))


def excel(shape: Shape) -> bytes:
    """Both tables and the codebook, each on a sheet of its own."""
    wide, long = [column.code for column in shape.wide], [column.code for column in shape.long]
    header = ["sheet", "column", "label", "kind", "choices", "from"]
    book = [
        [sheet, one.code, one.label, one.kind, one.choices, one.source]
        for sheet, columns in (("Assessments", shape.wide), ("Answers", shape.long))
        for one in columns
    ]
    return workbook(
        [
            Sheet("Assessments", wide, wide_rows(shape), [22] * len(wide)),
            Sheet("Answers", long, long_rows(shape), [22] * len(long)),
            Sheet("Codebook", header, book, [14, 34, 60, 10, 60, 24]),
        ]
    )


def _chunks(shape: Shape) -> Iterator[list[Assessment]]:
    """The assessments in the order of ``shape``, some at a time."""
    related = ("enrollment__team__practice", "enrollment__cohort", "milestone", "version__instrument")
    for start in range(0, len(shape.keys), AT_ONCE):
        keys = shape.keys[start : start + AT_ONCE]
        found = Assessment.objects.select_related(*related).in_bulk(keys)
        yield [found[key] for key in keys if key in found]


def _head(one: Assessment) -> list[Cell | bool]:
    version = one.version
    return [
        str(one.public_id),
        one.enrollment.cohort.code,
        one.milestone.code,
        one.milestone.title,
        one.enrollment.team.practice.name,
        one.enrollment.team.name,
        version.instrument.code,
        version.number,
        version.instrument.is_illustrative,
    ]


# --- One row an assessment --------------------------------------------------------------------------------------------


def wide_rows(shape: Shape) -> Iterator[list[Cell]]:
    for rows in _chunks(shape):
        scores = selectors.scores_of(rows)
        reviewed = selectors.reviewers_scores_of([row for row in rows if row.review_done_at])
        given = _given(rows)
        for row in rows:
            yield [
                *_head(row),
                *_standing(row, scores[row.pk].completeness),
                *_score(scores[row.pk].overall, row.version),
                *_score(reviewed[row.pk].overall if row.pk in reviewed else None, row.version),
                *_domains(shape, row, scores[row.pk]),
                *(given[row.pk].get(key) for key in shape.asked.items),
            ]


def _standing(row: Assessment, known: scoring.Completeness) -> list[Cell]:
    return [
        row.get_state_display(),
        row.started_at.astimezone(UTC),
        row.submitted_at and row.submitted_at.astimezone(UTC),
        row.review_done_at and row.review_done_at.astimezone(UTC),
        known.total,
        known.applicable,
        known.answered,
    ]


def _score(score: Fraction | None, version: InstrumentVersion) -> list[Cell]:
    if score is None:
        return [None, version.display_max, None, None]
    return [
        Decimal(scoring.shown(score, version.display_max)),
        version.display_max,
        score.numerator,
        score.denominator,
    ]


def _domains(shape: Shape, row: Assessment, scores: selectors.AssessmentScores) -> Iterator[Cell]:
    found = {key_of(row.version, one.domain.code): one.score for one in scores.domains}
    for key in shape.asked.domains:
        yield from _score(found[key], row.version) if key in found else [None] * 4


def _given(rows: Iterable[Assessment]) -> dict[int, dict[str, str]]:
    """What each team agreed on, by assessment and column."""
    by_key = {row.pk: row for row in rows}
    found: dict[int, dict[str, str]] = defaultdict(dict)
    answers = AgreedAnswer.objects.filter(assessment__in=by_key).select_related("item", "level")
    for one in answers:
        key = key_of(by_key[one.assessment_id].version, one.item.code)
        found[one.assessment_id][key] = one.level.code if one.level else one.kind
    return found


# --- One row an answer ------------------------------------------------------------------------------------------------


def long_rows(shape: Shape) -> Iterator[list[Cell]]:
    """What the team agreed on, then what the third party said, in the order of the pages."""
    highest = {item.pk: max(level.position for level in item.levels.all()) for item in shape.asked.items.values()}
    for rows in _chunks(shape):
        by_key = {row.pk: row for row in rows}
        answers = [*_answers(AgreedAnswer, by_key), *_answers(ReviewerAnswer, by_key)]
        place = {key: number for number, key in enumerate(by_key)}
        answers.sort(key=lambda one: place[one.assessment_id])  # stable: the order of the pages stays
        for one in answers:
            if isinstance(one, AgreedAnswer) or by_key[one.assessment_id].review_done_at:
                yield [*_head(by_key[one.assessment_id]), *_answer(one, highest)]


def _answers(
    kind: type[AgreedAnswer] | type[ReviewerAnswer], by_key: dict[int, Assessment]
) -> Iterable[AgreedAnswer | ReviewerAnswer]:
    rows = kind.objects.filter(assessment__in=by_key).select_related("item__domain", "level")
    return rows.order_by("item__domain__position", "item__position", "pk")


def _answer(one: AgreedAnswer | ReviewerAnswer, highest: dict[int, int]) -> list[Cell]:
    is_team = isinstance(one, AgreedAnswer)
    return [
        "team" if is_team else "reviewer",
        one.item.domain.code,
        one.item.code,
        one.item.text,
        one.level.code if one.level else one.kind,
        one.level.position if one.level else None,
        highest.get(one.item_id),
        one.evidence if is_team else one.note,
        Priority(one.priority).label if is_team and one.priority else None,
        one.saved_at.astimezone(UTC),
    ]
