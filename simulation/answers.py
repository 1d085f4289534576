"""Plausible, plainly synthetic answers to whatever a form asks."""

from datetime import timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from documents.services import check
from questionnaires.models import FormVersion, Question, QuestionKind, Required

SENTENCE = "This is a synthetic answer, written by the simulation."


def answers_to(form: FormVersion, rng: Random) -> dict[int, object]:
    """Question id -> a valid value, for every question of the form."""
    questions = Question.objects.filter(section__form=form).order_by("section__position", "position")
    return {question.pk: _answer(question, rng) for question in questions}


def _answer(question: Question, rng: Random) -> object:
    codes = [choice["code"] for choice in question.choices]
    if question.kind == QuestionKind.NUMBER:
        low = int(question.minimum or 0)
        high = int(question.maximum) if question.maximum is not None else low + 100
        return rng.randint(low, high)
    if question.kind == QuestionKind.CHOICE:
        return rng.choice(codes)
    if question.kind == QuestionKind.CHOICES:
        return sorted(rng.sample(codes, rng.randint(1, len(codes))), key=codes.index)
    if question.kind == QuestionKind.DATE:
        return (clock.now() - timedelta(days=rng.randint(1, 300))).date()
    if question.kind == QuestionKind.STATEMENT:
        return True
    if question.kind == QuestionKind.FILE:
        is_needed = question.required == Required.SUBMISSION
        return check(SimpleUploadedFile("synthetic.txt", SENTENCE.encode())) if is_needed else None
    return SENTENCE
