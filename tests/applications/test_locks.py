"""Answers that lock some days before the deadline: local days of the call's zone, and an extension moves them."""

from datetime import UTC, date, datetime, time

import pytest
from django.urls import reverse

from applications import selectors
from applications.services import GapsRemain, answer, open_call, start_application, submit
from core import clock
from programs.services import extend
from questionnaires.selectors import Lock
from questionnaires.services import AnswersRefused, load_form
from tests.applications.conftest import APRIL

# The deadline is May 1, 2024, 23:59 in New York; what locks 7 days before can be changed until April 23.
LAST_MOMENT = datetime(2024, 4, 24, 3, 59, 59, tzinfo=UTC)
FIRST_LOCKED = datetime(2024, 4, 24, 4, 0, 0, tzinfo=UTC)
SECTION = {
    "code": "problem",
    "title": "Quality problem",
    "questions": [
        {"code": "title", "kind": "short_text", "text": "Name the problem", "locked_days_before": 7},
        {"code": "why", "kind": "long_text", "text": "Why does it matter?"},
    ],
}


@pytest.fixture
def locking(cast, april):
    call = open_call(cast.cohort, form=load_form("locking", "Locking", [SECTION]))
    return start_application(call, practice=cast.practice, team_name="Applicants", leader=cast.leader, by=cast.leader)


@pytest.fixture
def keys(locking):
    return {question.code: question.pk for question in locking.response.form.sections.get().questions.all()}


def test_it_locks_with_the_local_day_of_the_calls_zone(locking, keys, cast):
    answer(locking, {keys["title"]: "Delays"}, by=cast.leader, arrived_at=LAST_MOMENT)
    with pytest.raises(AnswersRefused) as refusal:
        answer(locking, {keys["title"]: "Waiting"}, by=cast.leader, arrived_at=FIRST_LOCKED)
    assert refusal.value.problems == {
        keys["title"]: "Name the problem: This could be changed until April 23, 2024, so it stays as it is."
    }
    answer(locking, {keys["title"]: "Delays", keys["why"]: "So"}, by=cast.leader, arrived_at=FIRST_LOCKED)
    assert locking.response.answers.get(question=keys["title"]).value == "Delays"


def test_an_extension_moves_it_for_this_enrollment_alone(locking, keys, cast, draft_of_another):
    extend(
        locking.enrollment,
        locking.call.deadline,
        ends_on=date(2024, 5, 3),
        ends_time=time(20),
        reason="Flood",
        by=cast.staff,
    )
    assert selectors.locks(locking, FIRST_LOCKED) == {keys["title"]: Lock(date(2024, 4, 25), False)}
    answer(locking, {keys["title"]: "Waiting"}, by=cast.leader, arrived_at=FIRST_LOCKED)
    assert selectors.locks(draft_of_another, FIRST_LOCKED) == {keys["title"]: Lock(date(2024, 4, 23), True)}


@pytest.fixture
def draft_of_another(locking, cast):
    return start_application(
        locking.call, practice=cast.practice, team_name="Others", leader=cast.colleague, by=cast.colleague
    )


def test_what_is_no_draft_locks_nothing(locking):
    locking.state = "submitted"  # staff may have returned a part of it for changes
    assert selectors.locks(locking, FIRST_LOCKED) == {}


def test_the_page_shows_what_is_locked_and_since_when(client, locking, keys, cast):
    answer(locking, {keys["title"]: "Delays"}, by=cast.leader)
    url = reverse("applications:section", args=[locking.public_id, "problem"])
    client.force_login(cast.leader)
    with clock.at(LAST_MOMENT):
        page = client.get(url).content.decode()
    assert "Can be changed until April 23, 2024." in page
    assert "disabled" not in page.partition('id="id_title"')[0].rpartition("<input")[2]
    with clock.at(FIRST_LOCKED):
        page = client.get(url).content.decode()
        assert "Could be changed until April 23, 2024." in page
        reply = client.post(url, {"title": "Waiting", "why": "So", "base__title": "1", "base__why": "0"})
    assert reply.status_code == 302
    values = dict(locking.response.answers.values_list("question__code", "value"))
    assert values == {"title": "Delays", "why": "So"}


def test_too_many_words_stand_on_the_check_page_and_stop_the_submission(client, complete):
    words = " ".join(["word"] * 53)
    answer(complete.application, {complete.question("problem").pk: words}, by=complete.leader)
    client.force_login(complete.leader)
    page = client.get(reverse("applications:check", args=[complete.application.public_id])).content.decode()
    assert "Quality problem: take out 3 words in “Which problem will you solve?”" in page
    with pytest.raises(GapsRemain) as refusal:
        submit(complete.application, by=complete.leader, arrived_at=APRIL)
    assert [gap.text for gap in refusal.value.gaps] == [
        "Quality problem: take out 3 words in “Which problem will you solve?”"
    ]


def test_another_edition_that_was_taken_up_meanwhile_is_not_written_past(locking, keys, cast):
    """The page was opened on one edition; staff carried the application to the next one before it was saved."""
    stale = type(locking).objects.get(pk=locking.pk)
    assert stale.response.form == locking.response.form
    newer = load_form("other", "Other", [SECTION])
    locking.response.form = newer
    locking.response.save()
    with pytest.raises(AnswersRefused) as refusal:
        answer(stale, {keys["title"]: "Waiting"}, by=cast.leader)
    assert refusal.value.problems == {
        keys["title"]: "This form has been changed since you opened it. Open the page again."
    }
