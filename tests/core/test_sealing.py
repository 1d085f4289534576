"""The chain of the audit trail: what is sealed, what is found when somebody bends it, and what its head is good for."""

import importlib
import json
import logging
import random
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from core import chain, clock, sealing, triggers
from core.models import AuditEntry, AuditSeal, AuditUnsealed, Heartbeat
from core.sealing import Head, HeadUnreadable, Tally, parse_head, rows, sealer, verifier, verify
from core.services import record, record_all, record_read
from tests.conftest import NEW_YORK, NOW
from tests.core.tampering import KINDS, Trail


@pytest.fixture(autouse=True)
def _outside(settings, tmp_path):
    """A place of its own for the head that is remembered."""
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lifted(db):
    """The triggers are away until the test's transaction is rolled back."""
    triggers.lift(connection)


def write_some(cast):
    """Sixteen acts of every kind of actor, over some hours."""
    for hour in range(4):
        with clock.at(NOW + timedelta(hours=hour, microseconds=hour)):
            record("team.renamed", cast.team, by=cast.leader, fields=["name"])
            record("enrollment.withdrawn", cast.enrollment, by=cast.staff, from_state="active", to_state="withdrawn")
            record("cohort.created", cast.cohort, by=None, fields=["starts_on", "ärger"])
            record("invitation.accepted", cast.team, by=cast.practice, by_link=True)


@pytest.fixture
def trail(cast):
    """Sixteen sealed entries, sealed in two goes, and one that waits."""
    write_some(cast)
    sealing.seal(5)
    sealing.seal_waiting()
    waiting = record("team.renamed", cast.team, by=cast.colleague)
    entries = list(AuditSeal.objects.order_by("sequence").values_list("entry_id", flat=True))
    assert len(entries) == 16
    return Trail(entries, waiting.pk, sealing.head())


def kinds(*heads):
    return [finding.kind for finding in verify(heads)]


# --- What is sealed ------------------------------------------------------------------------------------------------------


def test_a_trail_that_nobody_touched_is_whole(trail):
    tally = Tally()
    assert list(verify([trail.head], tally=tally)) == []
    assert (tally.seals, tally.fitting, tally.waiting, tally.head) == (16, 16, 1, trail.head)


def test_everything_is_sealed_once_and_the_list_is_empty_then(trail, cast):
    record_all("message.pending", [cast.team, cast.practice], by=cast.staff)
    record_read(cast.cohort, by=cast.staff, fields=["csv"])
    assert sealing.seal_waiting() == 4
    assert sealing.seal_waiting() == 0
    assert list(AuditSeal.objects.order_by("pk").values_list("pk", flat=True)) == list(range(1, 21))
    assert set(AuditSeal.objects.values_list("entry_id", flat=True)) == set(
        AuditEntry.objects.values_list("pk", flat=True)
    )
    assert not AuditUnsealed.objects.exists()
    assert kinds() == []
    assert AuditEntry.objects.get(verb="cohort.exported").fields == ["csv"]


def test_what_is_rolled_back_leaves_no_note(cast):
    with transaction.atomic():
        record("team.created", cast.team, by=cast.leader)
        transaction.set_rollback(True)
    assert (AuditEntry.objects.count(), AuditUnsealed.objects.count()) == (0, 0)


def test_an_entry_that_comes_late_is_sealed_behind_those_with_higher_numbers(trail):
    """As when its transaction commits last; tests/faults shows it with two connections."""
    for number in (1_000_000, 999_000):
        entry = AuditEntry.objects.get(pk=trail.waiting)
        entry.pk = number
        entry.save(force_insert=True)
        mac = chain.note_mac("test-audit-key", rows.entries([number])[0])
        AuditUnsealed.objects.create(entry_id=number, mac=mac)
        assert sealing.seal_waiting() >= 1
    assert list(AuditSeal.objects.order_by("-pk").values_list("entry_id", flat=True)[:2]) == [999_000, 1_000_000]
    assert kinds() == []


def test_a_sweep_has_a_limit_and_the_next_goes_on(cast, monkeypatch):
    monkeypatch.setattr(sealer, "BATCH", 5)
    write_some(cast)
    assert sealing.seal_waiting(most=1) == 16  # one batch, of 500
    write_some(cast)
    monkeypatch.setattr(sealer.seal, "__defaults__", (5,))
    assert [sealing.seal_waiting(most=7), sealing.seal_waiting(), sealing.seal_waiting()] == [10, 6, 0]


def test_what_does_not_bear_the_mark_is_left_for_a_person_and_holds_nobody_up(trail, cast, lifted, monkeypatch, caplog):
    monkeypatch.setattr(sealer.seal, "__defaults__", (1,))
    AuditEntry.objects.filter(pk=trail.waiting).update(verb="team.created")
    record("team.created", cast.team, by=cast.leader)
    assert sealing.seal_waiting() == 1
    assert "1 audit entries do not bear the mark" in caplog.text
    assert list(AuditUnsealed.objects.values_list("entry_id", flat=True)) == [trail.waiting]
    assert kinds() == ["changed_unsealed"]


