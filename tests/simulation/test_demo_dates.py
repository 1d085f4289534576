"""Whatever today is, the demonstration's two cohorts stand where a visitor finds something."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Role
from applications.selectors import CallStanding, standing_of
from core import clock
from simulation import demo
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def test_a_database_with_somebody_in_it_is_not_empty():
    assert demo.is_empty()
    make_user("Somebody", Role.STAFF)
    assert not demo.is_empty()


DAYS = {
    "leap day": datetime(2028, 2, 29, 12, tzinfo=UTC),
    "spring forward, in the hour that is not": datetime(2027, 3, 14, 7, 30, tzinfo=UTC),
    "fall back, in the hour that comes twice": datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    "new year's eve, next year already in UTC": datetime(2027, 1, 1, 2, tzinfo=UTC),
    "the program's own year": datetime(2024, 7, 11, 13, tzinfo=UTC),
    "the last day of a quarter": datetime(2026, 9, 30, 23, tzinfo=UTC),
    "the first day of a quarter": datetime(2026, 10, 1, 12, tzinfo=UTC),
    "long after": datetime(2039, 8, 1, 0, tzinfo=UTC),
}


@pytest.mark.parametrize("today", DAYS.values(), ids=list(DAYS))
def test_whatever_today_is_one_cohort_is_under_way_and_one_call_is_open(today):
    with clock.at(today):
        running, opening = demo.make_cohorts()
        day = clock.today(running.zone)
        third, fourth = (running.milestones.get(code=code).ends_on for code in ("update-3", "update-4"))
        assert third < day <= fourth
        assert [(on + timedelta(days=1)).day for on in (third, fourth)] == [1, 1]
        assert (fourth + timedelta(days=1)).month in (1, 4, 7, 10)
        assert standing_of(opening.call, today) is CallStanding.OPEN
        assert timedelta(days=31) <= opening.call.deadline.ends_at - today <= timedelta(days=40)
