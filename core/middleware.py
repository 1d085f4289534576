"""When did a request arrive? Can it be read? What may be kept of its answer? And a page for a button's address."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from django.conf import settings
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock

# The admin adds a year to it, and has no answer for what Python cannot count.
YEAR = re.compile(r"[12]\d{3}", re.ASCII)
Handler = Callable[[HttpRequest], HttpResponse]


def stamp_arrival(get_response: Handler) -> Handler:
    """Set ``request.arrived_at``: deadlines are decided by arrival, not by when the server got round to it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.arrived_at = _from_proxy(request) or clock.now()
        return get_response(request)

    return middleware


def _from_proxy(request: HttpRequest) -> datetime | None:
    """``X-Request-Start: t=<seconds since 1970>`` from a trusted proxy; nonsense and the future are ignored."""
    if not settings.TRUST_REQUEST_START:
        return None
    try:
        seconds = float(request.headers.get("X-Request-Start", "").removeprefix("t="))
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    now = clock.now()
    return moment if now - timedelta(minutes=5) <= moment <= now else None


# The browser's features that a page may ask for: passkeys, and nothing else.
FEATURES = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()"
)


def leave_nothing_behind(get_response: Handler) -> Handler:
    """No cache keeps what a signed-in person saw (hospitals share computers), no page reaches for camera or place, and no other
    site's page takes in anything of ours.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", FEATURES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def refuse_unreadable(get_response: Handler) -> Handler:
    """400 for what no page of ours sends and what would end in an exception.

    That is a NUL, the one character that PostgreSQL cannot store, in an address or a cookie (in a form, the field says so); and
    in the admin a selected row that is no number, a year that is in no calendar of ours, or a field that has no name.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if any("\0" in text for text in (request.path_info, unquote(query), *request.COOKIES.values())):
            raise BadRequest("A NUL character in an address or a cookie.")
        return get_response(request)

    def process_view(request: HttpRequest, view: Handler, args: tuple, kwargs: dict) -> None:
        """Here, for by now the form's secret has been looked at."""
        if request.path_info.startswith("/admin/"):
            _refuse_in_admin(request)

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _refuse_in_admin(request: HttpRequest) -> None:
    chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
    if not all(one.isascii() and one.isdecimal() and len(one) < 19 for one in chosen):
        raise BadRequest("A selected row that is no number.")
    years = (value for name in request.GET if name.endswith("__year") for value in request.GET.getlist(name))
    if not all(YEAR.fullmatch(year) for year in years):
        raise BadRequest("A year that is none.")
    if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
        raise BadRequest("A field without a name.")


def explain_refused_method(get_response: Handler) -> Handler:
    """Give the empty 405 of an address without a page some words: whoever is sent to sign in by a button lands there after it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.content or request.method != "GET":
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    return middleware


def show_own_not_found(get_response: Handler) -> Handler:
    """With DEBUG on: the page that everybody gets, where Django would list every address to whoever tries the product."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = response.status_code == 404 and response.headers.get("Content-Type", "").startswith("text/html")
        return render(request, "404.html", status=404) if is_page else response

    return middleware
