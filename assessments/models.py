"""Instruments as versioned data, and the assessments that teams make with them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from core.constraints import both_or_neither
from programs.models import Enrollment, Milestone


class Instrument(models.Model):
    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    is_illustrative = models.BooleanField(
        default=False, help_text="Our own illustration, not ASCO's instrument; every page that shows it says so."
    )

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Rule(models.TextChoices):
    """How the items of a domain make its score. Each is a function of ``assessments.scoring``."""

    MEAN = "mean", "Mean of the items"
    WEIGHTED_MEAN = "weighted_mean", "Weighted mean of the items"
    ALL_OR_NOTHING = "all_or_nothing", "All or nothing"


class InstrumentVersion(models.Model):
    """One edition. A draft may change; it is frozen by the first assessment that uses it."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.CharField(max_length=16, choices=Rule, default=Rule.MEAN)
    display_max = models.PositiveSmallIntegerField(default=100, help_text="The score shown for best practice.")
    minimum_answered_percent = models.PositiveSmallIntegerField(
        default=50, help_text="Share of a domain's items that must have a level before the domain gets a score."
    )
    introduction = models.TextField(blank=True)
    source = models.TextField(blank=True)
    content_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["instrument", "number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="instrument_version_once"),
            models.CheckConstraint(name="version_display_max_positive", condition=Q(display_max__gte=1)),
            models.CheckConstraint(name="version_minimum_is_percent", condition=Q(minimum_answered_percent__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} (version {self.number})"


class Domain(models.Model):
    version = models.ForeignKey(InstrumentVersion, models.CASCADE, related_name="domains")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    weight = models.DecimalField(max_digits=8, decimal_places=3, default=1)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="domain_code_once"),
            models.UniqueConstraint(fields=["version", "position"], name="domain_position_once"),
            models.CheckConstraint(name="domain_weight_positive", condition=Q(weight__gt=0)),
        ]

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    domain = models.ForeignKey(Domain, models.CASCADE, related_name="items")
    code = models.SlugField(max_length=60)
    text = models.TextField()
    guidance = models.TextField(blank=True)
    weight = models.DecimalField(max_digits=8, decimal_places=3, default=1)
    position = models.PositiveSmallIntegerField()
    allows_not_applicable = models.BooleanField(default=True)
    allows_no_data = models.BooleanField(default=True)

    class Meta:
        ordering = ["domain", "position"]
        constraints = [
            models.UniqueConstraint(fields=["domain", "code"], name="item_code_once"),
            models.UniqueConstraint(fields=["domain", "position"], name="item_position_once"),
            models.CheckConstraint(name="item_weight_positive", condition=Q(weight__gt=0)),
        ]

    def __str__(self) -> str:
        return self.code


class Level(models.Model):
    """One written anchor of an item. ``position`` runs from 0, the lowest, to best practice."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="levels")
    code = models.SlugField(max_length=40)
    title = models.CharField(
        max_length=80, blank=True, help_text="The step's short name; the anchor says what it means here."
    )
    anchor = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["item", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "code"], name="level_code_once"),
            models.UniqueConstraint(fields=["item", "position"], name="level_position_once"),
        ]

    def __str__(self) -> str:
        return self.title or self.anchor


class AssessmentState(models.TextChoices):
    OPEN = "open", "In progress"
    SUBMITTED = "submitted", "Submitted"


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "AssessmentQuerySet":
        """Whoever sees the enrollment sees its assessments."""
        return self.filter(enrollment__in=Enrollment.objects.visible_to(user))


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

    TRANSITIONS = {AssessmentState.OPEN: {AssessmentState.SUBMITTED}, AssessmentState.SUBMITTED: {AssessmentState.OPEN}}
    STAMPS = {AssessmentState.SUBMITTED: "submitted"}

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["enrollment", "started_at"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "milestone"], name="assessment_once"),
            both_or_neither("started", table="assessment"),
            both_or_neither("submitted", table="assessment"),
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


class MemberAnswer(models.Model):
    """What one member answered alone, before seeing anybody else's answer."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="member_answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=AnswerKind)
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="+")
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


class AgreedAnswer(models.Model):
    """What the team agreed on, with its evidence. Scores are computed from these."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=AnswerKind)
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="agreed_answer_once"),
            *_answer_constraints("agreed_answer"),
        ]

    def __str__(self) -> str:
        return f"Answer to {self.item}"
