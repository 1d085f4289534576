"""Who may be the third party, and what there is for one to score."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Role, User
from assessments.models import Assessment, AssessmentState
from practices.models import Affiliation, Member


def is_independent(assessment: Assessment, user: User) -> bool:
    """Whether ``user`` has no part in the team's practice and never had: in none of its teams, and by no affiliation."""
    return _independent(User.objects.filter(pk=user.pk), assessment).exists()


def reviewers_for(assessment: Assessment) -> QuerySet[User]:
    """Whom staff may ask: reviewers, coaches and staff who are independent of the practice, by name."""
    fit = User.objects.filter(is_active=True, role__in=(Role.REVIEWER, Role.COACH, Role.STAFF))
    return _independent(fit, assessment).order_by("name", "pk")


def _independent(users: QuerySet[User], assessment: Assessment) -> QuerySet[User]:
    practice = assessment.enrollment.team.practice_id
    is_member = Member.objects.filter(team__practice=practice, user=OuterRef("pk"))
    is_affiliated = Affiliation.objects.filter(practice=practice, user=OuterRef("pk"))
    return users.exclude(Exists(is_member)).exclude(Exists(is_affiliated))


def to_review(user: User) -> QuerySet[Assessment]:
    """What ``user`` was asked to score and has not finished, the longest asked first."""
    rows = Assessment.objects.visible_to(user).filter(
        reviewer=user, state=AssessmentState.SUBMITTED, review_done_at=None
    )
    return rows.select_related("enrollment__team", "milestone").order_by("review_asked_at")
