"""The staff's side: find, read, decide after a second question, and see refusals as messages."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import confirm_membership, update_profile
from applications.models import Application, Call, Correction, Note, Screening
from applications.selectors import similar_to
from applications.services import (
    answer,
    answer_correction,
    request_correction,
    screen,
    start_application,
    submit,
    withdraw,
)
from core.models import AuditEntry
from notifications.models import Message
from practices.models import Member
from tests.applications.conftest import APRIL
from tests.conftest import make_practice, make_user

LIST = "admin:applications_application_changelist"


@pytest.fixture
def sent(complete, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    return complete


@pytest.fixture
def staff(sent):
    client = Client()
    client.force_login(sent.staff)
    return client


def press(client, action, *applications, **more):
    return client.post(
        reverse(LIST), {"action": action, ACTION_CHECKBOX_NAME: [one.pk for one in applications], **more}, follow=True
    )


def test_the_list_is_found_by_practice_and_person(staff, sent):
    for words, count in (("Synthetic Oncology", 1), ("Lena", 1), ("nobody", 0)):
        assert staff.get(reverse(LIST), {"q": words}).context["cl"].result_count == count
    assert staff.get(reverse(LIST), {"state": "submitted"}).context["cl"].result_count == 1


def test_the_detail_shows_what_was_submitted(staff, sent):
    page = staff.get(reverse("admin:applications_application_change", args=[sent.application.pk])).content.decode()
    assert "Delays" in page
    assert "unchanged since" in page
    assert 'type="submit" value="Save"' not in page


def test_deciding_asks_first_and_names_who_is_written_to(staff, sent):
    page = press(staff, "accept", sent.application).content.decode()
    assert "This will write to 1 person:" in page
    assert "Lena Leader, Applicants" in page
    assert Application.objects.get().state == "submitted"
    assert Message.objects.filter(kind="decision").count() == 0


@pytest.mark.parametrize(
    ("action", "state"), [("accept", "accepted"), ("put_on_alternate_list", "alternate"), ("decline", "declined")]
)
def test_confirmed(staff, sent, action, state):
    page = press(staff, action, sent.application, confirmed="yes", note="Seen by the committee")
    assert "1 letter was written." in page.content.decode()
    stored = Application.objects.get()
    assert (stored.state, stored.decided_by, stored.decision_note) == (state, sent.staff, "Seen by the committee")
    assert Message.objects.filter(kind="decision").count() == 1


def test_a_refusal_is_a_message(staff, sent):
    press(staff, "decline", sent.application, confirmed="yes")
    page = press(staff, "accept", sent.application, confirmed="yes")
    assert page.status_code == 200
    assert "it cannot become “Accepted”" in page.content.decode()
    assert Application.objects.get().state == "declined"


def test_the_call_text_is_saved_through_the_service(staff, sent):
    url = reverse("admin:applications_call_change", args=[sent.call.pk])
    assert staff.post(url, {"text": "Come and apply."}).status_code == 302
    assert Call.objects.get().text == "Come and apply."
    assert AuditEntry.objects.filter(verb="call.changed", actor_id=sent.staff.pk).count() == 1


def test_nobody_else_comes_in(sent):
    for user in (sent.leader, sent.reviewer, sent.leadership):
        client = Client()
        client.force_login(user)
        assert client.get(reverse(LIST)).status_code == 302
        assert press(client, "accept", sent.application, confirmed="yes").redirect_chain != []
    assert Application.objects.get().state == "submitted"


# --- The list and the desk ---------------------------------------------------------------------------------------------


def on_desk(client, cast, name="change", **posted):
    url = reverse(f"admin:applications_application_{name}", args=[cast.application.pk])
    return client.post(url, posted, follow=True) if posted else client.get(url)


@pytest.fixture
def desk(complete, settings):
    """A draft in which nothing is missing, and staff signed in."""
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client = Client()
    client.force_login(complete.staff)
    return client


def rows(client, **query):
    return client.get(reverse(LIST), query).context["cl"].result_count


def test_the_list_shows_how_far_a_draft_is(desk, complete):
    answer(complete.application, {complete.question("problem").pk: None}, by=complete.leader, arrived_at=APRIL)
    page = desk.get(reverse(LIST)).content.decode()
    assert "Missing: Quality problem" in page


@pytest.mark.parametrize(
    ("query", "before", "after"),
    [
        ({"verdict": "none"}, 1, 0),
        ({"verdict": "eligible"}, 0, 1),
        ({"membership": "confirmed"}, 0, 1),
        ({"membership": "unconfirmed"}, 1, 0),
        ({"returned": "asked"}, 0, 1),
        ({"returned": "answered"}, 0, 0),
        ({"letter": "done"}, 0, 0),
        ({"letter": "none"}, 1, 1),
        ({"duplicates": "yes"}, 0, 0),
        ({"submission__standing": "late"}, 0, 0),
        ({"enrollment__team__practice__rurality": "rural"}, 1, 1),
        ({"region": "VA"}, 1, 1),
    ],
)
def test_filters(staff, sent, query, before, after):
    assert rows(staff, **query) == before
    screen(sent.application, verdict="eligible", by=sent.staff)
    confirm_membership(sent.leader, by=sent.staff)
    request_correction(sent.application, section="problem", message="More", by=sent.staff)
    assert rows(staff, **query) == after


def test_a_second_application_of_the_same_practice_is_a_warning(staff, sent):
    twin = start_application(
        sent.call, practice=sent.practice, team_name="The same again", leader=sent.stranger, by=sent.stranger
    )
    assert rows(staff, duplicates="yes") == 2
    page = on_desk(staff, sent).content.decode()
    assert "The same again" in page
    assert "Same practice" in page
    withdraw(twin, by=sent.stranger)
    assert rows(staff, duplicates="yes") == 0


def test_the_same_leader_is_a_warning(staff, sent):
    other = make_practice("Somewhere Else", folded_name="somewhere else")
    twin = start_application(sent.call, practice=other, team_name="Other", leader=sent.stranger, by=sent.stranger)
    assert rows(staff, duplicates="yes") == 0
    Member.objects.filter(team=twin.enrollment.team, role="leader").update(user=sent.leader)
    assert rows(staff, duplicates="yes") == 2
    assert [one.reasons for one in similar_to(sent.application)] == [("Same team leader",)]


def test_screening_on_the_desk(staff, sent):
    assert on_desk(staff, sent, "screening").status_code == 200
    page = on_desk(staff, sent, "screening", verdict="not_eligible", text="", version=0).content.decode()
    assert "Say why" in page
    page = on_desk(staff, sent, "screening", verdict="not_eligible", text="Too large.", version=0).content.decode()
    assert "The verdict is saved." in page
    assert "Too large." in page
    page = on_desk(staff, sent, "screening", verdict="eligible", version=0).content.decode()
    assert "Somebody else screened" in page
    assert Screening.objects.get().verdict == "not_eligible"


def test_screening_many_at_once(staff, sent):
    page = press(staff, "screen_as_eligible", sent.application).content.decode()
    assert "Eligible: Applicants." in page
    page = press(staff, "screen_as_eligible", sent.application).content.decode()
    assert "Somebody else screened" in page
    assert Screening.objects.get().version == 1


def test_a_part_is_returned_answered_and_settled(staff, sent):
    page = on_desk(staff, sent, "return", section="time", message="").content.decode()
    assert "Write what is to be changed" in page
    page = on_desk(staff, sent, "return", section="time", message="More hours?").content.decode()
    assert "Protected time: Changes requested" in page
    asked = Correction.objects.get()
    answer(sent.application, {sent.question("hours").pk: 8}, by=sent.leader, arrived_at=APRIL)
    answer_correction(sent.application, correction=asked.pk, by=sent.leader, answer="Eight now")
    page = on_desk(staff, sent).content.decode()
    assert "Protected time: Changes made" in page
    assert "<pre>2 hours</pre></td><td><pre>8 hours</pre>" in page
    page = on_desk(staff, sent, "settle", row=asked.pk).content.decode()
    assert "Protected time: Settled" in page


def test_membership_confirmed_on_the_desk_and_void_after_a_change(staff, sent):
    page = on_desk(staff, sent, "membership", row=sent.leader.pk).content.decode()
    assert "The membership is confirmed." in page
    sent.leader.refresh_from_db()
    assert sent.leader.membership_confirmed_by == sent.staff
    update_profile(sent.leader, by=sent.leader, asco_member_number="000009")
    assert "Confirm the membership" in on_desk(staff, sent).content.decode()


def test_membership_of_whom_the_page_showed(staff, sent):
    page = on_desk(staff, sent, "membership", row=sent.stranger.pk).content.decode()
    assert "Somebody else leads this team" in page
    sent.leader.refresh_from_db()
    assert sent.leader.membership_confirmed_at is None


def test_notes_on_the_desk(staff, sent):
    page = on_desk(staff, sent, "note", text="Called them.").content.decode()
    assert "Called them." in page
    assert "Write the note first." in on_desk(staff, sent, "note", text=" ").content.decode()
    assert Note.objects.count() == 1


def test_withdrawn_for_a_leader_with_a_reason(staff, sent):
    assert "Say why" in on_desk(staff, sent, "withdraw", reason="").content.decode()
    page = on_desk(staff, sent, "withdraw", reason="The leader asked by phone.").content.decode()
    assert "It is withdrawn." in page
    application = Application.objects.get()
    assert (application.state, application.withdrawn_by) == ("withdrawn", sent.staff)
    assert application.enrollment.left_reason == "The leader asked by phone."


def test_the_desk_is_for_staff(sent):
    for user in (sent.leader, sent.reviewer, sent.leadership):
        client = Client()
        client.force_login(user)
        for name in ("screening", "return", "withdraw", "note", "settle", "letter", "membership"):
            url = reverse(f"admin:applications_application_{name}", args=[sent.application.pk])
            assert client.post(url, {"text": "x", "row": 1}).status_code == 302
    assert (Note.objects.count(), Correction.objects.count(), Screening.objects.count()) == (0, 0, 0)


def test_the_list_asks_as_often_for_many_rows(desk, complete):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert desk.get(reverse(LIST)).status_code == 200
        return len(found)

    queries()
    one = queries()
    for number in range(4):
        leader = make_user(f"Further Leader{number}")
        start_application(
            complete.call, practice=make_practice(f"P{number}"), team_name=f"T{number}", leader=leader, by=leader
        )
    assert queries() == one
