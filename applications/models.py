"""Calls for applications and the applications to them.

Who applies is an enrollment in state ``applying``; acceptance is a transition of that row, nothing is copied.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from core.constraints import both_or_neither
from practices.models import CORE_ROLES, Member
from programs.models import Cohort, Enrollment, Milestone, Standing
from questionnaires.models import FormVersion, Response


class CallQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "CallQuerySet":
        """Calls are public: everybody sees every one, signed in or not."""
        return self


class Call(models.Model):
    """The call of one cohort. It holds no date of its own: opening and deadline are milestones."""

    cohort = models.OneToOneField(Cohort, models.CASCADE, related_name="call")
    opening = models.OneToOneField(Milestone, models.PROTECT, related_name="+")
    deadline = models.OneToOneField(Milestone, models.PROTECT, related_name="+")
    form = models.ForeignKey(FormVersion, models.PROTECT, related_name="calls")
    text = models.TextField(blank=True, help_text="What the call page says above the facts of the program.")
    created_at = models.DateTimeField(editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="call_two_milestones", condition=~Q(opening=models.F("deadline")))]

    def __str__(self) -> str:
        return f"Call for {self.cohort}"


class ApplicationState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    ACCEPTED = "accepted", "Accepted"
    ALTERNATE = "alternate", "Alternate"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ApplicationQuerySet":
        """Staff see every submitted application and every draft; others those of the core teams they belong to."""
        if not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        teams = Member.objects.current().filter(user=user, role__in=CORE_ROLES).values("team")
        return self.filter(enrollment__team__in=teams)


class Application(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    enrollment = models.OneToOneField(Enrollment, models.CASCADE, related_name="application")
    response = models.OneToOneField(Response, models.PROTECT, related_name="application")
    state = models.CharField(max_length=10, choices=ApplicationState, default=ApplicationState.DRAFT)
    created_at = models.DateTimeField(editable=False)
    submission_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    arrived_at = models.DateTimeField(null=True, blank=True, editable=False)
    standing = models.CharField(max_length=6, choices=Standing, blank=True, editable=False)
    sealed = models.JSONField(null=True, blank=True, editable=False, help_text="Everything as it was submitted.")
    sealed_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    decision_note = models.TextField(blank=True, help_text="For staff; the applicant does not see it.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    TRANSITIONS = {
        ApplicationState.DRAFT: {ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN},
        ApplicationState.SUBMITTED: {
            ApplicationState.DRAFT,
            ApplicationState.ACCEPTED,
            ApplicationState.ALTERNATE,
            ApplicationState.DECLINED,
            ApplicationState.WITHDRAWN,
        },
        ApplicationState.ALTERNATE: {
            ApplicationState.ACCEPTED,
            ApplicationState.DECLINED,
            ApplicationState.WITHDRAWN,
        },
        ApplicationState.WITHDRAWN: {ApplicationState.DRAFT},
    }
    STAMPS = {
        ApplicationState.SUBMITTED: "submitted",
        ApplicationState.ACCEPTED: "decided",
        ApplicationState.ALTERNATE: "decided",
        ApplicationState.DECLINED: "decided",
        ApplicationState.WITHDRAWN: "withdrawn",
    }

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["call", "id"]
        constraints = [
            both_or_neither("submitted", table="application"),
            both_or_neither("decided", table="application"),
            both_or_neither("withdrawn", table="application"),
            models.CheckConstraint(
                name="application_submitted_is_sealed",
                condition=~Q(state__in=["submitted", "accepted", "alternate", "declined"])
                | Q(submitted_at__isnull=False, arrived_at__isnull=False, sealed__isnull=False),
            ),
            models.CheckConstraint(
                name="application_decision_is_stamped",
                condition=~Q(state__in=["accepted", "alternate", "declined"]) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Application of {self.enrollment.team}"


class AttendanceCommitment(models.Model):
    """A core member's word to attend every in-person session."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="commitments")
    member = models.ForeignKey(Member, models.CASCADE, related_name="commitments")
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "member"], name="commitment_once"),
            both_or_neither("confirmed", table="commitment"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} attends"
