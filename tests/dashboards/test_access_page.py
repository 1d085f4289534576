"""The page that tells staff who may do what, from the table that the tests hold the product to."""

import pytest
from django.urls import reverse

from dashboards.selectors.access import NO, OWN, SOME, YES, parse, rights, table
from tests.access.headers import Reader

TABLE = """\
role appl  Applicant
role leadr Leader
role coach Coach
role staff Staff
room Work
title work:see  See the work
title work:do   Do the work
title work:none What nobody may
work:see  GET  team  404 200 200 200
work:see  GET  other 404 404 404 200
work:do   POST team  404 302 403 403
work:do   POST other 404 302 404 403
work:none GET  -     404 404 404 404
work:do   GET  team  404 404 200 403
work:do   GET  other 404 200 403 403
"""


@pytest.fixture
def page(cast, client, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client.force_login(cast.staff)
    return lambda **asked: client.get(reverse("who_may_do_what"), asked).text


def test_the_words_of_a_table():
    found = parse(TABLE)
    told = {(right.title, right.act): tuple(right.roles.values()) for right in rights(found.rooms[0], found.roles)}
    assert told == {
        ("See the work", "GET"): (NO, OWN, OWN, YES),
        ("Do the work", "POST"): (NO, YES, NO, NO),
        ("Do the work", "GET"): (NO, SOME, OWN, NO),
    }


def test_every_room_and_every_role_stands_there(page):
    text = page()
    for room in table().rooms:
        if rights(room, table().roles):
            assert f">{room.title}</h2>" in text
    for words in table().roles.values():
        assert f'<th scope="col">{words}</th>' in text.replace("&#x27;", "'")
    reader = Reader()
    reader.feed(text)
    assert reader.found == []


def test_one_role_alone(page):
    text = page(role="coach")
    assert '<option value="coach" selected>' in text
    assert "<table" not in text
    assert "Comment on a filed update" in text


def test_a_role_that_is_none_shows_all(page):
    assert "<table" in page(role="king")


def test_some_of_what_it_says(page):
    """Read off the page, not off the table: what a hospital would ask about first."""
    found = {right.title: right.roles for room in table().rooms for right in rights(room, table().roles)}
    application = found["An application: its parts and state"]
    assert application == {
        **dict.fromkeys(("anon", "inact", "rival", "formr", "helpr", "revwr", "coach", "other", "ldrsh"), NO),
        **dict.fromkeys(("appl", "strng", "core", "leadr"), OWN),
        "staff": YES,
    }
    assert found["The board of a cohort"]["ldrsh"] == YES
