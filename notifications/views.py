from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core import links
from notifications import selectors
from notifications.forms import PreferenceForm
from notifications.models import Kind
from notifications.services import refusals
from notifications.services import render as render_mail

PAGE_SIZE = 50


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The person's own mail, newest first."""
    page = Paginator(selectors.inbox(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page})


@login_required
@require_safe
def message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One mail as it was sent. Reading it changes nothing."""
    found = get_object_or_404(selectors.inbox(request.user), public_id=public_id)
    return render(request, "notifications/message.html", {"message": found, "rendered": render_mail(found)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Which mail the person gets: a switch for each kind that may be turned off, and why the others may not."""
    form = PreferenceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if form.cleaned_data["turn_off"]:
            refusals.refuse(request.user, form.cleaned_data["turn_off"])
        else:
            refusals.allow(request.user, form.cleaned_data["turn_on"])
        messages.success(request, _("Your mail preferences are saved."))
        return redirect("mail_preferences")
    refused = selectors.refused_kinds(request.user)
    context = {
        "form": form,
        "switches": [
            {"kind": kind, "name": Kind(kind).label, "missed": missed, "is_on": kind not in refused}
            for kind, missed in refusals.REFUSABLE.items()
        ],
        "always": [{"name": kind.label, "reason": reason} for kind, reason in refusals.always_sent_to(request.user)],
    }
    return render(request, "notifications/preferences.html", context)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, public_id: UUID, kind: str, token: str) -> HttpResponse:
    """The link in a mail that turns its kind off. GET changes nothing, for scanners open links; POST turns it off.

    Mail programs post here by themselves (RFC 8058): without a session, without a token of ours against forged forms, and
    without following redirections. Whoever holds the link may use it; it can do no more than the person can undo.
    """
    if kind not in refusals.REFUSABLE:
        raise Http404
    person = links.find(User.objects.all(), public_id, token, key=refusals.key(kind))
    if request.method == "POST" and "undo" in request.POST:
        refusals.allow(person, kind, by_link=True)
    elif request.method == "POST":
        refusals.refuse(person, kind, by_link=True)
    context = {
        "name": Kind(kind).label,
        "missed": refusals.REFUSABLE[Kind(kind)],
        "is_off": kind in selectors.refused_kinds(person),
        "email": person.email,
    }
    return render(request, "notifications/refuse.html", context)
