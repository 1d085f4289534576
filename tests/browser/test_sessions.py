"""The warning before a session ends, and the words that outlive it, in a real browser."""

import pytest

from accounts.models import User
from tests.conftest import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a password of a synthetic person"
DIALOG, WORDS = "dialog.session-warning", "Doctor Words That Stay"


@pytest.fixture
def person() -> User:
    user = make_user("Wanda Writer")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page, site: str, person: User) -> None:
    page.goto(f"{site}/accounts/login/?next=/profile/")
    page.fill("main [name=login]", person.email)
    page.fill("main [name=password]", PASSWORD)
    page.press("main [name=password]", "Enter")
    page.wait_for_url("**/profile/")


def test_warned_kept_and_ended(visitor, site, person, settings):
    settings.SESSION_LIMITS = {"staff": (1, 1), "others": (122, 3600)}
    writer = visitor()
    page = writer.page
    sign_in(page, site, person)
    page.fill("main [name=name]", WORDS)
    page.wait_for_selector(f"{DIALOG}[open]")
    writer.examine()
    writer.shot("session-warning")
    page.get_by_role("button", name="Stay signed in").click()
    page.wait_for_selector(DIALOG, state="hidden")

    # Another tab signs out and in again: the words stay, and the form of this page works with its new token.
    page.wait_for_selector(f"{DIALOG}[open]")
    settings.SESSION_LIMITS = {"staff": (3600, 3600), "others": (3600, 3600)}
    other = writer.context.new_page()
    other.goto(f"{site}/accounts/logout/")
    with other.expect_navigation():  # the page first drops what it kept of unsaved words
        other.locator("main form button").first.click()
    sign_in(other, site, person)
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector(DIALOG, state="hidden")
    assert page.input_value("main [name=name]") == WORDS

    # Signed out behind the page's back: what is sent comes back, and goes once the same person is here again.
    settings.SESSION_LIMITS = {"staff": (-1, -1), "others": (-1, -1)}
    page.locator("main form [type=submit]").first.click()
    page.wait_for_selector("text=You have been signed out")
    assert WORDS in page.inner_text("main")
    writer.complaints.clear()  # Chromium logs the 401 of the page itself
    settings.SESSION_LIMITS = {"staff": (3600, 3600), "others": (3600, 3600)}
    writer.examine()
    writer.shot("session-ended")
    sign_in(other, site, person)
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_role("button", name="Send it again").click()
    page.wait_for_url("**/profile/")
    person.refresh_from_db()
    assert person.name == WORDS
