"""The sender, against Django's in-memory relay and against a real SMTP server on loopback."""

import socket
import uuid
from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.mail import send_mail
from django.db.models.functions import Now

from core import clock
from core.models import Heartbeat
from notifications.models import Kind, Message, Policy, State
from notifications.services import Draft, claims, enqueue, enqueue_all, message_id_for, send_due

MINUTE = timedelta(minutes=1)


def draft(key="k1", **fields):
    values = {"kind": Kind.REMINDER, "subject": "A subject", "address": "a@test.example", "text": "Hello"}
    return Draft(key=key, **values | fields)


def states():
    return dict(Message.objects.values_list("dedupe_key", "state"))


def dead_lease(key, *, started):
    """A claim whose sender died: the lease ran out a minute ago."""
    Message.objects.filter(dedupe_key=key).update(
        state=State.CLAIMED,
        token=uuid.uuid4(),
        lease_until=Now() - MINUTE,
        smtp_started_at=Now() - MINUTE if started else None,
    )


def test_what_is_due_is_sent_once(db, now):
    enqueue_all([draft("a"), draft("b", html="<p>Hello</p>"), draft("later", not_before=now + MINUTE)])
    assert send_due() == 2
    assert send_due() == 0
    assert states() == {"a": "sent", "b": "sent", "later": "pending"}
    assert [sent.extra_headers["Message-ID"] for sent in mail.outbox] == [message_id_for("a"), message_id_for("b")]
    assert mail.outbox[1].alternatives[0].content == "<p>Hello</p>"
    assert Heartbeat.objects.get(name="sender").beat_at == now
    with clock.at(now + MINUTE):
        assert send_due() == 1


def test_what_is_no_longer_useful_expires_with_a_reason(db, now):
    enqueue(draft(not_after=now - MINUTE))
    assert send_due() == 0
    row = Message.objects.get()
    assert (row.state, row.reason) == (State.EXPIRED, "Its time had passed before it could be sent.")
    assert mail.outbox == []


def test_a_limit_holds(db, now):
    enqueue_all([draft(str(number)) for number in range(5)])
    assert send_due(limit=3) == 3
    assert send_due() == 2


def test_bodies_with_codes_are_erased_once_sent(db, now, settings):
    # Django's test runner puts its own backend in place of the product's.
    settings.EMAIL_BACKEND = "notifications.backends.OutboxBackend"
    send_mail("Your code", "The code is 123456", None, ["a@test.example"], html_message="<b>123456</b>")
    row = Message.objects.get()
    assert (row.kind, row.text) == (Kind.SIGN_IN, "The code is 123456")
    assert send_due() == 1
    assert "123456" in mail.outbox[0].body
    row.refresh_from_db()
    assert (row.state, row.text, row.html) == (State.SENT, "", "")


def test_a_template_is_rendered_for_its_reader_with_links_from_the_setting(cast, settings):
    settings.SITE_URL = "https://c.example.org"
    enqueue(draft(to=cast.leader, address="", text="", template="base", context={"link": {"page": "privacy"}}))
    assert send_due() == 1
    assert "https://c.example.org/privacy/" in mail.outbox[0].body
    assert 'href="https://c.example.org/privacy/"' in mail.outbox[0].alternatives[0].content


def test_a_mail_that_cannot_be_rendered_fails_and_holds_up_nobody(db, now):
    enqueue_all([draft("a", text="", template="no-such-template"), draft("b")])
    assert send_due() == 1
    assert states() == {"a": "failed", "b": "sent"}
    assert Message.objects.get(dedupe_key="a").reason == "It cannot be rendered: mail/no-such-template.txt"


def test_a_claim_that_never_started_goes_back_and_is_sent(db, now):
    enqueue(draft())
    dead_lease("k1", started=False)
    assert send_due() == 1
    assert states() == {"k1": "sent"}


def test_a_living_lease_is_left_alone(db, now):
    enqueue(draft())
    held = claims.claim(10)
    assert send_due() == 0
    assert claims.start(held[0])
    assert claims.finish(held[0])
    assert states() == {"k1": "sent"}


def test_who_lost_the_claim_can_write_nothing(db, now):
    enqueue(draft())
    slow = claims.claim(10)[0]
    dead_lease("k1", started=False)
    claims.recover(None)
    quick = claims.claim(10)[0]
    assert [claims.start(slow), claims.finish(slow), claims.fail(slow, "x"), claims.put_back(slow)] == [False] * 4
    assert claims.start(quick)


