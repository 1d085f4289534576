"""Stored files. This room has no address: the room that owns a file serves it through its own ``visible_to``."""

import uuid

from django.conf import settings
from django.db import models


class ScanState(models.TextChoices):
    NOT_SCANNED = "not_scanned", "Not scanned"
    CLEAN = "clean", "Clean"
    REFUSED = "refused", "Refused by the scanner"


class Quota(models.Model):
    """One row for whoever has a quota. It holds no figures: whoever stores a file locks it, and then counts."""

    key = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.key


class StoredFile(models.Model):
    """The content and what was found out about it; neither ever changes. It lives as long as a row refers to it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to="%Y/%m", help_text="Under a random name outside the web root.")
    original_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100, help_text="Found from the content, not from the name.")
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    quota_key = models.CharField(max_length=60, db_index=True, help_text="Whose quota the file counts against.")
    scan_state = models.CharField(max_length=12, choices=ScanState, default=ScanState.NOT_SCANNED)
    scan_tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty where somebody uploaded it by a link without an account.",
    )

    TRANSITIONS = {ScanState.NOT_SCANNED: {ScanState.CLEAN, ScanState.REFUSED}}

    class Meta:
        verbose_name = "file"
        constraints = [
            models.CheckConstraint(name="file_is_not_empty", condition=models.Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.original_name
