"""What the benchmarks stand on: a PostgreSQL of their own that keeps what it commits, and this process set up to use it."""

import os
import platform
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import django

from tests.faults.machines import Postgres, Sink, production


@contextmanager
def stand() -> Iterator[tuple[Postgres, str, Sink]]:
    """Django set up and migrated on a database of its own: the server, the database's address, and an SMTP sink."""
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    postgres, sink = Postgres(is_safe=True), Sink(folder, "--fast")
    try:
        address = postgres.database("benchmark")
        os.environ |= production(
            {
                "DATABASE_URL": address,
                "VAR_DIR": str(folder / "var"),
                "NUDGE_SENDER": "0",
                **sink.settings,
                "RELAY_LOG": "",
            }
        )
        django.setup()
        django.core.management.call_command("migrate", verbosity=0)
        yield postgres, address, sink
    finally:
        sink.kill()
        postgres.remove()
        shutil.rmtree(folder)


def spread(numbers: Sequence[float]) -> str:
    """``median (smallest to largest)``."""
    return f"{statistics.median(numbers):.3g} ({min(numbers):.3g} to {max(numbers):.3g})"


def machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, Django {django.__version__}"
