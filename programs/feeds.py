"""The calendar: the page on which a person makes its addresses, and what a calendar program gets there."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core import calendars, links
from core.refusals import Refused
from programs import selectors, services
from programs.models import CalendarFeed, Cohort

# The address is the key: it is kept from search engines, from the next page's logs, and from shared caches.
PRIVATE = {
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Content-Disposition": 'inline; filename="dates.ics"',
}


@require_safe
def feed(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """A person's dates as iCalendar, as they stand now; changes nothing. 304 while they are what they were.

    The token is the key. Wrong, old or stopped, or of an account that was closed: 404. Who has left a team finds nothing of
    it any more.
    """
    found = links.find(CalendarFeed.objects.select_related("user", "cohort"), public_id, token)
    if found.revoked_at is not None or not found.user.is_active:
        raise Http404
    name = found.cohort.title if found.cohort else _("My dates")
    content = calendars.calendar(services.events_for(found.user, found.cohort), name=name)
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=PRIVATE | {"ETag": etag})
    return get_conditional_response(request, etag=etag, response=answer)


@dataclass(frozen=True)
class Subscription:
    """A calendar that a person may have, with its address if it has one now."""

    key: str
    title: str
    hint: str
    cohort: Cohort | None
    feed: CalendarFeed | None

    @property
    def address(self) -> str:
        feed = self.feed
        token = links.token(CalendarFeed.PURPOSE, feed.pk, feed.generation)
        return links.absolute("programs:calendar_feed", feed.public_id, token)

    @property
    def opening_address(self) -> str:
        """The same, with the scheme that calendar programs answer to."""
        return "webcal" + self.address[self.address.index("://") :]


@login_required
@never_cache
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Which calendars there are for this person, and the address of each that they asked for."""
    feeds = CalendarFeed.objects.visible_to(request.user).filter(revoked_at=None).select_related("cohort")
    live = {row.cohort_id: row for row in feeds}
    cohorts = {row.pk: row for row in selectors.cohorts_with_dates(request.user)}
    left = {row.cohort_id: row.cohort for row in feeds if row.cohort and row.cohort_id not in cohorts}
    rows = [Subscription("all", _("All my dates"), _what_all_holds(request.user, bool(cohorts)), None, live.get(None))]
    rows += [
        Subscription(str(pk), cohort.title, _("The whole timeline of this cohort."), cohort, live.get(pk))
        for pk, cohort in cohorts.items()
    ]
    rows += [
        Subscription(str(pk), cohort.title, _("No date of this cohort concerns you any more."), cohort, live[pk])
        for pk, cohort in left.items()
        if not request.user.is_staff
    ]
    return render(request, "programs/calendar.html", {"subscriptions": rows})


def _what_all_holds(user: User, has_dates: bool) -> str:
    if not has_dates:
        return _("Nothing stands in it yet. Once a cohort concerns you, its dates appear in it by themselves.")
    if user.is_staff:
        return _("Every date of every cohort that is still running.")
    return _("What is asked of your teams, and of the teams that you support, in every cohort.")


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Make an address; ``cohort`` in the form is a cohort's code, or missing for all dates."""
    cohort = None
    if request.POST.get("cohort"):
        cohort = get_object_or_404(selectors.cohorts_with_dates(request.user), code=request.POST["cohort"])
    done = _("The address is ready. Copy it into your calendar program.")
    return _said(request, done, lambda: services.start_feed(request.user, cohort))


@login_required
@require_POST
def renew(request: HttpRequest, public_id: str) -> HttpResponse:
    """Replace an address by a new one."""
    found = get_object_or_404(CalendarFeed.objects.visible_to(request.user), public_id=public_id)
    done = _("This is the new address. The old one has stopped.")
    return _said(request, done, lambda: services.renew_feed(found, by=request.user))


@login_required
@require_POST
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """End an address."""
    found = get_object_or_404(CalendarFeed.objects.visible_to(request.user), public_id=public_id)
    done = _("The address has stopped. Remove the calendar from your calendar program, too.")
    return _said(request, done, lambda: services.stop_feed(found, by=request.user))


def _said(request: HttpRequest, done: str, act: Callable[[], object]) -> HttpResponse:
    """Do it, say so or why not, and go back to the page."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("programs:calendar")
