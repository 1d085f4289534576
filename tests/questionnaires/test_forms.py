"""A section as a form: what may be left empty, what is shown, and which versions travel with it."""

import pytest

from questionnaires.forms import NEVER_SEEN, SectionForm
from questionnaires.selectors import sections_with_answers
from questionnaires.services import save_answers
from tests.conftest import make_user


@pytest.fixture
def sections(response):
    return lambda: {one.section.code: one for one in sections_with_answers(response)}


def test_a_draft_may_be_empty(sections, key_of):
    form = SectionForm(sections()["problem"], {})
    assert form.is_valid()
    assert form.values == {key_of[code]: None for code in ("title", "why", "tried", "result")}
    assert set(form.base_versions.values()) == {NEVER_SEEN}


def test_values_are_read_as_people_type_them(sections, key_of):
    data = {"share": "12.5 percent", "since": "May 1, 2024", "agree": "on", "base__share": "0", "base__agree": "x"}
    form = SectionForm(sections()["practice"], data)
    assert form.is_valid()
    assert form.values == {key_of["share"]: 12.5, key_of["since"]: "2024-05-01", key_of["agree"]: True}
    assert form.base_versions == {key_of["share"]: 0, key_of["since"]: NEVER_SEEN, key_of["agree"]: NEVER_SEEN}


@pytest.mark.parametrize(
    ("section", "field", "text", "sentence"),
    [
        ("problem", "title", "one two three four five six", "Use at most 5 words. You have 6, so take out 1."),
        (
            "problem",
            "why",
            "a\x00b",
            "This text contains a character that cannot be stored. Delete it, or type the text again.",
        ),
        ("problem", "tried", "maybe", "Choose one of the answers in the list."),
        ("practice", "share", "120", "Enter 100 percent or less."),
        ("practice", "share", "many", "Enter a number in digits, such as 1,200 or 12.5."),
        ("practice", "since", "soon", "Enter a date, such as May 1, 2024."),
        (
            "practice",
            "since",
            "\x00",
            "This text contains a character that cannot be stored. Delete it, or type the text again.",
        ),
    ],
)
def test_errors(sections, section, field, text, sentence):
    form = SectionForm(sections()[section], {field: text})
    assert form.errors == {field: [sentence]}


def test_a_condition_on_the_same_page_is_told_in_words_and_one_elsewhere_hides_the_question(sections, response, key_of):
    form = SectionForm(sections()["problem"])
    assert form.fields["result"].help_text == "Answer this only if “Did you try to solve it?” is “Yes”."
    assert "again" not in SectionForm(sections()["practice"]).fields
    save_answers(response, {key_of["tried"]: "no"}, by=make_user("Ann"))
    assert "again" in SectionForm(sections()["practice"]).fields


def test_stored_answers_are_shown_with_their_versions(sections, response, key_of):
    ann = make_user("Ann")
    save_answers(response, {key_of["since"]: "2024-05-01"}, by=ann)
    html = SectionForm(sections()["practice"]).as_div()
    assert 'value="May 1, 2024"' in html
    assert '<input type="hidden" name="base__since" value="1" id="id_base__since">' in html


def test_only_what_is_not_needed_is_called_optional(sections):
    fields = SectionForm(sections()["practice"]).fields
    assert (fields["share"].required, fields["since"].required) == (True, False)
