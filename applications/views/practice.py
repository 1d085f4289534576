"""The practice that applies: entered once, and shown as it is stored to every application after that."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import selectors, services
from applications.forms import mark_needed
from applications.views.found import editable
from core.refusals import Refused
from practices.forms import SeenPracticeForm
from practices.models import Practice
from practices.services import FactsChanged, stamp


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def practice(request: HttpRequest, public_id: str) -> HttpResponse:
    """The facts of the practice, entered once for all of its applications."""
    application = editable(request.user, public_id, part="practice", is_lean=True)
    # A row of its own: a form writes into its instance while it validates.
    stored = Practice.objects.get(pk=application.enrollment.team.practice_id)
    form = SeenPracticeForm(request.POST or None, instance=stored, initial={"seen": stamp(stored)})
    theirs = []
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_practice(application, by=request.user, arrived_at=request.arrived_at, **form.cleaned_data)
        except FactsChanged as refusal:
            theirs = form.compare(refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("applications:detail", application.public_id)
    mark_needed(form, selectors.PRACTICE_FACTS)
    context = {
        "application": application,
        "practice": application.enrollment.team.practice,
        "form": form,
        "theirs": theirs,
        "teams": stored.teams.count(),
        "sites": stored.sites.all(),
    }
    return render(request, "applications/practice.html", context)
