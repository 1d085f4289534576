"""What the pages of a call's preparation share: the door, the frame, and asking once more."""

from collections.abc import Callable

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse

from applications import permissions, selectors
from applications.models import Call
from core.admin import pages as shared
from core.admin.pages import BOTH, POST, SAFE, Pages, attempt, tell

__all__ = ["BOTH", "POST", "SAFE", "ask", "attempt", "call_of", "mounted", "page", "show", "tell"]


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
    frame = {"title": title, "subtitle": str(call.cohort), "call": call, "opts": model_admin.opts}
    return TemplateResponse(
        request, f"admin/applications/call/{template}", model_admin.admin_site.each_context(request) | frame | context
    )


def ask(
    model_admin: ModelAdmin,
    request: HttpRequest,
    call: Call,
    *,
    title: str,
    text: str,
    button: str,
    back: str,
    act: Callable[[], object],
    done: str,
) -> HttpResponse:
    """A page that asks once more; its POST does it and leads ``back``."""
    if request.method == "POST":
        attempt(request, act, done)
        return redirect(back)
    return show(model_admin, request, "ask.html", call, title, text=text, button=button, back=back)
