"""An address that refuses mail for good: the person's account is flagged and staff are told, once an address."""

from accounts.models import Role, User
from accounts.services import note_bounce
from notifications.models import Kind, Message
from notifications.services.outbox import Draft, enqueue_all


def note(message: Message) -> None:
    """Flag the address and tell staff. Mail to staff themselves that bounces tells nobody by mail; the status page does."""
    person = message.recipient
    if person is not None:
        note_bounce(person)
    if person is not None and person.is_staff:
        return
    enqueue_all(
        Draft(
            kind=Kind.ALERT,
            key=f"bounce:{message.address}:{staff.pk}",
            subject=f"Mail to {message.address} is refused",
            to=staff,
            template="bounce",
            context={
                "address": message.address,
                "reason": message.reason,
                "about": message.subject,
                "link": {"page": "status"},
            },
        )
        for staff in User.objects.filter(role=Role.STAFF, is_active=True)
    )
