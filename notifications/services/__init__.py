"""The outbox: writing mail (``outbox``, reminders in ``digests``), taking it back (``cancelling``), claiming it (``claims``),
rendering it (``rendering``), sending it (``delivery``), and what a person decides about it (``verdicts``)."""

from notifications.services.cancelling import cancel, cancel_by_key
from notifications.services.delivery import send_due
from notifications.services.digests import Line, cancel_lines, enqueue_lines
from notifications.services.outbox import Draft, enqueue, enqueue_all, message_id_for
from notifications.services.rendering import Rendered, preview, render
from notifications.services.verdicts import TooLate, VerdictRefused, drop, mark_as_sent, send_again, send_failed_again

__all__ = [
    "Draft",
    "Line",
    "Rendered",
    "TooLate",
    "VerdictRefused",
    "cancel",
    "cancel_by_key",
    "cancel_lines",
    "drop",
    "enqueue",
    "enqueue_all",
    "enqueue_lines",
    "mark_as_sent",
    "message_id_for",
    "preview",
    "render",
    "send_again",
    "send_due",
    "send_failed_again",
]
