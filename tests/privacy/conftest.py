"""The cast with something in every room, as the access table has it."""

import pytest

from tests.access.objects import build
from tests.applications.conftest import april, call, complete, draft  # noqa: F401


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def full(cast):
    """The cast, whose team has applications, an assessment, updates, mail, files and a calendar."""
    build(cast)
    return cast
