"""What a monitor reads: one line a part, and 503 unless all are well."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection

from collaborative import reachability, views
from core import clock
from core.services import beat
from tests.conftest import NOW


def ask(client):
    response = client.get("/healthz/full")
    return response.status_code, dict(line.split(": ", 1) for line in response.content.decode().splitlines())


@pytest.fixture
def beating(cast):
    beat("sweep")
    beat("sender")
    beat("sealer")
    return cast


def test_all_is_well(client, beating):
    with clock.at(NOW + timedelta(seconds=34)):
        assert ask(client) == (
            200,
            {
                "database": "ok",
                "cache": "ok",
                "broker": "ok",
                "sender": "ok, seen 34 seconds ago",
                "sealer": "ok, seen 34 seconds ago",
                "sweep": "ok, seen 34 seconds ago",
            },
        )


def test_a_silent_sender_is_told_here_and_does_not_take_the_web_down(client, beating):
    with clock.at(NOW + timedelta(minutes=11)):
        beat("sweep")
        status, lines = ask(client)
        assert client.get("/healthz").status_code == 200
    assert (status, lines["sender"], lines["sweep"]) == (503, "silent, seen 660 seconds ago", "ok, seen 0 seconds ago")


def test_a_fresh_installation_is_not_well_before_its_first_sweep(client, cast):
    assert ask(client) == (
        503,
        {"database": "ok", "cache": "ok", "broker": "ok"}
        | {"sweep": "never seen", "sender": "never seen", "sealer": "never seen"},
    )


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("person", ["nobody", "staff"])
def test_without_a_database_it_answers_all_the_same(client, beating, settings, error, person):
    settings.STAFF_TWO_FACTORS_REQUIRED = True
    if person == "staff":
        client.force_login(beating.staff)

    def refuse(*args):
        raise error("connection to server at 10.0.0.7 failed")

    with connection.execute_wrapper(refuse):
        status, lines = ask(client)
    assert (status, lines) == (503, {"database": "unreachable", "cache": "ok", "broker": "ok"})


def test_without_its_broker(client, beating, monkeypatch):
    def refuse(app):
        raise reachability.Unreachable("Redis at 10.0.0.7 cannot be reached.")

    monkeypatch.setattr(views, "check_broker", refuse)
    status, lines = ask(client)
    assert (status, lines["broker"], lines["database"]) == (503, "unreachable", "ok")


def test_without_its_cache(client, beating, monkeypatch):
    def refuse(key):
        raise ConnectionError("refused")

    monkeypatch.setattr(cache, "get", refuse)
    status, lines = ask(client)
    assert (status, lines["cache"]) == (503, "unreachable")


def test_plain_http_is_answered_too(client, beating, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert (client.get("/healthz/full").status_code, client.get("/status").status_code) == (200, 301)
