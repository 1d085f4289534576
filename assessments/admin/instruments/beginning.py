"""A new instrument: from nothing, or from a file."""

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from assessments import permissions, selectors, services
from assessments.admin.instruments.inputs import InstrumentFileInput, NewInstrumentInput
from assessments.admin.instruments.pages import page
from assessments.definition import compare, text_of
from core.admin.pages import BOTH, attempt, mounted, tell
from core.refusals import Refused


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {"new/": ("new", new, BOTH), "take/": ("take", take, BOTH)}
    return mounted(model_admin, "assessments_instrument", pages)


def _show(
    model_admin: ModelAdmin, request: HttpRequest, template: str, title: str, **context: object
) -> TemplateResponse:
    frame = model_admin.admin_site.each_context(request) | {"title": title, "opts": model_admin.opts}
    return TemplateResponse(request, f"admin/assessments/instrument/{template}", frame | context)


def new(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """A title and a code; the rest is written on the pages of its first version."""
    if not permissions.can_write_instruments(request.user):
        raise PermissionDenied
    form = NewInstrumentInput(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.code_among(selectors.instruments_with_versions().values_list("code", flat=True))
        words = {"title": form.cleaned_data["title"], "is_illustrative": form.cleaned_data["is_illustrative"]}
        try:
            version = services.create_instrument(code, **words, by=request.user)
        except Refused as refusal:
            tell(request, refusal, form)
        else:
            return redirect(page("content", version))
    return _show(model_admin, request, "new.html", _("New instrument"), form=form)


def take(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """A YAML file of an instrument: what it would be or change, and taken by a second POST, as a draft."""
    if not permissions.can_write_instruments(request.user):
        raise PermissionDenied
    if request.method == "POST" and "text" in request.POST:
        if attempt(request, lambda: _take(request), _("Taken as a draft. Look at it, then put it in use.")):
            return redirect("admin:assessments_instrument_changelist")
        return redirect("admin:assessments_instrument_take")
    form = InstrumentFileInput(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            wanted = services.read_file(file.name, file.read())
            services.trial_of_taking(wanted, by=request.user)
        except Refused as refusal:
            tell(request, refusal, form)
        else:
            present = selectors.last_version(wanted.code)
            changes = compare(selectors.plan_of(present), wanted).sentences if present else []
            context = {"text": text_of(wanted), "wanted": wanted, "present": present, "changes": changes}
            return _show(model_admin, request, "take_look.html", _("Take an instrument from a file"), **context)
    return _show(model_admin, request, "take.html", _("Take an instrument from a file"), form=form)


def _take(request: HttpRequest) -> None:
    services.take_file(services.read_file("instrument.yaml", request.POST["text"]), by=request.user)
