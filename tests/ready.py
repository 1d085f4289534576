"""A database with every migration applied, made once for the code that makes it and copied for each run and each worker.

Migrating takes longer than most rooms' tests. The copy is named by what the migrations, the models and the versions of the
packages say, so that a change of any of them makes a new one; Django still migrates the copy, and finds nothing to do.
"""

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import distributions
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

KEPT = settings.BASE_DIR / ".pytest_cache" / "ready"
MAKERS = (
    "*/migrations/*.py",
    "*/models.py",
    "*/models/**/*.py",
    "core/triggers.py",
    "core/chain.py",
    "collaborative/settings.py",
)


def provide() -> sqlite3.Connection | None:
    """Have the test database begin as a copy. What comes back must stay open for as long as the database is used."""
    KEPT.mkdir(parents=True, exist_ok=True)
    if connection.vendor == "sqlite":
        return _provide_in_memory(connection.creation._get_test_db_name())
    connection.settings_dict["TEST"]["TEMPLATE"] = _template()
    return None


def fingerprint() -> str:
    """What a migrated database depends on, as a few digits."""
    seen = hashlib.sha256()
    for path in sorted({path for pattern in MAKERS for path in settings.BASE_DIR.glob(pattern)}):
        seen.update(str(path.relative_to(settings.BASE_DIR)).encode() + path.read_bytes())
    seen.update("\n".join(sorted(f"{one.name} {one.version}" for one in distributions())).encode())
    return seen.hexdigest()[:12]


@contextmanager
def _alone() -> Iterator[None]:
    """Of two workers one makes it, and the other waits and finds it."""
    with (KEPT / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# --- SQLite: a file, read into the memory that the tests use -----------------------------------------------------------


def _provide_in_memory(name: str) -> sqlite3.Connection:
    file = KEPT / f"{fingerprint()}.sqlite3"
    with _alone():
        if not file.exists():
            _forget_files()
            _migrate_into(f"{file}.part")
            Path(f"{file}.part").rename(file)
    memory = sqlite3.connect(name, uri=True)
    with closing(sqlite3.connect(file)) as kept:
        kept.backup(memory)
    return memory


def _forget_files() -> None:
    for old in KEPT.glob("*.sqlite3*"):
        old.unlink()


# --- PostgreSQL: a template ---------------------------------------------------------------------------------------------


def _template() -> str:
    prefix = f"{settings.DATABASES['default']['NAME']}_ready_"
    name = prefix + fingerprint()
    with _alone(), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{prefix}[0-9a-f]{{12}}$"])
        there = {row[0] for row in cursor.fetchall()}
        if name not in there:
            for old in there | {f"{name}_part"}:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}_part"')
            _migrate_into(f"{name}_part")
            cursor.execute(f'ALTER DATABASE "{name}_part" RENAME TO "{name}"')
    return name


def _migrate_into(name: str) -> None:
    """The connection of the tests, for this once with another database behind it."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
