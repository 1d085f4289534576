"""Results as JSON, read only, for whoever is signed in and may see the page: the same figures, as the same strings."""

from dataclasses import asdict
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from assessments import selectors
from assessments.models import Assessment, Comparison


@login_required
@require_safe
def results(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """A round's figures by domain and overall (the one without a code), as shown; they can still change while it is open."""
    rows = Assessment.objects.visible_to(request.user)
    row = get_object_or_404(rows.select_related("version__instrument", "milestone"), public_id=public_id)
    version = row.version
    return JsonResponse(
        {
            "assessment": str(row.public_id),
            "round": row.milestone.code,
            "state": row.state,
            "instrument": version.instrument.code,
            "is_illustrative": version.instrument.is_illustrative,
            "version": version.number,
            "rule": version.rule,
            "display_max": str(version.display_max),
            "figures": [asdict(one) for one in selectors.figures(selectors.scores(row))],
        }
    )


@login_required
@require_safe
def comparison(request: HttpRequest, cohort: str, milestone: str) -> JsonResponse:
    """A frozen comparison, with the figures of the reader's own team where they belong to one; empty where not shown."""
    rows = Comparison.objects.visible_to(request.user).select_related("milestone__cohort")
    row = get_object_or_404(rows, milestone__cohort__code=cohort, milestone__code=milestone)
    shown = selectors.compared(row, selectors.own_round(request.user, row.milestone))
    return JsonResponse(
        {
            "cohort": cohort,
            "round": milestone,
            "teams": str(row.teams),
            "display_max": str(shown.display_max),
            "frozen_at": row.frozen_at.isoformat(),
            "domains": [
                {
                    "code": one.code,
                    "title": one.title,
                    "teams": str(one.band.n) if one.band else "",
                    "lower": one.lower,
                    "median": one.median,
                    "upper": one.upper,
                    "own": one.own_shown,
                }
                for one in shown.domains
            ],
        }
    )
