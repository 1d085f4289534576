"""Requests by mail that did not arrive: the outbox is asked by topic, for it knows nothing of letters and words to attend."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from applications.models import AttendanceCommitment, Letter
from notifications.models import Message
from notifications.selectors import newest_failed

Asked = Letter | AttendanceCommitment


@dataclass(frozen=True)
class Undelivered:
    """The last mail to whoever was asked was refused for good."""

    address: str
    at: datetime
    message: Message


def topic_of(asked: Asked) -> str:
    """What the mail about one request is found and cancelled by."""
    return f"{asked.PURPOSE}:{asked.pk}"


def undelivered(rows: Iterable[Asked]) -> dict[int, Undelivered]:
    """Key of a row -> what became of its mail, where the last one could not be delivered; at most one query.

    Pass rows of one model.
    """
    topics = {topic_of(row): row.pk for row in rows}
    if not topics:
        return {}
    return {topics[topic]: _words(message) for topic, message in newest_failed(topics).items()}


def _words(message: Message) -> Undelivered:
    return Undelivered(message.address, message.smtp_started_at or message.not_before, message)


def waiting_undelivered(now: datetime) -> list[tuple[Asked, Undelivered]]:
    """Every request whose mail was refused for good, that somebody still waits for and whose link still leads somewhere."""
    found: list[tuple[Asked, Undelivered]] = []
    for model, waits in ((Letter, {"done_at": None, "ended_at": None}), (AttendanceCommitment, {"confirmed_at": None})):
        failed = newest_failed(prefix=f"{model.PURPOSE}:", useful_at=now)
        keys = {int(topic.partition(":")[2]): message for topic, message in failed.items()}
        rows = model.objects.filter(pk__in=keys, **waits).select_related(
            "application__call__cohort", "application__enrollment__team__practice"
        )
        found += [(row, _words(keys[row.pk])) for row in rows.order_by("pk")]
    return found
