"""Taking the table of a call's applications: at once where there are few, else made in the background and offered then.

Taking a copy out of the house is written down before it leaves.
"""

from collections.abc import Callable
from functools import partial

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from applications import exports, permissions, selectors, services
from applications.admin.readonly import ReadOnlyAdmin
from applications.models import Call, Export, ExportState, Format, Part
from core import clock
from core.admin.pages import POST, SAFE, Pages
from core.services import record_read
from documents.rules.kinds import EXCEL
from documents.views import HEADERS, attachment

# Up to so many applications a table is made while one waits: half a second, and nothing is kept.
AT_ONCE = 500
MAKERS: dict[Format, tuple[Callable[[Call, Part], bytes], str]] = {
    Format.EXCEL: (exports.excel_of, EXCEL.content_type),
    Format.CSV: (exports.csv_of, "text/csv; charset=utf-8"),
}


def call_of(request: HttpRequest, pk: int) -> Call:
    """The call, for those who run its intake."""
    if not permissions.can_run_intake(request.user):
        raise PermissionDenied
    calls = Call.objects.visible_to(request.user).select_related("cohort__program", "opening", "deadline")
    return get_object_or_404(calls, pk=pk)


def ask(model_admin: ModelAdmin, request: HttpRequest, pk: int, *, form: Format) -> HttpResponse:
    """The file, where it is made in a moment; else the page that says how it goes on."""
    call = call_of(request, pk)
    chosen = request.POST.get("part", Part.ALL)
    if chosen not in Part.values:
        messages.error(request, "Choose one of the tables that the page offers, and take it again.")
        return redirect("admin:applications_call_intake", call.pk)
    part = Part(chosen)
    if exports.applications_in(call, part).count() > AT_ONCE:
        export = services.ask_for_export(call, part=part, form=form, by=request.user)
        return redirect("admin:applications_call_intake_table", call.pk, export.pk)
    make, content_type = MAKERS[form]
    content = make(call, part)
    record_read(call, by=request.user, fields=["applications", part, form])
    name = selectors.export_name(call, part, form, now=clock.now())
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _export_of(request: HttpRequest, pk: int, export: int) -> Export:
    """A table that this person asked for, as long as it is kept."""
    call = call_of(request, pk)
    found = get_object_or_404(Export.objects.visible_to(request.user).filter(call=call), pk=export)
    if not permissions.can_take_export(request.user, found):
        raise PermissionDenied
    return get_object_or_404(selectors.exports_of(call, request.user, now=clock.now()), pk=export)


def table(model_admin: ModelAdmin, request: HttpRequest, pk: int, export: int) -> HttpResponse:
    """Whether it is made. A script looks again by itself; without one, the reader does."""
    found = _export_of(request, pk, export)
    context = model_admin.admin_site.each_context(request) | {
        "title": f"Table of applications: {found.call.cohort.title}",
        "opts": model_admin.opts,
        "call": found.call,
        "export": found,
        "is_waiting": found.state == ExportState.WAITING,
        "is_ready": found.state == ExportState.DONE,
        "kept_until": found.asked_at + selectors.EXPORT_KEPT,
        "number": exports.applications_in(found.call, Part(found.part)).count(),
    }
    return TemplateResponse(request, "applications/admin/table.html", context)


def take(model_admin: ModelAdmin, request: HttpRequest, pk: int, export: int) -> HttpResponseBase:
    """Its file; back to its page where it is not made yet."""
    found = _export_of(request, pk, export)
    if found.file is None:
        return redirect("admin:applications_call_intake_table", pk, export)
    record_read(found.call, by=request.user, fields=["applications", found.part, found.format])
    return attachment(request, found.file)


PAGES: Pages = {
    "<int:pk>/intake/excel/": ("intake_excel", partial(ask, form=Format.EXCEL), POST),
    "<int:pk>/intake/csv/": ("intake_csv", partial(ask, form=Format.CSV), POST),
    "<int:pk>/intake/tables/<int:export>/": ("intake_table", table, SAFE),
    "<int:pk>/intake/tables/<int:export>/file/": ("intake_table_file", take, POST),
}


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """Who had which table made. The files are for whoever asked, on the page of the call's intake."""

    list_display = ["call", "part", "format", "state", "rows", "asked_by", "asked_at", "made_at", "reason"]
    list_filter = ["state", "format"]
    list_select_related = ["call__cohort", "asked_by"]
    ordering = ["-pk"]
    fields = [*list_display, "tries"]
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Export | None = None) -> bool:
        return False
