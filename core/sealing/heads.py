"""The head of the chain, told where the database is not: a line in the log, a file under ``VAR_DIR``, a mail.

Who cuts the chain's tail, or makes it anew with a stolen key, cannot reach what was told outside.
"""

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from core import chain, clock
from core.models import AuditSeal, Heartbeat
from core.sealing.rows import Broken, read
from core.services import beat

logger = logging.getLogger("audit.head")

HEAD_BEAT = "audit-head"
HOUR = timedelta(hours=1)
FILE = "audit-head"
HIGHEST = 2**63 - 1


class HeadUnreadable(ValueError):
    """A head that cannot be read. The message says what one looks like."""


@dataclass(frozen=True)
class Head:
    """The last seal, as it is told and remembered: ``str()`` of it is “120:9f2c…”."""

    sequence: int
    mac: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.mac}"

    def stands(self) -> bool:
        """Whether the chain still holds this seal. One query, by key."""
        found = read(AuditSeal.objects.filter(sequence=self.sequence), ("sequence", "mac"))
        return any(not isinstance(row, Broken) and chain.is_same(row[1], self.mac) for row in found)


@dataclass(frozen=True)
class Told:
    """What an hour's telling found. ``lost`` says what is wrong where the chain no longer holds what was told before."""

    head: Head | None
    at: datetime
    lost: str = ""


def parse_head(text: str) -> Head:
    """The head that ``str(head)`` wrote.

    Raises:
        HeadUnreadable: it is none.
    """
    number, _, mac = text.strip().partition(":")
    is_number = number.isascii() and number.isdigit() and 0 < len(number) < 19
    is_mac = len(mac) == 64 and set(mac) <= set("0123456789abcdef")
    if not (is_number and is_mac):
        raise HeadUnreadable(
            "A head is a number, a colon and 64 letters and digits: 120:9f2c… (see manage.py audit_head)."
        )
    return Head(int(number), mac)


def head() -> Head | None:
    """The last seal; None where nothing is sealed."""
    # The bound is for SQLite, which sorts a text behind every number.
    seals = AuditSeal.objects.filter(sequence__lte=HIGHEST).order_by("-sequence")
    found = read(seals[:1], ("sequence", "mac"))
    if not found:
        return None
    return Head(found[0].pk, "") if isinstance(found[0], Broken) else Head(found[0][0], str(found[0][1]))


def noted_head() -> Head | None:
    """The head that this machine's file remembers; None where there is no file.

    Raises:
        HeadUnreadable: the file holds something else.
    """
    try:
        words = _file().read_text(encoding="ascii", errors="replace").split()
    except FileNotFoundError:
        return None
    return parse_head(words[0] if words else "")


def tell_head() -> Told | None:
    """Tell the head outside, once an hour; None where it is not time yet.

    A chain that no longer holds what was told before is not told anew: that would cover the traces. It is said in the log,
    every time, and the part “audit-head” falls silent on the status page, until a person runs ``manage.py audit_head --accept``.
    """
    now = clock.now()
    if Heartbeat.objects.filter(name=HEAD_BEAT, beat_at__gt=now - HOUR, beat_at__lte=now).exists():
        return None
    last = head()
    if lost := _lost():
        logger.critical("%s Run manage.py verify_audit.", lost)
        return Told(last, now, lost)
    if last is not None:
        _note(last, now)
        logger.info("The head of the audit trail is %s at %s.", last, now.isoformat(timespec="seconds"))
    beat(HEAD_BEAT)
    return Told(last, now)


def _lost() -> str:
    """What is wrong with the head that this machine remembers; empty where nothing is."""
    try:
        before = noted_head()
    except HeadUnreadable:
        return f"The file {FILE}, which remembers the head of the audit trail, cannot be read."
    if before is None or before.stands():
        return ""
    return f"The audit trail no longer holds the head {before}, which was told before."


def accept_head() -> Head | None:
    """Remember the present head in the file whatever stood there, after a person has looked; None: forget it."""
    last = head()
    if last is None:
        _file().unlink(missing_ok=True)
    else:
        _note(last, clock.now())
    logger.warning("A person accepted %s as the head of the audit trail.", last or "an empty chain")
    return last


def _note(last: Head, now: datetime) -> None:
    """Whole or not at all, whoever reads or dies meanwhile."""
    fresh = _file().with_name(f"{FILE}.{os.getpid()}")
    fresh.write_text(f"{last} {now.astimezone(UTC).isoformat(timespec='seconds')}\n", encoding="ascii")
    fresh.replace(_file())


def _file() -> Path:
    return Path(settings.VAR_DIR) / FILE
