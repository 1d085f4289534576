"""Fifty ways of bending the audit trail, for somebody who can write to the database and does not know AUDIT_KEY.

Each is a function of a seeded generator and a ``Trail``; the triggers are lifted. Those marked ``outside`` leave a chain
that fits in itself, and are found by a head that was remembered outside.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from core import chain
from core.models import AuditEntry, AuditSeal, AuditUnsealed
from core.sealing import Head

OTHER_KEY = "a key of somebody else"
MOMENT = datetime(2024, 7, 1, 15, 0, tzinfo=UTC)


@dataclass
class Trail:
    """A sealed trail: its entries in the order of their seals, and its head. ``waiting`` is not yet sealed."""

    entries: list[int]
    waiting: int
    head: Head

    @property
    def first(self) -> int:
        return self.entries[0]

    @property
    def last(self) -> int:
        return self.entries[-1]


@dataclass(frozen=True)
class Tampering:
    name: str
    bend: Callable[[random.Random, Trail], object]
    outside: bool = False


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def row(pk: int) -> tuple:
    return AuditEntry.objects.filter(pk=pk).values_list(*chain.COLUMNS).get()


# --- Entries -----------------------------------------------------------------------------------------------------------


def change(column: str, value: Callable[[object], object]) -> Tampering:
    """One column of a person's entry, somewhere in the chain."""

    def bend(dice: random.Random, trail: Trail) -> None:
        people = AuditEntry.objects.filter(pk__in=trail.entries, actor_kind="user").values_list("pk", flat=True)
        entry = AuditEntry.objects.filter(pk=dice.choice(list(people)))
        assert entry.update(**{column: value(entry.values_list(column, flat=True).get())}) == 1

    return Tampering(f"changed {column}", bend)


def delete_entry(which: str) -> Tampering:
    def bend(dice: random.Random, trail: Trail) -> None:
        pk = {"first": trail.first, "last": trail.last}.get(which) or dice.choice(trail.entries[1:-1])
        AuditEntry.objects.filter(pk=pk).delete()

    return Tampering(f"deleted the {which} entry", bend)


def delete_with_seal(dice: random.Random, trail: Trail) -> None:
    pk = dice.choice(trail.entries[:-1])
    AuditEntry.objects.filter(pk=pk).delete()
    AuditSeal.objects.filter(entry_id=pk).delete()


def delete_and_renumber(dice: random.Random, trail: Trail) -> None:
    """No gap is left: everything behind moves up."""
    seal = AuditSeal.objects.get(entry_id=dice.choice(trail.entries[1:-1]))
    AuditEntry.objects.filter(pk=seal.entry_id).delete()
    AuditSeal.objects.filter(pk=seal.pk).delete()
    for number in range(seal.pk + 1, len(trail.entries) + 1):
        sql("UPDATE core_auditseal SET sequence = %s WHERE sequence = %s", number - 1, number)


def swap_entries(dice: random.Random, trail: Trail) -> None:
    one, other = dice.sample(trail.entries, 2)
    free = trail.waiting + 1000
    for old, new in ((one, free), (other, one), (free, other)):
        sql("UPDATE core_auditentry SET id = %s WHERE id = %s", new, old)


def redate_all(dice: random.Random, trail: Trail) -> None:
    for pk, at in AuditEntry.objects.filter(pk__in=trail.entries).values_list("pk", "at"):
        AuditEntry.objects.filter(pk=pk).update(at=at - timedelta(hours=1))


def unreadable_entry(dice: random.Random, trail: Trail) -> None:
    """PostgreSQL holds years that Python does not; SQLite holds anything."""
    value = "20000-01-01 00:00:00+00" if connection.vendor == "postgresql" else "the day before yesterday"
    sql("UPDATE core_auditentry SET at = %s WHERE id = %s", value, dice.choice(trail.entries))


def forge(trail: Trail) -> AuditEntry:
    model = AuditEntry.objects.get(pk=trail.last)
    model.pk, model.verb = trail.waiting + 500, "application.accepted"
    model.save(force_insert=True)
    return model


def forge_with_note(dice: random.Random, trail: Trail) -> None:
    forged = forge(trail)
    AuditUnsealed.objects.create(entry_id=forged.pk, mac=chain.note_mac(OTHER_KEY, row(forged.pk)))


