"""Improvement projects: aim, measures and their data, PDSA cycles, and the quarterly updates that tell of them."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from assessments.models import Finding
from core.constraints import both_or_neither
from improvement import spc
from programs.models import Enrollment, Milestone


class OfEnrollmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "OfEnrollmentQuerySet":
        """Whoever sees the enrollment sees its project and updates."""
        return self.filter(enrollment__in=Enrollment.objects.visible_to(user))


class Project(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="projects")
    title = models.CharField(max_length=200)
    problem = models.TextField("problem statement")
    aim = models.TextField("aim statement", blank=True, help_text="How much, by when, for whom.")
    finding = models.ForeignKey(
        Finding,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="projects",
        help_text="The recommended priority from which it was made.",
    )
    started_at = models.DateTimeField(editable=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    objects = OfEnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["enrollment", "started_at"]
        constraints = [
            both_or_neither("started", table="project"),
            models.UniqueConstraint(fields=["finding"], name="project_of_finding_once"),
        ]

    def __str__(self) -> str:
        return self.title


class MeasureKind(models.TextChoices):
    OUTCOME = "outcome", "Outcome"
    PROCESS = "process", "Process"
    BALANCING = "balancing", "Balancing"


class Direction(models.TextChoices):
    UP = "up", "Higher is better"
    DOWN = "down", "Lower is better"


class MeasureQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "MeasureQuerySet":
        """Whoever sees the project sees its measures."""
        return self.filter(project__in=Project.objects.visible_to(user))


class Measure(models.Model):
    """A proportion (numerator of denominator) that a project follows."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="measures")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=MeasureKind)
    numerator = models.CharField("numerator: what is counted", max_length=300)
    denominator = models.CharField("denominator: out of what", max_length=300)
    target_percent = models.DecimalField("target (percent)", max_digits=5, decimal_places=2, null=True, blank=True)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.UP)
    created_at = models.DateTimeField(editable=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["project", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "title"],
                name="measure_title_once",
                violation_error_message="The project has a measure of this name already.",
            ),
            models.CheckConstraint(
                name="measure_target_is_percent",
                condition=Q(target_percent=None) | Q(target_percent__gte=0, target_percent__lte=100),
                violation_error_message="Enter a percentage from 0 to 100.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DataPoint(models.Model):
    """One period's count. No denominator means no eligible patients, never nought percent."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="points")
    period_start = models.DateField()
    period_end = models.DateField()
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["measure", "period_start"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "period_start"], name="point_once_a_period"),
            models.CheckConstraint(name="point_period_in_order", condition=Q(period_start__lte=F("period_end"))),
            models.CheckConstraint(
                name="point_numerator_within",
                condition=Q(numerator__lte=F("denominator")),
                violation_error_message="The numerator cannot be larger than the denominator.",
            ),
            both_or_neither("recorded", table="point"),
        ]

    def __str__(self) -> str:
        return f"{self.numerator} of {self.denominator}"

    @property
    def percent(self) -> str:
        """“40.3%”, or “no eligible patients”."""
        return spc.percent(spc.share(self.numerator, self.denominator))


class Decision(models.TextChoices):
    ADOPT = "adopt", "Adopt"
    ADAPT = "adapt", "Adapt"
    ABANDON = "abandon", "Abandon"


class PdsaCycle(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="cycles")
    title = models.CharField(max_length=200)
    objective = models.TextField()
    prediction = models.TextField(blank=True)
    happened = models.TextField("what happened", blank=True)
    learning = models.TextField(blank=True)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = "PDSA cycle"
        ordering = ["project", "starts_on", "id"]
        constraints = [
            models.CheckConstraint(name="cycle_in_order", condition=Q(ends_on=None) | Q(starts_on__lte=F("ends_on")))
        ]

    def __str__(self) -> str:
        return self.title


# The published scale of progress: 0.5 to 5.0 in halves, set by people.
PROGRESS = [
    (Decimal("0.5"), "0.5 – Intent to participate"),
    (Decimal("1.0"), "1.0 – Charter and team established"),
    (Decimal("1.5"), "1.5 – Planning begun"),
    (Decimal("2.0"), "2.0 – Activity, no changes"),
    (Decimal("2.5"), "2.5 – Changes tested, no improvement"),
    (Decimal("3.0"), "3.0 – Modest improvement"),
    (Decimal("3.5"), "3.5 – Improvement"),
    (Decimal("4.0"), "4.0 – Significant improvement"),
    (Decimal("4.5"), "4.5 – Sustainable improvement"),
    (Decimal("5.0"), "5.0 – Outstanding sustainable results"),
]


class UpdateState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Filed"


class QuarterlyUpdate(models.Model):
    """What a team tells of one quarter. Values of measures are data points of the period, not copied here."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="updates")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="updates")
    project = models.ForeignKey(Project, models.PROTECT, related_name="updates")
    period_start = models.DateField()
    period_end = models.DateField()
    changes = models.TextField("changes made this quarter", blank=True)
    barriers = models.TextField(blank=True)
    help_wanted = models.TextField(blank=True)
    sponsor_involvement = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    lessons = models.TextField("lessons to share", blank=True)
    progress = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True, choices=PROGRESS)
    progress_reason = models.TextField("why this score", blank=True)
    state = models.CharField(max_length=10, choices=UpdateState, default=UpdateState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(editable=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    TRANSITIONS = {UpdateState.DRAFT: {UpdateState.SUBMITTED}, UpdateState.SUBMITTED: {UpdateState.DRAFT}}
    STAMPS = {UpdateState.SUBMITTED: "submitted"}

    objects = OfEnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["enrollment", "period_end"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "milestone"], name="update_once"),
            models.CheckConstraint(name="update_period_in_order", condition=Q(period_start__lte=F("period_end"))),
            models.CheckConstraint(
                name="update_progress_on_scale",
                condition=Q(progress=None) | Q(progress__in=[step for step, _ in PROGRESS]),
            ),
            models.CheckConstraint(
                name="update_filed_has_progress", condition=Q(state=UpdateState.DRAFT) | Q(progress__isnull=False)
            ),
            both_or_neither("started", table="update"),
            both_or_neither("submitted", table="update"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} of {self.enrollment.team}"


class CoachComment(models.Model):
    """What a coach says of an update, with the coach's own view of the progress."""

    update = models.ForeignKey(QuarterlyUpdate, models.CASCADE, related_name="comments")
    text = models.TextField()
    progress = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True, choices=PROGRESS)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["update", "written_at"]
        constraints = [both_or_neither("written", table="comment")]

    def __str__(self) -> str:
        return f"comment {self.pk}"
