"""What changed between two rounds of a team."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments import selectors
from assessments.models import Assessment


@login_required
@require_safe
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """This round beside an earlier one: the baseline, or the one whose milestone ``from`` names."""
    rows = Assessment.objects.visible_to(request.user)
    assessment = get_object_or_404(
        rows.select_related("version__instrument", "milestone", "enrollment__team"), public_id=public_id
    )
    earlier = selectors.submitted_rounds(assessment)[:-1]
    context = {"assessment": assessment, "instrument": assessment.version.instrument, "earlier": earlier}
    if not earlier:
        return render(request, "assessments/change.html", context)
    before = _chosen(earlier, request.GET.get("from", ""))
    return render(request, "assessments/change.html", context | {"movement": selectors.movement(before, assessment)})


def _chosen(earlier: list[Assessment], code: str) -> Assessment:
    if not code:
        return earlier[0]
    for one in earlier:
        if one.milestone.code == code:
            return one
    raise Http404("No submitted round of that name comes before this one.")
