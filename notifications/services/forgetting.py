"""Taking a person out of the outbox: what waits is cancelled, and of what was written only kind, state and dates stay."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.services.forgetting import removed_address
from core.refusals import Refused
from notifications.models import Item, Message, Refusal, State
from notifications.services.digests import cancel_lines

REASON = "The person was removed."
GONE = "Removed"
UNSENT = [State.PENDING, State.FAILED, State.PARKED]


class BeingSent(Refused):
    """A mail to the person is on its way this moment."""


@transaction.atomic
def forget(person: User, addresses: Iterable[str]) -> int:
    """Cancel what waits for ``person`` or one of ``addresses``, blank all of it, and return how many mails there were.

    Raises:
        BeingSent: a sender has begun with one; what it says of it may not be lost.
    """
    to = Q(recipient=person)
    for address in addresses:
        to |= Q(address__iexact=address)
    mails = Message.objects.filter(to)
    list(mails.filter(state__in=[*UNSENT, State.CLAIMED]).select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if mails.filter(state=State.CLAIMED, smtp_started_at__isnull=False).exists():
        raise BeingSent("A mail to this person is being sent this moment. Try again in ten minutes.")
    cancel_lines(Item.objects.filter(message__in=mails), reason=REASON)
    mails.filter(Q(state__in=UNSENT) | Q(state=State.CLAIMED)).update(
        state=State.CANCELLED, reason=REASON, token=None, lease_until=None
    )
    Refusal.objects.filter(user=person).delete()
    return _blank(mails, person)


def _blank(mails: QuerySet[Message], person: User) -> int:
    pks = list(mails.values_list("pk", flat=True))
    found = Message.objects.filter(pk__in=pks)
    Item.objects.filter(message__in=pks).update(subject=GONE, context={})
    Item.objects.filter(message__in=pks, reason__contains="@").update(reason=REASON)
    found.filter(reason__contains="@").update(reason=REASON)  # what a relay said may quote the address
    return found.update(
        address=removed_address(person.public_id), subject=GONE, template="", context={}, text="", html=""
    )
