"""Leaving a relay that cannot be reached in peace: three connection errors in a row open the breaker for a minute."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from core import clock
from notifications.models import Breaker

NAME = "relay"
THRESHOLD = 3
REST = timedelta(minutes=1)


def is_open() -> bool:
    """Whether the sender should leave the relay alone now."""
    return Breaker.objects.filter(name=NAME, open_until__gt=clock.now()).exists()


@transaction.atomic
def note_failure(error: str) -> None:
    """Count a connection error; the third in a row, and each one after it, opens the breaker for a minute."""
    Breaker.objects.get_or_create(name=NAME)
    Breaker.objects.filter(name=NAME).update(failures=F("failures") + 1, last_error=error[:250])
    Breaker.objects.filter(name=NAME, failures__gte=THRESHOLD).update(open_until=clock.now() + REST)


def note_success() -> None:
    """The relay answered: the count starts again."""
    Breaker.objects.filter(name=NAME, failures__gt=0).update(failures=0, open_until=None, last_error="")
