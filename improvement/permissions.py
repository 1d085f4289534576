"""Who may do what with a team's improvement work. Who may see it is ``visible_to`` of the models."""

from accounts.models import User
from improvement.models import QuarterlyUpdate, UpdateState
from practices.models import Member
from programs.models import Enrollment, EnrollmentState, Supporter, SupporterRole


def can_edit(user: User, enrollment: Enrollment) -> bool:
    """The core team of an active enrollment writes its project, data and updates; everybody else reads."""
    if not user.is_active or enrollment.state != EnrollmentState.ACTIVE:
        return False
    return Member.objects.current().core().filter(team=enrollment.team_id, user=user).exists()


def can_comment(user: User, update: QuarterlyUpdate) -> bool:
    """The team's own coach comments on an update that is filed."""
    if not user.is_active or update.state != UpdateState.SUBMITTED:
        return False
    coaches = Supporter.objects.filter(enrollment=update.enrollment_id, role=SupporterRole.COACH, until_on=None)
    return coaches.filter(user=user).exists()


def can_reopen(user: User) -> bool:
    """Staff give a filed update back to its team."""
    return user.is_active and user.is_staff
