"""While no mail is sent, every page says so to staff: a mail cannot."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import InterfaceError, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import Heartbeat
from core.services import beat
from dashboards.context_processors import system_banner
from tests.conftest import NOW

BANNER = "No mail is being sent"
PAGES = ["/", "/status", "/inbox/", "/profile/", "/privacy/", "/admin/", "/admin/programs/milestone/", "/nowhere"]


def shows(client, page):
    return BANNER in client.get(page).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_sender_that_never_ran_is_told_to_staff_on_every_page(client, cast, page):
    client.force_login(cast.staff)
    text = client.get(page).content.decode()
    assert text.count("No mail is being sent: the sender has not run yet.") == 1
    assert 'href="/status"' in text


@pytest.mark.parametrize("page", PAGES)
def test_after_ten_minutes_of_silence(client, cast, page):
    beat("sender")
    with clock.at(NOW + timedelta(minutes=10)):
        client.force_login(cast.staff)
        assert not shows(client, page)
    with clock.at(NOW + timedelta(minutes=10, seconds=1)):
        assert "No mail is being sent: the sender was last seen 10 minutes ago." in client.get(page).content.decode()


@pytest.mark.parametrize("command", ["run_sender", "sweep"])
def test_it_goes_as_soon_as_the_sender_runs(client, cast, command):
    client.force_login(cast.staff)
    assert shows(client, "/")
    call_command(command)
    assert not shows(client, "/")


def test_a_sweep_alone_does_not_take_it_away(client, cast):
    beat("sweep")
    client.force_login(cast.staff)
    assert shows(client, "/")


@pytest.mark.parametrize("name", ["leader", "helper", "coach", "reviewer", "leadership"])
def test_others_do_not_see_it_and_pay_no_query_for_it(client, cast, name):
    client.force_login(getattr(cast, name))
    with CaptureQueriesContext(connection) as queries:
        assert not shows(client, "/inbox/")
    assert [query for query in queries if Heartbeat._meta.db_table in query["sql"]] == []


def test_neither_does_a_visitor(client, cast):
    assert not shows(client, "/")


def test_staff_pay_one_query_by_key(client, cast):
    client.force_login(cast.staff)
    with CaptureQueriesContext(connection) as queries:
        client.get("/inbox/")
    asked = [query["sql"] for query in queries if Heartbeat._meta.db_table in query["sql"]]
    assert len(asked) == 1
    assert "= 'sender'" in asked[0]


def test_a_popup_of_the_admin_has_no_room_for_it(client, cast):
    client.force_login(cast.staff)
    assert not shows(client, "/admin/programs/milestone/?_popup=1")


def test_a_rare_sweep_is_not_called_silent_between_two(client, cast, settings):
    settings.SWEEP_SECONDS = 3600
    beat("sender")
    with clock.at(NOW + timedelta(hours=2)):
        client.force_login(cast.staff)
        assert not shows(client, "/")


def test_without_a_database_it_stays_out_of_the_way(cast):
    request = RequestFactory().get("/")
    request.user = cast.staff

    def refuse(*args):
        raise InterfaceError("connection already closed")

    assert str(system_banner(request)["SYSTEM_BANNER"]).startswith(BANNER)
    with connection.execute_wrapper(refuse):
        assert str(system_banner(request)["SYSTEM_BANNER"]) == ""


def test_a_request_of_nobody_knows_no_banner():
    assert str(system_banner(RequestFactory().get("/"))["SYSTEM_BANNER"]) == ""
