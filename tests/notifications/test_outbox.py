from datetime import timedelta

from core import clock
from notifications.models import Kind, Message, Policy, State
from notifications.services import Draft, cancel, enqueue, enqueue_all, message_id_for


def draft(key="k1", **fields):
    values = {"kind": Kind.REMINDER, "subject": "A subject", "address": "a@test.example", "text": "Hello"}
    return Draft(key=key, **values | fields)


def test_a_draft_becomes_one_row_however_often(db, now):
    assert enqueue(draft()) is True
    assert enqueue(draft()) is False
    assert enqueue_all([draft("k2"), draft("k1"), draft("k3")]) == 2
    assert list(Message.objects.order_by("id").values_list("dedupe_key", flat=True)) == ["k1", "k2", "k3"]


def test_rows_are_written_in_the_order_of_their_keys(db, now):
    enqueue_all([draft(key) for key in ("c", "a", "b")])
    assert list(Message.objects.order_by("id").values_list("dedupe_key", flat=True)) == ["a", "b", "c"]


def test_nothing_to_write_is_nothing_written(db):
    assert enqueue_all([]) == 0


def test_the_message_id_follows_from_the_key(db, now):
    enqueue(draft())
    row = Message.objects.get()
    assert row.message_id == message_id_for("k1") != message_id_for("k2")
    assert row.message_id.endswith("@collaborative.example.org>")


def test_a_subject_cannot_smuggle_a_header(db, now):
    enqueue(draft(subject="Hello\r\nBcc: everyone@test.example"))
    assert Message.objects.get().subject == "Hello Bcc: everyone@test.example"


def test_a_subject_of_long_names_is_cut_to_what_fits(db, now):
    """PostgreSQL refuses what is longer, and the request that writes the mail with it."""
    enqueue(draft(subject=f"Join {'a' * 200} at {'b' * 200}"))
    assert len(Message.objects.get().subject) == 250


def test_decisions_are_parked_and_the_rest_repeated(db, now):
    enqueue_all([draft("d", kind=Kind.DECISION), draft("r")])
    assert dict(Message.objects.values_list("dedupe_key", "policy")) == {"d": Policy.PARK, "r": Policy.REPEAT}


def test_mail_goes_to_the_address_the_person_has(cast):
    enqueue(draft(to=cast.leader, address=""))
    row = Message.objects.get()
    assert (row.recipient, row.address) == (cast.leader, cast.leader.email)


def test_cancelling_takes_back_what_waits_and_nothing_else(cast):
    enqueue_all([draft(key, topic="t1") for key in "ab"] + [draft("c", topic="t2")])
    Message.objects.filter(dedupe_key="a").update(state=State.SENT, sent_at=clock.now())
    assert cancel("t1", reason="It is done.") == 1
    assert dict(Message.objects.values_list("dedupe_key", "state")) == {"a": "sent", "b": "cancelled", "c": "pending"}
    assert Message.objects.get(dedupe_key="b").reason == "It is done."


def test_a_draft_may_wait_and_may_expire(db, now):
    enqueue(draft(not_before=now + timedelta(days=1), not_after=now + timedelta(days=2)))
    row = Message.objects.get()
    assert (row.not_before, row.not_after) == (now + timedelta(days=1), now + timedelta(days=2))
