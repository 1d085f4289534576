"""The schema of a form: what it takes, and the sentences with which it refuses."""

import pytest
from pydantic import ValidationError

from questionnaires.definition import FormDefinition

SECTION = {"code": "aim", "title": "Aim"}
KIND = {"code": "q", "kind": "short_text", "text": "What?"}
NAME = {"code": "name", "label": "Name"}
YES_NO = [{"code": "yes", "label": "Yes"}, {"code": "no", "label": "No"}]


def form_of(*questions: dict) -> FormDefinition:
    return FormDefinition(sections=[SECTION | {"questions": [KIND | question for question in questions]}])


def test_defaults():
    question = form_of({}).questions[0]
    assert (question.required, question.shown_to_reviewers, question.ask_if, question.choices) == (
        "submission",
        True,
        None,
        [],
    )


@pytest.mark.parametrize(
    ("questions", "sentence"),
    [
        ([{"kind": "essay"}], "Input should be 'short_text'"),
        ([{"code": "Upper Case"}], "“Upper Case” is not a code."),
        ([{"surprise": 1}], "Extra inputs are not permitted"),
        ([{"required": True}], "Input should be 'never', 'submission' or 'always'"),
        ([{"max_words": 0}], "greater than or equal to 1"),
        ([{"kind": "date", "max_words": 5}], "max_words belongs to short_text and long_text, not to date"),
        ([{"minimum": 1}], "minimum, maximum and unit belong to number"),
        ([{"unit": "percent"}], "minimum, maximum and unit belong to number"),
        ([{"kind": "number", "minimum": 3, "maximum": 2}], "minimum 3 is above maximum 2"),
        ([{"kind": "number", "minimum": 0.00001}], "more than 4 decimals"),
        ([{"kind": "number", "minimum": "3"}], "should be a valid"),
        ([{"kind": "number", "maximum": 10**10}], "Stay below 10 billion"),
        ([{"text": "  "}], "is empty. Write something there."),
        ([{"help": "a\x07b"}], "contains a character that cannot be stored"),
        ([{"locked_days_before": -1}], "greater than or equal to 0"),
        ([{"kind": "table"}], "give at least one column"),
        ([{"columns": [NAME]}], "columns, min_rows and max_rows belong to table, not to short_text"),
        ([{"max_rows": 3}], "columns, min_rows and max_rows belong to table, not to short_text"),
        ([{"kind": "table", "columns": [NAME, NAME]}], "the column code “name” is there twice"),
        ([{"kind": "table", "columns": [NAME], "min_rows": 3, "max_rows": 2}], "min_rows 3 is above max_rows 2"),
        ([{"kind": "table", "columns": [NAME], "max_rows": 51}], "less than or equal to 50"),
        ([{"kind": "table", "columns": [NAME | {"kind": "date"}]}], "Input should be 'short_text', 'number'"),
        ([{"kind": "table", "columns": [NAME | {"kind": "choice"}]}], "Column name: give at least two choices"),
        ([{"kind": "table", "columns": [NAME | {"choices": YES_NO}]}], "choices belong to choice, not to short_text"),
        ([{"kind": "choice"}], "give at least two choices"),
        ([{"choices": YES_NO}], "choices belong to choice and choices"),
        ([{"kind": "choice", "choices": YES_NO + YES_NO[:1]}], "the choice code “yes” is there twice"),
        ([{}, {}], "The question code “q” is there twice"),
        (
            [{}, {"code": "r", "ask_if": {"question": "later", "values": ["yes"]}}],
            "ask_if names “later”, which is no earlier",
        ),
        (
            [{}, {"code": "r", "ask_if": {"question": "q", "values": ["yes"]}}],
            "ask_if can look at choice, choices and statement",
        ),
        (
            [{"kind": "choice", "choices": YES_NO}, {"code": "r", "ask_if": {"question": "q", "values": ["maybe"]}}],
            "“maybe” is no answer to q",
        ),
    ],
)
def test_refusals(questions, sentence):
    with pytest.raises(ValidationError) as refusal:
        form_of(*questions)
    assert sentence in str(refusal.value)


def test_a_question_may_hang_on_a_statement_and_on_a_choice():
    form = form_of(
        {"kind": "statement"},
        {"code": "r", "kind": "choice", "choices": YES_NO, "ask_if": {"question": "q", "values": [True]}},
        {"code": "s", "ask_if": {"question": "r", "values": ["yes"]}},
    )
    assert [question.code for question in form.questions] == ["q", "r", "s"]


def test_a_form_needs_a_section_and_a_section_a_question():
    with pytest.raises(ValidationError):
        FormDefinition(sections=[])
    with pytest.raises(ValidationError):
        FormDefinition(sections=[SECTION | {"questions": []}])


def test_lines_end_as_one_kind_of_line_end():
    assert form_of({"help": "one\r\ntwo\rthree"}).questions[0].help == "one\ntwo\nthree"
