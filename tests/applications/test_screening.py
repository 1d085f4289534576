"""The staff's verdict: reasons, one after the other, and what it does not do."""

import pytest

from applications.models import Screening
from applications.selectors import desk_of
from applications.services import (
    ApplicationRefused,
    ScreeningChanged,
    accept,
    decline,
    put_on_alternate_list,
    screen,
    submit,
)
from core.models import AuditEntry
from notifications.models import Message
from tests.applications.conftest import APRIL

STATEMENTS = [
    {"code": "leader", "text": "The leader is a physician."},
    {"code": "larger-team", "text": "The practice has a larger team."},
]


@pytest.fixture
def sent(complete):
    program = complete.program
    program.definition = {"program": {"eligibility": STATEMENTS}}
    program.save()
    complete.application.call.cohort.program = program
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    return complete


def audit():
    entries = AuditEntry.objects.filter(object_type="applications.screening").order_by("id")
    return [(one.verb, one.from_state, one.to_state, one.fields) for one in entries]


def test_a_verdict_with_its_reasons(sent):
    found = screen(
        sent.application,
        verdict="not_eligible",
        reasons=["larger-team", "larger-team"],
        text=" No team. ",
        by=sent.staff,
    )
    assert (found.verdict, found.reasons, found.text, found.version) == ("not_eligible", ["larger-team"], "No team.", 1)
    assert (found.screened_by, found.screened_at) == (sent.staff, APRIL)
    assert audit() == [("screening.given", "", "not_eligible", ["larger-team"])]


def test_a_second_verdict_says_what_it_was_before(sent):
    screen(sent.application, verdict="question", text="Which site?", by=sent.staff)
    found = screen(sent.application, verdict="eligible", by=sent.staff, version=1)
    assert (found.verdict, found.reasons, found.text, found.version) == ("eligible", [], "", 2)
    assert audit()[1:] == [("screening.changed", "question", "eligible", [])]
    history = desk_of(sent.application).verdicts
    assert [(one.who, one.verdict) for one in history] == [
        ("Stella Staff", "Eligible"),
        ("Stella Staff", "To be clarified"),
    ]


@pytest.mark.parametrize("version", [0, 2, 7])
def test_who_did_not_see_the_present_verdict_is_told(sent, version):
    screen(sent.application, verdict="question", text="Which site?", by=sent.staff)
    with pytest.raises(ScreeningChanged):
        screen(sent.application, verdict="eligible", by=sent.staff, version=version)
    assert Screening.objects.get().verdict == "question"


def test_the_first_verdict_on_nothing_that_was_seen(sent):
    with pytest.raises(ScreeningChanged):
        screen(sent.application, verdict="eligible", by=sent.staff, version=1)
    assert not Screening.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"verdict": "not_eligible"}, "Say why"),
        ({"verdict": "question", "text": "  "}, "Say why"),
        ({"verdict": "perhaps"}, "Choose a verdict"),
        ({"verdict": "eligible", "reasons": ["leader"]}, "meets every statement"),
        ({"verdict": "not_eligible", "reasons": ["weather"]}, "no eligibility statement “weather”"),
    ],
)
def test_what_is_no_verdict_is_refused(sent, given, sentence):
    with pytest.raises(ApplicationRefused, match=sentence):
        screen(sent.application, by=sent.staff, **given)
    assert not Screening.objects.exists()


def test_a_draft_is_not_screened(complete):
    with pytest.raises(ApplicationRefused, match="“Draft”"):
        screen(complete.application, verdict="eligible", by=complete.staff)


def test_screening_decides_nothing_and_mails_nobody(sent):
    before = Message.objects.count()
    screen(sent.application, verdict="not_eligible", reasons=["leader"], by=sent.staff)
    sent.application.refresh_from_db()
    assert sent.application.state == "submitted"
    assert Message.objects.count() == before


def test_what_is_not_eligible_gets_no_place_and_may_be_declined(sent):
    screen(sent.application, verdict="not_eligible", reasons=["leader"], by=sent.staff)
    for act in (accept, put_on_alternate_list):
        with pytest.raises(ApplicationRefused, match="not eligible"):
            act(sent.application, by=sent.staff)
    assert Message.objects.filter(kind="decision").count() == 0
    decline(sent.application, by=sent.staff)
    assert Message.objects.filter(kind="decision").count() == 1


def test_after_the_decision_the_verdict_stays(sent):
    screen(sent.application, verdict="eligible", by=sent.staff)
    accept(sent.application, by=sent.staff)
    with pytest.raises(ApplicationRefused, match="“Accepted”"):
        screen(sent.application, verdict="question", text="Late", by=sent.staff, version=1)
