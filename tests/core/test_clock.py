from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import clock

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def test_the_clock_runs_by_itself():
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.now().utcoffset() == timedelta(0)


def test_a_stopped_clock_stands_and_starts_again():
    with clock.at(NOON):
        assert clock.now() == NOON
        with clock.at(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_today_depends_on_the_zone():
    with clock.at(datetime(2024, 5, 1, 3, 0, tzinfo=UTC)):
        assert clock.today(ZoneInfo("America/New_York")) == date(2024, 4, 30)
        assert clock.today(ZoneInfo("Pacific/Guam")) == date(2024, 5, 1)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2024, 5, 1)):
        pass
