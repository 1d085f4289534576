from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import AuditEntry
from core.services import beat
from dashboards.selectors.machinery import beats
from notifications.models import Kind, Message, State
from notifications.services import Draft, drop, enqueue, send_due
from programs.models import Reminder
from tests.conftest import NOW
from tests.dashboards.conftest import enroll_more


def write(cast, key, **fields):
    enqueue(Draft(kind=Kind.NEWS, key=key, subject=f"Subject {key}", to=cast.leader, text="x", **fields))


def remind(milestone, days=-8):
    Reminder.objects.create(milestone=milestone, offset_days=days)


def fail(key, reason="550 no such user"):
    Message.objects.filter(dedupe_key=key).update(state=State.FAILED, reason=reason)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("leader", 403),
        ("colleague", 403),
        ("helper", 403),
        ("former", 403),
        ("stranger", 403),
        ("reviewer", 403),
        ("coach", 403),
        ("other_coach", 403),
        ("leadership", 403),
        ("staff", 200),
        ("inactive", 302),
    ],
)
def test_who_may_see_the_status(client, cast, name, status):
    client.force_login(getattr(cast, name))
    assert client.get("/status").status_code == status


def test_the_empty_status_says_what_to_check(client, cast):
    client.force_login(cast.staff)
    response = client.get("/status")
    assert [(beat.name, beat.is_silent, beat.beat_at) for beat in response.context["beats"]] == [
        ("sweep", True, None),
        ("sender", True, None),
        ("sealer", True, None),
    ]
    text = response.content.decode()
    assert "Check that the worker and the clock are started." in text
    assert "No mail is behind its time." in text


def test_the_status_names_beats_oldest_failed_and_due(client, cast):
    beat("sweep")
    write(cast, "old", not_before=NOW - timedelta(hours=3))
    write(cast, "soon", not_before=NOW + timedelta(hours=23))
    write(cast, "later", not_before=NOW + timedelta(hours=25))
    write(cast, "broken")
    fail("broken")
    client.force_login(cast.staff)
    response = client.get("/status")
    context = response.context
    assert [(row.name, row.is_silent) for row in context["beats"]] == [
        ("sweep", False),
        ("sender", True),
        ("sealer", True),
    ]
    assert context["oldest"].dedupe_key == "old"
    assert [row.dedupe_key for row in context["stuck"]] == ["broken"]
    assert [row.dedupe_key for row in context["due"]] == ["old", "soon"]
    assert (context["counts"]["pending"], context["counts"]["failed"], context["counts"]["sent"]) == (3, 1, 0)
    assert "550 no such user" in response.content.decode()


def test_a_part_that_was_not_seen_for_minutes_is_silent(client, cast):
    beat("sweep")
    beat("sender")
    beat("sealer")
    client.force_login(cast.staff)
    assert "Check that the worker and the clock are started." not in client.get("/status").content.decode()
    for minutes, expected in ((10, False), (11, True)):
        with clock.at(NOW + timedelta(minutes=minutes)):
            assert [row.is_silent for row in client.get("/status").context["beats"]] == [expected] * 3


def test_a_backup_is_awaited_once_a_day_where_there_was_one(cast):
    beat("backup")
    for hours, expected in ((25, False), (27, True)):
        found = {row.name: row.is_silent for row in beats(now=NOW + timedelta(hours=hours))}
        assert found == {"sweep": True, "sender": True, "sealer": True, "backup": expected}


def test_the_status_asks_as_often_with_three_rows_as_with_one(client, cast):
    client.force_login(cast.staff)

    def ask():
        with CaptureQueriesContext(connection) as queries:
            client.get("/status")
        return len(queries)

    write(cast, "due-1")
    write(cast, "failed-1")
    fail("failed-1")
    remind(cast.baseline)
    ask()  # the first one notes when the session was begun
    one = ask()
    remind(cast.session)
    enroll_more(cast, 2)
    for number in (2, 3):
        write(cast, f"due-{number}")
        write(cast, f"failed-{number}")
        fail(f"failed-{number}")
    assert ask() == one


@pytest.mark.parametrize("verb", ["again", "arrived", "give-up"])
def test_what_is_decided_about_one_mail_is_a_post_of_staff(client, cast, verb):
    write(cast, "broken")
    fail("broken")
    address = f"/status/mail/{Message.objects.get().public_id}/{verb}/"
    client.force_login(cast.leader)
    assert client.post(address).status_code == 403
    client.force_login(cast.staff)
    assert client.get(address).status_code == 405
    assert Message.objects.get().state == State.FAILED


def test_a_failed_mail_is_sent_again_from_its_row(client, cast):
    write(cast, "broken")
    fail("broken")
    message = Message.objects.get()
    client.force_login(cast.staff)
    page = client.get("/status").content.decode()
    address = f"/status/mail/{message.public_id}"
    assert f'action="{address}/again/?page=1"' in page
    assert f"{address}/arrived/" not in page
    assert client.post(f"{address}/again/?page=1").url == "/status?page=1#stuck"
    message.refresh_from_db()
    assert (message.state, message.reason, message.not_before) == (State.PENDING, "", NOW)
    assert AuditEntry.objects.filter(verb="message.pending", actor_id=cast.staff.pk).count() == 1
    assert send_due() == 1
    assert [mail.to for mail in django_mail.outbox] == [[cast.leader.email]]


