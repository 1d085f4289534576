"""People. One row a person; what somebody may do in a team is a row of ``practices``, in a cohort one of ``programs``."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.module_loading import import_string
from timezone_field import TimeZoneField

from core.constraints import both_or_neither


class Role(models.TextChoices):
    """What a person is to the whole installation."""

    PARTICIPANT = "participant", "Participant"
    REVIEWER = "reviewer", "Reviewer"
    COACH = "coach", "Coach"
    LEADERSHIP = "leadership", "Leadership"
    STAFF = "staff", "ASCO staff"


class Profession(models.TextChoices):
    PHYSICIAN = "physician", "Physician (MD or DO)"
    NURSE = "nurse", "Nurse"
    ADVANCED_PRACTICE = "app", "Advanced practice provider"
    PHARMACIST = "pharmacist", "Pharmacist"
    SOCIAL_WORK = "social_work", "Social worker or navigator"
    QUALITY = "quality", "Quality improvement"
    ADMINISTRATION = "administration", "Administration or operations"
    RESEARCH = "research", "Research"
    OTHER = "other", "Other"


class Membership(models.TextChoices):
    """Standing with ASCO, as the person states it; staff confirm it."""

    NONE = "none", "Not an ASCO member"
    MEMBER = "member", "ASCO member in good standing"
    FELLOW = "fellow", "Fellow in training"


# Whoever was removed has an address in this domain, which no mail ever reaches (RFC 2606).
REMOVED_NAME, REMOVED_DOMAIN = "Removed person", "removed.invalid"


class UserManager(BaseUserManager):
    """Accounts are found by e-mail without regard to case."""

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    name = models.CharField("full name", max_length=150)
    role = models.CharField(max_length=12, choices=Role, default=Role.PARTICIPANT)
    profession = models.CharField(max_length=16, choices=Profession, blank=True)
    asco_membership = models.CharField("ASCO membership", max_length=8, choices=Membership, blank=True)
    asco_member_number = models.CharField("ASCO member number", max_length=20, blank=True)
    membership_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    membership_confirmed_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    time_zone = TimeZoneField(default="America/New_York", use_pytz=False, choices_display="WITH_GMT_OFFSET")
    is_active = models.BooleanField(default=True)
    is_synthetic = models.BooleanField(
        default=False, editable=False, help_text="Made by the simulation or the demo; not a real person."
    )
    joined_at = models.DateTimeField(editable=False)
    mail_failed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when mail to this address bounces."
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message="This e-mail has an account."
            ),
            models.CheckConstraint(name="user_has_email", condition=~models.Q(email="")),
            both_or_neither("membership_confirmed", table="user"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens. Staff see all programs."""
        return self.role == Role.STAFF

    @property
    def is_removed(self) -> bool:
        """Whether the person behind this account is no longer known."""
        return self.email.endswith(f"@{REMOVED_DOMAIN}")

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class AccessLink(models.Model):
    """A one-time link that lets its owner set a password and enroll two factors. The token is derived, never stored."""

    PURPOSE = "access"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="access_links")
    generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"access link for {self.user_id}"


class BrowserSession(AbstractBaseSession):
    """One browser that somebody has open here, signed in or not. ``session_data`` is Django's; no column tells where it is."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="browser_sessions")
    browser = models.CharField(max_length=40, blank=True, help_text="“Firefox on Windows”, no more.")
    began_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True, help_text="To the half minute.")

    def __str__(self) -> str:
        return f"session of {self.user_id}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")
