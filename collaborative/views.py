"""What a monitor asks. A load balancer asks ``/healthz`` (``dashboards``): a silent sender is no reason to stop the web."""

from datetime import datetime

import redis.exceptions
from django.core.cache import cache
from django.db import Error as AnyDatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collaborative.celery import app
from collaborative.reachability import Unreachable, check_broker
from core import clock
from dashboards.selectors.machinery import Beat, beats

OK, UNREACHABLE = "ok", "unreachable"


@never_cache
@require_safe
def healthz_full(request: HttpRequest) -> HttpResponse:
    """One line a part, “<part>: ok” where it is well. 503 unless all are. No names, no versions: anybody may ask."""
    now = clock.now()
    found = {"database": OK, "cache": _cache(), "broker": _broker()}
    try:
        found |= {beat.name: _words(beat, now) for beat in beats(now=now)}
    except AnyDatabaseError:
        found["database"] = UNREACHABLE
    lines = "".join(f"{name}: {words}\n" for name, words in found.items())
    is_well = all(words.startswith(OK) for words in found.values())
    return HttpResponse(lines, status=200 if is_well else 503, content_type="text/plain; charset=utf-8")


def _words(beat: Beat, now: datetime) -> str:
    if beat.beat_at is None:
        return "never seen"
    age = f"seen {int((now - beat.beat_at).total_seconds())} seconds ago"
    return f"silent, {age}" if beat.is_silent else f"{OK}, {age}"


def _cache() -> str:
    try:
        cache.get("healthz")
    except (redis.exceptions.RedisError, OSError):
        return UNREACHABLE
    return OK


def _broker() -> str:
    try:
        check_broker(app)
    except Unreachable:
        return UNREACHABLE
    return OK
