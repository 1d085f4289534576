"""Walking the chain from its first seal to its last, page by page, and saying what does not fit and where."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from core import chain, clock
from core.models import AuditEntry, AuditSeal, AuditUnsealed
from core.sealing import rows
from core.sealing.heads import Head
from core.sealing.rows import Broken

PAGE = 2000
# The sealer comes once a minute; what has waited for so long waits for nobody.
PATIENCE = timedelta(hours=1)
SEAL_COLUMNS = ("sequence", "entry_id", "mac", "sealed_at")


@dataclass(frozen=True)
class Finding:
    """Something that does not fit. ``kind`` is one word for programs; seal and entry say where, as far as that is known."""

    kind: str
    sentence: str
    seal: int | None = None
    entry: int | None = None


@dataclass
class Tally:
    """What a walk has seen so far. ``late``: sealed more than an hour after they were dated, which is no fault by itself."""

    seals: int = 0
    fitting: int = 0
    late: int = 0
    waiting: int = 0
    head: Head | None = None
    heads_met: set[Head] = field(default_factory=set)

    @property
    def none_fits(self) -> bool:
        return self.seals > 0 and self.fitting == 0


def verify(heads: Sequence[Head] = (), *, tally: Tally | None = None) -> Iterator[Finding]:
    """Everything that does not fit, in the order of the chain, in memory that does not grow with it.

    ``heads`` are heads remembered outside; ``tally`` is filled on the way. It may run while entries are written and sealed.
    """
    tally = tally if tally is not None else Tally()
    yield from _chain(heads, tally)
    yield from _heads(heads, tally)
    yield from _unsealed(tally)
    yield from _orphans()


# --- The chain ----------------------------------------------------------------------------------------------------------


def _chain(heads: Sequence[Head], tally: Tally) -> Iterator[Finding]:
    links = _Links(rows.keys())
    for page in _pages():
        numbers = [seal[1] for seal in page if not isinstance(seal, Broken) and isinstance(seal[1], int)]
        found = rows.entries(numbers)
        entries = {row.pk if isinstance(row, Broken) else row[0]: row for row in found}
        if len(entries) < len(found):
            yield Finding("entry_twice", "An entry stands twice under one number; the table has lost its key.")
        for seal in page:
            tally.seals += 1
            if isinstance(seal, Broken) or not isinstance(seal[0], int):
                number = seal.pk if isinstance(seal, Broken) else seal[0]
                yield Finding("seal_unreadable", f"Seal {number!r} cannot be read.")
                links.skip(number)
                continue
            faults = list(links.check(*seal, entries.get(seal[1])))
            tally.fitting += not faults
            tally.late += not faults and seal[3] - entries[seal[1]][1] > PATIENCE
            tally.head = Head(seal[0], str(seal[2]))
            tally.heads_met |= {head for head in heads if head.sequence == seal[0] and chain.is_same(seal[2], head.mac)}
            yield from faults
    if tally.head and (stored := AuditSeal.objects.exclude(sequence__gt=tally.head.sequence).count()) > tally.seals:
        yield Finding("seal_twice", f"{stored - tally.seals} seals share their number with another one.")


def _pages() -> Iterator[list[tuple | Broken]]:
    """The seals by their number, a page at a time."""
    rest = AuditSeal.objects.order_by("sequence")
    while page := rows.read(rest[:PAGE], SEAL_COLUMNS):
        yield page
        last = page[-1].pk if isinstance(page[-1], Broken) else page[-1][0]
        if not isinstance(last, int):  # SQLite keeps a text in a column of numbers, and sorts it behind them all
            return
        rest = AuditSeal.objects.filter(sequence__gt=last).order_by("sequence")


class _Links:
    """One link after the other. A chain may go on with a newer key, never with an older one again."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = keys
        self._sequence, self._mac = 0, chain.NOTHING_BEFORE

    def skip(self, sequence: object) -> None:
        """Go past a seal that cannot be read; the one behind it will not fit."""
        self._sequence = sequence if isinstance(sequence, int) else self._sequence + 1
        self._mac = chain.NOTHING_BEFORE

    def check(
        self, sequence: int, entry_id: int, mac: object, sealed_at: datetime, entry: tuple | Broken | None
    ) -> Iterator[Finding]:
        where = {"seal": sequence, "entry": entry_id}
        if sequence != self._sequence + 1:
            yield _gap(self._sequence + 1, sequence)
        if entry is None:
            yield Finding("entry_gone", f"Entry {entry_id} is gone; seal {sequence} was its own.", **where)
        elif isinstance(entry, Broken):
            yield Finding("entry_unreadable", f"Entry {entry_id} (seal {sequence}) cannot be read.", **where)
        elif not self._fits(sequence, mac, sealed_at, entry):
            words = f"Seal {sequence} does not fit: it, entry {entry_id} or the seal before it was changed."
            yield Finding("misfit", words, **where)
        self._sequence, self._mac = sequence, str(mac)

    def _fits(self, sequence: int, mac: object, sealed_at: datetime, entry: tuple) -> bool:
        for index, key in enumerate(self._keys):
            try:
                expected = chain.seal_mac(key, self._mac, sequence, sealed_at, entry)
            except (ValueError, TypeError):  # a value of another type than the column's: SQLite lets it in
                return False
            if chain.is_same(mac, expected):
                self._keys = self._keys[index:]
                return True
        return False


