"""Staff edit a form: every act holds the whole form's rules, and what is in use is never changed."""

import copy

import pytest

from core.models import AuditEntry
from questionnaires.definition import FormDefinition
from questionnaires.models import Condition, FormVersion, Question
from questionnaires.selectors import definition_of, plan_of
from questionnaires.services import (
    FormRefused,
    freeze,
    load_form,
    move_question,
    move_section,
    put_form,
    put_question,
    put_section,
    remove_question,
    remove_section,
)
from tests.conftest import NOW, make_user
from tests.questionnaires.conftest import SECTIONS

BELOW = (
    "“%s” is asked only after some answers to “Did you try to solve it?”, so it has to stand below that question. "
    "Move both, or change first when it is asked."
)
GONE = (
    "“%s” is asked only after some answers to “Did you try to solve it?”, so that question cannot go. "
    "Change first when the other is asked, or remove the other."
)
NEW = {"code": "aim", "kind": "short_text", "text": "What is your aim?"}


@pytest.fixture
def stella(db):
    return make_user("Stella")


def codes(form):
    return {section.code: [question.code for question in section.questions] for section in plan_of(form).sections}


WHOLE = {"problem": ["title", "why", "tried", "result"], "practice": ["share", "since", "agree", "again"]}


def refusal_of(act, *given, **options):
    with pytest.raises(FormRefused) as refusal:
        act(*given, **options)
    return refusal.value.sentences


def test_a_section_is_added_at_the_end_and_may_wait_for_its_questions(form, stella):
    put_section(form, "more", title="More", introduction="If you like.", by=stella)
    assert codes(form) == WHOLE | {"more": []}
    put_section(form, "more", title="Still more", by=stella)
    assert [(one.title, one.introduction) for one in plan_of(form).sections][2] == ("Still more", "")


def test_a_new_section_never_takes_the_place_of_another(form, stella):
    assert refusal_of(put_section, form, "problem", title="Other", is_new=True, by=stella) == [
        "The section code “problem” is there twice."
    ]
    assert plan_of(form).sections[0].title == "Quality problem"


@pytest.mark.parametrize(
    ("code", "title", "sentence"),
    [
        ("more", "  ", "Title: is empty. Write something there."),
        ("More", "More", "Code: “More” is not a code. Use lower-case letters, digits and single hyphens"),
        ("more", "x" * 201, "Title: is too long: 200 characters at most"),
    ],
)
def test_a_section_that_is_none(form, stella, code, title, sentence):
    (found,) = refusal_of(put_section, form, code, title=title, by=stella)
    assert found.startswith(sentence)


def test_a_section_goes_with_its_questions_unless_others_hang_on_them(form, stella):
    assert refusal_of(remove_section, form, "problem", by=stella) == [GONE % "Say more"]
    remove_section(form, "practice", by=stella)
    assert codes(form) == {"problem": WHOLE["problem"]}


def test_sections_move_and_stop_at_the_ends(form, stella):
    put_section(form, "more", title="More", by=stella)
    move_section(form, "more", by_places=-1, by=stella)
    assert list(codes(form)) == ["problem", "more", "practice"]
    move_section(form, "practice", by_places=5, by=stella)
    move_section(form, "problem", by_places=-1, by=stella)
    assert list(codes(form)) == ["problem", "more", "practice"]
    assert refusal_of(move_section, form, "practice", by_places=-2, by=stella) == [BELOW % "Say more"]


def test_a_question_is_added_changed_in_its_place_and_moved_to_another_section(form, stella):
    put_question(form, "problem", NEW, by=stella)
    assert codes(form)["problem"] == [*WHOLE["problem"], "aim"]
    put_question(form, "problem", NEW | {"code": "goal", "max_words": 20}, code="title", by=stella)
    assert codes(form)["problem"] == ["goal", "why", "tried", "result", "aim"]
    assert Question.objects.get(code="goal").max_words == 20
    put_question(form, "practice", NEW, code="aim", by=stella)
    assert codes(form) == {"problem": ["goal", "why", "tried", "result"], "practice": [*WHOLE["practice"], "aim"]}


def test_a_new_question_never_takes_the_place_of_another(form, stella):
    assert refusal_of(put_question, form, "practice", NEW | {"code": "why"}, by=stella) == [
        "The question code “why” is there twice."
    ]
    assert codes(form) == WHOLE


