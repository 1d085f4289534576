"""How the machinery runs, and what becomes of mail that it could not deliver."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import Error as AnyDatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.refusals import Refused
from dashboards import permissions
from dashboards.selectors.ahead import deadlines_ahead, reminders_ahead
from dashboards.selectors.machinery import SWEEP, beats
from documents.selectors import scans
from notifications import selectors as mail
from notifications import services
from notifications.models import Message

PAGE_SIZE = 20
LIST_SIZE = 100
AHEAD = timedelta(hours=24)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """“ok” where the database answers, 503 otherwise; nothing else, for anybody may ask."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except AnyDatabaseError:  # a lost connection is an InterfaceError, which is no DatabaseError
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@login_required
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """How the machinery runs, for staff; what it could not deliver, and what it will do next."""
    if not permissions.can_see_status(request.user):
        raise PermissionDenied
    now = clock.now()
    seen = beats(now=now)
    swept_at = next(beat.beat_at for beat in seen if beat.name == SWEEP)
    context = {
        "beats": seen,
        "is_silent": any(beat.is_silent for beat in seen),
        "oldest": mail.oldest_waiting(),
        "counts": mail.counts_by_state(),
        "stuck": Paginator(mail.stuck(), PAGE_SIZE).get_page(request.GET.get("page")),
        "due": Paginator(mail.due_within(AHEAD), PAGE_SIZE).get_page(request.GET.get("due")),
        "ahead": reminders_ahead(now=now, length=AHEAD, swept_at=swept_at),
        "deadlines": deadlines_ahead(now=now, length=AHEAD),
        "files": scans(),
        "now": now,
    }
    return render(request, "dashboards/status.html", context)


@login_required
@require_POST
def status_send_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put one failed or parked mail back into the queue."""
    return _decide(request, public_id, services.send_again, _("“{mail}” goes out again with the next sweep."))


@login_required
@require_POST
def status_arrived(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note that a parked mail had left after all."""
    return _decide(request, public_id, services.mark_as_sent, _("“{mail}” is noted as sent."))


@login_required
@require_POST
def status_give_up(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Leave one failed or parked mail unsent for good."""
    return _decide(request, public_id, services.drop, _("“{mail}” was given up."))


def _decide(request: HttpRequest, public_id: UUID, act: Callable[..., None], done: str) -> HttpResponse:
    if not permissions.can_decide_on_mail(request.user):
        raise PermissionDenied
    message = get_object_or_404(Message.objects.visible_to(request.user), public_id=public_id)
    try:
        act(message, by=request.user)
        messages.success(request, done.format(mail=message))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    page = request.GET.get("page", "")
    return redirect(f"{reverse('status')}?page={page if page.isdecimal() else 1}#stuck")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status_failed(request: HttpRequest) -> HttpResponse:
    """All that failed at once: first the list and whom it writes to, then one button."""
    if not permissions.can_decide_on_mail(request.user):
        raise PermissionDenied
    if request.method == "POST":
        try:
            count = services.send_failed_again(seen=request.POST.get("seen", ""), by=request.user)
        except Refused as refusal:
            messages.warning(request, str(refusal))
            return redirect("status_failed")
        words = ngettext("%(count)d mail goes out again.", "%(count)d mails go out again.", count)
        messages.success(request, words % {"count": count})
        return redirect("status")
    found = mail.to_send_again()
    context = {
        "page": Paginator(found, LIST_SIZE).get_page(request.GET.get("page")),
        "people": mail.count_addresses(found),
        "seen": mail.fingerprint(found.values_list("pk", flat=True)),
        "too_late": mail.counts_by_state()["failed"] - found.count(),
    }
    return render(request, "dashboards/failed.html", context)
