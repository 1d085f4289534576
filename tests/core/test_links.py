import pytest

from core import links


def test_a_token_belongs_to_purpose_row_and_generation():
    token = links.token("invitation", 7, 1)
    assert len(token) == 43
    assert links.is_valid(token, "invitation", 7, 1)
    for other in [("access", 7, 1), ("invitation", 8, 1), ("invitation", 7, 2)]:
        assert not links.is_valid(token, *other)


def test_a_new_key_ends_every_link(settings):
    token = links.token("invitation", 7, 1)
    settings.LINK_KEY = "another key"
    assert not links.is_valid(token, "invitation", 7, 1)


@pytest.mark.parametrize("nonsense", ["", "é", "x" * 5000, "\x00"])
def test_nonsense_is_no_token(nonsense):
    assert not links.is_valid(nonsense, "invitation", 7, 1)


def test_addresses_come_from_the_setting(settings):
    settings.SITE_URL = "https://elsewhere.example.org"
    assert links.absolute("privacy") == "https://elsewhere.example.org/privacy/"
