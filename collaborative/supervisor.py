"""Runs a few processes together, and lets none of them outlive it (pure: no Django).

Each child is the leader of a process group of its own, so that Ctrl-C reaches the supervisor alone and the supervisor
decides the order. A child that ends is started again, later each time. Where the supervisor itself is killed without a
chance to act, Linux tells the children (PR_SET_PDEATHSIG); elsewhere they notice on their own or stay.
"""

import ctypes
import errno
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

Say = Callable[[str], None]

PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A child that has run this long was healthy: its next end is a new story, with the shortest wait.
HEALTHY_SECONDS = 60.0
LOG_LIMIT_BYTES = 5_000_000


class Refused(Exception):
    """The supervisor will not start. The message is a sentence for the person at the terminal."""


# --- Before the start --------------------------------------------------------------------------------------------------


def take_lock(path: Path, about: str) -> TextIO:
    """Hold ``path`` as this process's own for as long as the returned file stays open.

    ``about`` is shown to whoever is refused meanwhile. The kernel frees the lock when the process ends, however it ends,
    so a stale file refuses nobody.

    Raises:
        Refused: another process holds it.
    """
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid, _, where = file.read().strip().partition(" ")
        file.close()
        raise Refused(
            f"It is running here already: process {pid or 'unknown'}, {where or 'still starting'}. "
            f"Stop that one first (Ctrl-C in its window, or: kill {pid or 'PID'})."
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()} {about}\n")
    file.flush()
    return file


def check_port(port: int) -> None:
    """Raise Refused where something on this machine listens on ``port`` already, on either localhost."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                # Connections of an earlier run that are still closing do not count as a listener.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except PermissionError:
            raise Refused(
                f"Port {port} needs more rights than this account has. Use another: make run PORT=8000"
            ) from None
        except OverflowError:
            raise Refused(f"{port} is no port. Use a number from 1024 to 65535: make run PORT=8000") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refused(
                    f"Port {port} is in use by another program. Stop that one, or use another port: make run PORT={port + 1}"
                ) from None
            # No IPv6 on this machine: then nobody listens there either.


# --- Children ----------------------------------------------------------------------------------------------------------


@dataclass
class Child:
    """One process to keep running: ``command`` in ``folder``, its output appended to ``log``."""

    name: str
    command: Sequence[str]
    log: Path
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    ends: int = 0
    start_again: float = field(default=0.0)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )
        self.started = time.monotonic()

    def signal_group(self, number: signal.Signals) -> None:
        """Send ``number`` to the child and to everything that it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def last_lines(self, count: int = 8) -> str:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(f"    {line}" for line in lines[-count:])


def _die_with(parent: int) -> Callable[[], None] | None:
    """A function for the child, between fork and exec: ask Linux for SIGTERM when the parent dies."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork; little is safe after it

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask


# --- The supervisor ----------------------------------------------------------------------------------------------------


class Supervisor:
    """Starts children, starts them again when they end, stops them all when told.

    Args:
        children: started in this order, stopped together.
        say: prints one line for the person at the terminal.
        first_wait, longest_wait: seconds before a child that ended is started again; doubled each time.
        patience: seconds that children get to stop in order before they are killed.
    """

    def __init__(
        self,
        children: Sequence[Child],
        say: Say,
        *,
        first_wait: float = 1.0,
        longest_wait: float = 30.0,
        patience: float = 10.0,
    ) -> None:
        self.children = children
        self.say = say
        self.first_wait = first_wait
        self.longest_wait = longest_wait
        self.patience = patience
        self.stopping = False

    def start(self) -> None:
        """Start every child; from here on Ctrl-C, SIGTERM and a closed terminal mean an orderly stop."""
        for number in STOP_SIGNALS:
            # nohup ignores SIGHUP for us, and means it.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)
        for child in self.children:
            child.start()

    def wait_for_page(self, url: str, seconds: float) -> bool:
        """Look after the children until ``url`` answers. False: it did not in time, or a stop was asked for.

        Any answer below 500 counts, a redirect included: the question is whether the web process serves.
        """
        deadline = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < deadline:
            if _answers(url):
                return True
            self.look_after()
            time.sleep(0.1)
        return False

    def run(self) -> None:
        """Look after the children until a stop is asked for."""
        while not self.stopping:
            self.look_after()
            time.sleep(0.2)

    def look_after(self) -> None:
        """Report children that ended, and start those whose wait is over."""
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._note_end(child, now)
            if child.process is None and now >= child.start_again and not self.stopping:
                child.start()

    def stop(self) -> None:
        """Stop every child and everything it started; returns when all are gone."""
        for child in self.children:
            if child.process is not None:
                child.process.terminate()
        deadline = time.monotonic() + self.patience
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                self.say(f"{child.name} did not stop within {self.patience:.0f} seconds and is killed.")
            # Even after an orderly end: a grandchild that was left behind must not stay.
            child.signal_group(signal.SIGKILL)
            child.process.wait()

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _note_end(self, child: Child, now: float) -> None:
        assert child.process is not None
        child.ends = 1 if now - child.started > HEALTHY_SECONDS else child.ends + 1
        wait = min(self.first_wait * 2 ** (child.ends - 1), self.longest_wait)
        self.say(
            f"{child.name} ended (status {child.process.returncode}); it starts again in {wait:.0f} s. "
            f"The end of {child.log}:\n{child.last_lines()}"
        )
        child.signal_group(signal.SIGKILL)  # what it started and left behind
        child.process = None
        child.start_again = now + wait


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


# No proxy of the environment either: the question is about this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


def _answers(url: str) -> bool:
    try:
        with _opener.open(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, http.client.HTTPException):
        return False
