"""Training sessions: their days and agenda, and who attended. The dates are the milestone's; days are offsets inside it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from core.constraints import both_or_neither
from practices.models import Member
from programs.models import Enrollment, Milestone


class Mode(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    VIRTUAL = "virtual", "Virtual"
    ON_SITE = "on_site", "At the practice"


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "SessionQuerySet":
        """Whoever sees an enrollment of the cohort sees its sessions."""
        if user.is_active and user.is_staff:
            return self
        return self.filter(milestone__cohort__in=Enrollment.objects.visible_to(user).values("cohort"))


class Session(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    milestone = models.OneToOneField(Milestone, models.CASCADE, related_name="session")
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.IN_PERSON)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["milestone__starts_on", "id"]

    def __str__(self) -> str:
        return str(self.milestone)


class SessionDay(models.Model):
    session = models.ForeignKey(Session, models.CASCADE, related_name="days")
    offset_days = models.PositiveSmallIntegerField(help_text="Days after the first day of the milestone.")

    class Meta:
        ordering = ["session", "offset_days"]
        constraints = [models.UniqueConstraint(fields=["session", "offset_days"], name="session_day_once")]

    def __str__(self) -> str:
        return f"day {self.offset_days + 1}"


class Segment(models.Model):
    """A piece of a day's agenda, in local time of the milestone's zone."""

    day = models.ForeignKey(SessionDay, models.CASCADE, related_name="segments")
    title = models.CharField(max_length=200)
    starts_time = models.TimeField()
    ends_time = models.TimeField()
    is_educational = models.BooleanField(default=True, help_text="Counts toward continuing-education credit.")

    class Meta:
        ordering = ["day", "starts_time", "id"]
        constraints = [models.CheckConstraint(name="segment_in_order", condition=Q(starts_time__lt=F("ends_time")))]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """That a member was there on a day, or was not; recorded by staff or faculty."""

    day = models.ForeignKey(SessionDay, models.CASCADE, related_name="attendances")
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="attendances")
    member = models.ForeignKey(Member, models.PROTECT, related_name="attendances")
    was_present = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "enrollment", "member"], name="attendance_once"),
            both_or_neither("recorded", table="attendance"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} on {self.day_id}"
