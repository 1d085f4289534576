"""The team's page: its people, its sponsor, and inviting somebody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.refusals import Refused
from practices import permissions, selectors, services
from practices.forms import EndMembershipForm, InviteForm, SponsorForm
from practices.models import Member, Team


@login_required
@require_safe
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    """The practice's facts, everybody in the team, the sponsor, and the open invitations."""
    return _team_page(request, _visible_team(request.user, public_id), InviteForm())


def _visible_team(user: User, public_id: str) -> Team:
    teams = Team.objects.visible_to(user).select_related("practice")
    return get_object_or_404(teams, public_id=public_id)


def _team_page(request: HttpRequest, team: Team, form: InviteForm) -> HttpResponse:
    may_edit = permissions.can_edit_team(request.user, team)
    context = {
        "team": team,
        "facts": selectors.facts_of(team.practice),
        "sites": team.practice.sites.all(),
        "core_team": selectors.core_team(team),
        "larger_team": selectors.larger_team(team),
        "sponsor": selectors.sponsor_of(team),
        "may_edit": may_edit,
        "invitations": selectors.open_places(team) if may_edit else [],
        "form": form,
    }
    return render(request, "practices/team.html", context)


@login_required
@require_POST
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Invite an address; what is wrong is shown on the team's page."""
    team = _visible_team(request.user, public_id)
    if not permissions.can_invite(request.user, team):
        raise PermissionDenied(_("Only the team leader and staff can invite people."))
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            sent = services.invite(team, by=request.user, **form.cleaned_data)
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect("practices:team", team.public_id)
        except Refused as refusal:
            form.add_error("email", str(refusal))
    return _team_page(request, team, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sponsor(request: HttpRequest, public_id: str) -> HttpResponse:
    """Name the team's sponsor, or correct the present one."""
    team = _visible_team(request.user, public_id)
    if not permissions.can_edit_team(request.user, team):
        raise PermissionDenied(_("Only the team leader and staff can name the sponsor."))
    form = SponsorForm(request.POST or None, instance=selectors.sponsor_of(team))
    if request.method == "POST" and form.is_valid():
        services.name_sponsor(team, by=request.user, **form.cleaned_data)
        messages.success(request, _("The sponsor is saved."))
        return redirect("practices:team", team.public_id)
    return render(request, "practices/sponsor.html", {"team": team, "form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_membership(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask why somebody leaves the team, then end the membership."""
    teams = Team.objects.visible_to(request.user)
    members = Member.objects.current().select_related("team", "user")
    member = get_object_or_404(members, public_id=public_id, team__in=teams)
    if not permissions.can_edit_team(request.user, member.team):
        raise PermissionDenied(_("Only the team leader and staff can end a membership."))
    form = EndMembershipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_membership(member, by=request.user, **form.cleaned_data)
            messages.success(request, _("%(name)s is no longer in the team.") % {"name": member.user.name})
            return redirect("practices:team", member.team.public_id)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "practices/end_membership.html", {"member": member, "team": member.team, "form": form})
