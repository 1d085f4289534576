"""Reminders as lines of a mail: what falls on one person's same day is one mail.

A line is a row of its own, unique by its key for ever. It joins the mail of its person that was never started, waiting or
held by a sender (who may be dead: what it holds leaves when its lease has run out); only where there is none, a new one
is written. So after an outage everything that is still useful leaves in one mail a person. All of this happens under a
lock on the person's row: four sweeps at once neither deadlock nor write two mails.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from core import clock
from notifications.models import Item, ItemState, Kind, Message, State
from notifications.services.outbox import message_id_for, nudge

GATHERED = "reminders"  # the template of every mail that gathers
PAST_ITS_USE = "Its time had passed before it could be sent."
CHUNK = 400  # values in one query; SQLite takes a limited number
# What of a mail may still change: it waits, or a person decides about it, or it is claimed and not begun.
UNSENT = Q(message__state__in=[State.PENDING, State.FAILED, State.PARKED]) | Q(
    message__state=State.CLAIMED, message__smtp_started_at=None
)
# What a line may still join: the sender reads the lines of a mail after it has marked it as started.
JOINABLE = Q(state=State.PENDING) | Q(state=State.CLAIMED, smtp_started_at=None)
BEGUN = Q(message__state=State.CLAIMED, message__smtp_started_at__isnull=False)


@dataclass(frozen=True)
class Line:
    """A reminder before it is a row.

    ``key`` names it for ever (at most 200 characters); ``subject`` is the subject of its mail while it stands there alone.
    ``template`` names ``templates/mail/lines/<template>.txt``, one sentence; ``context`` is plain JSON as in
    ``outbox.Draft``. ``due_at`` and ``not_after`` are aware. ``topic`` is what cancels it.
    """

    key: str
    to: User
    topic: str
    subject: str
    template: str
    context: dict
    due_at: datetime
    not_after: datetime | None = None


def enqueue_lines(lines: Iterable[Line]) -> int:
    """Write the lines whose keys are not there yet, and reopen those that were cancelled and are wanted again.

    Returns how many. Pass at most some hundred at once: SQLite takes a limited number of values in a query.
    """
    by_key = {line.key: line for line in lines}
    wanted = _not_there(by_key)
    if not wanted:
        return 0
    with transaction.atomic():
        people = {line.to.pk for line in wanted}
        list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
        wanted = _not_there(by_key)
        waiting = _waiting_mails(people)
        _write(wanted, waiting)
        refresh([mail.pk for mail in waiting.values()])
        transaction.on_commit(nudge)
    return len(wanted)


def _not_there(by_key: dict[str, Line]) -> list[Line]:
    """Those to write, in the order of their keys. A cancelled line was never sent, so it may come back."""
    there = Item.objects.filter(key__in=by_key).exclude(state=ItemState.CANCELLED).values_list("key", flat=True)
    found = set(there)
    return [by_key[key] for key in sorted(by_key) if key not in found]


def _waiting_mails(people: Iterable[int]) -> dict[int, Message]:
    """The mail of each of these people that was never tried, by the person's key; locked."""
    mails = Message.objects.filter(JOINABLE, recipient__in=people, kind=Kind.REMINDER, template=GATHERED, attempts=0)
    # Locked in the order in which ``refresh`` locks them. Where there are two, the older counts.
    return {mail.recipient_id: mail for mail in reversed(list(mails.select_for_update().order_by("pk")))}


def _write(lines: list[Line], waiting: dict[int, Message]) -> None:
    """Write the lines into the mails that wait, and into new ones for whom there is none."""
    people = {line.to.pk: line.to for line in lines}
    closed = dict(Item.objects.filter(key__in=[line.key for line in lines]).values_list("key", "pk"))
    rows: dict[int, list[Item]] = defaultdict(list)
    for line in lines:
        rows[line.to.pk].append(_row(line, closed.get(line.key)))
    without = [people[pk] for pk in sorted(rows) if pk not in waiting]
    keys = _free_keys(without)
    new = Message.objects.bulk_create(_mail(person, keys[person.pk], rows[person.pk]) for person in without)
    mails = waiting | {mail.recipient_id: mail for mail in new}
    for pk, of_one in rows.items():
        for row in of_one:
            row.message = mails[pk]
    in_turn = sorted((row for of_one in rows.values() for row in of_one), key=lambda row: row.key)
    fresh, reopened = [row for row in in_turn if not row.pk], [row for row in in_turn if row.pk]
    Item.objects.bulk_create(fresh)
    Item.objects.bulk_update(
        reopened, ["message", "subject", "template", "context", "due_at", "not_after", "state", "reason"]
    )


def _row(line: Line, pk: int | None) -> Item:
    return Item(
        pk=pk,
        key=line.key,
        topic=line.topic,
        subject=" ".join(line.subject.split())[:250],
        template=line.template,
        context=line.context,
        due_at=line.due_at,
        not_after=line.not_after,
        state=ItemState.OPEN,
        reason="",
    )


