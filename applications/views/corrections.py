"""A part that staff returned: what to change, and “Changes made”."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import permissions, selectors, services
from applications.forms import CorrectionAnswerForm
from applications.models import Application
from applications.selectors import Returned
from applications.views.found import visible
from core.refusals import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """What is asked of one part. The leader says that the changes are made; the others of the team read it."""
    application = visible(request.user, public_id)
    found = _newest(application, code)
    may_answer = permissions.can_answer_correction(request.user, application)
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied(_("Only the team leader says that the changes are made."))
        form = CorrectionAnswerForm(request.POST)
        if form.is_valid() and _answered(request, application, form):
            return redirect("applications:detail", application.public_id)
    else:
        form = CorrectionAnswerForm(initial={"correction": found.correction.pk})
    context = {
        "application": application,
        "found": found,
        "form": form if may_answer else None,
        "gaps": selectors.gaps_in_part(application, code) if form.is_bound else [],
    }
    return render(request, "applications/correction.html", context)


def _answered(request: HttpRequest, application: Application, form: CorrectionAnswerForm) -> bool:
    try:
        services.answer_correction(application, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Thank you. Staff see your changes now."))
    return True


def _newest(application: Application, code: str) -> Returned:
    """The last request about the part that its people are shown."""
    shown = selectors.shown_to_applicants(selectors.returned(application))
    found = [one for one in shown if one.part.code == code]
    if not found:
        raise Http404
    return found[-1]