def test_a_forged_seal_does_not_stop_the_sealer(trail, cast, lifted):
    AuditSeal.objects.create(sequence=17, entry_id=trail.waiting, mac="0" * 64, sealed_at=NOW)
    record("team.created", cast.team, by=cast.leader)
    assert sealing.seal_waiting() == 1
    assert [(finding.kind, finding.seal) for finding in verify()] == [("misfit", 17)]


def test_what_waits_for_an_hour_is_told_and_sealing_heals_it(trail):
    with clock.at(NOW + timedelta(hours=1)):
        assert kinds() == []
    with clock.at(NOW + timedelta(hours=1, seconds=1)):
        assert kinds() == ["unsealed"]
        sealing.seal_waiting()
        assert kinds() == []


def test_entries_from_before_there_was_a_sealer_are_sealed_too(cast):
    write_some(cast)
    AuditUnsealed.objects.all().delete()
    assert set(kinds()) == {"stray"}
    importlib.import_module("core.migrations.0003_audit_unsealed").note_what_is_there(apps, None)
    assert (sealing.seal_waiting(), kinds()) == (16, [])


# --- The bytes -----------------------------------------------------------------------------------------------------------


def test_every_column_is_in_the_mac():
    assert tuple(field.column for field in AuditEntry._meta.concrete_fields) == chain.COLUMNS


def test_both_databases_give_the_same_bytes(db):
    at = datetime(2024, 2, 29, 23, 59, 59, 1, tzinfo=UTC)
    AuditEntry.objects.create(
        id=7,
        at=at.astimezone(NEW_YORK),
        actor_kind="user",
        actor_id=3,
        verb="team.renamed",
        object_type="practices.team",
        object_id=5,
        fields=["name", "größe", "\u2028"],
    )
    (entry,) = rows.entries([7])
    assert chain.encoded(*entry) == (
        b'[7,{"utc":1709251199000001},"user",3,"team.renamed","practices.team",5,"","",'
        b'["name","gr\\u00f6\\u00dfe","\\u2028"]]'
    )
    assert chain.note_mac("key", entry) == "bca4460b9f140885085e9ca73ef9e56a318139c7b9caf5438ccc826dca7a802a"
    assert chain.seal_mac("key", "", 1, at, entry) == "7aa220ad920f04511716b3482d7f58c0a26c3de1d91776d8a5e3581adafd4660"


def test_a_note_is_no_seal_and_a_value_is_not_its_text():
    entry = (1, "x")
    assert chain.note_mac("k", entry) != chain.seal_mac("k", "", 1, NOW, entry)
    assert chain.encoded(1) != chain.encoded("1")
    assert chain.encoded("a", "b") != chain.encoded("a,b")
    for value in (datetime(2024, 1, 1), float("nan")):
        with pytest.raises(ValueError):
            chain.encoded(value)
    with pytest.raises(TypeError):
        chain.encoded(b"x")


# --- Tampering -----------------------------------------------------------------------------------------------------------


def test_fifty_tamperings_are_found(trail, lifted, capsys):
    """Each by itself, before the next sweep and after it; and without it, the trail is whole."""
    missed = []
    for number, kind in enumerate(KINDS):
        heads = [trail.head] if kind.outside else []
        with transaction.atomic():
            kind.bend(random.Random(number), trail)
            missed += [] if kinds(*heads) else [f"{number} {kind.name}"]
            with clock.at(NOW + timedelta(minutes=1)):
                sealing.seal_waiting()
            missed += [] if kinds(*heads) else [f"{number} {kind.name}, after the next sweep"]
            transaction.set_rollback(True)
        assert kinds(trail.head) == [], kind.name
    with capsys.disabled():
        print(f"\n{len(KINDS) - len(missed)} of {len(KINDS)} tamperings found ({connection.vendor}).")
    assert (len(KINDS), missed) == (50, [])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.outside], ids=lambda kind: kind.name)
def test_without_a_head_these_are_not_found(trail, lifted, kind):
    """What the head is for. Where this fails, the chain has become better than its documentation says."""
    kind.bend(random.Random(1), trail)
    AuditUnsealed.objects.all().delete()
    AuditEntry.objects.filter(pk=trail.waiting).delete()
    assert set(kinds()) <= {"stray"}
    assert kinds(trail.head)[-1:] != []


