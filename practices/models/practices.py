"""Practices, their sites, and who may apply for them. A practice is entered once and reused."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_countries.fields import CountryField

from accounts.models import User
from core.constraints import both_or_neither


class Setting(models.TextChoices):
    ACADEMIC = "academic", "Academic center"
    COMMUNITY = "community", "Community practice"
    HOSPITAL = "hospital", "Hospital-based practice"
    SAFETY_NET = "safety_net", "Safety-net provider"
    OTHER = "other", "Other"


class Rurality(models.TextChoices):
    RURAL = "rural", "Rural"
    SUBURBAN = "suburban", "Suburban"
    URBAN = "urban", "Urban"


# What is known of a practice, in the order in which it is asked. Everything else of its row is the software's own.
FACTS = (
    "name",
    "street",
    "postal_code",
    "city",
    "region",
    "country",
    "setting",
    "rurality",
    "oncologists",
    "underserved_percent",
    "health_system",
    "domain",
)


class PracticeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "PracticeQuerySet":
        """Staff see all; others the practices whose teams they belong to now, or into which they were let.

        What was merged into another is there for staff alone: everybody else goes on with the one that was kept.
        """
        if not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        of_teams = Practice.objects.filter(teams__members__user=user, teams__members__left_on=None).values("pk")
        let_in = Affiliation.objects.filter(user=user, ended_at=None).values("practice")
        return self.filter(Q(pk__in=of_teams) | Q(pk__in=let_in), merged_into=None)


class Practice(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField("ZIP or postal code", max_length=20, blank=True)
    city = models.CharField(max_length=100)
    region = models.CharField("state or region", max_length=100, blank=True)
    country = CountryField(default="US")
    setting = models.CharField(max_length=12, choices=Setting, blank=True)
    rurality = models.CharField("location", max_length=10, choices=Rurality, blank=True)
    oncologists = models.PositiveSmallIntegerField("number of oncologists", null=True, blank=True)
    underserved_percent = models.PositiveSmallIntegerField(
        "patients from underserved groups (percent)", null=True, blank=True
    )
    health_system = models.CharField("affiliated health system", max_length=200, blank=True)
    domain = models.CharField("web or e-mail domain", max_length=120, blank=True)
    is_synthetic = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its facts or sites were last changed; empty: never."
    )
    # What the services make of the facts for finding a practice that was entered twice (practices.likeness).
    folded_name = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    folded_address = models.CharField(max_length=220, blank=True, editable=False, db_index=True)
    folded_place = models.CharField(max_length=110, blank=True, editable=False, db_index=True)
    folded_domain = models.CharField(max_length=120, blank=True, editable=False, db_index=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        help_text="Where its teams went when staff found that it had been entered twice.",
    )
    merged_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="practice_underserved_is_percent",
                condition=Q(underserved_percent__isnull=True) | Q(underserved_percent__lte=100),
                violation_error_message="Enter a percentage from 0 to 100.",
            ),
            both_or_neither("merged", table="practice"),
            models.CheckConstraint(
                name="practice_merged_into_another",
                condition=Q(merged_into=None, merged_at=None)
                | (Q(merged_into__isnull=False, merged_at__isnull=False) & ~Q(merged_into=models.F("id"))),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def as_of(self) -> datetime:
        """Since when the facts are as they are."""
        return self.changed_at or self.created_at


class Site(models.Model):
    """A place where a practice sees patients."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="sites")
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    region = models.CharField("state or region", max_length=100, blank=True)
    country = CountryField(blank=True, help_text="Only where it is not the practice's own.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "name"],
                name="site_name_once",
                violation_error_message="The practice has a site of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """Somebody who may apply for a practice: let in by one of its people or by staff, never by naming it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="affiliations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="affiliations")
    let_in_at = models.DateTimeField()
    let_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "user"], condition=Q(ended_at=None), name="affiliation_once_in_a_practice"
            ),
            both_or_neither("let_in", table="affiliation"),
            both_or_neither("ended", table="affiliation"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.practice_id}"
