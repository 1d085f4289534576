"""The cast's session of two days, 11 and 12 July 2024 in Alexandria."""

from datetime import UTC, datetime

import pytest

from core import clock
from practices.models import Member
from sessions_app import services
from sessions_app.models import SessionDay

FIRST_DAY = datetime(2024, 7, 11, 20, 0, tzinfo=UTC)
AFTERWARDS = datetime(2024, 7, 15, 15, 0, tzinfo=UTC)


@pytest.fixture
def session(cast):
    return services.schedule_session(cast.session, mode="in_person")


@pytest.fixture
def afterwards(session):
    """The session is over."""
    with clock.at(AFTERWARDS):
        yield AFTERWARDS


def days_of(session) -> list[SessionDay]:
    return list(session.days.select_related("session__milestone").order_by("offset_days"))


def member_of(user) -> Member:
    return Member.objects.get(user=user)
