"""The leader's sign-off: who needs it, what makes it void, and what the refusal says."""

from datetime import timedelta

import pytest

from accounts.services import update_profile
from applications import selectors
from applications.models import Application, SignOff
from applications.services import (
    ApplicationRefused,
    GapsRemain,
    NotSignedOff,
    answer,
    reopen,
    sign_off,
    sign_off_state,
    submit,
)
from core import clock
from core.models import AuditEntry
from practices.models import Access, Member
from practices.services import change_leader, give_access, name_sponsor, update_practice
from tests.applications.conftest import APRIL

LATER = APRIL + timedelta(hours=1)


def press(applying, by, at=LATER):
    with clock.at(at):
        return submit(applying.application, by=by, arrived_at=at, key=applying.application.submission_key)


def state(applying):
    with clock.at(LATER):
        return sign_off_state(Application.objects.get())


def test_a_leader_who_submits_signs_in_the_same_act(complete):
    press(complete, complete.leader)
    row = SignOff.objects.get()
    assert (row.signed_by, row.signed_at) == (complete.leader, LATER)
    assert AuditEntry.objects.filter(verb="application.signed_off").count() == 1


def test_somebody_else_needs_the_leaders_word_first(complete):
    with pytest.raises(NotSignedOff, match="has not signed the application off yet"):
        press(complete, complete.colleague)
    stored = Application.objects.get()
    assert (stored.state, stored.submissions.count(), SignOff.objects.count()) == ("draft", 0, 0)


def test_what_is_signed_off_somebody_else_sends(complete):
    row = sign_off(complete.application, by=complete.leader)
    assert state(complete).holds
    assert state(complete).sign_off == row
    press(complete, complete.colleague)
    stored = Application.objects.get()
    assert (stored.state, stored.submitted_by, SignOff.objects.count()) == ("submitted", complete.colleague, 1)
    assert stored.submission.sealed["submitted_by"] == complete.colleague.name


def test_signing_off_twice_is_once(complete):
    first = sign_off(complete.application, by=complete.leader)
    with clock.at(LATER):
        assert sign_off(complete.application, by=complete.leader) == first
    assert AuditEntry.objects.filter(verb="application.signed_off").count() == 1


def _another_aim(applying):
    answer(applying.application, {applying.question("aim").pk: "Halve it"}, by=applying.colleague)


def _another_practice(applying):
    update_practice(applying.practice, by=applying.colleague, oncologists=7)


def _another_sponsor(applying):
    team = applying.application.enrollment.team
    name_sponsor(team, name="Sue Sponsor", email="sue@test.example", position="CEO", by=applying.leader)


def _another_number(applying):
    update_profile(applying.leader, by=applying.leader, asco_member_number="000002")


CHANGES = {
    "What is your aim?": _another_aim,
    "Your practice": _another_practice,
    "Sponsor": _another_sponsor,
    "Your team": _another_number,
}


@pytest.mark.parametrize(("name", "change"), CHANGES.items(), ids=CHANGES)
def test_any_change_makes_it_void_and_is_named(complete, name, change):
    sign_off(complete.application, by=complete.leader)
    with clock.at(LATER):
        change(complete)
    found = state(complete)
    assert (found.holds, found.changed) == (False, (name,))
    complete.application = Application.objects.get()
    with pytest.raises(NotSignedOff, match=f"changed since the sign-off: {name.replace('?', '.')}"):
        press(complete, complete.colleague)
    press(complete, complete.leader)
    assert SignOff.objects.count() == 2


def test_what_is_changed_back_holds_again(complete):
    sign_off(complete.application, by=complete.leader)
    question = complete.question("hours").pk
    with clock.at(LATER):
        answer(complete.application, {question: 3}, by=complete.colleague)
        assert not sign_off_state(complete.application).holds
        answer(complete.application, {question: 2}, by=complete.colleague)
        assert sign_off_state(complete.application).holds


def test_time_alone_changes_nothing(complete):
    sign_off(complete.application, by=complete.leader)
    with clock.at(APRIL + timedelta(days=20)):
        assert sign_off_state(Application.objects.get()).holds


def test_only_the_leader_signs_and_only_what_is_complete(draft):
    with pytest.raises(ApplicationRefused, match="Only the team leader"):
        sign_off(draft.application, by=draft.colleague)
    with pytest.raises(GapsRemain):
        sign_off(draft.application, by=draft.leader)
    assert SignOff.objects.count() == 0


def test_a_former_leaders_word_is_worth_nothing(complete):
    sign_off(complete.application, by=complete.leader)
    team = complete.application.enrollment.team
    with clock.at(LATER):
        change_leader(team, Member.objects.current().get(team=team, user=complete.colleague), reason="Leave", by=None)
    assert state(complete).sign_off is None


def test_a_sent_application_is_not_signed_off_again(complete):
    application = press(complete, complete.leader)
    with pytest.raises(ApplicationRefused, match="“Submitted”"):
        sign_off(application, by=complete.leader)
    with clock.at(LATER):
        reopen(application, by=complete.leader)
    assert state(complete).holds  # nothing was changed


def test_access_is_not_content_of_the_application(complete):
    sign_off(complete.application, by=complete.leader)
    member = Member.objects.current().get(team=complete.application.enrollment.team, user=complete.colleague)
    with clock.at(LATER):
        give_access(member, Access.SUBMIT, by=complete.leader)
    assert state(complete).holds


def test_what_changed_costs_the_same_for_one_and_for_many(complete, django_assert_max_num_queries):
    sign_off(complete.application, by=complete.leader)
    with clock.at(LATER):
        _another_aim(complete)
        application = Application.objects.get()
        with django_assert_max_num_queries(14):
            selectors.changed_since(application, APRIL)
