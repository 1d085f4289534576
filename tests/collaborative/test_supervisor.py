"""The supervisor, with toy children: it starts them again, stops all of them, and leaves none behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from collaborative import supervisor
from collaborative.supervisor import Child, Refused, Supervisor, check_port, take_lock

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent.parent
SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture(autouse=True)
def signals():
    """Put back what the supervisor sets for the whole process."""
    before = {number: signal.getsignal(number) for number in supervisor.STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def child(folder: Path, code: str, name: str = "toy") -> Child:
    return Child(name, [sys.executable, "-c", code], folder / f"{name}.log", folder)


def wait_until(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_up(log: Path) -> bool:
    return log.exists() and "up" in log.read_text()


def is_alive(pid: int) -> bool:
    """A zombie that nobody has reaped yet is dead."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


# --- lock and port -----------------------------------------------------------------------------------------------------


def test_a_second_one_is_refused_with_pid_and_place(tmp_path):
    with take_lock(tmp_path / "lock", "http://localhost:8000"), pytest.raises(Refused) as refusal:
        take_lock(tmp_path / "lock", "http://localhost:8001")
    assert f"process {os.getpid()}, http://localhost:8000" in str(refusal.value)


def test_the_lock_of_one_that_ended_refuses_nobody(tmp_path):
    take_lock(tmp_path / "lock", "first").close()
    take_lock(tmp_path / "lock", "second").close()
    assert (tmp_path / "lock").read_text() == f"{os.getpid()} second\n"


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0")])
def test_a_port_in_use_is_said_with_what_to_do(family, address):
    with socket.socket(family) as listener:
        listener.bind((address, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {port} is in use.*make run PORT={port + 1}"):
            check_port(port)
    check_port(port)


def test_a_number_that_is_no_port():
    with pytest.raises(Refused, match="70000 is no port"):
        check_port(70000)


# --- children ----------------------------------------------------------------------------------------------------------


def test_a_child_that_ends_starts_again_later_each_time(tmp_path, said):
    toy = child(tmp_path, "print('I fail'); raise SystemExit(3)")
    team = Supervisor([toy], said.append, first_wait=0.05, longest_wait=0.1)
    team.start()
    deadline = time.monotonic() + 20
    while toy.ends < 4 and time.monotonic() < deadline:
        team.look_after()
        time.sleep(0.01)
    team.stop()
    assert toy.ends == 4
    assert toy.start_again <= time.monotonic() + 0.1  # the wait has a bound
    assert "toy ended (status 3)" in said[0]
    assert "    I fail" in said[0]


def test_stop_ends_children_and_what_they_left_behind(tmp_path, said):
    parent = f"""
import subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", {STUBBORN!r}])
print(grandchild.pid, flush=True)
time.sleep(60)
"""
    toys = [child(tmp_path, parent, "parent"), child(tmp_path, SLEEP, "plain")]
    team = Supervisor(toys, said.append, patience=5)
    team.start()
    wait_until(lambda: is_up(tmp_path / "parent.log") and is_up(tmp_path / "plain.log"))
    grandchild = int((tmp_path / "parent.log").read_text().split()[0])
    team.stop()
    wait_until(lambda: not is_alive(grandchild))
    assert [toy.process.poll() for toy in toys] == [-signal.SIGTERM, -signal.SIGTERM]
    assert said == []


def test_a_child_that_will_not_stop_is_killed_and_named(tmp_path, said):
    team = Supervisor([child(tmp_path, STUBBORN)], said.append, patience=0.3)
    team.start()
    wait_until(lambda: is_up(tmp_path / "toy.log"))
    team.stop()
    assert team.children[0].process.returncode == -signal.SIGKILL
    assert said == ["toy did not stop within 0 seconds and is killed."]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_to_ask_ends_the_loop(tmp_path, said, number):
    if signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("whoever started the tests has this signal ignored, as nohup does, and that is kept")
    team = Supervisor([child(tmp_path, SLEEP)], said.append)
    team.start()
    os.kill(os.getpid(), number)
    team.run()
    team.stop()
    assert team.children[0].process.returncode is not None


def test_a_page_that_never_answers_is_not_waited_for_for_ever(tmp_path, said):
    team = Supervisor([child(tmp_path, SLEEP)], said.append)
    team.start()
    try:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
            assert not team.wait_for_page(f"http://127.0.0.1:{nobody.getsockname()[1]}/", seconds=0.3)
    finally:
        team.stop()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's promise is Linux's own")
def test_when_the_supervisor_is_killed_the_children_go_too(tmp_path):
    code = f"""
import sys, time
from pathlib import Path
from collaborative.supervisor import Child, Supervisor
folder = Path({str(tmp_path)!r})
team = Supervisor([Child("toy", [sys.executable, "-c", {SLEEP!r}], folder / "toy.log", folder)], print)
team.start()
print(team.children[0].process.pid, flush=True)
team.run()
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    toy = int(process.stdout.readline())
    wait_until(lambda: is_up(tmp_path / "toy.log"))
    process.kill()
    process.wait()
    process.stdout.close()
    wait_until(lambda: not is_alive(toy))
    assert not is_alive(toy)
