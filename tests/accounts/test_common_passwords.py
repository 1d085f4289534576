"""Passwords that are guessed first are refused, and what the page recommends is not."""

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from accounts.forms.passwords import LengthenedCommonPasswordValidator

LIST = sorted(CommonPasswordValidator().passwords)
# How people make a common password long enough.
LONGER = (
    lambda word: f"{word}123456",
    lambda word: f"{word}2026!",
    lambda word: f"!{word.capitalize()}1",
    lambda word: word * 2,
    lambda word: f"{word}-{word}",
    lambda word: f"{word}oncology",
)
refused = LengthenedCommonPasswordValidator()


def is_refused(password: str) -> bool:
    try:
        refused.validate(password)
    except ValidationError:
        return True
    return False


def test_every_common_one_of_twelve_characters(capsys):
    long = [word for word in LIST if len(word) >= 12]
    with capsys.disabled():
        print(f"\ncommon passwords: {len(LIST)}, of them {len(long)} of twelve characters")
    assert len(LIST) > 15_000 and len(long) > 100
    assert [word for word in LIST if not is_refused(word)] == []


def test_common_ones_made_longer(capsys):
    """At least the 3,000 that ASVS asks for: every word of letters on the list, in six ways, where it becomes long enough."""
    words = [word for word in LIST if word.isascii() and word.isalpha()]
    longer = [change(word) for word in words for change in LONGER]
    long = {password for password in longer if len(password) >= 12}
    with capsys.disabled():
        print(f"\n{len(words)} common words, {len(long)} passwords of twelve characters made of them")
    assert len(long) > 3_000
    assert [password for password in long if not is_refused(password)] == []


@pytest.mark.parametrize(
    "password",
    [
        "111111111111",
        "123456789012",
        "210987654321",
        "abcabcabcabc",
        "qwertyuiopas",
        "Password1234",
        "ASCO-Quality-1",
        "1q2w3e4r5t6y",
    ],
)
def test_runs_and_our_own_words(password):
    assert is_refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "four unrelated green words",
        "correct horse battery staple",
        "a-long-enough-one",
        "passwordmonkeydragonletter",
        "k7!pQz#2vLm9",
        "804271936455",
        "ΠαράθυροΠαράθυρο7",
        "x" * 11 + "y",
        "monkey48219375064",
    ],
)
def test_what_is_left_alone(password):
    assert validate_password(password) is None  # or it raises


def test_signing_up_says_what_to_do_instead(client, db):
    form = {"name": "Pat", "email": "pat@test.example", "password1": "Password2026!", "time_zone": "America/New_York"}
    page = client.post("/accounts/signup/", form)
    assert page.status_code == 200
    assert "Use four words that have nothing to do with each other." in page.text
