"""From the call to an application: who can apply, the practice and the team, or an earlier application carried forward.

What somebody says here before they have an account waits in their session, which survives sign-up, the code from the mail and
sign-in, so nothing is typed twice. Signing out empties it.
"""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications import permissions, selectors, services
from applications.eligibility import check
from applications.forms import CarryForm, EligibilityForm, StartForm, mark_needed
from applications.models import Application, Call
from applications.views.calls import ListedCall, visible_call
from core import clock
from core.refusals import Refused

PAGE_METHODS = ["GET", "HEAD", "POST"]
SESSION_KEY = "starting"
# Somebody who looks at one call after the other leaves no more than this behind.
CALLS_KEPT = 5


def said_before(request: HttpRequest, call: Call) -> dict[str, dict[str, str]]:
    """What this browser's session keeps for the call: ``eligibility`` (codes) and ``words`` (of the start form)."""
    kept = request.session.get(SESSION_KEY, {}).get(call.cohort.code, {})
    return {"eligibility": kept.get("eligibility", {}), "words": kept.get("words", {})}


def _keep(request: HttpRequest, call: Call, **said: dict[str, str]) -> None:
    everything = dict(request.session.get(SESSION_KEY, {}))
    latest = said_before(request, call) | said
    everything.pop(call.cohort.code, None)
    request.session[SESSION_KEY] = dict([*everything.items(), (call.cohort.code, latest)][-CALLS_KEPT:])


def _forget(request: HttpRequest, call: Call) -> None:
    everything = dict(request.session.get(SESSION_KEY, {}))
    if everything.pop(call.cohort.code, None):
        request.session[SESSION_KEY] = everything


@require_http_methods(PAGE_METHODS)
def eligibility(request: HttpRequest, code: str) -> HttpResponse:
    """Public: a few questions, and whether that fits with the reasons; a call without questions leads on to the start."""
    call = visible_call(request, code)
    asked = selectors.asked_of(call)
    if not asked:
        return redirect("calls:start", code)
    said = said_before(request, call)["eligibility"]
    form = EligibilityForm(request.POST or None, asked=asked, initial=said)
    if request.method == "POST" and form.is_valid():
        _keep(request, call, eligibility=form.chosen)
        return redirect("calls:eligibility", code)
    outcome = check(asked, said)
    context = {
        "call": call,
        "listed": ListedCall(call, selectors.standing_of(call, clock.now())),
        "facts": call.cohort.program.definition.get("program", {}),
        "form": form,
        "outcome": outcome if said and not outcome.unanswered and not form.is_bound else None,
    }
    return render(request, "calls/eligibility.html", context)


@require_http_methods(PAGE_METHODS)
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Choose or enter the practice, name the team; a POST begins the application, or keeps the words until sign-in.

    Somebody who leads an application to the call is sent to it; who has not said that they can apply, to those questions.
    """
    call = visible_call(request, code)
    leads_to = _elsewhere(request, call)
    if leads_to:
        return leads_to
    said = said_before(request, call)
    form = StartForm(request.POST or None, user=request.user, initial=said["words"])
    if request.method == "POST" and form.is_valid():
        if not request.user.is_authenticated:
            _keep(request, call, words=form.words)
            return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
        application = _begin(request, call, form, said["eligibility"])
        if application:
            return _begun(request, call, application)
    mark_needed(form, form.needed)
    return _start_page(request, call, form)


def _elsewhere(request: HttpRequest, call: Call) -> HttpResponse | None:
    """Where somebody who cannot start here goes instead.

    Raises:
        PermissionDenied: staff do not apply.
    """
    if request.user.is_authenticated:
        if not permissions.can_start(request.user):
            raise PermissionDenied(_("Staff decide about applications and do not apply themselves."))
        if own := selectors.led_by(call, request.user):
            return redirect("applications:detail", own.public_id)
    if not check(selectors.asked_of(call), said_before(request, call)["eligibility"]).fits:
        return redirect("calls:eligibility", call.cohort.code)
    return None


def _begin(request: HttpRequest, call: Call, form: StartForm, said: dict[str, str]) -> Application | None:
    try:
        return services.start_application(
            call,
            team_name=form.cleaned_data["team_name"],
            leader=request.user,
            by=request.user,
            eligibility=said,
            arrived_at=request.arrived_at,
            **form.choice,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _begun(request: HttpRequest, call: Call, application: Application) -> HttpResponse:
    _forget(request, call)
    messages.success(request, _("Your application has been started. Work on its parts in any order."))
    return redirect("applications:detail", application.public_id)


def _start_page(request: HttpRequest, call: Call, form: StartForm) -> HttpResponse:
    earlier = selectors.carryable(call, request.user)[:10] if request.user.is_authenticated else []
    listed = ListedCall(call, selectors.standing_of(call, clock.now()))
    context = {"call": call, "listed": listed, "form": form, "earlier": earlier}
    return render(request, "calls/start.html", context)


@login_required
@require_POST
def carry(request: HttpRequest, code: str) -> HttpResponse:
    """Begin with the team and the answers of an earlier application."""
    call = visible_call(request, code)
    leads_to = _elsewhere(request, call)
    if leads_to:
        return leads_to
    form = CarryForm(request.POST, earlier=selectors.carryable(call, request.user))
    if not form.is_valid():
        messages.error(request, _("Choose one of your earlier applications."))
        return redirect("calls:start", code)
    try:
        application = services.carry_forward(
            call,
            form.cleaned_data["application"],
            by=request.user,
            eligibility=said_before(request, call)["eligibility"],
            arrived_at=request.arrived_at,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("calls:start", code)
    return _begun(request, call, application)
