"""What every page shows of the machinery."""

from django.db import Error as AnyDatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from core import clock, wording
from dashboards import permissions
from dashboards.selectors.machinery import sender_beat


def system_banner(request: HttpRequest) -> dict[str, object]:
    """For staff a sentence on every page while no mail is sent: a mail cannot say that mail is dead.

    One query by key, and only where a template asks; nothing for anybody else.
    """
    return {"SYSTEM_BANNER": SimpleLazyObject(lambda: _words(request))}


def _words(request: HttpRequest) -> str:
    # A page of an error may be made before anybody knows who is asking.
    user = getattr(request, "user", None)
    if user is None or not permissions.can_see_status(user):
        return ""
    now = clock.now()
    try:
        beat = sender_beat(now=now)
    except AnyDatabaseError:  # this may be the very page that says so
        return ""
    if not beat.is_silent:
        return ""
    if beat.beat_at is None:
        return _("No mail is being sent: the sender has not run yet.")
    return _("No mail is being sent: the sender was last seen {ago}.").format(ago=wording.time_left(beat.beat_at, now))
