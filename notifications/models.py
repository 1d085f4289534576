"""The outbox. A mail is a row first: unique by key, claimed with a lease, marked before it is sent and after.

The states and their order are in docs/architecture.md, "Mail". What a row holds is enough to render it at delivery; links
are derived then and never stored.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.constraints import both_or_neither


class Kind(models.TextChoices):
    """What a mail is for. Preferences, policies and templates go by kind."""

    SIGN_IN = "sign_in", "Sign-in and security"
    INVITATION = "invitation", "Invitation to a team"
    RECEIPT = "receipt", "Receipt of something you sent"
    DECISION = "decision", "Decision on an application"
    REMINDER = "reminder", "Reminder of a deadline"
    DEADLINE_MOVED = "deadline_moved", "A date has changed"
    NEWS = "news", "News of your team"
    ALERT = "alert", "Something for staff to see to"


class State(models.TextChoices):
    PENDING = "pending", "Waiting"
    CLAIMED = "claimed", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    PARKED = "parked", "Parked for a person"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


class Policy(models.TextChoices):
    """What to do when nobody can say whether a started mail left."""

    REPEAT = "repeat", "Send again under the same Message-ID"
    PARK = "park", "Park for a person to decide"


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user: settings.AUTH_USER_MODEL) -> "MessageQuerySet":
        """Staff see every row; others the mail written to them."""
        if not user.is_active:
            return self.none()
        return self if user.is_staff else self.filter(recipient=user)


class Message(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    policy = models.CharField(max_length=8, choices=Policy, default=Policy.REPEAT)
    dedupe_key = models.CharField(max_length=200, unique=True)
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    topic = models.CharField(
        max_length=120,
        blank=True,
        db_index=True,
        help_text="What the mail is about; pending mail is cancelled by topic.",
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    address = models.EmailField()
    subject = models.CharField(max_length=250)
    template = models.CharField(max_length=60, blank=True, help_text="Empty where text and HTML are given ready-made.")
    context = models.JSONField(default=dict, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    erase_when_sent = models.BooleanField(default=False, help_text="Bodies with a code or a link for signing in.")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=250, blank=True, help_text="Why it failed, was parked, cancelled or expired.")
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True, blank=True, help_text="Fencing token of the present claim.")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="By the database's clock.")
    smtp_started_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    TRANSITIONS = {
        State.PENDING: {State.CLAIMED, State.CANCELLED, State.EXPIRED},
        State.CLAIMED: {State.PENDING, State.SENT, State.FAILED, State.PARKED, State.CANCELLED},
        State.FAILED: {State.PENDING, State.CANCELLED},
        State.PARKED: {State.PENDING, State.SENT, State.CANCELLED},
    }

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "mail"
        verbose_name_plural = "mail"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(state=State.PENDING), name="message_due"),
            models.Index(fields=["lease_until"], condition=Q(state=State.CLAIMED), name="message_leased"),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_claim_is_whole",
                condition=Q(state=State.CLAIMED, token__isnull=False, lease_until__isnull=False)
                | (~Q(state=State.CLAIMED) & Q(token=None, lease_until=None)),
            ),
            models.CheckConstraint(
                name="message_sent_at_when_sent",
                condition=Q(state=State.SENT, sent_at__isnull=False) | (~Q(state=State.SENT) & Q(sent_at=None)),
            ),
            models.CheckConstraint(
                name="message_end_has_reason",
                condition=~Q(state__in=[State.FAILED, State.PARKED, State.CANCELLED, State.EXPIRED]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"


class ItemState(models.TextChoices):
    """Whether a line still belongs into its mail; whether that mail has left is the mail's own state."""

    OPEN = "open", "In its mail"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


class Item(models.Model):
    """One reminder. What falls on one person's same day is gathered into one mail, and each reminder is a line of it.

    ``key`` is the reminder's own and unique for ever; a mail that gathers is keyed by person and day.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="items")
    key = models.CharField(max_length=200, unique=True)
    topic = models.CharField(max_length=120, db_index=True)
    subject = models.CharField(max_length=250)
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    due_at = models.DateTimeField(help_text="When its time comes; its mail may leave earlier on that day.")
    not_after = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.OPEN)
    reason = models.CharField(max_length=250, blank=True)

    TRANSITIONS = {ItemState.OPEN: {ItemState.CANCELLED, ItemState.EXPIRED}}

    class Meta:
        ordering = ["due_at", "key"]
        indexes = [
            models.Index(fields=["not_after"], condition=Q(state="open"), name="item_open_until"),
            # Settled while its mail was being sent: few, and the sender asks for them before every batch.
            models.Index(fields=["message"], condition=Q(state="open") & ~Q(reason=""), name="item_open_settled"),
        ]
        constraints = [
            models.CheckConstraint(name="item_end_has_reason", condition=Q(state="open") | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.subject


class Wording(models.Model):
    """A mail in staff's own words, one row a version. The newest counts for what is planned from now on.

    ``subject`` and ``body`` are plain text with placeholders from a closed list (``services.wordings``).
    """

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.REMINDER)
    subject = models.CharField(max_length=250)
    body = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="wording_version_once"),
            both_or_neither("written", table="wording"),
        ]

    def __str__(self) -> str:
        return f"{self.title} (version {self.version})"


class Refusal(models.Model):
    """That a person does not want mail of one kind. The rows stay in the inbox; only the mail is not sent."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="refusals")
    kind = models.CharField(max_length=16, choices=Kind)
    refused_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="refusal_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"


class Breaker(models.Model):
    """Whether the relay is left in peace for a while: three connection errors in a row open the breaker for a minute."""

    name = models.CharField(max_length=20, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=250, blank=True)

    def __str__(self) -> str:
        return self.name
