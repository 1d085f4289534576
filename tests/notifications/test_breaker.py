"""The breaker, bounces, what staff decide, and the sender without a broker."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from core import clock
from core.models import AuditEntry
from notifications.models import Breaker, Kind, Message, State
from notifications.services import (
    Draft,
    VerdictRefused,
    bounces,
    breaker,
    drop,
    enqueue,
    enqueue_all,
    mark_as_sent,
    send_again,
    send_due,
)
from tests.faults.machines import ROOT, free_port, production

MINUTE = timedelta(minutes=1)


def draft(key="k1", **fields):
    values = {"kind": Kind.REMINDER, "subject": "A subject", "address": "a@test.example", "text": "Hello"}
    return Draft(key=key, **values | fields)


@pytest.fixture
def dead_relay(settings):
    settings.DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", free_port(), False


def test_three_connection_errors_in_a_row_open_the_breaker_for_a_minute(db, now, dead_relay, settings):
    enqueue(draft())
    for number in range(3):
        assert not breaker.is_open()
        with clock.at(now + number * 3 * MINUTE):
            assert send_due() == 0
    third = now + 6 * MINUTE
    with clock.at(third + timedelta(seconds=59)):
        assert breaker.is_open()
        assert send_due() == 0
    assert Breaker.objects.get().failures == 3
    with clock.at(third + 3 * MINUTE):
        assert not breaker.is_open()
        settings.DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert send_due() == 1
    assert (Breaker.objects.get().failures, Breaker.objects.get().open_until) == (0, None)


def test_a_relay_that_was_down_for_two_hours_gets_everything_once(db, now, dead_relay, settings):
    enqueue_all([draft("a"), draft("b")])
    for minute in range(120):
        with clock.at(now + minute * MINUTE):
            assert send_due() == 0
    settings.DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for minute in range(120, 130):
        with clock.at(now + minute * MINUTE):
            send_due()
    assert list(Message.objects.values_list("state", flat=True)) == [State.SENT, State.SENT]
    assert len(mail.outbox) == 2


def claimed(key: str = "k1") -> Message:
    return Message.objects.get(dedupe_key=key)


def test_a_bounce_flags_the_address_and_tells_staff_once(cast):
    enqueue_all([draft(key, to=cast.leader, address="") for key in "ab"])
    for key in "ab":
        Message.objects.filter(dedupe_key=key).update(state=State.FAILED, reason="550 No such user")
        bounces.note(claimed(key))
    cast.leader.refresh_from_db()
    assert cast.leader.mail_failed_at == clock.now()
    told = Message.objects.filter(kind=Kind.ALERT)
    assert [(row.recipient, row.subject) for row in told] == [(cast.staff, f"Mail to {cast.leader.email} is refused")]
    send_due()
    assert mail.outbox[-1].body.startswith(f"Find another address for {cast.leader.email}: it refuses our mail.")


def test_a_bounce_of_staffs_own_mail_tells_nobody_by_mail(cast):
    enqueue(draft(to=cast.staff, address=""))
    bounces.note(claimed())
    assert Message.objects.filter(kind=Kind.ALERT).count() == 0
    cast.staff.refresh_from_db()
    assert cast.staff.mail_failed_at == clock.now()


@pytest.mark.parametrize("state", [State.FAILED, State.PARKED])
def test_staff_send_again_under_the_same_message_id(cast, state):
    enqueue(draft())
    Message.objects.update(state=state, reason="Why")
    row, before = claimed(), claimed().message_id
    send_again(row, by=cast.staff)
    assert (row.state, row.reason, row.message_id) == (State.PENDING, "", before)
    assert send_due() == 1
    entry = AuditEntry.objects.get(verb="message.pending")
    assert (entry.actor_id, entry.from_state, entry.to_state) == (cast.staff.pk, state, "pending")


def test_staff_mark_a_parked_letter_as_sent(cast):
    enqueue(draft())
    Message.objects.update(state=State.PARKED, reason="Why")
    mark_as_sent(row := claimed(), by=cast.staff)
    assert (row.state, row.sent_at) == (State.SENT, clock.now())
    assert send_due() == 0


def test_staff_give_a_mail_up(cast):
    enqueue(draft())
    Message.objects.update(state=State.FAILED, reason="Why")
    drop(row := claimed(), by=cast.staff)
    assert (row.state, row.reason) == (State.CANCELLED, "Given up by staff.")


@pytest.mark.parametrize("verb", [send_again, mark_as_sent, drop])
@pytest.mark.parametrize("state", [State.PENDING, State.CANCELLED, State.EXPIRED])
def test_what_is_not_waiting_for_staff_is_refused(cast, verb, state):
    enqueue(draft())
    Message.objects.update(state=state, reason="" if state == State.PENDING else "Why")
    with pytest.raises(VerdictRefused, match="changed meanwhile"):
        verb(claimed(), by=cast.staff)
    assert not AuditEntry.objects.exists()


def test_the_sender_and_the_sweep_run_without_a_broker(cast):
    enqueue(draft())
    out = StringIO()
    call_command("run_sender", stdout=out)
    call_command("sweep", stdout=out)
    assert out.getvalue().splitlines() == ["1 sent.", "0 planned, 0 sent."]


@pytest.mark.once
def test_the_loop_ends_when_it_is_told_to(tmp_path):
    """In a process of its own: SIGTERM lets it finish the batch in hand and leaves with 0."""
    environment = production({"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"})
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    loop = subprocess.Popen(
        [sys.executable, "manage.py", "run_sender", "--loop", "--pause", "0.1"], cwd=ROOT, env=environment
    )
    deadline = time.monotonic() + 120
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        while not database.execute("SELECT 1 FROM core_heartbeat WHERE name = 'sender'").fetchone():
            assert loop.poll() is None and time.monotonic() < deadline, "the loop never ran"
            time.sleep(0.1)
    loop.send_signal(signal.SIGTERM)
    assert loop.wait(60) == 0
