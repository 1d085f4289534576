"""What the pages of an instrument's version share: the door, the frame, and asking once more."""

from collections.abc import Callable

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse

from assessments import permissions
from assessments.models import InstrumentVersion
from core.admin import pages as shared
from core.admin.pages import BOTH, POST, SAFE, Pages, attempt, tell

__all__ = ["BOTH", "POST", "SAFE", "ask", "attempt", "mounted", "page", "show", "tell", "version_of"]
STEM = "assessments_instrumentversion"


def mounted(model_admin: ModelAdmin, pages: Pages) -> list[URLPattern]:
    """Addresses below the version's own: route -> (name, view, which methods it takes)."""
    return shared.mounted(model_admin, STEM, {f"<int:pk>/{route}": one for route, one in pages.items()})


def version_of(request: HttpRequest, pk: int) -> InstrumentVersion:
    """The version, for those who write instruments.

    Raises:
        PermissionDenied: they are not theirs to write.
        Http404: there is none.
    """
    if not permissions.can_write_instruments(request.user):
        raise PermissionDenied
    return get_object_or_404(InstrumentVersion.objects.select_related("instrument", "based_on", "edited_by"), pk=pk)


def page(name: str, version: InstrumentVersion, *args: object) -> str:
    return reverse(f"admin:{STEM}_{name}", args=[version.pk, *args])


def show(
    model_admin: ModelAdmin,
    request: HttpRequest,
    template: str,
    version: InstrumentVersion,
    title: str,
    **context: object,
) -> TemplateResponse:
    frame = {"title": title, "subtitle": str(version), "version": version, "opts": model_admin.opts}
    return TemplateResponse(
        request, f"admin/assessments/version/{template}", model_admin.admin_site.each_context(request) | frame | context
    )


def ask(
    model_admin: ModelAdmin,
    request: HttpRequest,
    version: InstrumentVersion,
    *,
    title: str,
    text: str,
    button: str,
    back: str,
    act: Callable[[], object],
    done: str,
    after: str = "",
) -> HttpResponse:
    """A page that asks once more; its POST does it and leads on ``after`` (else ``back``), or ``back`` if it was refused."""
    if request.method == "POST":
        return redirect(after or back if attempt(request, act, done) else back)
    return show(model_admin, request, "ask.html", version, title, text=text, button=button, back=back)
