"""Writing mail into the outbox, and taking it back.

A draft becomes a row at most once: the key is unique, so planning the same mail
twice, late, or from four processes at a time leaves one row.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from core import clock
from core.services import wake
from notifications.models import Kind, Message, Policy

# A decision letter must never arrive twice; everything else may, under the same Message-ID.
POLICIES = {Kind.DECISION: Policy.PARK}


@dataclass(frozen=True)
class Draft:
    """A mail before it is a row.

    ``key`` names the mail for ever (at most 200 characters). ``to`` or ``address`` says who gets it. ``template`` names
    ``templates/mail/<template>.txt`` and ``.html``; ``context`` is plain JSON. A link in the context is
    ``{"page": url name, "args": [...]}`` and is made absolute at delivery; with ``"purpose"``, ``"row"`` and ``"generation"`` in
    it, the token derived from them becomes its last argument. ``topic`` groups what is cancelled together.
    """

    kind: str
    key: str
    subject: str
    to: User | None = None
    address: str = ""
    template: str = ""
    context: dict = field(default_factory=dict)
    text: str = ""
    html: str = ""
    topic: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    erase_when_sent: bool = False


def message_id_for(key: str) -> str:
    """The Message-ID of a key: the same for every attempt, known before the first."""
    host = settings.SITE_URL.partition("://")[2].partition(":")[0]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def enqueue(draft: Draft) -> bool:
    """Write one mail; False if its key is there already."""
    return enqueue_all([draft]) == 1


def enqueue_all(drafts: Iterable[Draft]) -> int:
    """Write the mails whose keys are not there yet, in the order of their keys, and return how many were new.

    The order matters: four concurrent sweeps over unsorted keys deadlock.
    """
    now = clock.now()
    rows = sorted((_row(draft, now) for draft in drafts), key=lambda row: row.dedupe_key)
    if not rows:
        return 0
    keys = [row.dedupe_key for row in rows]
    with transaction.atomic():
        there = Message.objects.filter(dedupe_key__in=keys).count()
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        written = Message.objects.filter(dedupe_key__in=keys).count() - there
        transaction.on_commit(nudge)
    return written


def _row(draft: Draft, now: datetime) -> Message:
    return Message(
        kind=draft.kind,
        policy=POLICIES.get(draft.kind, Policy.REPEAT),
        dedupe_key=draft.key,
        message_id=message_id_for(draft.key),
        topic=draft.topic,
        recipient=draft.to,
        address=draft.to.email if draft.to else draft.address,
        subject=" ".join(draft.subject.split())[:250],
        template=draft.template,
        context=draft.context,
        text=draft.text,
        html=draft.html,
        erase_when_sent=draft.erase_when_sent,
        created_at=now,
        not_before=draft.not_before or now,
        not_after=draft.not_after,
    )


def nudge() -> None:
    """Wake the sender after a commit, as well as may be. Losing the nudge is harmless: the sweep comes every minute."""
    wake("notifications.send_due")
