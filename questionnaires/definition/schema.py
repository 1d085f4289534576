"""The schema of a form as it stands in a file.

Strict: an unknown key, a wrong type or a rule that contradicts another is refused with a sentence that says what to do.
The shapes are documented in ``docs/applications.md``.
"""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.reading import Misplaced, not_blank, plain_text, refuse_repeated

CODE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
TEXTS = ("short_text", "long_text")
SELECTIONS = ("choice", "choices")
PLACES, DIGITS = 4, 10  # decimals of a bound, and digits before them, as the column keeps them
MOST_COLUMNS, MOST_ROWS, MOST_WORDS = 8, 50, 10_000

Kind = Literal["short_text", "long_text", "number", "choice", "choices", "date", "statement", "file", "table"]
ColumnKind = Literal["short_text", "number", "choice", "email"]


def _code(value: str) -> str:
    if not CODE.fullmatch(value):
        raise ValueError(
            f"“{value}” is not a code. Use lower-case letters, digits and single hyphens, such as aim-statement."
        )
    return value


def _bound(value: int | float) -> int | float:
    if round(Decimal(str(value)), PLACES) != Decimal(str(value)):
        raise ValueError(f"{value} has more than {PLACES} decimals.")
    if abs(value) >= 10**DIGITS:
        raise ValueError(f"{value} is too large. Stay below 10 billion.")
    return value


Code = Annotated[str, Field(max_length=60), AfterValidator(_code)]
Text = Annotated[str, AfterValidator(plain_text)]
Label = Annotated[str, Field(max_length=200), AfterValidator(plain_text), AfterValidator(not_blank)]
Prompt = Annotated[str, Field(max_length=500), AfterValidator(plain_text), AfterValidator(not_blank)]
Unit = Annotated[str, Field(max_length=40), AfterValidator(plain_text)]
Bound = Annotated[int | float, AfterValidator(_bound)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class ChoiceDefinition(Strict):
    code: Code
    label: Label


class ColumnDefinition(Strict):
    """One column of a table. An empty cell of a required one is told as missing where its row says anything else."""

    code: Code
    label: Label
    kind: ColumnKind = "short_text"
    required: bool = True
    choices: list[ChoiceDefinition] = []

    @model_validator(mode="after")
    def _choices_fit_kind(self) -> "ColumnDefinition":
        if self.choices and self.kind != "choice":
            raise ValueError(f"Column {self.code}: choices belong to choice, not to {self.kind}.")
        if self.kind == "choice" and len(self.choices) < 2:
            raise ValueError(f"Column {self.code}: give at least two choices.")
        refuse_repeated([choice.code for choice in self.choices], f"Column {self.code}: the choice")
        return self


class AskIf(Strict):
    """Ask only if the earlier question was answered with one of ``values`` (codes of choices; ``true`` for a statement)."""

    question: Code
    values: Annotated[list[str | bool], Field(min_length=1)]


class QuestionDefinition(Strict):
    code: Code
    kind: Kind
    text: Prompt
    help: Text = ""
    required: Literal["never", "submission", "always"] = "submission"
    max_words: Annotated[int, Field(ge=1, le=MOST_WORDS)] | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    unit: Unit = ""
    choices: list[ChoiceDefinition] = []
    columns: Annotated[list[ColumnDefinition], Field(max_length=MOST_COLUMNS)] = []
    min_rows: Annotated[int, Field(ge=1, le=MOST_ROWS)] | None = None
    max_rows: Annotated[int, Field(ge=1, le=MOST_ROWS)] | None = None
    shown_to_reviewers: bool = True
    locked_days_before: Annotated[int, Field(ge=0, le=365)] | None = None
    ask_if: AskIf | None = None

    @model_validator(mode="after")
    def _limits_fit_kind(self) -> "QuestionDefinition":
        if self.max_words is not None and self.kind not in TEXTS:
            raise ValueError(
                f"Question {self.code}: max_words belongs to short_text and long_text, not to {self.kind}."
            )
        if self.kind != "number" and (self.minimum is not None or self.maximum is not None or self.unit):
            raise ValueError(f"Question {self.code}: minimum, maximum and unit belong to number, not to {self.kind}.")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"Question {self.code}: minimum {self.minimum} is above maximum {self.maximum}.")
        return self

    @model_validator(mode="after")
    def _choices_fit_kind(self) -> "QuestionDefinition":
        if self.choices and self.kind not in SELECTIONS:
            raise ValueError(f"Question {self.code}: choices belong to choice and choices, not to {self.kind}.")
        if self.kind in SELECTIONS and len(self.choices) < 2:
            raise ValueError(f"Question {self.code}: give at least two choices.")
        refuse_repeated([choice.code for choice in self.choices], f"Question {self.code}: the choice")
        return self

    @model_validator(mode="after")
    def _columns_fit_kind(self) -> "QuestionDefinition":
        has_rows = self.min_rows is not None or self.max_rows is not None
        if self.kind != "table" and (self.columns or has_rows):
            raise ValueError(
                f"Question {self.code}: columns, min_rows and max_rows belong to table, not to {self.kind}."
            )
        if self.kind == "table" and not self.columns:
            raise ValueError(f"Question {self.code}: give at least one column.")
        if self.min_rows is not None and self.max_rows is not None and self.min_rows > self.max_rows:
            raise ValueError(f"Question {self.code}: min_rows {self.min_rows} is above max_rows {self.max_rows}.")
        refuse_repeated([column.code for column in self.columns], f"Question {self.code}: the column")
        return self


