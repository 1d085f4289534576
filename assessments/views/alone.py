"""Answering alone: one's own domains, one domain, and the end of one's turn."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import permissions, selectors, services
from assessments.forms import ItemsForm, sent
from assessments.models import Assessment, Domain, Item
from assessments.views.found import domain_of, of_alone, visible
from assessments.views.saving import autosaved, onward, page, saved, status_of
from assessments.views.tasks import tasks_of
from core.refusals import Refused


@login_required
@require_safe
def alone(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One's own domains and what is missing; whoever has finished is sent on to the team's page."""
    assessment = visible(request, public_id)
    if permissions.can_see_alone(request.user, assessment):
        return redirect("assessments:together", assessment.public_id)
    assessment = of_alone(request, public_id)
    return _overview(request, assessment, selectors.missing_of(assessment, request.user))


def _overview(
    request: HttpRequest, assessment: Assessment, missing: list[Item], *, is_refused: bool = False
) -> HttpResponse:
    context = {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "tasks": tasks_of(assessment, missing, "assessments:alone_domain"),
        "missing": missing,
        "is_refused": is_refused,
        "others": [turn for turn in selectors.turns_of(assessment) if turn.user != request.user],
    }
    return render(request, "assessments/alone.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def alone_domain(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """One domain of one's own answers, beside those of the last round."""
    assessment = of_alone(request, public_id)
    row = domain_of(assessment, code)
    form = ItemsForm(
        row.items.all(), _own(request, assessment, row), request.POST if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid() and saved(form, _save(request, assessment)):
        messages.success(request, _("Saved."))
        return onward(request, assessment, row, "assessments:alone")
    context = {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "domain": row,
        "form": form,
        "last": selectors.before(assessment, row.items.all()),
        "page": page(request),
        "autosave_url": reverse("assessments:alone_autosave", args=[assessment.public_id, row.code]),
    }
    return render(request, "assessments/alone_domain.html", context, status=status_of(form))


@login_required
@require_POST
def alone_autosave(request: HttpRequest, public_id: UUID, code: str) -> JsonResponse:
    """Save the items that were sent, each for itself, and say what became of each (``core.drafts.reply``)."""
    assessment = of_alone(request, public_id)
    items = sent(domain_of(assessment, code).items.all(), request.POST)
    return autosaved(request, ItemsForm(items, {}, request.POST), _save(request, assessment))


def _save(request: HttpRequest, assessment: Assessment) -> partial:
    return partial(services.answer_alone, assessment, by=request.user)


def _own(request: HttpRequest, assessment: Assessment, domain: Domain) -> dict:
    rows = assessment.member_answers.filter(saved_by=request.user, item__domain=domain)
    return {row.item_id: row for row in rows.select_related("level", "saved_by")}


@login_required
@require_POST
def finish_alone(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one's turn; what is missing is shown, each item a link."""
    assessment = of_alone(request, public_id)
    try:
        services.finish_turn(assessment, by=request.user)
    except Refused as refusal:
        if missing := selectors.missing_of(assessment, request.user):
            return _overview(request, assessment, missing, is_refused=True)
        messages.error(request, str(refusal))
        return redirect("assessments:detail", assessment.public_id)
    messages.success(request, _("You have finished. Here is what everybody chose who has finished as well."))
    return redirect("assessments:together", assessment.public_id)


@login_required
@require_POST
def pass_alone(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that one will not answer alone, so that the team need not wait."""
    assessment = of_alone(request, public_id)
    try:
        services.pass_turn(assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted. You can agree with the team now."))
    return redirect("assessments:detail", assessment.public_id)
