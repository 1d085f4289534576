from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from improvement import spc


def points(*counts):
    return [
        spc.Point(date(2024, month, 1), date(2024, month, 28), numerator, denominator)
        for month, (numerator, denominator) in enumerate(counts, start=1)
    ]


def test_nobody_eligible_is_no_value():
    assert points((0, 0))[0].share is None
    assert points((0, 0))[0].percent == "no eligible patients"


def test_nought_of_some_is_nought():
    assert points((0, 5))[0].percent == "0.0%"


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([(1, 4)], Fraction(1, 4)),
        ([(1, 4), (3, 4)], Fraction(1, 2)),
        ([(1, 3), (1, 2), (1, 1)], Fraction(1, 2)),
        ([(1, 4), (0, 0), (3, 4)], Fraction(1, 2)),
        ([(0, 0)], None),
        ([], None),
    ],
)
def test_median_is_exact_and_skips_empty_periods(counts, expected):
    assert spc.median_share(points(*counts)) == expected


@pytest.mark.parametrize(
    ("share", "words"), [(Fraction(1, 3), "33.3%"), (Fraction(2, 3), "66.7%"), (Fraction(1), "100.0%")]
)
def test_percent_in_words(share, words):
    assert spc.percent(share) == words


@pytest.mark.parametrize(
    ("share", "target", "up", "expected"),
    [
        (Fraction(4, 5), Decimal("80"), True, True),
        (Fraction(79, 100), Decimal("80"), True, False),
        (Fraction(1, 5), Decimal("20"), False, True),
        (Fraction(21, 100), Decimal("20"), False, False),
        (None, Decimal("20"), False, None),
        (Fraction(1, 5), None, True, None),
    ],
)
def test_meeting_a_target(share, target, up, expected):
    assert spc.meets(share, target, higher_is_better=up) is expected


def test_the_title_states_what_the_chart_shows():
    words = spc.finding("Screening", points((10, 40), (20, 40), (0, 0)), Decimal("80"), higher_is_better=True)
    assert words == (
        "Screening: 50.0% in the latest period (20 of 40), median 37.5% over 2 periods; the target of 80.0% is not met"
    )


def test_the_title_without_a_value_says_so():
    assert spc.finding("Screening", points((0, 0)), None, higher_is_better=True) == (
        "Screening: no period with eligible patients yet"
    )
