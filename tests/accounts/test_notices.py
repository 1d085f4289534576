"""Whoever did not change how they sign in learns of it by mail: at the address that counted until then, without a value."""

import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.test import Client, RequestFactory

from accounts.adapter import NOTICES
from tests.accounts.test_sign_up import code_in

pytestmark = pytest.mark.django_db
PASSWORD, NEW = "cast-password", "four unrelated green words"
FIREFOX = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"}
SUBJECTS = {str(subject) for subject, _ in NOTICES.values()}


@pytest.fixture
def signed_in(cast) -> Client:
    client = Client(headers=FIREFOX)
    assert client.post("/accounts/login/", {"login": cast.leader.email, "password": PASSWORD}).status_code == 302
    return client


def test_a_new_password(cast, signed_in, mail_to):
    signed_in.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    [mail] = [one for one in mail_to(cast.leader.email) if one.subject == "Your password was changed"]
    assert mail.text.startswith("You have a new password.")
    assert "with Firefox on Windows." in mail.text
    assert re.findall(r"https?://\S+", mail.text) == ["https://collaborative.example.org/accounts/password/reset/"]
    assert NEW not in mail.text


def test_a_forgotten_password(cast, mail_to):
    visitor = Client()
    visitor.post("/accounts/password/reset/", {"email": cast.leader.email})
    link = next(word for word in mail_to(cast.leader.email)[-1].text.split() if "/accounts/password/reset/key/" in word)
    form = visitor.get(link.partition("example.org")[2], follow=True).redirect_chain[-1][0]
    visitor.post(form, {"password1": NEW, "password2": NEW})
    assert mail_to(cast.leader.email)[-1].subject == "Your password was changed"


def test_another_address_is_told_to_the_old_one(cast, signed_in, mail_to):
    old = cast.leader.email
    asked = signed_in.post("/accounts/email/", {"email": "new@test.example", "action_add": ""}, follow=True)
    if "reauthenticate" in asked.redirect_chain[-1][0]:
        signed_in.post(asked.redirect_chain[-1][0], {"password": PASSWORD})
        signed_in.post("/accounts/email/", {"email": "new@test.example", "action_add": ""})
    code = code_in(mail_to("new@test.example")[-1].text)
    signed_in.post("/accounts/confirm-email/", {"code": code})
    cast.leader.refresh_from_db()
    assert cast.leader.email == "new@test.example"
    [mail] = [one for one in mail_to(old) if one.subject == "Your email address was changed"]
    assert "new@test.example" not in mail.text


def test_nothing_is_told_where_nothing_changed(cast, signed_in, mail_to):
    signed_in.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert not SUBJECTS & {one.subject for one in mail_to(cast.leader.email)}


@pytest.mark.parametrize("occasion", [*NOTICES, "mfa/email/something_new"])
def test_every_occasion_has_a_sentence(cast, mail_to, occasion):
    """Also one that a later allauth brings."""
    request = RequestFactory().get("/", headers=FIREFOX)
    with context.request_context(request):
        get_adapter().send_notification_mail(occasion, cast.leader)
    [mail] = mail_to(cast.leader.email)
    assert (mail.subject in SUBJECTS) == (occasion in NOTICES)
    assert re.match(r"[A-Z][^\n]+\.\n\nThis was done on ", mail.text)
