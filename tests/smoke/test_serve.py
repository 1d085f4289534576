"""``manage.py serve`` as a person meets it: the whole product in processes of its own, on a free port."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NOBODY_LISTENS = "127.0.0.1:9"  # the discard port; nothing has served it for decades

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """What the embedded default runs with, away from the checkout's own .env and var."""
    return environment_in(tmp_path)


def environment_in(folder: Path) -> dict[str, str]:
    port = free_port()
    return {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "DEBUG": "1",
        "DEMO_PASSWORD": "smoke-test-password-4827",
        "PORT": str(port),
        "SITE_URL": f"http://localhost:{port}",
        "VAR_DIR": str(folder / "var"),
        "SWEEP_SECONDS": "3",
    }


@pytest.fixture
def servers(environment) -> Iterator[dict[str, str]]:
    """The same with the servers that the suite was given: a new PostgreSQL database, and Redis. None given: embedded."""
    url, queue = os.environ.get("TEST_DATABASE_URL", ""), os.environ.get("TEST_REDIS_URL", "")
    if queue:
        environment["REDIS_URL"] = queue.rpartition("/")[0] + "/14"  # beside the one that the suite itself writes to
    if not url:
        yield environment
        return
    server, _, name = url.rpartition("/")
    name = f"{name}_serve"
    with closing(psycopg2.connect(f"{server}/postgres")) as door:
        door.autocommit = True
        cursor = door.cursor()
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
        yield environment | {"DATABASE_URL": f"{server}/{name}"}
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(environment: dict[str, str], *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment | more, capture_output=True, text=True, timeout=120)


@contextmanager
def serving(environment: dict[str, str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as stream:
        command = [sys.executable, "manage.py", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=stream, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 180
        while "Ctrl-C stops all of it." not in output.read_text():
            assert process.poll() is None and time.monotonic() < deadline, output.read_text()
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def descendants(pid: int) -> set[int]:
    """The processes that ``pid`` started, and those that they started."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, text.split())) for text in listed.splitlines()]
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents if parent in fresh} - found
        found |= fresh
    return found


def alive(pids: set[int]) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    states = dict(text.split(maxsplit=1) for text in listed.splitlines())
    return {pid for pid in pids if not states.get(str(pid), "Z").startswith("Z")}


def people(environment: dict[str, str]) -> int:
    code = "from accounts.models import User; print('people', User.objects.count())"
    return int(re.search(r"people (\d+)", manage(environment, "shell", "--no-imports", "-c", code).stdout).group(1))


# A reminder whose hour has just come, for the next quarterly update of the demonstration's running cohort.
ADD_A_REMINDER = """
from core import clock
from programs.models import Milestone, Reminder
update = next(row for row in Milestone.objects.filter(cohort__code="demo-running", kind="update") if row.ends_at > clock.now())
hours = int((update.ends_at - clock.now()).total_seconds()) // 3600 + 1
Reminder.objects.create(milestone=update, offset_hours=-hours)
print("title", update.title)
"""


def a_reminder_goes_out_through_celery(environment: dict[str, str]) -> None:
    """Beat rings, the worker sweeps, and the mail lies in the folder that the first page named."""
    said = manage(environment, "shell", "--no-imports", "-c", ADD_A_REMINDER).stdout
    title = re.search(r"title (.*)", said).group(1)
    folder = Path(environment["VAR_DIR"]) / "mail"
    deadline = time.monotonic() + 60
    mails = ""
    while "X-Mail-Kind: reminder" not in mails:
        assert time.monotonic() < deadline, mails or f"no mail in {folder}"
        time.sleep(0.5)
        mails = "".join(file.read_text() for file in folder.glob("*"))
    assert title in mails
    assert f"{environment['SITE_URL']}/enrollments/" in mails


LAST_SWEEP = """
from core.models import Heartbeat
print("swept", Heartbeat.objects.get(name="sweep").beat_at.timestamp())
"""


def sweeps_at_once(environment: dict[str, str], since: float) -> None:
    """The first sweep does not wait for beat, so that no page says that no mail is being sent."""
    deadline = time.monotonic() + 60
    swept = 0.0
    while swept < since:
        assert time.monotonic() < deadline, f"last swept at {swept}, started at {since}"
        said = manage(environment, "shell", "--no-imports", "-c", LAST_SWEEP).stdout
        swept = float(re.search(r"swept (\S+)", said).group(1))


def test_first_start_stop_and_second_start(servers, tmp_path):
    """One walk, because the first start makes the demo and that is most of the time."""
    output = tmp_path / "first"
    address = f"http://localhost:{servers['PORT']}"
    with serving(servers, output) as process:
        said = output.read_text()
        assert address in said
        assert servers["VAR_DIR"] + "/mail" in said
        assert servers["DEMO_PASSWORD"] in said
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            assert answer.status == 200

        a_reminder_goes_out_through_celery(servers)

        second = manage(servers, "serve", PORT=str(free_port()))
        assert second.returncode == 1
        assert f"It is running here already: process {process.pid}, {address}." in second.stderr

        family = descendants(process.pid)
        assert len(family) >= 4  # the web process and its worker, the queue's worker, the clock
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert alive(family) == set()
    assert output.read_text().endswith("Stopped.\n")

    before = people(servers)
    began = time.monotonic()
    moment = time.time()
    with serving(servers | {"SWEEP_SECONDS": "3600"}, tmp_path / "second"):
        seconds = time.monotonic() - began
        sweeps_at_once(servers, moment)
    assert people(servers) == before > 0
    # Ten seconds is the promise on an idle machine; the other half of the suite is running beside this.
    assert seconds < 25


def one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The last line of what a command said, which must have failed without a traceback."""
    assert result.returncode == 1, result.stdout
    assert "Traceback" not in result.stderr
    return result.stderr.strip().splitlines()[-1]


@pytest.mark.once
@pytest.mark.parametrize("command", [["serve"], ["migrate"], ["showmigrations"]])
def test_an_unreachable_database_is_one_sentence(environment, command):
    result = manage(environment, *command, DATABASE_URL=f"postgres://user:hidden@{NOBODY_LISTENS}/name")
    sentence = one_sentence(result)
    assert f"The database at {NOBODY_LISTENS} cannot be reached" in sentence
    assert sentence.endswith("Start or create it, or correct DATABASE_URL.")
    assert "hidden" not in result.stderr


@pytest.mark.once
def test_an_unreachable_broker_is_one_sentence(environment):
    result = manage(environment, "serve", REDIS_URL=f"redis://:hidden@{NOBODY_LISTENS}/0")
    sentence = one_sentence(result)
    assert f"Redis at {NOBODY_LISTENS}/0 cannot be reached" in sentence
    assert "hidden" not in result.stderr


@pytest.mark.once
def test_a_database_file_that_cannot_be_opened_is_one_sentence(environment, tmp_path):
    result = manage(environment, "serve", DATABASE_URL=f"sqlite:///{tmp_path}/missing/db.sqlite3")
    assert "missing/db.sqlite3 cannot be opened" in one_sentence(result)


@pytest.mark.once
def test_a_port_in_use_is_one_sentence(environment):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", int(environment["PORT"])))
        listener.listen()
        sentence = one_sentence(manage(environment, "serve"))
    assert f"Port {environment['PORT']} is in use by another program." in sentence
