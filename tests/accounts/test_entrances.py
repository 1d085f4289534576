"""Who signs in and who is refused stands in the trail, without an address; whose account is guessed at learns of it."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from core.models import AuditEntry
from tests.accounts.test_notices import PASSWORD
from tests.conftest import NOW, make_user

pytestmark = pytest.mark.django_db
GUESSED = "Somebody tried to sign in to your account"


def enter(email: str, password: str) -> int:
    return Client().post("/accounts/login/", {"login": email, "password": password}).status_code


def trail() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "actor_id", "object_id", "fields"))


def told(mail_to, person) -> int:
    return [mail.subject for mail in mail_to(person.email)].count(GUESSED)


def test_a_sign_in(now):
    person = make_user("Paula Person")
    assert enter(person.email, PASSWORD) == 302
    assert trail() == [("user.signed_in", person.pk, person.pk, ["password"])]


def test_a_wrong_password_and_an_address_without_an_account_are_noted_alike(now, mail_to):
    person = make_user("Paula Person")
    for email in (person.email, person.email.upper(), "nobody@test.example"):
        assert enter(email, "wrong") == 200
    assert trail() == [("user.sign_in_refused", None, pk, ["password"]) for pk in (person.pk, person.pk, 0)]
    assert mail_to(person.email) == []


def test_the_database_is_asked_as_much_for_either(now):
    person = make_user("Paula Person")
    counts = []
    for email in (person.email, "nobody@test.example"):
        with CaptureQueriesContext(connection) as queries:
            enter(email, "wrong")
        counts.append(sum("audit" in query["sql"] for query in queries))
    assert counts[0] == counts[1] > 2


def code_of_app(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_wrong_code_of_an_app_and_the_right_one(now, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = True
    staff = make_user("Stella Staff", Role.STAFF)
    secret = generate_totp_secret()
    TOTP.activate(staff, secret)
    client = Client()
    client.post("/accounts/login/", {"login": staff.email, "password": PASSWORD})
    assert trail() == []  # half way in is not in
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client.post("/accounts/2fa/authenticate/", {"code": code_of_app(secret)})
    assert trail() == [
        ("user.sign_in_refused", None, staff.pk, ["code"]),
        ("user.signed_in", staff.pk, staff.pk, ["password", "totp"]),
    ]


def test_whose_account_is_guessed_at_learns_of_it_once_a_day(mail_to):
    person = make_user("Paula Person")
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(4):
            enter(person.email, f"guess {number}")
        assert told(mail_to, person) == 0
        enter(person.email, "guess 5")
        assert told(mail_to, person) == 1
        [mail] = mail_to(person.email)
        assert "nobody came in" in mail.text and "guess" not in mail.text
        assert "Wait five minutes and try again" in mail.text
        assert re.search(r"A new password:\s+http\S+/accounts/password/reset/", mail.text)
        for hours in (1, 2, 3):
            clock.move_to(NOW + timedelta(hours=hours))
            _guess(person, times=5)
        assert told(mail_to, person) == 1
        clock.move_to(NOW + timedelta(days=1, minutes=1))
        _guess(person, times=5)
        assert told(mail_to, person) == 2
    verbs = AuditEntry.objects.values_list("verb", flat=True)
    assert list(verbs).count("user.sign_ins_told") == 2


def test_slips_of_the_finger_over_days_are_no_guesses(mail_to):
    person = make_user("Paula Person")
    with time_machine.travel(NOW, tick=False) as clock:
        for day in range(8):
            clock.move_to(NOW + timedelta(days=day))
            _guess(person, times=1)
    assert told(mail_to, person) == 0


def _guess(person, *, times: int) -> None:
    cache.clear()
    for number in range(times):
        enter(person.email, f"guess {number}")