def test_conditions_follow_a_new_code(form, stella):
    tried = next(question for question in plan_of(form).questions if question.code == "tried")
    put_question(form, "problem", tried.model_copy(update={"code": "attempted"}), code="tried", by=stella)
    assert [condition.depends_on.code for condition in Condition.objects.all()] == ["attempted", "attempted"]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (NEW | {"text": ""}, "Text: is empty. Write something there."),
        (NEW | {"max_words": 0}, "Max words: input should be greater than or equal to 1"),
        (NEW | {"kind": "choice"}, "Question aim: give at least two choices."),
        (
            NEW | {"ask_if": {"question": "share", "values": ["1"]}},
            "“What is your aim?” is asked only after some answers to “Share”, so it has",
        ),
        (NEW | {"ask_if": {"question": "tried", "values": ["maybe"]}}, "Question aim: “maybe” is no answer to tried."),
        (NEW | {"ask_if": {"question": "tried", "values": []}}, "Ask if: is empty. Add at least one."),
        ({"kind": "date", "text": "When?"}, "Code: is missing. Add it."),
    ],
)
def test_a_question_that_breaks_a_rule_changes_nothing(form, stella, question, sentence):
    (found,) = refusal_of(put_question, form, "problem", question, by=stella)
    assert found.startswith(sentence)
    assert codes(form) == WHOLE


def test_a_kind_that_others_cannot_hang_on_is_refused(form, stella):
    sentences = refusal_of(
        put_question, form, "problem", {"code": "tried", "kind": "date", "text": "When?"}, code="tried", by=stella
    )
    assert sentences == ["Question result: ask_if can look at choice, choices and statement, not at date."]


def test_a_question_goes_unless_another_hangs_on_it(form, stella):
    assert refusal_of(remove_question, form, "tried", by=stella) == [
        GONE % "What came of it?",
        GONE % "Say more",
    ]
    remove_question(form, "result", by=stella)
    remove_question(form, "again", by=stella)
    remove_question(form, "tried", by=stella)
    assert codes(form) == {"problem": ["title", "why"], "practice": ["share", "since", "agree"]}


def test_questions_move_within_their_section(form, stella):
    move_question(form, "title", by_places=1, by=stella)
    move_question(form, "result", by_places=1, by=stella)
    assert codes(form)["problem"] == ["why", "title", "tried", "result"]
    assert refusal_of(move_question, form, "result", by_places=-1, by=stella) == [BELOW % "What came of it?"]


@pytest.mark.parametrize(
    ("act", "given"),
    [
        (remove_section, {}),
        (move_section, {"by_places": 1}),
        (remove_question, {}),
        (move_question, {"by_places": 1}),
    ],
)
def test_what_is_not_there_any_more(form, stella, act, given):
    (sentence,) = refusal_of(act, form, "gone", **given, by=stella)
    assert sentence.endswith("“gone” any more. Open the page again.")
    (sentence,) = refusal_of(put_question, form, "gone", NEW, by=stella)
    assert sentence == "There is no section “gone” any more. Open the page again."


def test_a_whole_form_is_replaced(form, stella):
    sections = [{"code": "one", "title": "One", "questions": [NEW]}]
    put_form(form, FormDefinition(sections=sections), title="Another", by=stella)
    form.refresh_from_db()
    assert (form.title, codes(form)) == ("Another", {"one": ["aim"]})


def test_a_frozen_edition_is_never_changed(form, stella):
    freeze(form, by=stella)
    before = definition_of(form)
    acts = [
        (put_section, "more", {"title": "More"}),
        (remove_section, "practice", {}),
        (move_section, "practice", {"by_places": -1}),
        (remove_question, "again", {}),
        (move_question, "title", {"by_places": 1}),
        (put_form, FormDefinition(sections=[{"code": "one", "title": "One", "questions": [NEW]}]), {}),
    ]
    for act, what, options in acts:
        assert refusal_of(act, form, what, **options, by=stella)[0].startswith("This edition of the form is in use")
    assert refusal_of(put_question, form, "problem", NEW, by=stella)[0].startswith("This edition of the form is in use")
    assert definition_of(form) == before


def test_an_act_leaves_one_audit_row_and_no_act_leaves_none(form, stella):
    AuditEntry.objects.all()
    count = AuditEntry.objects.count()
    move_question(form, "title", by_places=-1, by=stella)
    put_section(form, "problem", title="Quality problem", by=stella)
    assert (AuditEntry.objects.count(), FormVersion.objects.get().edited_at) == (count, None)
    put_section(form, "problem", title="The problem", by=stella)
    assert AuditEntry.objects.count() == count + 1
    assert AuditEntry.objects.order_by("-pk")[0].verb == "formversion.changed"
    assert (FormVersion.objects.get().edited_at, form.edited_at) == (NOW, NOW)


def test_what_staff_edited_is_no_longer_the_files_to_decide(form, stella):
    put_section(form, "problem", title="Our own title", by=stella)
    changed = copy.deepcopy(SECTIONS)
    changed[0]["title"] = "The file's title"
    assert load_form("test-form", "Test form", changed) == form
    freeze(form, by=stella)
    assert load_form("test-form", "Test form", changed) == form
    assert plan_of(form).sections[0].title == "Our own title"
    assert FormVersion.objects.count() == 1
