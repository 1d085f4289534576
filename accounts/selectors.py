"""Reads on people and their access links."""

from datetime import datetime
from enum import Enum

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from accounts.models import AccessLink, BrowserSession, User
from core import clock


class LinkState(Enum):
    """How an access link stands, with the sentence for the person who opens it once it has ended."""

    OPEN = ""
    USED = "This link was used already. Sign in, or ask for a new link."
    REVOKED = "This link was replaced by a newer one. Use the newest mail, or ask for a new link."
    EXPIRED = "This link has expired. Ask for a new one."


def state_of(link: AccessLink) -> LinkState:
    """The standing of ``link`` now."""
    if link.used_at:
        return LinkState.USED
    if link.revoked_at or not link.user.is_active:
        return LinkState.REVOKED
    return LinkState.OPEN if link.expires_at > clock.now() else LinkState.EXPIRED


def is_address_used(email: str) -> bool:
    """Whether ``email`` signs somebody in, or is a verified further address of somebody, without regard to case."""
    return (
        User.objects.filter(email__iexact=email).exists()
        or EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    )


def person_of(email: str) -> User | None:
    """Who signs in with ``email`` (without regard to case), or owns it as a verified further address."""
    owned = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    return User.objects.filter(Q(email__iexact=email) | Q(pk__in=owned)).order_by("pk").first()


def browsers_of(user: User, *, seen_since: datetime, began_since: datetime) -> QuerySet[BrowserSession]:
    """Where ``user`` is signed in, the latest used first; without what has ended since by the limits of a session."""
    mine = BrowserSession.objects.filter(user=user, last_seen_at__gte=seen_since, began_at__gte=began_since)
    return mine.defer("session_data").order_by("-last_seen_at", "session_key")
