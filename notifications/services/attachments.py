"""What a mail brings with it: its dates, for the reader's calendar."""

from email import encoders
from email.mime.base import MIMEBase
from functools import lru_cache

from core.calendars import Event, calendar, event_from
from notifications.models import Item, Message


def dates_of(message: Message, lines: list[Item]) -> MIMEBase | None:
    """One ``.ics`` with every date under ``event`` in the contexts of a mail and its open lines; None without any.

    Of two states of one entry the later counts.

    Raises:
        ValueError, KeyError: what stands under ``event`` is none, or is in a zone that nobody knows.
    """
    found: dict[str, Event] = {}
    for context in (message.context, *(line.context for line in lines)):
        if "event" in context:
            event = event_from(context["event"])
            if event.uid not in found or found[event.uid].sequence < event.sequence:
                found[event.uid] = event
    if not found:
        return None
    return _part(_written(tuple(found.values())), "event.ics" if len(found) == 1 else "dates.ics")


@lru_cache(maxsize=64)
def _written(events: tuple[Event, ...]) -> bytes:
    """Kept, for the members of a team get the same."""
    return calendar(events)


def _part(content: bytes, name: str) -> MIMEBase:
    """In base64, so that no relay touches the line ends."""
    part = MIMEBase("text", "calendar", charset="utf-8", method="PUBLISH", name=name)
    part.set_payload(content)
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part
