"""Editions of a form: the next one in writing, one that is closed, and answers carried from one to another."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core import clock
from core.services import record
from questionnaires import rules
from questionnaires.definition import FormDefinition
from questionnaires.models import Answer, AnswerRevision, FormVersion, Question, QuestionKind, Response
from questionnaires.selectors import in_words, limits_of, plan_of
from questionnaires.services.loading import new_edition
from questionnaires.services.refusals import FormRefused
from questionnaires.services.writing import write_sections

OUT_OF_THE_WAY = 1_000_000  # above every version of an answer


@transaction.atomic
def draft_of(form: FormVersion, *, by: User) -> FormVersion:
    """The edition of this form that can be edited: itself, the draft that is there, or a copy of it with the next number."""
    editions = {one.pk: one for one in FormVersion.objects.select_for_update().filter(code=form.code)}
    present = editions[form.pk]
    if present.frozen_at is None:
        return present
    newest = max(editions.values(), key=lambda one: one.number)
    if newest.frozen_at is None:
        return newest
    draft = new_edition(form.code, present.title, based_on=present)
    write_sections(draft, plan_of(present))
    record("formversion.created", draft, by=by)
    return draft


@transaction.atomic
def freeze(form: FormVersion, *, by: User | None) -> FormVersion:
    """Close an edition, so that it asks from now on what it asks today; a second time changes nothing.

    Raises:
        FormRefused: it is not whole: a section has no question, or there is none.
    """
    locked = FormVersion.objects.select_for_update().get(pk=form.pk)
    if locked.frozen_at is None:
        check_whole(locked)
        locked.frozen_at = clock.now()
        locked.save(update_fields=["frozen_at"])
        record("formversion.frozen", locked, by=by)
    form.frozen_at = locked.frozen_at
    return form


def check_whole(form: FormVersion) -> FormDefinition:
    """The form as its definition.

    Raises:
        FormRefused: a section has no question, or there is none.
    """
    plan = plan_of(form)
    sentences = [
        f"Section “{section.title}” has no question. Add one, or remove the section."
        for section in plan.sections
        if not section.questions
    ]
    if not plan.sections:
        sentences = ["The form has no section. Add one with its questions."]
    if sentences:
        raise FormRefused(sentences)
    return FormDefinition(**plan.model_dump())


@dataclass(frozen=True)
class LeftBehind:
    """An answer that the other edition does not take: the question as it was, the answer in words, and why."""

    question: Question
    words: str
    reason: str


@transaction.atomic
def carry_over(response: Response, to: FormVersion, *, by: User | None) -> list[LeftBehind]:
    """Make ``response`` one of the edition ``to``; return the answers that could not come along.

    Answers move to the question of the same code and kind, with their versions and revisions, where the value is still one
    that may be given there. What stays behind is kept with its revisions, and comes along when an edition takes it again.
    Hold the lock of whatever owns the response, so that nobody answers meanwhile.
    """
    rows = Response.objects.select_for_update().filter(pk=response.pk)
    present = rows.get().form_id
    targets = {question.code: question for question in Question.objects.filter(section__form=to)}
    answers = Answer.objects.filter(response=response).select_related("question__section").order_by("-saved_at", "-pk")
    moved: dict[int, Answer] = {}
    left: list[LeftBehind] = []
    for answer in sorted(answers, key=lambda one: one.question.section.form_id != present):
        target = targets.get(answer.question.code)
        reason = _reason_to_stay(answer, target)
        if not reason and target.pk in moved:
            _put_before(answer, moved[target.pk])
        elif not reason:
            answer.question = target
            answer.is_unfinished = bool(rules.unfinished(limits_of(target), answer.value))
            moved[target.pk] = answer
        elif reason and answer.value is not None and answer.question.section.form_id == present:
            left.append(LeftBehind(answer.question, in_words(answer.question, answer.value), reason))
    Answer.objects.bulk_update(moved.values(), ["question", "version", "is_unfinished"], batch_size=100)
    rows.update(form=to)
    response.form = to
    if moved:
        freeze(to, by=by)
    record("response.carried_over", response, by=by)
    return left


def _put_before(older: Answer, newer: Answer) -> None:
    """Make an answer that stayed behind once the beginning of the history of the one that took its place."""
    revisions = AnswerRevision.objects.filter(answer=newer)
    for shift in (OUT_OF_THE_WAY, older.version - OUT_OF_THE_WAY):  # so that no two have one number on the way
        revisions.update(version=F("version") + shift)
    AnswerRevision.objects.filter(answer=older).update(answer=newer)
    older.delete()
    newer.version += older.version


def _reason_to_stay(answer: Answer, target: Question | None) -> str:
    if target is None:
        return "The question is no longer asked."
    if target.kind != answer.question.kind:
        return "The question asks for something else now."
    if answer.value is None or target.kind == QuestionKind.FILE:
        return ""
    try:
        is_same = rules.clean(limits_of(target), answer.value) == answer.value
    except rules.BadAnswer:
        is_same = False
    return "" if is_same else "The answer is not one that can be given any more."
