"""What a test under fault stands on: a migrated database of its own, a sink, and the environment of the programs on them."""

import os
import random
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import psycopg2

from tests.faults.machines import ROOT, Postgres, Program, Sink, production
from tests.faults.sink import taken


def run(environment: dict[str, str], *words: str) -> str:
    """Run a program of ours to its end and return what it printed."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def new_database(postgres: Postgres, template: str = "migrated") -> str:
    """The address of a copy of ``template`` with a name of its own."""
    return postgres.database(f"stage_{random.randrange(10**9)}", template)


class Stage:
    """A migrated database, a sink, and the environment of everything that runs on them."""

    def __init__(self, folder: Path, database: str, **more: str) -> None:
        self.database = database
        self.sink = Sink(folder)
        self.environment = production(
            {"DATABASE_URL": database, "VAR_DIR": str(folder / "var"), **self.sink.settings, **more}
        )
        self.sink.log.touch()
        if database.startswith("sqlite"):
            run(self.environment, "manage.py", "migrate", "-v0")

    def query(self, statement: str) -> list[tuple]:
        with closing(psycopg2.connect(self.database)) as door, door.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def fill(self, count: int, *words: str, times: int = 1) -> None:
        """Plan the same mails from ``times`` processes at once."""
        planners = [
            Program("-m", "tests.faults.fill", str(count), *words, environment=self.environment) for _ in range(times)
        ]
        for planner in planners:
            assert planner.process.wait(300) == 0

    def waiting(self) -> int:
        """Mails whose end has not come."""
        return self.query("SELECT count(*) FROM notifications_message WHERE state IN ('pending', 'claimed')")[0][0]

    def came(self) -> int:
        """Deliveries by the sink's log."""
        return len(taken(self.sink.log))

    def doubled(self) -> int:
        """Deliveries beyond the first, by address: every mail of these tests has one of its own."""
        addresses = Counter(line.split()[1] for line in self.sink.log.read_text().splitlines())
        return sum(count - 1 for count in addresses.values())

    def lost(self) -> int:
        """Mails that neither came nor ended with a reason."""
        came = set(taken(self.sink.log))
        rows = self.query("SELECT message_id, state, reason FROM notifications_message")
        return sum(
            message_id not in came and not (state in ("cancelled", "expired", "failed", "parked") and reason)
            for message_id, state, reason in rows
        )
