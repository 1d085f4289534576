"""Invitations: taking them back, sending them again, and the link that somebody opens."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from core import links
from core.refusals import Refused
from practices import permissions, selectors, services
from practices.models import Invitation, Practice, Team
from practices.selectors import InvitationState


@login_required
@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an invitation back."""
    invitation = _manageable_invitation(request.user, public_id)
    try:
        services.revoke_invitation(invitation, by=request.user)
        messages.success(request, _("The invitation to %(email)s is taken back.") % {"email": invitation.email})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _back(invitation)


@login_required
@require_POST
def renew(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send an invitation again, with a new link."""
    invitation = _manageable_invitation(request.user, public_id)
    try:
        services.renew_invitation(invitation, by=request.user)
        messages.success(request, _("The invitation to %(email)s is on its way again.") % {"email": invitation.email})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _back(invitation)


def _manageable_invitation(user: User, public_id: str) -> Invitation:
    """An invitation to a team or a practice that ``user`` sees."""
    seen = Q(team__in=Team.objects.visible_to(user)) | Q(practice__in=Practice.objects.visible_to(user))
    invitations = Invitation.objects.select_related("team__practice", "practice").filter(seen)
    invitation = get_object_or_404(invitations, public_id=public_id)
    if not permissions.can_manage_invitation(user, invitation):
        raise PermissionDenied(_("Only who may invite people can change invitations."))
    return invitation


def _back(invitation: Invitation) -> HttpResponse:
    """To the page on which the invitation stands."""
    if invitation.team is None:
        return redirect("practices:practice", invitation.practice.public_id)
    return redirect("practices:team", invitation.team.public_id)


def _sent() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("team__practice", "practice", "invited_by")


@links.opened(_sent)
def invitation(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    """The link of an invitation. Opening it changes nothing, however often; a signed-in person's POST accepts."""
    is_in = request.user.is_authenticated and _is_in(request.user, found)
    state = selectors.state_of(found)
    if state is not InvitationState.OPEN or is_in:
        context = {"invitation": found, "is_in": is_in, "sentence": _ended(found, state, is_in=is_in)}
        return render(request, "practices/invitation_ended.html", context, status=200 if is_in else 410)
    if request.method == "POST" and request.user.is_authenticated:
        return _accept(request, found)
    context = {"invitation": found, "masked_email": selectors.masked(found.email)}
    return render(request, "practices/let_in.html" if found.team is None else "practices/invitation.html", context)


def _is_in(user: User, invitation: Invitation) -> bool:
    """Whether the person has already what the invitation offers."""
    if invitation.team is None:
        return selectors.may_apply(user, invitation.practice)
    return selectors.is_member(user, invitation.team)


def _ended(invitation: Invitation, state: InvitationState, *, is_in: bool) -> str:
    if invitation.team is not None:
        return _("You are a member of this team already.") if is_in else state.value
    if is_in:
        return _("You may apply for this practice already.")
    if state is InvitationState.ACCEPTED:
        return _("This invitation was accepted already. If that was you, sign in: you may apply for the practice.")
    return state.value


def _accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    try:
        services.accept_invitation(invitation, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(request.path)
    if invitation.team is None:
        # Of a practice that was merged meanwhile, the page leads on to the one that was kept.
        messages.success(request, _("You may now apply for %(practice)s.") % {"practice": invitation.practice.name})
    else:
        messages.success(request, _("Welcome to %(team)s.") % {"team": invitation.team.name})
    return _back(invitation)
