"""Answers and their revisions, written many at a time: two statements for what is new, two for what changed.

A revision stands for one act of saving. What a page saves by itself while one person types is a burst, and one revision stands
for all of it: it has the last words, and of those that it passed over a fingerprint each, by which a page that still
shows them is told from one in which somebody changed them (docs/decisions/0011-one-revision-a-burst.md).
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from django.db import models

from accounts.models import User
from documents.models import StoredFile
from documents.services import Checked
from questionnaires import rules
from questionnaires.models import Answer, AnswerRevision, Response
from questionnaires.services.refusals import Given

CONTENT = ["version", "value", "file", "saved_at", "saved_by"]


def write(
    response: Response,
    values: Mapping[int, tuple[rules.Json, StoredFile | None]],
    present: Mapping[int, Answer],
    *,
    by: User,
    at: datetime,
    burst_since: datetime | None,
    unfinished: Collection[int] = (),
) -> list[Answer]:
    """Make ``values`` (by question pk) the answers of ``response``. Call it in a transaction that holds the present ones.

    ``unfinished``: the questions of which the new value does not keep the limits that submission asks for.
    """
    changed = [present[key] for key in values if key in present]
    extended = _bursts_of(changed, by, burst_since)
    passed = {answer.pk: {str(answer.version): fingerprint(answer.value)} for answer in changed}
    answers = [present.get(key) or Answer(response=response, question_id=key, version=0) for key in values]
    for answer in answers:
        answer.version += 1
        (answer.value, answer.file), answer.saved_at, answer.saved_by = values[answer.question_id], at, by
        answer.is_unfinished = answer.question_id in unfinished
    Answer.objects.bulk_create([answer for answer in answers if answer.pk is None])
    _overwrite(changed, [*CONTENT, "is_unfinished"])
    news, more = [], []
    for answer in answers:
        revision = extended.get(answer.pk)
        if revision is None:
            news.append(AnswerRevision(answer=answer, began_at=at if burst_since else None))
        else:
            revision.passed |= passed[answer.pk]
            more.append(revision)
    for revision in news + more:
        for name in CONTENT:
            setattr(revision, name, getattr(revision.answer, name))
    AnswerRevision.objects.bulk_create(news)
    _overwrite(more, [*CONTENT, "passed"])
    return answers


def _overwrite(rows: Sequence[models.Model], fields: list[str]) -> None:
    """Write rows that are there, and held, in one statement."""
    if rows:
        manager = type(rows[0])._default_manager
        manager.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=fields)


def _bursts_of(answers: Iterable[Answer], by: User, since: datetime | None) -> dict[int, AnswerRevision]:
    """The revisions, by answer, that this save belongs to: by the same person, begun since then, and nothing came after."""
    held = {answer.pk: answer for answer in answers if since and answer.saved_by_id == by.pk and answer.file_id is None}
    if not held:
        return {}
    found = AnswerRevision.objects.filter(answer__in=held, saved_by=by, began_at__gt=since)
    bursts = {row.answer_id: row for row in found if row.version == held[row.answer_id].version}
    for key, row in bursts.items():
        row.answer = held[key]
    return bursts


def is_same(given: Given, stored: rules.Json) -> bool:
    """Whether saving ``given`` would change nothing; the same content under the same name is the same file."""
    if not isinstance(given, Checked):
        return given == stored
    return isinstance(stored, dict) and (stored["name"], stored["sha256"]) == (given.name, given.sha256)


def was(answer: Answer | None, version: int, given: Given) -> bool:
    """Whether ``given`` is what stood there in ``version``; of one that it never had, whether it is empty."""
    revision = answer and answer.revisions.filter(version__gte=version).order_by("version").first()
    if revision is None or version < 1:
        return given is None
    if revision.version == version:
        return is_same(given, revision.value)
    return not isinstance(given, Checked) and revision.passed.get(str(version)) == fingerprint(given)


def fingerprint(value: rules.Json) -> str:
    """Of a value, to know it again; half a SHA-256."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
