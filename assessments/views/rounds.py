"""The pages of a round: what is to be answered, one domain, and the scores once it is submitted."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import permissions, selectors, services
from assessments.forms import DomainForm
from assessments.models import Assessment, AssessmentState, Domain
from core.refusals import Refused
from programs.models import Enrollment, Milestone
from programs.selectors import deadline_of


def _visible(request: HttpRequest, public_id: UUID) -> Assessment:
    rows = Assessment.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("version__instrument", "milestone", "enrollment__team", "submitted_by"), public_id=public_id
    )


@login_required
@require_POST
def start(request: HttpRequest, enrollment: UUID, milestone: str) -> HttpResponse:
    """Open the round of a milestone, or come back to it."""
    row = get_object_or_404(Enrollment.objects.visible_to(request.user), public_id=enrollment)
    due = get_object_or_404(Milestone, cohort=row.cohort_id, code=milestone)
    if not permissions.is_core_member(request.user, row):
        raise PermissionDenied(_("Only members of the core team start an assessment."))
    try:
        assessment = services.start_assessment(row, due, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("programs:enrollment", row.public_id)
    return redirect("assessments:detail", assessment.public_id)


@login_required
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The domains as a task list while the round is open; the scores once it is submitted."""
    assessment = _visible(request, public_id)
    scores = selectors.scores(assessment)
    can_answer = permissions.can_answer(request.user, assessment)
    is_submitted = assessment.state == AssessmentState.SUBMITTED
    context = {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "scores": scores,
        "tasks": [_task(assessment, one, can_answer=can_answer) for one in scores.domains],
        "gaps": [] if is_submitted or not scores.settled else selectors.unanswered(assessment),
        "deadline": deadline_of(assessment.milestone, assessment.enrollment),
        "is_submitted": is_submitted,
        "can_submit": can_answer,
        "can_reopen": permissions.can_reopen(request.user, assessment),
    }
    return render(request, "assessments/detail.html", context)


def _task(assessment: Assessment, one: selectors.DomainResult, *, can_answer: bool) -> dict[str, str]:
    total = one.completeness.total
    status, tone = (_("In progress"), "info") if one.settled else (_("Not started"), "neutral")
    if one.is_settled:
        status, tone = _("Completed"), "success"
    return {
        "title": one.domain.title,
        "url": reverse("assessments:domain", args=[assessment.public_id, one.domain.code]),
        "hint": _("%(settled)s of %(total)s items answered") % {"settled": one.settled, "total": total},
        "status": status,
        "tone": tone,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def domain(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """One domain: a form for the core team while the round is open, its answers to read for everybody else."""
    assessment = _visible(request, public_id)
    row = get_object_or_404(Domain.objects.prefetch_related("items__levels"), version=assessment.version_id, code=code)
    saved = selectors.answers_of(assessment, row)
    context = {"assessment": assessment, "instrument": assessment.version.instrument, "domain": row}
    if not permissions.can_answer(request.user, assessment):
        if request.method == "POST":
            raise PermissionDenied(_("Only members of the core team answer, as long as the assessment is open."))
        return render(request, "assessments/answers.html", context | {"rows": _read_only(row, saved)})
    form = DomainForm(row.items.all(), saved, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _save(request, assessment, form):
        return _onward(request, assessment, row)
    return render(request, "assessments/domain.html", context | {"form": form})


def _read_only(domain: Domain, saved: dict) -> list[dict]:
    return [{"item": item, "answer": saved.get(item.pk)} for item in domain.items.all()]


def _save(request: HttpRequest, assessment: Assessment, form: DomainForm) -> bool:
    try:
        services.agree_domain(assessment, form.answers(), by=request.user)
    except services.AnswersChanged as changed:
        form.show_conflicts(changed.current)
        form.add_error(None, str(changed))
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved."))
    return True


def _onward(request: HttpRequest, assessment: Assessment, domain: Domain) -> HttpResponse:
    following = Domain.objects.filter(version=domain.version_id, position__gt=domain.position).first()
    if following is None or request.POST.get("then") == "list":
        return redirect("assessments:detail", assessment.public_id)
    return redirect("assessments:domain", assessment.public_id, following.code)


@login_required
@require_POST
def submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Submit the round; the page then shows the scores."""
    assessment = _visible(request, public_id)
    if not permissions.is_core_member(request.user, assessment.enrollment):
        raise PermissionDenied(_("Only members of the core team submit the assessment."))
    try:
        services.submit(assessment, by=request.user, arrived_at=request.arrived_at)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Submitted. These are your scores."))
    return redirect("assessments:detail", assessment.public_id)


@login_required
@require_POST
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Staff give a submitted round back to the team."""
    assessment = _visible(request, public_id)
    if not permissions.can_give_back(request.user):
        raise PermissionDenied(_("Only program staff give an assessment back to its team."))
    try:
        services.reopen(assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The team can change its answers again."))
    return redirect("assessments:detail", assessment.public_id)
