"""What an assessment leads to: the report of findings with its strategies, and the comparison with the cohort."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Role, User
from assessments.models.instruments import Domain, Instrument, Item
from assessments.models.rounds import Assessment
from core.constraints import both_or_neither
from programs.models import TAKING_PART, Enrollment, Milestone


class Strategy(models.Model):
    """One way to improve, in a library that staff keep. Items of an instrument are named by their codes, across its versions."""

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    text = models.TextField()
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="strategies")
    domain_code = models.SlugField(max_length=60, blank=True, help_text="For every item of this domain.")
    item_code = models.SlugField(max_length=60, blank=True, help_text="For this item alone.")
    source = models.TextField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    is_retired = models.BooleanField(default=False, help_text="Not suggested any more; reports keep it.")
    written_at = models.DateTimeField(null=True, blank=True, help_text="Empty for what came with the software.")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "strategies"
        ordering = ["instrument", "domain_code", "item_code", "code"]
        constraints = [
            both_or_neither("written", table="strategy"),
            models.CheckConstraint(name="strategy_is_for_something", condition=~Q(domain_code="") | ~Q(item_code="")),
        ]

    def __str__(self) -> str:
        return self.title


class ReportState(models.TextChoices):
    DRAFT = "draft", "Draft"
    REVIEW = "review", "With a second person"
    RELEASED = "released", "Released"


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ReportQuerySet":
        """Staff see every report; whoever sees the enrollment sees it once it is released, the third party does not."""
        seen = self.filter(assessment__enrollment__in=Enrollment.objects.visible_to(user))
        return seen if user.is_active and user.is_staff else seen.filter(state=ReportState.RELEASED)


class Report(models.Model):
    """The report of findings of one assessment: areas for improvement, strategies, priorities. Two people make it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="report")
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.DRAFT)
    introduction = models.TextField(blank=True)
    remark = models.TextField(
        blank=True, editable=False, help_text="What was said when it was sent back; empty again when it is handed over."
    )
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change of its text.")
    drafted_at = models.DateTimeField(editable=False)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    handed_at = models.DateTimeField(null=True, blank=True, editable=False)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Who wrote it last and asked for a second look.",
    )
    released_at = models.DateTimeField(null=True, blank=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    sealed = models.JSONField(null=True, blank=True, editable=False, help_text="Everything as it was released.")
    sealed_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    TRANSITIONS = {
        ReportState.DRAFT: {ReportState.REVIEW},
        ReportState.REVIEW: {ReportState.DRAFT, ReportState.RELEASED},
        ReportState.RELEASED: {ReportState.DRAFT},
    }
    STAMPS = {ReportState.REVIEW: "handed", ReportState.RELEASED: "released"}

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-drafted_at", "-id"]
        constraints = [
            both_or_neither("drafted", table="report"),
            both_or_neither("changed", table="report"),
            both_or_neither("handed", table="report"),
            both_or_neither("released", table="report"),
            models.CheckConstraint(
                name="report_released_is_sealed",
                condition=~Q(state=ReportState.RELEASED) | Q(released_at__isnull=False, sealed__isnull=False),
            ),
            models.CheckConstraint(
                name="report_released_by_another",
                condition=~Q(state=ReportState.RELEASED) | ~Q(released_by=F("handed_by")),
                violation_error_message="A second person releases the report.",
            ),
        ]

    def __str__(self) -> str:
        return f"Report of findings: {self.assessment}"


class ReleaseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ReleaseQuerySet":
        """Whoever sees the report sees the release that is in force; those before it are staff's."""
        seen = self.filter(report__in=Report.objects.visible_to(user))
        if user.is_active and user.is_staff:
            return seen
        return seen.filter(report__state=ReportState.RELEASED, sealed_sha256=F("report__sealed_sha256"))


class Release(models.Model):
    """What the team was shown, once for each release. None is changed: a correction is a release of its own."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="releases")
    number = models.PositiveSmallIntegerField()
    sealed = models.JSONField()
    sealed_sha256 = models.CharField(max_length=64)
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="release_number_once"),
            both_or_neither("released", table="release"),
        ]

    def __str__(self) -> str:
        return f"release {self.number} of {self.report_id}"


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "FindingQuerySet":
        """Whoever sees the report sees its findings."""
        return self.filter(report__in=Report.objects.visible_to(user))


class Finding(models.Model):
    """One area for improvement: what was found, and how it was weighed. Those with a ``rank`` are the recommended priorities."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(Report, models.CASCADE, related_name="findings")
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    gap = models.CharField(
        max_length=40, blank=True, help_text="Exact, as a fraction: from the answer to best practice."
    )
    weighed = models.CharField(max_length=40, blank=True, help_text="Exact, as a fraction: gap x weight x priority.")
    rank = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 is the first priority.")

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["report", "position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "position"], name="finding_position_once"),
            models.UniqueConstraint(fields=["report", "rank"], name="finding_rank_once"),
            models.CheckConstraint(name="finding_rank_from_one", condition=Q(rank=None) | Q(rank__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title


class FindingStrategy(models.Model):
    """A strategy that a report suggests for a finding, in the words of the report."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="strategies")
    strategy = models.ForeignKey(Strategy, models.PROTECT, null=True, blank=True, related_name="suggested")
    text = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["finding", "position"]
        constraints = [models.UniqueConstraint(fields=["finding", "position"], name="finding_strategy_position_once")]

    def __str__(self) -> str:
        return f"strategy {self.position} of {self.finding_id}"


class ComparisonQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ComparisonQuerySet":
        """Staff and leadership see all; teams that take part, and those who support them, their own cohort's."""
        if not user.is_active:
            return self.none()
        if user.is_staff or user.role == Role.LEADERSHIP:
            return self
        own = Enrollment.objects.visible_to(user).filter(state__in=TAKING_PART)
        return self.filter(milestone__cohort__in=own.values("cohort"))


class Comparison(models.Model):
    """The cohort's picture of one round, frozen once; nothing finer is ever shown, so no two views can be subtracted."""

    milestone = models.OneToOneField(Milestone, models.PROTECT, related_name="comparison")
    teams = models.PositiveSmallIntegerField(help_text="How many had submitted.")
    content = models.JSONField(help_text="By domain: n, median and quartiles to half a level, or why nothing is shown.")
    frozen_at = models.DateTimeField(editable=False)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        constraints = [
            both_or_neither("frozen", table="comparison"),
            models.CheckConstraint(name="comparison_of_five_or_more", condition=Q(teams__gte=5)),
        ]

    def __str__(self) -> str:
        return f"Comparison of {self.milestone_id}"
