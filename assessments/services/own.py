"""Answers that one person gives for themselves: a member alone, a third party on its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from assessments.models import Assessment, Item, Level, MemberAnswer, ReviewerAnswer
from assessments.services.answers import AnswersChanged
from core import clock, drafts

Row = MemberAnswer | ReviewerAnswer


@dataclass(frozen=True)
class OwnAnswer:
    """One answer of one person. ``base_version``: the version that the page had, 0 for none, None to save regardless."""

    item: Item
    kind: str
    level: Level | None = None
    note: str = ""
    base_version: int | None = None


def write_own(rows: QuerySet, assessment: Assessment, answers: Sequence[OwnAnswer], *, by: User) -> list[Row]:
    """Write into ``rows`` (of one person, or of the one third party); whoever calls holds the lock on them.

    Raises:
        AnswersChanged: another window wrote since; nothing is saved.
    """
    items = [one.item.pk for one in answers]
    present = {row.item_id: row for row in rows.filter(item__in=items).select_related("level", "saved_by")}
    conflicts = {}
    for one in answers:
        row = present.get(one.item.pk)
        if row and not _is_same(one, row) and drafts.is_stale(one.base_version, row.version):
            conflicts[row.item_id] = row
    if conflicts:
        raise AnswersChanged(conflicts)
    return [_write(rows, assessment, one, present.get(one.item.pk), by) for one in answers]


def _is_same(wanted: OwnAnswer, row: Row) -> bool:
    return (row.kind, row.level, row.note) == (wanted.kind, wanted.level, wanted.note)


def _write(rows: QuerySet, assessment: Assessment, wanted: OwnAnswer, row: Row | None, by: User) -> Row:
    if row is not None and _is_same(wanted, row):
        return row
    row = row or rows.model(assessment=assessment, item=wanted.item, version=0)
    row.kind, row.level, row.note = wanted.kind, wanted.level, wanted.note
    row.version, row.saved_at, row.saved_by = row.version + 1, clock.now(), by
    row.save()
    return row
