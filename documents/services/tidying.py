"""Clearing away what nothing refers to any more. Young files are left alone: their save may still be under way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.deletion import ProtectedError

from core import clock
from core.services import record
from documents.models import StoredFile
from documents.selectors import unreferenced

YOUNG = timedelta(hours=24)


@dataclass(frozen=True)
class Untidy:
    """``orphans``: contents without a row. ``leftovers``: uploads that were never finished. ``unreferenced``: rows that nothing
    refers to. ``missing``: rows whose content is not there; they are told and never removed."""

    orphans: list[Path]
    leftovers: list[Path]
    unreferenced: list[StoredFile]
    missing: list[StoredFile]


def untidy() -> Untidy:
    """What ``tidy`` would remove, and what is missing."""
    before = clock.now() - YOUNG
    root = Path(settings.MEDIA_ROOT)
    rows = StoredFile.objects.order_by("pk")
    known = {root / name for name in rows.values_list("file", flat=True)}
    return Untidy(
        orphans=[path for path in _older(root, before) if path not in known],
        leftovers=list(_older(Path(settings.FILE_UPLOAD_TEMP_DIR), before)),
        unreferenced=list(unreferenced().filter(created_at__lt=before).order_by("pk")),
        missing=[row for row in rows if not default_storage.exists(row.file.name)],
    )


def _older(folder: Path, before: datetime) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            yield path


def tidy(found: Untidy) -> int:
    """Remove what ``untidy`` found, and return how many contents are gone. Rows go first, their contents after the commit."""
    removed = sum(_remove(file) for file in found.unreferenced)
    for path in [*found.orphans, *found.leftovers]:
        path.unlink(missing_ok=True)
    return removed + len(found.orphans) + len(found.leftovers)


def discard(names: Iterable[str]) -> int:
    """Remove the contents of these names for which there is no row, and return how many: what was kept in a transaction that
    was taken back on purpose. Call it after that."""
    wanted = set(names)
    lost = wanted - set(StoredFile.objects.filter(file__in=wanted).values_list("file", flat=True))
    for name in lost:
        default_storage.delete(name)
    return len(lost)


def _remove(file: StoredFile) -> bool:
    name = file.file.name
    try:
        with transaction.atomic():
            record("storedfile.removed", file, by=None)
            file.delete()
    except ProtectedError:  # somebody refers to it since it was found
        return False
    default_storage.delete(name)
    return True
