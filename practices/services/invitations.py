"""Invitations: places in a team offered by mail, accepted by a person's POST, never by opening a link."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from accounts import selectors as people
from accounts.models import User
from core import clock, wording
from core.services import record
from notifications.models import Kind
from notifications.services import Draft, cancel, enqueue
from practices import selectors
from practices.models import Invitation, Member, Team
from practices.selectors import InvitationState
from practices.services.teams import AlreadyMember, TeamRefused, add_member, refuse_second_leader

INVITATION_LIFE = timedelta(days=30)


class InvitationEnded(TeamRefused):
    """The invitation was accepted, taken back, or has expired."""


@transaction.atomic
def invite(team: Team, *, email: str, role: str, by: User) -> Invitation:
    """Offer a place in the team by mail, good for 30 days. An expired invitation of the same address is renewed.

    Raises:
        AlreadyMember: the address belongs to somebody who is in the team.
        TeamRefused: an invitation that is still open; a second leader.
    """
    email = email.strip().lower()
    person = people.person_of(email)
    if person and selectors.current_members(team).filter(user=person).exists():
        raise AlreadyMember(f"{email} is a member of {team.name} already.")
    refuse_second_leader(team, role)
    open_now = selectors.open_invitations(team).filter(email__iexact=email).first()
    if open_now is not None:
        if selectors.state_of(open_now) is InvitationState.OPEN:
            raise TeamRefused(f"{email} is invited already. Send that invitation again, or take it back first.")
        return renew_invitation(open_now, role=role, by=by)
    now = clock.now()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                team=team, email=email, role=role, invited_at=now, invited_by=by, expires_at=now + INVITATION_LIFE
            )
    except IntegrityError:
        raise TeamRefused(f"{email} was invited a moment ago. Reload the page.") from None
    record("invitation.sent", invitation, by=by)
    _mail_invitation(invitation)
    return invitation


@transaction.atomic
def renew_invitation(invitation: Invitation, *, by: User, role: str = "") -> Invitation:
    """Send an open or expired invitation again with a new link, good for 30 days; the links mailed before end.

    Raises:
        InvitationEnded: accepted or taken back.
    """
    now, before = clock.now(), invitation.generation
    changes = {
        "generation": before + 1,
        "invited_at": now,
        "invited_by": by,
        "expires_at": now + INVITATION_LIFE,
        "role": role or invitation.role,
    }
    rows = Invitation.objects.filter(pk=invitation.pk, generation=before, accepted_at=None, revoked_at=None)
    if not rows.update(**changes):
        raise InvitationEnded("This invitation was accepted, taken back or sent again a moment ago. Reload the page.")
    for name, value in changes.items():
        setattr(invitation, name, value)
    record("invitation.renewed", invitation, by=by, fields=sorted(changes))
    cancel(topic_of(invitation), reason="A newer mail carries the link that counts.")
    _mail_invitation(invitation)
    return invitation


def topic_of(invitation: Invitation) -> str:
    """The topic of an invitation's mail in the outbox."""
    return f"invitation:{invitation.pk}"


def _mail_invitation(invitation: Invitation) -> None:
    person = people.person_of(invitation.email)
    link = {
        "page": "practices:invitation",
        "args": [str(invitation.public_id)],
        "purpose": Invitation.PURPOSE,
        "row": invitation.pk,
        "generation": invitation.generation,
    }
    team, inviter = invitation.team, invitation.invited_by
    zone = inviter.time_zone  # the invited person may have none yet
    enqueue(
        Draft(
            kind=Kind.INVITATION,
            key=f"invitation:{invitation.pk}:{invitation.generation}",
            subject=f"{inviter.name} invites you to join {team.name}",
            to=person if person and person.email == invitation.email else None,
            address=invitation.email,
            template="invitation",
            context={
                "link": link,
                "team": team.name,
                "practice": team.practice.name,
                "inviter": inviter.name,
                "role": invitation.get_role_display(),
                "expires": f"{wording.moment(invitation.expires_at, zone)} {wording.zone_name(zone)}",
            },
            topic=topic_of(invitation),
            not_after=invitation.expires_at,
        )
    )


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Member:
    """Take the offered place; of two people who press at once one gets it.

    The account's address may differ from the invited one: the link is what lets in, and the team sees who came.

    Raises:
        InvitationEnded: accepted, taken back, or expired; says which.
        AlreadyMember, TeamRefused: see ``add_member``; the invitation then stays open.
    """
    now = clock.now()
    state = selectors.state_of(invitation)
    if state is not InvitationState.OPEN:
        raise InvitationEnded(state.value)
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    if not rows.update(accepted_at=now, accepted_by=by):
        raise InvitationEnded("This invitation ended a moment ago. Reload the page to see how it stands.")
    member = add_member(invitation.team, by, invitation.role, by=by)
    invitation.accepted_at, invitation.accepted_by = now, by
    cancel(topic_of(invitation), reason="The invitation was accepted.")
    record("invitation.accepted", invitation, by=by, fields=["accepted_at", "accepted_by"])
    return member


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back: its link ends, and its mail is cancelled where it has not left.

    Raises:
        InvitationEnded: accepted or taken back already.
    """
    now = clock.now()
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not rows.update(revoked_at=now, revoked_by=by):
        raise InvitationEnded("This invitation was accepted or taken back already. Reload the page.")
    invitation.revoked_at, invitation.revoked_by = now, by
    cancel(topic_of(invitation), reason="The invitation was taken back.")
    record("invitation.revoked", invitation, by=by, fields=["revoked_at", "revoked_by"])
