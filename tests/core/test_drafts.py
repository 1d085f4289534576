"""Saving one value by compare-and-swap, and what a page that saves by itself is told."""

import base64
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from assessments.models import AgreedAnswer, AnswerKind, AssessmentState
from assessments.services import load_instrument, start_assessment
from core import drafts
from tests.assessments.conftest import item_of, small

NOW = datetime(2024, 4, 10, 18, 3, 20, tzinfo=UTC)


@pytest.fixture
def row(cast) -> AgreedAnswer:
    """Any row with a version."""
    load_instrument(small())
    assessment = start_assessment(cast.enrollment, cast.baseline, by=cast.leader)
    assert assessment.state == AssessmentState.OPEN
    item = item_of(assessment.version, "a")
    stamp = {"saved_at": NOW, "saved_by": cast.leader}
    return AgreedAnswer.objects.create(assessment=assessment, item=item, kind=AnswerKind.NO_DATA, version=3, **stamp)


def test_of_two_who_read_the_same_version_one_writes(row):
    first, second = AgreedAnswer.objects.get(), AgreedAnswer.objects.get()
    assert drafts.swap(first, evidence="first")
    assert not drafts.swap(second, evidence="second")
    assert (first.evidence, first.version) == ("first", 4)
    assert (second.evidence, second.version) == (row.evidence, 3)  # nothing was written, here or there
    stored = AgreedAnswer.objects.get()
    assert (stored.evidence, stored.version) == ("first", 4)
    assert drafts.swap(first, evidence="again")
    assert AgreedAnswer.objects.get().version == 5


@pytest.mark.parametrize(("base", "stale"), [(3, False), (2, True), (4, True), (0, True), (None, False)])
def test_stale(base, stale):
    assert drafts.is_stale(base, 3) is stale


def test_the_fields_that_were_sent():
    assert drafts.fields_in(QueryDict("base__aim=3&aim=Less&hours=2&base__site=0")) == {"aim", "site"}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("2024-04-10T18:00:00+00:00", NOW - timedelta(minutes=3, seconds=20)),
        ("2024-04-10T13:00:00-05:00", NOW - timedelta(minutes=3, seconds=20)),
        ("2034-04-10T18:00:00+00:00", NOW),  # nobody has seen the future
        ("2024-04-10T18:00:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_when_the_page_was_made(given, found):
    data = QueryDict(mutable=True)
    if given is not None:
        data["seen_at"] = given
    assert drafts.seen_at(data, now=NOW) == found


def told(outcome: drafts.Outcome) -> tuple[int, dict]:
    with timezone.override(ZoneInfo("America/Chicago")):
        answer = drafts.reply(outcome, now=NOW)
    return answer.status_code, json.loads(answer.content)


def test_what_is_told():
    status, body = told(drafts.Outcome(saved={"aim": 4}, problems={"hours": "Enter a number."}))
    assert status == 200
    assert body == {
        "saved": {"aim": {"version": 4, "at": "1:03 PM"}},
        "problems": {"hours": "Enter a number."},
        "conflicts": {},
        "refused": "",
        "at": "1:03 PM",
    }


def test_a_conflict_and_the_end_are_409():
    theirs = drafts.Theirs("Their words", "Cora Colleague", NOW, 7)
    status, body = told(drafts.Outcome(conflicts={"aim": theirs}))
    at = "April 10, 2024, 1:03 PM"
    assert (status, body["conflicts"]) == (
        409,
        {"aim": {"theirs": "Their words", "by": "Cora Colleague", "own": False, "at": at, "version": 7}},
    )
    assert told(drafts.Outcome(refused="The call is closed."))[0] == 409


def test_each_person_has_a_key_of_their_own():
    """It is a key of AES-256, it is the same tomorrow, and it is nothing that the page shows otherwise."""
    one, other = drafts.page(1, now=NOW), drafts.page(2, now=NOW)
    assert len(base64.urlsafe_b64decode(one.key + "=")) == 32
    assert one.key == drafts.page(1, now=NOW + timedelta(days=1)).key
    assert len({one.key, other.key, one.who, other.who}) == 4
