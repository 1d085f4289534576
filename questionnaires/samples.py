"""Made-up answers that a form accepts, plainly synthetic: at random for the simulation, at its edges for a rehearsal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from math import ceil, floor
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from documents.services import Checked, check
from questionnaires import rules
from questionnaires.models import Condition, FormVersion, Question, QuestionKind, Required
from questionnaires.selectors import conditions_of

SENTENCE = "This is a synthetic answer, written by the simulation."
WORD = "words"  # about as long as an English word
LARGEST = 9_999_999_999
SOME_ROWS = 3
Values = dict[int, object]


@dataclass(frozen=True)
class Filling:
    """One way through a form. ``values``: question pk -> answer, of what is asked on this way and is answered.

    ``asked``: the keys of the questions that come up. ``wanted``: the question that this way is about; None: the whole form.
    """

    words: str
    values: Values
    asked: frozenset[int] = frozenset()
    wanted: Question | None = None

    @property
    def is_blind(self) -> bool:
        """The question that this way leads to does not come up on it, so nobody is ever asked."""
        return self.wanted is not None and self.wanted.pk not in self.asked


# --- One question -----------------------------------------------------------------------------------------------------


def made_up(question: Question, rng: Random) -> object:
    """A valid answer at random; None for a file that nobody has to give."""
    codes = [choice["code"] for choice in question.choices]
    match question.kind:
        case QuestionKind.NUMBER:
            low, high = _bounds(question)
            return rng.randint(low, high)
        case QuestionKind.CHOICE:
            return rng.choice(codes)
        case QuestionKind.CHOICES:
            return sorted(rng.sample(codes, rng.randint(1, len(codes))), key=codes.index)
        case QuestionKind.DATE:
            return (clock.now() - timedelta(days=rng.randint(1, 300))).date()
        case QuestionKind.STATEMENT:
            return True
        case QuestionKind.FILE:
            return None if question.required == Required.NEVER else _file()
        case QuestionKind.TABLE:
            least = question.min_rows or 1
            return _rows(question, rng.randint(least, max(least, min(question.max_rows or SOME_ROWS, SOME_ROWS))))
    return " ".join(SENTENCE.split()[: question.max_words])


def _bounds(question: Question) -> tuple[int, int]:
    """Whole numbers between which any is an answer; the open side is a hundred away."""
    low, high = question.minimum, question.maximum
    if low is None:
        low = Decimal(0) if high is None or high >= 0 else high - 100
    return ceil(low), floor(high) if high is not None else ceil(low) + 100


def least(question: Question) -> object:
    """The least that answers the question."""
    match question.kind:
        case QuestionKind.NUMBER:
            return _bounds(question)[0] if question.minimum is None else rules.plain(question.minimum)
        case QuestionKind.CHOICE:
            return question.choices[0]["code"] if question.choices else None
        case QuestionKind.CHOICES:
            return [choice["code"] for choice in question.choices[:1]]
        case QuestionKind.DATE:
            return "1900-01-01"
        case QuestionKind.STATEMENT:
            return True
        case QuestionKind.FILE:
            return _file()
        case QuestionKind.TABLE:
            return _rows(question, question.min_rows or 1)
    return "Synthetic"


def most(question: Question) -> object:
    """The most that the question allows: as many words, rows and choices, the highest number."""
    match question.kind:
        case QuestionKind.NUMBER:
            return LARGEST if question.maximum is None else rules.plain(question.maximum)
        case QuestionKind.CHOICE:
            return question.choices[-1]["code"] if question.choices else None
        case QuestionKind.CHOICES:
            return [choice["code"] for choice in question.choices]
        case QuestionKind.DATE:
            return "2099-12-31"
        case QuestionKind.TABLE:
            return _rows(question, question.max_rows or max(question.min_rows or 1, SOME_ROWS), has_all=True)
        case QuestionKind.SHORT_TEXT | QuestionKind.LONG_TEXT:
            room = (rules.MAX_CHARACTERS[question.kind] + 1) // (len(WORD) + 1)
            return " ".join([WORD] * (question.max_words or room))
    return least(question)


def _file() -> Checked:
    return check(SimpleUploadedFile("synthetic.txt", SENTENCE.encode()))


def _rows(question: Question, count: int, *, has_all: bool = False) -> list[dict[str, object]]:
    wanted = [column for column in question.columns if has_all or column.get("required", True)] or question.columns[:1]
    return [{column["code"]: _cell(column, number) for column in wanted} for number in range(1, count + 1)]


def _cell(column: dict, number: int) -> object:
    match column.get("kind"):
        case "number":
            return number
        case "choice":
            return next((choice["code"] for choice in column.get("choices", [])), "")
        case "email":
            return f"person{number}@synthetic.example"
    return f"Synthetic {number}"


# --- A whole form -----------------------------------------------------------------------------------------------------


def made_up_answers(form: FormVersion, rng: Random) -> Values:
    """Question pk -> a valid value at random, for every question of the form."""
    return {question.pk: made_up(question, rng) for question in _questions(form)}


def fillings(form: FormVersion) -> Iterator[Filling]:
    """The ways through a form that show whether it can be filled in, the two edges first.

    Everything at its limits; the least; then, for each question that others hang on, each of its answers in turn; last, the
    way to each question that has not come up yet.
    """
    way = _Way(_questions(form), conditions_of(form))
    seen: set[int] = set()
    for filling in way.main():
        seen |= filling.asked
        yield filling
    for question in way.questions:
        if question.pk not in seen:
            words = f"On the way to “{question.text}”"
            yield way.filling(words, least, way.leading_to(question), wanted=question)


def _questions(form: FormVersion) -> list[Question]:
    return list(Question.objects.filter(section__form=form).order_by("section__position", "position"))


def _answers_to(source: Question) -> list[object]:
    """Each answer on which another question may hang, and no answer where none is needed."""
    empty = [None] if source.required == Required.NEVER else []
    if source.kind == QuestionKind.STATEMENT:
        return [True, *empty]
    codes = [choice["code"] for choice in source.choices]
    return [*([[code] for code in codes] if source.kind == QuestionKind.CHOICES else codes), *empty]


def _label(source: Question, value: object) -> str:
    code = value[0] if isinstance(value, list) else value
    labels = {choice["code"]: choice["label"] for choice in source.choices}
    return labels.get(code, "yes")


@dataclass(frozen=True)
class _Way:
    """A form's questions in their order, and what each hangs on."""

    questions: list[Question]
    conditions: dict[int, list[Condition]]

    def sources(self) -> list[Question]:
        keys = {one.depends_on_id for rows in self.conditions.values() for one in rows}
        return [question for question in self.questions if question.pk in keys]

    def main(self) -> Iterator[Filling]:
        yield self.filling("Everything that can be asked, at its limits", most, self.leading(), has_all=True)
        yield self.filling("The least that is allowed", least, {})
        for source in self.sources():
            for value in _answers_to(source):
                forced = self.leading_to(source) | {source.pk: value}
                said = "is left empty" if value is None else f"is answered with “{_label(source, value)}”"
                yield self.filling(f"“{source.text}” {said}", least, forced, wanted=source)

    def leading(self) -> Values:
        """Answers on which as many questions as possible come up; of two that exclude each other, the earlier one."""
        forced: Values = {}
        for question in self.questions:
            for condition in self.conditions.get(question.pk, []):
                forced.setdefault(condition.depends_on_id, _meeting(condition))
        return forced

    def leading_to(self, question: Question) -> Values:
        """The answers that make ``question`` come up: those to what it hangs on, and to what that hangs on."""
        forced: Values = {}
        for condition in self.conditions.get(question.pk, []):
            forced |= self.leading_to(condition.depends_on) | {condition.depends_on_id: _meeting(condition)}
        return forced

    def filling(
        self,
        words: str,
        sample: Callable[[Question], object],
        forced: Values,
        *,
        wanted: Question | None = None,
        has_all: bool = False,
    ) -> Filling:
        values = {
            question.pk: forced[question.pk] if question.pk in forced else sample(question)
            for question in self.questions
            if question.pk in forced or has_all or question.required != Required.NEVER
        }
        needs = {
            key: [rules.Need(one.depends_on_id, tuple(one.values)) for one in rows]
            for key, rows in self.conditions.items()
        }
        asked = rules.asked([question.pk for question in self.questions], needs, values)
        given = {key: value for key, value in values.items() if key in asked and value is not None}
        return Filling(words, given, frozenset(asked), wanted)


def _meeting(condition: Condition) -> object:
    """An answer with which the condition holds; None where no answer to that question is one."""
    possible = [True, *(choice["code"] for choice in condition.depends_on.choices)]
    value = next((value for value in condition.values if value in possible), None)
    return [value] if value is not None and condition.depends_on.kind == QuestionKind.CHOICES else value
