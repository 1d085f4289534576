"""A table of people as an answer: what it may be, what is left to do, how it reads, and the fields that people fill in."""

import pytest
from django.http import QueryDict

from questionnaires import rules
from questionnaires.forms import SectionForm
from questionnaires.models import Question
from questionnaires.rules import BadAnswer, BadTable, Column, Limits
from questionnaires.selectors import gaps, in_words, sections_with_answers
from questionnaires.services import load_form, save_answers, start_response
from tests.conftest import make_user

WORK = [{"code": "nurse", "label": "Nurse"}, {"code": "other", "label": "Something else"}]
PEOPLE = {
    "code": "people",
    "kind": "table",
    "text": "Who helps?",
    "columns": [
        {"code": "name", "label": "Name"},
        {"code": "work", "label": "Work", "kind": "choice", "choices": WORK},
        {"code": "hours", "label": "Hours", "kind": "number", "required": False},
        {"code": "email", "label": "E-mail", "kind": "email", "required": False},
    ],
    "min_rows": 2,
    "max_rows": 4,
}
LIMITS = Limits(
    "table",
    columns=(
        Column("name", "Name"),
        Column("work", "Work", "choice", choices=("nurse", "other")),
        Column("hours", "Hours", "number", required=False),
        Column("email", "E-mail", "email", required=False),
    ),
    min_rows=2,
    max_rows=4,
)
ANN = {"name": "Ann Lee", "work": "nurse", "hours": 1200, "email": "ann@practice.example"}
BEN = {"name": "Ben Ito", "work": "other"}


@pytest.fixture
def response(db, now):
    section = {"code": "team", "title": "Team", "questions": [PEOPLE]}
    return start_response(load_form("people", "People", [section]))


@pytest.fixture
def people(response):
    return response.form.sections.get().questions.get()


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ([ANN, BEN], [ANN, BEN]),
        ([{"work": "nurse", "name": " Ann Lee ", "hours": "1,200", "email": ""}], [ANN | {"email": None}]),
        ([{"name": "", "work": ""}, BEN, {"name": "  "}], [BEN]),
        ([{"name": "", "work": ""}], None),
        ([{"hours": 2.5}], [{"hours": 2.5}]),
        ([], None),
    ],
)
def test_clean(value, stored):
    kept = stored and [{code: cell for code, cell in row.items() if cell is not None} for row in stored]
    assert rules.clean(LIMITS, value) == kept


def test_the_cells_stand_in_the_order_of_the_columns():
    assert list(rules.clean(LIMITS, [dict(reversed(ANN.items()))])[0]) == ["name", "work", "hours", "email"]


def test_what_breaks_a_rule_is_told_by_row_and_column():
    rows = [ANN, {}, {"name": "x" * 501, "work": "cook", "hours": "many", "email": "ann@"}]
    with pytest.raises(BadTable) as refusal:
        rules.clean(LIMITS, rows)
    assert refusal.value.sentences == [
        "Row 3, Name: Enter at most 500 characters. You have 501.",
        "Row 3, Work: Choose one of the answers in the list.",
        "Row 3, Hours: Enter a number in digits, such as 1,200 or 12.5.",
        "Row 3, E-mail: Enter an e-mail address, such as name@example.org.",
    ]
    assert set(refusal.value.cells) == {(2, "name"), (2, "work"), (2, "hours"), (2, "email")}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("Ann", "Fill in the table."),
        (["Ann"], "Fill in the table."),
        ([{"name": "Ann", "salary": "1"}], "Fill in the table."),
        ([{"name": ["Ann"]}], "Row 1, Name: Enter text."),
        ([{"name": "a\x00b"}], "Row 1, Name: This text contains a character that cannot be stored."),
        ([{"hours": True}], "Row 1, Hours: Enter a number."),
        ([{"email": "a" * 250 + "@b.example"}], "Row 1, E-mail: Enter an e-mail address"),
        ([BEN] * 5, "Fill in at most 4 rows. You have 5."),
    ],
)
def test_refused(value, sentence):
    with pytest.raises(BadAnswer) as refusal:
        rules.clean(LIMITS, value)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "answer “Who helps?”"),
        ([ANN], "add 1 more row to “Who helps?”"),
        ([ANN, {"work": "nurse"}], "fill in “Name” in row 2 of “Who helps?”"),
        ([ANN, BEN], ""),
    ],
)
def test_a_draft_keeps_an_unfinished_table_and_says_what_is_left(value, words):
    assert rules.gap(LIMITS, value, "Who helps?", is_required=True) == words


