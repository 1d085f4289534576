"""Words that others give for an application: the core team's to attend, the sponsor's letter."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models.intake import Application
from core.constraints import both_or_neither
from documents.models import StoredFile
from practices.models import Member, Sponsor


class AttendanceCommitment(models.Model):
    """A core member's word to attend every in-person session: asked for by a link, or given on the page of the application."""

    PURPOSE = "attendance"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="commitments")
    member = models.ForeignKey(Member, models.CASCADE, related_name="commitments")
    generation = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    dates = models.CharField(
        max_length=64, blank=True, help_text="The fingerprint of the sessions' dates for which the word was given."
    )
    declined_at = models.DateTimeField(null=True, blank=True, help_text="Said that they cannot attend them all.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "member"], name="commitment_once"),
            both_or_neither("asked", table="commitment"),
            both_or_neither("confirmed", table="commitment"),
            models.CheckConstraint(
                name="commitment_asked_or_given", condition=Q(asked_at__isnull=False) | Q(confirmed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} attends"


class LetterWay(models.TextChoices):
    """How a letter came to be."""

    WRITTEN = "written", "Written on the page"
    UPLOADED = "uploaded", "Uploaded by the sponsor"
    SIGNED = "signed", "The statement of the program, signed"
    APPLICANT = "applicant", "Uploaded by the applicant"


class Letter(models.Model):
    """A sponsor's letter of support. Asked for by a link without an account; it stays when the sponsor changes.

    How it stands follows from its times: asked, started (somebody pressed Continue), done; ended, where it was taken back.
    """

    PURPOSE = "letter"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="letters")
    sponsor = models.ForeignKey(Sponsor, models.PROTECT, related_name="letters")
    generation = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reminded_at = models.DateTimeField(null=True, blank=True, help_text="Last time.")
    reminded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True, help_text="The sponsor said that they cannot support it.")
    draft = models.TextField(blank=True, help_text="What the sponsor has written so far.")
    draft_version = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    way = models.CharField(max_length=10, choices=LetterWay, blank=True)
    text = models.TextField(blank=True, help_text="The letter, or the statement that was signed.")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    signed_name = models.CharField(max_length=150, blank=True)
    signed_position = models.CharField(max_length=150, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The applicant who uploaded it; empty where the sponsor gave it by the link.",
    )
    link_copied_at = models.DateTimeField(
        null=True, blank=True, help_text="First time: the link was handled by the applicant."
    )
    link_copied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="Staff made sure that the letter is the sponsor's."
    )
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Taken back, or no longer used.")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["application", "id"]
        constraints = [
            *(
                both_or_neither(stamp, table="letter")
                for stamp in ("asked", "reminded", "link_copied", "confirmed", "ended")
            ),
            models.UniqueConstraint(
                fields=["application", "sponsor"], condition=Q(ended_at=None), name="letter_once_a_sponsor"
            ),
            models.CheckConstraint(
                name="letter_done_says_how", condition=Q(done_at=None, way="") | (Q(done_at__isnull=False) & ~Q(way=""))
            ),
            models.CheckConstraint(
                name="letter_done_has_content",
                condition=Q(done_at=None) | ~Q(text="") | Q(file__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_asked_or_uploaded", condition=Q(asked_at__isnull=False) | Q(uploaded_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"