def forge_with_copied_note(dice: random.Random, trail: Trail) -> None:
    """What waits, copied under another number with its note."""
    note = AuditUnsealed.objects.get(entry_id=trail.waiting).mac
    copy = AuditEntry.objects.get(pk=trail.waiting)
    copy.pk = trail.waiting + 500
    copy.save(force_insert=True)
    AuditUnsealed.objects.create(entry_id=copy.pk, mac=note)


def forge_with_seal(dice: random.Random, trail: Trail) -> None:
    forged, number = forge(trail), trail.head.sequence + 1
    mac = chain.seal_mac(OTHER_KEY, trail.head.mac, number, MOMENT, row(forged.pk))
    AuditSeal.objects.create(sequence=number, entry_id=forged.pk, mac=mac, sealed_at=MOMENT)


# --- Seals -------------------------------------------------------------------------------------------------------------


def change_seal(column: str, value: Callable[[AuditSeal], object]) -> Tampering:
    def bend(dice: random.Random, trail: Trail) -> None:
        seal = AuditSeal.objects.get(entry_id=dice.choice(trail.entries))
        sql(f"UPDATE core_auditseal SET {column} = %s WHERE sequence = %s", value(seal), seal.pk)

    return Tampering(f"changed {column} of a seal", bend)


def delete_seal(which: str) -> Tampering:
    def bend(dice: random.Random, trail: Trail) -> None:
        pk = {"first": trail.first, "last": trail.last}.get(which) or dice.choice(trail.entries[1:-1])
        AuditSeal.objects.filter(entry_id=pk).delete()

    return Tampering(f"deleted the {which} seal", bend)


def swap_seals(column: str) -> Tampering:
    def bend(dice: random.Random, trail: Trail) -> None:
        one, other = (AuditSeal.objects.get(entry_id=pk) for pk in dice.sample(trail.entries, 2))
        AuditSeal.objects.filter(pk__in=(one.pk, other.pk)).delete()
        mine, yours = getattr(one, column), getattr(other, column)
        setattr(one, column, yours)
        setattr(other, column, mine)
        one.save(force_insert=True)
        other.save(force_insert=True)

    return Tampering(f"swapped {column} of two seals", bend)


def seal_of_nothing(dice: random.Random, trail: Trail) -> None:
    number = trail.head.sequence + 1
    AuditSeal.objects.create(
        sequence=number, entry_id=trail.waiting + 700, mac=f"{dice.getrandbits(256):064x}", sealed_at=MOMENT
    )


def seal_before_the_first(dice: random.Random, trail: Trail) -> None:
    AuditSeal.objects.create(sequence=0, entry_id=forge(trail).pk, mac="0" * 64, sealed_at=MOMENT)


def unseal_and_change(dice: random.Random, trail: Trail) -> None:
    """The last seal is taken away, the entry changed, and put back onto the list with a note by another key."""
    AuditSeal.objects.filter(entry_id=trail.last).delete()
    AuditEntry.objects.filter(pk=trail.last).update(verb="application.declined")
    AuditUnsealed.objects.create(entry_id=trail.last, mac=chain.note_mac(OTHER_KEY, row(trail.last)))


def renumber(dice: random.Random, trail: Trail) -> None:
    """The chain's end moves on by one, so that there is room."""
    start = dice.randrange(2, len(trail.entries))
    for number in range(len(trail.entries), start - 1, -1):
        sql("UPDATE core_auditseal SET sequence = %s WHERE sequence = %s", number + 1, number)


# --- The whole and its end -----------------------------------------------------------------------------------------------


def make_anew(start: int, key: str, trail: Trail) -> None:
    """Chain everything from seal number ``start`` on with ``key``."""
    seals = list(AuditSeal.objects.filter(pk__gte=start).order_by("pk"))
    before = AuditSeal.objects.filter(pk=start - 1).values_list("mac", flat=True).first() or chain.NOTHING_BEFORE
    for seal in seals:
        before = chain.seal_mac(key, before, seal.pk, seal.sealed_at, row(seal.entry_id))
        AuditSeal.objects.filter(pk=seal.pk).update(mac=before)


def made_anew(dice: random.Random, trail: Trail) -> None:
    AuditEntry.objects.filter(pk=trail.first).update(verb="application.declined")
    make_anew(1, OTHER_KEY, trail)


def made_anew_from_the_middle(dice: random.Random, trail: Trail) -> None:
    make_anew(dice.randrange(2, len(trail.entries)), OTHER_KEY, trail)


