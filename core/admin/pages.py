"""Pages of a room's own below a row's in the admin: addresses, frame, asking once more, doing what may be refused."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.refusals import Refused

SAFE, POST = require_safe, require_POST
BOTH = require_http_methods(["GET", "HEAD", "POST"])
Pages = dict[str, tuple[str, Callable, Callable]]
ASK = "admin/ask.html"


def mounted(model_admin: ModelAdmin, stem: str, pages: Pages) -> list[URLPattern]:
    """Addresses below the model's list: route -> (name, view, which methods it takes). ``stem`` begins every name."""
    return [
        path(route, model_admin.admin_site.admin_view(methods(partial(view, model_admin))), name=f"{stem}_{name}")
        for route, (name, view, methods) in pages.items()
    ]


def show(
    model_admin: ModelAdmin, request: HttpRequest, template: str, *, folder: str, **context: object
) -> TemplateResponse:
    """A page in the frame of the admin; ``folder`` has the room's templates, and ``frame.html`` is what they stand in."""
    frame = {"opts": model_admin.opts, "frame": f"{folder}/frame.html"}
    return TemplateResponse(request, template, model_admin.admin_site.each_context(request) | frame | context)


def ask(
    request: HttpRequest,
    page: Callable[..., HttpResponse],
    *,
    act: Callable[[], object],
    done: str,
    back: str,
    after: str = "",
    **words: str,
) -> HttpResponse:
    """A page that asks once more, made by ``page`` of ``admin/ask.html`` with ``back`` and the ``words``.

    Its POST does the act and leads on ``after`` (else ``back``), or ``back`` if it was refused.
    """
    if request.method == "POST":
        return redirect(after or back if attempt(request, act, done) else back)
    return page(ASK, back=back, **words)


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
