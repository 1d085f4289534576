"""The draft of a report of findings: made from a submitted round, its words saved while staff write."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import selectors, services
from assessments.forms import ReportForm
from assessments.models import Assessment, Report, ReportState
from assessments.views.findings import require_writer, visible_report
from core import clock, drafts
from core.refusals import Refused


@login_required
@require_POST
def draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Draft the report of a submitted round, or come back to it."""
    assessment = get_object_or_404(Assessment.objects.visible_to(request.user), public_id=public_id)
    require_writer(request)
    try:
        report = services.draft_report(assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("assessments:detail", assessment.public_id)
    return redirect("assessments:report_edit", report.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All words of a draft. What somebody else wrote into the same field meanwhile is shown beside one's own (409)."""
    found = visible_report(request, public_id)
    require_writer(request)
    if request.method != "POST":
        if found.state != ReportState.DRAFT:
            return redirect("assessments:report", found.public_id)
        return _edit_page(request, found, _form(found))
    form = _form(found, data=request.POST)
    if not form.is_valid():
        return _edit_page(request, found, form)
    try:
        kept = services.keep_words(found, form.typed(), form.bases(), by=request.user, step=form.step())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _edit_page(request, found, form, status=200 if found.state == ReportState.DRAFT else drafts.CONFLICT)
    if kept.conflicts:
        return _conflict_page(request, found, form, kept)
    return _onward(request, found, form.step())


def _onward(request: HttpRequest, found: Report, step: services.Step | None) -> HttpResponse:
    """To the reading, or back to the draft, where the button was."""
    if request.POST.get("then") == "read":
        return redirect("assessments:report", found.public_id)
    messages.success(request, _("Saved."))
    place = ""
    if step:
        place = f"#{'finding' if step.verb == services.ADD else 'place'}-{step.finding}"
    return redirect(reverse("assessments:report_edit", args=[found.public_id]) + place)


def _form(found: Report, words: dict[str, str] | None = None, **given: object) -> ReportForm:
    findings, library = selectors.findings_of(found), selectors.library_of(found)
    offers = {one.pk: selectors.offer(one, library) for one in findings}
    return ReportForm(findings, words or services.words_of(found, findings), offers=offers, **given)


def _edit_page(
    request: HttpRequest, found: Report, form: ReportForm, *, status: int = 200, **more: object
) -> HttpResponse:
    rows = form.rows(selectors.weights(found, form.findings))
    context = {
        "report": found,
        "assessment": found.assessment,
        "instrument": found.assessment.version.instrument,
        "form": form,
        "ranked": [row for row in rows if row.finding.rank is not None],
        "unranked": [row for row in rows if row.finding.rank is None],
        "rows": rows,
        "page": drafts.page(request.user.pk, now=clock.now()),
        "is_fresh": not form.is_bound and not more,
    }
    return render(request, "assessments/report_edit.html", context | more, status=status)


def _conflict_page(request: HttpRequest, found: Report, form: ReportForm, kept: services.KeptWords) -> HttpResponse:
    """The draft anew: this person's words where both wrote, with the other's beside them; everywhere else what is stored."""
    found = visible_report(request, found.public_id)
    mine = {name: form.typed()[name] for name in kept.conflicts}
    fresh = _form(found)
    fresh.initial = {**fresh.words, **mine}
    conflicts = [
        {"label": _label(fresh, name), "id": fresh[name].id_for_label, "mine": mine[name], "theirs": theirs}
        for name, theirs in kept.conflicts.items()
    ]
    return _edit_page(request, found, fresh, status=drafts.CONFLICT, conflicts=conflicts, conflict_by=kept.changed_by)


def _label(form: ReportForm, name: str) -> str:
    _what, _dash, number = name.partition("-")
    finding = next((one for one in form.findings if str(one.pk) == number), None)
    label = str(form.fields[name].label)
    return f"{finding.title}: {label}" if finding else label


@login_required
@require_POST
def autosave(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """Save the fields that a page sent while somebody typed, and say what became of each (``core.drafts.reply``)."""
    found, now = visible_report(request, public_id), clock.now()
    require_writer(request)
    findings = selectors.findings_of(found)
    words = services.words_of(found, findings)
    form = ReportForm(findings, words, only=drafts.fields_in(request.POST), data=request.POST)
    form.is_valid()
    try:
        kept = services.keep_words(found, form.typed(), form.bases(), by=request.user, is_pressed=False)
    except Refused as refusal:
        return drafts.reply(drafts.Outcome(refused=str(refusal)), now=now)
    by = kept.changed_by
    conflicts = {
        name: drafts.Theirs(
            theirs,
            by.name if by else _("Somebody"),
            kept.changed_at or now,
            services.version_of(theirs),
            is_own=by == request.user,
        )
        for name, theirs in kept.conflicts.items()
    }
    problems = {name: " ".join(errors) for name, errors in form.errors.items()}
    return drafts.reply(drafts.Outcome(kept.versions, problems, conflicts), now=now)
