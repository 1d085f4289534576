"""The report of findings as its readers see it, and what makes it theirs: handed over, released, sent back."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import permissions, receipts, services
from assessments.forms import SendBackForm
from assessments.models import Release, Report, ReportState
from assessments.services.sealing import seal
from core import wording
from core.refusals import Refused

OF_RELEASE = ("released_by", "report__assessment__enrollment__team")


def visible_report(request: HttpRequest, public_id: UUID) -> Report:
    rows = Report.objects.visible_to(request.user).select_related(
        "assessment__enrollment__team__practice",
        "assessment__enrollment__cohort",
        "assessment__milestone",
        "assessment__version__instrument",
        "drafted_by",
        "changed_by",
        "handed_by",
        "released_by",
    )
    return get_object_or_404(rows, public_id=public_id)


def require_writer(request: HttpRequest) -> None:
    if not permissions.can_write_reports(request.user):
        raise PermissionDenied(_("Only program staff write reports of findings."))


@login_required
@require_safe
def report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The released report; for staff also what it would be if it were released now."""
    return _report_page(request, visible_report(request, public_id))


def _report_page(request: HttpRequest, found: Report, form: SendBackForm | None = None) -> HttpResponse:
    is_writer = permissions.can_write_reports(request.user)
    contents = receipts.contents(found.sealed or seal(found, released_by=request.user))
    context = {
        "report": found,
        "assessment": found.assessment,
        "contents": contents,
        "chart_key": receipts.chart_key(contents),
        "titles": {"areas": receipts.AREAS, "strategies": receipts.STRATEGIES, "priorities": receipts.PRIORITIES},
        "fingerprint": receipts.fingerprint_words(),
        "releases": found.releases.select_related("released_by").defer("sealed").order_by("-number"),
        "is_writer": is_writer,
        "is_own": found.handed_by_id == request.user.pk,
        "can_release": permissions.can_release(request.user, found),
        "can_start_project": permissions.can_start(request.user, found.assessment.enrollment),
        "form": (form or SendBackForm()) if is_writer and found.state == ReportState.REVIEW else None,
    }
    return render(request, "assessments/report.html", context)


@login_required
@require_safe
def report_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The report as a file: as it was released, or for staff as it would be if it were released now."""
    found = visible_report(request, public_id)
    if found.state == ReportState.RELEASED:
        return _release_file(found.releases.select_related(*OF_RELEASE).latest("number"))
    notices = [_("This is a draft. It was not released, and the team has not seen it.")]
    content = receipts.report_pdf(seal(found, released_by=request.user), facts=[], notices=notices, sha256="")
    return _file(found, "draft", content)


@login_required
@require_safe
def release_pdf(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """One release as a file. An earlier one is staff's alone to read."""
    rows = Release.objects.visible_to(request.user).select_related(*OF_RELEASE)
    return _release_file(get_object_or_404(rows, report__public_id=public_id, number=number))


def _release_file(kept: Release) -> HttpResponse:
    zone = timezone.get_current_timezone()
    facts = [(_("Released"), f"{wording.moment(kept.released_at, zone)} {wording.zone_name(zone)}")]
    content = receipts.report_pdf(kept.sealed, facts=facts, notices=[], sha256=kept.sealed_sha256)
    return _file(kept.report, str(kept.number), content)


def _file(found: Report, ending: str, content: bytes) -> HttpResponse:
    name = f"{slugify(found.assessment.enrollment.team.name)[:60] or 'team'}-report-of-findings-{ending}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@login_required
@require_POST
def hand_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask a second person to look at the draft."""
    said = _("Handed over. Somebody else of the staff releases it, or sends it back.")
    return _act(request, public_id, lambda found: services.hand_over(found, by=request.user), said)


@login_required
@require_POST
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the report to the team, and tell its core by mail."""
    said = _("Released. The core team is told by mail.")
    return _act(request, public_id, lambda found: services.release(found, by=request.user), said)


@login_required
@require_POST
def send_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Back to the draft: before its release with what should be changed, after it to correct it."""
    found = visible_report(request, public_id)
    require_writer(request)
    remark = ""
    if found.state == ReportState.REVIEW:  # only then the page has a field for it
        form = SendBackForm(request.POST)
        if not form.is_valid():
            return _report_page(request, found, form)
        remark = form.cleaned_data["remark"]
    said = _("It is a draft again. The team does not see it.")
    return _act(request, public_id, lambda row: services.send_back(row, by=request.user, remark=remark), said)


def _act(request: HttpRequest, public_id: UUID, act: Callable[[Report], None], said: str) -> HttpResponse:
    found = visible_report(request, public_id)
    require_writer(request)
    try:
        act(found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("assessments:report", found.public_id)
