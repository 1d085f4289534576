"""Reads on teams, their people, and open invitations."""

from dataclasses import dataclass
from enum import Enum

from django.db.models import QuerySet

from accounts.models import User
from core import clock
from practices.models import Invitation, Member, MemberQuerySet, MemberRole, Practice, Sponsor, Team


class InvitationState(Enum):
    """How an invitation stands, with the sentence for the person who opens it once it has ended."""

    OPEN = ""
    ACCEPTED = "This invitation was accepted already. If that was you, sign in: the team is on your home page."
    REVOKED = "This invitation was taken back. Ask the person who invited you, if you think that this is a mistake."
    EXPIRED = "This invitation has expired. Ask the person who invited you to send it again."


def state_of(invitation: Invitation) -> InvitationState:
    """The standing of ``invitation`` now."""
    if invitation.accepted_at:
        return InvitationState.ACCEPTED
    if invitation.revoked_at:
        return InvitationState.REVOKED
    return InvitationState.OPEN if invitation.expires_at > clock.now() else InvitationState.EXPIRED


def current_members(team: Team) -> MemberQuerySet:
    """Everybody who is in the team now, with their accounts."""
    return Member.objects.current().filter(team=team).select_related("user")


def leader_of(team: Team) -> Member | None:
    """The team's one leader; None only in a team whose leader was never named."""
    return current_members(team).filter(role=MemberRole.LEADER).first()


def core_team(team: Team) -> QuerySet[Member]:
    """The leader and the core team, in the order in which they joined."""
    return current_members(team).core()


def larger_team(team: Team) -> QuerySet[Member]:
    """Those of the practice who work with the core team and do not attend the sessions."""
    return current_members(team).filter(role=MemberRole.LARGER)


def sponsor_of(team: Team) -> Sponsor | None:
    """The present sponsor."""
    return Sponsor.objects.filter(team=team, until_on=None).first()


def open_invitations(team: Team) -> QuerySet[Invitation]:
    """Neither accepted nor taken back; the expired ones among them can be sent again."""
    return Invitation.objects.filter(team=team, accepted_at=None, revoked_at=None).select_related("invited_by")


def open_invitations_to(practice: Practice) -> QuerySet[Invitation]:
    """As ``open_invitations``, of those that let somebody apply for the practice itself."""
    return Invitation.objects.filter(practice=practice, accepted_at=None, revoked_at=None).select_related("invited_by")


def masked(email: str) -> str:
    """``c•••@practice.org``: enough for the owner to know the address, not enough for others to learn it."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}•••@{domain}"


def is_member(user: User, team: Team) -> bool:
    """Whether ``user`` is in the team now."""
    return current_members(team).filter(user=user).exists()


@dataclass(frozen=True)
class Place:
    """An open invitation with its standing, for the team's page."""

    invitation: Invitation
    has_expired: bool


def open_places(invitations: Team | QuerySet[Invitation]) -> list[Place]:
    """The open invitations of a team, or these, in the order in which they were sent; one query."""
    rows = open_invitations(invitations) if isinstance(invitations, Team) else invitations
    return [Place(row, has_expired=state_of(row) is InvitationState.EXPIRED) for row in rows]
