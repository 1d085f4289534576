"""Putting the next edition of a form in use: what changes and for whom, shown first."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from applications import selectors, services
from applications.admin.setup.pages import BOTH, ask, attempt, call_of, mounted, page, show
from applications.models import Call
from core.refusals import Refused
from questionnaires.models import FormVersion
from questionnaires.selectors import changes_between


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return mounted(model_admin, {"form/use/": ("form_use", use, BOTH), "form/drop/": ("form_drop", drop, BOTH)})


def use(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the changes in words, and how many applications go over. POST: the next edition is in use."""
    call = call_of(request, pk)
    edition = selectors.next_edition(call)
    if edition is None:
        messages.info(request, _("Every change of the form is in use."))
        return redirect(page("form", call))
    if request.method == "POST":
        seen = request.POST.get("seen", "")

        def act() -> None:
            services.use_edition(call, seen=seen, by=request.user)

        if attempt(request, act, _("The changed form is in use.")):
            return redirect(page("form", call))
    context = {"edition": edition, "seen": services.fingerprint(edition), **_effects(request, call, edition)}
    return show(model_admin, request, "use.html", call, _("Use the changed form"), **context)


def _effects(request: HttpRequest, call: Call, edition: FormVersion) -> dict[str, object]:
    """What would happen, or why it cannot."""
    changes = changes_between(call.form, edition)
    try:
        return {"changes": changes, "used": services.trial_of_use(call, by=request.user)}
    except Refused as refusal:
        return {"changes": changes, "refusal": str(refusal)}


def drop(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Give the next edition up."""
    call = call_of(request, pk)
    return ask(
        model_admin,
        request,
        call,
        title=_("Give the changed form up"),
        text=_("What was changed since the form is in use is lost. Applicants notice nothing."),
        button=_("Give it up"),
        back=page("form", call),
        act=lambda: services.drop_edition(call, by=request.user),
        done=_("The changed form is given up."),
    )
