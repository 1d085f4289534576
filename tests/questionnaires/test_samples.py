"""Made-up answers fit their questions, and the ways through a form lead to every question that can come up."""

from random import Random

import pytest

from documents.services import Checked
from questionnaires import rules
from questionnaires.models import Condition, Question
from questionnaires.samples import fillings, least, made_up, made_up_answers, most
from questionnaires.selectors import limits_of
from questionnaires.services import load_form

COLUMNS = [
    {"code": "name", "label": "Name", "kind": "short_text"},
    {"code": "mail", "label": "E-mail", "kind": "email"},
    {"code": "hours", "label": "Hours", "kind": "number", "required": False},
    {
        "code": "part",
        "label": "Part",
        "kind": "choice",
        "choices": [{"code": "a", "label": "A"}, {"code": "b", "label": "B"}],
    },
]
CHOICES = [{"code": "yes", "label": "Yes"}, {"code": "partly", "label": "Partly"}, {"code": "no", "label": "No"}]
QUESTIONS = [
    {"code": "short", "kind": "short_text", "text": "Short", "max_words": 3},
    {"code": "open", "kind": "short_text", "text": "Open"},
    {"code": "long", "kind": "long_text", "text": "Long", "max_words": 250},
    {"code": "endless", "kind": "long_text", "text": "Endless"},
    {"code": "number", "kind": "number", "text": "Number", "minimum": 2.5, "maximum": 40},
    {"code": "below", "kind": "number", "text": "Below", "maximum": -3},
    {"code": "free", "kind": "number", "text": "Free"},
    {"code": "choice", "kind": "choice", "text": "Choice", "choices": CHOICES},
    {"code": "choices", "kind": "choices", "text": "Choices", "choices": CHOICES},
    {"code": "date", "kind": "date", "text": "Date"},
    {"code": "agree", "kind": "statement", "text": "Agree"},
    {"code": "table", "kind": "table", "text": "Table", "columns": COLUMNS, "min_rows": 2, "max_rows": 4},
    {"code": "rows", "kind": "table", "text": "Rows", "columns": COLUMNS[2:3]},
]


def form_of(*questions, code="samples"):
    return load_form(code, "Samples", [{"code": "all", "title": "All", "questions": list(questions)}])


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["code"])
def test_every_kind_takes_its_samples(db, question):
    form_of(question)
    row = Question.objects.get(code=question["code"])
    values = [least(row), most(row), *(made_up(row, Random(seed)) for seed in range(20))]
    for value in values:
        assert rules.clean(limits_of(row), value) is not None
    assert values[2] == made_up(row, Random(0))  # the same seed, the same answer


def test_the_edges_are_the_edges(db):
    form_of(*QUESTIONS)
    rows = {row.code: row for row in Question.objects.all()}
    assert len(most(rows["short"]).split()) == 3
    assert (least(rows["number"]), most(rows["number"])) == (2.5, 40)
    assert (least(rows["below"]), most(rows["below"])) == (-103, -3)
    assert (least(rows["choices"]), most(rows["choices"])) == (["yes"], ["yes", "partly", "no"])
    assert [len(least(rows["table"])), len(most(rows["table"]))] == [2, 4]
    assert set(least(rows["table"])[0]) == {"name", "mail", "part"}
    assert set(most(rows["table"])[0]) == {"name", "mail", "hours", "part"}
    assert least(rows["rows"]) == [{"hours": 1}]  # a row has a cell, where none is required


def test_a_file_is_made_where_it_is_needed(db):
    form_of(
        {"code": "needed", "kind": "file", "text": "Needed"},
        {"code": "other", "kind": "file", "text": "Other", "required": "never"},
    )
    needed, other = Question.objects.order_by("position")
    assert isinstance(made_up(needed, Random(1)), Checked)
    assert made_up(other, Random(1)) is None
    assert isinstance(most(other), Checked)


def test_a_form_is_answered_whole_and_the_same_for_the_same_seed(db):
    form = form_of(*QUESTIONS)
    answers = made_up_answers(form, Random(7))
    assert set(answers) == set(Question.objects.values_list("pk", flat=True))
    assert answers == made_up_answers(form, Random(7))


BRANCHES = [
    {"code": "data", "kind": "choice", "text": "Data?", "choices": CHOICES},
    {
        "code": "source",
        "kind": "choices",
        "text": "Source?",
        "choices": CHOICES[:2],
        "ask_if": {"question": "data", "values": ["partly"]},
    },
    {
        "code": "which",
        "kind": "short_text",
        "text": "Which?",
        "ask_if": {"question": "source", "values": ["partly"]},
    },
    {"code": "agree", "kind": "statement", "text": "Agree", "required": "never"},
    {"code": "since", "kind": "date", "text": "Since?", "ask_if": {"question": "agree", "values": [True]}},
    {"code": "extra", "kind": "short_text", "text": "Extra", "required": "never"},
]


def test_every_branch_is_walked_and_every_answer_of_what_others_hang_on_is_tried(db):
    form = form_of(*BRANCHES)
    codes = dict(Question.objects.values_list("pk", "code"))
    ways = [(way.words, {codes[key] for key in way.values}, way.is_blind) for way in fillings(form)]
    assert ways == [
        (
            "Everything that can be asked, at its limits",
            {"data", "source", "which", "agree", "since", "extra"},
            False,
        ),
        ("The least that is allowed", {"data"}, False),
        ("“Data?” is answered with “Yes”", {"data"}, False),
        ("“Data?” is answered with “Partly”", {"data", "source"}, False),
        ("“Data?” is answered with “No”", {"data"}, False),
        ("“Source?” is answered with “Yes”", {"data", "source"}, False),
        ("“Source?” is answered with “Partly”", {"data", "source", "which"}, False),
        ("“Agree” is answered with “yes”", {"data", "agree", "since"}, False),
        ("“Agree” is left empty", {"data"}, False),
    ]


def test_a_question_that_nobody_is_ever_asked_is_found(db):
    form = form_of(*BRANCHES)
    rows = {row.code: row for row in Question.objects.all()}
    Condition.objects.create(question=rows["which"], depends_on=rows["data"], values=["no"])  # Source? needs “partly”
    assert [way.wanted for way in fillings(form) if way.is_blind] == [rows["which"]]
