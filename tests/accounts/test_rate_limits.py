"""A hospital stands behind one address: its people get in on the last day, and somebody who guesses does not."""

import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.conftest import make_user

HOSPITAL, ATTACKER = "203.0.113.7", "198.51.100.66"
LAST_DAY = datetime(2024, 5, 1, 15, tzinfo=UTC)
PASSWORD, TOO_MANY = "a password of a synthetic person", "Too many tries"
PEOPLE = 500


@pytest.fixture
def proxied(db, settings):
    """One proxy in front, as in production: the address is what the proxy saw."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def make_staff_of_a_hospital(count: int) -> list[str]:
    someone = make_user("Somebody")
    someone.set_password(PASSWORD)
    people = User.objects.bulk_create(
        User(
            email=f"p{number}@hospital.example", name=f"Person {number}", password=someone.password, joined_at=LAST_DAY
        )
        for number in range(count)
    )
    addresses = type(someone.emailaddress_set.get())
    addresses.objects.bulk_create(
        addresses(user=person, email=person.email, verified=True, primary=True) for person in people
    )
    return [person.email for person in people]


def enter(address: str, email: str, password: str) -> str:
    """Try to sign in: ``in``, ``wrong`` or ``too many``."""
    answer = Client().post(
        reverse("account_login"), {"login": email, "password": password}, headers={"X-Forwarded-For": address}
    )
    if answer.status_code == 302:
        return "in"
    return "too many" if answer.status_code == 429 or TOO_MANY in answer.text else "wrong"


def test_a_hospital_gets_in(proxied, capsys):
    """500 people in an hour, every fifth of them with a wrong password first, most of them in the last twenty minutes."""
    dice, wrong = random.Random(1), 0
    moments = sorted(3600 * dice.triangular(0, 1, 0.9) for _ in range(PEOPLE))
    with time_machine.travel(LAST_DAY, tick=False) as clock:
        for number, (email, moment) in enumerate(zip(make_staff_of_a_hospital(PEOPLE), moments, strict=True)):
            clock.move_to(LAST_DAY + timedelta(seconds=moment))
            if number % 5 == 0:
                assert enter(HOSPITAL, email, "a slip of the finger") == "wrong"
                wrong += 1
            assert enter(HOSPITAL, email, PASSWORD) == "in", f"person {number}"
    with capsys.disabled():
        print(f"\n{PEOPLE} people behind one address signed in within an hour, {wrong} of them at the second try.")


def test_whoever_guesses_at_one_account_does_not(proxied):
    """A guess every 3.6 seconds, a thousand an hour; the right one comes last, and does not help."""
    [email] = make_staff_of_a_hospital(1)
    answers = []
    with time_machine.travel(LAST_DAY, tick=False) as clock:
        for number in range(150):
            clock.move_to(LAST_DAY + timedelta(seconds=3.6 * number))
            answers.append(enter(ATTACKER, email, "guess" if number < 149 else PASSWORD))
    assert answers.count("wrong") <= 10
    assert answers[-1] == "too many"


def test_whoever_guesses_at_many_accounts_does_not(proxied):
    emails = make_staff_of_a_hospital(260)
    with time_machine.travel(LAST_DAY, tick=False) as clock:
        for number, email in enumerate(emails):
            clock.move_to(LAST_DAY + timedelta(seconds=10 * number))
            answer = enter(ATTACKER, email, "guess" if number < 259 else PASSWORD)
    assert answer == "too many"


def test_an_address_that_the_visitor_made_up_is_not_believed(proxied):
    """Only what the proxy itself adds, at the end, counts."""
    [email] = make_staff_of_a_hospital(1)
    with time_machine.travel(LAST_DAY, tick=False):
        answers = [enter(f"10.0.0.{number}, {ATTACKER}", email, "guess") for number in range(8)]
    assert answers.count("wrong") == 5
