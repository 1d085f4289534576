"""The version as a member will see it: its domains and items to look at, with nothing kept of what is chosen."""

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import selectors
from assessments.admin.instruments.pages import SAFE, mounted, page, version_of
from assessments.models import InstrumentVersion


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {"preview/": ("preview", domains, SAFE), "preview/<slug:code>/": ("preview_domain", domain, SAFE)}
    return mounted(model_admin, pages)


def _show(request: HttpRequest, template: str, version: InstrumentVersion, **context: object) -> HttpResponse:
    frame = {"version": version, "instrument": version.instrument}
    return render(request, f"assessments/preview/{template}", frame | context)


def domains(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The domains as a list of tasks on the first day."""
    version = version_of(request, pk)
    rows = [
        {
            "title": one.title,
            "url": page("preview_domain", version, one.code),
            "status": _("Not started"),
            "hint": ngettext("%(n)s item", "%(n)s items", len(one.items)) % {"n": len(one.items)},
        }
        for one in selectors.plan_of(version).domains
    ]
    return _show(request, "domains.html", version, tasks=rows)


def domain(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One domain with its items, levels and further answers."""
    version = version_of(request, pk)
    found = next((one for one in selectors.plan_of(version).domains if one.code == code), None)
    if found is None:
        raise Http404
    return _show(request, "domain.html", version, domain=found)
