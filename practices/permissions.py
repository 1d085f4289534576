"""What somebody may do with a team. Who may see one is ``Team.objects.visible_to``."""

from accounts.models import User
from practices.models import Invitation, Member, MemberRole, Team


def can_edit_team(user: User, team: Team) -> bool:
    """The team's present leader and staff."""
    if not user.is_active:
        return False
    return user.is_staff or Member.objects.current().filter(team=team, user=user, role=MemberRole.LEADER).exists()


def can_invite(user: User, team: Team) -> bool:
    """Whoever may edit the team."""
    return can_edit_team(user, team)


def can_manage_invitation(user: User, invitation: Invitation) -> bool:
    """Take back or send again: whoever may invite now, whoever invited then."""
    return can_invite(user, invitation.team)
