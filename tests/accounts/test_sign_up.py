"""Signing up, signing in, resetting a password: through allauth's own pages, with the mail that lands in the outbox."""

import re

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from core.models import AuditEntry
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
FORM = {
    "name": "New Person",
    "email": "New@Test.example",
    "password1": "a long enough secret",
    "time_zone": "America/Los_Angeles",
}
CODE = re.compile(r"^\s*([0-9A-Z]{3,4}-[0-9A-Z]{3,4})\s*$", re.MULTILINE)


def code_in(text: str) -> str:
    return CODE.search(text).group(1)


def test_sign_up_takes_name_zone_and_a_verified_address_and_comes_back(now, client, mail_to):
    response = client.post("/accounts/signup/?next=/privacy/", FORM)
    assert response.url == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    [mail] = mail_to("new@test.example")
    response = client.post("/accounts/confirm-email/", {"code": code_in(mail.text)})
    assert response.url == "/privacy/"
    user = User.objects.get()
    assert (user.email, user.name, str(user.time_zone), user.joined_at) == (
        "new@test.example",
        "New Person",
        "America/Los_Angeles",
        now,
    )
    assert (user.role, user.is_staff) == ("participant", False)
    assert EmailAddress.objects.get().verified
    assert client.session["_auth_user_id"] == str(user.pk)
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "actor_id")) == [
        ("user.signed_up", user.pk),
        ("user.signed_in", user.pk),
    ]


def test_the_next_page_in_the_form_is_kept_too(now, client, mail_to):
    client.post("/accounts/signup/", FORM | {"next": "/privacy/"})
    [mail] = mail_to("new@test.example")
    assert client.post("/accounts/confirm-email/", {"code": code_in(mail.text)}).url == "/privacy/"


def test_a_foreign_next_page_is_ignored(now, client, mail_to):
    client.post("/accounts/signup/?next=https://evil.example/", FORM)
    [mail] = mail_to("new@test.example")
    assert client.post("/accounts/confirm-email/", {"code": code_in(mail.text)}).url == "/"


def test_without_the_code_nobody_is_in(now, client):
    client.post("/accounts/signup/", FORM)
    response = client.post("/accounts/confirm-email/", {"code": "WRONG1"})
    assert response.status_code == 200
    assert not EmailAddress.objects.get().verified
    assert client.get("/profile/").url == "/accounts/login/?next=/profile/"


@pytest.mark.parametrize("email", ["taken@test.example", "TAKEN@test.example"])
def test_a_taken_address_behaves_the_same_outwardly(now, client, mail_to, email):
    make_user("Taken")
    free = client.post("/accounts/signup/", FORM)
    free_page = client.get(free.url)
    client.cookies.clear()
    taken = client.post("/accounts/signup/", FORM | {"email": email})
    taken_page = client.get(taken.url)
    assert (taken.status_code, taken.url) == (free.status_code, free.url)
    assert taken_page.status_code == free_page.status_code
    [mail] = mail_to("taken@test.example")
    assert CODE.search(mail.text) is None
    assert User.objects.count() == 2


@pytest.mark.parametrize("missing", ["name", "email", "password1", "time_zone"])
def test_sign_up_needs_each_field(now, client, missing):
    page = client.post("/accounts/signup/", {key: value for key, value in FORM.items() if key != missing})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [missing]
    assert not User.objects.exists()


def test_a_short_password_is_refused(now, client):
    page = client.post("/accounts/signup/", FORM | {"password1": "short"})
    assert list(page.context["form"].errors) == ["password1"]


def test_sign_in_is_by_address_in_any_case(now, client):
    user = make_user("Pat")
    response = client.post("/accounts/login/", {"login": "PAT@test.example", "password": "cast-password"})
    assert response.url == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_deactivated_person_does_not_come_in(now, client):
    make_user("Ina", is_active=False)
    client.post("/accounts/login/", {"login": "ina@test.example", "password": "cast-password"})
    assert "_auth_user_id" not in client.session


def test_deactivation_ends_a_session_at_the_next_request(now, client):
    user = make_user("Pat")
    client.force_login(user)
    assert client.get("/profile/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/profile/").url == "/accounts/login/?next=/profile/"


def test_a_password_reset_goes_by_mail_with_links_of_our_own_site(now, client, mail_to):
    user = make_user("Pat")
    response = client.post("/accounts/password/reset/", {"email": "pat@test.example"}, headers={"host": "localhost"})
    assert response.url == "/accounts/password/reset/done/"
    [mail] = mail_to("pat@test.example")
    links = re.findall(r"https?://\S+", mail.text)
    [link] = [link for link in links if "/reset/key/" in link]
    assert all(link.startswith("https://collaborative.example.org/") for link in links)
    page = client.get(link.removeprefix("https://collaborative.example.org"), follow=True)
    secret = {"password1": "a long enough secret", "password2": "a long enough secret"}
    client.post(page.request["PATH_INFO"], secret)
    user.refresh_from_db()
    assert user.check_password("a long enough secret")


def test_a_reset_for_nobody_behaves_the_same_outwardly(now, client):
    response = client.post("/accounts/password/reset/", {"email": "nobody@test.example"})
    assert response.url == "/accounts/password/reset/done/"


def test_mail_for_a_taken_address_links_to_our_own_site(now, client, mail_to):
    make_user("Taken")
    client.post("/accounts/signup/", FORM | {"email": "taken@test.example"}, headers={"host": "localhost"})
    [mail] = mail_to("taken@test.example")
    links = re.findall(r"https?://[^\s<>\"]+", mail.text + mail.html)
    assert {link.split("/")[2] for link in links} == {"collaborative.example.org"}


@pytest.mark.parametrize(
    "path",
    ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"],
)
def test_the_entrance_is_open(now, client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/"])
def test_the_own_sign_in_pages_are_reachable(now, client, path):
    client.force_login(make_user("Pat"))
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"])
def test_enrolling_asks_for_the_password_first(now, client, path):
    client.force_login(make_user("Pat"))
    asked = client.get(path)
    assert asked.url == f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}"
    assert client.post(asked.url, {"password": "cast-password"}).url == path
    assert client.get(path).status_code == 200