def test_what_is_left_is_told_beside_the_table(response, people):
    save_answers(response, {people.pk: [ANN, {"name": "Ben"}]}, by=make_user("Ann"))
    said = str(form_for(response).fields["people"].help_text)
    assert said.endswith('<strong data-stored-now="">Fill in “Work” in row 2.</strong>')
    save_answers(response, {people.pk: [ANN, BEN]}, by=make_user("Ben"))
    assert "<strong" not in str(form_for(response).fields["people"].help_text)


def test_a_table_without_a_limit_of_its_own_ends_at_fifty_rows():
    limits = Limits("table", columns=(Column("name", "Name"),))
    rows = [{"name": f"Person {n}"} for n in range(51)]
    assert rules.clean(limits, rows[:50]) == rows[:50]
    with pytest.raises(BadAnswer, match="at most 50 rows"):
        rules.clean(limits, rows)


def test_it_reads_as_a_line_a_row(response, people):
    save_answers(response, {people.pk: [ANN, BEN]}, by=make_user("Ann"))
    assert in_words(people, response.answers.get().value) == (
        "1. Name: Ann Lee; Work: Nurse; Hours: 1,200; E-mail: ann@practice.example\n"
        "2. Name: Ben Ito; Work: Something else"
    )
    assert gaps(response) == []


def form_for(response, data=None, **options):
    (section,) = sections_with_answers(response)
    return SectionForm(section, data, **options)


def typed(*rows):
    cells = {f"people__{number}__{code}": value for number, row in rows for code, value in row.items()}
    data = QueryDict(mutable=True)
    data.update(cells)
    return data


def test_the_fields_of_a_page_are_read_as_rows(response, people):
    form = form_for(response, typed((0, {"name": "Ann Lee", "work": "nurse"}), (7, {"name": "", "hours": "3"})))
    assert form.is_valid()
    assert form.values == {people.pk: [{"name": "Ann Lee", "work": "nurse"}, {"hours": 3}]}


def test_a_page_without_a_cell_empties_the_table_as_it_empties_a_text(response, people):
    form = form_for(response, QueryDict(""))
    assert form.is_valid()
    assert form.values == {people.pk: None}
    assert form.fields["people"].widget.value_omitted_from_data(QueryDict("base__people=1"), {}, "people")


def test_an_error_stands_beside_its_cell_and_everything_typed_is_still_there(response):
    form = form_for(response, typed((0, {"name": "Ann Lee"}), (1, {}), (2, {"name": "Ben", "email": "ben@"})))
    # Rows without any field on the page have no number there either.
    assert form.errors == {"people": ["Row 2, E-mail: Enter an e-mail address, such as name@example.org."]}
    html = str(form["people"])
    assert 'value="Ann Lee"' in html
    assert 'value="ben@"' in html
    assert html.count('aria-invalid="true"') == 1
    assert 'id="id_people__1__email__error">Enter an e-mail address, such as name@example.org.</p>' in html


def test_rows_without_a_script_empty_ones_to_fill_in_and_more_after_a_save(response, people):
    rows = str(form_for(response)["people"]).partition("<template>")[0]
    assert rows.count("<fieldset") == 3
    save_answers(response, {people.pk: [ANN, BEN, BEN]}, by=make_user("Ann"))
    rows = str(form_for(response)["people"]).partition("<template>")[0]
    assert rows.count("<fieldset") == 4  # there are no more than the most
    assert 'value="1200"' in rows
    assert '<option value="nurse" selected>Nurse</option>' in rows


def test_every_cell_has_a_label_and_names_that_the_page_sends_back(response, people):
    save_answers(response, {people.pk: [ANN, BEN]}, by=make_user("Ann"))
    html = str(form_for(response)["people"])
    assert '<label class="form-label" for="id_people__0__name">Name</label>' in html
    assert 'name="people__0__name" id="id_people__0__name" value="Ann Lee"' in html
    assert 'name="people____row____name"' in html  # for the script, which puts a number there


def test_what_people_typed_cannot_leave_its_field(response, people):
    save_answers(response, {people.pk: [{"name": '"><script>alert(1)</script>'}]}, by=make_user("Ann"))
    assert "<script>" not in str(form_for(response)["people"])


def test_a_code_that_begins_like_another_is_another(db, now):
    other = PEOPLE | {"code": "people-0", "text": "Others"}
    response = start_response(
        load_form("two", "Two", [{"code": "team", "title": "Team", "questions": [PEOPLE, other]}])
    )
    data = QueryDict("people__0__name=Ann&people-0__0__name=Ben")
    form = form_for(response, data)
    keys = dict(Question.objects.values_list("code", "pk"))
    assert form.is_valid()
    assert form.values == {keys["people"]: [{"name": "Ann"}], keys["people-0"]: [{"name": "Ben"}]}
