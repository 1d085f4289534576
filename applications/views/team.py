"""Who works on an application: the core team, invitations, what each may do, and what the program asks about the leader."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.services import update_profile
from applications import selectors
from applications.forms import AccessForm, LeaderForm, TeamInviteForm, mark_needed
from applications.models import Application
from applications.views.found import editable, visible
from core.refusals import Refused
from practices import permissions as practice_permissions
from practices import services as practices
from practices.models import Access, Member, MemberRole
from practices.selectors import current_members, leader_of, open_invitations


@dataclass(frozen=True)
class Person:
    """A member on the team page, with what they may do and the choices of it."""

    member: Member
    may: str
    choices: list[tuple[str, str]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who is in the team, who is invited, and what the program asks about its leader (saved in the leader's profile)."""
    application = editable(request.user, public_id, part="team")
    form = _leader_form(request, application)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("Only the team leader can change the leader's details."))
        if form.is_valid():
            update_profile(request.user, by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("applications:detail", application.public_id)
    return _team_page(request, application, form, TeamInviteForm())


def _leader_form(request: HttpRequest, application: Application, *, is_bound: bool = True) -> LeaderForm | None:
    leader = leader_of(application.enrollment.team)
    if leader is None or leader.user_id != request.user.pk:
        return None
    given = request.POST or None if is_bound else None
    return LeaderForm(given, instance=User.objects.get(pk=request.user.pk))


@login_required
@require_POST
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Invite somebody to the team from within the application, with a role and with what they may do."""
    application = editable(request.user, public_id, part="team")
    team = application.enrollment.team
    if not practice_permissions.can_invite(request.user, team):
        raise PermissionDenied(_("Only the team leader can invite people."))
    form = TeamInviteForm(request.POST)
    if form.is_valid():
        try:
            sent = practices.invite(team, by=request.user, **form.cleaned_data)
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect("applications:team", application.public_id)
        except Refused as refusal:
            form.add_error("email", str(refusal))
    return _team_page(request, application, _leader_form(request, application, is_bound=False), form)


@login_required
@require_POST
def access(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what a member may do with the application."""
    application = visible(request.user, public_id)
    team = application.enrollment.team
    if not practice_permissions.can_edit_team(request.user, team):
        raise PermissionDenied(_("Only the team leader and staff decide what members may do."))
    form = AccessForm(request.POST, members=current_members(team))
    if not form.is_valid():
        messages.error(request, _("Choose a member of the team and what they may do."))
        return redirect("applications:detail", application.public_id)
    member = form.cleaned_data["member"]
    try:
        practices.give_access(member, form.cleaned_data["access"], by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = {"name": member.user.name, "may": may_do(member)}
        messages.success(request, _("%(name)s: %(may)s.") % said)
    return redirect("applications:team" if _is_draft_of(request, application) else "applications:detail", public_id)


def _is_draft_of(request: HttpRequest, application: Application) -> bool:
    return application.state == "draft" and not request.user.is_staff


def may_do(member: Member) -> str:
    """What a member may do with the application, role and access together."""
    if member.role == MemberRole.LEADER:
        return _("edits, signs off and submits")
    if member.access == Access.SUBMIT:
        return _("edits and submits")
    if member.access == Access.EDIT or member.role == MemberRole.CORE:
        return _("edits")
    return _("does not see the application")


def _choices(member: Member) -> list[tuple[str, str]]:
    """The role comes first; a core member edits anyway."""
    if member.role == MemberRole.CORE:
        return [(Access.ROLE, _("Edits")), (Access.SUBMIT, _("Edits and submits"))]
    return [
        (Access.ROLE, _("Does not see it")),
        (Access.EDIT, _("Edits")),
        (Access.SUBMIT, _("Edits and submits")),
    ]


def _team_page(
    request: HttpRequest, application: Application, leader_form: LeaderForm | None, invite_form: TeamInviteForm
) -> HttpResponse:
    rules = selectors.rules_of(application.call.cohort)
    if leader_form is not None and rules.leader_is_member:
        mark_needed(leader_form, leader_form.fields)
    people = [
        Person(member, may_do(member), [] if member.role == MemberRole.LEADER else _choices(member))
        for member in current_members(application.enrollment.team)
    ]
    context = {
        "application": application,
        "leader": leader_of(application.enrollment.team),
        "core": [one for one in people if one.member.role != MemberRole.LARGER],
        "larger": [one for one in people if one.member.role == MemberRole.LARGER],
        "invitations": open_invitations(application.enrollment.team),
        "leader_form": leader_form,
        "invite_form": invite_form if leader_form is not None else None,
        "rules": rules,
    }
    return render(request, "applications/team.html", context)
