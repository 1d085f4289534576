"""Links without an account: a token is derived when needed and never stored.

``token = HMAC-SHA256(LINK_KEY, purpose, row id, generation)``. The row that the link belongs to holds purpose, expiry and
revocation; raising its generation makes every older link worthless.
"""

import base64
import hashlib
import hmac
import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

Row = TypeVar("Row", bound=Model)


def token(purpose: str, row_id: int, generation: int) -> str:
    """A 43-character URL-safe token (256 bits)."""
    message = f"{purpose}:{row_id}:{generation}".encode()
    digest = hmac.new(settings.LINK_KEY.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_valid(candidate: str, purpose: str, row_id: int, generation: int) -> bool:
    """Whether ``candidate`` is the token of this row, compared in constant time."""
    return hmac.compare_digest(candidate.encode(), token(purpose, row_id, generation).encode())


def find(rows: QuerySet[Row], public_id: UUID | str, token: str, *, key: tuple[str, int] | None = None) -> Row:
    """The row of ``rows`` that the link is for; ``key``: purpose and generation, where the row does not hold them.

    Raises:
        Http404: forged, mistyped, replaced by a newer one, or of a row that is not there. Nothing tells them apart.
    """
    found = get_object_or_404(rows, public_id=public_id)
    purpose, generation = key or (found.PURPOSE, found.generation)
    if not is_valid(token, purpose, found.pk, generation):
        raise Http404
    return found


def opened(rows: Callable[[], QuerySet], *, methods: tuple[str, ...] = ("GET", "HEAD", "POST")) -> Callable:
    """Decorate a view for whoever holds the link: it is given the row of ``rows()`` in place of its public id.

    A forged link is a 404 before the view is asked; what is a link no longer, the view answers with 410 and a sentence. No
    cache keeps the page, and ``SECURE_REFERRER_POLICY`` keeps its address from every other house.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @never_cache
        @require_http_methods(methods)
        @wraps(view)
        def guarded(request: HttpRequest, public_id: UUID | str, token: str) -> HttpResponse:
            return view(request, find(rows(), public_id, token), token)

        return guarded

    return decorate


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
