"""Invitations: places in a team, and the right to apply for a practice, offered by mail.

Accepted by a person's POST, never by opening the link.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import selectors as people
from accounts.models import User
from core import clock, wording
from core.services import record
from notifications.models import Kind
from notifications.services import Draft, cancel, enqueue
from practices import selectors
from practices.models import Access, Affiliation, Invitation, Member, Practice, Team
from practices.selectors import InvitationState
from practices.services.affiliations import let_in
from practices.services.practices import hold_kept
from practices.services.refusals import AlreadyMember, TeamRefused
from practices.services.teams import add_member, refuse_second_leader

INVITATION_LIFE = timedelta(days=30)


class InvitationEnded(TeamRefused):
    """The invitation was accepted, taken back, or has expired."""


@transaction.atomic
def invite(team: Team, *, email: str, role: str, by: User, access: str = Access.ROLE) -> Invitation:
    """Offer a place in the team by mail, good for 30 days. An expired invitation of the same address is renewed.

    ``access`` is what the person may do with the application beyond the role; it comes with the place.

    Raises:
        AlreadyMember: the address belongs to somebody who is in the team.
        TeamRefused: an invitation that is still open; a second leader.
    """
    email = email.strip().lower()
    person = people.person_of(email)
    if person and selectors.current_members(team).filter(user=person).exists():
        raise AlreadyMember(f"{email} is a member of {team.name} already.")
    refuse_second_leader(team, role)
    return _offer(selectors.open_invitations(team), email, by, team=team, role=role, access=access)


@transaction.atomic
def invite_to_practice(practice: Practice, *, email: str, by: User) -> Invitation:
    """Offer by mail, for 30 days, that somebody may apply for the practice. Whether the caller may, the caller has asked.

    Nothing here depends on whether anybody has an account with that address, or may apply for the practice already.

    Raises:
        TeamRefused: an invitation that is still open.
    """
    kept = hold_kept(practice)
    return _offer(selectors.open_invitations_to(kept), email.strip().lower(), by, practice=kept)


def _offer(rows: QuerySet[Invitation], email: str, by: User, **offer: object) -> Invitation:
    """Send an invitation; the one of the same address among ``rows`` is sent again where it has expired."""
    open_now = rows.filter(email__iexact=email).first()
    if open_now is not None:
        if selectors.state_of(open_now) is InvitationState.OPEN:
            raise TeamRefused(f"{email} is invited already. Send that invitation again, or take it back first.")
        words = {name: str(offer[name]) for name in ("role", "access") if name in offer}
        return renew_invitation(open_now, by=by, **words)
    now = clock.now()
    times = {"invited_at": now, "expires_at": now + INVITATION_LIFE}
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(email=email, invited_by=by, **times, **offer)
    except IntegrityError:
        raise TeamRefused(f"{email} was invited a moment ago. Reload the page.") from None
    record("invitation.sent", invitation, by=by)
    _mail_invitation(invitation)
    return invitation


@transaction.atomic
def renew_invitation(invitation: Invitation, *, by: User, role: str = "", access: str | None = None) -> Invitation:
    """Send an open or expired invitation again with a new link, good for 30 days; the links mailed before end.

    Role and access stay as they were where nothing else is said.

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
        "access": invitation.access if access is None else access,
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
    inviter = invitation.invited_by
    zone = inviter.time_zone  # the invited person may have none yet
    subject, template, words = _words_of(invitation)
    enqueue(
        Draft(
            kind=Kind.INVITATION,
            key=f"invitation:{invitation.pk}:{invitation.generation}",
            subject=subject,
            to=person if person and person.email == invitation.email else None,
            address=invitation.email,
            template=template,
            context={
                "link": link,
                "inviter": inviter.name,
                "expires": f"{wording.moment(invitation.expires_at, zone)} {wording.zone_name(zone)}",
                **words,
            },
            topic=topic_of(invitation),
            not_after=invitation.expires_at,
        )
    )


def _words_of(invitation: Invitation) -> tuple[str, str, dict[str, str]]:
    """Subject, template, and what the mail says of a team's place or of a practice."""
    name, team = invitation.invited_by.name, invitation.team
    if team is None:
        practice = invitation.practice.name
        return f"{name} invites you to apply for {practice}", "let-in", {"practice": practice}
    words = {"team": team.name, "practice": team.practice.name, "role": invitation.get_role_display()}
    return f"{name} invites you to join {team.name}", "invitation", words


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Member | Affiliation:
    """Take the offered place, or the right to apply for the practice; of two people who press at once one gets it.

    The account's address may differ from the invited one: the link is what lets in, and the team sees who came.

    Raises:
        InvitationEnded: accepted, taken back, or expired; says which.
        AlreadyMember, TeamRefused: see ``add_member`` and ``let_in``; the invitation then stays open.
    """
    now = clock.now()
    state = selectors.state_of(invitation)
    if state is not InvitationState.OPEN:
        raise InvitationEnded(state.value)
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    if not rows.update(accepted_at=now, accepted_by=by):
        raise InvitationEnded("This invitation ended a moment ago. Reload the page to see how it stands.")
    taken: Member | Affiliation
    if invitation.team is not None:
        taken = add_member(invitation.team, by, invitation.role, access=invitation.access, by=by)
    else:
        taken = let_in(invitation.practice, by, by=by, host=invitation.invited_by)
    invitation.accepted_at, invitation.accepted_by = now, by
    cancel(topic_of(invitation), reason="The invitation was accepted.")
    record("invitation.accepted", invitation, by=by, fields=["accepted_at", "accepted_by"])
    return taken


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
