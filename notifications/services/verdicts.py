"""What staff decide about mail that the sender could not settle by itself."""

from django.db import transaction

from accounts.models import User
from core import clock
from core.refusals import Refused
from core.services import record, record_all
from notifications.models import Message, State
from notifications.selectors import fingerprint, is_too_late, to_send_again

CHUNK = 500  # rows in one transaction, so that a sender never waits long for one of them


class VerdictRefused(Refused):
    """The mail is no longer in a state in which this can be decided."""


class TooLate(VerdictRefused):
    """The mail is of no use any more: the sender would let it expire."""


@transaction.atomic
def send_again(message: Message, *, by: User) -> None:
    """Put a failed or parked mail back into the queue; it goes under the same Message-ID.

    Raises:
        VerdictRefused: it is neither failed nor parked any more.
        TooLate: the time until which it was of use has passed.
    """
    if is_too_late(message):
        raise TooLate(
            f"“{message}” is too late: what it says has passed. Give it up, and write to the person yourself."
        )
    _decide(message, {State.FAILED, State.PARKED}, by, state=State.PENDING, reason="", not_before=clock.now())


def send_failed_again(*, seen: str, by: User) -> int:
    """Put every failed mail that is still of use back into the queue; return how many.

    ``seen`` is the ``selectors.fingerprint`` of the list that the person looked at. Some hundred rows a transaction: of
    two people who press at once each mail is decided by one.

    Raises:
        VerdictRefused: the list is another one by now.
    """
    ids = list(to_send_again().values_list("pk", flat=True))
    if fingerprint(ids) != seen:
        raise VerdictRefused("Other mail has failed, or was decided about, meanwhile. Look at the list again.")
    return sum(_put_back(ids[start : start + CHUNK], by) for start in range(0, len(ids), CHUNK))


@transaction.atomic
def _put_back(ids: list[int], by: User) -> int:
    found = list(Message.objects.select_for_update().filter(pk__in=ids, state=State.FAILED).order_by("pk"))
    again = {"state": State.PENDING, "reason": "", "smtp_started_at": None, "not_before": clock.now()}
    Message.objects.filter(pk__in=[message.pk for message in found]).update(**again)
    record_all(f"message.{State.PENDING}", found, by=by, from_state=State.FAILED, to_state=State.PENDING)
    return len(found)


@transaction.atomic
def mark_as_sent(message: Message, *, by: User) -> None:
    """Note that a parked mail had left after all, as the relay's log or its reader says.

    Raises:
        VerdictRefused: it is not parked any more.
    """
    _decide(message, {State.PARKED}, by, state=State.SENT, reason="", sent_at=clock.now())


@transaction.atomic
def drop(message: Message, *, by: User) -> None:
    """Give a failed or parked mail up.

    Raises:
        VerdictRefused: it is neither failed nor parked any more.
    """
    _decide(message, {State.FAILED, State.PARKED}, by, state=State.CANCELLED, reason="Given up by staff.")


def _decide(message: Message, allowed: set[str], by: User, *, state: str, **changes: object) -> None:
    before = message.state
    found = Message.objects.filter(pk=message.pk, state__in=allowed)
    if not found.update(state=state, smtp_started_at=None, **changes):
        raise VerdictRefused("This mail has changed meanwhile. Reload the list to see how it stands.")
    record(f"message.{state}", message, by=by, from_state=before, to_state=state)
    message.refresh_from_db()