def _gap(first: int, following: int) -> Finding:
    if following < first:
        return Finding("number_wrong", f"Seal {following} stands where seal {first} should.", seal=following)
    last = following - 1
    words = f"Seal {first} is missing." if first == last else f"Seals {first} to {last} are missing."
    return Finding("seal_gone", words, seal=first)


def _heads(heads: Iterable[Head], tally: Tally) -> Iterator[Finding]:
    end = tally.head.sequence if tally.head else 0
    for head in heads:
        if head in tally.heads_met:
            continue
        if head.sequence > end:
            words = f"The tail is cut: the head {head.sequence} was told outside, and the chain ends with {end}."
            yield Finding("tail_cut", words, seal=head.sequence)
        else:
            words = f"Seal {head.sequence} is not the one that was told outside: the chain was made anew."
            yield Finding("head_differs", words, seal=head.sequence)


# --- What is not in the chain ------------------------------------------------------------------------------------------


def _unsealed(tally: Tally) -> Iterator[Finding]:
    """Entries without a seal: a few wait for the next sweep; the others waited too long, were bent, or are not ours."""
    last, now = None, clock.now()
    while page := _unsealed_page(last):
        numbers = [_number(row) for row in page]
        notes = rows.notes(AuditUnsealed.objects.filter(entry_id__in=numbers))
        # Read after the notes: the sealer writes the seal and takes the note away at one moment.
        sealed = set(AuditSeal.objects.filter(entry_id__in=numbers).values_list("entry_id", flat=True))
        for row in page:
            if _number(row) not in sealed:
                tally.waiting += 1
                yield from _unsealed_findings(row, notes.get(_number(row)), now)
        last = numbers[-1]


def _unsealed_page(last: int | None) -> list[tuple | Broken]:
    seals = AuditSeal.objects.filter(entry_id=OuterRef("pk"))
    found = AuditEntry.objects.filter(~Exists(seals)).order_by("pk")
    return rows.read((found if last is None else found.filter(pk__gt=last))[:PAGE], chain.COLUMNS)


def _number(row: tuple | Broken) -> int:
    return row.pk if isinstance(row, Broken) else row[0]


def _unsealed_findings(row: tuple | Broken, note: str | None, now: datetime) -> Iterator[Finding]:
    number = _number(row)
    if note is None:
        words = (
            f"Entry {number} has no seal and does not wait for one: it was unsealed, or this software never wrote it."
        )
        yield Finding("stray", words, entry=number)
    elif isinstance(row, Broken) or not rows.bears_note(row, note):
        words = f"Entry {number} was changed before it was sealed, or this software never wrote it."
        yield Finding("changed_unsealed", words, entry=number)
    elif now - row[1] > PATIENCE:
        words = f"Entry {number} waits for its seal for more than an hour. See whether the sweep runs."
        yield Finding("unsealed", words, entry=number)


def _orphans() -> Iterator[Finding]:
    """Entries that waited for a seal and are gone."""
    entries, seals = AuditEntry.objects.filter(pk=OuterRef("pk")), AuditSeal.objects.filter(entry_id=OuterRef("pk"))
    gone = AuditUnsealed.objects.filter(~Exists(entries), ~Exists(seals)).order_by("pk")
    for number in gone.values_list("pk", flat=True).iterator():
        yield Finding("entry_gone", f"Entry {number} is gone; it was not yet sealed.", entry=number)
