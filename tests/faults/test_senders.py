"""Senders under ``kill -9``, with everything real: PostgreSQL, SMTP on loopback, processes.

The short form runs with every test run; ``make faults`` runs the long one (``FAULT_MAILS=10000 FAULT_PAUSE=1``).
*Lost* is neither delivered nor ended with a reason; *doubled* is two deliveries of one key, by the sink's log.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.faults.machines import ROOT
from tests.faults.stage import Stage, new_database, run

pytestmark = pytest.mark.faults

MAILS = int(os.environ.get("FAULT_MAILS", "1000"))
PAUSE = float(os.environ.get("FAULT_PAUSE", "0.7"))
SENDERS = 3


class Senders:
    """A program that forks a sender whenever it is asked to; all of them end with it."""

    def __init__(self, environment: dict[str, str], *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sender", *words],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> "Senders":
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def start(self) -> int:
        """The process id of a new sender."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def send_under_fire(stage: Stage, *words: str, pause: float = PAUSE) -> int:
    """Three senders, one of them killed every ``pause`` seconds, until nothing waits. Returns the number of kills."""
    dice, kills = random.Random(1), 0
    deadline = time.monotonic() + 60 + MAILS / 10
    with Senders(stage.environment, *words) as senders:
        alive = [senders.start() for _ in range(SENDERS)]
        while stage.waiting():
            assert time.monotonic() < deadline, "the outbox did not empty"
            time.sleep(pause)
            victim = dice.randrange(SENDERS)
            os.kill(alive[victim], signal.SIGKILL)
            kills += 1
            alive[victim] = senders.start()
    return kills


def test_nothing_is_lost_and_nothing_doubled(stage, capsys):
    stage.fill(MAILS, times=3)
    kills = send_under_fire(stage)
    with capsys.disabled():
        print(f"\n{MAILS} mails, {SENDERS} senders, {kills} kills: {stage.lost()} lost, {stage.doubled()} doubled.")
    assert (stage.lost(), stage.doubled()) == (0, 0)
    assert stage.came() == MAILS
    assert kills >= 3


def test_without_the_lease_this_test_sees_it(stage):
    stage.fill(300)
    send_under_fire(stage, "--without", "lease")
    assert stage.doubled() > 0


def test_without_the_key_this_test_sees_it(stage):
    stage.fill(100, "--without", "key", times=3)
    send_under_fire(stage, pause=5)
    assert stage.doubled() == 200


def test_without_the_relays_log_this_test_sees_it(stage):
    stage.fill(400)
    send_under_fire(stage, "--without", "log", pause=0.3)
    assert stage.doubled() > 0


# What must become of one mail: how often it came, and the state of its row.
SENT_ONCE, SENT_TWICE = [1, "sent"], [2, "sent"]
WITH_THE_LOG = {f"{policy}, {point}": SENT_ONCE for policy in ("repeat", "park") for point in (
    "after claim", "after started", "in DATA", "after 250", "before commit",
)}  # fmt: skip
WITHOUT_A_LOG = {
    "repeat, after claim": SENT_ONCE,
    "repeat, after started": SENT_ONCE,
    "repeat, in DATA": SENT_ONCE,
    "repeat, after 250": SENT_TWICE,  # under the same Message-ID: all that can be promised
    "repeat, before commit": SENT_TWICE,
    "park, after claim": SENT_ONCE,
    "park, after started": [0, "parked"],
    "park, in DATA": [0, "parked"],
    "park, after 250": [1, "parked"],
    "park, before commit": [1, "parked"],
}


@pytest.mark.parametrize(("log", "table"), [("asked", WITH_THE_LOG), ("none", WITHOUT_A_LOG)], ids=["log", "no log"])
@pytest.mark.parametrize("vendor", ["postgresql", "sqlite"])
def test_a_kill_at_each_point(postgres, tmp_path, vendor, log, table):
    """Five points x two policies, on both databases: with the relay's log to ask, and without one."""
    database = new_database(postgres) if vendor == "postgresql" else f"sqlite:///{tmp_path}/db.sqlite3"
    stage = Stage(tmp_path, database)
    environment = stage.environment | ({} if log == "asked" else {"RELAY_LOG": ""})
    try:
        assert json.loads(run(environment, "-m", "tests.faults.matrix")) == table
    finally:
        stage.sink.kill()
