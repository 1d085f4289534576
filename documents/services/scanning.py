"""The hook for a virus scanner: ``FILE_SCANNER`` names a callable ``(path) -> Verdict``. Without one nothing is scanned."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils.module_loading import import_string

from core.transitions import TransitionRefused, move
from documents.models import ScanState, StoredFile
from documents.selectors import MOST_TRIES, waiting

logger = logging.getLogger(__name__)
PATIENCE = 120  # seconds for one file; mail has gone out before the sweep comes to this
Scanner = Callable[[str], "Verdict"]


class Verdict(StrEnum):
    CLEAN = "clean"
    REFUSED = "refused"


def scan_waiting(limit: int = 20) -> int:
    """Have up to ``limit`` files scanned, the oldest first, and return how many have a verdict now.

    A scanner that fails, takes longer than two minutes or says something else leaves the file as it was; after three tries
    it is left alone, and the status page says so. A refused file stays where it is and is never served.
    """
    if not settings.FILE_SCANNER:
        return 0
    scanner: Scanner = import_string(settings.FILE_SCANNER)
    return sum(_scan(file, scanner) for file in waiting()[:limit])


def _scan(file: StoredFile, scanner: Scanner) -> bool:
    """The try is counted first, so that a scanner that ends the process is not asked for ever, and never by two sweeps."""
    row = StoredFile.objects.filter(pk=file.pk, scan_tries=file.scan_tries, scan_state=ScanState.NOT_SCANNED)
    if not row.update(scan_tries=F("scan_tries") + 1):
        return False
    verdict = _verdict(file, scanner)
    if verdict is None:
        return False
    try:
        move(file, ScanState(verdict), by=None, field="scan_state")
    except TransitionRefused:
        return False
    return True


def _verdict(file: StoredFile, scanner: Scanner) -> Verdict | None:
    """In a thread of its own: whatever goes wrong in somebody else's code is looked at, not raised, and it may not hang."""
    pool = ThreadPoolExecutor(max_workers=1)
    future = pool.submit(scanner, default_storage.path(file.file.name))
    pool.shutdown(wait=False)
    try:
        problem = future.exception(timeout=PATIENCE)
    except TimeoutError as error:
        problem = error
    if problem is None and future.result() in tuple(Verdict):
        return Verdict(future.result())
    words = repr(problem) if problem else f"it said {future.result()!r}"
    tries = file.scan_tries + 1
    logger.error("File %s could not be scanned (try %s of %s): %s", file.pk, tries, MOST_TRIES, words)
    return None