def test_a_slow_sender_cannot_start_while_another_settles_what_it_held(db, now):
    enqueue_all([draft("a"), draft("b"), draft("c")])
    first, _, last = claims.claim(10)  # one of these two is settled after the question to the log, whatever the order
    Message.objects.update(lease_until=Now() - MINUTE)
    Message.objects.filter(dedupe_key="b").update(smtp_started_at=Now() - MINUTE)
    started = []

    def look_up(message_id):
        started.extend([claims.start(first), claims.start(last)])
        return claims.Fate.NOT_SEEN

    claims.recover(look_up)
    assert started == [False, False]
    assert states() == {"a": "pending", "b": "pending", "c": "pending"}


def test_reminders_are_marked_together_and_a_decision_letter_alone(db, now, monkeypatch):
    enqueue_all([draft(f"{number:02}") for number in range(12)])
    enqueue_all([draft("x", kind=Kind.DECISION), draft("y", kind=Kind.DECISION)])
    start_all, sizes = claims.start_all, []
    monkeypatch.setattr(claims, "start_all", lambda group: sizes.append(len(group)) or start_all(group))
    assert send_due() == 14
    assert sizes == [10, 2, 1, 1]


def test_a_relay_so_slow_that_the_lease_may_end_makes_the_sender_look_again(db, now, settings, monkeypatch):
    settings.MAIL_LEASE_SECONDS = 0
    enqueue_all([draft("a"), draft("b")])
    finish = claims.finish

    def finish_while_another_takes_b(message):
        Message.objects.filter(dedupe_key="b", state=State.CLAIMED).update(token=uuid.uuid4())
        return finish(message)

    monkeypatch.setattr(claims, "finish", finish_while_another_takes_b)
    assert send_due() == 1
    assert [sent.extra_headers["Message-ID"] for sent in mail.outbox] == [message_id_for("a")]


@pytest.mark.parametrize(
    ("policy", "fate", "state"),
    [
        (Policy.REPEAT, claims.Fate.DELIVERED, State.SENT),
        (Policy.REPEAT, claims.Fate.NOT_SEEN, State.PENDING),
        (Policy.REPEAT, claims.Fate.UNKNOWN, State.PENDING),
        (Policy.PARK, claims.Fate.DELIVERED, State.SENT),
        (Policy.PARK, claims.Fate.NOT_SEEN, State.PENDING),
        (Policy.PARK, claims.Fate.UNKNOWN, State.PARKED),
    ],
)
def test_a_started_mail_is_settled_by_the_relays_log_and_the_policy(db, now, policy, fate, state):
    enqueue(draft(kind=Kind.DECISION if policy == Policy.PARK else Kind.REMINDER))
    dead_lease("k1", started=True)
    asked = []
    claims.recover(lambda message_id: asked.append(message_id) or fate)
    assert states() == {"k1": state}
    assert asked == [message_id_for("k1")]


class Sink:
    """A real SMTP server that answers by address and keeps what it took."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        answers = {"gone": "550 5.1.1 No such user", "full": "452 4.2.2 Mailbox full"}
        refusal = answers.get(address.partition("@")[0])
        if not refusal:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)))
        return "250 Taken"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def sink(settings):
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = controller.hostname, controller.port, False
    settings.EMAIL_HOST_USER = ""
    yield handler
    controller.stop()


def test_over_smtp_one_refused_address_leaves_the_others_alone(db, now, sink):
    enqueue_all(
        [draft("a"), draft("b", address="gone@test.example"), draft("c", address="full@test.example"), draft("d")]
    )
    assert send_due() == 2
    assert states() == {"a": "sent", "b": "failed", "c": "pending", "d": "sent"}
    assert Message.objects.get(dedupe_key="b").reason == "The mail server refused it: 550 5.1.1 No such user"
    waiting = Message.objects.get(dedupe_key="c")
    assert now < waiting.not_before < now + 2 * MINUTE
    assert waiting.attempts == 1
    assert [address for address, _ in sink.taken] == ["a@test.example", "a@test.example"]
    assert sink.taken[0][1]["Message-ID"].strip() == message_id_for("a")


def test_an_unreachable_relay_loses_nothing(db, now, settings, sink):
    good, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    enqueue_all([draft("a"), draft("b")])
    assert send_due() == 0
    assert states() == {"a": "pending", "b": "pending"}
    settings.EMAIL_PORT = good
    assert send_due() == 0
    with clock.at(now + 3 * MINUTE):
        assert send_due() == 2
    assert len(sink.taken) == 2
