"""Reading rows that somebody may have bent: what cannot be read is told, and stops nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import DataError, OperationalError, connection
from django.db.models import QuerySet

from core import chain
from core.models import AuditEntry, AuditUnsealed

# What the converters of Django and of both drivers raise over a value that its column should not hold.
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, DataError, OperationalError)


@dataclass(frozen=True)
class Broken:
    """A row that is there and cannot be read."""

    pk: object


def keys() -> list[str]:
    """The keys that a mac may be made with, the oldest first and the present one last."""
    return [*settings.AUDIT_OLD_KEYS, settings.AUDIT_KEY]


def read(rows: QuerySet, columns: Sequence[str]) -> list[tuple | Broken]:
    """The rows as tuples; one by one, and Broken for what cannot be read, where together they cannot be."""
    try:
        return list(rows.values_list(*columns))
    except UNREADABLE as error:
        _not_for_a_lost_database(error)
        return [_one(rows.model._base_manager.filter(pk=pk), pk, columns) for pk in rows.values_list("pk", flat=True)]


def _one(row: QuerySet, pk: object, columns: Sequence[str]) -> tuple | Broken:
    try:
        return row.values_list(*columns).first() or Broken(pk)
    except UNREADABLE as error:
        _not_for_a_lost_database(error)
        return Broken(pk)


def _not_for_a_lost_database(error: Exception) -> None:
    """SQLite tells of text that is none with the same error as PostgreSQL of a lost connection."""
    if isinstance(error, OperationalError) and not connection.is_usable():
        raise error


def entries(pks: Iterable[int]) -> list[tuple | Broken]:
    """The entries with these numbers, in their order; each with the columns of ``chain.COLUMNS``."""
    return read(AuditEntry.objects.filter(pk__in=list(pks)).order_by("pk"), chain.COLUMNS)


def notes(waiting: QuerySet[AuditUnsealed]) -> dict[int, str]:
    """What was written beside the entries that wait, by their numbers; empty where it cannot be read."""
    found = read(waiting, ("entry_id", "mac"))
    return dict((row.pk, "") if isinstance(row, Broken) else row for row in found)


def bears_note(entry: tuple, mac: object) -> bool:
    """Whether ``mac`` is what the software wrote beside the entry, with the present key or an earlier one."""
    try:
        return any(chain.is_same(mac, chain.note_mac(key, entry)) for key in keys())
    except (ValueError, TypeError):  # a value of another type than its column's: SQLite lets it in
        return False
