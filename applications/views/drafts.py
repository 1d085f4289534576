"""The parts of an application while it is a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.services import update_profile
from applications import selectors, services
from applications.forms import LeaderForm, mark_needed
from applications.models import Application
from applications.views.found import editable, visible
from core.refusals import Refused
from practices import permissions as practice_permissions
from practices import services as practices
from practices.forms import InviteForm, PracticeForm, SponsorForm
from practices.models import Practice
from practices.selectors import leader_of, open_invitations, sponsor_of

PAGE_METHODS = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(PAGE_METHODS)
def practice(request: HttpRequest, public_id: str) -> HttpResponse:
    """The facts of the practice, entered once for all of its applications."""
    application = editable(request.user, public_id)
    # A row of its own: a form writes into its instance while it validates.
    form = PracticeForm(request.POST or None, instance=Practice.objects.get(pk=application.enrollment.team.practice_id))
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_practice(application, by=request.user, arrived_at=request.arrived_at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, application)
    mark_needed(form, selectors.PRACTICE_FACTS)
    return render(request, "applications/practice.html", {"application": application, "form": form})


def _saved(request: HttpRequest, application: Application) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("applications:detail", application.public_id)


@login_required
@require_http_methods(PAGE_METHODS)
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who is in the core team, who is invited, and what the program asks about its leader (saved in the leader's profile)."""
    application = editable(request.user, public_id)
    form = None
    if _is_leader(request.user, application):
        form = LeaderForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("Only the team leader can change the leader's details."))
        if form.is_valid():
            update_profile(request.user, by=request.user, **form.cleaned_data)
            return _saved(request, application)
    return _team_page(request, application, form, InviteForm())


@login_required
@require_POST
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Invite somebody to the team from within the application."""
    application = editable(request.user, public_id)
    team = application.enrollment.team
    if not practice_permissions.can_invite(request.user, team):
        raise PermissionDenied(_("Only the team leader can invite people."))
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            sent = practices.invite(team, by=request.user, **form.cleaned_data)
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect("applications:team", application.public_id)
        except Refused as refusal:
            form.add_error("email", str(refusal))
    return _team_page(request, application, LeaderForm(instance=User.objects.get(pk=request.user.pk)), form)


def _is_leader(user: User, application: Application) -> bool:
    leader = leader_of(application.enrollment.team)
    return leader is not None and leader.user_id == user.pk


def _team_page(
    request: HttpRequest, application: Application, leader_form: LeaderForm | None, invite_form: InviteForm
) -> HttpResponse:
    rules = selectors.rules_of(application.call.cohort)
    if leader_form is not None and rules.leader_is_member:
        mark_needed(leader_form, leader_form.fields)
    context = {
        "application": application,
        "leader": leader_of(application.enrollment.team),
        "core": selectors.members_in_core(application),
        "invitations": open_invitations(application.enrollment.team),
        "leader_form": leader_form,
        "invite_form": invite_form if leader_form is not None else None,
        "rules": rules,
    }
    return render(request, "applications/team.html", context)


@login_required
@require_http_methods(PAGE_METHODS)
def sponsor(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who of the practice's senior leaders supports the team."""
    application = editable(request.user, public_id)
    form = SponsorForm(request.POST or None, instance=sponsor_of(application.enrollment.team))
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_sponsor(application, by=request.user, arrived_at=request.arrived_at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, application)
    return render(request, "applications/sponsor.html", {"application": application, "form": form})


@login_required
@require_POST
def commit(request: HttpRequest, public_id: str) -> HttpResponse:
    """A core member's word to attend all sessions."""
    application = visible(request.user, public_id)
    member = selectors.own_membership(application, request.user)
    if member is None:
        raise PermissionDenied(_("Only members of the core team confirm to attend."))
    try:
        services.commit_to_sessions(application, member, by=request.user)
        messages.success(request, _("Thank you. You have confirmed to attend all sessions."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("applications:detail", application.public_id)
