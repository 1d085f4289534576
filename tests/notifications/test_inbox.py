import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Kind, Message, State
from notifications.services import Draft, enqueue
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


def sent(to, key="one", kind=Kind.RECEIPT, state=State.SENT, **fields):
    enqueue(Draft(kind=kind, key=key, subject=f"Subject {key}", to=to, text="The whole text.", **fields))
    stamp = {"sent_at": NOW} if state == State.SENT else {}
    Message.objects.filter(dedupe_key=key).update(state=state, reason="r", **stamp)
    return Message.objects.get(dedupe_key=key)


def page(message):
    return f"/inbox/{message.public_id}/"


def test_a_person_reads_their_own_mail_only(client, cast):
    mine, theirs = sent(cast.leader), sent(cast.stranger, "two")
    client.force_login(cast.leader)
    assert list(client.get("/inbox/").context["page"]) == [mine]
    assert "The whole text." in client.get(page(mine)).content.decode()
    assert client.get(page(theirs)).status_code == 404


@pytest.mark.parametrize("name", ["colleague", "stranger", "coach", "reviewer", "leadership", "staff"])
def test_nobody_reads_another_s_mail_here(client, cast, name):
    message = sent(cast.leader)
    client.force_login(getattr(cast, name))
    assert client.get("/inbox/").status_code == 200
    assert client.get(page(message)).status_code == 404


@pytest.mark.parametrize("url", ["/inbox/", "/inbox/00000000-0000-4000-8000-000000000000/"])
def test_visitors_and_inactive_people_sign_in_first(client, cast, url):
    assert client.get(url).status_code == 302
    client.force_login(cast.inactive)
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED, State.FAILED, State.PARKED])
def test_what_was_not_sent_is_not_in_the_inbox(client, cast, state):
    message = sent(cast.leader, state=state)
    client.force_login(cast.leader)
    assert list(client.get("/inbox/").context["page"]) == []
    assert client.get(page(message)).status_code == 404


def test_sign_in_mail_is_not_kept_for_reading(client, cast):
    message = sent(cast.leader, kind=Kind.SIGN_IN)
    client.force_login(cast.leader)
    assert "No mail yet" in client.get("/inbox/").content.decode()
    assert client.get(page(message)).status_code == 404


def test_reading_changes_nothing(client, cast):
    message = sent(cast.leader)
    before = Message.objects.values().get()
    client.force_login(cast.leader)
    assert client.get(page(message)).status_code == 200
    assert Message.objects.values().get() == before


def test_the_inbox_asks_as_often_with_three_rows_as_with_one(client, cast):
    client.force_login(cast.leader)
    sent(cast.leader)
    client.get("/inbox/")  # the first request of a session writes when it began
    with CaptureQueriesContext(connection) as one:
        client.get("/inbox/")
    sent(cast.leader, "two")
    sent(cast.leader, "three")
    with CaptureQueriesContext(connection) as three:
        assert len(client.get("/inbox/").context["page"].object_list) == 3
    assert len(three) == len(one)


def test_staff_find_mail_in_the_admin_and_cannot_change_it(client, cast):
    message = sent(cast.leader)
    client.force_login(cast.staff)
    listed = client.get(reverse("admin:notifications_message_changelist"), {"state__exact": "sent", "q": "Subject"})
    assert list(listed.context["cl"].result_list) == [message]
    url = reverse("admin:notifications_message_change", args=[message.pk])
    assert "The whole text." not in client.get(url).content.decode()
    assert client.post(url, {"subject": "Other"}).status_code == 403
    assert client.get(reverse("admin:notifications_message_add")).status_code == 403


@pytest.mark.parametrize("name", ["leader", "coach", "reviewer", "leadership"])
def test_the_admin_list_is_for_staff(client, cast, name):
    client.force_login(getattr(cast, name))
    assert client.get(reverse("admin:notifications_message_changelist")).status_code == 302


def act(client, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    answer = client.post("/admin/notifications/message/", data, follow=True)
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("send_again", State.FAILED, State.PENDING),
        ("send_again", State.PARKED, State.PENDING),
        ("mark_as_sent", State.PARKED, State.SENT),
        ("drop", State.FAILED, State.CANCELLED),
    ],
)
def test_staff_decide_about_failed_and_parked_mail(client, cast, action, before, after):
    one, two = sent(cast.leader, state=before), sent(cast.leader, "two")
    client.force_login(cast.staff)
    assert act(client, action, one, two) == [
        f"“Subject two to {cast.leader.email}” is sent, so this cannot be done to it.",
        "1 mail was changed.",
    ]
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, two.state) == (after, State.SENT)


@pytest.mark.parametrize("action", ["send_again", "mark_as_sent", "drop"])
def test_only_staff_decide(client, cast, action):
    row = sent(cast.leader, state=State.PARKED)
    client.force_login(cast.leader)
    client.post("/admin/notifications/message/", {"action": action, "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.state == State.PARKED
