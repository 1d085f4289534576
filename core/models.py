"""The audit trail. Rows hold ids and field names, never personal text, and point at nothing by foreign key."""

from django.db import models


class ActorKind(models.TextChoices):
    USER = "user", "Person"
    LINK = "link", "Person by link"
    SYSTEM = "system", "The software itself"


class AuditEntry(models.Model):
    """One act on one object. Append-only: triggers refuse update, delete and truncate on both databases."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True, blank=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    fields = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]
        constraints = [
            models.CheckConstraint(
                name="audit_user_has_id",
                condition=models.Q(actor_kind=ActorKind.SYSTEM, actor_id=None)
                | (~models.Q(actor_kind=ActorKind.SYSTEM) & models.Q(actor_id__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type}:{self.object_id}"


class AuditSeal(models.Model):
    """The place of one committed entry in the chain, given by the one sealer. Append-only like the entries."""

    sequence = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    mac = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.sequence}"


class AuditUnsealed(models.Model):
    """An entry that waits for the sealer, with its writer's own mac; written beside the entry, gone once it is sealed.

    The list is short however long the trail is, and an entry whose transaction commits late is on it when it commits.
    """

    entry_id = models.BigIntegerField(primary_key=True)
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"entry {self.entry_id} waits"


class Heartbeat(models.Model):
    """When a part that must keep running was last seen to run."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
