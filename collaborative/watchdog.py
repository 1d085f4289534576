"""Telling a watchdog outside that the sweep has run: when it hears nothing any more, it gives alarm.

Nothing inside can do that, for what has stopped cannot say so.
"""

import http.client
import logging
import urllib.request
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

SECONDS = 5


def ping(address: str) -> bool:
    """GET ``address``; whether it was taken. A failure is one line in the log and nothing more; empty asks nobody."""
    if not address:
        return False
    try:
        with urllib.request.urlopen(address, timeout=SECONDS):  # noqa: S310 - the setting is http or https
            return True
    except (OSError, http.client.HTTPException, ValueError) as error:
        # The path is the key to the check: the log gets the host alone.
        logger.warning("The watchdog at %s was not told of the sweep: %s", urlsplit(address).hostname, _line(error))
        return False


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
