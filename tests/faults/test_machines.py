"""The machines under the product fail: Redis is emptied and killed, PostgreSQL restarted, beats and sweeps run beside each other.

Everything is real: Celery's worker and two of its beats as ``serve`` starts them, PostgreSQL, Redis and SMTP on loopback.
The short form lets every fault happen once, one upon the other; ``make faults`` lets each happen FAULT_ROUNDS=20 times.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
import pytest
from celery import Celery

from tests.faults.machines import ROOT, Postgres, Program, Redis, Sink, production, wait_until
from tests.faults.obligations import MEMBERS
from tests.faults.stage import Stage, new_database, run

pytestmark = pytest.mark.faults

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
WAITING = 500  # mails, at least, when a fault happens
PATIENCE = 120  # seconds until nothing waits


class House(Stage):
    """The programs that deliver mail, all running."""

    def __init__(self, folder: Path, postgres: Postgres, redis: Redis) -> None:
        super().__init__(folder, new_database(postgres), REDIS_URL=redis.url, SWEEP_SECONDS="1")
        self.folder, self.postgres, self.redis = folder, postgres, redis
        self._keeper = Program("-m", "tests.faults.keeper", environment=self.environment, output=folder / "keeper.log")
        self._planner = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.fill", "-"],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self._planner.communicate("")
        self._keeper.process.terminate()
        self._keeper.process.wait(30)
        self.sink.kill()

    def plan(self, count: int) -> None:
        """Write ``count`` more mails, and wake the sender, where Redis lets it be woken."""
        self._planner.stdin.write(f"{count}\n")
        self._planner.stdin.flush()
        assert self._planner.stdout.readline() == "written\n"

    def suffer(self, fault: Callable[["House"], None]) -> None:
        """Let ``fault`` happen while WAITING mails or more wait."""
        self.plan(max(WAITING + 50 - self.waiting(), 0))
        fault(self)

    def drain(self) -> None:
        wait_until(lambda: not self.waiting(), f"the end of the mails (see {self.folder})", PATIENCE)


def flush(house: House) -> None:
    """Redis is emptied: every queued task is gone."""
    with house.sink.silent_after_the_next():
        assert house.waiting() >= WAITING
        house.redis.flush()


def stop_redis(house: House) -> None:
    """Redis is killed, and comes back empty; what is planned meanwhile wakes nobody."""
    with house.sink.silent_after_the_next():
        assert house.waiting() >= WAITING
        house.redis.stop()
    house.plan(50)
    house.redis.start()


def restart_postgresql(house: House, how: str = "fast") -> None:
    """PostgreSQL is stopped, orderly or not, between the relay's answer and our commit."""
    with house.sink.silent_after_the_next():
        assert house.waiting() >= WAITING
        house.postgres.stop(how)
    house.postgres.start()


def crash_postgresql(house: House) -> None:
    restart_postgresql(house, "immediate")


FAULTS = {"flush": flush, "redis": stop_redis, "restart": restart_postgresql, "crash": crash_postgresql}
EACH = {"all, one upon the other": tuple(FAULTS.values())}
if ROUNDS > 1:
    EACH |= {name: (fault,) for name, fault in FAULTS.items()}


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def house(postgres, redis, tmp_path_factory) -> Iterator[House]:
    one = House(tmp_path_factory.mktemp("house"), postgres, redis)
    yield one
    one.close()


@pytest.mark.parametrize("faults", EACH.values(), ids=EACH)
def test_nothing_is_lost_and_nothing_doubled_when_a_machine_fails(house, faults):
    """With two beats, all the while."""
    before = house.postgres.deadlocks()
    for number in range(ROUNDS):
        for fault in faults:
            house.suffer(fault)
        house.drain()
        assert (number, house.lost(), house.doubled(), house.postgres.deadlocks()) == (number, 0, 0, before)


def test_a_sender_without_a_broker_waits_for_postgresql(postgres, tmp_path):
    """PostgreSQL crashes between the relay's answer and our commit: only the relay's log knows that the mail has left."""
    with ExitStack() as ends:
        stages = {log: _stage_with_a_sender(postgres, tmp_path, log, ends) for log in ("asked", "none")}
        with ExitStack() as held:
            for stage, _ in stages.values():
                held.enter_context(stage.sink.silent_after_the_next())
            postgres.stop("immediate")
        postgres.start()
        for stage, sender in stages.values():
            wait_until(lambda stage=stage: not stage.waiting(), "the end of the mails", PATIENCE)
            assert sender.process.poll() is None
        assert {log: (stage.lost(), stage.doubled()) for log, (stage, _) in stages.items()} == {
            "asked": (0, 0),
            "none": (0, 1),
        }


def _stage_with_a_sender(postgres: Postgres, folder: Path, log: str, ends: ExitStack) -> tuple[Stage, Program]:
    """Thirty mails and one ``run_sender`` that asks the relay's log, or has none to ask."""
    folder = folder / log
    folder.mkdir()
    stage = Stage(folder, new_database(postgres))
    ends.callback(stage.sink.kill)
    stage.fill(30)
    stage.sink.fall_silent_after_the_next()  # before there is a sender: thirty mails are gone in a moment
    environment = stage.environment | ({} if log == "asked" else {"RELAY_LOG": ""})
    sender = Program("manage.py", "run_sender", "--loop", "--pause", "0.2", environment=environment)
    ends.callback(sender.kill)
    return stage, sender


