"""Links without an account: a token is derived when needed and never stored.

``token = HMAC-SHA256(LINK_KEY, purpose, row id, generation)``. The row that the link belongs to holds purpose, expiry and
revocation; raising its generation makes every older link worthless.
"""

import base64
import hashlib
import hmac
import logging
import re

from django.conf import settings
from django.urls import reverse


def token(purpose: str, row_id: int, generation: int) -> str:
    """A 43-character URL-safe token (256 bits)."""
    message = f"{purpose}:{row_id}:{generation}".encode()
    digest = hmac.new(settings.LINK_KEY.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_valid(candidate: str, purpose: str, row_id: int, generation: int) -> bool:
    """Whether ``candidate`` is the token of this row, compared in constant time."""
    return hmac.compare_digest(candidate.encode(), token(purpose, row_id, generation).encode())


def absolute(name: str, *args: object) -> str:
    """The address of a page as it stands in a mail: from ``SITE_URL``, never from the request."""
    return settings.SITE_URL + reverse(name, args=args)


def host() -> str:
    """The name of this installation, without port: what its identifiers end with."""
    return settings.SITE_URL.partition("://")[2].partition(":")[0]


class HideTokens(logging.Filter):
    """Keeps tokens out of the logs: where one stands in an address, the line shows that there was one."""

    TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        hidden = self.TOKEN.sub("<token>", text)
        if hidden != text:
            record.msg, record.args = hidden, None
        return True
