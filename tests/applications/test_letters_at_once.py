"""One link, several windows at the same moment: one wins, the others are told and have their words back.

On PostgreSQL each has a thread and a connection; on SQLite, which has one writer, they come one after the other.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from applications import services
from applications.models import Letter
from applications.selectors import LetterLink
from applications.services import DraftConflict, LetterClosed, open_call, start_application
from core import clock
from notifications.models import Message
from practices.services import name_sponsor
from questionnaires.services import load_form
from tests.applications.conftest import APRIL, SECTIONS
from tests.conftest import NOW, build_cast

WINDOWS = 8


@pytest.fixture
def letter(transactional_db) -> Letter:
    with clock.at(NOW):
        cast = build_cast()
    with clock.at(APRIL):
        call = open_call(cast.cohort, form=load_form("test-application", "Application", SECTIONS))
        application = start_application(
            call, practice=cast.practice, team_name="Applicants", leader=cast.leader, by=cast.leader
        )
        team = application.enrollment.team
        name_sponsor(team, name="Sam Sponsor", email="sam@test.example", position="CMO", by=cast.leader)
        return services.ask_for_letter(application, by=cast.leader)


def at_once(act: Callable[[int], object]) -> list[object]:
    """What each window got: a result, or the refusal."""
    barrier = Barrier(WINDOWS)

    def one(number: int) -> object:
        try:
            if connection.vendor == "postgresql":
                connection.ensure_connection()
                barrier.wait(timeout=60)
            with clock.at(APRIL):
                return act(number)
        except (DraftConflict, LetterClosed) as refusal:
            return refusal
        finally:
            if connection.vendor == "postgresql":
                connections.close_all()

    if connection.vendor != "postgresql":
        return [one(number) for number in range(WINDOWS)]
    with ThreadPoolExecutor(WINDOWS) as pool:
        return list(pool.map(one, range(WINDOWS)))


def test_drafts(letter):
    told = at_once(lambda number: services.save_draft(letter, f"Window {number}", base_version=0))
    kept = Letter.objects.get()
    assert [one for one in told if not isinstance(one, DraftConflict)] == [1]
    assert {(one.theirs, one.version) for one in told if isinstance(one, DraftConflict)} == {(kept.draft, 1)}


def test_sending(letter):
    def give(number: int) -> Letter:
        if number % 2:
            return services.give_signed(letter, name=f"Sam {number}", position="CMO")
        return services.give_written(letter, f"Window {number}", base_version=0)

    told = at_once(give)
    won = [one for one in told if isinstance(one, Letter)]
    assert [one.link for one in told if isinstance(one, LetterClosed)] == [LetterLink.DONE] * (WINDOWS - 1)
    assert [(one.text, one.signed_name) for one in won] == list(Letter.objects.values_list("text", "signed_name"))
    assert Message.objects.filter(template="letter-received").count() == 1
