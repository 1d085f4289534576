"""Answers that can be changed only until some days before a deadline. Days are local ones, in the deadline's zone."""

from dataclasses import dataclass
from datetime import date, timedelta

from questionnaires.models import FormVersion, Question


@dataclass(frozen=True)
class Lock:
    """``last_day``: the last one on which the answer can be changed. ``is_on``: it has passed."""

    last_day: date
    is_on: bool


def last_day(question: Question, deadline_on: date) -> date | None:
    """The last day on which the answer could be changed; None where it never locks.

    A question with 7 days and a deadline on May 8 is locked from May 1 on, so its last day is April 30.
    """
    if question.locked_days_before is None:
        return None
    return deadline_on - timedelta(days=question.locked_days_before + 1)


def has_locks(form: FormVersion) -> bool:
    """Whether any question of the form locks; most forms have none."""
    return Question.objects.filter(section__form=form, locked_days_before__isnull=False).exists()


def locks_of(form: FormVersion, *, deadline_on: date, today: date) -> dict[int, Lock]:
    """How the questions that lock stand ``today``, by their key. One query."""
    rows = Question.objects.filter(section__form=form, locked_days_before__isnull=False)
    days = {question.pk: last_day(question, deadline_on) for question in rows}
    return {key: Lock(day, day < today) for key, day in days.items() if day is not None}
