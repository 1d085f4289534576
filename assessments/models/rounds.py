"""The assessments that teams make: alone, then together, and beside a third party."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from assessments.models.instruments import InstrumentVersion, Item, Level
from core.constraints import both_or_neither
from documents.models import StoredFile
from programs.models import Enrollment, Milestone


class AssessmentState(models.TextChoices):
    OPEN = "open", "In progress"
    SUBMITTED = "submitted", "Submitted"


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "AssessmentQuerySet":
        """Whoever sees the enrollment sees its assessments; the third party sees the submitted round it is to score."""
        if not user.is_active:
            return self.none()
        is_asked = Q(reviewer=user.pk, state=AssessmentState.SUBMITTED)
        return self.filter(Q(enrollment__in=Enrollment.objects.visible_to(user)) | is_asked)


class Assessment(models.Model):
    """One round of one team with one version: the baseline, or a reassessment."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="assessments")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="assessments")
    version = models.ForeignKey(InstrumentVersion, models.PROTECT, related_name="assessments")
    state = models.CharField(max_length=10, choices=AssessmentState, default=AssessmentState.OPEN)
    started_at = models.DateTimeField(editable=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviewed_assessments",
        help_text="The third party that scores beside the team.",
    )
    review_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    review_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    review_done_at = models.DateTimeField(null=True, blank=True, editable=False)
    review_done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    TRANSITIONS = {AssessmentState.OPEN: {AssessmentState.SUBMITTED}, AssessmentState.SUBMITTED: {AssessmentState.OPEN}}
    STAMPS = {AssessmentState.SUBMITTED: "submitted"}

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["enrollment", "started_at"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "milestone"], name="assessment_once"),
            both_or_neither("started", table="assessment"),
            both_or_neither("submitted", table="assessment"),
            both_or_neither("review_asked", table="assessment"),
            both_or_neither("review_done", table="assessment"),
            models.CheckConstraint(
                name="assessment_reviewer_is_asked",
                condition=Q(reviewer=None, review_asked_at=None)
                | Q(reviewer__isnull=False, review_asked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} of {self.enrollment.team}"


class AnswerKind(models.TextChoices):
    LEVEL = "level", "A level"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    NO_DATA = "no_data", "No data"


def _answer_constraints(table: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            name=f"{table}_level_only_with_level",
            condition=Q(kind=AnswerKind.LEVEL, level__isnull=False) | (~Q(kind=AnswerKind.LEVEL) & Q(level=None)),
        ),
        both_or_neither("saved", table=table),
    ]


class MemberTurn(models.Model):
    """One member's way through a round alone. Whoever has not finished sees nobody else's answers."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="turns")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "user"], name="member_turn_once")]

    def __str__(self) -> str:
        return f"turn {self.pk}"


class MemberAnswer(models.Model):
    """What one member answered alone, before seeing anybody else's answer."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="member_answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=AnswerKind)
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, help_text="Why; the others read it when everybody has answered.")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item", "saved_by"], name="member_answer_once"),
            *_answer_constraints("member_answer"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class Priority(models.IntegerChoices):
    """How much the team itself wants to work on an item."""

    NONE = 0, "Not said"
    LOW = 1, "Later"
    MEDIUM = 2, "Soon"
    HIGH = 3, "Now"


class AgreedAnswer(models.Model):
    """What the team agreed on, with its evidence. Scores are computed from these."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=AnswerKind)
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.TextField(blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NONE)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="agreed_answer_once"),
            *_answer_constraints("agreed_answer"),
            models.CheckConstraint(name="agreed_answer_priority", condition=Q(priority__lte=Priority.HIGH)),
        ]

    def __str__(self) -> str:
        return f"Answer to {self.item}"


class AgreedRevision(models.Model):
    """Every answer that the team has agreed on for an item, the present one included."""

    answer = models.ForeignKey(AgreedAnswer, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=14, choices=AnswerKind)
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.TextField(blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NONE)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["answer", "version"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "version"], name="agreed_revision_once"),
            *_answer_constraints("agreed_revision"),
        ]

    def __str__(self) -> str:
        return f"revision {self.version} of {self.answer_id}"


class Evidence(models.Model):
    """A file or an address that shows what the team says of an item; words stand in its answer."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evidence")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=500, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["assessment", "item", "id"]
        constraints = [
            both_or_neither("added", table="evidence"),
            both_or_neither("removed", table="evidence"),
            models.CheckConstraint(
                name="evidence_is_file_or_address",
                condition=Q(url="", file__isnull=False) | (~Q(url="") & Q(file=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReviewerAnswer(models.Model):
    """What the third party says of an item; it stands beside the team's answer and never replaces it."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="reviewer_answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=AnswerKind)
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="reviewer_answer_once"),
            *_answer_constraints("reviewer_answer"),
        ]

    def __str__(self) -> str:
        return f"review of {self.item_id}"
