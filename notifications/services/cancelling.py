"""Taking mail back because what it is about is settled."""

from django.db.models import Q

from accounts.models import User
from notifications.models import Item, Message, State
from notifications.services.digests import cancel_lines


def cancel(topic: str, *, reason: str, recipient: User | None = None, below: bool = False) -> int:
    """Cancel the waiting mail and the reminders about ``topic``; what is being sent or was sent stays.

    With ``below``, all whose topic begins with it: a topic names the widest thing first, so it ends with its colon. With
    ``recipient``, only what is written to that person. Returns how many mails and lines.
    """
    about = Q(topic__startswith=topic) if below else Q(topic=topic)
    mails, lines = Message.objects.filter(about, state=State.PENDING), Item.objects.filter(about)
    if recipient is not None:
        mails, lines = mails.filter(recipient=recipient), lines.filter(message__recipient=recipient)
    return mails.update(state=State.CANCELLED, reason=reason) + cancel_lines(lines, reason=reason)


def cancel_by_key(start: str, *, reason: str) -> int:
    """Cancel the waiting mail and the reminders whose key begins with ``start``. Returns how many."""
    mails = Message.objects.filter(dedupe_key__startswith=start, state=State.PENDING)
    lines = cancel_lines(Item.objects.filter(key__startswith=start), reason=reason)
    return lines + mails.update(state=State.CANCELLED, reason=reason)
