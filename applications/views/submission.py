"""Checking the answers, submitting, the receipt, and taking an application back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications import permissions, selectors, services
from applications.models import Application, ApplicationState
from applications.views.found import editable, file_url, visible
from core import clock
from core.refusals import Refused
from programs.selectors import deadline_of
from questionnaires.models import QuestionKind
from questionnaires.selectors import AnsweredSection, sections_with_answers


@login_required
@require_safe
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything on one page before it is sent: what is missing, each a link, then all answers, each with “Change”."""
    application = editable(request.user, public_id)
    sections = sections_with_answers(application.response)
    context = {
        "application": application,
        "gaps": selectors.gaps_with(application, selectors.unmet_requirements(application), sections),
        "sections": [{"title": one.section.title, "rows": _rows(application, one)} for one in sections],
        "deadline": deadline_of(application.call.deadline, application.enrollment),
        "standing": selectors.standing_for(application, clock.now()),
        "can_submit": permissions.can_submit(request.user, application),
    }
    return render(request, "applications/check.html", context)


def _rows(application: Application, section: AnsweredSection) -> list[dict[str, str]]:
    url = reverse("applications:section", args=[application.public_id, section.section.code])
    return [
        {
            "label": item.question.text,
            "value": item.words,
            "url": file_url(application, item.file.public_id) if item.file else "",
            "change_url": f"{url}#div_id_{item.question.code}",
        }
        for item in section.asked
    ]


@login_required
@require_POST
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send the application. Pressed twice, or sent again by a bad line, it leads to the same receipt."""
    application = visible(request.user, public_id)
    if not permissions.can_submit(request.user, application):
        raise PermissionDenied(_("Only the team leader submits the application."))
    try:
        services.submit(application, by=request.user, arrived_at=request.arrived_at, key=request.POST.get("key"))
    except Refused as refusal:
        messages.error(request, str(refusal))
        page = "check" if application.state == ApplicationState.DRAFT else "detail"
        return redirect(f"applications:{page}", application.public_id)
    return redirect("applications:receipt", application.public_id)


@login_required
@require_safe
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """When it arrived, and everything as it was submitted, with its fingerprint."""
    application = visible(request.user, public_id)
    if application.submission is None or application.state == ApplicationState.DRAFT:
        return redirect("applications:detail", application.public_id)
    sections = [
        {
            "title": section["title"],
            "rows": [_sealed_row(application, item) for item in section["questions"]],
        }
        for section in application.submission.sealed["sections"]
    ]
    context = {
        "application": application,
        "sections": sections,
        "can_lead": permissions.can_withdraw(request.user, application),
        "removed": selectors.removal_words(application),
    }
    return render(request, "applications/receipt.html", context)


def _sealed_row(application: Application, item: dict) -> dict[str, str]:
    url = file_url(application, item["value"]["file"]) if item["kind"] == QuestionKind.FILE and item["value"] else ""
    return {"label": item["text"], "value": item["words"], "url": url}


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the application back."""
    application = visible(request.user, public_id)
    if not permissions.can_withdraw(request.user, application):
        raise PermissionDenied(_("Only the team leader withdraws the application."))
    try:
        services.withdraw(application, by=request.user)
        messages.success(request, _("The application has been withdrawn."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("applications:detail", application.public_id)


@login_required
@require_POST
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a sent or withdrawn application a draft again, while the call is open."""
    application = visible(request.user, public_id)
    if not permissions.can_reopen(request.user, application):
        raise PermissionDenied(_("Only the team leader opens the application again."))
    try:
        services.reopen(application, by=request.user, arrived_at=request.arrived_at)
        messages.success(request, _("The application is a draft again. Submit it before the deadline."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("applications:detail", application.public_id)
