"""The page that saves by itself, in a real browser: what it says, and what it does when two people write at once."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from applications.models import Application
from applications.views.autosave import MOST_A_MINUTE
from core import clock
from core.pace import seconds_to_wait
from practices.models import MemberRole
from practices.services import add_member
from questionnaires.models import Answer, AnswerRevision
from tests.browser.seed import writer
from tests.conftest import make_user
from tests.faults.machines import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROBLEM = "[name=problem]"
BAR = "[data-autosave-words]"
KEPT = "Object.entries(localStorage).filter(([name]) => name.startsWith('unsaved:'))"


@pytest.fixture
def opens(visitor, site):
    """Open the section's page as somebody who may."""

    def opener(seat: dict, person: User):
        client = Client()
        client.force_login(person)
        one = visitor(viewport={"width": 320, "height": 800})
        one.context.add_cookies([{"name": seat["cookie"], "value": client.cookies[seat["cookie"]].value, "url": site}])
        one.page.goto(site + seat["path"])
        return one

    return opener


@pytest.fixture
def seat(db) -> dict:
    return writer(1)


@pytest.fixture
def leader(seat) -> User:
    return User.objects.get(email=seat["email"])


class Deaf(list):
    def append(self, line: str) -> None:
        """Not noted."""


def stored(seat, code="problem") -> str | None:
    found = Answer.objects.filter(response=seat["response"], question__code=code).first()
    return found and found.value


def wait(page, ready, what="what was typed") -> None:
    def look() -> bool:
        page.wait_for_timeout(50)
        return ready()

    wait_until(look, what)


def test_it_saves_and_says_so(opens, seat, leader):
    one = opens(seat, leader)
    page = one.page
    one.examine()
    page.focus(PROBLEM)
    page.keyboard.type("Patients wait too long")
    page.wait_for_selector(f"{BAR} >> text=/^Saved /")
    assert stored(seat) == "Patients wait too long"
    page.keyboard.type(", and nobody knows")
    page.focus("[name=aim]")  # leaving the field is enough
    wait(page, lambda: stored(seat) == "Patients wait too long, and nobody knows")
    wait(page, lambda: page.evaluate(KEPT) == [], "the browser's own copy to go")
    one.examine()
    one.shot("autosave-saved")
    page.get_by_role("button", name="Save and go back").click()
    page.wait_for_url(lambda url: "sections" not in url)
    assert AnswerRevision.objects.filter(answer__response=seat["response"]).count() <= 3


def test_offline_the_words_stay_and_are_sealed(opens, seat, leader):
    one = opens(seat, leader)
    page = one.page
    one.context.set_offline(True)
    page.focus(PROBLEM)
    page.keyboard.type("Words without a line")
    page.wait_for_selector(f"{BAR}:has-text('you are offline')")
    wait(page, lambda: page.evaluate(KEPT) != [], "the browser's own copy")
    assert "line" not in json.dumps(page.evaluate(KEPT))
    page.get_by_role("button", name="Save and go back").click()  # would end on the browser's own page
    page.wait_for_timeout(300)
    assert page.input_value(PROBLEM) == "Words without a line"
    one.complaints = Deaf()  # Chromium logs that there is no line, at every try
    one.examine()
    one.shot("autosave-offline")
    one.context.set_offline(False)
    wait(page, lambda: stored(seat) == "Words without a line")
    wait(page, lambda: page.evaluate(KEPT) == [], "the browser's own copy to go")


def test_too_often_waits_and_sends_again(opens, seat, leader):
    one = opens(seat, leader)
    page = one.page
    one.complaints = Deaf()  # Chromium logs the 429
    for _ in range(MOST_A_MINUTE):
        for at in (clock.now(), clock.now() + timedelta(minutes=1)):  # should the minute end meanwhile
            with clock.at(at):
                seconds_to_wait("autosave", leader.public_id, most=MOST_A_MINUTE)
    page.focus(PROBLEM)
    page.keyboard.type("Words in a hurry")
    page.wait_for_selector(f"{BAR}:has-text('too much was saved within a minute')")
    one.examine()
    one.shot("autosave-too-often")
    assert stored(seat) is None
    cache.clear()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait(page, lambda: stored(seat) == "Words in a hurry")
    wait(page, lambda: page.evaluate(KEPT) == [], "the browser's own copy to go")


@pytest.mark.parametrize(
    ("choice", "result"),
    [("Keep mine", "Mine"), ("Use theirs", "Theirs"), ("Put both together", "Mine\n\nTheirs")],
)
def test_two_people_at_one_field(opens, seat, leader, choice, result):
    colleague = make_user("Cora Colleague")
    team = Application.objects.get(response=seat["response"]).enrollment.team
    add_member(team, colleague, MemberRole.CORE, by=leader)
    mine, theirs = opens(seat, leader), opens(seat, colleague)
    theirs.page.fill(PROBLEM, "Theirs")
    wait(theirs.page, lambda: stored(seat) == "Theirs")
    mine.page.fill(PROBLEM, "Mine")
    mine.page.wait_for_selector(".conflict")
    assert "Cora Colleague wrote here as well" in mine.page.inner_text(".conflict")
    assert (mine.page.input_value(PROBLEM), stored(seat)) == ("Mine", "Theirs")
    mine.complaints.clear()  # Chromium logs the 409
    mine.examine()
    mine.shot("autosave-conflict")
    mine.page.get_by_role("button", name=choice).click()
    wait(mine.page, lambda: stored(seat) == result)
    wait(mine.page, lambda: mine.page.input_value(PROBLEM) == result)
    assert mine.page.locator(".conflict").count() == 0
    # Another word is saved as ever.
    mine.page.focus(PROBLEM)
    mine.page.keyboard.press("Control+End")
    mine.page.keyboard.type(" again")
    wait(mine.page, lambda: stored(seat) == f"{result} again")


