"""How passwords are hashed (decision 12)."""

import pytest
from django.contrib.auth import hashers as django
from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from accounts.hashers import Argon2PasswordHasher

WORD = "eleven synthetic geese"


@pytest.fixture(autouse=True)
def production(settings):
    settings.PASSWORD_HASHERS = ["accounts.hashers.Argon2PasswordHasher"]


def test_a_hash_says_what_it_was_made_with():
    encoded = make_password(WORD)
    assert encoded.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")
    assert check_password(WORD, encoded)
    assert not check_password(f"{WORD}!", encoded)


def test_a_hash_of_other_settings_opens_the_door_and_is_made_anew():
    before = django.Argon2PasswordHasher().encode(WORD, "a-synthetic-salt-of-22")
    assert "$m=102400,t=2,p=8$" in before
    assert isinstance(identify_hasher(before), Argon2PasswordHasher)
    kept = []
    assert check_password(WORD, before, setter=kept.append)
    assert kept == [WORD]
    assert check_password(WORD, make_password(WORD), setter=kept.append)
    assert kept == [WORD]  # made with today's settings: nothing to do
