"""The pages: what is kept, one's own file, and removing a person."""

import json
from html import unescape

import pytest

from accounts.models import User
from core.models import AuditEntry
from privacy import services
from privacy.models import Removal
from privacy.selectors import RULES
from tests.conftest import Cast


@pytest.fixture
def signed_in(cast, client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def confirmed(signed_in, cast):
    """The leader's browser, in which the password was just asked for again."""
    browser = signed_in(cast.leader)
    asked = browser.post("/profile/data/download/")
    assert asked.url == "/accounts/reauthenticate/?next=%2Fprofile%2Fdata%2F"
    assert "Then press" in browser.get(asked.url).content.decode()
    back = browser.post(asked.url, {"password": "cast-password", "next": "/profile/data/"})
    assert back.url == "/profile/data/"
    return browser


@pytest.mark.parametrize("address", ["/privacy/", "/profile/data/"])
def test_the_pages_show_the_whole_table(signed_in, cast, address):
    page = unescape(signed_in(cast.leader).get(address).content.decode())
    assert page.count("<tr>") == len(RULES) + 1
    assert all(rule.length in page for rule in RULES)


def test_the_profile_leads_there(signed_in, cast):
    assert '"/profile/data/"' in signed_in(cast.leader).get("/profile/").content.decode()


def test_the_download(confirmed, cast):
    answer = confirmed.post("/profile/data/download/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="my-data-2024-07-01.json"'
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.content)["person"]["name"] == "Lena Leader"
    assert AuditEntry.objects.filter(verb="user.exported", actor_id=cast.leader.pk).count() == 1


def test_the_download_asks_for_the_password_again(signed_in, cast):
    assert signed_in(cast.leader).post("/profile/data/download/").status_code == 302
    assert not AuditEntry.objects.filter(verb="user.exported").exists()


def test_too_many_downloads(confirmed, cast):
    for _ in range(services.MOST_AN_HOUR):
        services.note_export(cast.leader, by=cast.leader)
    answer = confirmed.post("/profile/data/download/")
    assert answer.status_code == 429
    assert "Try again in an hour" in answer.content.decode()


def remove(browser, cast: Cast, person: User, **fields):
    return browser.post(f"/people/{person.public_id}/remove/", fields)


def test_staff_remove_a_person(signed_in, cast):
    browser = signed_in(cast.staff)
    page = browser.get(f"/people/{cast.colleague.public_id}/remove/").content.decode()
    assert "1 membership of a team ends" in page
    assert (
        f"/people/{cast.colleague.public_id}/remove/"
        in browser.get(f"/admin/accounts/user/{cast.colleague.pk}/change/").content.decode()
    )
    for fields in ({}, {"reason": "Asked."}, {"sure": "on"}, {"reason": "x" * 201, "sure": "on"}):
        assert remove(browser, cast, cast.colleague, **fields).status_code == 200
    assert not Removal.objects.exists()
    answer = remove(browser, cast, cast.colleague, reason="Asked for it.", sure="on")
    assert answer.status_code == 302
    assert Removal.objects.get().user == cast.colleague
    assert "Removed person" in browser.get(answer["Location"]).content.decode()


def test_the_page_says_why_not(signed_in, cast):
    browser = signed_in(cast.staff)
    answer = remove(browser, cast, cast.leader, reason="Asked for it.", sure="on")
    assert "Hand the lead over first" in answer.content.decode()
    assert not Removal.objects.exists()


def test_nobody_else_removes_anybody(signed_in, cast):
    for person in (cast.leader, cast.coach, cast.leadership):
        assert remove(signed_in(person), cast, cast.colleague, reason="x", sure="on").status_code == 403
    assert not Removal.objects.exists()
