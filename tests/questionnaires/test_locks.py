"""From which day on an answer can no longer be changed."""

from datetime import date

import pytest

from questionnaires.models import Question
from questionnaires.selectors import Lock, last_day, locks_of
from questionnaires.services import load_form

DEADLINE = date(2024, 5, 8)


@pytest.fixture
def form(db, now):
    questions = [
        {"code": "a", "kind": "short_text", "text": "A", "locked_days_before": 7},
        {"code": "b", "kind": "short_text", "text": "B", "locked_days_before": 0},
        {"code": "c", "kind": "short_text", "text": "C"},
    ]
    return load_form("locks", "Locks", [{"code": "s", "title": "S", "questions": questions}])


@pytest.fixture
def keys(form):
    return dict(Question.objects.values_list("code", "pk"))


def test_the_last_day_is_the_one_before_the_lock(form):
    days = {question.code: last_day(question, DEADLINE) for question in Question.objects.all()}
    assert days == {"a": date(2024, 4, 30), "b": date(2024, 5, 7), "c": None}


@pytest.mark.parametrize(
    ("today", "locked"),
    [(date(2024, 4, 30), set()), (date(2024, 5, 1), {"a"}), (date(2024, 5, 7), {"a"}), (DEADLINE, {"a", "b"})],
)
def test_it_locks_with_the_day(form, keys, today, locked, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = locks_of(form, deadline_on=DEADLINE, today=today)
    assert found == {
        keys["a"]: Lock(date(2024, 4, 30), "a" in locked),
        keys["b"]: Lock(date(2024, 5, 7), "b" in locked),
    }
