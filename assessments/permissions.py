"""Who may do what with an assessment. Seeing one is ``Assessment.objects.visible_to``."""

from accounts.models import User
from assessments.models import Assessment, AssessmentState
from practices.models import Member
from programs.models import Enrollment, EnrollmentState


def is_core_member(user: User, enrollment: Enrollment) -> bool:
    """Whether ``user`` belongs to the team's core now; the leader does."""
    if not user.is_active:
        return False
    return Member.objects.current().core().filter(team=enrollment.team_id, user=user).exists()


def can_start(user: User, enrollment: Enrollment) -> bool:
    """The core team opens its rounds, while the team takes part."""
    return enrollment.state == EnrollmentState.ACTIVE and is_core_member(user, enrollment)


def can_answer(user: User, assessment: Assessment) -> bool:
    """The core team answers while the round is open; coaches and staff read."""
    return assessment.state == AssessmentState.OPEN and can_start(user, assessment.enrollment)


can_submit = can_answer


def can_give_back(user: User) -> bool:
    """Staff give a submitted round back to the team."""
    return user.is_active and user.is_staff


def can_reopen(user: User, assessment: Assessment) -> bool:
    """``can_give_back``, and the round is submitted."""
    return can_give_back(user) and assessment.state == AssessmentState.SUBMITTED
