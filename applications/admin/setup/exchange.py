"""The form as a file, and back: a copy to take, and an upload whose changes are shown before they are taken."""

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from applications import selectors, services
from applications.admin.setup.inputs import UploadInput
from applications.admin.setup.pages import BOTH, SAFE, attempt, call_of, mounted, page, show, tell
from core.refusals import Refused
from core.services import record_read
from questionnaires import services as questionnaires
from questionnaires.definition import FormDefinition, changes, text_of
from questionnaires.models import FormVersion
from questionnaires.selectors import plan_of

YAML, CSV = "yaml", "csv"
TYPES = {YAML: "application/yaml; charset=utf-8", CSV: "text/csv; charset=utf-8"}


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {"form/copy.<slug:kind>": ("form_copy", copy, SAFE), "form/upload/": ("form_upload", upload, BOTH)}
    return mounted(model_admin, pages)


def copy(model_admin: ModelAdmin, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The form that is being edited, as YAML or as a data dictionary."""
    call = call_of(request, pk)
    if kind not in TYPES:
        raise Http404
    edition = selectors.edited_edition(call)
    try:
        content = questionnaires.export_yaml(edition) if kind == YAML else questionnaires.export_csv(edition)
    except Refused as refusal:
        tell(request, refusal)
        return redirect(page("form", call))
    record_read(call, by=request.user, fields=["form", kind])
    name = f"{call.cohort.code}-form-{edition.number}.{kind}"
    return HttpResponse(
        content, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def upload(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A file: its errors with their lines, else what it would change; a second POST takes it."""
    call = call_of(request, pk)
    edition = selectors.edited_edition(call)
    if request.method == "POST" and "text" in request.POST:
        if attempt(request, lambda: _take(request, call), _("The form is what the file says.")):
            return redirect(page("form", call))
        return redirect(page("form_upload", call))
    form = UploadInput(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            title, wanted = _read(form.cleaned_data["file"])
        except questionnaires.FormRefused as refusal:
            for sentence in refusal.sentences:
                form.add_error("file", sentence)
        else:
            context = {"text": text_of(title or edition.title, wanted), "changes": _changes(edition, title, wanted)}
            return show(model_admin, request, "upload_look.html", call, _("Take the form from a file"), **context)
    context = {"form": form, "back": page("form", call)}
    return show(model_admin, request, "upload.html", call, _("Take the form from a file"), **context)


def _read(file: object) -> tuple[str, FormDefinition]:
    """Title (empty where the file has none) and questions. Raises FormRefused."""
    if file.name.lower().endswith(".csv"):
        return "", questionnaires.read_csv(file.read())
    return questionnaires.read_yaml(file.read())


def _changes(edition: FormVersion, title: str, wanted: FormDefinition) -> list[str]:
    renamed = [_("The form is now called “%(title)s”.") % {"title": title}] if title not in ("", edition.title) else []
    return renamed + changes(plan_of(edition), wanted)


def _take(request: HttpRequest, call: object) -> None:
    title, wanted = questionnaires.read_yaml(request.POST["text"])
    services.put_form(call, wanted, title=title, by=request.user)
