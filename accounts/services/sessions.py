"""How long somebody stays signed in: so long without a sign of life, and so long altogether.

The two moments live in the session itself, as seconds since 1970. Every request is a sign of life except asking how
much time is left; so is typing, which a page reports every two minutes.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from accounts.models import BrowserSession, User
from core.services import record

BEGAN, SEEN, BROWSER = "signed_in_at", "last_seen_at", "browser"
EVERY = 30  # seconds between two notes of a sign of life, so that not every request writes the session


@dataclass(frozen=True)
class Remaining:
    """Seconds until the session ends if nothing happens; negative when it is over. ``can_be_extended`` by a sign of life."""

    seconds: int
    can_be_extended: bool

    @property
    def is_over(self) -> bool:
        return self.seconds < 0


def limits_for(user: User) -> tuple[int, int]:
    """(idle, altogether) in seconds."""
    return settings.SESSION_LIMITS["staff" if user.is_staff else "others"]


def remaining(session: SessionBase, user: User, *, now: datetime) -> Remaining:
    """How long the session still lasts. A session without the two moments begins now."""
    moment = int(now.timestamp())
    idle, altogether = limits_for(user)
    until_idle = session.get(SEEN, moment) + idle - moment
    until_end = session.get(BEGAN, moment) + altogether - moment
    return Remaining(min(until_idle, until_end), can_be_extended=until_idle < until_end and until_end > 0)


def note_life(session: SessionBase, *, now: datetime, browser: str = "") -> None:
    """A sign of life; written at most every half minute. The first one says in which browser."""
    moment = int(now.timestamp())
    if BEGAN not in session:
        session[BEGAN], session[BROWSER] = moment, browser
    if moment - session.get(SEEN, 0) >= EVERY:
        session[SEEN] = moment


def end_sessions(user: User, *, keep: str = "") -> int:
    """Sign ``user`` out in every browser but the one whose session has the key ``keep``; return in how many."""
    count, _ = BrowserSession.objects.filter(user=user).exclude(session_key=keep).delete()
    return count


@transaction.atomic
def sign_out_elsewhere(user: User, *, keep: str, by: User) -> int:
    """As ``end_sessions``, for the person who asked for it."""
    count = end_sessions(user, keep=keep)
    if count:
        record("user.signed_out_elsewhere", user, by=by)
    return count
