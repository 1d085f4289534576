"""The next edition of a form: a copy to write in, closed when it is taken up, and answers carried over to it."""

import copy

import pytest

from core.models import AuditEntry
from questionnaires.models import Answer, AnswerRevision, FormVersion, Question, Response
from questionnaires.selectors import changes_between, definition_of, gaps, in_words, sections_with_answers
from questionnaires.services import (
    FormRefused,
    carry_over,
    draft_of,
    freeze,
    load_form,
    move_question,
    move_section,
    put_question,
    put_section,
    remove_question,
    save_answers,
    start_response,
)
from tests.conftest import NOW, make_user
from tests.questionnaires.conftest import SECTIONS


@pytest.fixture
def stella(db):
    return make_user("Stella")


@pytest.fixture
def draft(form, stella):
    freeze(form, by=stella)
    return draft_of(form, by=stella)


def test_a_draft_is_a_copy_with_the_next_number(form, draft, stella):
    assert (draft.number, draft.title, draft.based_on, draft.frozen_at) == (2, "Test form", form, None)
    assert definition_of(draft) == definition_of(form)
    assert draft_of(form, by=stella) == draft_of(draft, by=stella) == draft
    assert AuditEntry.objects.filter(verb="formversion.created").count() == 2


def test_an_edition_that_nobody_has_answered_is_its_own_draft(form, stella):
    assert draft_of(form, by=stella) == form
    assert FormVersion.objects.count() == 1


def test_a_draft_of_an_older_edition_is_numbered_after_the_newest(form, draft, stella):
    freeze(draft, by=stella)
    third = draft_of(form, by=stella)
    assert (third.number, third.based_on) == (3, form)


def test_editing_the_draft_leaves_what_is_in_use(form, draft, stella):
    before = definition_of(form)
    put_section(draft, "problem", title="The problem", by=stella)
    assert definition_of(form) == before
    assert changes_between(form, draft) == ["Section “Quality problem” is now called “The problem”."]


def test_a_form_is_frozen_once(form, stella):
    freeze(form, by=stella)
    freeze(FormVersion.objects.get(), by=stella)
    assert (FormVersion.objects.get().frozen_at, form.frozen_at) == (NOW, NOW)
    assert AuditEntry.objects.filter(verb="formversion.frozen").count() == 1


def test_what_is_not_whole_is_not_frozen(form, stella):
    put_section(form, "empty", title="Empty", by=stella)
    with pytest.raises(FormRefused) as refusal:
        freeze(form, by=stella)
    assert refusal.value.sentences == ["Section “Empty” has no question. Add one, or remove the section."]
    assert FormVersion.objects.get().frozen_at is None


def test_a_file_passes_over_the_draft_of_staff(form, draft):
    assert load_form("test-form", "Test form", SECTIONS) == form
    changed = copy.deepcopy(SECTIONS)
    changed[0]["title"] = "The file's title"
    newest = load_form("test-form", "Test form", changed)
    assert (newest.number, draft.sections.first().title) == (3, "Quality problem")


def change_everything(draft, stella) -> None:
    put_section(draft, "practice", title="Practice", introduction="About your place.", by=stella)
    put_section(draft, "more", title="More", by=stella)
    put_question(draft, "more", {"code": "aim", "kind": "short_text", "text": "What is your aim?"}, by=stella)
    put_question(
        draft,
        "problem",
        {
            "code": "title",
            "kind": "short_text",
            "text": "Name your problem",
            "help": "In a few words.",
            "max_words": 8,
            "required": "always",
            "shown_to_reviewers": False,
            "locked_days_before": 3,
        },
        code="title",
        by=stella,
    )
    share = {"code": "share", "kind": "number", "text": "Share", "minimum": 1, "unit": "percent"}
    put_question(draft, "practice", share, code="share", by=stella)
    put_question(
        draft,
        "practice",
        {"code": "since", "kind": "short_text", "text": "Since when?", "required": "never"},
        code="since",
        by=stella,
    )
    tried = {
        "code": "tried",
        "kind": "choice",
        "text": "Did you try to solve it?",
        "required": "never",
        "choices": [
            {"code": "yes", "label": "Yes, often"},
            {"code": "no", "label": "No"},
            {"code": "once", "label": "Once"},
        ],
    }
    put_question(draft, "problem", tried, code="tried", by=stella)
    result = {"code": "result", "kind": "short_text", "text": "What came of it?"}
    once = {"question": "tried", "values": ["yes", "once"]}
    put_question(draft, "problem", result | {"ask_if": once}, code="result", by=stella)
    remove_question(draft, "again", by=stella)
    put_question(
        draft, "more", {"code": "why", "kind": "long_text", "text": "Why does it matter?"}, code="why", by=stella
    )


