"""A run chart of few periods fits a telephone, one of many has room for each point and for the months that it names."""

import itertools
from datetime import date, timedelta

import pytest

from improvement import spc
from improvement.models import Measure
from improvement.templatetags.improvement_charts import run_chart

MEASURE = Measure(pk=1, title="Screened", direction="up", target_percent=80)
INSIDE_A_TELEPHONE = 390 - 32


def drawn(count: int) -> dict:
    first = date(2024, 1, 1)
    periods = [(first + timedelta(days=31 * at), first + timedelta(days=31 * at + 27)) for at in range(count)]
    return run_chart(MEASURE, [spc.Point(start, end, at % 5, 10) for at, (start, end) in enumerate(periods)])


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_few_periods_fit_a_telephone(count):
    assert drawn(count)["width"] <= INSIDE_A_TELEPHONE


def test_many_are_as_wide_as_a_page_of_text_and_no_wider():
    widths = [drawn(count)["width"] for count in range(1, 60)]
    assert widths == sorted(widths)
    assert widths[-1] == 640


@pytest.mark.parametrize("count", [1, 2, 3, 6, 7, 12, 13, 24, 59])
def test_points_and_months_stay_in_their_place(count):
    chart = drawn(count)
    marks = [mark.x for mark in chart["marks"]]
    months = [x for x, _ in chart["labels"]]
    assert len(marks) == count
    assert chart["left"] < min(marks) and max(marks) < chart["right"]
    assert months[0] == marks[0]
    assert all(after - before >= 50 for before, after in itertools.pairwise(months))
