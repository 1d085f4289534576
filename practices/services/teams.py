"""Writing teams, their members and sponsors."""

from datetime import UTC

from django.db import IntegrityError, transaction

from accounts.models import User
from core import clock
from core.services import record
from notifications.services import cancel
from practices import selectors
from practices.models import Access, Member, MemberRole, Practice, Sponsor, Team
from practices.services.practices import hold_kept
from practices.services.refusals import AlreadyMember, TeamRefused


@transaction.atomic
def create_team(practice: Practice, *, name: str, leader: User, by: User | None) -> Team:
    """Make a team with its leader as the first member; of a practice that was merged, the kept one gets it."""
    team = Team.objects.create(practice=hold_kept(practice), name=name.strip(), created_at=clock.now())
    Member.objects.create(team=team, user=leader, role=MemberRole.LEADER, joined_on=clock.today(UTC))
    record("team.created", team, by=by)
    return team


@transaction.atomic
def rename_team(team: Team, *, name: str, by: User) -> None:
    """Give the team another name."""
    if team.name == name.strip():
        return
    team.name = name.strip()
    team.save(update_fields=["name"])
    record("team.renamed", team, by=by, fields=["name"])


@transaction.atomic
def add_member(team: Team, user: User, role: str, *, by: User | None, access: str = Access.ROLE) -> Member:
    """Put ``user`` into the team from today; ``access`` is what they may do with the application beyond the role.

    Raises:
        AlreadyMember: the person is in the team now, in whatever role.
        TeamRefused: a second leader; a deactivated account.
    """
    if not user.is_active:
        raise TeamRefused(f"The account of {user.name} is deactivated.")
    if selectors.current_members(team).filter(user=user).exists():
        raise AlreadyMember(f"{user.name} is a member of {team.name} already.")
    refuse_second_leader(team, role)
    try:
        with transaction.atomic():
            member = Member.objects.create(team=team, user=user, role=role, access=access, joined_on=clock.today(UTC))
    except IntegrityError:  # somebody else was faster than the two looks above
        raise TeamRefused(f"Somebody else changed {team.name} a moment ago. Reload the page.") from None
    record("member.joined", member, by=by, fields=["role"])
    return member


@transaction.atomic
def give_access(member: Member, access: str, *, by: User) -> None:
    """Say what a present member may do with the team's application beyond the role; the same again changes nothing.

    Raises:
        TeamRefused: the person leads the team (and may do everything), or has left it.
    """
    if member.role == MemberRole.LEADER:
        raise TeamRefused(f"{member.user.name} leads the team and may edit and submit anyway.")
    stay = Member.objects.current().filter(pk=member.pk)
    if not stay.exists():
        raise TeamRefused(f"{member.user.name} is no longer in the team. Reload the page.")
    if stay.exclude(access=access).update(access=access):
        member.access = access
        record("member.access_changed", member, by=by, fields=["access"])


def refuse_second_leader(team: Team, role: str) -> None:
    """Raise TeamRefused where ``role`` is the leader's and the team has one."""
    leader = selectors.leader_of(team) if role == MemberRole.LEADER else None
    if leader is not None:
        raise TeamRefused(f"{team.name} has a leader: {leader.user.name}. A team has one; hand the lead over instead.")


@transaction.atomic
def end_membership(member: Member, *, reason: str, by: User | None) -> None:
    """End somebody's time in the team today; they see it no more from the next request on.

    Raises:
        TeamRefused: the leader (hand the lead over first); somebody who has left already.
    """
    if member.role == MemberRole.LEADER:
        raise TeamRefused(f"{member.user.name} leads this team. Hand the lead over before you end the membership.")
    leave(member, reason)
    record("member.left", member, by=by, fields=["left_on", "left_reason"])


def leave(member: Member, reason: str) -> None:
    """Compare-and-swap of one open membership to an ended one."""
    left_on = max(clock.today(UTC), member.joined_on)
    if not Member.objects.filter(pk=member.pk, left_on=None).update(left_on=left_on, left_reason=reason):
        raise TeamRefused(f"{member.user.name} has left the team already. Reload the page.")
    member.left_on, member.left_reason = left_on, reason
    # Whoever goes on in another role is reminded again by the next sweep.
    topic = f"team:{member.team_id}:"
    cancel(topic, below=True, recipient=member.user, reason="The role in the team has ended.")


@transaction.atomic
def change_leader(team: Team, member: Member, *, reason: str, by: User | None) -> Member:
    """Hand the lead to ``member``, who is in the team; the leader until now stays in the core team. Keeps the reason.

    Both roles end and begin as rows, so that the team's history can be read; return the new leader's row.

    Raises:
        TeamRefused: not a present member of this team, leads it already, or the account is deactivated.
    """
    if member.team_id != team.pk or member.left_on is not None:
        raise TeamRefused("The new leader must be a present member of the team. Invite the person first.")
    if member.role == MemberRole.LEADER:
        raise TeamRefused(f"{member.user.name} leads the team already.")
    if not member.user.is_active:
        raise TeamRefused(f"The account of {member.user.name} is deactivated.")
    today, before = clock.today(UTC), selectors.leader_of(team)
    leave(member, reason)
    if before is not None:
        leave(before, reason)
        Member.objects.create(team=team, user=before.user, role=MemberRole.CORE, joined_on=today)
    leader = Member.objects.create(team=team, user=member.user, role=MemberRole.LEADER, joined_on=today)
    record("team.leader_changed", team, by=by, fields=["leader"])
    return leader


@transaction.atomic
def name_sponsor(team: Team, *, name: str, email: str, position: str, by: User | None) -> Sponsor:
    """Name the team's sponsor; the time of the present one ends today. The same person again changes the row instead."""
    today, email, present = clock.today(UTC), email.strip().lower(), selectors.sponsor_of(team)
    if present is not None and present.email == email:
        present.name, present.position = name.strip(), position.strip()
        present.save(update_fields=["name", "position"])
        record("sponsor.updated", present, by=by, fields=["name", "position"])
        return present
    Sponsor.objects.filter(team=team, until_on=None).update(until_on=today)
    sponsor = Sponsor.objects.create(
        team=team, name=name.strip(), email=email, position=position.strip(), since_on=today
    )
    record("sponsor.named", sponsor, by=by)
    return sponsor
