"""allauth's forms and mail speak as the rest of the site does: what to do, first."""

import re

import pytest

from tests.conftest import make_user

pytestmark = pytest.mark.django_db
CODE = re.compile(r"^\s*([0-9A-Z]{3,4}-[0-9A-Z]{3,4})\s*$", re.MULTILINE)
SIGN_UP = {
    "name": "New Person",
    "email": "new@test.example",
    "password1": "a long enough secret",
    "time_zone": "America/Los_Angeles",
}


@pytest.mark.parametrize(
    ("url", "sent", "expected"),
    [
        ("/accounts/login/", {}, {"login": ["Enter your email address."], "password": ["Enter your password."]}),
        (
            "/accounts/login/",
            {"login": "nonsense", "password": "x"},
            {"login": ["Enter an email address like name@example.org."]},
        ),
        (
            "/accounts/login/",
            {"login": "nobody@test.example", "password": "x"},
            {"__all__": ["Email address and password do not belong together. Check both, and try again."]},
        ),
        (
            "/accounts/signup/",
            {},
            {
                "name": ["Enter your full name."],
                "email": ["Enter your email address."],
                "password1": ["Choose a password."],
                "time_zone": ["Choose your time zone."],
            },
        ),
        ("/accounts/password/reset/", {}, {"email": ["Enter your email address."]}),
    ],
)
def test_an_error_says_what_to_do(client, url, sent, expected):
    assert client.post(url, sent).context["form"].errors == expected


def test_the_code_page_says_what_to_do(client, now):
    client.post("/accounts/signup/", SIGN_UP)
    assert client.post("/accounts/confirm-email/", {}).context["verify_form"].errors == {"code": ["Enter the code."]}
    wrong = client.post("/accounts/confirm-email/", {"code": "WRON-GCOD"})
    assert wrong.context["verify_form"].errors == {"code": ["This code is not right. Check it, or ask for a new one."]}


def test_the_page_after_signing_up_says_it_once(client, now):
    page = client.post("/accounts/signup/", SIGN_UP, follow=True)
    assert list(page.context["messages"]) == []


def test_a_changed_password_is_asked_for_in_plain_words(client):
    client.force_login(make_user("Ada"))
    form = client.post("/accounts/password/change/", {}).context["form"]
    assert form.errors == {
        "oldpassword": ["Enter your current password."],
        "password1": ["Choose a password."],
        "password2": ["Enter the new password once more."],
    }
    assert [str(field.label) for field in form] == ["Current password", "New password", "New password, once more"]


def test_the_mail_with_the_code_says_what_to_do_first(client, now, mail_to):
    client.post("/accounts/signup/", SIGN_UP)
    [mail] = mail_to("new@test.example")
    lines = mail.text.strip().splitlines()
    assert mail.subject == "Confirm your email address"
    assert lines[0] == "Enter this code on the page that you have open, to confirm your email address:"
    assert CODE.match(lines[2])


def test_the_mail_for_a_new_password_says_what_to_do_first(client, now, mail_to):
    make_user("Ada")
    client.post("/accounts/password/reset/", {"email": "ada@test.example"})
    [mail] = mail_to("ada@test.example")
    lines = mail.text.strip().splitlines()
    assert mail.subject == "Set a new password"
    assert lines[0] == "Open this page to set a new password:"
    assert lines[2].startswith("http") and lines[2].count("http") == 1


def test_who_has_an_account_is_told_so_by_mail_only(client, now, mail_to):
    make_user("New")
    client.post("/accounts/signup/", SIGN_UP)
    [mail] = mail_to("new@test.example")
    assert mail.subject == "You have an account already"
    assert mail.text.strip().splitlines()[0].startswith("Sign in with this address: you have an account at ")


def test_who_has_none_is_told_so_by_mail_only(client, now, mail_to):
    client.post("/accounts/password/reset/", {"email": "nobody@test.example"})
    [mail] = mail_to("nobody@test.example")
    assert mail.subject == "No account has this address"


def test_the_sign_in_page_says_why_it_comes(client):
    assert "You come back to the page that you asked for." in client.get("/accounts/login/?next=/profile/").text
    assert "You come back to the page that you asked for." not in client.get("/accounts/login/").text


@pytest.fixture
def fresh(client, now):
    """Ada, who has just entered her password: what concerns the safety of her account asks her no more."""
    client.force_login(make_user("Ada"))
    client.post("/accounts/reauthenticate/", {"password": "cast-password"})
    return client


def test_a_wrong_code_of_an_app_says_what_to_do(fresh):
    page = fresh.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert "".join(page.context["form"].secret_parts) == secret
    assert f'<span class="secret-part">{secret[:4]}</span><span class="secret-part">{secret[4:8]}</span>' in page.text
    wrong = fresh.post("/accounts/2fa/totp/activate/", {"code": "000000"}).context["form"].errors
    assert wrong == {"code": ["This code is not right. Wait until your app shows the next one, and enter that."]}


def test_a_passkey_is_asked_for_in_plain_words(fresh):
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
    page = fresh.get("/accounts/2fa/webauthn/add/", headers={"user-agent": firefox}).text
    assert 'value="Firefox on Windows"' in page
    assert "Sign in with it alone, without your password" in page
    assert "asswordless operation" not in page
