"""Two entries that look alike and are two practices: staff looked, and said so."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.constraints import both_or_neither
from practices.models.practices import Practice

# What makes two entries look alike. Once one of these is another, somebody looks again.
TELLING = ("name", "street", "postal_code", "city", "region", "country", "domain")


class ToldApart(models.Model):
    """Who said of which two, when and why, that they are not one. It holds while their facts are what they were."""

    first = models.ForeignKey(Practice, models.CASCADE, related_name="+")
    second = models.ForeignKey(Practice, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    facts = models.CharField(
        max_length=64, editable=False, help_text="SHA-256 of both entries' facts, as they were then."
    )
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "told apart"
        ordering = ["-told_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"], condition=Q(ended_at=None), name="told_apart_once_a_pair"
            ),
            # Each pair is written one way round, so that the other way is the same pair.
            models.CheckConstraint(name="told_apart_first_is_lower", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(name="told_apart_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="told_apart_not_ended_before", condition=Q(ended_at=None) | Q(ended_at__gte=F("told_at"))
            ),
            both_or_neither("ended", table="told_apart"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"
