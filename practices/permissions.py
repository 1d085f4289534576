"""What somebody may do with a team or a practice. Who may see one is ``visible_to``."""

from accounts.models import User
from practices.models import Affiliation, Invitation, Member, MemberRole, Practice, Team


def can_edit_team(user: User, team: Team) -> bool:
    """The team's present leader and staff."""
    if not user.is_active:
        return False
    return user.is_staff or Member.objects.current().filter(team=team, user=user, role=MemberRole.LEADER).exists()


def can_invite(user: User, team: Team) -> bool:
    """Whoever may edit the team."""
    return can_edit_team(user, team)


def can_edit_practice(user: User, practice: Practice) -> bool:
    """Staff, and who leads or writes for one of its teams now. What was merged into another is not edited any more."""
    if not user.is_active or practice.merged_into_id is not None:
        return False
    return user.is_staff or Member.objects.current().writers().filter(team__practice=practice, user=user).exists()


def can_let_in(user: User, practice: Practice) -> bool:
    """Whoever may edit the practice lets colleagues in, by mail."""
    return can_edit_practice(user, practice)


def can_merge(user: User) -> bool:
    """Staff alone see that a practice was entered twice."""
    return user.is_active and user.is_staff


def can_end_affiliation(user: User, affiliation: Affiliation) -> bool:
    """Whoever may let in, and the person themselves."""
    return affiliation.user_id == user.pk or can_let_in(user, affiliation.practice)


def can_manage_invitation(user: User, invitation: Invitation) -> bool:
    """Take back or send again: whoever may invite now, whoever invited then."""
    if invitation.team is None:
        return can_let_in(user, invitation.practice)
    return can_invite(user, invitation.team)
