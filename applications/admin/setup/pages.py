"""What the pages of a call's preparation share: the door, the frame, and asking once more."""

from functools import partial
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse

from applications import permissions, selectors
from applications.models import Call
from core.admin import pages as shared
from core.admin.pages import BOTH, POST, SAFE, Pages, attempt, tell

__all__ = ["BOTH", "POST", "SAFE", "ask", "attempt", "call_of", "mounted", "page", "show", "tell"]
FOLDER = "admin/applications/call"


def mounted(model_admin: ModelAdmin, pages: Pages) -> list[URLPattern]:
    """Addresses below the call's own: route -> (name, view, which methods it takes)."""
    below = {f"<int:pk>/{route}": page for route, page in pages.items()}
    return shared.mounted(model_admin, "applications_call", below)


def call_of(request: HttpRequest, pk: int) -> Call:
    """The call, for those who prepare it.

    Raises:
        Http404: there is none.
        PermissionDenied: it is not theirs to prepare.
    """
    calls = selectors.calls().filter(pk__in=Call.objects.visible_to(request.user)).select_related("form")
    call = get_object_or_404(calls, pk=pk)
    if not permissions.can_set_up(request.user):
        raise PermissionDenied
    return call


def page(name: str, call: Call, *args: object) -> str:
    return reverse(f"admin:applications_call_{name}", args=[call.pk, *args])


def show(
    model_admin: ModelAdmin, request: HttpRequest, template: str, call: Call, title: str, **context: object
) -> TemplateResponse:
    """One of the room's own pages, by the name of its file."""
    return _framed(model_admin, request, call, f"{FOLDER}/{template}", title=title, **context)


def ask(model_admin: ModelAdmin, request: HttpRequest, call: Call, **words: Any) -> HttpResponse:
    """A page that asks once more, and what its POST does: as ``core.admin.pages.ask``, in this frame."""
    return shared.ask(request, partial(_framed, model_admin, request, call), **words)


def _framed(
    model_admin: ModelAdmin, request: HttpRequest, call: Call, template: str, **context: object
) -> TemplateResponse:
    about = {"subtitle": str(call.cohort), "call": call}
    return shared.show(model_admin, request, template, folder=FOLDER, **about, **context)