def test_changes_in_words(form, draft, stella):
    change_everything(draft, stella)
    assert changes_between(form, draft) == [
        "Section “Practice”: the introduction was changed.",
        "Section “More” is new.",
        "Question “Name the problem” now reads “Name your problem”.",
        "Question “Name your problem”: the help text was changed.",
        "Question “Name your problem” has to be answered before its section can be saved.",
        "Question “Name your problem”: the word limit was 5 and is 8.",
        "Question “Name your problem”: the days before the deadline on which it locks is now 3.",
        "Question “Name your problem” is no longer shown to reviewers.",
        "Question “Did you try to solve it?”: choice “Yes” is now “Yes, often”.",
        "Question “Did you try to solve it?”: choice “Once” is new.",
        "Question “What came of it?” is now asked only if “Did you try to solve it?” is “Yes, often” or “Once”.",
        "Question “Share”: the smallest number was 0 and is 1.",
        "Question “Share”: the largest number was 100 and is gone.",
        "Question “Since when?” asked for a date and now asks for a short text: its answers are not carried over.",
        "Question “What is your aim?” is new, in “More”.",
        "Question “Why does it matter?” moved to “More”.",
        "Question “Say more” was removed.",
    ]


def test_what_only_stands_elsewhere_is_told_with_as_few_moves_as_can_be(form, draft, stella):
    assert changes_between(form, draft) == []
    move_question(draft, "title", by_places=3, by=stella)
    assert changes_between(form, draft) == ["Question “Name the problem” stands elsewhere in “Quality problem”."]
    put_section(draft, "more", title="More", by=stella)
    newer = changes_between(form, draft)
    move_section(draft, "more", by_places=-2, by=stella)
    assert changes_between(form, draft) == newer  # a new section moves nothing


def answers_of(response):
    rows = Answer.objects.filter(response=response, question__section__form=response.form)
    return dict(rows.values_list("question__code", "value"))


def test_answers_come_along_with_their_versions_and_revisions(form, draft, response, key_of, stella):
    ann = make_user("Ann")
    save_answers(response, {key_of["title"]: "Delays", key_of["share"]: 40, key_of["tried"]: "yes"}, by=ann)
    save_answers(response, {key_of["title"]: "Long delays"}, by=ann)
    put_question(draft, "practice", {"code": "aim", "kind": "short_text", "text": "Aim?"}, by=stella)
    assert carry_over(response, draft, by=stella) == []
    response.refresh_from_db()
    assert (response.form, draft.frozen_at) == (draft, NOW)
    assert answers_of(response) == {"title": "Long delays", "share": 40, "tried": "yes"}
    assert list(AnswerRevision.objects.filter(answer__value="Long delays").values_list("version", flat=True)) == [1, 2]
    assert [question.code for question in gaps(response)] == ["why", "result", "agree", "aim"]
    assert AuditEntry.objects.filter(verb="response.carried_over").count() == 1
    title = Question.objects.get(code="title", section__form=draft)
    save_answers(response, {title.pk: "Waiting"}, by=ann, base_versions={title.pk: 2})
    assert answers_of(response)["title"] == "Waiting"


