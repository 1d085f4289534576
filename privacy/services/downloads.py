"""Noting that somebody's data left the house."""

from datetime import timedelta

from django.db import transaction

from accounts.models import User
from core import clock
from core.models import AuditEntry
from core.refusals import Refused
from core.services import record

MOST_AN_HOUR = 5
VERB = "user.exported"


class TooManyDownloads(Refused):
    """The person took their data out several times within the hour."""


@transaction.atomic
def note_export(person: User, *, by: User | None) -> None:
    """Leave the audit row of one download. By a command (``by`` None) there is no limit.

    The audit trail is what is counted: it holds for every process, and a flushed cache opens nothing.

    Raises:
        TooManyDownloads: the fifth within an hour was the last.
    """
    if by is not None:
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        since = clock.now() - timedelta(hours=1)
        lately = AuditEntry.objects.filter(object_type="accounts.user", object_id=person.pk, verb=VERB, at__gt=since)
        if lately.count() >= MOST_AN_HOUR:
            raise TooManyDownloads(
                "You have downloaded your data several times within this hour. Try again in an hour."
            )
    record(VERB, person, by=by, fields=["privacy", "json"])
