"""Kinds of mail that a person may turn off, for themselves alone. The rows stay in the inbox; only the mail is not sent.

Every mail of such a kind carries a link that turns it off without signing in. The link has no end and is not withdrawn:
people press it in old mail, mail programs press it for them, and all that it can do its owner sees and can undo.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock, links
from core.refusals import Refused
from core.services import record
from notifications.models import Kind, Message, Refusal, State
from notifications.selectors import WITHHELD

# What one misses without it, and under which name the mails themselves speak of it.
REFUSABLE = {
    Kind.REMINDER: _(
        "Mail before something is due, and when it is overdue. Without it you have to watch your dates yourself."
    ),
    Kind.NEWS: _("What staff write to everybody in a cohort. Without it you have to look into your inbox here."),
}
NAMES = {Kind.REMINDER: _("these reminders"), Kind.NEWS: _("this news")}
ALWAYS = {
    Kind.SIGN_IN: _("Codes and links for signing in: without them nobody could get into your account, you included."),
    Kind.INVITATION: _("Invitations to a team: each is sent once, because a colleague asked for it."),
    Kind.RECEIPT: _("Receipts: your proof of what arrived and when."),
    Kind.DECISION: _("Decisions on your application: you have to know them to act on them."),
    Kind.DEADLINE_MOVED: _("Dates that have changed: the date that you had noted is wrong from then on."),
    Kind.ALERT: _("What only staff get: mail that did not arrive, and other work."),
}


class RefusalRefused(Refused):
    """This kind of mail cannot be turned off."""


@transaction.atomic
def refuse(user: User, kind: str, *, by_link: bool = False) -> None:
    """Send ``user`` no more mail of ``kind``; doing it again changes nothing.

    Raises:
        RefusalRefused: the kind is one that everybody gets.
    """
    if kind not in REFUSABLE:
        raise RefusalRefused("This kind of mail cannot be turned off. Your mail preferences say why.")
    row, is_new = Refusal.objects.get_or_create(user=user, kind=kind, defaults={"refused_at": clock.now()})
    if is_new:
        record("user.mail_turned_off", user, by=user, by_link=by_link, fields=[row.kind])


@transaction.atomic
def allow(user: User, kind: str, *, by_link: bool = False) -> None:
    """Send ``user`` mail of ``kind`` again, from now on; what was withheld stays in the inbox."""
    if Refusal.objects.filter(user=user, kind=kind).delete()[0]:
        record("user.mail_turned_on", user, by=user, by_link=by_link, fields=[kind])


def withhold(batch: list[Message]) -> list[Message]:
    """Cancel those claimed mails whose reader has turned their kind off, and return the others.

    One query a batch, and one more where there is something to cancel.
    """
    may_be = [message for message in batch if message.kind in REFUSABLE and message.recipient_id]
    if not may_be:
        return batch
    readers = {message.recipient_id for message in may_be}
    refused = set(Refusal.objects.filter(user__in=readers).values_list("user_id", "kind"))
    held_back = {message.pk: message.token for message in may_be if (message.recipient_id, message.kind) in refused}
    if not held_back:
        return batch
    claimed = Message.objects.filter(pk__in=held_back, token__in=set(held_back.values()), state=State.CLAIMED)
    claimed.update(state=State.CANCELLED, reason=WITHHELD, token=None, lease_until=None)
    return [message for message in batch if message.pk not in held_back]


def key(kind: str) -> tuple[str, int]:
    """Purpose and generation of every link that turns ``kind`` off (``core.links``): there is nothing to withdraw."""
    return f"refuse-{kind}", 1


def refusal_url(message: Message) -> str:
    """The address that turns this mail's kind off for its reader; empty where the kind cannot be turned off."""
    if message.kind not in REFUSABLE or message.recipient is None:
        return ""
    purpose, generation = key(message.kind)
    token = links.token(purpose, message.recipient.pk, generation)
    return links.absolute("refuse", message.recipient.public_id, message.kind, token)


def headers(message: Message) -> dict[str, str]:
    """``List-Unsubscribe`` with one click (RFC 8058) for mail that its reader may turn off."""
    url = refusal_url(message)
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}


def always_sent_to(user: User) -> list[tuple[Kind, str]]:
    """The kinds of mail that ``user`` gets whether they like or not, each with the reason."""
    return [(kind, reason) for kind, reason in ALWAYS.items() if user.is_staff or kind != Kind.ALERT]