# --- What the product does not do ------------------------------------------------------------------------------------


@pytest.fixture
def naive(redis, tmp_path) -> Iterator["Naive"]:
    one = Naive(tmp_path, redis)
    yield one
    one.close()


class Naive:
    """A task for every mail, and no row: one worker, and as many beats as are asked for."""

    def __init__(self, folder: Path, redis: Redis) -> None:
        self.sink = Sink(folder)
        self.sink.log.touch()
        self.folder = folder
        self._environment = {"REDIS_URL": redis.url, "VAR_DIR": str(folder), **self.sink.settings}
        self._programs = []
        self.run("worker", "--pool", "solo", "--without-gossip", "--without-mingle")

    def run(self, *words: str) -> None:
        command = ("-m", "celery", "--quiet", "-A", "tests.faults.naive", *words)
        output = self.folder / "naive.log"
        self._programs.append(Program(*command, environment=self._environment, output=output))

    def send(self, *addresses: str) -> None:
        with Celery(broker=self._environment["REDIS_URL"]) as app:
            for address in addresses:
                app.send_task("naive.mail", [address], queue="naive")

    def addresses(self) -> Counter[str]:
        return Counter(line.split()[1] for line in self.sink.log.read_text().splitlines())

    def close(self) -> None:
        for program in [*self._programs, self.sink]:
            program.kill()


def test_without_rows_this_test_sees_what_an_empty_redis_loses(naive, redis):
    mails = {f"p{number}@synthetic.example" for number in range(100)}
    naive.send(*mails)
    with naive.sink.silent_after_the_next():
        redis.flush()
    naive.send("last@synthetic.example")
    wait_until(lambda: "last@synthetic.example" in naive.addresses(), "the last mail")
    assert len(mails - set(naive.addresses())) > 50


def test_without_keys_this_test_sees_the_second_beat(naive):
    for number in range(2):
        naive.run("beat", "--pidfile", "", "--schedule", str(naive.folder / f"beat{number}"))
    wait_until(lambda: max(naive.addresses().values(), default=0) > 1, "a doubled mail")
    assert max(naive.addresses().values()) > 1


# --- Four sweeps at once ---------------------------------------------------------------------------------------------

SWEEPS = 4
TEAMS, MILESTONES = (250, 3) if ROUNDS > 1 else (60, 3)
PEOPLE = TEAMS * MEMBERS


@pytest.fixture(scope="module")
def owing(postgres, tmp_path_factory) -> str:
    """The name of a database, to copy, in which PEOPLE people owe MILESTONES reports each."""
    settings = production({"VAR_DIR": str(tmp_path_factory.mktemp("owing"))})
    address = postgres.database("owing", template="migrated")
    run({**settings, "DATABASE_URL": address}, "-m", "tests.faults.obligations", str(TEAMS), str(MILESTONES))
    return "owing"


def test_four_sweeps_at_once_plan_and_send_everything_once(postgres, owing, tmp_path):
    before = postgres.deadlocks()
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        stage = Stage(folder, new_database(postgres, owing))
        output = folder / "sweeps.log"
        sweeps = [Program("manage.py", "sweep", environment=stage.environment, output=output) for _ in range(SWEEPS)]
        try:
            assert [sweep.process.wait(PATIENCE) for sweep in sweeps] == [0] * SWEEPS, output.read_text()
        finally:
            stage.sink.kill()
        assert (number, stage.lost(), stage.doubled(), postgres.deadlocks()) == (number, 0, 0, before)
        assert stage.query("SELECT state, count(*) FROM notifications_message GROUP BY state") == [("sent", PEOPLE)]
        lines = stage.query("SELECT state, count(*) FROM notifications_item GROUP BY state ORDER BY state")
        assert lines == [("expired", PEOPLE * MILESTONES), ("open", PEOPLE * MILESTONES)]


def test_four_planners_at_once_do_not_deadlock(stage, postgres):
    before = postgres.deadlocks()
    for _ in range(ROUNDS):
        run(stage.environment, "-m", "tests.faults.planners", "2000")
    assert postgres.deadlocks() == before
    assert stage.waiting() == 2000


@pytest.mark.skipif(ROUNDS == 1, reason="whether two planners meet is chance: the long form tries it often enough")
def test_without_the_order_of_the_keys_this_test_sees_it(stage, postgres):
    before = postgres.deadlocks()
    for _ in range(5 * ROUNDS):
        run(stage.environment, "-m", "tests.faults.planners", "2000", "--without", "order")
        if postgres.deadlocks() > before:
            return
        with closing(psycopg2.connect(stage.database)) as door, door, door.cursor() as cursor:
            cursor.execute("TRUNCATE notifications_message CASCADE")
    pytest.fail("four planners without an order never met in a deadlock")
