"""The watchdog outside is told of every sweep; whatever it does, the sweep goes on."""

import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import call_command
from django.db import connection

from collaborative import tasks, watchdog
from collaborative.environment import SettingsError, address
from core.models import Heartbeat
from notifications import services as notifications


class Watchdog(ThreadingHTTPServer):
    """A real server on a free port that notes what it is asked for."""

    def __init__(self, status=200):
        self.asked, self.status = [], status
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/secret-check"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.server.status is None:  # nothing that HTTP knows
            self.wfile.write(b"garbage\r\n\r\n")
            return
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        """The test reads ``asked``."""


@pytest.fixture
def serve():
    servers = []

    def start(status=200):
        server = Watchdog(status)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def a_closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/secret-check"


def test_every_sweep_tells_it_once(cast, settings, serve):
    server = serve()
    settings.PING_URL = server.url
    call_command("sweep")
    tasks.sweep()
    assert server.asked == ["/secret-check", "/secret-check"]


def test_without_the_setting_nobody_is_told(cast, settings, monkeypatch):
    assert settings.PING_URL == ""
    monkeypatch.setattr(watchdog.urllib.request, "urlopen", lambda *args, **kwargs: pytest.fail("asked"))
    assert tasks.run_sweep() == {"planned": 0, "sent": 0}


@pytest.mark.parametrize("what", [404, 500, None, "closed", "http://", "http:/x", "http://a b/"])
def test_a_watchdog_that_fails_is_one_line_and_the_sweep_goes_on(cast, settings, serve, caplog, what):
    settings.PING_URL = a_closed_port() if what == "closed" else what if isinstance(what, str) else serve(what).url
    with caplog.at_level(logging.WARNING):
        assert tasks.run_sweep() == {"planned": 0, "sent": 0}
    lines = [record.getMessage() for record in caplog.records if record.name == "collaborative.watchdog"]
    assert len(lines) == 1
    assert lines[0].startswith("The watchdog at ")
    assert "\n" not in lines[0]
    assert "secret-check" not in lines[0]
    assert Heartbeat.objects.filter(name="sender").exists()


def test_a_sweep_that_fails_tells_it_nothing(cast, settings, serve, monkeypatch):
    server = serve()
    settings.PING_URL = server.url

    def fail():
        raise OSError("the disk is full")

    monkeypatch.setattr(notifications, "send_due", fail)
    with pytest.raises(OSError, match="the disk is full"):
        tasks.run_sweep()
    assert server.asked == []


def test_it_is_told_after_the_sweep_and_outside_its_transactions(
    transactional_db, now, settings, monkeypatch, tmp_path
):
    settings.VAR_DIR = tmp_path  # no head of the audit trail is remembered there from a test before
    found = []
    monkeypatch.setattr(
        tasks, "ping", lambda url: found.append((connection.in_atomic_block, Heartbeat.objects.count()))
    )
    tasks.run_sweep()
    assert found == [(False, 4)]  # sweep, sender, sealer, audit head


def test_the_setting_takes_web_addresses_only(monkeypatch):
    monkeypatch.setenv("PING_URL", "file:///etc/passwd")
    with pytest.raises(SettingsError, match=r"PING_URL does not begin with http:// or https://\. Correct it\."):
        address("PING_URL", "", ("http", "https"))
