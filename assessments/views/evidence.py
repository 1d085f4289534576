"""Files and addresses that show what the team says of an item."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import selectors, services
from assessments.forms import EvidenceForm
from assessments.views.found import item_of, of_agreed, of_agreeing
from core.refusals import Refused
from documents.views import attachment


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_evidence(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Add one file or one address to an item. A page of its own, for a refusal has to be read."""
    assessment = of_agreeing(request, public_id)
    item = item_of(assessment, code)
    form = EvidenceForm(request.POST, request.FILES) if request.method == "POST" else EvidenceForm()
    if form.is_valid():
        given = {"title": form.cleaned_data["title"], "url": form.cleaned_data["url"], "file": form.upload}
        try:
            services.add_evidence(assessment, item, by=request.user, **given)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("The evidence is added."))
            return redirect("assessments:item", assessment.public_id, item.code)
    context = {
        "assessment": assessment,
        "instrument": assessment.version.instrument,
        "item": item,
        "form": form,
        "evidence": [one for one in selectors.evidence_of(assessment) if one.item_id == item.pk],
    }
    return render(request, "assessments/evidence.html", context)


@login_required
@require_safe
def evidence(request: HttpRequest, public_id: UUID, evidence: UUID) -> HttpResponseBase:
    """A file of evidence, to be saved; for whoever may read what the team agreed on."""
    assessment = of_agreed(request, public_id)
    rows = selectors.evidence_of(assessment).filter(file__isnull=False)
    return attachment(request, get_object_or_404(rows, public_id=evidence).file)


@login_required
@require_POST
def remove_evidence(request: HttpRequest, public_id: UUID, evidence: UUID) -> HttpResponse:
    """Take a file or an address out; the history keeps that it was there."""
    assessment = of_agreeing(request, public_id)
    row = get_object_or_404(assessment.evidence.select_related("item__domain", "assessment"), public_id=evidence)
    try:
        services.remove_evidence(row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%s” is removed.") % row.title)
    return redirect("assessments:item", assessment.public_id, row.item.code)
