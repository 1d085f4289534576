"""Eight writers act on two rows that they share, and leave audit rows, while two sealers seal: ``python -m tests.faults.acts N``.

Prints JSON: how many acts were ``done``, and how many ``failures`` there were, of writers and of sealers. Protections that
can be taken out: ``--without lock`` (one sealer at a time), ``--without sealer`` (each act chains its rows in its transaction).
``late`` for N plays the commit that comes late, with two connections.
"""

import json
import os
import random
import sys
import threading
from collections.abc import Callable

import django

WRITERS, SEALERS = 8, 2


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "collaborative.settings"
    django.setup()
    if sys.argv[1] == "late":
        print(json.dumps(late()))
        return
    prepare()
    if "lock" in sys.argv:
        without_the_lock()
    if "sealer" in sys.argv:
        without_the_sealer()
    from django.db import connections

    connections.close_all()  # nothing that is open may go through a fork
    acts, sealers = int(sys.argv[1]), 0 if "sealer" in sys.argv else SEALERS
    pause = 0 if "lock" in sys.argv else 0.02
    stop, stopper = os.pipe()
    sealing = [fork(seal_until(stop, pause), stopper) for _ in range(sealers)]
    writing = [fork(write(acts // WRITERS)) for _ in range(WRITERS)]
    failures = {"writers": sum(map(end_of, writing))}
    os.close(stopper)
    failures["sealers"] = sum(map(end_of, sealing))
    print(json.dumps({"done": acts - failures["writers"], "failures": failures}))


def prepare() -> None:
    from core import clock
    from practices.models import Practice, Team

    practice = Practice.objects.create(name="Shared", city="Testville", created_at=clock.now(), is_synthetic=True)
    Team.objects.create(practice=practice, name="Shared", created_at=clock.now())


def fork(work: Callable[[], int], *unwanted: int) -> int:
    """A process that does ``work`` and ends with the number of its failures (250 at most)."""
    child = os.fork()
    if child:
        return child
    failures = 250
    try:
        random.seed(os.getpid())
        for pipe in unwanted:
            os.close(pipe)
        failures = min(work(), 250)
    finally:
        os._exit(failures)


def end_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def write(acts: int) -> Callable[[], int]:
    """Acts as rooms do them: one row and its audit row, both rows in their order, many at once, and one that is undone."""
    from django.db import Error, transaction

    from core.services import record_all
    from practices import services
    from practices.models import Practice, Team

    def one(number: int) -> None:
        name = f"{os.getpid()}-{number}"
        with transaction.atomic():
            kind = number % 5
            team, practice = Team.objects.get(), Practice.objects.get()
            if kind in (0, 1, 4):
                services.rename_team(team, name=name, by=None)
            if kind in (0, 2, 4):
                services.update_practice(practice, by=None, city=name)
            if kind == 3:
                record_all("message.pending", [team, practice] * 5, by=None)
            if kind == 4 and number % 2:
                transaction.set_rollback(True)

    def work() -> int:
        failures = 0
        for number in range(acts):
            try:
                one(number)
            except Error:
                failures += 1
        return failures

    return work


def seal_until(stop: int, pause: float) -> Callable[[], int]:
    """Seal, with ``pause`` seconds between, until the other end of ``stop`` is closed, and once more then."""
    from django.db import Error

    from core import sealing

    def work() -> int:
        failures, ended = 0, threading.Event()
        threading.Thread(target=lambda: (os.read(stop, 1), ended.set()), daemon=True).start()
        while True:
            was_last = ended.wait(pause)
            try:
                sealing.seal_waiting()
            except Error:
                failures += 1
                was_last = False
            if was_last:
                return failures

    return work


def without_the_lock() -> None:
    from core.sealing import sealer

    sealer._is_alone = lambda: True


def without_the_sealer() -> None:
    """What trust.md refuses: every audit row is chained by who writes it, behind the one before, and that one is locked."""
    from django.db import connection

    from core.models import AuditEntry

    plain = AuditEntry.save

    def chained(entry: AuditEntry, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(1)")
        plain(entry, **options)

    AuditEntry.save = chained


def late() -> dict[str, object]:
    """One transaction takes its number first and commits last. ``sealed[1]``: what a sealer that goes by number makes of it."""
    prepare()
    from django.db import connection, transaction

    from core import sealing
    from core.models import AuditEntry, AuditSeal
    from core.services import record
    from practices.models import Team

    team, written, go_on, numbers = Team.objects.get(), threading.Event(), threading.Event(), []

    def slow() -> None:
        with transaction.atomic():
            numbers.append(record("team.renamed", team, by=None).pk)
            written.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    numbers.append(record("team.renamed", team, by=None).pk)
    first = sealing.seal_waiting()
    go_on.set()
    thread.join()
    by_number = sealing.seal(after=max(AuditSeal.objects.values_list("entry_id", flat=True))).sealed
    second = sealing.seal_waiting()
    return {
        "numbers": numbers,
        "sealed": [first, by_number, second],
        "order": list(AuditSeal.objects.order_by("pk").values_list("entry_id", flat=True)),
        "entries": AuditEntry.objects.count(),
        "findings": [finding.sentence for finding in sealing.verify()],
    }


if __name__ == "__main__":
    main()
