"""The schema of a form as it stands in a program's file (pure: pydantic, no Django).

Strict: an unknown key, a wrong type or a rule that contradicts another is refused with a sentence that says what to do.
The shapes are documented in ``docs/applications.md``.
"""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

CODE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
TEXTS = ("short_text", "long_text")
SELECTIONS = ("choice", "choices")
PLACES = 4  # decimals of a bound, as the table keeps them

Kind = Literal["short_text", "long_text", "number", "choice", "choices", "date", "statement", "file"]


def _code(value: str) -> str:
    if not CODE.fullmatch(value):
        raise ValueError(
            f"“{value}” is not a code. Use lower-case letters, digits and single hyphens, such as aim-statement."
        )
    return value


def _bound(value: int | float) -> int | float:
    if round(Decimal(str(value)), PLACES) != Decimal(str(value)):
        raise ValueError(f"{value} has more than {PLACES} decimals.")
    return value


Code = Annotated[str, Field(max_length=60), AfterValidator(_code)]
Words = Annotated[str, Field(min_length=1)]
Bound = Annotated[int | float, AfterValidator(_bound)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class ChoiceDefinition(Strict):
    code: Code
    label: Annotated[Words, Field(max_length=200)]


class AskIf(Strict):
    """Ask only if the earlier question was answered with one of ``values`` (codes of choices; ``true`` for a statement)."""

    question: Code
    values: Annotated[list[str | bool], Field(min_length=1)]


class QuestionDefinition(Strict):
    code: Code
    kind: Kind
    text: Annotated[Words, Field(max_length=500)]
    help: str = ""
    required: Literal["never", "submission"] = "submission"
    max_words: Annotated[int, Field(ge=1)] | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    unit: Annotated[str, Field(max_length=40)] = ""
    choices: list[ChoiceDefinition] = []
    shown_to_reviewers: bool = True
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
        _refuse_repeated([choice.code for choice in self.choices], f"Question {self.code}: the choice")
        return self


class SectionDefinition(Strict):
    code: Code
    title: Annotated[Words, Field(max_length=200)]
    introduction: str = ""
    questions: Annotated[list[QuestionDefinition], Field(min_length=1)]


class FormDefinition(Strict):
    """All questions of one form, in order. Codes of questions are unique in the whole form, so ``ask_if`` can name them."""

    sections: Annotated[list[SectionDefinition], Field(min_length=1)]

    @property
    def questions(self) -> list[QuestionDefinition]:
        return [question for section in self.sections for question in section.questions]

    @model_validator(mode="after")
    def _codes_once(self) -> "FormDefinition":
        _refuse_repeated([section.code for section in self.sections], "The section")
        _refuse_repeated([question.code for question in self.questions], "The question")
        return self

    @model_validator(mode="after")
    def _conditions_hold(self) -> "FormDefinition":
        earlier: dict[str, QuestionDefinition] = {}
        for question in self.questions:
            if question.ask_if:
                _check_condition(question, question.ask_if, earlier)
            earlier[question.code] = question
        return self


def _check_condition(question: QuestionDefinition, condition: AskIf, earlier: dict[str, QuestionDefinition]) -> None:
    source = earlier.get(condition.question)
    if source is None:
        raise ValueError(
            f"Question {question.code}: ask_if names “{condition.question}”, which is no earlier question."
        )
    if source.kind == "statement":
        possible: set[str | bool] = {True}
    elif source.kind in SELECTIONS:
        possible = {choice.code for choice in source.choices}
    else:
        raise ValueError(
            f"Question {question.code}: ask_if can look at choice, choices and statement, not at {source.kind}."
        )
    if unknown := [value for value in condition.values if value not in possible]:
        raise ValueError(f"Question {question.code}: “{unknown[0]}” is no answer to {source.code}.")


def _refuse_repeated(codes: list[str], what: str) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise ValueError(f"{what} code “{code}” is there twice.")
        seen.add(code)
