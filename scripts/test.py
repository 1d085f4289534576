"""Everything that is tested, in one go: what ``make test`` and the continuous integration run.

The last lines say what ran and what was left out, and how to have that too. With LEAVE_NOTHING_OUT=1 a missing
PostgreSQL, Redis or browser is a failure. ``--lint`` stops before the first test.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
PYTHON = sys.executable
OTHER_VERSIONS = ("3.12", "3.13")
# A database of this checkout's own, so that two checkouts on one machine can test at the same time.
LOCAL_POSTGRESQL = f"postgres://postgres@127.0.0.1:5432/house_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
LOCAL_REDIS = "redis://127.0.0.1:6379/15"
PYTEST = ["-m", "pytest", "-q", "-ra", "--durations=5"]
PARALLEL = ["-n", "2", "--dist", "loadfile"]
# On the second database without what was run on the first and does not depend on it.
NOT_AGAIN = ["-m", "not browser and not faults and not once"]
# A step that leaves a core free for what runs beside it.
ONE_CORE = {"browser tests"}
# A step that takes longer hangs: it is ended, with all that it started, and has failed.
MINUTES = 40
# What must be there when nothing may be left out; other Python versions are used where found.
NEEDED = {"PostgreSQL", "Redis", "browser", "faults"}


@dataclass(frozen=True)
class Step:
    """One command to run; ``environment`` is added to our own. What ``is_beside`` runs at the same time as others."""

    name: str
    command: list[str]
    environment: dict[str, str]
    is_beside: bool = False


@dataclass(frozen=True)
class LeftOut:
    """Something that could not run here, and how to have it."""

    name: str
    advice: str


def python(name: str, *words: str, **environment: str) -> Step:
    return Step(name, [PYTHON, *words], environment)


# --- What there is on this machine -------------------------------------------------------------------------------------


def postgresql() -> tuple[str, str]:
    """The address of a server that lets us in, or an empty string and the reason."""
    url = os.environ.get("TEST_DATABASE_URL") or LOCAL_POSTGRESQL
    server = url.rpartition("/")[0]
    try:
        psycopg2.connect(f"{server}/postgres", connect_timeout=3).close()
    except psycopg2.OperationalError as error:
        return "", str(error).strip().splitlines()[0]
    return url, ""


def redis_server() -> tuple[str, str]:
    url = os.environ.get("TEST_REDIS_URL") or LOCAL_REDIS
    try:
        redis.from_url(url, socket_connect_timeout=3, socket_timeout=3).ping()
    except (redis.RedisError, ValueError) as error:
        return "", str(error)
    return url, ""


def postgresql_programs() -> bool:
    """Whether a PostgreSQL can be started here, beside asking one that runs already."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def chromium() -> str:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")


def interpreter(version: str) -> str:
    """The path of this Python version, on the PATH or in a version manager, or an empty string."""
    candidates = [f"python{version}"]
    if shutil.which("pyenv"):
        listed = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True).stdout.split()
        for full in (name for name in listed if name.startswith(f"{version}.")):
            prefix = subprocess.run(["pyenv", "prefix", full], capture_output=True, text=True).stdout.strip()
            candidates.append(f"{prefix}/bin/python{version}")
    return next(filter(_runs, candidates), "")


