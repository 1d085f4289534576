"""What the pages of an instrument's version share: the door, the frame, and asking once more."""

from functools import partial
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse

from assessments import permissions
from assessments.models import InstrumentVersion
from core.admin import pages as shared
from core.admin.pages import ASK, BOTH, POST, SAFE, Pages, attempt, tell

__all__ = ["ASK", "BOTH", "POST", "SAFE", "ask", "attempt", "framed", "mounted", "page", "show", "tell", "version_of"]
STEM, FOLDER = "assessments_instrumentversion", "admin/assessments/version"


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
    """One of the room's own pages, by the name of its file."""
    return framed(model_admin, request, version, f"{FOLDER}/{template}", title=title, **context)


def ask(model_admin: ModelAdmin, request: HttpRequest, version: InstrumentVersion, **words: Any) -> HttpResponse:
    """A page that asks once more, and what its POST does: as ``core.admin.pages.ask``, in this frame."""
    return shared.ask(request, partial(framed, model_admin, request, version), **words)


def framed(
    model_admin: ModelAdmin, request: HttpRequest, version: InstrumentVersion, template: str, **context: object
) -> TemplateResponse:
    """Any page about a version, by the path of its template."""
    about = {"subtitle": str(version), "version": version}
    return shared.show(model_admin, request, template, folder=FOLDER, **about, **context)
