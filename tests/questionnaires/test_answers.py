"""Saving answers: one revision a change, and no word overwritten in silence."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from core import clock
from questionnaires import selectors
from questionnaires.models import Answer, AnswerRevision
from questionnaires.selectors import SectionStatus
from questionnaires.services import AnswersRefused, Conflict, load_form, save_answers, start_response
from tests.conftest import NOW, make_user
from tests.questionnaires.conftest import SECTIONS


@pytest.fixture
def people(db):
    return make_user("Ann"), make_user("Bob")


def revisions():
    return list(AnswerRevision.objects.order_by("pk").values_list("version", "value", "saved_by__name"))


def test_the_first_answer_freezes_the_form_and_every_change_is_a_revision(response, key_of, people):
    ann, bob = people
    save_answers(response, {key_of["title"]: " Delays "}, by=ann)
    save_answers(response, {key_of["title"]: "Long delays"}, by=bob)
    save_answers(response, {key_of["title"]: None}, by=ann)
    response.form.refresh_from_db()
    assert response.form.frozen_at == NOW
    assert revisions() == [(1, "Delays", "Ann"), (2, "Long delays", "Bob"), (3, None, "Ann")]
    assert Answer.objects.get().version == 3


def test_what_stands_already_writes_nothing(response, key_of, people):
    save_answers(response, {key_of["title"]: "Delays", key_of["why"]: None, key_of["agree"]: False}, by=people[0])
    assert save_answers(response, {key_of["title"]: "Delays  ", key_of["why"]: ""}, by=people[1]) == []
    assert revisions() == [(1, "Delays", "Ann")]


def test_a_bad_answer_saves_nothing(response, key_of, people):
    with pytest.raises(AnswersRefused) as refusal:
        save_answers(response, {key_of["share"]: 101, key_of["why"]: "Because"}, by=people[0])
    assert str(refusal.value) == "Share: Enter 100 percent or less."
    assert Answer.objects.count() == 0


def test_a_question_of_another_form_is_refused(response, people):
    other = load_form(
        "other", "Other", [{"code": "s", "title": "S", "questions": [{"code": "q", "kind": "short_text", "text": "Q"}]}]
    )
    foreign = other.sections.get().questions.get()
    with pytest.raises(AnswersRefused):
        save_answers(response, {foreign.pk: "x"}, by=people[0])


def test_two_people_on_two_questions_never_meet(response, key_of, people):
    seen = {key_of["title"]: 0, key_of["why"]: 0}
    save_answers(response, {key_of["title"]: "Ann's", key_of["why"]: None}, by=people[0], base_versions=seen)
    save_answers(response, {key_of["title"]: None, key_of["why"]: "Bob's"}, by=people[1], base_versions=seen)
    assert revisions() == [(1, "Ann's", "Ann"), (1, "Bob's", "Bob")]


def test_both_changed_is_a_conflict_and_the_rest_is_saved(response, key_of, people):
    title, why = key_of["title"], key_of["why"]
    save_answers(response, {title: "Base"}, by=people[0])
    save_answers(response, {title: "Ann's"}, by=people[0], base_versions={title: 1})
    with pytest.raises(Conflict) as conflict:
        save_answers(response, {title: "Bob's", why: "Because"}, by=people[1], base_versions={title: 1, why: 0})
    assert "“Name the problem” (Ann)" in str(conflict.value)
    assert [(one.mine, one.theirs, one.version) for one in conflict.value.answers] == [("Bob's", "Ann's", 2)]
    assert dict(Answer.objects.values_list("question__code", "value")) == {"title": "Ann's", "why": "Because"}


def test_both_wrote_the_same_is_no_conflict(response, key_of, people):
    title = key_of["title"]
    save_answers(response, {title: "Same"}, by=people[0], base_versions={title: 0})
    assert save_answers(response, {title: "Same"}, by=people[1], base_versions={title: 0}) == []


def test_a_version_nobody_had_can_only_conflict(response, key_of, people):
    title = key_of["title"]
    save_answers(response, {title: "Ann's"}, by=people[0])
    with pytest.raises(Conflict):
        save_answers(response, {title: "Bob's"}, by=people[1], base_versions={title: -1})


def test_many_at_once_on_one_question_leave_one_winner_a_version(transactional_db):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("an in-memory database has one connection")
    with clock.at(NOW):
        response = start_response(load_form("test-form", "Test form", SECTIONS))
        people = [make_user(f"Person {n}") for n in range(6)]
    question = response.form.sections.get(code="problem").questions.get(code="title")
    barrier, outcomes = Barrier(len(people)), []

    def save(user):
        barrier.wait()
        try:
            save_answers(response, {question.pk: user.name}, by=user, base_versions={question.pk: 0})
            outcomes.append("saved")
        except Conflict as conflict:
            outcomes.append(conflict.answers[0].mine)
        finally:
            connections.close_all()

    threads = [Thread(target=save, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer = Answer.objects.get()
    losers = {user.name for user in people} - {answer.value}
    assert sorted(outcomes) == sorted(["saved", *losers])
    assert answer.revisions.count() == 1


def test_gaps_and_status_follow_the_conditions(response, key_of, people):
    def state():
        sections = selectors.sections_with_answers(response)
        return [section.status for section in sections], [question.code for question in selectors.gaps(response)]

    not_started, in_progress, completed = SectionStatus
    assert state() == ([not_started, not_started], ["title", "why", "share", "agree"])
    save_answers(response, {key_of["title"]: "Delays", key_of["tried"]: "yes", key_of["why"]: "So"}, by=people[0])
    assert state() == ([in_progress, not_started], ["result", "share", "agree"])
    save_answers(response, {key_of["tried"]: "no"}, by=people[0])
    assert state() == ([completed, not_started], ["share", "agree"])
    save_answers(response, {key_of["share"]: 0, key_of["agree"]: True}, by=people[0])
    assert state() == ([completed, completed], [])


def test_reading_takes_the_same_number_of_queries_full_or_empty(response, key_of, people, django_assert_num_queries):
    with django_assert_num_queries(4):
        selectors.sections_with_answers(response)
    save_answers(response, {key_of["title"]: "Delays", key_of["why"]: "So", key_of["share"]: 3}, by=people[0])
    with django_assert_num_queries(4):
        selectors.sections_with_answers(response)


def test_values_in_words(response, key_of, people):
    values = {"title": "Delays", "tried": "yes", "share": 1200 / 100, "since": "2024-05-01", "agree": True}
    save_answers(response, {key_of[code]: value for code, value in values.items()}, by=people[0])
    words = {
        item.question.code: item.words
        for section in selectors.sections_with_answers(response)
        for item in section.questions
    }
    assert words == {
        "title": "Delays",
        "why": "",
        "tried": "Yes",
        "result": "",
        "share": "12 percent",
        "since": "May 1, 2024",
        "agree": "Accepted",
        "again": "",
    }


ALWAYS = {
    "code": "first",
    "title": "First",
    "questions": [
        {"code": "name", "kind": "short_text", "text": "Name it", "required": "always"},
        {"code": "note", "kind": "long_text", "text": "Notes", "required": "never"},
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


@pytest.fixture
def always(db, now):
    return start_response(load_form("always", "Always", [ALWAYS]))


@pytest.fixture
def keys(always):
    return {question.code: question.pk for question in always.form.sections.get().questions.all()}


def refused(response, values, by, **options):
    with pytest.raises(AnswersRefused) as refusal:
        save_answers(response, values, by=by, **options)
    return refusal.value.problems


LEFT_OUT = "Answer this: the section cannot be saved without it."


def test_an_answer_that_is_always_needed_may_not_be_given_as_empty(always, keys, people):
    problems = refused(always, {keys["name"]: " ", keys["note"]: "Words"}, people[0])
    assert problems == {keys["name"]: f"Name it: {LEFT_OUT}"}
    assert Answer.objects.count() == 0
    save_answers(always, {keys["name"]: "Delays", keys["note"]: "Words"}, by=people[0])
    assert refused(always, {keys["name"]: None}, people[0]) == {keys["name"]: f"Name it: {LEFT_OUT}"}
    assert revisions() == [(1, "Delays", "Ann"), (1, "Words", "Ann")]


def test_what_is_saved_by_itself_does_not_wait_for_it(always, keys, people):
    save_answers(always, {keys["note"]: "Words"}, by=people[0])
    assert revisions() == [(1, "Words", "Ann")]
    assert [question.code for question in selectors.gaps(always)] == ["name"]


def test_it_is_needed_only_where_it_is_asked(always, keys, people):
    given = {keys["name"]: "Delays", keys["tell"]: False, keys["more"]: None}
    save_answers(always, given, by=people[0])
    assert refused(always, given | {keys["tell"]: True}, people[0]) == {keys["more"]: f"More: {LEFT_OUT}"}
    save_answers(always, {keys["tell"]: True, keys["more"]: "So"}, by=people[0])
    save_answers(always, {keys["tell"]: None, keys["more"]: None}, by=people[0])


def test_a_colleagues_answer_counts(always, keys, people):
    save_answers(always, {keys["name"]: "Delays"}, by=people[1])
    seen = {keys["name"]: 0, keys["note"]: 0}
    save_answers(always, {keys["name"]: None, keys["note"]: "Words"}, by=people[0], base_versions=seen)
    assert revisions() == [(1, "Delays", "Bob"), (1, "Words", "Ann")]


def test_a_locked_answer_stays_as_it_is(response, key_of, people):
    title, why = key_of["title"], key_of["why"]
    save_answers(response, {title: "Delays"}, by=people[0])
    locked = {title: date(2024, 4, 30)}
    assert save_answers(response, {title: "Delays "}, by=people[1], locked=locked) == []
    problems = refused(response, {title: "Waiting", why: "So"}, people[1], locked=locked)
    assert problems == {title: "Name the problem: This could be changed until April 30, 2024, so it stays as it is."}
    assert refused(response, {title: None}, people[1], locked=locked).keys() == {title}
    save_answers(response, {why: "So"}, by=people[1], locked=locked)
    assert revisions() == [(1, "Delays", "Ann"), (1, "So", "Bob")]


def test_too_many_words_are_kept_and_stand_between_the_answer_and_its_submission(response, key_of, people):
    save_answers(response, {key_of["title"]: "one two three four five six seven"}, by=people[0])
    section = selectors.sections_with_answers(response)[0]
    assert section.questions[0].gap == "take out 2 words in “Name the problem”"
    assert section.questions[0].is_missing
    assert section.status == SectionStatus.IN_PROGRESS
    save_answers(response, {key_of["title"]: "one two three four five", key_of["why"]: "So"}, by=people[0])
    assert selectors.sections_with_answers(response)[0].status == SectionStatus.COMPLETED


# --- What a page saves by itself ---------------------------------------------------------------------------------------

A_MINUTE_AGO = NOW - timedelta(minutes=1)


@pytest.fixture
def types(response, key_of):
    """What the page of ``who`` saves by itself, one after the other; each names the version that it made before."""

    def send(who, *texts, base=0):
        for text in texts:
            seen = {key_of["title"]: base}
            save_answers(response, {key_of["title"]: text}, by=who, base_versions=seen, burst_since=A_MINUTE_AGO)
            base = Answer.objects.get().version

    return send


def test_a_burst_is_one_revision_with_its_last_words(types, response, key_of, people):
    save_answers(response, {key_of["title"]: "Before"}, by=people[0])
    types(people[0], "Be", "Behind", "Beside", base=1)
    assert revisions() == [(1, "Before", "Ann"), (4, "Beside", "Ann")]
    assert (Answer.objects.get().version, Answer.objects.get().value) == (4, "Beside")
    assert list(AnswerRevision.objects.get(version=4).passed) == ["2", "3"]


def test_somebody_else_the_button_and_the_minute_end_a_burst(types, response, key_of, people):
    ann, bob = people
    types(ann, "A", "B")
    types(bob, "C", "D", base=2)
    types(ann, "E", base=4)
    save_answers(response, {key_of["title"]: "F"}, by=ann, base_versions={key_of["title"]: 5})
    types(ann, "G", base=6)
    AnswerRevision.objects.filter(version=7).update(began_at=A_MINUTE_AGO)
    types(ann, "H", "I", base=7)
    assert revisions() == [
        (2, "B", "Ann"),
        (4, "D", "Bob"),
        (5, "E", "Ann"),
        (6, "F", "Ann"),
        (7, "G", "Ann"),
        (9, "I", "Ann"),
    ]


def test_a_page_from_the_middle_of_a_burst_conflicts_only_if_its_words_were_changed(types, response, key_of, people):
    title, why = key_of["title"], key_of["why"]
    types(people[0], "One", "One two", "One two three")
    untouched = {title: "One two", why: "Because"}
    save_answers(response, untouched, by=people[1], base_versions={title: 2, why: 0})
    assert Answer.objects.get(question=title).value == "One two three"
    assert Answer.objects.get(question=why).value == "Because"
    for base in (1, 2):
        with pytest.raises(Conflict) as conflict:
            save_answers(response, {title: "Two"}, by=people[1], base_versions={title: base})
        [told] = conflict.value.answers
        assert (told.theirs, told.version, told.saved_by) == ("One two three", 3, people[0])


def test_each_answer_of_a_section_has_its_own_burst(response, key_of, people):
    title, why = key_of["title"], key_of["why"]
    save_answers(response, {title: "T"}, by=people[0], burst_since=A_MINUTE_AGO)
    save_answers(response, {title: "Title", why: "So"}, by=people[0], burst_since=A_MINUTE_AGO)
    save_answers(response, {why: "So what"}, by=people[0], burst_since=A_MINUTE_AGO)
    assert revisions() == [(2, "Title", "Ann"), (2, "So what", "Ann")]


@pytest.mark.parametrize("burst_since", [None, A_MINUTE_AGO])
def test_three_answers_cost_as_many_statements_as_one(response, key_of, people, burst_since):
    def cost(*codes) -> list[int]:
        found = []
        for text in ("first", "second", "third"):
            with CaptureQueriesContext(connection) as queries:
                save_answers(response, {key_of[code]: text for code in codes}, by=people[0], burst_since=burst_since)
            found.append(len(queries))
        return found

    save_answers(response, {key_of["agree"]: True}, by=people[0])  # the first answer freezes the form
    one = cost("title")
    assert cost("why", "result", "again") == one
    assert max(one) <= 10
