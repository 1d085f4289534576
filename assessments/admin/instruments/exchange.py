"""A version as a file, and back: a copy to take, and an upload whose changes are shown before they are taken."""

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from assessments import selectors, services
from assessments.admin.instruments.inputs import InstrumentFileInput
from assessments.admin.instruments.pages import BOTH, SAFE, attempt, mounted, page, show, tell, version_of
from assessments.definition import compare, csv_of, text_of
from assessments.models import InstrumentVersion
from core.refusals import Refused
from core.services import record_read

YAML, CSV = "yaml", "csv"
TYPES = {YAML: "application/yaml; charset=utf-8", CSV: "text/csv; charset=utf-8"}


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {"copy.<slug:kind>": ("copy", copy, SAFE), "upload/": ("upload", upload, BOTH)}
    return mounted(model_admin, pages)


def copy(model_admin: ModelAdmin, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The version as YAML or as a data dictionary."""
    version = version_of(request, pk)
    if kind not in TYPES:
        raise Http404
    plan = selectors.plan_of(version)
    record_read(version, by=request.user, fields=["instrument", kind])
    name = f"{plan.code}-{version.number}.{kind}"
    return HttpResponse(
        text_of(plan) if kind == YAML else csv_of(plan),
        content_type=TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def upload(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A file: its errors with their lines, else what it would change; a second POST takes it."""
    version = version_of(request, pk)
    if request.method == "POST" and "text" in request.POST:
        if attempt(request, lambda: _take(request, version), _("The version is what the file says.")):
            return redirect(page("content", version))
        return redirect(page("upload", version))
    form = InstrumentFileInput(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            wanted = services.trial_of_file(version, file.name, file.read(), by=request.user)
        except Refused as refusal:
            tell(request, refusal, form)
        else:
            changes = compare(selectors.plan_of(version), wanted).sentences
            context = {"text": text_of(wanted), "changes": changes}
            return show(model_admin, request, "upload_look.html", version, _("Take it from a file"), **context)
    context = {"form": form, "back": page("content", version)}
    return show(model_admin, request, "upload.html", version, _("Take it from a file"), **context)


def _take(request: HttpRequest, version: InstrumentVersion) -> None:
    wanted = services.read_file("instrument.yaml", request.POST["text"])
    services.put_instrument(version, wanted, by=request.user)
