"""Applications: their states, what arrived and was sealed, and who is working on them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from applications.models.calls import Call, EligibilityQuestion
from core.constraints import both_or_neither
from practices.models import Member
from programs.models import Enrollment, Standing
from questionnaires.models import Response


class ApplicationState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    ACCEPTED = "accepted", "Accepted"
    ALTERNATE = "alternate", "Alternate"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ApplicationQuerySet":
        """Staff see every submitted application and every draft; others those that they write, the core team foremost."""
        if not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(enrollment__team__in=Member.objects.current().writers().filter(user=user).values("team"))


class Application(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    enrollment = models.OneToOneField(Enrollment, models.CASCADE, related_name="application")
    response = models.OneToOneField(Response, models.PROTECT, related_name="application")
    state = models.CharField(max_length=10, choices=ApplicationState, default=ApplicationState.DRAFT)
    created_at = models.DateTimeField(editable=False)
    submission_key = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="What the next submission has to carry."
    )
    submission = models.OneToOneField(
        "Submission",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The one in force.",
    )
    copied_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Carried forward from.",
    )
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
                | Q(submitted_at__isnull=False, submission__isnull=False),
            ),
            models.CheckConstraint(
                name="application_decision_is_stamped",
                condition=~Q(state__in=["accepted", "alternate", "declined"]) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Application of {self.enrollment.team}"


class Submission(models.Model):
    """One arrival of an application, sealed. Rows are added, never changed; an application points at the one in force.

    A correction that staff asked for makes a further row, which keeps the arrival and the standing of the first.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    key = models.UUIDField(unique=True, editable=False)
    arrived_at = models.DateTimeField(editable=False)
    standing = models.CharField(max_length=6, choices=Standing, editable=False)
    is_correction = models.BooleanField(default=False, editable=False)
    sealed = models.JSONField(editable=False, help_text="Everything as it was submitted.")
    sealed_sha256 = models.CharField(max_length=64, editable=False)
    sealed_at = models.DateTimeField(editable=False)
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="submission_once"),
            both_or_neither("sealed", table="submission"),
        ]

    def __str__(self) -> str:
        return f"submission {self.number} of {self.application_id}"


class EligibilityAnswer(models.Model):
    """What the person who began said to the questions that come before an application."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="eligibility_answers")
    question = models.ForeignKey(EligibilityQuestion, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "question"], name="eligibility_answer_once")]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.choice}"


class SignOff(models.Model):
    """The leader's word that this is what the team sends. It holds for this content and no other."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="sign_offs")
    content_sha256 = models.CharField(max_length=64, help_text="Of everything that would be sealed, without its times.")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["application", "id"]
        constraints = [both_or_neither("signed", table="sign_off")]

    def __str__(self) -> str:
        return f"sign-off {self.pk}"


class SectionVisit(models.Model):
    """When somebody last had a section before them: what changed since is shown to them."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="visits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    section = models.SlugField(max_length=60)
    visited_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "user", "section"], name="section_visit_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.section}"
