"""What the pages of a call's preparation share: the door, the frame, and asking once more."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import permissions, selectors
from applications.models import Call
from core.refusals import Refused

SAFE, POST = require_safe, require_POST
BOTH = require_http_methods(["GET", "HEAD", "POST"])
Pages = dict[str, tuple[str, Callable, Callable]]


def mounted(model_admin: ModelAdmin, pages: Pages) -> list[URLPattern]:
    """Addresses below the call's own: route -> (name, view, which methods it takes)."""
    return [
        path(
            f"<int:pk>/{route}",
            model_admin.admin_site.admin_view(methods(partial(view, model_admin))),
            name=f"applications_call_{name}",
        )
        for route, (name, view, methods) in pages.items()
    ]


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


def attempt(request: HttpRequest, act: Callable[[], object], done: str, form: Form | None = None) -> bool:
    """Do it and say so; say what was refused, in the form where there is one. Whether it was done."""
    try:
        act()
    except Refused as refusal:
        tell(request, refusal, form)
        return False
    if done:
        messages.success(request, done)
    return True


def tell(request: HttpRequest, refusal: Refused, form: Form | None = None) -> None:
    """Each sentence of a refusal by itself, in the form where there is one."""
    sentences = getattr(refusal, "sentences", None) or getattr(refusal, "problems", None) or [str(refusal)]
    for sentence in sentences:
        if form is None:
            messages.error(request, sentence)
        else:
            form.add_error(None, sentence)


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
