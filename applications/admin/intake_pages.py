"""The intake of one call: who came how far, and who is stuck where."""

from collections.abc import Sequence

from django.contrib.admin import ModelAdmin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse

from applications import selectors
from applications.admin import tables
from applications.models import Application, Part
from applications.selectors.funnel import Stuck
from core import clock
from core.admin.pages import SAFE, mounted
from programs.models import Cohort

A_PAGE = 50
# More teams do not fit into an address.
MOST_ADDRESSED = 400


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    """The pages of a call's intake, below the call's own."""
    return mounted(model_admin, "applications_call", {"<int:pk>/intake/": ("intake", intake, SAFE)} | tables.PAGES)


def intake(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Counts, the funnel, and the drafts by how long nobody has touched them; ``?missing=`` keeps those that lack one step."""
    call, now = tables.call_of(request, pk), clock.now()
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
        "parts": Part.choices,
        "exports": selectors.exports_of(call, request.user, now=now),
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
