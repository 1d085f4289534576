"""That a retention rule was applied, and that a person's name was taken out. No row holds the data that went."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class RetentionRun(models.Model):
    """One rule of ``selectors.RULES``, applied once; ``found`` counts the rows it acted on."""

    rule = models.SlugField(max_length=40)
    days = models.PositiveIntegerField(help_text="How long the rule said then.")
    found = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text="Empty: by a command."
    )

    class Meta:
        ordering = ["-applied_at", "-id"]

    def __str__(self) -> str:
        return f"{self.rule}: {self.found}"


class Removal(models.Model):
    """The name, address and everything else that tells who this was are gone. It cannot be undone."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="removal")
    reason = models.CharField(max_length=200, help_text="Kept; without names.")
    applied_at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty: by a command or a rule.",
    )

    class Meta:
        constraints = [models.CheckConstraint(name="removal_has_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"removal of {self.user_id}"
