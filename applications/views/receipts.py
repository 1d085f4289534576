"""What was sent: the receipt of the submission in force, as a page, and of every submission as PDF."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from applications import permissions, receipts
from applications.models import Application, ApplicationState, Submission
from applications.views.found import file_url, visible


@login_required
@require_safe
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """When it arrived, and everything as it was submitted, with its fingerprint."""
    application = visible(request.user, public_id)
    submission = application.submission
    if submission is None or application.state == ApplicationState.DRAFT:
        return redirect("applications:detail", application.public_id)
    parts = [
        {"title": part.title, "rows": [_row(application, line) for line in part.rows]}
        for part in receipts.parts_of(submission)
    ]
    context = {
        "application": application,
        "submission": submission,
        "parts": parts,
        "notices": receipts.notices_of(submission),
        "fingerprint": receipts.fingerprint_words(submission),
        "submissions": submissions_of(application),
        "can_lead": permissions.can_withdraw(request.user, application),
    }
    return render(request, "applications/receipt.html", context)


def _row(application: Application, line: receipts.Line) -> dict[str, str]:
    return {"label": line.label, "value": line.value, "url": file_url(application, line.file) if line.file else ""}


def submissions_of(application: Application) -> list[dict[str, object]]:
    """Every submission with its number, when and why it was sent, newest first."""
    rows = application.submissions.select_related("sealed_by").defer("sealed").order_by("-number")
    return [{"row": row, "why": receipts.why(row), "is_in_force": row.pk == application.submission_id} for row in rows]


@login_required
@require_safe
def receipt_pdf(request: HttpRequest, public_id: str, number: int | None = None) -> HttpResponse:
    """The receipt as a file to keep: of the latest submission, or of an earlier one by its number."""
    application = visible(request.user, public_id)
    submissions = Submission.objects.select_related(
        "application__call__deadline", "application__enrollment__team"
    ).filter(application=application)
    if number is None:
        number = submissions.order_by("-number").values_list("number", flat=True).first() or 0
    submission = get_object_or_404(submissions, number=number)
    name = f"{slugify(application.enrollment.team.name)[:60] or 'application'}-receipt-{number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(receipts.receipt_pdf(submission), content_type="application/pdf", headers=headers)
