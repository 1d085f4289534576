"""What people write stays text, on every page that shows it and in the admin; and no name ends a header.

The texts are written past the forms, into every column for words: whatever a form lets in, the page has to hold.
"""

import pytest
from django.db import transaction
from django.utils.html import escape

from tests.fuzz.posts import Request
from tests.fuzz.stage import PEOPLE, Stage
from tests.security.markup import PAYLOADS, Injected
from tests.security.poison import BREAK, in_turn, poison

# Without the mark, pytest-django makes no database for a run of this module alone.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def pages(stage: Stage):
    """Every page of everybody: (person, path, status, html, headers)."""
    for person in PEOPLE:
        for name, path in stage.addresses.items():
            if name.startswith("admin:") and person != "staff":
                continue
            answer = stage.server.ask(person, Request("GET", path, content_type=""))
            yield person, path, answer


def test_no_page_takes_what_people_write_for_markup(stage, capsys):
    with transaction.atomic():
        columns = poison(in_turn)
        found, seen, shown = [], 0, 0
        for person, path, answer in pages(stage):
            assert answer.status < 500 or path == "/healthz/full", (path, answer.errors)
            html = answer.body.decode("utf-8", "replace")
            seen += 1
            shown += "xss" in html
            if "html" in answer.headers.get("Content-Type", ""):
                found += [f"{person} {path}: {one[:200]}" for one in Injected(html).found]
        transaction.set_rollback(True)
    with capsys.disabled():
        print(
            f"\nstored markup: {len(PAYLOADS)} payloads in {columns} columns, {seen} pages, on {shown} of them shown;"
            f" {len(found)} took one for markup"
        )
    assert not found, "\n".join(found[:20])
    assert shown > 80


def test_no_name_ends_a_header_of_a_page(stage):
    with transaction.atomic():
        poison(lambda number, length: BREAK[:length])
        for _person, path, answer in pages(stage):
            assert answer.status < 500 or path == "/healthz/full", (path, answer.errors)
            assert not {"Bcc", "X-Evil"} & set(answer.headers), path
            assert not [value for value in answer.headers.values() if "\n" in value or "\r" in value], path
        transaction.set_rollback(True)


PLACES = (
    "<p>{}</p>",
    '<p title="{}">x</p>',
    "<p title='{}'>x</p>",
    '<a href="{}">x</a>',
    "<script>{}</script>",
    "<textarea>{}</textarea>",
    "<!-- {} -->",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_page_that_trusts_is_found(payload):
    """The judge itself: unescaped, every payload is seen in some place of a page; escaped, none is."""
    assert any(Injected(place.format(payload)).found for place in PLACES)
    assert not Injected(f'<p title="{escape(payload)}">{escape(payload)}</p>').found
