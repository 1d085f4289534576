"""The staff's side: find, read, decide after a second question, and see refusals as messages."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from applications.models import Application, Call
from applications.services import submit
from core.models import AuditEntry
from notifications.models import Message
from tests.applications.conftest import APRIL

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
