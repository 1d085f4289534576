"""The staff's decisions: one act, one letter, nothing copied."""

from datetime import date

import pytest
from django.template.loader import render_to_string

from applications.models import Application, ApplicationState, AttendanceCommitment
from applications.services import (
    ApplicationRefused,
    accept,
    commit_to_sessions,
    decline,
    put_on_alternate_list,
    submit,
    withdraw,
)
from core.models import AuditEntry
from core.transitions import TransitionRefused
from notifications.models import Message
from practices.models import Member, Practice, Team
from programs.models import Enrollment
from questionnaires.models import Answer, Response
from tests.applications.conftest import APRIL

DECISIONS = {"accept": accept, "put_on_alternate_list": put_on_alternate_list, "decline": decline}


@pytest.fixture
def sent(complete):
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    return complete


def letters():
    return list(Message.objects.filter(kind="decision").order_by("pk").values_list("template", "dedupe_key", "state"))


def test_accepting_is_one_act_and_copies_nothing(sent):
    tables = (Practice, Team, Member, Enrollment, Response, Answer, Application)
    rows, audit = [table.objects.count() for table in tables], AuditEntry.objects.count()
    accept(sent.application, by=sent.staff, note="Strong")
    assert [table.objects.count() for table in tables] == rows
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)[audit:])
    assert verbs == ["application.accepted", "enrollment.accepted", "enrollment.active"]
    stored = Application.objects.get()
    assert (stored.state, stored.decided_by, stored.decision_note) == ("accepted", sent.staff, "Strong")
    assert (stored.enrollment.state, stored.enrollment.joined_on) == ("active", date(2024, 4, 10))
    assert letters() == [("decision-accepted", f"decision:{stored.pk}", "pending")]
    assert Message.objects.get(kind="decision").recipient == sent.leader


@pytest.mark.parametrize(
    ("decide", "state", "enrollment"),
    [(put_on_alternate_list, "alternate", "alternate"), (decline, "declined", "declined")],
)
def test_the_other_decisions(sent, decide, state, enrollment):
    decide(sent.application, by=sent.staff)
    stored = Application.objects.get()
    assert (stored.state, stored.enrollment.state) == (state, enrollment)
    assert letters() == [(f"decision-{state}", f"decision:{stored.pk}", "pending")]


@pytest.mark.parametrize("second", ["accept", "decline"])
def test_an_alternate_is_decided_again_and_gets_the_newer_letter(sent, second):
    put_on_alternate_list(sent.application, by=sent.staff)
    DECISIONS[second](sent.application, by=sent.staff)
    key = f"decision:{sent.application.pk}"
    assert letters() == [
        ("decision-alternate", key, "cancelled"),
        ("decision-accepted" if second == "accept" else "decision-declined", f"{key}:after-alternate", "pending"),
    ]


@pytest.mark.parametrize("state", [ApplicationState.DRAFT, ApplicationState.WITHDRAWN, ApplicationState.DECLINED])
@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_what_cannot_be_decided(sent, state, decide):
    Application.objects.update(state=state, decided_at=APRIL, decided_by=sent.staff)
    sent.application.refresh_from_db()
    with pytest.raises(TransitionRefused):
        decide(sent.application, by=sent.staff)
    assert letters() == []
    assert Enrollment.objects.get(application=sent.application).state == "applying"


def test_two_people_deciding_at_once_leave_one_decision(sent):
    other = Application.objects.get()
    decline(sent.application, by=sent.staff)
    with pytest.raises(TransitionRefused):
        accept(other, by=sent.staff)
    assert [template for template, _, _ in letters()] == ["decision-declined"]


def test_an_alternate_who_withdraws_gets_no_letter_that_still_waits(sent):
    put_on_alternate_list(sent.application, by=sent.staff)
    withdraw(sent.application, by=sent.leader)
    assert [state for _, _, state in letters()] == ["cancelled"]


def test_an_accepted_application_is_not_withdrawn_here(sent):
    accept(sent.application, by=sent.staff)
    with pytest.raises(TransitionRefused):
        withdraw(sent.application, by=sent.leader)


def test_only_oneself_commits_and_only_once(draft):
    team = draft.application.enrollment.team
    mine = team.members.get(user=draft.colleague)
    with pytest.raises(ApplicationRefused, match="Only Cora Colleague"):
        commit_to_sessions(draft.application, mine, by=draft.leader)
    for user in (draft.helper, draft.former):
        with pytest.raises(ApplicationRefused, match="not in the core team"):
            commit_to_sessions(draft.application, team.members.get(user=user), by=user)
    before = AuditEntry.objects.count()
    assert commit_to_sessions(draft.application, mine, by=draft.colleague) == commit_to_sessions(
        draft.application, mine, by=draft.colleague
    )
    assert (AttendanceCommitment.objects.count(), AuditEntry.objects.count()) == (1, before + 1)


@pytest.mark.parametrize("end", ["txt", "html"])
def test_every_letter_renders(sent, end):
    put_on_alternate_list(sent.application, by=sent.staff)
    accept(sent.application, by=sent.staff)
    context = dict(Message.objects.filter(kind="decision").values_list("template", "context"))
    context |= {"decision-declined": context["decision-accepted"]}
    context |= dict(Message.objects.filter(kind="receipt").values_list("template", "context"))
    for template, values in context.items():
        text = render_to_string(f"mail/{template}.{end}", values | {"link_url": "https://x.example/"})
        assert "Applicants" in text.split("\n\n")[0] + text
        assert "Test cohort 2024" in text
        assert text.count("https://x.example/") == 1
