"""The pre-flights of a call: a button, and what each of them found."""

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from applications import selectors, services
from applications.admin.setup.pages import BOTH, attempt, call_of, mounted, page, show
from applications.models import Call

SHOWN = 20
NEXT = "next"


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return mounted(model_admin, {"rehearsals/": ("rehearsals", rehearsals, BOTH)})


def rehearsals(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what the rehearsals found, newest first. POST: one more."""
    call = call_of(request, pk)
    edition = selectors.next_edition(call)
    if request.method == "POST":
        form = edition if request.POST.get("form") == NEXT else None
        _rehearse(request, call, form)
        return redirect(page("rehearsals", call))
    found = list(call.rehearsals.select_related("rehearsed_by")[:SHOWN])
    return show(model_admin, request, "rehearsals.html", call, _("Rehearsals"), found=found, edition=edition)


def _rehearse(request: HttpRequest, call: Call, form: object) -> None:
    attempt(request, lambda: services.rehearse(call, by=request.user, form=form), _("The call was rehearsed."))
