import pytest

from tests.conftest import make_enrollment, make_practice, make_team, make_user


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


def enroll_more(cast, number):
    """``number`` further active teams of the cast's cohort, each with one leader."""
    enrollments = []
    for index in range(number):
        leader = make_user(f"Leader {index}", email=f"leader{index}@more.test.example")
        team = make_team(make_practice(f"Practice {index}"), leader)
        enrollments.append(make_enrollment(cast.cohort, team, leader))
    return enrollments
