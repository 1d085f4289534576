"""Making the tables that somebody waits for: by the worker when it is woken, and by the sweep."""

import logging
import tempfile
from collections.abc import Iterator

from django.conf import settings
from django.core.files import File
from django.db import DatabaseError

from applications import services
from applications.exports.files import Rows, write
from applications.exports.table import AT_ONCE
from applications.models import Export, Format, Part
from core.exports import Cell
from core.refusals import Refused

logger = logging.getLogger(__name__)


class Lost(Refused):
    """Somebody else makes this table now."""


def make_waiting() -> int:
    """Make every table that waits and that nobody is making, the oldest first, and return how many are ready now.

    Safe to run beside itself: a table belongs to whoever holds it. What cannot be made is tried again later, three times.
    """
    made = 0
    while export := services.claim_export():
        made += _make(export)
    return made


def _make(export: Export) -> bool:
    try:
        with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as content:
            rows = write(
                content,
                export.call,
                part=Part(export.part),
                form=Format(export.format),
                watch=lambda rows: _held(rows, export),
            )
            content.flush()
            return services.finish_export(export, File(content, name="table"), rows=rows)
    except Lost:
        return False
    except (OSError, DatabaseError) as error:
        logger.exception("Table %s could not be made (try %s).", export.pk, export.tries)
        services.put_off(export, f"{type(error).__name__}: {error}")
        return False


def _held(rows: Rows, export: Export) -> Iterator[list[Cell]]:
    """The rows, saying now and then that they are still under way."""
    for number, row in enumerate(rows):
        if number % AT_ONCE == 0 and not services.hold_on(export):
            raise Lost("This table is made by another process now.")
        yield row
