"""Writing answers: one row a question, one revision a change, and nobody's words overwritten."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from accounts.models import User
from core import clock, wording
from documents import services as documents
from documents.models import StoredFile
from documents.services import Checked, FileRefused
from questionnaires import rules
from questionnaires.models import Answer, FormVersion, Question, QuestionKind, Required, Response
from questionnaires.selectors import conditions_of, limits_of, needs_of
from questionnaires.services import revisions
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


def hold(response: Response) -> None:
    """Hold the row until the transaction ends, so that nobody else answers; and take up the edition that its form has now."""
    row = Response.objects.select_for_update(of=("self",), no_key=True).select_related("form").get(pk=response.pk)
    response.form = row.form


def save_answers(
    response: Response,
    values: Mapping[int, object],
    *,
    by: User,
    base_versions: dict[int, int] | None = None,
    locked: Mapping[int, date] | None = None,
    burst_since: datetime | None = None,
    is_held: bool = False,
) -> list[Answer]:
    """Save what ``values`` (by question pk) change, one revision each, and return the answers that changed.

    A value that stands already writes nothing; None empties an answer. ``base_versions`` are the versions that the person
    had before them (0: no answer yet): where somebody else changed a question meanwhile, their text stays if this person
    did not touch it, and it is a conflict if both did. The first answer freezes the form's edition. No audit row is
    written: revisions tell. The answer to a file question is given as a ``documents.services.Checked`` upload; its file
    counts against the quota of this response, and a file that was replaced stays with the revision that had it.
    ``locked`` holds the questions that can no longer be changed, each with the last day on which they could
    (``selectors.locks_of``). Too many words are kept, and told as a gap. ``burst_since``: this was saved by the page itself, and
    what the same person's page saved of an answer since then is one revision with it. ``is_held``: the caller has called
    ``hold`` in a transaction that a refusal takes back.

    Raises:
        AnswersRefused: a value breaks its question's rules, is no question of this form, is locked, is empty where the
            section cannot be saved without it, or is a file for which no room is left; nothing is saved.
        Conflict: after everything else has been saved.
    """
    with transaction.atomic(savepoint=not is_held):
        if not is_held:
            hold(response)
        questions = Question.objects.filter(section__form_id=response.form_id).in_bulk(list(values))
        wanted = _cleaned(questions, values)
        rows = response.answers.filter(question__in=questions).select_for_update(no_key=True)
        present = {row.question_id: row for row in rows}
        changed, disputed = _settled(wanted, present, base_versions or {})
        _refuse_locked(questions, changed, locked or {})
        _refuse_left_out(response, questions, wanted, changed, present)
        prefetch_related_objects([present[key] for key in disputed], "saved_by")
        conflicts = [_conflict(questions[key], present[key], wanted[key]) for key in disputed]
        saved = _write(response, {key: wanted[key] for key in changed}, questions, present, by, burst_since)
    if conflicts:
        raise Conflict(conflicts)
    return saved


def _settled(
    wanted: Mapping[int, Given], present: Mapping[int, Answer], base_versions: Mapping[int, int]
) -> tuple[list[int], list[int]]:
    """The questions whose answer is to be written, and those that somebody else changed as well."""
    changed: list[int] = []
    disputed: list[int] = []
    for key, value in sorted(wanted.items(), key=lambda item: item[0]):
        answer, base = present.get(key), base_versions.get(key)
        if revisions.is_same(value, answer.value if answer else None):
            continue
        if base is None or not _is_stale(answer, base):
            changed.append(key)
        elif not revisions.was(answer, base, value):
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
    values = dict(response.answers.values_list("question_id", "value")) | dict(wanted)
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


def _is_stale(answer: Answer | None, base: int) -> bool:
    return answer is not None and answer.version != base  # what nobody has answered, nobody has changed


def _conflict(question: Question, answer: Answer, mine: Given) -> ConflictingAnswer:
    return ConflictingAnswer(question, mine, answer.value, answer.version, answer.saved_by, answer.saved_at)


def _freeze(form: FormVersion) -> None:
    if form.frozen_at is None and FormVersion.objects.filter(pk=form.pk, frozen_at=None).update(frozen_at=clock.now()):
        form.refresh_from_db(fields=["frozen_at"])


def _write(
    response: Response,
    given: Mapping[int, Given],
    questions: Mapping[int, Question],
    present: Mapping[int, Answer],
    by: User,
    burst_since: datetime | None,
) -> list[Answer]:
    """The answers as written with their revisions; a file that is stored for one goes if the transaction does."""
    if not given:
        return []
    _freeze(response.form)
    values: dict[int, tuple[rules.Json, StoredFile | None]] = {}
    for key, value in given.items():
        file = _store(response, questions[key], value, by)
        values[key] = (_file_value(file), file) if file else (value, None)
    unfinished = {key for key, (value, _) in values.items() if rules.unfinished(limits_of(questions[key]), value)}
    saved = revisions.write(
        response, values, present, by=by, at=clock.now(), burst_since=burst_since, unfinished=unfinished
    )
    for answer in saved:
        answer.question = questions[answer.question_id]
    return saved


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
