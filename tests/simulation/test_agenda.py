from datetime import UTC, datetime, timedelta

from core import clock
from simulation.agenda import Agenda

START = datetime(2024, 3, 1, 14, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def test_acts_come_in_the_order_of_their_moments_each_at_its_own_and_a_sweep_once_a_day():
    seen = []

    def note(name):
        return lambda: seen.append((name, clock.now()))

    agenda = Agenda(note("sweep"))
    agenda.at(START + 1.5 * DAY, note("later"))
    agenda.at(START + 0.5 * DAY, note("first"))
    agenda.at(START + 0.5 * DAY, note("second"))
    agenda.run(START, START + 2 * DAY)
    assert seen == [
        ("sweep", START),
        ("first", START + 0.5 * DAY),
        ("second", START + 0.5 * DAY),
        ("sweep", START + DAY),
        ("later", START + 1.5 * DAY),
        ("sweep", START + 2 * DAY),
    ]


def test_an_act_may_put_another_on_the_agenda():
    seen = []
    agenda = Agenda(lambda: None)
    agenda.at(START, lambda: agenda.at(START + DAY, lambda: seen.append(clock.now())))
    agenda.run(START, START + 3 * DAY)
    assert seen == [START + DAY]


def test_what_comes_after_the_end_is_not_done():
    seen = []
    agenda = Agenda(lambda: None)
    agenda.at(START + 2 * DAY, lambda: seen.append(clock.now()))
    agenda.run(START, START + DAY)
    assert seen == []
