"""Calendars to subscribe to."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from programs.models.catalog import Cohort


class CalendarFeedQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "CalendarFeedQuerySet":
        """A person's own, for staff too: whoever knows the address reads the calendar."""
        return self.filter(user=user) if user.is_active else self.none()


class CalendarFeed(models.Model):
    """A person's calendar to subscribe to: all their dates, or one cohort's. Its address is derived, never stored.

    Raising ``generation`` makes a new address and ends the old one. Who fetches it leaves no trace: a GET changes nothing.
    """

    PURPOSE = "calendar"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds")
    cohort = models.ForeignKey(Cohort, models.CASCADE, null=True, blank=True, related_name="calendar_feeds")
    generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(help_text="Since when the present address is good.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "cohort"], condition=~Q(cohort=None), name="calendar_feed_once_a_cohort"
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(cohort=None), name="calendar_feed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.cohort or 'all dates'}"
