"""Whether the parts that must keep running do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from core.models import Heartbeat
from core.sealing import HEAD_BEAT, SEALER_BEAT

SENDER, SWEEP = "sender", "sweep"
# The parts that leave a mark each time they run, and what they are for.
PARTS = {
    SWEEP: "Sweep: plans reminders",
    SENDER: "Sender: delivers mail",
    SEALER_BEAT: "Sealer: chains the audit trail",
}
# Parts that an installation may have besides. A backup is made once a day; the head is told once an hour, and no more once
# the trail does not hold what was told before.
OTHERS = {
    "backup": "Backup: copies the database",
    HEAD_BEAT: "Audit head: told outside, while the trail fits",
    "retention": "Retention: removes what is kept no longer, every night while it is on",
}
PATIENCE = {"backup": timedelta(hours=26), HEAD_BEAT: timedelta(hours=3), "retention": timedelta(hours=26)}
SILENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Beat:
    """One part; ``beat_at`` is None where it has never run. ``is_silent``: it should have run again by now."""

    name: str
    words: str
    beat_at: datetime | None
    is_silent: bool


def beats(*, now: datetime) -> list[Beat]:
    """Every part that should run and every other that once did. One query."""
    seen = dict(Heartbeat.objects.order_by("name").values_list("name", "beat_at"))
    return [_beat(name, seen.get(name), now) for name in [*PARTS, *sorted(set(seen) - set(PARTS))]]


def sender_beat(*, now: datetime) -> Beat:
    """The sender alone. One query, by key."""
    return _beat(SENDER, Heartbeat.objects.filter(name=SENDER).values_list("beat_at", flat=True).first(), now)


def _beat(name: str, beat_at: datetime | None, now: datetime) -> Beat:
    """What has never run is silent: an installation on which nothing was started mails nothing."""
    patience = PATIENCE.get(name, max(SILENCE, timedelta(seconds=3 * settings.SWEEP_SECONDS)))
    words = (PARTS | OTHERS).get(name, name)
    return Beat(name, words, beat_at, is_silent=beat_at is None or now - beat_at > patience)
