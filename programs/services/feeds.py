"""Addresses at which a calendar program fetches a person's dates: made, made anew, and stopped by that person."""

from django.db import transaction

from accounts.models import User
from core import clock
from core.refusals import Refused
from core.services import record
from core.transitions import ChangedMeanwhile
from programs.models import CalendarFeed, Cohort
from programs.selectors import cohorts_with_dates

CHANGED = "This address was changed a moment ago. Reload the page to see the one that counts."


@transaction.atomic
def start_feed(user: User, cohort: Cohort | None = None) -> CalendarFeed:
    """Give ``user`` an address for all their dates, or for one cohort's. Done twice, the first stays good.

    One that was stopped comes back with a new address; the old one never works again.

    Raises:
        Refused: nothing of the cohort concerns this person.
    """
    if cohort is not None and not cohorts_with_dates(user).filter(pk=cohort.pk).exists():
        raise Refused("No date of this cohort concerns you, so there is no calendar of it for you.")
    feed, is_new = CalendarFeed.objects.get_or_create(user=user, cohort=cohort, defaults={"created_at": clock.now()})
    if is_new:
        record("calendar_feed.created", feed, by=user)
    elif feed.revoked_at is not None:
        _renew(feed, by=user)
    return feed


@transaction.atomic
def renew_feed(feed: CalendarFeed, *, by: User) -> None:
    """Give the calendar a new address; whoever has the old one sees nothing from now on.

    Raises:
        ChangedMeanwhile: it was given one a moment ago.
    """
    _renew(feed, by=by)


def _renew(feed: CalendarFeed, *, by: User) -> None:
    values = {"generation": feed.generation + 1, "created_at": clock.now(), "revoked_at": None}
    if not CalendarFeed.objects.filter(pk=feed.pk, generation=feed.generation).update(**values):
        raise ChangedMeanwhile(CHANGED)
    for name, value in values.items():
        setattr(feed, name, value)
    record("calendar_feed.renewed", feed, by=by, fields=sorted(values))


@transaction.atomic
def stop_feed(feed: CalendarFeed, *, by: User) -> None:
    """End the address.

    Raises:
        ChangedMeanwhile: it had ended, or was made anew a moment ago.
    """
    now = clock.now()
    rows = CalendarFeed.objects.filter(pk=feed.pk, generation=feed.generation, revoked_at=None)
    if not rows.update(revoked_at=now):
        raise ChangedMeanwhile(CHANGED)
    feed.revoked_at = now
    record("calendar_feed.stopped", feed, by=by, fields=["revoked_at"])