@pytest.mark.parametrize(
    ("verb", "state"), [("again", State.PENDING), ("arrived", State.SENT), ("give-up", State.CANCELLED)]
)
def test_a_parked_mail_has_three_ways_out(client, cast, verb, state):
    write(cast, "letter")
    Message.objects.update(state=State.PARKED, reason="Nobody can say whether it left.")
    address = f"/status/mail/{Message.objects.get().public_id}/{verb}/"
    client.force_login(cast.staff)
    assert f'action="{address}?page=1"' in client.get("/status").content.decode()
    client.post(address)
    assert Message.objects.get().state == state


def test_what_somebody_else_decided_first_is_told(client, cast):
    write(cast, "broken")
    fail("broken")
    address = f"/status/mail/{Message.objects.get().public_id}"
    client.force_login(cast.staff)
    client.post(f"{address}/give-up/")
    answer = client.post(f"{address}/again/", follow=True)
    assert "This mail has changed meanwhile." in answer.content.decode()
    assert Message.objects.get().state == State.CANCELLED


def test_what_came_too_late_is_not_sent_again(client, cast):
    write(cast, "late", not_after=NOW - timedelta(minutes=1))
    fail("late")
    address = f"/status/mail/{Message.objects.get().public_id}/again/"
    client.force_login(cast.staff)
    page = client.get("/status").content.decode()
    assert "Too late to send" in page
    assert address not in page
    assert "is too late: what it says has passed" in client.post(address, follow=True).content.decode()
    assert Message.objects.get().state == State.FAILED
    assert "Nothing to send again" in client.get("/status/failed/").content.decode()


def test_all_that_failed_is_listed_with_its_people_before_it_is_sent_again(client, cast):
    for key in ("one", "two", "late"):
        write(cast, key, not_after=NOW - timedelta(hours=1) if key == "late" else None)
    enqueue(Draft(kind=Kind.NEWS, key="three", subject="Subject three", to=cast.coach, text="x"))
    Message.objects.update(state=State.FAILED, reason="550 no such user")
    client.force_login(cast.staff)
    response = client.get("/status/failed/")
    text = response.content.decode()
    assert "3 mails." in text
    assert "This will write to <strong>2 people</strong>." in text
    assert "1 more has failed and is too late to send." in text
    assert cast.coach.email in text
    assert Message.objects.filter(state=State.FAILED).count() == 4
    seen = response.context["seen"]
    assert client.post("/status/failed/", {"seen": seen}).url == "/status"
    assert sorted(Message.objects.filter(state=State.PENDING).values_list("dedupe_key", flat=True)) == [
        "one",
        "three",
        "two",
    ]
    assert AuditEntry.objects.filter(verb="message.pending", actor_id=cast.staff.pk).count() == 3


@pytest.mark.parametrize("change", ["one more", "one less", "nothing seen"])
def test_a_list_that_has_changed_is_shown_again_and_nothing_sent(client, cast, change):
    write(cast, "one")
    write(cast, "two")
    fail("one")
    if change == "one less":
        fail("two")
    client.force_login(cast.staff)
    seen = client.get("/status/failed/").context["seen"]
    if change == "one more":
        fail("two")
    elif change == "one less":
        drop(Message.objects.get(dedupe_key="two"), by=cast.staff)
    else:
        seen = ""
    before = list(Message.objects.order_by("pk").values_list("state", flat=True))
    answer = client.post("/status/failed/", {"seen": seen}, follow=True)
    assert "Look at the list again." in answer.content.decode()
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == before


def test_a_thousand_failed_mails_are_shown_in_pages_and_sent_again_in_batches(client, cast):
    Message.objects.bulk_create(
        Message(
            kind=Kind.NEWS,
            dedupe_key=f"bulk-{number}",
            message_id=f"<{number}@test.example>",
            address=f"person{number}@test.example",
            subject="News",
            state=State.FAILED,
            reason="550 no such user",
            created_at=NOW,
            not_before=NOW,
        )
        for number in range(1_100)
    )
    client.force_login(cast.staff)
    client.get("/status")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/status?page=55")
    assert (len(page.context["stuck"]), page.context["stuck"].paginator.num_pages) == (20, 55)
    assert len(queries) < 30
    everything = client.get("/status/failed/")
    assert "This will write to <strong>1100 people</strong>." in everything.content.decode().replace(",", "")
    assert len(everything.context["page"]) == 100
    with CaptureQueriesContext(connection) as queries:
        client.post("/status/failed/", {"seen": everything.context["seen"]})
    assert Message.objects.filter(state=State.PENDING).count() == 1_100
    assert AuditEntry.objects.filter(verb="message.pending").count() == 1_100
    assert len(queries) < 50  # three batches


@pytest.mark.parametrize("page", ["0", "99", "x", "-1"])
def test_a_page_that_is_not_there_is_no_error(client, cast, page):
    write(cast, "broken")
    fail("broken")
    client.force_login(cast.staff)
    for address in (f"/status?page={page}&due={page}", f"/status/failed/?page={page}"):
        assert client.get(address).status_code == 200
    message = Message.objects.get()
    answer = client.post(f"/status/mail/{message.public_id}/again/?page={page}")
    assert answer.status_code == 302


def test_health_is_one_word(client, db):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("person", ["nobody", "leader", "staff"])
def test_health_without_a_database_is_one_word_too(client, cast, settings, person, error):
    """With a session as well: nothing on the way to the view may ask the database who is asking."""
    settings.STAFF_TWO_FACTORS_REQUIRED = True
    if person != "nobody":
        client.force_login(getattr(cast, person))

    def refuse(*args):
        raise error("connection to server at 10.0.0.7 failed")

    with connection.execute_wrapper(refuse):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (503, b"database")
