"""Writing the audit trail, the heartbeats, and waking the worker."""

import logging
from collections.abc import Iterable
from datetime import datetime

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from kombu.exceptions import OperationalError

from core import chain, clock
from core.models import ActorKind, AuditEntry, AuditUnsealed, Heartbeat

logger = logging.getLogger(__name__)


def record(
    verb: str,
    obj: models.Model,
    *,
    by: models.Model | None,
    from_state: str = "",
    to_state: str = "",
    fields: list[str] | None = None,
    by_link: bool = False,
) -> AuditEntry:
    """Write one audit row; call it last in the act's own transaction.

    ``by`` is the acting user; None is the software itself. ``by_link``: ``by`` is the row that a link without an account
    belongs to (an invitation, a letter), not a user. ``fields`` holds names of fields, never their values.
    """
    entry = _entry(verb, obj, by, from_state, to_state, fields, by_link=by_link)
    with transaction.atomic(savepoint=False):
        entry.save(force_insert=True)
        _note(entry).save(force_insert=True)
    return entry


def record_all(
    verb: str, objects: Iterable[models.Model], *, by: models.Model | None, from_state: str = "", to_state: str = ""
) -> None:
    """As ``record``, one row for each of many objects to which the same was done; one statement for some hundred."""
    entries = [_entry(verb, obj, by, from_state, to_state, None) for obj in objects]
    with transaction.atomic(savepoint=False):
        AuditEntry.objects.bulk_create(entries, batch_size=500)
        AuditUnsealed.objects.bulk_create(map(_note, entries), batch_size=500)


def record_read(obj: models.Model, *, by: models.Model, fields: list[str] | None = None) -> AuditEntry:
    """Note that ``by`` took a copy of ``obj``, or of what belongs to it, out of the house: a CSV, a workbook, a PDF.

    ``fields`` says what it was in words of the code (``["applications", "csv"]``), never whose. Call it in every export,
    before the answer is returned.
    """
    return record(f"{obj._meta.model_name}.exported", obj, by=by, fields=fields)


def _note(entry: AuditEntry) -> AuditUnsealed:
    """What makes the entry one that the software wrote: who can write to the database alone cannot make it."""
    columns = [AuditEntry._meta.get_field(name).to_python(getattr(entry, name)) for name in chain.COLUMNS]
    return AuditUnsealed(entry_id=entry.pk, mac=chain.note_mac(settings.AUDIT_KEY, columns))


def _entry(
    verb: str,
    obj: models.Model,
    by: models.Model | None,
    from_state: str,
    to_state: str,
    fields: list[str] | None,
    *,
    by_link: bool = False,
) -> AuditEntry:
    kind = ActorKind.SYSTEM if by is None else ActorKind.LINK if by_link else ActorKind.USER
    return AuditEntry(
        at=clock.now(),
        actor_kind=kind,
        actor_id=by.pk if by is not None else None,
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        from_state=from_state,
        to_state=to_state,
        fields=fields or [],
    )


def beat(name: str) -> None:
    """Note that the part called ``name`` (sweep, sender) ran now."""
    now = clock.now()
    if not Heartbeat.objects.filter(name=name).update(beat_at=now):
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def beat_once(name: str, *, since: datetime) -> bool:
    """As ``beat``, for one alone: whether nobody did since then. Of two who ask at once, one is told yes."""
    now = clock.now()
    if Heartbeat.objects.filter(name=name, beat_at__lt=since).update(beat_at=now):
        return True
    return Heartbeat.objects.get_or_create(name=name, defaults={"beat_at": now})[1]


def wake(task: str) -> None:
    """Have the worker run ``task`` now, as well as may be; call it after a commit.

    What the task does is found by the sweep, too, so where nobody is woken it comes a minute later, and is not lost.
    """
    if not settings.NUDGE_SENDER:
        return
    try:
        current_app.send_task(task, expires=60)
    except (OperationalError, OSError) as error:  # the broker is away
        logger.warning("Nobody could be woken for %s: %s", task, error)