def test_the_sentences_say_where(trail, lifted):
    victim = trail.entries[4]
    AuditEntry.objects.filter(pk=victim).update(verb="team.created")
    AuditEntry.objects.filter(pk=trail.entries[9]).delete()
    AuditSeal.objects.filter(pk__in=(12, 13)).delete()
    assert [finding.sentence for finding in verify([Head(99, "0" * 64), Head(2, "0" * 64)])] == [
        f"Seal 5 does not fit: it, entry {victim} or the seal before it was changed.",
        f"Entry {trail.entries[9]} is gone; seal 10 was its own.",
        "Seals 12 to 13 are missing.",
        f"Seal 14 does not fit: it, entry {trail.entries[13]} or the seal before it was changed.",
        "The tail is cut: the head 99 was told outside, and the chain ends with 16.",
        "Seal 2 is not the one that was told outside: the chain was made anew.",
        f"Entry {trail.entries[11]} has no seal and does not wait for one: it was unsealed, or this software never wrote it.",
        f"Entry {trail.entries[12]} has no seal and does not wait for one: it was unsealed, or this software never wrote it.",
    ]


def test_a_page_is_a_page(trail, lifted, monkeypatch):
    """What is found does not depend on where a page ends."""
    AuditEntry.objects.filter(pk__in=trail.entries[2:9:3]).update(verb="team.created")
    AuditSeal.objects.filter(pk__gt=11).delete()
    whole = list(verify([trail.head]))
    for size in (1, 2, 5):
        monkeypatch.setattr(verifier, "PAGE", size)
        assert list(verify([trail.head])) == whole
    assert len(whole) == 3 + 1 + 5


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL lets nothing of another type into a column")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditentry SET object_id = 'seven' WHERE id = {entry}",
        "UPDATE core_auditentry SET fields = 'no JSON' WHERE id = {entry}",
        "UPDATE core_auditentry SET at = 5 WHERE id = {entry}",
        "UPDATE core_auditentry SET verb = CAST(x'ff00' AS TEXT) WHERE id = {entry}",
        "UPDATE core_auditentry SET verb = x'ff00' WHERE id = {entry}",
        "UPDATE core_auditseal SET sealed_at = 'never' WHERE entry_id = {entry}",
        "UPDATE core_auditseal SET mac = CAST(x'ff00' AS TEXT) WHERE entry_id = {entry}",
        "UPDATE core_auditseal SET mac = 5 WHERE entry_id = {entry}",
        "UPDATE core_auditseal SET sequence = 'nine' WHERE entry_id = {entry}",
        "UPDATE core_auditseal SET entry_id = 'nine' WHERE entry_id = {entry}",
        "UPDATE core_auditentry SET fields = 'no JSON' WHERE id = {waiting}",
        "UPDATE core_auditunsealed SET mac = CAST(x'ff00' AS TEXT) WHERE entry_id = {waiting}",
    ],
)
def test_a_broken_row_is_a_finding_and_never_a_traceback(trail, lifted, statement):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(statement.format(entry=trail.entries[7], waiting=trail.waiting))
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert kinds(trail.head) != []
    sealing.seal_waiting()
    assert kinds(trail.head) != []
    assert ask("verify_audit")[0] == 1


# --- Keys ----------------------------------------------------------------------------------------------------------------


def test_a_chain_goes_on_with_a_new_key_and_never_with_the_old_one_again(trail, cast, settings):
    settings.AUDIT_KEY, settings.AUDIT_OLD_KEYS = "the second", ["test-audit-key"]
    record("team.created", cast.team, by=cast.leader)
    assert sealing.seal_waiting() == 2  # what waits bears the old key's mark
    assert kinds(trail.head) == []
    settings.AUDIT_KEY, settings.AUDIT_OLD_KEYS = "test-audit-key", ["the second"]
    record("team.created", cast.team, by=cast.leader)
    sealing.seal_waiting()
    settings.AUDIT_KEY, settings.AUDIT_OLD_KEYS = "the second", ["test-audit-key"]
    assert [(finding.kind, finding.seal) for finding in verify()] == [("misfit", 19)]


def test_with_the_wrong_key_nothing_fits(trail, settings):
    settings.AUDIT_KEY = "another"
    status, said = ask("verify_audit")
    assert status == 1
    assert "No seal fits: AUDIT_KEY is not the key of this trail" in said


# --- The head ------------------------------------------------------------------------------------------------------------


def told(caplog):
    return [line.getMessage() for line in caplog.records if line.name == "audit.head"]


def test_the_head_is_told_once_an_hour_to_the_log_and_a_file(trail, caplog, tmp_path):
    caplog.set_level(logging.INFO)
    assert sealing.tell_head().head == trail.head
    with clock.at(NOW + timedelta(minutes=59)):
        assert sealing.tell_head() is None
    with clock.at(NOW + timedelta(hours=1)):
        sealing.seal_waiting()
        later = sealing.tell_head().head
    assert later.sequence == 17
    assert told(caplog) == [
        f"The head of the audit trail is {trail.head} at 2024-07-01T15:00:00+00:00.",
        f"The head of the audit trail is {later} at 2024-07-01T16:00:00+00:00.",
    ]
    assert (tmp_path / "audit-head").read_text() == f"{later} 2024-07-01T16:00:00+00:00\n"
    assert [file.name for file in tmp_path.iterdir()] == ["audit-head"]
    assert sealing.noted_head() == later


