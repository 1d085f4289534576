"""Turning kinds of mail off and on: on the page, by the link in a mail, and by a mail program's one click."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import links
from core.models import ActorKind, AuditEntry
from notifications import selectors
from notifications.models import Kind, Message, Refusal, State
from notifications.services import Draft, enqueue, enqueue_all, refusals, send_due
from notifications.services.refusals import ALWAYS, REFUSABLE, RefusalRefused

ADDRESS = "/inbox/preferences/"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


def draft(to, key="one", kind=Kind.NEWS, **fields):
    return Draft(kind=kind, key=key, subject=f"Subject {key}", to=to, text="The whole text.", **fields)


def states():
    return dict(Message.objects.values_list("dedupe_key", "state"))


def link_of(person, kind=Kind.NEWS):
    """The path of the link in a mail, as the mail itself holds it."""
    url = refusals.refusal_url(Message(kind=kind, recipient=person))
    assert url.startswith("https://collaborative.example.org/mail/off/")
    return url.removeprefix("https://collaborative.example.org")


def test_every_kind_can_be_turned_off_or_says_why_not():
    assert set(REFUSABLE) & set(ALWAYS) == set()
    assert set(REFUSABLE) | set(ALWAYS) == set(Kind)


# --- What is refused is not sent and stays readable --------------------------------------------------------------------


def test_refused_mail_is_cancelled_with_its_reason_and_other_mail_is_sent(cast):
    refusals.refuse(cast.leader, Kind.NEWS)
    enqueue_all(
        [
            draft(cast.leader),
            draft(cast.leader, "reminder", Kind.REMINDER),
            draft(cast.leader, "receipt", Kind.RECEIPT),
            draft(cast.colleague, "theirs"),
            Draft(kind=Kind.NEWS, key="outside", subject="x", address="x@test.example", text="x"),
        ]
    )
    assert send_due() == 4
    assert states() == {"one": "cancelled", "reminder": "sent", "receipt": "sent", "theirs": "sent", "outside": "sent"}
    row = Message.objects.get(dedupe_key="one")
    assert (row.reason, row.token, row.lease_until) == ("You have turned this kind of mail off.", None, None)
    assert send_due() == 0


def test_a_batch_of_refused_mail_alone_leaves_the_relay_alone(cast, settings):
    settings.DELIVERY_EMAIL_BACKEND = "no.such.Backend"
    refusals.refuse(cast.leader, Kind.NEWS)
    enqueue_all([draft(cast.leader, "one"), draft(cast.leader, "two")])
    assert send_due(limit=1) == 0
    assert states() == {"one": "cancelled", "two": "cancelled"}


def test_refusals_are_asked_once_a_batch(cast):
    refusals.refuse(cast.leader, Kind.NEWS)
    counts = []
    for size in (1, 3):
        batch = [Message(pk=number, kind=Kind.NEWS, recipient=cast.colleague) for number in range(size)]
        with CaptureQueriesContext(connection) as queries:
            assert refusals.withhold(batch) == batch
        counts.append(len(queries))
    assert counts == [1, 1]
    with CaptureQueriesContext(connection) as queries:
        refusals.withhold([Message(pk=1, kind=Kind.DECISION, recipient=cast.leader)])
    assert len(queries) == 0


def test_who_lost_the_claim_cancels_nothing(cast):
    refusals.refuse(cast.leader, Kind.NEWS)
    enqueue(draft(cast.leader))
    row = Message.objects.get()
    assert refusals.withhold([row]) == []
    assert states() == {"one": "pending"}


def test_what_was_withheld_stands_in_the_inbox_and_says_so(client, cast):
    refusals.refuse(cast.leader, Kind.NEWS)
    enqueue(draft(cast.leader))
    send_due()
    assert mail.outbox == []
    row = Message.objects.get()
    client.force_login(cast.leader)
    assert list(selectors.inbox(cast.leader)) == [row]
    assert "Not mailed: you have turned this kind off" in client.get("/inbox/").content.decode()
    page = client.get(f"/inbox/{row.public_id}/").content.decode()
    assert "Not mailed: you have turned this kind off" in page
    assert "The whole text." in page
    client.force_login(cast.stranger)
    assert client.get(f"/inbox/{row.public_id}/").status_code == 404


def test_mail_that_was_cancelled_for_another_reason_is_not_in_the_inbox(cast):
    enqueue(draft(cast.leader))
    Message.objects.update(state=State.CANCELLED, reason="It is done.")
    assert list(selectors.inbox(cast.leader)) == []


def test_what_was_withheld_stands_among_what_was_sent_by_its_time(cast):
    enqueue(draft(cast.leader, "early"))
    send_due()
    refusals.refuse(cast.leader, Kind.NEWS)
    enqueue(draft(cast.leader, "withheld"))
    send_due()
    assert [row.dedupe_key for row in selectors.inbox(cast.leader)] == ["withheld", "early"]


# --- The page ----------------------------------------------------------------------------------------------------------


def test_one_switch_a_kind(client, cast):
    client.force_login(cast.leader)
    assert [one["is_on"] for one in client.get(ADDRESS).context["switches"]] == [True, True]
    assert client.post(ADDRESS, {"turn_off": "reminder"})["Location"] == ADDRESS
    assert client.post(ADDRESS, {"turn_off": "reminder"}).status_code == 302
    assert selectors.refused_kinds(cast.leader) == {"reminder"}
    page = client.get(ADDRESS)
    assert [(one["kind"], one["is_on"]) for one in page.context["switches"]] == [("reminder", False), ("news", True)]
    client.post(ADDRESS, {"turn_on": "reminder"})
    assert selectors.refused_kinds(cast.leader) == set()
    rows = AuditEntry.objects.filter(verb__startswith="user.mail_").order_by("id")
    assert [(row.verb, row.actor_kind, row.actor_id, row.fields) for row in rows] == [
        ("user.mail_turned_off", ActorKind.USER, cast.leader.pk, ["reminder"]),
        ("user.mail_turned_on", ActorKind.USER, cast.leader.pk, ["reminder"]),
    ]


@pytest.mark.parametrize("data", [{}, {"turn_off": "decision"}, {"turn_off": "x"}, {"turn_on": "sign_in"}])
def test_what_is_no_switch_changes_nothing(client, cast, data):
    client.force_login(cast.leader)
    answer = client.post(ADDRESS, data)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Refusal.objects.exists()


def test_a_kind_that_everybody_gets_cannot_be_refused(cast):
    with pytest.raises(RefusalRefused):
        refusals.refuse(cast.leader, Kind.DECISION)


def test_the_page_says_why_the_others_are_always_sent(client, cast):
    client.force_login(cast.leader)
    page = client.get(ADDRESS).content.decode()
    assert "the date that you had noted is wrong from then on" in page
    assert "Something for staff" not in page
    client.force_login(cast.staff)
    assert "Something for staff" in client.get(ADDRESS).content.decode()


def test_inbox_and_profile_lead_to_the_page(client, cast):
    client.force_login(cast.leader)
    for address in ("/inbox/", "/profile/"):
        assert f'href="{ADDRESS}"' in client.get(address).content.decode()


# --- The link in a mail ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", REFUSABLE)
def test_the_link_shows_what_will_stop_and_changes_nothing_when_opened(client, cast, kind):
    for method in (client.get, client.head, client.get):
        answer = method(link_of(cast.leader, kind))
        assert (answer.status_code, answer["Cache-Control"]) == (
            200,
            "max-age=0, no-cache, no-store, must-revalidate, private",
        )
    assert str(REFUSABLE[kind])[:30] in answer.content.decode()
    assert not Refusal.objects.exists()
    assert not AuditEntry.objects.filter(verb__startswith="user.mail_").exists()


def test_the_button_turns_it_off_and_shows_how_to_undo_it(cast):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(link_of(cast.leader))
    assert selectors.refused_kinds(cast.leader) == {"news"}
    page = answer.content.decode()
    assert "This mail is turned off" in page
    assert ADDRESS in page
    row = AuditEntry.objects.get(verb="user.mail_turned_off")
    assert (row.actor_kind, row.actor_id, row.fields) == (ActorKind.LINK, cast.leader.pk, ["news"])
    browser.post(link_of(cast.leader), {"undo": "1"})
    assert selectors.refused_kinds(cast.leader) == set()


def test_a_mail_program_s_one_click_needs_no_session_and_may_come_again(cast):
    program = Client(enforce_csrf_checks=True)
    for _ in range(3):
        answer = program.post(
            link_of(cast.leader), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 200  # RFC 8058 allows no redirection
    assert selectors.refused_kinds(cast.leader) == {"news"}
    assert AuditEntry.objects.filter(verb="user.mail_turned_off").count() == 1


def test_a_token_is_for_one_person_and_one_kind(client, cast):
    good = link_of(cast.leader)
    token = good.split("/")[-2]
    bad = [
        good.replace(str(cast.leader.public_id), str(cast.stranger.public_id)),
        good.replace("/news/", "/reminder/"),
        good.replace(token, token[::-1]),
        good.replace(token, "ü"),
        good.replace("/news/", "/decision/"),
        good.replace("/news/", "/nothing/"),
    ]
    of_decisions = links.token("refuse-decision", cast.leader.pk, 1)
    bad.append(f"/mail/off/{cast.leader.public_id}/decision/{of_decisions}/")
    assert [client.post(address).status_code for address in bad] == [404] * len(bad)
    assert not Refusal.objects.exists()


# --- What the mail carries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_mail_that_may_be_refused_carries_the_link_and_no_other_does(cast, kind):
    enqueue(draft(cast.leader, kind=kind))
    send_due()
    (sent,) = mail.outbox
    wire = sent.message().as_bytes().decode()
    if kind not in REFUSABLE:
        assert "List-Unsubscribe" not in wire
        assert "/mail/off/" not in sent.body + sent.alternatives[0].content
        return
    url = f"https://collaborative.example.org{link_of(cast.leader, kind)}"
    # As it stands on the wire: not encoded, only folded.
    assert re.search(r"^List-Unsubscribe:\s+<(\S+)>$", wire, re.M)[1] == url
    assert "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in wire
    assert sent.body.rstrip().endswith(f" off: {url}")
    assert f'href="{url}"' in sent.alternatives[0].content


def test_mail_to_an_address_without_an_account_has_nothing_to_turn_off(db, now):
    enqueue(Draft(kind=Kind.NEWS, key="x", subject="x", address="x@test.example", text="x"))
    send_due()
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
    assert mail.outbox[0].body == "x"
