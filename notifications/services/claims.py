"""Claiming rows with a lease and a fencing token, and settling the leases that ran out.

Every step is an UPDATE that names the row and the token, so a sender that was presumed dead and is not cannot overwrite
what its successor did. Leases use the database's clock; whether a mail is due is asked of the product's clock.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from core import clock
from notifications.models import Message, Policy, State
from notifications.services import digests

FREE = {"token": None, "lease_until": None}


class Fate(StrEnum):
    """What the relay's log says of a Message-ID."""

    DELIVERED = "delivered"
    NOT_SEEN = "not_seen"
    UNKNOWN = "unknown"


RelayLog = Callable[[str], Fate]


def expire() -> int:
    """Mark mails and lines that are no longer useful as expired, with the reason. Returns how many."""
    late = Message.objects.filter(state=State.PENDING, not_after__lt=clock.now())
    return late.update(state=State.EXPIRED, reason=digests.PAST_ITS_USE) + digests.expire_lines()


def claim(limit: int) -> list[Message]:
    """Claim up to ``limit`` due rows for this sender, oldest first."""
    token = uuid.uuid4()
    due = Message.objects.filter(state=State.PENDING, not_before__lte=clock.now()).order_by("not_before", "id")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:limit])
        if not ids:
            return []
        Message.objects.filter(pk__in=ids, state=State.PENDING).update(
            state=State.CLAIMED, token=token, lease_until=Now() + _lease(), smtp_started_at=None
        )
    return list(Message.objects.filter(token=token).select_related("recipient").order_by("not_before", "id"))


def _lease() -> timedelta:
    return timedelta(seconds=settings.MAIL_LEASE_SECONDS)


def _held(message: Message) -> QuerySet[Message]:
    return Message.objects.filter(pk=message.pk, state=State.CLAIMED, token=message.token)


def start(message: Message) -> bool:
    """Note, before the first byte leaves, that sending has started. False if the claim is no longer ours."""
    return bool(start_all([message]))


def start_all(messages: list[Message]) -> list[Message]:
    """Note that sending of these, all of one claim, has started, in one commit. Returns those that are still ours."""
    ours = Message.objects.filter(
        pk__in=[message.pk for message in messages], state=State.CLAIMED, token=messages[0].token
    )
    with transaction.atomic():
        # In the order in which lines that join a mail lock it: neither waits for the other for ever.
        held = set(ours.select_for_update().order_by("pk").values_list("pk", flat=True))
        ours.update(smtp_started_at=Now(), attempts=F("attempts") + 1, lease_until=Now() + _lease())
    return [message for message in messages if message.pk in held]


def finish(message: Message) -> bool:
    """Note that the relay took the mail; bodies with a code for signing in are erased now."""
    bodies = {"text": "", "html": ""} if message.erase_when_sent else {}
    return bool(_held(message).update(state=State.SENT, sent_at=clock.now(), **FREE, **bodies))


def fail(message: Message, reason: str) -> bool:
    """The address or the mail was refused for good."""
    return bool(_held(message).update(state=State.FAILED, reason=reason[:250], **FREE))


def give_up(message: Message, reason: str) -> bool:
    """Cancel a claimed mail that has become needless before it was started."""
    return bool(_held(message).update(state=State.CANCELLED, reason=reason[:250], **FREE))


def put_back(message: Message, *, wait: timedelta = timedelta(0)) -> bool:
    """Return a claimed row to the queue, to be tried again no sooner than ``wait`` from now."""
    again = max(message.not_before, clock.now() + wait)
    return bool(_held(message).update(state=State.PENDING, not_before=again, smtp_started_at=None, **FREE))


def settle(message: Message, fate: Fate, *, wait: timedelta = timedelta(0)) -> None:
    """Decide what becomes of a started mail whose end nobody saw; ``wait`` before it is tried again, if it is."""
    row = _held(message)
    if fate == Fate.DELIVERED:
        finish(message)
    elif fate == Fate.NOT_SEEN or message.policy == Policy.REPEAT:
        put_back(message, wait=wait)
    else:
        row.update(
            state=State.PARKED, reason="Nobody can say whether it left. Send it again, or mark it as sent.", **FREE
        )


def recover(relay_log: RelayLog | None) -> int:
    """Settle every lease that ran out: not started goes back, started is asked of the relay's log. Returns how many."""
    lost = _seize_lost()
    for message in lost:
        if message.smtp_started_at is None:
            put_back(message)
        else:
            settle(message, relay_log(message.message_id) if relay_log else Fate.UNKNOWN)
    return len(lost)


def _seize_lost() -> list[Message]:
    """Take over the claims whose lease ran out. A holder who was only slow finds from now on that he lost them.

    Without that he could start sending between our look at his lease and our verdict, and the mail would go twice.
    """
    token = uuid.uuid4()
    lost = Message.objects.filter(state=State.CLAIMED, lease_until__lt=Now()).order_by("pk")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            lost = lost.select_for_update(skip_locked=True)  # who is locked is being renewed, or seized by another
        ids = list(lost.values_list("pk", flat=True))
        if not ids:
            return []
        Message.objects.filter(pk__in=ids).update(token=token, lease_until=Now() + _lease())
    return list(Message.objects.filter(token=token).order_by("pk"))