def test_an_empty_trail_has_no_head(db, tmp_path):
    assert sealing.tell_head().head is None
    assert list(tmp_path.iterdir()) == []
    assert ask("audit_head") == (0, "Nothing is sealed yet.\n")
    assert ask("verify_audit")[0] == 0


def test_a_cut_tail_is_not_covered_by_the_next_telling(trail, lifted, caplog, tmp_path):
    sealing.tell_head()
    remembered = (tmp_path / "audit-head").read_text()
    AuditSeal.objects.filter(entry_id__in=trail.entries[10:]).delete()
    AuditEntry.objects.filter(pk__in=trail.entries[10:]).delete()
    for hour in range(1, 4):
        with clock.at(NOW + timedelta(hours=hour)):
            sealing.seal_waiting()
            assert sealing.tell_head().lost.startswith(f"The audit trail no longer holds the head {trail.head}")
    assert len([line for line in caplog.records if line.levelname == "CRITICAL"]) == 3
    assert (tmp_path / "audit-head").read_text() == remembered
    assert Heartbeat.objects.get(name="audit-head").beat_at == NOW
    status, said = ask("verify_audit")
    assert (status, "The tail is cut: the head 16 was told outside, and the chain ends with 11." in said) == (1, True)
    assert ask("audit_head", accept=True) == (0, f"{sealing.head()}\n")
    assert ask("verify_audit")[0] == 0


def test_a_file_that_cannot_be_read_is_told_and_kept(trail, tmp_path):
    (tmp_path / "audit-head").write_text("scribbled over\n")
    assert "cannot be read" in sealing.tell_head().lost
    status, said = ask("verify_audit")
    assert (status, said.startswith("The file audit-head in VAR_DIR")) == (1, True)
    assert (tmp_path / "audit-head").read_text() == "scribbled over\n"


@pytest.mark.parametrize(
    "text", ["", "5", "5:", ":" + "0" * 64, "5:" + "0" * 63, "x:" + "0" * 64, "5:" + "g" * 64, "²:" + "0" * 64]
)
def test_what_is_no_head_is_refused_with_a_sentence(text):
    with pytest.raises(HeadUnreadable, match="A head is a number"):
        parse_head(text)


# --- The commands --------------------------------------------------------------------------------------------------------


def ask(name, **options):
    """(exit status, what it printed)."""
    said = StringIO()
    try:
        call_command(name, stdout=said, **options)
    except SystemExit as end:
        return end.code, said.getvalue()
    return 0, said.getvalue()


def test_the_command_says_that_all_is_well(trail):
    status, said = ask("verify_audit", head=[str(trail.head)])
    assert status == 0
    assert said.splitlines()[-1] == (
        f"The audit trail is whole. 16 seals, 1 entries without one, head {trail.head}; 1 remembered heads compared."
    )


def test_what_was_sealed_long_after_its_date_is_mentioned_and_no_fault(trail):
    with clock.at(NOW + timedelta(days=1)):
        sealing.seal_waiting()
        status, said = ask("verify_audit")
    words = (
        "1 entries were sealed more than an hour after they are dated: the sealer stood still, or they were dated back."
    )
    assert (status, said.splitlines()[0]) == (0, f"Not counted as a fault: {words}")


def test_the_command_for_a_program(trail, lifted):
    AuditEntry.objects.filter(pk=trail.first).delete()
    status, said = ask("verify_audit", json=True)
    answer = json.loads(said)
    assert (status, answer["ok"], answer["seals"], answer["fitting"], answer["waiting"]) == (1, False, 16, 15, 1)
    assert [(finding["kind"], finding["seal"], finding["entry"]) for finding in answer["findings"]] == [
        ("entry_gone", 1, trail.first)
    ]


def test_of_many_findings_fifty_are_shown(cast, lifted):
    for _ in range(4):
        write_some(cast)
    sealing.seal_waiting()
    AuditEntry.objects.all().delete()
    status, said = ask("verify_audit")
    assert (status, len(said.splitlines()), said.splitlines()[50]) == (1, 53, "… and 14 more.")


def test_a_head_that_is_none_is_a_mistake_of_who_asks(trail):
    with pytest.raises(CommandError, match="A head is a number, a colon"):
        call_command("verify_audit", head=["16"])


def test_reading_goes_by_page_and_not_by_row(trail, django_assert_num_queries):
    with django_assert_num_queries(9):
        assert kinds() == []
