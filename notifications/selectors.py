"""Reading the outbox: what a person was sent, and how delivery stands."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from core import clock
from notifications.models import Item, ItemState, Kind, Message, Refusal, State, Wording

WAITING = (State.PENDING, State.CLAIMED)
STUCK = (State.FAILED, State.PARKED)
WITHHELD = "You have turned this kind of mail off."  # why a mail to somebody who refuses its kind is cancelled


def inbox(user: User) -> QuerySet[Message]:
    """The mail that was sent to ``user``, newest first. Sign-in codes and links are not kept for reading again.

    What was not mailed because the person has turned its kind off stands among it, by when it would have left: those
    rows have no ``sent_at``. It is the person's own mail for staff too: ``visible_to`` shows them every row, and this is
    not the place for that.
    """
    there = Q(state=State.SENT) | Q(state=State.CANCELLED, reason=WITHHELD)
    found = Message.objects.visible_to(user).filter(there, recipient=user).exclude(kind=Kind.SIGN_IN)
    return found.order_by(Coalesce("sent_at", "not_before").desc(), "-pk")


def refused_kinds(user: User) -> set[str]:
    """The kinds of mail that ``user`` has turned off."""
    return set(Refusal.objects.filter(user=user).values_list("kind", flat=True))


def newest_wordings() -> QuerySet[Wording]:
    """The newest version of every wording."""
    versions = Wording.objects.filter(code=OuterRef("code")).order_by("-version").values("version")
    return Wording.objects.filter(version=Subquery(versions[:1]))


def counts_by_state() -> dict[str, int]:
    """How many rows are in each state, every state named; one query."""
    found = Counter(dict(Message.objects.order_by().values_list("state").annotate(Count("pk"))))
    return {state: found[state] for state in State}


def oldest_waiting() -> Message | None:
    """The row that should have left first and has not."""
    due = Message.objects.filter(state__in=WAITING, not_before__lte=clock.now())
    return due.order_by("not_before", "pk").first()


def stuck() -> QuerySet[Message]:
    """What failed or is parked for a person, newest first; each row says why."""
    return Message.objects.filter(state__in=STUCK).order_by("-pk")


def newest_failed(
    topics: Iterable[str] = (), *, prefix: str = "", useful_at: datetime | None = None
) -> dict[str, Message]:
    """Topic -> its newest request, where that one was refused for good; one query. A later one that is under way is no failure.

    ``prefix`` instead of topics: of all that begin with it. ``useful_at``: those alone whose time has not passed by then.
    """
    about = Q(topic__startswith=prefix) if prefix else Q(topic__in=list(topics))
    later = Message.objects.filter(topic=OuterRef("topic"), kind=Kind.INVITATION, pk__gt=OuterRef("pk"))
    failed = Message.objects.filter(about, ~Exists(later), kind=Kind.INVITATION, state=State.FAILED)
    if useful_at is not None:
        failed = failed.filter(Q(not_after=None) | Q(not_after__gte=useful_at))
    return {message.topic: message for message in failed.order_by("pk")}


def to_send_again() -> QuerySet[Message]:
    """What failed and would still be of use, in the order of its rows."""
    useful = Q(not_after=None) | Q(not_after__gte=clock.now())
    return Message.objects.filter(useful, state=State.FAILED).order_by("pk")


def count_addresses(found: QuerySet[Message]) -> int:
    """To how many different addresses these mails go."""
    return found.order_by().values(address_once=Lower("address")).distinct().count()


def is_too_late(message: Message) -> bool:
    """Whether the sender would let it expire instead of sending it."""
    return message.not_after is not None and message.not_after < clock.now()


def fingerprint(ids: Iterable[int]) -> str:
    """What tells one list of rows from another: what was looked at is what is acted upon."""
    return hashlib.sha256(",".join(str(pk) for pk in sorted(ids)).encode()).hexdigest()


def lines_there(keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` that are lines of a mail already. Pass some hundred at most."""
    return set(Item.objects.filter(key__in=keys).exclude(state=ItemState.CANCELLED).values_list("key", flat=True))


def due_within(length: timedelta) -> QuerySet[Message]:
    """What is waiting and due before ``length`` from now, in the order of leaving."""
    return Message.objects.filter(state=State.PENDING, not_before__lte=clock.now() + length).order_by(
        "not_before", "pk"
    )
