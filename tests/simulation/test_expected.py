"""The moments at which the software is swept, as the expectation sees them."""

from datetime import UTC, datetime, timedelta

from simulation.expected import DAY, FOREVER, Grid

START = datetime(2024, 3, 1, 14, 30, tzinfo=UTC)
GRID = Grid(START, DAY, START + 10 * DAY)
SECOND = timedelta(seconds=1)


def test_before_the_first_sweep_comes_the_first_sweep():
    assert GRID.first_after(START - 100 * DAY) == START


def test_a_sweep_at_the_very_moment_is_in_time():
    assert GRID.first_after(START) == START
    assert GRID.first_after(START + 3 * DAY) == START + 3 * DAY


def test_a_second_later_it_is_the_next_one():
    assert GRID.first_after(START + SECOND) == START + DAY
    assert GRID.first_after(START + 3 * DAY + SECOND) == START + 4 * DAY


def test_the_last_sweep_counts_and_nothing_comes_after_it():
    assert GRID.first_after(GRID.end) == GRID.end
    assert GRID.first_after(GRID.end + SECOND) == FOREVER


def test_where_the_run_ends_between_two_sweeps_the_later_one_never_comes():
    grid = Grid(START, DAY, START + 2 * DAY + timedelta(hours=5))
    assert grid.first_after(START + 2 * DAY) == START + 2 * DAY
    assert grid.first_after(START + 2 * DAY + SECOND) == FOREVER


def test_a_finer_grid_answers_sooner():
    assert Grid(START, timedelta(minutes=1), START + DAY).first_after(START + SECOND) == START + timedelta(minutes=1)
