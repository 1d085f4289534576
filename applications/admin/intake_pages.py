"""The intake of one call: who came how far, who is stuck where, and the table of everything."""

from collections.abc import Callable, Sequence
from functools import partial

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from applications import exports, permissions, selectors
from applications.models import Application, Call
from applications.selectors.funnel import Stuck
from core import clock
from core.services import record_read
from programs.models import Cohort

A_PAGE = 50
# More teams do not fit into an address.
MOST_ADDRESSED = 400
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    """The pages of a call's intake, below the call's own."""
    pages = {
        "<int:pk>/intake/": ("intake", require_safe(partial(intake, model_admin))),
        "<int:pk>/intake/excel/": ("intake_excel", require_POST(partial(excel, model_admin))),
        "<int:pk>/intake/csv/": ("intake_csv", require_POST(partial(csv, model_admin))),
    }
    wrap = model_admin.admin_site.admin_view
    return [path(route, wrap(view), name=f"applications_call_{name}") for route, (name, view) in pages.items()]


def call_of(request: HttpRequest, pk: int) -> Call:
    """The call, for those who run its intake."""
    if not permissions.can_run_intake(request.user):
        raise PermissionDenied
    calls = Call.objects.visible_to(request.user).select_related("cohort__program", "opening", "deadline")
    return get_object_or_404(calls, pk=pk)


def intake(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Counts, the funnel, and the drafts by how long nobody has touched them; ``?missing=`` keeps those that lack one step."""
    call, now = call_of(request, pk), clock.now()
    found = selectors.intake_of(call, now=now)
    step = next((one for one in found.steps if one.code == request.GET.get("missing")), None)
    stuck = [one for one in found.stuck if step is None or step in one.progress.missing]
    page = Paginator(stuck, A_PAGE).get_page(request.GET.get("page"))
    context = model_admin.admin_site.each_context(request) | {
        "title": f"Intake: {call.cohort.title}",
        "opts": model_admin.opts,
        "call": call,
        "standing": selectors.standing_of(call, now),
        "intake": found,
        "step": step,
        "page": page,
        "rows": selectors.named(page.object_list),
        "write_url": _write_url(call.cohort, stuck),
        "is_cut": len(stuck) > MOST_ADDRESSED,
        "most": MOST_ADDRESSED,
    }
    return TemplateResponse(request, "applications/admin/intake.html", context)


def _write_url(cohort: Cohort, stuck: Sequence[Stuck]) -> str:
    """The page for writing to people of the cohort, with the leaders of these teams chosen; one query."""
    if not stuck:
        return ""
    keys = [one.pk for one in stuck[:MOST_ADDRESSED]]
    teams = Application.objects.filter(pk__in=keys).values_list("enrollment_id", flat=True)
    query = QueryDict(mutable=True)
    query["groups"] = "leaders"
    query["teams"] = ",".join(map(str, sorted(teams)))
    return f"{reverse('admin:programs_cohort_write', args=[cohort.pk])}?{query.urlencode(safe=',')}"


def excel(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    return _file(request, pk, exports.excel_of, "xlsx", EXCEL)


def csv(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    return _file(request, pk, exports.csv_of, "csv", "text/csv; charset=utf-8")


def _file(request: HttpRequest, pk: int, make: Callable[[Call], bytes], ending: str, kind: str) -> HttpResponse:
    """Taking a copy out of the house is written down before it leaves."""
    call = call_of(request, pk)
    content = make(call)
    record_read(call, by=request.user, fields=["applications", ending])
    name = f"applications-{call.cohort.code}-{clock.now():%Y-%m-%d}.{ending}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
