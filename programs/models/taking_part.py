"""Who takes part: enrollments, those who help them, what they have met and where they were given more time."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from timezone_field import TimeZoneField

from accounts.models import User
from core import wording
from core.constraints import both_or_neither
from practices.models import Member, Team
from programs import timeline
from programs.models.catalog import Cohort, Milestone


class EnrollmentState(models.TextChoices):
    APPLYING = "applying", "Applying"
    ACCEPTED = "accepted", "Accepted"
    ALTERNATE = "alternate", "Alternate"
    DECLINED = "declined", "Declined"
    ACTIVE = "active", "Active"
    WITHDRAWN = "withdrawn", "Withdrawn"
    FINISHED = "finished", "Finished"


# The states in which a team owes the cohort's milestones.
TAKING_PART = (EnrollmentState.ACTIVE, EnrollmentState.FINISHED)


class EnrollmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "EnrollmentQuerySet":
        """Staff see all; members their teams', coaches and mentors those they support now.

        Leadership sees none: its figures are counted in ``dashboards``.
        """
        if not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        own = Member.objects.current().filter(user=user).values("team")
        supported = Supporter.objects.filter(user=user, until_on=None).values("enrollment")
        return self.filter(Q(team__in=own) | Q(pk__in=supported))


class Enrollment(models.Model):
    """A team in a cohort, from the first word of its application to the end."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrollments")
    team = models.ForeignKey(Team, models.PROTECT, related_name="enrollments")
    state = models.CharField(max_length=10, choices=EnrollmentState, default=EnrollmentState.APPLYING)
    started_at = models.DateTimeField(editable=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    left_reason = models.CharField(max_length=200, blank=True)

    TRANSITIONS = {
        EnrollmentState.APPLYING: {
            EnrollmentState.ACCEPTED,
            EnrollmentState.ALTERNATE,
            EnrollmentState.DECLINED,
            EnrollmentState.WITHDRAWN,
        },
        EnrollmentState.ALTERNATE: {EnrollmentState.ACCEPTED, EnrollmentState.DECLINED, EnrollmentState.WITHDRAWN},
        EnrollmentState.ACCEPTED: {EnrollmentState.ACTIVE, EnrollmentState.WITHDRAWN},
        EnrollmentState.ACTIVE: {EnrollmentState.WITHDRAWN, EnrollmentState.FINISHED},
        EnrollmentState.WITHDRAWN: {EnrollmentState.APPLYING},
    }

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["cohort", "team__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "team"], name="team_once_in_a_cohort"),
            both_or_neither("started", table="enrollment"),
            models.CheckConstraint(
                name="enrollment_taking_part_has_joined",
                condition=~Q(state__in=["active", "finished"]) | Q(joined_on__isnull=False),
            ),
            models.CheckConstraint(
                name="enrollment_leaves_after_joining",
                condition=Q(left_on=None) | Q(joined_on=None) | Q(left_on__gte=F("joined_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} in {self.cohort}"


class SupporterRole(models.TextChoices):
    COACH = "coach", "Coach"
    FACULTY = "faculty", "Faculty"
    MENTOR = "mentor", "Mentor"
    SPECIALIST = "specialist", "Specialist"


class Supporter(models.Model):
    """Somebody from outside who helps a team, for a time."""

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="supporters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="supports")
    role = models.CharField(max_length=10, choices=SupporterRole)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["enrollment", "role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "user", "role"], condition=Q(until_on=None), name="supporter_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"


class Standing(models.TextChoices):
    """How something that arrived stands to its deadline; decided by ``timeline.window`` when it arrived."""

    OPEN = "open", "On time"
    GRACE = "grace", "Within the grace period"
    LATE = "late", "Late"


class Completion(models.Model):
    """That a milestone was met: by the enrollment as a whole, or by one member where the duty is personal."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="completions")
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="completions")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="completions")
    arrived_at = models.DateTimeField()
    standing = models.CharField(max_length=6, choices=Standing)
    completed_at = models.DateTimeField()
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "enrollment", "member"], condition=~Q(member=None), name="completion_once_a_member"
            ),
            models.UniqueConstraint(
                fields=["milestone", "enrollment"], condition=Q(member=None), name="completion_once"
            ),
            both_or_neither("completed", table="completion"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}, {self.enrollment}"


class Extension(models.Model):
    """A later deadline for one enrollment, with its reason. The newest row counts."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="extensions")
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="extensions")
    ends_on = models.DateField()
    ends_time = models.TimeField(null=True, blank=True)
    zone = TimeZoneField(use_pytz=False)
    reason = models.CharField(max_length=300)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["granted_at", "id"]
        constraints = [
            both_or_neither("granted", table="extension"),
            models.CheckConstraint(name="extension_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} for {self.enrollment} until {wording.day(self.ends_on)}"

    @property
    def ends_at(self) -> datetime:
        return timeline.resolve(self.ends_on, self.ends_time or timeline.END_OF_DAY, self.zone)