def made_anew_with_the_key(dice: random.Random, trail: Trail) -> None:
    """The worst: somebody has the key as well."""
    AuditEntry.objects.filter(pk=dice.choice(trail.entries)).update(verb="application.declined")
    make_anew(1, "test-audit-key", trail)


def cut_tail(dice: random.Random, trail: Trail) -> None:
    tail = trail.entries[-dice.randrange(1, len(trail.entries)) :]
    AuditSeal.objects.filter(entry_id__in=tail).delete()
    AuditEntry.objects.filter(pk__in=tail).delete()


def empty(*models: type) -> Callable[[random.Random, Trail], None]:
    def bend(dice: random.Random, trail: Trail) -> None:
        for model in models:
            model.objects.all().delete()

    return bend


def replay(dice: random.Random, trail: Trail) -> None:
    """The last entry is unsealed, and its own note, copied before it was sealed, put back."""
    AuditSeal.objects.filter(entry_id=trail.last).delete()
    AuditUnsealed.objects.create(entry_id=trail.last, mac=chain.note_mac("test-audit-key", row(trail.last)))


def change_waiting(dice: random.Random, trail: Trail) -> None:
    AuditEntry.objects.filter(pk=trail.waiting).update(verb="application.declined")


def delete_waiting(dice: random.Random, trail: Trail) -> None:
    AuditEntry.objects.filter(pk=trail.waiting).delete()


def strike_from_the_list(dice: random.Random, trail: Trail) -> None:
    AuditUnsealed.objects.filter(entry_id=trail.waiting).delete()


KINDS = [
    change("id", lambda old: old + 10_000),
    change("at", lambda old: old + timedelta(microseconds=1)),
    change("actor_kind", lambda old: "link"),
    change("actor_id", lambda old: old + 1),
    change("verb", lambda old: old + "x"),
    change("object_type", lambda old: "accounts.user"),
    change("object_id", lambda old: old + 1),
    change("from_state", lambda old: "draft"),
    change("to_state", lambda old: "accepted"),
    change("fields", lambda old: [*old, "name"]),
    change("fields", lambda old: {"0": "name"}),
    delete_entry("first"),
    delete_entry("middle"),
    delete_entry("last"),
    Tampering("deleted an entry and its seal", delete_with_seal),
    Tampering("deleted an entry and closed the gap", delete_and_renumber),
    Tampering("swapped two entries", swap_entries),
    Tampering("dated everything back", redate_all),
    Tampering("an entry that cannot be read", unreadable_entry),
    Tampering("forged an entry", lambda dice, trail: forge(trail)),
    Tampering("forged an entry and its note", forge_with_note),
    Tampering("forged an entry with the note of another", forge_with_copied_note),
    Tampering("forged an entry and its seal", forge_with_seal),
    change_seal("sequence", lambda seal: seal.pk + 1000),
    change_seal("entry_id", lambda seal: seal.entry_id + 10_000),
    change_seal("mac", lambda seal: seal.mac[:-1] + ("0" if seal.mac[-1] != "0" else "1")),
    change_seal("mac", lambda seal: seal.mac.upper()),
    change_seal("mac", lambda seal: "ü"),
    change_seal("sealed_at", lambda seal: seal.sealed_at + timedelta(microseconds=1)),
    delete_seal("first"),
    delete_seal("middle"),
    delete_seal("last"),
    swap_seals("entry_id"),
    swap_seals("mac"),
    swap_seals("sequence"),
    Tampering("a seal of nothing", seal_of_nothing),
    Tampering("a seal before the first", seal_before_the_first),
    Tampering("unsealed and changed", unseal_and_change),
    Tampering("renumbered", renumber),
    Tampering("made anew with another key", made_anew),
    Tampering("made anew from the middle", made_anew_from_the_middle),
    Tampering("made anew with the right key", made_anew_with_the_key, outside=True),
    Tampering("cut the tail", cut_tail, outside=True),
    Tampering("emptied everything", empty(AuditUnsealed, AuditSeal, AuditEntry), outside=True),
    Tampering("emptied the seals", empty(AuditSeal)),
    Tampering("emptied the entries", empty(AuditEntry)),
    Tampering("unsealed with its own note", replay, outside=True),
    Tampering("changed what waits", change_waiting),
    Tampering("deleted what waits", delete_waiting),
    Tampering("struck from the list of what waits", strike_from_the_list),
]
