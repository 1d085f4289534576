"""The cohort comparison: looked at beforehand and frozen by staff, read by teams and leadership; and staff's page of scores."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import permissions, selectors, services
from assessments.models import Comparison
from core import clock
from core.refusals import Refused
from programs.models import Cohort, Milestone, MilestoneKind


@login_required
@require_safe
def comparison(request: HttpRequest, cohort: str, milestone: str) -> HttpResponse:
    """What was frozen of a round, with the reader's own team's place; nothing finer exists."""
    frozen = frozen_comparison(request, cohort, milestone)
    shown = selectors.compared(frozen, selectors.own_round(request.user, frozen.milestone))
    return render(request, "assessments/comparison.html", {"shown": shown, "cohort": frozen.milestone.cohort})


def frozen_comparison(request: HttpRequest, cohort: str, milestone: str) -> Comparison:
    """The comparison that this reader may see, or 404."""
    rows = Comparison.objects.visible_to(request.user).select_related("milestone__cohort__program")
    return get_object_or_404(rows, milestone__cohort__code=cohort, milestone__code=milestone)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest, cohort: str, milestone: str) -> HttpResponse:
    """Staff see what would be shown and of how many teams, and freeze it."""
    if not permissions.can_compare(request.user):
        raise PermissionDenied(_("Only program staff freeze a comparison."))
    rows = Milestone.objects.filter(kind=MilestoneKind.ASSESSMENT).select_related("cohort__program")
    row = get_object_or_404(rows, cohort__code=cohort, code=milestone)
    if request.method == "POST":
        try:
            services.freeze_comparison(row, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("assessments:freeze", cohort, milestone)
        else:
            messages.success(request, _("Frozen. The teams of the cohort and leadership see it from now on."))
            return redirect("assessments:comparison", cohort, milestone)
    context = {
        "cohort": row.cohort,
        "milestone": row,
        "planned": selectors.planned_comparison(row),
        "is_over": row.ends_at <= clock.now(),
        "is_frozen": Comparison.objects.filter(milestone=row).exists(),
    }
    return render(request, "assessments/comparison_freeze.html", context)


@login_required
@require_safe
def cohort_scores(request: HttpRequest, cohort: str) -> HttpResponse:
    """Every team's scores by round and domain, for staff alone."""
    if not permissions.can_compare(request.user):
        raise PermissionDenied(_("Only program staff see the scores of every team."))
    row = get_object_or_404(Cohort.objects.select_related("program"), code=cohort)
    return render(
        request, "assessments/comparison_scores.html", {"rounds": selectors.cohort_scores(row), "cohort": row}
    )
