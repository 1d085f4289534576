"""The sealer beside eight writers: everything is sealed once, and nobody waits for nobody."""

import json
import os
import time

import pytest

from tests.faults.machines import production
from tests.faults.stage import new_database, run

pytestmark = pytest.mark.faults

ACTS = 1000
# SQLite has one writer at a time: the long form alone looks whether it comes through, too.
LONG = int(os.environ.get("FAULT_ROUNDS", "1")) > 1
# Of ten acts of a writer: 2 x 2 rows, 2 x 1, 2 x 1, 2 x 10, 1 x 2, and one that is undone.
SEALS = 3008


@pytest.fixture
def place(postgres, tmp_path):
    """The environment of a migrated database of either kind."""

    def make(vendor: str) -> dict[str, str]:
        database = new_database(postgres) if vendor == "postgresql" else f"sqlite:///{tmp_path}/db.sqlite3"
        environment = production({"DATABASE_URL": database, "VAR_DIR": str(tmp_path / "var")})
        if vendor == "sqlite":
            run(environment, "manage.py", "migrate", "-v0")
        return environment

    return make


@pytest.mark.parametrize("vendor", ["postgresql", "sqlite"] if LONG else ["postgresql"])
def test_a_thousand_mixed_writes_by_eight_writers(postgres, place, vendor, capsys):
    environment, deadlocks, start = place(vendor), postgres.deadlocks(), time.monotonic()
    done = json.loads(run(environment, "-m", "tests.faults.acts", str(ACTS)))
    seconds = time.monotonic() - start
    trail = json.loads(run(environment, "manage.py", "verify_audit", "--json"))
    with capsys.disabled():
        print(f"\n{ACTS} acts by 8 writers, 2 sealers, {trail['seals']} seals, {seconds:.1f} s ({vendor}).")
    assert done == {"done": ACTS, "failures": {"writers": 0, "sealers": 0}}
    assert postgres.deadlocks() == deadlocks
    assert (trail["ok"], trail["waiting"], trail["seals"]) == (True, 0, SEALS)


def test_without_the_lock_this_test_sees_it(place):
    done = json.loads(run(place("postgresql"), "-m", "tests.faults.acts", "200", "--without", "lock"))
    assert done["failures"]["sealers"] > 0


def test_without_the_sealer_this_test_sees_it(postgres, place):
    """A chain made by every request, inside its transaction, deadlocks."""
    before = postgres.deadlocks()
    done = json.loads(run(place("postgresql"), "-m", "tests.faults.acts", "40", "--without", "sealer"))
    assert done["failures"]["writers"] > 0
    assert postgres.deadlocks() > before


def test_a_commit_that_comes_late_is_sealed_late_and_not_skipped(place):
    """By number it would have been skipped: that is the twin, ``sealed[1]``."""
    done = json.loads(run(place("postgresql"), "-m", "tests.faults.acts", "late"))
    slow, quick = done["numbers"]
    assert slow < quick
    assert done == {"numbers": [slow, quick], "sealed": [1, 0, 1], "order": [quick, slow], "entries": 2, "findings": []}
