"""Writing forms and answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from core import clock
from core.refusals import Refused
from core.services import record
from documents import services as documents
from documents.models import StoredFile
from documents.services import Checked, FileRefused
from questionnaires import rules
from questionnaires.definition import FormDefinition, QuestionDefinition, SectionDefinition
from questionnaires.models import (
    Answer,
    AnswerRevision,
    Condition,
    FormVersion,
    Question,
    QuestionKind,
    Response,
    Section,
)
from questionnaires.selectors import definition_of, limits_of

Given = rules.Json | Checked  # a file is given as a checked upload and stored when its answer is written


class AnswersRefused(Refused):
    """An answer breaks a rule of its question. ``problems`` holds the sentences by question."""

    def __init__(self, problems: dict[int, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


@dataclass(frozen=True)
class ConflictingAnswer:
    """One question answered by two people at once. ``mine`` was not saved; ``theirs`` (version ``version``) stands."""

    question: Question
    mine: Given
    theirs: rules.Json
    version: int
    saved_by: User
    saved_at: datetime


class Conflict(Refused):
    """Somebody else changed the same answers. What only one side changed has been saved."""

    def __init__(self, answers: list[ConflictingAnswer]) -> None:
        self.answers = answers
        names = "; ".join(f"“{answer.question.text}” ({answer.saved_by})" for answer in answers)
        super().__init__(
            f"Somebody else changed these answers while you were writing: {names}. Choose which text to keep."
        )


# --- Forms ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def load_form(
    code: str, title: str, sections: Sequence[SectionDefinition] | Sequence[dict], *, by: User | None = None
) -> FormVersion:
    """Make the form ``code`` what ``sections`` say, and return the edition that says it.

    The newest edition is returned as it is where nothing differs, rewritten where nobody has answered it yet, and left alone
    with a next number written beside it where it is frozen. ``sections`` are definitions or plain dicts in their shape.

    Raises:
        pydantic.ValidationError: the sections are no valid form.
    """
    definition = FormDefinition(sections=list(sections))
    newest = FormVersion.objects.select_for_update().filter(code=code).order_by("-number").first()
    if newest and newest.title == title and definition_of(newest) == definition:
        return newest
    if newest and newest.frozen_at is None:
        newest.sections.all().delete()
        FormVersion.objects.filter(pk=newest.pk).update(title=title)
        newest.title = title
        verb, form = "formversion.changed", newest
    else:
        number = newest.number + 1 if newest else 1
        form = FormVersion.objects.create(code=code, number=number, title=title, created_at=clock.now())
        verb = "formversion.created"
    _write_sections(form, definition)
    record(verb, form, by=by)
    return form


def _write_sections(form: FormVersion, definition: FormDefinition) -> None:
    questions: dict[str, Question] = {}
    for position, wanted in enumerate(definition.sections, start=1):
        section = Section.objects.create(
            form=form, code=wanted.code, title=wanted.title, introduction=wanted.introduction, position=position
        )
        for place, question in enumerate(wanted.questions, start=1):
            questions[question.code] = _write_question(section, question, place)
    Condition.objects.bulk_create(
        Condition(
            question=questions[wanted.code],
            depends_on=questions[wanted.ask_if.question],
            values=list(wanted.ask_if.values),
        )
        for wanted in definition.questions
        if wanted.ask_if
    )


def _write_question(section: Section, wanted: QuestionDefinition, position: int) -> Question:
    plain = wanted.model_dump(
        include={"code", "kind", "text", "required", "max_words", "unit", "choices", "shown_to_reviewers"}
    )
    return Question.objects.create(
        section=section,
        position=position,
        help_text=wanted.help,
        minimum=None if wanted.minimum is None else str(wanted.minimum),
        maximum=None if wanted.maximum is None else str(wanted.maximum),
        **plain,
    )


def start_response(form: FormVersion) -> Response:
    """An empty filling-in of ``form``; the room that asks points at it and leaves the audit row."""
    return Response.objects.create(form=form, created_at=clock.now())


# --- Answers ----------------------------------------------------------------------------------------------------------


def save_answers(
    response: Response, values: Mapping[int, object], *, by: User, base_versions: dict[int, int] | None = None
) -> list[Answer]:
    """Save what ``values`` (by question pk) change, one revision each, and return the answers that changed.

    A value that stands already writes nothing; None empties an answer. ``base_versions`` are the versions that the person
    had before them (0: no answer yet): where somebody else changed a question meanwhile, their text stays if this person
    did not touch it, and it is a conflict if both did. The first answer freezes the form's edition. No audit row is
    written: revisions tell. The answer to a file question is given as a ``documents.services.Checked`` upload; its file
    counts against the quota of this response, and a file that was replaced stays with the revision that had it.

    Raises:
        AnswersRefused: a value breaks its question's rules, is no question of this form, or is a file for which no room is
            left; nothing is saved.
        Conflict: after everything else has been saved.
    """
    questions = Question.objects.filter(section__form_id=response.form_id).in_bulk()
    wanted = _cleaned(questions, values)
    conflicts: list[ConflictingAnswer] = []
    saved: list[Answer] = []
    with transaction.atomic():
        present = {answer.question_id: answer for answer in response.answers.select_related("saved_by")}
        for key, value in sorted(wanted.items()):  # in one order, so that two people cannot deadlock
            answer = present.get(key)
            if _is_same(value, answer.value if answer else None):
                continue
            base = None if base_versions is None else base_versions.get(key)
            if base is not None and _is_stale(answer, base):
                if not _is_same(value, _value_at(answer, base)):
                    conflicts.append(_conflict(questions[key], answer, value))
                continue
            if not saved:
                _freeze(response.form)
            written = _write(response, questions[key], answer, value, by)
            if written is None:
                conflicts.append(_conflict(questions[key], _stored(response, key), value))
            else:
                saved.append(written)
    if conflicts:
        raise Conflict(conflicts)
    return saved


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
            else:
                _replace(answer, content, stamp)
            AnswerRevision.objects.create(answer=answer, version=answer.version, **content, **stamp)
    except (IntegrityError, _Overtaken):  # the unique constraint, or the version: somebody else answered meanwhile
        return None
    return answer


def remove_answers(responses: Iterable[int]) -> int:
    """Delete every answer of these responses (keys) with its revisions; return how many. Call it in a transaction.

    The responses stay. A file that only they referred to is left to ``documents.services.tidy``.
    """
    found = Answer.objects.filter(response__in=list(responses))
    count = found.count()
    found.delete()
    return count


class _Overtaken(Exception):
    """The answer no longer has the version that was read."""


def _replace(answer: Answer, content: dict[str, object], stamp: dict[str, object]) -> None:
    row = Answer.objects.filter(pk=answer.pk, version=answer.version)
    if not row.update(version=answer.version + 1, **content, **stamp):
        raise _Overtaken
    for name, value in {"version": answer.version + 1, **content, **stamp}.items():
        setattr(answer, name, value)


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
