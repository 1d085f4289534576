"""A section as a form: what may be left empty, what is shown, and which versions travel with it."""

from dataclasses import replace
from datetime import date

import pytest

from questionnaires.forms import NEVER_SEEN, SectionForm
from questionnaires.selectors import Lock, sections_with_answers
from questionnaires.services import load_form, save_answers, start_response
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
        ("problem", "title", "x" * 501, "Enter at most 500 characters. You have 501."),
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


@pytest.fixture
def always(db, now):
    section = {
        "code": "first",
        "title": "First",
        "questions": [
            {"code": "name", "kind": "short_text", "text": "Name it", "required": "always"},
            {"code": "plan", "kind": "file", "text": "Plan", "required": "always"},
            {"code": "hours", "kind": "number", "text": "Hours"},
            {"code": "tell", "kind": "statement", "text": "We tell more", "required": "never"},
            {
                "code": "more",
                "kind": "short_text",
                "text": "More",
                "required": "always",
                "ask_if": {"question": "tell", "values": [True]},
            },
        ],
    }
    return start_response(load_form("always", "Always", [section]))


LEFT_OUT = ["Answer this: the section cannot be saved without it."]


def test_what_a_section_cannot_be_saved_without_is_told_beside_it_with_everything_else(always):
    (section,) = sections_with_answers(always)
    form = SectionForm(section, {"name": " ", "hours": "many", "tell": "on"})
    assert form.errors == {
        "name": LEFT_OUT,
        "plan": LEFT_OUT,
        "hours": ["Enter a number in digits, such as 1,200 or 12.5."],
        "more": LEFT_OUT,
    }
    assert 'value="many"' in str(form["hours"])
    assert SectionForm(section, {"name": "x"}).errors == {"plan": LEFT_OUT}
    assert (form.fields["name"].required, form.fields["plan"].required) == (True, True)


def test_a_page_that_saves_by_itself_sends_one_field_and_is_not_asked_for_the_others(always):
    (section,) = sections_with_answers(always)
    one = [item for item in section.questions if item.question.code == "more"]
    assert SectionForm(replace(section, questions=[replace(one[0], is_asked=True)]), {"more": ""}).is_valid()


def test_a_locked_answer_is_shown_and_not_taken(response, key_of, sections):
    save_answers(response, {key_of["title"]: "Delays", key_of["tried"]: "yes"}, by=make_user("Ann"))
    locks = {key_of["title"]: Lock(date(2024, 4, 30), True), key_of["why"]: Lock(date(2024, 5, 7), False)}
    form = SectionForm(sections()["problem"], {"title": "Waiting", "why": "So"}, locks=locks)
    assert form.is_valid()
    assert set(form.values) == {key_of[code] for code in ("why", "tried", "result")}
    html = str(form["title"])
    assert ('value="Delays"' in html, "disabled" in html) == (True, True)
    assert form.fields["title"].help_text == "At most 5 words. Could be changed until April 30, 2024."
    assert form.fields["why"].help_text == "Can be changed until May 7, 2024."


def test_a_locked_table_has_no_button_and_no_field_that_can_be_changed(db, now):
    question = {
        "code": "people",
        "kind": "table",
        "text": "Who?",
        "columns": [{"code": "name", "label": "Name"}],
    }
    response = start_response(load_form("t", "T", [{"code": "s", "title": "S", "questions": [question]}]))
    (section,) = sections_with_answers(response)
    (item,) = section.questions
    html = str(SectionForm(section, locks={item.question.pk: Lock(date(2024, 4, 30), True)})["people"])
    assert html.count("<input") == html.count(" disabled")
    assert "<button" not in html


def test_too_many_words_are_told_where_they_stand(response, key_of, sections):
    save_answers(response, {key_of["title"]: "one two three four five six seven"}, by=make_user("Ann"))
    form = SectionForm(sections()["problem"])
    assert form.fields["title"].help_text == 'At most 5 words. <strong data-stored-now="">Take out 2 words.</strong>'
    assert 'data-max-words="5"' in str(form["title"])
    assert 'data-words-over="{n} of {most} words: take out {over}"' in str(form["title"])


def test_help_is_escaped(db, now):
    question = {"code": "q", "kind": "short_text", "text": "Q", "help": "<b>5 & more</b>"}
    response = start_response(load_form("h", "H", [{"code": "s", "title": "S", "questions": [question]}]))
    (section,) = sections_with_answers(response)
    assert SectionForm(section).fields["q"].help_text == "&lt;b&gt;5 &amp; more&lt;/b&gt;"
