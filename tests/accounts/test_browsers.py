"""People see in which browsers they are signed in, and end what is not this one."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import browsers
from accounts.models import BrowserSession, User
from accounts.services import deactivate, use_access_link
from accounts.services.access import issue_access_link
from core import clock
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

HOME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CLINIC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0"
    " Mobile/15E148 Safari/604.1"
)
PASSWORD, NEW = "cast-password", "four unrelated green words"
BUTTON = "/profile/sign-out-elsewhere/"
MINUTE = timedelta(minutes=1)


def browser(person: User, user_agent: str, *, at=NOW) -> Client:
    """Signed in by the page, as people do it, and not by a shortcut of the tests."""
    client = Client(headers={"user-agent": user_agent})
    with clock.at(at):
        assert client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    return client


def press(client: Client) -> str:
    """The page after the button, pressed once more when the password has been asked for again."""
    asked = client.post(BUTTON)
    assert asked.url == "/accounts/reauthenticate/?next=%2Fprofile%2F"
    assert client.post(asked.url, {"password": PASSWORD}).url == "/profile/"
    return client.post(BUTTON, follow=True).text


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


@pytest.fixture
def two(cast) -> tuple[Client, Client]:
    return browser(cast.leader, CLINIC, at=NOW - 5 * MINUTE), browser(cast.leader, HOME)


def test_each_browser_stands_there_with_its_times(cast, two):
    _clinic, home = two
    browser(cast.colleague, PHONE)
    page = home.get("/profile/").text
    mine, others = page.partition('id="browsers"')[2].split("<li>")[1:3]
    assert "Firefox on Windows" in mine and "This browser" in mine and "11:00 AM" in mine
    assert "Safari on Mac" in others and "This browser" not in others and others.count("10:55 AM") == 2
    assert "iPhone" not in page
    assert list(BrowserSession.objects.values_list("browser", "user__name").order_by("browser")) == [
        ("Chrome on iPhone", "Cora Colleague"),
        ("Firefox on Windows", "Lena Leader"),
        ("Safari on Mac", "Lena Leader"),
    ]


def test_what_has_ended_is_not_there(cast, two):
    _clinic, home = two
    with clock.at(NOW + 59 * MINUTE):  # the other one was used 64 minutes ago, and silence ends a session after 60
        page = home.get("/profile/").text
    assert "Safari on Mac" not in page
    assert "You are signed in nowhere else." in page
    assert BUTTON not in page


def test_the_others_end_and_this_one_stays(cast, two, audit_of):
    clinic, home = two
    colleague = browser(cast.colleague, PHONE)
    assert "You are signed out of one other browser." in press(home)
    assert (is_in(home), is_in(clinic), is_in(colleague)) == (True, False, True)
    assert audit_of(cast.leader)[-1] == "user.signed_out_elsewhere"


def test_where_there_is_nothing_to_end_it_says_so(cast, audit_of):
    home = browser(cast.leader, HOME)
    before = audit_of(cast.leader)
    assert "You were signed in nowhere else." in press(home)
    assert audit_of(cast.leader) == before


def test_without_the_password_nobody_is_signed_out(cast, two):
    clinic, home = two
    assert home.post(BUTTON).status_code == 302
    home.post(BUTTON)
    assert is_in(clinic)


def test_looking_ends_nobody(cast, two):
    clinic, home = two
    assert home.get(BUTTON).status_code == 405
    assert is_in(clinic)


def test_a_new_password_ends_the_others(cast, two):
    clinic, home = two
    words = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert home.post("/accounts/password/change/", words).status_code == 302
    assert BrowserSession.objects.filter(user=cast.leader).count() == 1
    assert (is_in(home), is_in(clinic)) == (True, False)


def test_a_wrong_present_password_changes_nothing(cast, two):
    _clinic, home = two
    page = home.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert "This is not your current password." in page.text
    assert User.objects.get(pk=cast.leader.pk).check_password(PASSWORD)
    assert BrowserSession.objects.filter(user=cast.leader).count() == 2


def test_a_forgotten_password_ends_all(cast, two, mail_to):
    visitor = Client()
    visitor.post("/accounts/password/reset/", {"email": cast.leader.email})
    link = next(word for word in mail_to(cast.leader.email)[-1].text.split() if "/accounts/password/reset/key/" in word)
    form = visitor.get(link.partition("example.org")[2], follow=True).redirect_chain[-1][0]
    assert visitor.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert BrowserSession.objects.filter(user=cast.leader).count() == 0
    assert [is_in(client) for client in two] == [False, False]


@pytest.mark.parametrize(
    "act",
    [
        lambda cast: deactivate(cast.leader, by=cast.staff),
        lambda cast: use_access_link(issue_access_link(cast.leader), password=NEW),
    ],
    ids=["closed account", "one-time link"],
)
def test_so_do_a_closed_account_and_a_one_time_link(cast, two, act):
    act(cast)
    assert BrowserSession.objects.filter(user=cast.leader).count() == 0
    assert [is_in(client) for client in two] == [False, False]


def test_signing_in_makes_a_new_session(cast):
    """Whoever put a session into somebody's browser before the sign-in has none after it."""
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    client.post("/accounts/login/", {"login": cast.leader.email, "password": PASSWORD})
    assert client.cookies["sessionid"].value != before
    assert not BrowserSession.objects.filter(session_key=before).exists()


def test_who_signs_out_leaves_no_row(cast):
    home = browser(cast.leader, HOME)
    home.post("/accounts/logout/")
    assert not BrowserSession.objects.filter(user=cast.leader).exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (HOME, "Firefox on Windows"),
        (CLINIC, "Safari on Mac"),
        (PHONE, "Chrome on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (Linux; Android 14) SamsungBrowser/26.0 Chrome/122.0 Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("curl/8.0", ""),
        ("<script>Windows</script>" * 99, "Windows"),
        ("", ""),
    ],
)
def test_a_browser_in_words(user_agent, words):
    assert browsers.words_of(user_agent) == words


def test_every_combination_fits_its_column():
    longest = max(len(f"{one} on {other}") for _, one in browsers.BROWSERS for _, other in browsers.SYSTEMS)
    assert longest <= BrowserSession._meta.get_field("browser").max_length
