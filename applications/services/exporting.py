"""Tables of a call's applications that are made in the background: asked for, held while they are made, done, or given up.

What waits is a row, so it waits for whoever comes: the worker that is woken, or the sweep. Whoever makes it holds the row by
a token, for as long as they go on saying so; what a process that died leaves behind is free again after ``LEASE``. Leases
use the database's clock.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.core.files import File
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from applications.models import Call, Export, ExportState, Format, Part
from applications.selectors import export_name
from core import clock
from core.services import record, wake
from core.transitions import move
from documents import services as documents
from documents.rules.kinds import CSV, EXCEL

MOST_TRIES = 3
LEASE = timedelta(minutes=2)
KINDS = {Format.CSV: CSV, Format.EXCEL: EXCEL}
TASK = "applications.make_exports"


@transaction.atomic
def ask_for_export(call: Call, *, part: Part, form: Format, by: User) -> Export:
    """Have a table made, and return it; the same one where ``by`` waits for just that already."""
    export, is_new = Export.objects.get_or_create(
        call=call, part=part, format=form, asked_by=by, state=ExportState.WAITING, defaults={"asked_at": clock.now()}
    )
    if is_new:
        record("call.export_asked", call, by=by, fields=["applications", part, form])
    transaction.on_commit(lambda: wake(TASK))
    return export


def claim_export() -> Export | None:
    """The oldest that waits and that nobody holds, held from now on; None where there is none.

    What was begun ``MOST_TRIES`` times and never came to an end is given up.
    """
    for row in _free().select_related("call__cohort__program", "call__deadline", "asked_by").order_by("pk"):
        if row.tries >= MOST_TRIES:
            _give_up(row, row.reason or "It was begun several times and never came to an end.")
            continue
        token = uuid.uuid4()
        held = {"token": token, "lease_until": Now() + LEASE, "tries": F("tries") + 1}
        if _free().filter(pk=row.pk).update(**held):
            row.token, row.tries = token, row.tries + 1
            return row
    return None


def _free() -> QuerySet[Export]:
    return Export.objects.filter(Q(lease_until=None) | Q(lease_until__lt=Now()), state=ExportState.WAITING)


def _held(export: Export) -> QuerySet[Export]:
    return Export.objects.filter(pk=export.pk, token=export.token, state=ExportState.WAITING)


def _lock(export: Export) -> bool:
    return bool(_held(export).select_for_update().values_list("pk"))


def hold_on(export: Export) -> bool:
    """Say that it is still being made. False: it took so long that somebody else makes it now."""
    return bool(_held(export).update(lease_until=Now() + LEASE))


@transaction.atomic
def finish_export(export: Export, content: File, *, rows: int) -> bool:
    """Keep the file, and let it be taken. False: somebody else makes it now, and nothing is kept."""
    if not _lock(export):
        return False
    name = export_name(export.call, Part(export.part), Format(export.format), now=clock.now())
    quota_key = f"export:{export.pk}"
    file = documents.keep_made(
        content, name=name, kind=KINDS[Format(export.format)], by=export.asked_by, quota_key=quota_key
    )
    move(export, ExportState.DONE, by=None, file=file, rows=rows, made_at=clock.now(), reason="", **_free_again())
    return True


def put_off(export: Export, reason: str) -> None:
    """It could not be made this time: it is tried again after a while, or given up for good."""
    if export.tries >= MOST_TRIES:
        _give_up(export, reason)
    else:
        _held(export).update(reason=reason[:250], token=None, lease_until=Now() + LEASE)


@transaction.atomic
def _give_up(export: Export, reason: str) -> None:
    if _lock(export):
        move(export, ExportState.FAILED, by=None, reason=reason[:250], **_free_again())


def _free_again() -> dict[str, None]:
    return {"token": None, "lease_until": None}


def remove_exports(exports: Iterable[Export]) -> int:
    """Remove these and their files, one by one: a content does not come back with its row. Returns how many."""
    gone = 0
    for export in exports:
        file = export.file
        export.delete()
        if file is not None:
            documents.tidy(documents.Untidy(orphans=[], leftovers=[], unreferenced=[file], missing=[]))
        gone += 1
    return gone
