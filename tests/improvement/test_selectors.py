from datetime import date

import pytest

from improvement.selectors import quarter_told_at


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        (date(2024, 9, 30), (date(2024, 7, 1), date(2024, 9, 30))),
        (date(2024, 12, 31), (date(2024, 10, 1), date(2024, 12, 31))),
        (date(2024, 10, 7), (date(2024, 7, 1), date(2024, 9, 30))),
        (date(2024, 9, 27), (date(2024, 7, 1), date(2024, 9, 30))),
        (date(2025, 1, 15), (date(2024, 10, 1), date(2024, 12, 31))),
    ],
)
def test_the_quarter_that_an_update_tells_of(due_on, expected):
    assert quarter_told_at(due_on) == expected