class SectionPlan(Strict):
    """A section that is being written: it may have no question yet."""

    code: Code
    title: Label
    introduction: Text = ""
    questions: list[QuestionDefinition] = []


class SectionDefinition(SectionPlan):
    questions: Annotated[list[QuestionDefinition], Field(min_length=1)]


class FormPlan(Strict):
    """A form that is being written. Its rules between questions hold at every step; only emptiness is let be."""

    sections: list[SectionPlan]

    @property
    def questions(self) -> list[QuestionDefinition]:
        return [question for section in self.sections for question in section.questions]

    @model_validator(mode="after")
    def _codes_once(self) -> "FormPlan":
        refuse_repeated([section.code for section in self.sections], "The section")
        refuse_repeated([question.code for question in self.questions], "The question")
        return self

    @model_validator(mode="after")
    def _conditions_hold(self) -> "FormPlan":
        earlier: dict[str, QuestionDefinition] = {}
        for question in self.questions:
            if question.ask_if:
                _check_condition(question, question.ask_if, earlier)
            earlier[question.code] = question
        return self


class FormDefinition(FormPlan):
    """All questions of one form, in order. Codes of questions are unique in the whole form, so ``ask_if`` can name them."""

    sections: Annotated[list[SectionDefinition], Field(min_length=1)]


class FormFile(Strict):
    """A form in a file of its own."""

    title: Label
    sections: Annotated[list[SectionDefinition], Field(min_length=1)]


def _check_condition(question: QuestionDefinition, condition: AskIf, earlier: dict[str, QuestionDefinition]) -> None:
    source = earlier.get(condition.question)
    if source is None:
        raise Misplaced(
            question.code,
            f"Question {question.code}: ask_if names “{condition.question}”, which is no earlier question.",
        )
    if source.kind == "statement":
        possible: set[str | bool] = {True}
    elif source.kind in SELECTIONS:
        possible = {choice.code for choice in source.choices}
    else:
        raise Misplaced(
            question.code,
            f"Question {question.code}: ask_if can look at choice, choices and statement, not at {source.kind}.",
        )
    if unknown := [value for value in condition.values if value not in possible]:
        raise Misplaced(question.code, f"Question {question.code}: “{unknown[0]}” is no answer to {source.code}.")
