"""What staff do with an application before the committee sees it: screening, corrections, notes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models.intake import Application
from core.constraints import both_or_neither


class Verdict(models.TextChoices):
    ELIGIBLE = "eligible", "Eligible"
    NOT_ELIGIBLE = "not_eligible", "Not eligible"
    QUESTION = "question", "To be clarified"


class Screening(models.Model):
    """Whether an application goes to the committee, and why. One an application; the audit trail keeps what it said before."""

    application = models.OneToOneField(Application, models.CASCADE, related_name="screening")
    verdict = models.CharField(max_length=12, choices=Verdict)
    reasons = models.JSONField(
        default=list, help_text="Codes of the program's eligibility statements that are not met."
    )
    text = models.TextField(blank=True, help_text="In words; for staff.")
    version = models.PositiveIntegerField(default=1)
    screened_at = models.DateTimeField()
    screened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            both_or_neither("screened", table="screening"),
            models.CheckConstraint(
                name="screening_says_why", condition=Q(verdict=Verdict.ELIGIBLE) | ~Q(reasons=[]) | ~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()


class Correction(models.Model):
    """A part of a submitted application that staff returned: “Changes requested”, then “Changes made”, then settled."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="corrections")
    section = models.SlugField(
        max_length=60, help_text="The code of a section of the form, or practice, team or sponsor."
    )
    message = models.TextField(help_text="What is to be changed; the applicants read it.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True, help_text="What the applicants say to it.")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["application", "id"]
        constraints = [
            *(both_or_neither(stamp, table="correction") for stamp in ("asked", "answered", "settled")),
            models.UniqueConstraint(
                fields=["application", "section"],
                condition=Q(settled_at=None),
                name="correction_open_once",
                violation_error_message="This part was returned already.",
            ),
        ]

    def __str__(self) -> str:
        return f"correction of {self.section}"


class Note(models.Model):
    """What staff write down about an application for each other. Notes are added, never changed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="notes")
    text = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["application", "-written_at", "-id"]
        constraints = [both_or_neither("written", table="note")]

    def __str__(self) -> str:
        return f"note {self.pk}"
