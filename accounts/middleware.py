from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import browsers
from accounts.services import sessions
from core import clock, links

Handler = Callable[[HttpRequest], HttpResponse]


# Asked while the database may be down: to find out who is asking would be to ask the database first.
WHOEVER_ASKS = ("/healthz", "/healthz/full")


def reader_time_zone(get_response: Handler) -> Handler:
    """Show every moment in the reader's own zone, for the length of the request and no longer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in WHOEVER_ASKS:
            return get_response(request)
        # Not timezone.activate: what the thread does next, a sweep or another person's request, would be in this zone.
        with timezone.override(request.user.time_zone if request.user.is_authenticated else None):
            return get_response(request)

    return middleware


# Where staff without a second factor may still go: to sign in, to enroll one, to sign out, to read what everybody may.
OPEN_TO_ONE_FACTOR = ("/accounts/", "/static/", "/access/", "/healthz", "/privacy/", "/contact/")
# Recovery codes alone are no factor: they stand in for one.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def require_two_factors(get_response: Handler) -> Handler:
    """Staff see nothing but their own sign-in pages until they have enrolled a second factor (production settings)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _lacks_a_factor(request):
            messages.warning(
                request, _("Staff accounts need a second factor. Set up an authenticator app or a passkey to go on.")
            )
            return redirect("mfa_index")
        return get_response(request)

    return middleware


def _lacks_a_factor(request: HttpRequest) -> bool:
    return (
        settings.STAFF_TWO_FACTORS_REQUIRED
        and not request.path_info.startswith(OPEN_TO_ONE_FACTOR)  # first: /healthz must not ask who is asking
        and request.user.is_authenticated
        and request.user.is_staff
        and not is_mfa_enabled(request.user, FACTORS)
    )


def session_limits(get_response: Handler) -> Handler:
    """End what has lasted too long; and whatever was sent by somebody who is not signed in any more comes back to them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in WHOEVER_ASKS:
            return get_response(request)
        person = _end_if_over(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        response = get_response(request)
        if request.method == "POST" and request.user.is_authenticated:  # who has just signed in begins here
            _note_life(request, now=clock.now())
        return _give_back(request, response, person=person)

    return middleware


def _end_if_over(request: HttpRequest) -> int | None:
    """Sign the person out if the time is over and return who it was; else note the sign of life."""
    if not request.user.is_authenticated:
        return None
    now, person = clock.now(), request.user
    left = sessions.remaining(request.session, person, now=now)
    if left.is_over:
        logout(request)
        messages.info(request, _("You were signed out because too much time had passed. Sign in to go on."))
        return person.pk
    if request.path_info != reverse("session"):  # asking how much time is left is no sign of life; its POST is
        _note_life(request, now=now)
    request.session_left = sessions.remaining(request.session, person, now=now)
    return None


def _note_life(request: HttpRequest, *, now: datetime) -> None:
    sessions.note_life(request.session, now=now, browser=browsers.words_of(request.headers.get("User-Agent", "")))


def _give_back(request: HttpRequest, response: HttpResponse, *, person: int | None) -> HttpResponse:
    """In place of the way to sign-in: 401 as data to a script, and to a form a page that holds all that was typed."""
    if request.method != "POST" or not _leads_to_sign_in(request, response):
        return response
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": _("You are signed out. Sign in, then save again.")}, status=401)
    kept = [(name, value) for name in request.POST if _may_be_shown(name) for value in request.POST.getlist(name)]
    if not any(value for _name, value in kept) and not request.FILES:
        return response
    context = {
        "kept": kept,
        "who": links.token("session", person, 0) if person else "",
        "has_files": bool(request.FILES),
    }
    page = render(request, "accounts/session_ended.html", context, status=401)
    page["Cache-Control"] = "private, no-store"  # also where the browser has no session any more
    return page


def _leads_to_sign_in(request: HttpRequest, response: HttpResponse) -> bool:
    sign_in = (reverse(settings.LOGIN_URL), reverse("admin:login"))
    return (
        response.status_code == 302
        and urlsplit(response["Location"]).path in sign_in
        and not request.path_info.startswith("/accounts/")
        and request.path_info not in sign_in
        and not request.user.is_authenticated
    )


def _may_be_shown(name: str) -> bool:
    return name != "csrfmiddlewaretoken" and "password" not in name
