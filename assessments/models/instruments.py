"""Instruments as versioned data."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.constraints import both_or_neither


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
    GATED = "gated", "Gated levels, no partial credit"
    GATE_AND_POINTS = "gate_and_points", "Gate criteria, then points"


class Treatment(models.TextChoices):
    """What an answer that is no level does to its domain."""

    UNANSWERED = "unanswered", "Counts as unanswered"
    LEFT_OUT = "left_out", "Leaves the denominator"
    LOWEST = "lowest", "Counts as the lowest level"


class InstrumentVersion(models.Model):
    """One edition. A draft may change; it is frozen by the first assessment that uses it."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.CharField(max_length=16, choices=Rule, default=Rule.MEAN)
    display_max = models.PositiveSmallIntegerField(default=100, help_text="The score shown for best practice.")
    minimum_answered_percent = models.PositiveSmallIntegerField(
        default=50, help_text="Share of a domain's items that must have a level before the domain gets a score."
    )
    not_applicable_as = models.CharField(max_length=10, choices=Treatment, default=Treatment.LEFT_OUT)
    no_data_as = models.CharField(max_length=10, choices=Treatment, default=Treatment.UNANSWERED)
    asks_reviewer = models.BooleanField(default=False, help_text="A third party scores it as well, beside the team.")
    based_on = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    introduction = models.TextField(blank=True)
    source = models.TextField(blank=True)
    content_sha256 = models.CharField(max_length=64)
    is_in_writing = models.BooleanField(
        default=False,
        editable=False,
        help_text="Staff are writing it: no round begins with it until they put it in use.",
    )
    edited_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When staff last changed it; files that ship leave it alone."
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["instrument", "number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="instrument_version_once"),
            models.CheckConstraint(name="version_display_max_positive", condition=Q(display_max__gte=1)),
            models.CheckConstraint(name="version_minimum_is_percent", condition=Q(minimum_answered_percent__lte=100)),
            models.CheckConstraint(
                name="version_based_on_another", condition=Q(based_on=None) | ~Q(based_on=models.F("id"))
            ),
            both_or_neither("edited", table="version"),
            models.CheckConstraint(
                name="version_in_writing_is_no_frozen_one", condition=Q(is_in_writing=False) | Q(frozen_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} (version {self.number})"


class Domain(models.Model):
    version = models.ForeignKey(InstrumentVersion, models.CASCADE, related_name="domains")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    introduction = models.TextField(blank=True)
    weight = models.DecimalField(max_digits=8, decimal_places=3, default=1)
    minimum_answered_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Where this domain needs another share than the version says."
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="domain_code_once"),
            models.UniqueConstraint(fields=["version", "position"], name="domain_position_once"),
            models.CheckConstraint(name="domain_weight_positive", condition=Q(weight__gt=0)),
            models.CheckConstraint(
                name="domain_minimum_is_percent",
                condition=Q(minimum_answered_percent=None) | Q(minimum_answered_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    domain = models.ForeignKey(Domain, models.CASCADE, related_name="items")
    code = models.SlugField(max_length=60)
    text = models.TextField()
    guidance = models.TextField(blank=True)
    evidence_asked = models.TextField(blank=True, help_text="What the team should be able to show.")
    is_gate = models.BooleanField(default=False, help_text="Without its highest level the domain gets no points.")
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


class FrameworkLink(models.Model):
    """Where an outside framework speaks of the same thing, and when somebody looked."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="links")
    framework = models.CharField(max_length=120)
    reference = models.CharField(max_length=120, blank=True, help_text="The number or name of the passage.")
    url = models.URLField(max_length=500, blank=True)
    looked_up_on = models.DateField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["item", "position"]
        constraints = [models.UniqueConstraint(fields=["item", "position"], name="framework_link_position_once")]

    def __str__(self) -> str:
        return f"{self.framework} {self.reference}".strip()