def _runs(candidate: str) -> bool:
    try:
        return subprocess.run([candidate, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0
    except OSError:
        return False


# --- The steps ---------------------------------------------------------------------------------------------------------


def lint_steps() -> list[Step]:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    # import-linter's command looks for the rooms beside the program that started it; PYTHONPATH says where they are.
    return [
        python("style", "-m", "ruff", "check", "."),
        python("format", "-m", "ruff", "format", "--check", "."),
        Step("rooms", [str(Path(PYTHON).with_name("lint-imports"))], {"PYTHONPATH": str(ROOT)}),
        python("migrations are complete", "manage.py", "makemigrations", "--check", "--dry-run", **settings),
        python("Django's checks", "manage.py", "check", "--fail-level", "ERROR", **settings),
    ]


def test_steps() -> tuple[list[Step], list[LeftOut]]:
    database, why_no_database = postgresql()
    queue, why_no_queue = redis_server()
    left_out = []
    if not database:
        advice = f"{why_no_database}. Start one on 127.0.0.1:5432, or set TEST_DATABASE_URL"
        left_out.append(LeftOut("PostgreSQL", advice))
    if not queue:
        left_out.append(LeftOut("Redis", f"{why_no_queue}. Start one on 127.0.0.1:6379, or set TEST_REDIS_URL"))
    # First all of it on the best that is there, then what can differ on SQLite in memory without a queue.
    names = ("PostgreSQL" if database else "SQLite") + (" and Redis" if queue else "")
    steps = [python(f"tests on {names}", *PYTEST, *PARALLEL, TEST_DATABASE_URL=database, TEST_REDIS_URL=queue)]
    if database or queue:
        words = [*PYTEST, *PARALLEL, *NOT_AGAIN]
        steps.append(python("tests on SQLite", *words, TEST_DATABASE_URL="", TEST_REDIS_URL=""))
    browser = chromium()
    if browser:
        words = [*PYTEST, "-vv", "-m", "browser", "-p", "no:xdist"]
        # Not on SQLite in memory: there the server's threads share one connection with the test, and can lock each other out.
        on = {"CHROMIUM": browser, "TEST_DATABASE_URL": database, "TEST_REDIS_URL": queue}
        steps.append(python("browser tests", *words, **on))
    else:
        left_out.append(LeftOut("browser", "no Chromium here. apt-get install chromium, or set CHROMIUM to its path"))
    if postgresql_programs() and shutil.which("redis-server"):
        # It keeps no list of what failed, for that is the list of the step beside which it runs.
        words = [*PYTEST, "-vv", "-m", "faults", "-p", "no:xdist", "-p", "no:cacheprovider", "tests/faults"]
        steps.append(Step("faults, short form", [PYTHON, *words], {}, is_beside=True))
    else:
        left_out.append(
            LeftOut("faults", "they start servers of their own. apt-get install postgresql redis-server has them")
        )
    for version in OTHER_VERSIONS:
        found = interpreter(version)
        if found:
            command = [PYTHON, "scripts/smoke.py", found, version]
            steps.append(Step(f"smoke on Python {version}", command, {}, is_beside=True))
        else:
            left_out.append(
                LeftOut(f"Python {version}", f"no python{version} with venv here. Install it to have the smoke test")
            )
    return steps, left_out


# --- Running and telling -----------------------------------------------------------------------------------------------


Result = tuple[Step, bool, float]
LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
# The second try: what failed, one after the other.
AGAIN = ["-p", "no:xdist", "--last-failed", "--last-failed-no-failures", "none"]


def heading(step: Step) -> str:
    return f"\n=== {step.name}: {' '.join([Path(step.command[0]).name, *step.command[1:]])}"


def run(step: Step, output: int | None = None) -> Result:
    """Run to the end, printing as it goes, or all at once at the end where ``output`` is a pipe."""
    if output is None:
        print(heading(step), flush=True)
    began = time.monotonic()
    process = subprocess.Popen(
        step.command,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **step.environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        printed, _ = process.communicate(timeout=MINUTES * 60)
    except BaseException as error:  # also a Ctrl-C: what runs in a session of its own does not hear it
        os.killpg(process.pid, signal.SIGKILL)
        printed, _ = process.communicate()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
        print(f"\n{step.name}: ended after {MINUTES} minutes, for it did not end by itself.", flush=True)
    if output is not None:
        print(heading(step), printed.decode(errors="replace"), sep="\n", flush=True)
    return step, process.returncode == 0, time.monotonic() - began


def run_twice(step: Step) -> Result:
    """Tests that fail get a second try, alone: a busy machine can outlast a browser's patience. The summary tells of it."""
    _forget_failures()
    result = run(step)
    _, has_passed, seconds = result
    if has_passed or "pytest" not in step.command or not 0 < _failures() <= 5:
        return result
    words = [word for word in step.command if word not in PARALLEL]
    second, has_passed, more = run(Step(f"{step.name}, second try", [*words, *AGAIN], step.environment))
    return second, has_passed, seconds + more


def _forget_failures() -> None:
    LAST_FAILED.unlink(missing_ok=True)


def _failures() -> int:
    """How many tests failed in the run that has just ended."""
    try:
        return len(json.loads(LAST_FAILED.read_text()))
    except (OSError, ValueError):
        return 0


def run_all(steps: list[Step]) -> list[Result]:
    """One after the other; what may run beside, for it mostly waits, begins with the browser."""
    beside = [step for step in steps if step.is_beside]
    results: list[Result] = []
    with ThreadPoolExecutor(max_workers=1) as background:
        waiting = []
        for step in (step for step in steps if not step.is_beside):
            if step.name in ONE_CORE and not waiting:
                waiting = [background.submit(run, other, subprocess.PIPE) for other in beside]
                beside = []
            results.append(run_twice(step))
        waiting += [background.submit(run, other, subprocess.PIPE) for other in beside]
        return results + [future.result() for future in waiting]


def main() -> int:
    everything = "--lint" not in sys.argv
    tests, left_out = test_steps() if everything else ([], [])
    results = run_all([*lint_steps(), *tests])
    strict = os.environ.get("LEAVE_NOTHING_OUT") == "1"
    missing = [item for item in left_out if strict and item.name in NEEDED]
    print("\n=== What ran")
    for step, passed, seconds in results:
        print(f"  {'passed' if passed else 'FAILED'}  {seconds:6.1f} s  {step.name}")
    if everything:
        print("=== What was left out" if left_out else "=== Nothing was left out")
    for item in left_out:
        print(f"  {'FAILED' if item in missing else 'absent'}  {item.name}: {item.advice}.")
    return 0 if not missing and all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
