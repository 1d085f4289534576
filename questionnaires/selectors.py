"""Reading a response: its sections with answers, what is missing, and how a value is put into words."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet

from core import wording
from documents.models import ScanState, StoredFile
from questionnaires import rules
from questionnaires.definition import FormDefinition
from questionnaires.models import (
    Answer,
    AnswerRevision,
    Condition,
    FormVersion,
    Question,
    QuestionKind,
    Required,
    Response,
    Section,
)


class SectionStatus(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question with its present answer. ``is_asked``: its conditions hold; where not, the answer does not count."""

    question: Question
    answer: Answer | None
    is_asked: bool
    conditions: tuple[Condition, ...] = ()

    @property
    def value(self) -> rules.Json:
        return self.answer.value if self.answer else None

    @property
    def version(self) -> int:
        """The version of the answer; 0 where there is none yet."""
        return self.answer.version if self.answer else 0

    @property
    def words(self) -> str:
        return in_words(self.question, self.value)

    @property
    def file(self) -> StoredFile | None:
        return self.answer.file if self.answer else None

    @property
    def is_missing(self) -> bool:
        """What the scanner refused is no answer."""
        is_empty = self.value is None or (self.file is not None and self.file.scan_state == ScanState.REFUSED)
        return self.is_asked and self.question.required == Required.SUBMISSION and is_empty


@dataclass(frozen=True)
class AnsweredSection:
    section: Section
    questions: list[AnsweredQuestion]

    @property
    def asked(self) -> list[AnsweredQuestion]:
        return [item for item in self.questions if item.is_asked]

    @property
    def status(self) -> SectionStatus:
        """Completed: nothing required is missing and something was answered (or nothing is asked)."""
        answered = [item for item in self.asked if item.value is not None]
        if not answered and self.asked:
            return SectionStatus.NOT_STARTED
        return SectionStatus.IN_PROGRESS if any(item.is_missing for item in self.asked) else SectionStatus.COMPLETED


def sections_with_answers(response: Response) -> list[AnsweredSection]:
    """The whole form in its order with the present answers; four queries, whatever its size."""
    sections = list(response.form.sections.order_by("position").prefetch_related("questions"))
    answers = {answer.question_id: answer for answer in response.answers.select_related("saved_by", "file")}
    conditions = conditions_of(response.form)
    order = [question.pk for section in sections for question in _in_order(section)]
    asked = rules.asked(order, _needs(conditions), {key: answer.value for key, answer in answers.items()})
    return [
        AnsweredSection(
            section,
            [
                AnsweredQuestion(
                    question, answers.get(question.pk), question.pk in asked, tuple(conditions.get(question.pk, ()))
                )
                for question in _in_order(section)
            ],
        )
        for section in sections
    ]


def _in_order(section: Section) -> list[Question]:
    return sorted(section.questions.all(), key=lambda question: question.position)


def conditions_of(form: FormVersion) -> dict[int, list[Condition]]:
    """The conditions of a form, by the question that they decide about."""
    conditions: dict[int, list[Condition]] = defaultdict(list)
    for condition in Condition.objects.filter(question__section__form=form).select_related("depends_on"):
        conditions[condition.question_id].append(condition)
    return conditions


def _needs(conditions: dict[int, list[Condition]]) -> dict[int, list[rules.Need]]:
    return {
        key: [rules.Need(condition.depends_on_id, tuple(condition.values)) for condition in rows]
        for key, rows in conditions.items()
    }


def gaps(response: Response) -> list[Question]:
    """The questions that must be answered before submission and are not, in the order of the form."""
    return missing_in(sections_with_answers(response))


def missing_in(sections: list[AnsweredSection]) -> list[Question]:
    return [item.question for section in sections for item in section.questions if item.is_missing]


def files_of(response: Response) -> QuerySet[StoredFile]:
    """Every file that answers a question now or did once. Whoever may see the response may have them."""
    revisions = AnswerRevision.objects.filter(answer__response=response)
    return StoredFile.objects.filter(pk__in=revisions.values("file"))


def limits_of(question: Question) -> rules.Limits:
    return rules.Limits(
        kind=question.kind,
        max_words=question.max_words,
        minimum=question.minimum,
        maximum=question.maximum,
        unit=question.unit,
        choices=tuple(choice["code"] for choice in question.choices),
    )


def in_words(question: Question, value: rules.Json) -> str:
    """A value as a person reads it: “May 1, 2024”, “12 percent”, the labels of choices; empty where there is none."""
    if value is None:
        return ""
    labels = {choice["code"]: choice["label"] for choice in question.choices}
    match question.kind:
        case QuestionKind.CHOICE:
            return labels.get(value, str(value))
        case QuestionKind.CHOICES:
            return ", ".join(labels.get(code, code) for code in value)
        case QuestionKind.DATE:
            return wording.day(date.fromisoformat(value))
        case QuestionKind.STATEMENT:
            return "Accepted"
        case QuestionKind.NUMBER:
            return f"{value:,} {question.unit}".strip()
        case QuestionKind.FILE:
            return f"{value['name']} ({wording.file_size(value['size'])})"
        case _:
            return value


def definition_of(form: FormVersion) -> FormDefinition:
    """The form as its definition, for export and for comparing it with a file."""
    conditions = {key: rows[0] for key, rows in conditions_of(form).items()}  # a file gives a question at most one
    sections = form.sections.order_by("position").prefetch_related("questions")
    return FormDefinition(
        sections=[
            {
                "code": section.code,
                "title": section.title,
                "introduction": section.introduction,
                "questions": [_question(question, conditions.get(question.pk)) for question in _in_order(section)],
            }
            for section in sections
        ]
    )


def _question(question: Question, condition: Condition | None) -> dict[str, object]:
    return {
        "code": question.code,
        "kind": question.kind,
        "text": question.text,
        "help": question.help_text,
        "required": question.required,
        "max_words": question.max_words,
        "minimum": _bound(question.minimum),
        "maximum": _bound(question.maximum),
        "unit": question.unit,
        "choices": question.choices,
        "shown_to_reviewers": question.shown_to_reviewers,
        "ask_if": condition and {"question": condition.depends_on.code, "values": condition.values},
    }


def _bound(value: Decimal | None) -> int | float | None:
    return None if value is None else rules.plain(value)
