"""Writing answers: one row a question, one revision a change, and nobody's words overwritten."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import IntegrityError, transaction

from accounts.models import User
from core import clock, drafts, wording
from documents import services as documents
from documents.models import StoredFile
from documents.services import Checked, FileRefused
from questionnaires import rules
from questionnaires.models import Answer, AnswerRevision, FormVersion, Question, QuestionKind, Required, Response
from questionnaires.selectors import conditions_of, limits_of, needs_of
from questionnaires.services.refusals import AnswersRefused, Conflict, ConflictingAnswer, Given

LEFT_OUT = "Answer this: the section cannot be saved without it."


def start_response(form: FormVersion) -> Response:
    """An empty filling-in of ``form``; the room that asks points at it and leaves the audit row."""
    return Response.objects.create(form=form, created_at=clock.now())


def remove_answers(responses: Iterable[int]) -> int:
    """Delete every answer of these responses (keys) with its revisions; return how many. Call it in a transaction.

    The responses stay. A file that only they referred to is left to ``documents.services.tidy``.
    """
    found = Answer.objects.filter(response__in=list(responses))
    count = found.count()
    found.delete()
    return count


def save_answers(
    response: Response,
    values: Mapping[int, object],
    *,
    by: User,
    base_versions: dict[int, int] | None = None,
    locked: Mapping[int, date] | None = None,
) -> list[Answer]:
    """Save what ``values`` (by question pk) change, one revision each, and return the answers that changed.

    A value that stands already writes nothing; None empties an answer. ``base_versions`` are the versions that the person
    had before them (0: no answer yet): where somebody else changed a question meanwhile, their text stays if this person
    did not touch it, and it is a conflict if both did. The first answer freezes the form's edition. No audit row is
    written: revisions tell. The answer to a file question is given as a ``documents.services.Checked`` upload; its file
    counts against the quota of this response, and a file that was replaced stays with the revision that had it.
    ``locked`` holds the questions that can no longer be changed, each with the last day on which they could
    (``selectors.locks_of``). Too many words are kept, and told as a gap.

    Raises:
        AnswersRefused: a value breaks its question's rules, is no question of this form, is locked, is empty where the
            section cannot be saved without it, or is a file for which no room is left; nothing is saved.
        Conflict: after everything else has been saved.
    """
    questions = Question.objects.filter(section__form_id=response.form_id).in_bulk()
    wanted = _cleaned(questions, values)
    saved: list[Answer] = []
    with transaction.atomic():
        present = {answer.question_id: answer for answer in response.answers.select_related("saved_by")}
        changed, disputed = _settled(wanted, present, base_versions or {})
        _refuse_locked(questions, changed, locked or {})
        _refuse_left_out(response, questions, wanted, changed, present)
        conflicts = [_conflict(questions[key], present[key], wanted[key]) for key in disputed]
        if changed:
            _freeze(response.form)
        for key in changed:
            written = _write(response, questions[key], present.get(key), wanted[key], by)
            if written is None:
                conflicts.append(_conflict(questions[key], _stored(response, key), wanted[key]))
            else:
                saved.append(written)
    if conflicts:
        raise Conflict(conflicts)
    return saved


def _settled(
    wanted: Mapping[int, Given], present: Mapping[int, Answer], base_versions: Mapping[int, int]
) -> tuple[list[int], list[int]]:
    """The questions whose answer is to be written, and those that somebody else changed as well."""
    changed: list[int] = []
    disputed: list[int] = []
    for key, value in sorted(
        wanted.items(), key=lambda item: item[0]
    ):  # in one order, so that two people cannot deadlock
        answer, base = present.get(key), base_versions.get(key)
        if _is_same(value, answer.value if answer else None):
            continue
        if base is None or not _is_stale(answer, base):
            changed.append(key)
        elif not _is_same(value, _value_at(answer, base)):
            disputed.append(key)
    return changed, disputed


def _refuse_locked(questions: Mapping[int, Question], changed: Iterable[int], locked: Mapping[int, date]) -> None:
    problems = {
        key: f"{questions[key].text}: This could be changed until {wording.day(locked[key])}, so it stays as it is."
        for key in changed
        if key in locked
    }
    if problems:
        raise AnswersRefused(problems)


def _refuse_left_out(
    response: Response,
    questions: Mapping[int, Question],
    wanted: Mapping[int, Given],
    changed: Iterable[int],
    present: Mapping[int, Answer],
) -> None:
    """An answer without which its section cannot be saved may not be given as empty while it is asked."""
    empty = [
        key
        for key, value in wanted.items()
        if value is None
        and questions[key].required == Required.ALWAYS
        and (key in changed or key not in present or present[key].value is None)
    ]
    if not empty:
        return
    order = Question.objects.filter(section__form_id=response.form_id).order_by("section__position", "position")
    values = {key: answer.value for key, answer in present.items()} | dict(wanted)
    asked = rules.asked(order.values_list("pk", flat=True), needs_of(conditions_of(response.form)), values)
    problems = {key: f"{questions[key].text}: {LEFT_OUT}" for key in empty if key in asked}
    if problems:
        raise AnswersRefused(problems)


def _cleaned(questions: dict[int, Question], values: Mapping[int, object]) -> dict[int, Given]:
    wanted: dict[int, Given] = {}
    problems: dict[int, str] = {}
    for key, value in values.items():
        if key not in questions:
            problems[key] = "This form has been changed since you opened it. Open the page again."
            continue
        if isinstance(value, Checked) and questions[key].kind == QuestionKind.FILE:
            wanted[key] = value
            continue
        try:
            wanted[key] = rules.clean(limits_of(questions[key]), value)
        except rules.BadAnswer as error:
            problems[key] = f"{questions[key].text}: {error}"
    if problems:
        raise AnswersRefused(problems)
    return wanted


def _is_same(given: Given, stored: rules.Json) -> bool:
    """Whether saving ``given`` would change nothing; the same content under the same name is the same file."""
    if not isinstance(given, Checked):
        return given == stored
    return isinstance(stored, dict) and (stored["name"], stored["sha256"]) == (given.name, given.sha256)


def _is_stale(answer: Answer | None, base: int) -> bool:
    return answer is not None and answer.version != base  # what nobody has answered, nobody has changed


def _value_at(answer: Answer | None, version: int) -> rules.Json:
    revision = answer and answer.revisions.filter(version=version).first()
    return revision.value if revision else None


def _conflict(question: Question, answer: Answer, mine: Given) -> ConflictingAnswer:
    return ConflictingAnswer(question, mine, answer.value, answer.version, answer.saved_by, answer.saved_at)


def _stored(response: Response, question_id: int) -> Answer:
    return response.answers.select_related("saved_by").get(question=question_id)


def _freeze(form: FormVersion) -> None:
    if form.frozen_at is None and FormVersion.objects.filter(pk=form.pk, frozen_at=None).update(frozen_at=clock.now()):
        form.refresh_from_db(fields=["frozen_at"])


def _write(response: Response, question: Question, answer: Answer | None, given: Given, by: User) -> Answer | None:
    """The answer as written with its revision, or None where somebody else was faster."""
    stamp = {"saved_at": clock.now(), "saved_by": by}
    try:
        with transaction.atomic():  # a file that was stored for an answer that is not written goes with it
            file = _store(response, question, given, by)
            content = {"value": _file_value(file) if file else given, "file": file}
            if answer is None:
                answer = Answer.objects.create(response=response, question=question, **content, **stamp)
            elif not drafts.swap(answer, **content, **stamp):
                raise _Overtaken
            AnswerRevision.objects.create(answer=answer, version=answer.version, **content, **stamp)
    except (IntegrityError, _Overtaken):  # the unique constraint, or the version: somebody else answered meanwhile
        return None
    return answer


class _Overtaken(Exception):
    """The answer no longer has the version that was read."""


def _store(response: Response, question: Question, given: Given, by: User) -> StoredFile | None:
    if not isinstance(given, Checked):
        return None
    try:
        return documents.keep(given, by=by, quota_key=f"response:{response.pk}")
    except FileRefused as refusal:
        raise AnswersRefused({question.pk: f"{question.text}: {refusal}"}) from refusal


def _file_value(file: StoredFile) -> dict[str, str | int]:
    """What an answer says of its file, so that it can be shown, compared and sealed without another row."""
    return {"file": str(file.public_id), "name": file.original_name, "size": file.size, "sha256": file.sha256}
