"""A cohort's rounds for staff: who is where, item by item, and the tables to take away."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from assessments import exports, permissions
from assessments.selectors.overview import Step, TeamStanding, assessment_rounds, completeness_of, standings
from core import clock
from core.services import record_read
from programs.models import Cohort, Milestone

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
FILES: dict[str, tuple[Callable[[exports.Shape], bytes], str, str]] = {
    "wide": (exports.wide_csv, "csv", CSV),
    "long": (exports.long_csv, "csv", CSV),
    "excel": (exports.excel, "xlsx", EXCEL),
}
SORTS: dict[str, tuple[str, Callable[[TeamStanding], object]]] = {
    "team": (_("Team"), lambda one: one.enrollment.team.name.casefold()),
    "behind": (_("Least far first"), lambda one: one.done),
    "ahead": (_("Farthest first"), lambda one: -one.done),
}


def _cohort(request: HttpRequest, code: str) -> Cohort:
    if not permissions.can_follow_rounds(request.user):
        raise PermissionDenied
    return get_object_or_404(Cohort.objects.select_related("program"), code=code)


@login_required
@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """One round: ``?round=`` by code (else the newest with an end to come or the last), ``?step=`` and ``?sort=``."""
    cohort, now = _cohort(request, code), clock.now()
    rounds = assessment_rounds(cohort)
    chosen = _chosen(rounds, request.GET.get("round"))
    teams = standings(chosen, now=now) if chosen else []
    step = next((one for one in Step if one.value == request.GET.get("step")), None)
    sort = request.GET.get("sort") if request.GET.get("sort") in SORTS else "team"
    shown = sorted((one for one in teams if step in (None, one.step)), key=SORTS[sort][1])
    context = {
        "cohort": cohort,
        "rounds": rounds,
        "chosen": chosen,
        "teams": shown,
        "all_teams": len(teams),
        "counts": [(one, sum(team.step is one for team in teams)) for one in Step],
        "step": step,
        "sorts": [(key, label) for key, (label, _key) in SORTS.items()],
        "sort": sort,
        "completeness": completeness_of(chosen) if chosen else [],
    }
    return render(request, "assessments/overview.html", context)


def _chosen(rounds: list[Milestone], code: str | None) -> Milestone | None:
    """The round of that code; without one, the first that has not ended, or the last."""
    named = next((one for one in rounds if one.code == code), None)
    if named or not rounds:
        return named
    now = clock.now()
    return next((one for one in rounds if one.ends_at >= now), rounds[-1])


@login_required
@require_POST
def export(request: HttpRequest, code: str) -> HttpResponse:
    """A table of one round, or of all; that a copy left the house is written down before it does."""
    cohort = _cohort(request, code)
    what, named = request.POST.get("what", "excel"), request.POST.get("round", "")
    chosen = next((one for one in assessment_rounds(cohort) if one.code == named), None)
    if what not in FILES or (named and chosen is None):
        raise Http404
    make, ending, kind = FILES[what]
    content = make(exports.shape_of(cohort, chosen))
    record_read(cohort, by=request.user, fields=["assessments", what, chosen.code if chosen else "all"])
    name = f"assessments-{cohort.code}-{chosen.code if chosen else 'all'}-{what}-{clock.now():%Y-%m-%d}.{ending}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
