"""The pages of a round: its three steps, what was agreed in one domain, and the scores once it is submitted."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import permissions, selectors, services
from assessments.models import Assessment, AssessmentState, Domain, Evidence
from assessments.views.found import domain_of, of_agreed, visible
from assessments.views.tasks import tasks_of
from core.refusals import Refused
from programs.models import Enrollment, Milestone
from programs.selectors import deadline_of


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
        return _where_it_is_in_the_way(row, due)
    return redirect("assessments:detail", assessment.public_id)


def _where_it_is_in_the_way(enrollment: Enrollment, milestone: Milestone) -> HttpResponse:
    """The baseline that has to be submitted first, where it is begun; else the timeline, where it can be."""
    baseline = selectors.missing_baseline(enrollment, milestone)
    begun = Assessment.objects.filter(enrollment=enrollment, milestone=baseline).first() if baseline else None
    if begun is None:
        return redirect("programs:enrollment", enrollment.public_id)
    return redirect("assessments:detail", begun.public_id)


@login_required
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The three steps while the round is open, with what is next for the reader; the scores once it is submitted."""
    assessment = visible(request, public_id)
    is_submitted = assessment.state == AssessmentState.SUBMITTED
    context = {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "deadline": deadline_of(assessment.milestone, assessment.enrollment),
        "is_submitted": is_submitted,
        "is_core": permissions.is_core_member(request.user, assessment.enrollment),
        "can_reopen": permissions.can_reopen(request.user, assessment),
        "can_review": permissions.can_review(request.user, assessment),
        "sees_timeline": _sees_timeline(request, assessment),
        "last": selectors.last_round(assessment),
        "report": selectors.report_of(assessment, request.user),
        "can_draft": is_submitted and permissions.can_write_reports(request.user),
    }
    return render(
        request, "assessments/detail.html", context | _standing(request, assessment, is_submitted=is_submitted)
    )


def _sees_timeline(request: HttpRequest, assessment: Assessment) -> bool:
    """The third party sees the round and nothing else of the team."""
    return Enrollment.objects.visible_to(request.user).filter(pk=assessment.enrollment_id).exists()


def _standing(request: HttpRequest, assessment: Assessment, *, is_submitted: bool) -> dict[str, object]:
    """How far the round is. To whoever is still to answer alone, nothing of what was agreed, not even how much."""
    user = request.user
    shown: dict[str, object] = {
        "turns": [] if is_submitted else selectors.turns_of(assessment),
        "can_answer_alone": permissions.can_answer_alone(user, assessment),
        "can_agree": permissions.can_agree(user, assessment),
        "sees_alone": permissions.can_see_alone(user, assessment),
        "sees_agreed": permissions.can_see_agreed(user, assessment),
    }
    if shown["can_answer_alone"]:
        shown["missing"] = selectors.missing_of(assessment, user)
    if shown["sees_agreed"]:
        shown["scores"] = selectors.scores(assessment)
        shown["gaps"] = [] if is_submitted else list(selectors.unanswered(assessment))
        shown["tasks"] = tasks_of(assessment, shown["gaps"], "assessments:domain")
        shown["reviewed"] = _reviewed(assessment, shown["scores"])
    return shown


def _reviewed(assessment: Assessment, scores: selectors.AssessmentScores) -> list[dict[str, object]]:
    """The third party's scores beside the team's, by domain; none until the review is finished."""
    if assessment.review_done_at is None:
        return []
    theirs = selectors.reviewers_scores_of([assessment])[assessment.pk]
    pairs = zip(scores.domains, theirs.domains, strict=True)
    rows = [{"title": own.domain.title, "team": own.shown, "reviewer": other.shown} for own, other in pairs]
    return [*rows, {"title": _("Overall"), "team": scores.shown, "reviewer": theirs.shown}]


@login_required
@require_safe
def domain(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """What the team agreed on in one domain, with its evidence, the last round's answers and the third party's."""
    assessment = of_agreed(request, public_id)
    row = domain_of(assessment, code)
    context = {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "domain": row,
        "rows": _rows(assessment, row),
        "sees_timeline": _sees_timeline(request, assessment),
        "sees_alone": permissions.can_see_alone(request.user, assessment),
        "last": selectors.last_round(assessment),
    }
    return render(request, "assessments/answers.html", context)


def _rows(assessment: Assessment, domain: Domain) -> list[dict[str, object]]:
    answers, last = selectors.answers_of(assessment, domain), selectors.before(assessment, domain.items.all())
    shown: dict[int, list[Evidence]] = {}
    for one in selectors.evidence_of(assessment).filter(item__domain=domain):
        shown.setdefault(one.item_id, []).append(one)
    theirs = {}
    if assessment.review_done_at is not None:
        rows = assessment.reviewer_answers.filter(item__domain=domain).select_related("level")
        theirs = {row.item_id: row for row in rows}
    return [
        {
            "item": item,
            "answer": answers.get(item.pk),
            "evidence": shown.get(item.pk, []),
            "before": last.by_item.get(item.pk) if last else None,
            "reviewer": theirs.get(item.pk),
        }
        for item in domain.items.all()
    ]


@login_required
@require_POST
def submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Submit the round; the page then shows the scores."""
    assessment = visible(request, public_id)
    if not permissions.is_core_member(request.user, assessment.enrollment):
        raise PermissionDenied(_("Only members of the core team submit the assessment."))
    if not permissions.can_see_alone(request.user, assessment):
        raise PermissionDenied(_("Finish answering alone first, or say that you will not; then submit."))
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
    assessment = visible(request, public_id)
    if not permissions.can_give_back(request.user):
        raise PermissionDenied(_("Only program staff give an assessment back to its team."))
    try:
        services.reopen(assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The team can change its answers again."))
    return redirect("assessments:detail", assessment.public_id)
