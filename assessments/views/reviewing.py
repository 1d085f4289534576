"""The third party's pages: what it was asked to score, one domain, and the end of the review."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import selectors, services
from assessments.forms import ReviewForm, sent
from assessments.models import Assessment, Domain, Item
from assessments.views.found import domain_of, of_review
from assessments.views.saving import autosaved, onward, page, saved, status_of
from assessments.views.tasks import tasks_of
from core.refusals import Refused


@login_required
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """The assessments that the reader was asked to score."""
    return render(request, "assessments/reviews.html", {"rows": selectors.to_review(request.user)})


@login_required
@require_safe
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The domains to score and what is missing."""
    assessment = of_review(request, public_id)
    return _overview(request, assessment, selectors.not_reviewed(assessment))


def _overview(
    request: HttpRequest, assessment: Assessment, missing: list[Item], *, is_refused: bool = False
) -> HttpResponse:
    context = {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "tasks": tasks_of(assessment, missing, "assessments:review_domain"),
        "missing": missing,
        "is_refused": is_refused,
    }
    return render(request, "assessments/review.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_domain(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """One domain to score, each item beside what the team agreed on and shows for it."""
    assessment = of_review(request, public_id)
    row = domain_of(assessment, code)
    form = ReviewForm(row.items.all(), _given(assessment, row), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and saved(form, _save(request, assessment)):
        messages.success(request, _("Saved."))
        return onward(request, assessment, row, "assessments:review")
    context = {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "domain": row,
        "form": form,
        "answers": selectors.answers_of(assessment, row),
        "evidence": selectors.evidence_of(assessment).filter(item__domain=row),
        "page": page(request),
        "autosave_url": reverse("assessments:review_autosave", args=[assessment.public_id, row.code]),
    }
    return render(request, "assessments/review_domain.html", context, status=status_of(form))


@login_required
@require_POST
def review_autosave(request: HttpRequest, public_id: UUID, code: str) -> JsonResponse:
    """Save the items that were sent, each for itself, and say what became of each (``core.drafts.reply``)."""
    assessment = of_review(request, public_id)
    items = sent(domain_of(assessment, code).items.all(), request.POST)
    return autosaved(request, ReviewForm(items, {}, request.POST), _save(request, assessment))


def _save(request: HttpRequest, assessment: Assessment) -> partial:
    return partial(services.review, assessment, by=request.user)


def _given(assessment: Assessment, domain: Domain) -> dict:
    rows = assessment.reviewer_answers.filter(item__domain=domain).select_related("level", "saved_by")
    return {row.item_id: row for row in rows}


@login_required
@require_POST
def finish_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close the review; what is missing is shown, each item a link."""
    assessment = of_review(request, public_id)
    try:
        services.finish_review(assessment, by=request.user)
    except Refused as refusal:
        if missing := selectors.not_reviewed(assessment):
            return _overview(request, assessment, missing, is_refused=True)
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your review is finished. The team sees it beside its own answers."))
    return redirect("assessments:detail", assessment.public_id)
