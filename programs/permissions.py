"""Who may do what with an enrollment. Seeing one is ``Enrollment.objects.visible_to``."""

from accounts.models import User
from practices.models import CORE_ROLES, Member
from programs.models import Cohort, Enrollment


def can_work_in(user: User, enrollment: Enrollment) -> bool:
    """Leader and core team do what the team owes."""
    if not user.is_active:
        return False
    return Member.objects.current().filter(team=enrollment.team_id, user=user, role__in=CORE_ROLES).exists()


def can_manage(user: User, cohort: Cohort) -> bool:
    """Staff move dates, give extensions, and decide who takes part."""
    return user.is_active and user.is_staff