def test_signing_out_takes_what_was_kept_along(opens, seat, leader):
    one = opens(seat, leader)
    page = one.page
    somebody_elses = "unsaved:somebody-else:/x/:aim"
    page.evaluate(f"localStorage.setItem('{somebody_elses}', JSON.stringify({{at: Date.now()}}))")
    page.route("**/autosave/", lambda route: route.abort())
    page.fill(PROBLEM, "Never sent")
    wait(page, lambda: len(page.evaluate(KEPT)) == 2, "the browser's own copy")
    page.on("dialog", lambda dialog: dialog.accept())  # “Leave the page? …”
    page.click("details[data-menu] summary")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "sections" not in url)
    wait(page, lambda: [name for name, _ in page.evaluate(KEPT)] == [somebody_elses], "its removal")


def test_what_a_crash_left_behind_gives_way_to_what_was_saved_after_it(opens, seat, leader):
    """A killed browser may find its last copy but one: the site has every word of it, and nothing is asked."""
    one = opens(seat, leader)
    page = one.page
    one.context.set_offline(True)
    page.fill(PROBLEM, "Patients wait")
    wait(page, lambda: page.evaluate(KEPT) != [], "the browser's own copy")
    (kept,) = page.evaluate(KEPT)
    one.complaints = Deaf()
    one.context.set_offline(False)
    wait(page, lambda: stored(seat) == "Patients wait")
    page.fill(PROBLEM, "Patients wait too long")
    wait(page, lambda: stored(seat) == "Patients wait too long")
    wait(page, lambda: page.evaluate(KEPT) == [], "the browser's own copy to go")
    page.evaluate("([name, value]) => localStorage.setItem(name, value)", kept)
    page.reload()
    wait(page, lambda: page.evaluate(KEPT) == [], "the browser's older copy to go")
    assert page.input_value(PROBLEM) == "Patients wait too long"
    assert page.locator(".conflict, .notice-info").count() == 0


# The browser's own copies stay shut until the test says so.
LATE = """
const real = crypto.subtle.decrypt.bind(crypto.subtle);
const told = new Promise((go) => { window.openCopies = go; });
crypto.subtle.decrypt = async (...all) => { await told; return real(...all); };
"""


def test_what_a_crash_left_behind_does_not_run_into_what_is_typed(opens, seat, leader):
    """On a slow machine the copy is open a moment after the page: an older one is dropped, a newer one keeps both."""
    one = opens(seat, leader)
    page = one.page
    one.complaints = Deaf()
    one.context.set_offline(True)
    page.fill(PROBLEM, "Patients wait")
    wait(page, lambda: page.evaluate(KEPT) != [], "the browser's own copy")
    (kept,) = page.evaluate(KEPT)
    one.context.set_offline(False)
    wait(page, lambda: stored(seat) == "Patients wait")
    page.fill(PROBLEM, "Patients wait too long")
    wait(page, lambda: stored(seat) == "Patients wait too long")
    page.add_init_script(LATE)
    page.evaluate("([name, value]) => localStorage.setItem(name, value)", kept)
    page.reload()
    page.fill(PROBLEM, "")
    page.evaluate("openCopies()")
    wait(page, lambda: not stored(seat))
    assert page.input_value(PROBLEM) == ""
    assert page.locator(".conflict, .notice-info").count() == 0
    page.evaluate("([name, value]) => localStorage.setItem(name, value)", [kept[0], fresh_copy(one, "Nobody knows")])
    page.reload()
    page.focus(PROBLEM)
    page.keyboard.type("But we do")
    page.evaluate("openCopies()")
    wait(page, lambda: stored(seat) == "Nobody knows\n\nBut we do")


def fresh_copy(one, words: str) -> str:
    """The browser's own sealed copy of words that it could not send, taken before they arrive."""
    page = one.page
    one.context.set_offline(True)
    page.fill(PROBLEM, words)
    wait(page, lambda: page.evaluate(KEPT) != [], "the browser's own copy")
    ((_name, copy),) = page.evaluate(KEPT)
    page.fill(PROBLEM, "")
    wait(page, lambda: page.evaluate(KEPT) == [], "the copy to go")
    one.context.set_offline(False)
    return copy


def test_what_is_typed_before_the_script_is_there_is_saved(opens, seat, leader):
    """On a slow line the page is there before its scripts."""
    one = opens(seat, leader)
    page, held = one.page, []
    page.route("**/js/fields.js", lambda route: held.append(route))
    page.reload(wait_until="commit")
    page.focus(PROBLEM)
    page.keyboard.type("Nobody waits for us")
    wait(page, lambda: held)
    held.pop().continue_()
    wait(page, lambda: stored(seat) == "Nobody waits for us")
    assert page.input_value(PROBLEM) == "Nobody waits for us"
    assert page.locator(".conflict").count() == 0
