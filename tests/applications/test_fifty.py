"""Fifty people save at the same moment: every word is stored, or handed back to whoever wrote it.

On PostgreSQL each has a thread and a connection. SQLite has one writer at a time, so there they come one after the other,
all of them having read the same version.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from accounts.models import User
from applications.models import Application
from applications.services import Kept, keep_answers, open_call, start_application
from core import clock
from questionnaires.models import AnswerRevision, Question
from questionnaires.services import load_form
from tests.applications.conftest import APRIL
from tests.conftest import NOW, build_cast

FIFTY = 50


@pytest.fixture
def application(transactional_db) -> Application:
    """Of a form with fifty questions."""
    questions = [{"code": f"q{number}", "kind": "long_text", "text": f"Question {number}?"} for number in range(FIFTY)]
    with clock.at(APRIL):
        cast = build_cast()
        form = load_form("fifty", "Application", [{"code": "all", "title": "All", "questions": questions}])
        call = open_call(cast.cohort, form=form)
        return start_application(call, practice=cast.practice, team_name="A", leader=cast.leader, by=cast.leader)


@pytest.fixture
def people(transactional_db) -> list[User]:
    made = [User(email=f"p{number}@test.example", name=f"Person {number}", joined_at=NOW) for number in range(FIFTY)]
    return User.objects.bulk_create(made)


@pytest.fixture
def at_once(application, people):
    """Everybody saves ``values(number)``, having read version 0 of everything; what each was told, in their order."""

    def save(number: int, values: dict[int, str]) -> Kept:
        own = Application.objects.get(pk=application.pk)
        with clock.at(APRIL):
            return keep_answers(own, values, by=people[number], base_versions=dict.fromkeys(values, 0))

    def run(values) -> list[Kept]:
        if connection.vendor != "postgresql":
            return [save(number, values(number)) for number in range(FIFTY)]
        barrier = Barrier(FIFTY)

        def one(number: int) -> Kept:
            try:
                connection.ensure_connection()
                barrier.wait(timeout=60)
                return save(number, values(number))
            finally:
                connections.close_all()

        with ThreadPoolExecutor(FIFTY) as pool:
            return list(pool.map(one, range(FIFTY)))

    return run


def words(number: int) -> str:
    return f"The words of person {number}"


def test_one_question(at_once, people):
    question = Question.objects.get(code="q7")
    told = at_once(lambda number: {question.pk: words(number)})
    stored = list(AnswerRevision.objects.values_list("value", "saved_by"))
    handed_back = [(conflict.mine, people[number].pk) for number, one in enumerate(told) for conflict in one.conflicts]
    assert sorted(stored + handed_back) == sorted((words(number), people[number].pk) for number in range(FIFTY))
    assert len(stored) == 1
    # Whoever was slower is shown what stands there.
    assert {(one.theirs, one.version) for kept in told for one in kept.conflicts} == {(stored[0][0], 1)}
    assert [kept.versions for kept in told if not kept.conflicts] == [{question.pk: 1}]


def test_one_question_until_everybody_has_written(at_once, people):
    """Whoever gets a conflict looks and saves again: fifty versions, nobody's words missing, none overwritten unseen."""
    question = Question.objects.get(code="q7")
    told = at_once(lambda number: {question.pk: words(number)})
    application = Application.objects.get()
    for number, kept in enumerate(told):
        if kept.conflicts:
            version = application.response.answers.get().version
            with clock.at(APRIL):
                again = keep_answers(
                    application, {question.pk: words(number)}, by=people[number], base_versions={question.pk: version}
                )
            assert again.versions == {question.pk: version + 1}
    assert sorted(AnswerRevision.objects.values_list("value", flat=True)) == sorted(map(words, range(FIFTY)))
    assert application.response.answers.get().version == FIFTY


def test_fifty_questions(at_once, people):
    questions = list(Question.objects.order_by("position"))
    told = at_once(lambda number: {questions[number].pk: words(number)})
    assert [(kept.versions, kept.conflicts) for kept in told] == [({one.pk: 1}, []) for one in questions]
    stored = AnswerRevision.objects.order_by("answer__question__position").values_list("value", "saved_by")
    assert list(stored) == [(words(number), people[number].pk) for number in range(FIFTY)]
