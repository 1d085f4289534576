"""PostgreSQL, Redis and SMTP servers that a test starts itself, on free ports, and may kill: never the machine's own."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Raise AssertionError naming ``what`` if it has not come true in time."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds:.0f} seconds"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as door:
        door.settimeout(1)
        return door.connect_ex(("127.0.0.1", port)) == 0


def _bin(name: str) -> str:
    """A PostgreSQL program: on the PATH, or where Debian keeps its newest version."""
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), ""
    )
    assert found, f"{name} is not here. Install PostgreSQL (apt-get install postgresql)."
    return found


class Postgres:
    """A PostgreSQL of the test's own. The server refuses to run as root, so root runs it as ``postgres``."""

    def __init__(self, *, is_safe: bool = False) -> None:
        """``is_safe``: every commit reaches the disk, as in life; tests do without."""
        self.port, self._fsync = free_port(), "on" if is_safe else "off"
        # Not below pytest's own folder, which other test runs close to everybody but root.
        self._folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self._data = self._folder / "data"
        self._data.mkdir()
        self._log = self._data / "log"
        self._as: dict[str, object] = {}
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            self._folder.chmod(0o711)
            os.chown(self._data, owner.pw_uid, owner.pw_gid)
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self._run(_bin("initdb"), "-D", str(self._data), "-U", "postgres", "-A", "trust", "--no-sync")
        self.start()

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd="/", **self._as)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._data} -c fsync={self._fsync}"
        log = str(self._log)
        self._run(_bin("pg_ctl"), "-D", str(self._data), "-o", options, "-l", log, "-w", "start")

    def stop(self, how: str = "immediate") -> None:
        self._run(_bin("pg_ctl"), "-D", str(self._data), "-m", how, "-w", "stop")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def deadlocks(self) -> int:
        """Deadlocks since it was made. Its log outlives a crash; what it counts in ``pg_stat_database`` does not."""
        return self._log.read_text(errors="replace").count("deadlock detected")

    def database(self, name: str, template: str = "template1") -> str:
        """Make a database like ``template`` and return its address."""
        door = psycopg2.connect(f"postgres://postgres@127.0.0.1:{self.port}/postgres")
        door.autocommit = True
        door.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        door.close()
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"


class Redis:
    """A Redis of the test's own that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/tmp")
        wait_until(lambda: listens(self.port), "Redis")

    def stop(self) -> None:
        """``kill -9``: what it held is gone."""
        self._process.kill()
        self._process.wait()

    def flush(self) -> None:
        with closing(redis.from_url(self.url)) as door:
            door.flushall()


class Program:
    """A Python program of ours in a process group of its own."""

    def __init__(self, *words: str, environment: dict[str, str], output: Path | None = None) -> None:
        stream = output.open("ab") if output else subprocess.DEVNULL
        self.process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self) -> None:
        """``kill -9``, with everything that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Sink(Program):
    """The SMTP server of ``tests.faults.sink``: what it took stands in ``log``."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.port, self.log, self._stop = free_port(), folder / "sink.log", folder / "sink.stop"
        files = (str(self.log), str(self._stop))
        super().__init__("-m", "tests.faults.sink", str(self.port), *files, *words, environment=production({}))
        wait_until(lambda: listens(self.port), "the SMTP sink")

    def fall_silent_after_the_next(self) -> None:
        """From now on: ``silent_after_the_next`` then waits for that mail, however early it came."""
        self._stop.touch()

    @contextmanager
    def silent_after_the_next(self) -> Iterator[None]:
        """Within the block a mail has been taken, and stands in the log, but has not been answered: the worst moment."""
        holds = self._stop.with_suffix(".holds")
        self._stop.touch()
        try:
            wait_until(holds.exists, "a mail", 120)
            yield
        finally:
            self._stop.unlink()
            wait_until(lambda: not holds.exists(), "the relay's answer")

    @property
    def settings(self) -> dict[str, str]:
        return {
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.port),
            "EMAIL_USE_TLS": "0",
            "SINK_LOG": str(self.log),
            "RELAY_LOG": "tests.faults.relay.look_up",
        }


def production(more: dict[str, str]) -> dict[str, str]:
    """The environment of a production process with keys that protect nothing."""
    return {
        "DJANGO_SETTINGS_MODULE": "collaborative.settings",
        "ENV_FILE": os.devnull,
        "DEBUG": "0",
        "SECRET_KEY": "a-test-secret-key-that-is-long-enough-and-protects-nothing-0123456789",
        "SITE_URL": "https://collaborative.example.org",
        "ALLOWED_HOSTS": "localhost",
        "LINK_KEY": "test-link-key",
        "AUDIT_KEY": "test-audit-key",
        "MAIL_LEASE_SECONDS": "5",
        "LOG_LEVEL": "ERROR",
        "REDIS_URL": "",
        **more,
    }
