"""What planning costs for 10,000, 50,000 and 100,000 obligations, each with a reminder due: time, queries, memory.

    python -m benchmarks.planning [OBLIGATIONS ...]

Each size has a database of its own and a fresh process, whose greatest resident size is what is shown. A second sweep
over the same finds nothing new.
"""

import json
import os
import resource
import subprocess
import sys
import time
from datetime import timedelta

import django

from benchmarks.stand import machine, stand
from tests.faults.machines import ROOT
from tests.faults.obligations import MEMBERS, write

MILESTONES = 10
SIZES = (10_000, 50_000, 100_000)


def megabytes() -> float:
    """The greatest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(obligations: int) -> None:
    """Write the obligations, plan in this process, and print what it took as JSON."""
    django.setup()
    from django.db import connection

    from core import clock
    from programs.services import plan_due

    counted = [0]

    def count(execute, *words):
        counted[0] += 1
        return execute(*words)

    def sweep() -> tuple[float, int, int]:
        counted[0] = 0
        began = time.perf_counter()
        with connection.execute_wrapper(count):
            written = plan_due(now=clock.now())
        return time.perf_counter() - began, counted[0], written

    assert plan_due(now=clock.now() - timedelta(days=90)) == 0  # connects, and finds nothing
    before = megabytes()
    first, second = sweep(), sweep()
    assert (first[2], second[2]) == (obligations, 0)
    print(json.dumps({"first": first, "second": second, "before": before, "peak": megabytes()}))


def run(sizes: list[int]) -> None:
    print(f"obligations to {MILESTONES} milestones by teams of {MEMBERS}; {machine()}")
    print("| obligations | first sweep | a second | queries | second sweep | queries | memory before | peak |")
    print("|---|---|---|---|---|---|---|---|")
    with stand() as (postgres, *_):
        django.db.connection.close()  # the database is copied for each size
        for size in sizes:
            environment = {**os.environ, "DATABASE_URL": postgres.database(f"size_{size}", "benchmark")}
            _in_a_process("write", size, environment)
            found = json.loads(_in_a_process("measure", size, environment))
            (seconds, queries, _), (again, queries_again, _) = found["first"], found["second"]
            print(
                f"| {size:,} | {seconds:.1f} s | {size / seconds:,.0f} | {queries:,} | {again:.1f} s | {queries_again:,} "
                f"| {found['before']:.0f} MB | {found['peak']:.0f} MB |",
                flush=True,
            )


def _in_a_process(task: str, size: int, environment: dict[str, str]) -> str:
    """What the task prints. Writing has a process of its own, too, for it takes memory."""
    command = [sys.executable, "-m", "benchmarks.planning", task, str(size)]
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    task, *words = [*sys.argv[1:], ""]
    if task == "measure":
        measure(int(words[0]))
    elif task == "write":
        django.setup()
        write(int(words[0]) // MILESTONES // MEMBERS, MILESTONES, offsets=(-3,))
    else:
        run([int(word) for word in sys.argv[1:]] or list(SIZES))
