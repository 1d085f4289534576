"""Tables of a call's applications that staff asked for."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from applications.models.calls import Call
from core.constraints import both_or_neither
from documents.models import StoredFile


class Part(models.TextChoices):
    """Which applications stand in the table."""

    ALL = "all", "All applications"
    RECEIVED = "received", "What was received"
    DRAFTS = "drafts", "Drafts"


class Format(models.TextChoices):
    EXCEL = "xlsx", "Excel"
    CSV = "csv", "CSV"


class ExportState(models.TextChoices):
    WAITING = "waiting", "Being made"
    DONE = "done", "Ready"
    FAILED = "failed", "Could not be made"


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ExportQuerySet":
        """Staff see who asked for which table. Its file is for whoever asked (``permissions.can_take_export``)."""
        return self if user.is_active and user.is_staff else self.none()


class Export(models.Model):
    """A table that is made in the background. Whoever makes it holds it by ``token`` until the lease is over."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="exports")
    part = models.CharField(max_length=8, choices=Part)
    format = models.CharField(max_length=4, choices=Format)
    state = models.CharField(max_length=7, choices=ExportState, default=ExportState.WAITING)
    asked_at = models.DateTimeField(editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(null=True, editable=False)
    rows = models.PositiveIntegerField(null=True, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    reason = models.CharField(max_length=250, blank=True, help_text="Why it could not be made.")

    objects = ExportQuerySet.as_manager()

    TRANSITIONS = {ExportState.WAITING: {ExportState.DONE, ExportState.FAILED}}

    class Meta:
        verbose_name = "table of applications"
        verbose_name_plural = "tables of applications"
        constraints = [
            both_or_neither("asked", table="export"),
            models.UniqueConstraint(
                fields=["call", "part", "format", "asked_by"],
                condition=Q(state=ExportState.WAITING),
                name="export_waits_once",
            ),
            models.CheckConstraint(
                name="export_done_has_file",
                condition=~Q(state=ExportState.DONE) | Q(file__isnull=False, made_at__isnull=False, rows__isnull=False),
            ),
            models.CheckConstraint(
                name="export_failed_says_why", condition=~Q(state=ExportState.FAILED) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} as {self.get_format_display()}"
