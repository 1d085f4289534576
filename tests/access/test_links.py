"""Every link that works without an account: a forged one is a 404 for everybody, and one piece of the house looks it up."""

import pytest
from django.urls import reverse

from core import links
from tests.access.matrix import addresses
from tests.architecture.rules import product

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LINKS = sorted(name for name, path in addresses() if "<str:token>" in path)
FORGED = ("A" * 43, links.token("another purpose", 1, 1), "x" * 20, "é" * 43)


def test_there_are_links_of_six_kinds():
    kinds = {"access", "refuse", "practices", "programs", "letters", "attendance"}
    assert {name.partition(":")[0] for name in LINKS} == kinds


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("role", ["anon", "leadr", "staff"])
def test_a_forged_one_is_not_found(name, role, asking):
    words = asking.world.sets["team"][name]
    methods = [
        method
        for method in ("GET", "HEAD", "POST")
        if asking.ask(role, method, reverse(name, kwargs=words)).status_code != 405
    ]
    assert methods
    for token in FORGED:
        address = reverse(name, kwargs=words | {"token": token})
        assert {method: asking.ask(role, method, address).status_code for method in methods} == dict.fromkeys(
            methods, 404
        )


def test_nobody_else_looks_at_a_token():
    assert [source.path for source in product() if "links.is_valid" in source.text] == []
