"""Signed out after so long without a sign of life, and after so long altogether; and no word is lost by it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.links import token
from tests.conftest import NOW

MINUTE = timedelta(minutes=1)
WORDS = "Three weeks of thinking about waiting times."


@pytest.fixture
def signed_in(cast, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False

    def make(person) -> Client:
        client = Client()
        client.force_login(person)
        with clock.at(NOW):
            assert client.get(reverse("profile")).status_code == 200
        return client

    return make


def status(client: Client, minutes: float, method: str = "get", url: str = "profile", **data) -> int:
    with clock.at(NOW + minutes * MINUTE):
        return getattr(client, method)(reverse(url), data).status_code


@pytest.mark.parametrize(("who", "idle"), [("staff", 15), ("leader", 60)])
def test_silence_ends_a_session(cast, signed_in, who, idle):
    assert status(signed_in(getattr(cast, who)), idle) == 200
    late = signed_in(getattr(cast, who))
    assert status(late, idle + 0.1) == 302
    assert status(late, idle + 0.1) == 302


def test_a_busy_session_ends_too(cast, signed_in, settings):
    assert settings.SESSION_LIMITS == {"staff": (900, 12 * 3600), "others": (3600, 24 * 3600)}
    settings.SESSION_LIMITS = {"staff": (900, 3600), "others": (900, 3600)}
    client = signed_in(cast.leader)
    assert [status(client, minutes) for minutes in (14, 28, 42, 56, 60, 60.1)] == [200] * 5 + [302]


def test_the_next_page_says_why(cast, signed_in):
    client = signed_in(cast.staff)
    with clock.at(NOW + 20 * MINUTE):
        page = client.get(reverse("profile"), follow=True)
    assert "You were signed out because too much time had passed" in page.text


def test_asking_how_long_is_no_sign_of_life_and_saying_so_is(cast, signed_in):
    client = signed_in(cast.staff)
    with clock.at(NOW + 10 * MINUTE):
        answer = client.get(reverse("session")).json()
    assert (answer["seconds"], answer["can_be_extended"]) == (300, True)
    with clock.at(NOW + 14 * MINUTE):
        assert client.get(reverse("session")).json()["seconds"] == 60
        assert client.post(reverse("session")).json()["seconds"] == 900
    with clock.at(NOW + 29 * MINUTE + timedelta(seconds=1)):
        assert client.get(reverse("session")).json() == {"seconds": 0, "who": ""}
        assert client.post(reverse("session")).status_code == 401


def test_at_its_very_end_a_session_cannot_be_extended(cast, signed_in, settings):
    settings.SESSION_LIMITS = {"staff": (900, 1000), "others": (900, 1000)}
    client = signed_in(cast.staff)
    with clock.at(NOW + 14 * MINUTE):
        answer = client.post(reverse("session")).json()
    assert (answer["seconds"], answer["can_be_extended"]) == (160, False)


def test_the_page_knows_how_long(cast, signed_in):
    client = signed_in(cast.leader)
    with clock.at(NOW + 10 * MINUTE):
        page = client.get(reverse("profile")).text
    assert 'data-seconds="3600"' in page
    assert "session.js" in page
    assert "data-session=" not in Client().get(reverse("privacy")).text


def test_what_was_typed_comes_back(cast, signed_in):
    """Whatever form it was: nothing is saved, nothing is lost, and only the same person is offered to send it again."""
    client = signed_in(cast.leader)
    with clock.at(NOW + 61 * MINUTE):
        page = client.post(
            reverse("profile"),
            {"name": WORDS, "note": ["one <b>", "two"], "password": "hush", "csrfmiddlewaretoken": "x"},
        )
    assert page.status_code == 401
    assert page.text.count(WORDS) == 2
    assert "one &lt;b&gt;" in page.text and "two" in page.text
    assert "hush" not in page.text
    assert f'action="{reverse("profile")}"' in page.text
    assert f'data-who="{token("session", cast.leader.pk, 0)}"' in page.text
    cast.leader.refresh_from_db()
    assert cast.leader.name == "Lena Leader"


def test_so_it_does_without_any_session(cast):
    page = Client().post(reverse("profile"), {"name": WORDS})
    assert page.status_code == 401
    assert WORDS in page.text
    assert page["Cache-Control"] == "private, no-store"


def test_a_script_gets_401_as_data(cast, signed_in):
    client = signed_in(cast.leader)
    with clock.at(NOW + 61 * MINUTE):
        answer = client.post(reverse("profile"), {"name": WORDS}, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json() == {"error": "You are signed out. Sign in, then save again."}


def test_forged_posts_are_refused_before_anything_is_given_back(cast):
    client = Client(enforce_csrf_checks=True)
    page = client.post(reverse("profile"), {"name": WORDS})
    assert page.status_code == 403
    assert WORDS not in page.text


def test_every_request_costs_no_session_write(cast, signed_in, django_assert_num_queries):
    client = signed_in(cast.leader)
    with clock.at(NOW + 2 * MINUTE):
        client.get(reverse("profile"))
    before = client.session["last_seen_at"]
    with clock.at(NOW + 2 * MINUTE + timedelta(seconds=20)):
        client.get(reverse("profile"))
    assert client.session["last_seen_at"] == before