def test_what_cannot_come_along_is_told_and_kept(form, draft, response, key_of, stella):
    ann = make_user("Ann")
    values = {"title": "Delays", "share": 40, "since": "2024-05-01", "tried": "yes", "why": None}
    save_answers(response, {key_of[code]: value for code, value in values.items()}, by=ann)
    remove_question(draft, "title", by=stella)
    share = {"code": "share", "kind": "number", "text": "Share", "maximum": 30}
    put_question(draft, "practice", share, code="share", by=stella)
    put_question(draft, "practice", {"code": "since", "kind": "short_text", "text": "Since?"}, code="since", by=stella)
    left = carry_over(response, draft, by=stella)
    assert sorted((one.question.code, one.words, one.reason) for one in left) == [
        ("share", "40 percent", "The answer is not one that can be given any more."),
        ("since", "May 1, 2024", "The question asks for something else now."),
        ("title", "Delays", "The question is no longer asked."),
    ]
    assert answers_of(response) == {"tried": "yes"}
    assert response.answers.count() == 4  # nothing was deleted


def test_what_stayed_behind_comes_along_when_it_is_asked_again(form, draft, response, key_of, stella):
    ann = make_user("Ann")
    save_answers(response, {key_of["title"]: "Delays", key_of["share"]: 40}, by=ann)
    remove_question(draft, "title", by=stella)
    put_question(
        draft, "practice", {"code": "share", "kind": "number", "text": "Share", "maximum": 30}, code="share", by=stella
    )
    assert len(carry_over(response, draft, by=stella)) == 2
    save_answers(response, {Question.objects.get(code="share", section__form=draft).pk: 20}, by=ann)
    assert carry_over(response, form, by=stella) == []
    assert answers_of(response) == {"title": "Delays", "share": 20}  # the newer word counts
    share = Answer.objects.get(question__code="share")
    assert list(share.revisions.order_by("version").values_list("version", "value")) == [(1, 40), (2, 20)]
    assert share.version == 2


def test_too_many_words_for_the_new_limit_come_along_and_are_told_as_a_gap(form, draft, response, key_of, stella):
    save_answers(response, {key_of["title"]: "one two three four"}, by=make_user("Ann"))
    put_question(
        draft,
        "problem",
        {"code": "title", "kind": "short_text", "text": "Name it", "max_words": 3},
        code="title",
        by=stella,
    )
    assert carry_over(response, draft, by=stella) == []
    assert sections_with_answers(response)[0].questions[0].gap == "take out 1 word in “Name it”"


def test_an_empty_response_is_carried_and_leaves_the_edition_open(form, draft, response, stella):
    assert carry_over(response, draft, by=stella) == []
    assert Response.objects.get().form == draft
    draft.refresh_from_db()
    assert draft.frozen_at is None


def test_a_carried_answer_reads_with_the_new_labels(form, draft, response, key_of, stella):
    save_answers(response, {key_of["tried"]: "yes"}, by=make_user("Ann"))
    labels = [{"code": "yes", "label": "Yes, often"}, {"code": "no", "label": "No"}]
    tried = {"code": "tried", "kind": "choice", "text": "Tried?", "choices": labels, "required": "never"}
    put_question(draft, "problem", tried, code="tried", by=stella)
    carry_over(response, draft, by=stella)
    answer = Answer.objects.select_related("question").get()
    assert in_words(answer.question, answer.value) == "Yes, often"


def test_another_response_stays(form, draft, response, key_of, stella):
    other = start_response(form)
    ann = make_user("Ann")
    for one in (response, other):
        save_answers(one, {key_of["title"]: "Delays"}, by=ann)
    carry_over(response, draft, by=stella)
    assert (answers_of(other), Response.objects.get(pk=other.pk).form) == ({"title": "Delays"}, form)


def test_a_carried_answer_is_measured_by_the_new_limits(form, draft, response, key_of, stella):
    save_answers(response, {key_of["title"]: "Delays of results"}, by=make_user("Ann"))
    assert not Answer.objects.get().is_unfinished
    title = {"code": "title", "kind": "short_text", "text": "Title", "max_words": 2}
    put_question(draft, "problem", title, code="title", by=stella)
    assert carry_over(response, draft, by=stella) == []
    assert Answer.objects.get().is_unfinished