def _free_keys(people: list[User]) -> dict[int, str]:
    """``day:<person>:<the person's own date>:<n>``, the first n that is free: a second mail of a day has news in it."""
    now, keys, open_for, number = clock.now(), {}, {person.pk: person for person in people}, 1
    while open_for:
        tried = {pk: f"day:{pk}:{now.astimezone(one.time_zone):%Y-%m-%d}:{number}" for pk, one in open_for.items()}
        taken = set(Message.objects.filter(dedupe_key__in=tried.values()).values_list("dedupe_key", flat=True))
        keys |= {pk: key for pk, key in tried.items() if key not in taken}
        open_for = {pk: one for pk, one in open_for.items() if tried[pk] in taken}
        number += 1
    return keys


def _mail(person: User, key: str, lines: list[Item]) -> Message:
    return Message(
        kind=Kind.REMINDER,
        dedupe_key=key,
        message_id=message_id_for(key),
        recipient=person,
        address=person.email,
        subject=subject_of(in_order(lines)),
        template=GATHERED,
        created_at=clock.now(),
        not_before=min(line.due_at for line in lines),
    )


def cancel_lines(found: QuerySet[Item], *, reason: str) -> int:
    """Take the open lines among ``found`` out of mail that has not been begun; mail that is left empty is cancelled.

    A mail that has been begun may have left, so its lines stay, with the reason noted: if it has not left after all,
    ``expire_lines`` ends them before it is tried again.
    """
    begun = found.filter(BEGUN, state=ItemState.OPEN).values_list("pk", flat=True)
    Item.objects.filter(pk__in=list(begun), state=ItemState.OPEN).update(reason=reason)
    return _end(found.filter(UNSENT), ItemState.CANCELLED, reason)


def expire_lines() -> int:
    """End the lines of mail that still waits which are no longer useful, or were settled while it was being sent.

    Returns how many.
    """
    waiting = Item.objects.filter(message__state=State.PENDING, state=ItemState.OPEN)
    reasons = set(waiting.exclude(reason="").order_by().values_list("reason", flat=True))
    settled = sum(_end(waiting.filter(reason=reason), ItemState.CANCELLED, reason) for reason in sorted(reasons))
    return settled + _end(waiting.filter(not_after__lt=clock.now()), ItemState.EXPIRED, PAST_ITS_USE)


@transaction.atomic
def _end(found: QuerySet[Item], state: str, reason: str) -> int:
    rows = found.filter(state=ItemState.OPEN).select_for_update(of=("self",)).order_by("pk")
    # By their mails, which are locked in that order below: two that end lines at once do not lock each other out.
    ended = sorted(rows.values_list("pk", "message"), key=lambda row: row[1])
    for first in range(0, len(ended), CHUNK):
        chunk = ended[first : first + CHUNK]
        Item.objects.filter(pk__in=[pk for pk, _ in chunk]).update(state=state, reason=reason)
        refresh({mail for _, mail in chunk}, reason=reason, emptied=state)
    return len(ended)


def refresh(mails: Iterable[int], *, reason: str = PAST_ITS_USE, emptied: str = ItemState.EXPIRED) -> None:
    """Bring waiting mails up to date with their lines: subject and moment, or the end of one that has none left."""
    waiting = Message.objects.filter(JOINABLE, pk__in=list(mails), template=GATHERED)
    held = list(waiting.select_for_update().order_by("pk"))
    lines, changed = defaultdict(list), []
    for item in Item.objects.filter(message__in=[mail.pk for mail in held], state=ItemState.OPEN):
        lines[item.message_id].append(item)
    for mail in held:
        if not lines[mail.pk]:
            ends = {ItemState.CANCELLED: State.CANCELLED, ItemState.EXPIRED: State.EXPIRED}
            Message.objects.filter(pk=mail.pk, state=State.PENDING).update(state=ends[emptied], reason=reason)
            continue
        subject, first = subject_of(in_order(lines[mail.pk])), min(item.due_at for item in lines[mail.pk])
        not_before = first if mail.attempts == 0 else mail.not_before
        if (subject, not_before) != (mail.subject, mail.not_before):
            mail.subject, mail.not_before = subject, not_before
            changed.append(mail)
    Message.objects.bulk_update(changed, ["subject", "not_before"], batch_size=100)


def in_order(items: Iterable[Item]) -> list[Item]:
    """As they stand in the mail: by their deadline, what is overdue first."""
    return sorted(items, key=lambda item: (item.context.get("due_at", ""), item.key))


def subject_of(items: list[Item]) -> str:
    """One line's own subject; with more, the first and how many others."""
    first = items[0].subject
    return first if len(items) == 1 else f"{first[:220]}, and {len(items) - 1} more"


def open_lines(mail: Message) -> list[Item]:
    """The lines that stand in a mail, in order; empty for a mail that does not gather."""
    return lines_of([mail]).get(mail.pk, [])


def lines_of(mails: Iterable[Message]) -> dict[int, list[Item]]:
    """The lines that stand in each of some mails, in order, by the mail's key."""
    gathering = [mail.pk for mail in mails if mail.template == GATHERED]
    found: dict[int, list[Item]] = defaultdict(list)
    if gathering:
        for item in Item.objects.filter(message__in=gathering, state=ItemState.OPEN).order_by():
            found[item.message_id].append(item)
    return {pk: in_order(lines) for pk, lines in found.items()}
