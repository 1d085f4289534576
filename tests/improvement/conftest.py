"""A project with one measure, and the draft of its first update, of the cast's team."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core import clock
from improvement import services
from improvement.models import Direction, MeasureKind

# A week before the first update is due.
IN_SEPTEMBER = datetime(2024, 9, 23, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


@pytest.fixture
def september(cast):
    with clock.at(IN_SEPTEMBER):
        yield IN_SEPTEMBER


def make_measure(project, by, title="Distress screening", **fields):
    values = {
        "kind": MeasureKind.PROCESS,
        "numerator": "patients screened",
        "denominator": "new patients",
        "target_percent": 80,
        "direction": Direction.UP,
    }
    return services.add_measure(project, title=title, by=by, **values | fields)


@pytest.fixture
def project(cast, september):
    return services.start_project(
        cast.enrollment, title="Screen for distress", problem="Few patients are screened.", by=cast.leader
    )


@pytest.fixture
def measure(cast, project):
    return make_measure(project, cast.leader)


@pytest.fixture
def draft(cast, project):
    return services.start_update(cast.enrollment, cast.first_update, by=cast.leader)


def fill(update, by):
    """Everything that filing needs, but no data point."""
    return services.save_update(
        update,
        by=by,
        base_version=update.version,
        changes="A nurse asks at check-in.",
        barriers="The record system changed.",
        progress=Decimal("2.5"),
        progress_reason="We tested one change.",
    )


def add_point(measure, by, start=date(2024, 8, 1), end=date(2024, 8, 31), numerator=12, denominator=40):
    return services.record_point(
        measure, period_start=start, period_end=end, numerator=numerator, denominator=denominator, by=by
    )
