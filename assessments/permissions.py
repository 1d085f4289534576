"""Who may do what with an assessment. Seeing one is ``Assessment.objects.visible_to``."""

from accounts.models import User
from assessments.models import Assessment, AssessmentState, Report, ReportState
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


def has_finished(user: User, assessment: Assessment) -> bool:
    """Whether ``user`` has finished answering alone, or said that they will not."""
    return assessment.turns.filter(user=user, finished_at__isnull=False).exists()


def can_answer_alone(user: User, assessment: Assessment) -> bool:
    """Each core member for themselves, until they have finished and seen the others' answers."""
    return can_answer(user, assessment) and not has_finished(user, assessment)


def can_agree(user: User, assessment: Assessment) -> bool:
    """Agreeing, its evidence and submitting come after one's own turn."""
    return can_answer(user, assessment) and has_finished(user, assessment)


can_submit = can_agree


def can_see_alone(user: User, assessment: Assessment) -> bool:
    """Who chose what is the core team's own: each after finishing their turn, all once the round is submitted."""
    is_open = assessment.state == AssessmentState.OPEN
    return is_core_member(user, assessment.enrollment) and (not is_open or has_finished(user, assessment))


def can_see_agreed(user: User, assessment: Assessment) -> bool:
    """What the team agreed on says what its members chose: hidden from who is still to answer alone, shown to all others."""
    return can_see_alone(user, assessment) or not is_core_member(user, assessment.enrollment)


def can_review(user: User, assessment: Assessment) -> bool:
    """The third party who was asked, while the round is submitted and the review is not done."""
    is_open = assessment.state == AssessmentState.SUBMITTED and assessment.review_done_at is None
    return user.is_active and assessment.reviewer_id == user.pk and is_open


def can_give_back(user: User) -> bool:
    """Staff give a submitted round back to the team."""
    return user.is_active and user.is_staff


can_ask_reviewer = can_give_back


def can_compare(user: User) -> bool:
    """Staff see every team's scores beside each other, and freeze what the others may see of them."""
    return user.is_active and user.is_staff


def can_reopen(user: User, assessment: Assessment) -> bool:
    """``can_give_back``, and the round is submitted."""
    return can_give_back(user) and assessment.state == AssessmentState.SUBMITTED


def can_write_instruments(user: User) -> bool:
    """Staff write instruments: what they ask, how they count, and which version is in use."""
    return user.is_active and user.is_staff


def can_follow_rounds(user: User) -> bool:
    """Staff see who is where in a cohort's rounds, and take the tables of them."""
    return user.is_active and user.is_staff


def can_write_reports(user: User) -> bool:
    """Staff write reports of findings, and keep the library of strategies."""
    return user.is_active and user.is_staff


def can_release(user: User, report: Report) -> bool:
    """A second person of the staff, once the first has handed the draft over."""
    return can_write_reports(user) and report.state == ReportState.REVIEW and report.handed_by_id != user.pk
