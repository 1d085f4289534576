"""A computer that somebody else uses next: after signing out, the Back button shows nothing of who was here."""

import pytest

from accounts.models import BrowserSession
from tests.browser.test_sessions import PASSWORD
from tests.conftest import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NUMBER = "MEMBER-4711"


def test_back_shows_nothing_after_signing_out(visitor, site):
    person = make_user("Wanda Writer", asco_membership="member", asco_member_number=NUMBER)
    person.set_password(PASSWORD)
    person.save()
    one = visitor()
    page = one.page
    page.goto(f"{site}/accounts/login/?next=/profile/")
    page.fill("main [name=login]", person.email)
    page.fill("main [name=password]", PASSWORD)
    page.press("main [name=password]", "Enter")
    page.wait_for_url("**/profile/")
    assert page.input_value("main [name=asco_member_number]") == NUMBER
    one.examine()
    assert "Chrome on Linux" in one.text() and "This browser" in one.text()
    one.shot("profile")
    page.goto(f"{site}/profile/data/")
    page.goto(f"{site}/accounts/logout/")
    with page.expect_navigation():  # the page first drops what it kept of unsaved words
        page.locator("main form button").first.click()
    assert not BrowserSession.objects.filter(user=person).exists()
    been = set()
    for _ in range(3):
        page.go_back()
        page.wait_for_load_state()
        been.add(page.url)
        shown = page.content()
        assert person.email not in shown and NUMBER not in shown and person.name not in shown, page.url
    assert any("/accounts/login/" in address for address in been), been
