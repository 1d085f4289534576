"""Every page of the intake, found in the URL table: with nothing, with everything and with errors; in both themes, at 320 pixels
and at 400 %. axe-core finds nothing, nothing scrolls sideways, nothing lies over what has the focus.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.urls import resolve

from tests.browser.conftest import Visitor
from tests.browser.intake import NO_PAGES, PEOPLE, Intake, intake, pages, with_everything, with_nothing
from tests.browser.looking import PHONE, faults
from tests.conftest import NOW

# Each walk opens more than a hundred pages.
pytestmark = pytest.mark.timeout(900)

# Forms that take whatever a person can send with them.
TAKES_ANYTHING = {
    "applications:withdraw",  # a reason is not asked for
    "applications:access",  # one of few choices
    "applications:team",  # the leader's details, none of which a draft needs
    "applications:correction",  # a word with the changes is not asked for
    "letters:write",  # a draft
    "letters:decline",  # a word with it is not asked for
    "attendance:cannot",  # nor with this
    "admin:applications_call_intake_excel",  # gives a file
    "admin:applications_call_intake_csv",
    "admin:applications_call_change",  # a call without a text
    "admin:applications_call_rehearsals",  # which form is rehearsed
}
# What is wrong to type where an empty field or letters for a number are not: url name -> field -> value.
WRONG: dict[str, dict[str, str]] = {}
# The forms that take typing in the main part of a page: (number on the page, path to which it goes).
FORMS = """() => [...document.forms].map((form, number) => [form, number])
    .filter(([form]) => form.method === "post" && form.closest("main, #content"))
    .filter(([form]) => [...form.elements].some(one => !one.disabled && !one.readOnly && one.checkVisibility()
        && !["hidden", "submit", "button", "fieldset", "output"].includes(one.type)))
    .map(([form, number]) => [number, new URL(form.getAttribute("action") ?? "", location).pathname])"""
SEND_WRONG = """([number, values]) => {
    const form = document.forms[number];
    for (const one of form.elements) {
        if (one.disabled || ["hidden", "submit", "button", "fieldset", "file"].includes(one.type)) continue;
        if (one.name in values) one.value = values[one.name];
        else if (["checkbox", "radio"].includes(one.type)) one.checked = false;
        else if (one.type === "email") one.value = "nonsense";
        else if (["numeric", "decimal"].includes(one.inputMode)) one.value = "many";
        else if (one.tagName !== "SELECT" || one.querySelector("option[value='']")) one.value = "";
    }
    form.noValidate = true;
    form.requestSubmit([...form.elements].find(one => one.type === "submit"));
}"""
REASONS = {405: "takes a press alone", 403: "nobody may"}
IS_REFUSED = "[aria-invalid=true], .error-summary, .errornote, .errorlist, .messagelist :is(.error, .warning)"


@dataclass
class Walk:
    """Somebody at a browser who looks at one page after the other, and what was found."""

    visitor: Visitor
    found: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def look(self, name: str, what: str) -> None:
        page = self.visitor.page
        self.found += [f"{name} {what}: {fault}" for fault in [*faults(page), *self.visitor.complaints]]
        self.visitor.complaints.clear()

    def open(self, path: str) -> int:
        status = self.visitor.page.goto(self.visitor.site + path).status
        self.visitor.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        return status


@pytest.fixture
def at_the_time(transactional_db, settings) -> Iterator[None]:
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    with time_machine.travel(NOW, tick=True):
        yield


def walks(visitor, made: Intake) -> dict[str, Walk]:
    """Everybody at a browser of their own, signed in without the pages of signing in."""
    found = {}
    for part, user in made.people.items():
        one = visitor(viewport=PHONE, reduced_motion="reduce")
        if user:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
            one.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": one.site}])
        found[part] = Walk(one)
    return found


def test_every_address_that_is_no_page_is_one_of_the_intake():
    assert set(NO_PAGES) - set(intake()) == set()
    assert len(pages()) > 50


@pytest.mark.django_db
def test_what_is_no_page_has_its_reason(settings, now):
    """Whoever opens it is refused, has nothing to press, or gets a file."""
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    made = with_everything()
    client, wrong = Client(), []
    for name, reason in NO_PAGES.items():
        client.force_login(made.people[parts(name)[0]] or made.people["leader"])
        for path in made.paths(name):
            answer = client.get(path)
            is_file = answer.status_code == 200 and not answer["Content-Type"].startswith("text/html")
            if ("a file" if is_file else REASONS.get(answer.status_code)) != reason:
                wrong.append(f"{name} gives {answer.status_code}, so it is not “{reason}”.")
    assert wrong == []


def parts(name: str) -> tuple[str, ...]:
    return PEOPLE[name.split(":")[0]]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_with_nothing(visitor, at_the_time):
    made = with_nothing()
    everybody = walks(visitor, made)
    for name in pages():
        for path in made.paths(name):
            walk = everybody[parts(name)[0]]
            if (status := walk.open(path)) != 200:
                walk.found.append(f"{name} with nothing: {status}")
            walk.look(name, "with nothing")
    told(everybody)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_with_everything_and_with_errors(visitor, at_the_time):
    made = with_everything()
    everybody = walks(visitor, made)
    for name in pages():
        for part in parts(name):
            walk = everybody[part]
            for path in made.paths(name):
                if (status := walk.open(path)) != 200:
                    walk.found += [f"{name} as {part}: {status}"] if part == parts(name)[0] else []
                    walk.visitor.complaints.clear()
                    continue
                walk.look(name, f"as {part}")
                get_wrong(walk, name, path)
    told(everybody)


def told(everybody: dict[str, Walk]) -> None:
    """Nothing was found; else everything that was, a line each."""
    found = [fault for walk in everybody.values() for fault in walk.found]
    assert not found, "\n".join(found)


def get_wrong(walk: Walk, name: str, path: str) -> None:
    """Send each form of the page with what it does not take, and look at what comes back."""
    page = walk.visitor.page
    for number, to in page.evaluate(FORMS):
        form = resolve(to).view_name
        if form in walk.refused | TAKES_ANYTHING:
            continue
        walk.refused.add(form)
        print("SEND", name, form, flush=True)
        walk.open(path)
        with page.expect_navigation():
            page.evaluate(SEND_WRONG, [number, WRONG.get(form, {})])
        if page.locator(IS_REFUSED).count() == 0:
            walk.found.append(f"{name}: its form {form} takes what is wrong")
        walk.look(name, f"with errors of {form}")
