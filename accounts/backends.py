"""Where sessions are kept: as Django does, with a row that says whose it is, so that people can see and end their own."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import BrowserSession
from accounts.services import sessions


class SessionStore(DatabaseStore):
    """Named by ``SESSION_ENGINE``. The columns repeat what is in the session: Django reads that, pages read the columns."""

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row = super().create_model_instance(data)
        if SESSION_KEY in data:
            row.user_id = int(data[SESSION_KEY])
            row.browser = data.get(sessions.BROWSER, "")
            row.began_at, row.last_seen_at = (_moment(data.get(key)) for key in (sessions.BEGAN, sessions.SEEN))
        return row


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
