"""The one sealer: numbers and chains what has been committed.

It takes what stands on the list of unsealed entries (``AuditUnsealed``), in the order in which it finds it. An entry whose
transaction commits late comes onto the list late and is sealed behind entries with higher numbers: the chain is the order
of sealing, and nothing can be skipped.
"""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from core import chain, clock
from core.models import AuditSeal, AuditUnsealed
from core.sealing import rows
from core.sealing.heads import head
from core.services import beat

logger = logging.getLogger(__name__)

SEALER_BEAT = "sealer"
BATCH = 500
# A sweep seals so many at most; what is left comes with the next.
MOST = 50_000
# Names the lock among the advisory locks of a database: “audi”, “t”.
LOCK = (0x61756469, 0x74)


@dataclass(frozen=True)
class Batch:
    """What one transaction did. ``last`` is the highest entry that it looked at, None where there was nothing to do."""

    sealed: int
    refused: int
    last: int | None


NOTHING = Batch(0, 0, None)


def seal_waiting(*, most: int = MOST) -> int:
    """Seal what waits, batch by batch, and return how many were sealed. Safe to run twice, late, or beside itself."""
    sealed = refused = 0
    batch = seal()
    while batch.last is not None:
        sealed, refused = sealed + batch.sealed, refused + batch.refused
        if sealed >= most:
            break
        batch = seal(after=batch.last)
    beat(SEALER_BEAT)
    if refused:
        logger.error("%d audit entries do not bear the mark of this software. Run manage.py verify_audit.", refused)
    return sealed


def seal(limit: int = BATCH, *, after: int = 0) -> Batch:
    """Seal up to ``limit`` of the entries that wait and whose number is above ``after``, in one short transaction.

    One sealer at a time: where another holds the lock, nothing is done. An entry that was changed since it was written, or that
    the software never wrote, stays on the list for ``verify_audit`` to name.
    """
    with transaction.atomic():
        if not _is_alone():
            return NOTHING
        waiting = AuditUnsealed.objects.filter(entry_id__gt=after).order_by("entry_id")
        notes = rows.notes(waiting[:limit])
        if not notes:
            return NOTHING
        there = set(AuditSeal.objects.filter(entry_id__in=list(notes)).values_list("entry_id", flat=True))
        found = [row for row in rows.entries(notes) if not isinstance(row, rows.Broken)]
        good = [row for row in found if row[0] not in there and rows.bears_note(row, notes[row[0]])]
        AuditSeal.objects.bulk_create(_seals(good))
        done = there | {row[0] for row in good}
        AuditUnsealed.objects.filter(entry_id__in=done).delete()
        return Batch(len(good), len(notes) - len(done), max(notes))


def _seals(entries: list[tuple]) -> list[AuditSeal]:
    """The seals of the entries, behind the last one that there is."""
    last = head()
    sequence, previous = (last.sequence, last.mac) if last else (0, chain.NOTHING_BEFORE)
    seals, now = [], clock.now()
    for entry in entries:
        sequence += 1
        previous = chain.seal_mac(settings.AUDIT_KEY, previous, sequence, now, entry)
        seals.append(AuditSeal(sequence=sequence, entry_id=entry[0], mac=previous, sealed_at=now))
    return seals


def _is_alone() -> bool:
    """Take the sealer's lock until the end of the transaction. On SQLite the transaction itself is it: it has one writer."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK)
        return cursor.fetchone()[0]
