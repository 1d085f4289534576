"""The relay of the simulation: takes every mail and remembers it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.test.utils import override_settings

from core import clock


@dataclass(frozen=True)
class Delivered:
    """One delivered message, as its receiver sees it."""

    address: str
    kind: str
    subject: str
    text: str
    message_id: str
    at: datetime


taken: list[Delivered] = []


class RecordingBackend(BaseEmailBackend):
    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        for mail in email_messages:
            taken.append(
                Delivered(
                    address=mail.to[0],
                    kind=mail.extra_headers["X-Mail-Kind"],
                    subject=mail.subject,
                    text=mail.body,
                    message_id=mail.extra_headers["Message-ID"],
                    at=clock.now(),
                )
            )
        return len(email_messages)


@contextmanager
def recording() -> Iterator[list[Delivered]]:
    """Deliver into a list, and into nothing else, for the length of a ``with`` block.

    In debug Django would also keep a log of the queries, at the price of almost as many further ones on SQLite: not here.
    """
    taken.clear()
    with override_settings(
        DELIVERY_EMAIL_BACKEND="simulation.relay.RecordingBackend", NUDGE_SENDER=False, RELAY_LOG="", DEBUG=False
    ):
        yield taken
