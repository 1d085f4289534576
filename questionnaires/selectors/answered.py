"""Reading a response: its sections with answers, and what is missing."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from documents.models import ScanState, StoredFile
from questionnaires import rules
from questionnaires.models import Answer, AnswerRevision, Condition, Question, Required, Response, Section
from questionnaires.selectors.editions import conditions_of, in_order, needs_of
from questionnaires.selectors.words import in_words, limits_of


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
    def gap(self) -> str:
        """What is to be done here before submission, as “answer “Aim”” or “take out 3 words in “Aim””; empty: nothing."""
        if not self.is_asked:
            return ""
        is_refused = self.file is not None and self.file.scan_state == ScanState.REFUSED
        value = None if is_refused else self.value  # what the scanner refused is no answer
        is_required = self.question.required != Required.NEVER
        return rules.gap(limits_of(self.question), value, self.question.text, is_required=is_required)

    @property
    def is_missing(self) -> bool:
        """Whether it stands between the response and its submission: empty, too long, or with empty cells."""
        return bool(self.gap)


@dataclass(frozen=True)
class AnsweredSection:
    section: Section
    questions: list[AnsweredQuestion]

    @property
    def asked(self) -> list[AnsweredQuestion]:
        return [item for item in self.questions if item.is_asked]

    @property
    def status(self) -> SectionStatus:
        """Completed: nothing is left to do and something was answered (or nothing is asked)."""
        answered = [item for item in self.asked if item.value is not None]
        if not answered and self.asked:
            return SectionStatus.NOT_STARTED
        return SectionStatus.IN_PROGRESS if any(item.is_missing for item in self.asked) else SectionStatus.COMPLETED


def sections_with_answers(response: Response) -> list[AnsweredSection]:
    """The whole form in its order with the present answers; four queries, whatever its size."""
    sections = list(response.form.sections.order_by("position").prefetch_related("questions"))
    answers = {answer.question_id: answer for answer in response.answers.select_related("file")}
    conditions = conditions_of(response.form)
    order = [question.pk for section in sections for question in in_order(section)]
    asked = rules.asked(order, needs_of(conditions), {key: answer.value for key, answer in answers.items()})
    return [
        AnsweredSection(
            section,
            [
                AnsweredQuestion(
                    question, answers.get(question.pk), question.pk in asked, tuple(conditions.get(question.pk, ()))
                )
                for question in in_order(section)
            ],
        )
        for section in sections
    ]


def gaps(response: Response) -> list[Question]:
    """The questions that stand between the response and its submission, in the order of the form."""
    return missing_in(sections_with_answers(response))


def missing_in(sections: list[AnsweredSection]) -> list[Question]:
    return [item.question for section in sections for item in section.questions if item.is_missing]


def files_of(response: Response) -> QuerySet[StoredFile]:
    """Every file that answers a question now or did once. Whoever may see the response may have them."""
    revisions = AnswerRevision.objects.filter(answer__response=response)
    return StoredFile.objects.filter(pk__in=revisions.values("file"))
