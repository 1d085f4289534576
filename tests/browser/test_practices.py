"""The practice's pages and staff's merge, empty, full and with errors, in a real browser: axe, width, and no script needed."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from practices import services
from tests.conftest import build_cast, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture
def cast(site, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    return build_cast()


def sign_in(visitor, person):
    """With the cookie of a session that was made without the sign-in page, which other tests walk through."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies["sessionid"]
    visitor.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": visitor.site}])
    return visitor


def of(name, practice):
    return reverse(f"practices:{name}", args=[practice.public_id])


def test_the_practices_own_pages(cast, visitor, letterbox):
    leader = sign_in(visitor(**NARROW), cast.leader)
    leader.go(of("practice", cast.practice))
    leader.press("Add a site")
    leader.press("Save")
    assert "Enter the name of the site" in leader.text()
    leader.fill(name="North Clinic " + "with a very long name " * 4, city="Anytown")
    leader.press("Save")
    leader.press("Change the facts")
    leader.fill(name="", street="1 Main Street", underserved_percent="400")
    leader.press("Save")
    assert "Enter a whole number from 0 to 100." in leader.text()
    leader.fill(name="Synthetic Oncology Practice", underserved_percent="40")
    leader.press("Save")
    leader.fill(email="no address")
    leader.press("Send invitation")
    leader.fill(email="invited@test.example")
    leader.press("Send invitation")
    assert "invited@test.example" in leader.text()

    invited = sign_in(visitor(**NARROW), make_user("Ina Invited", email="invited@test.example"))
    invited.go(letterbox.link("invited@test.example"))
    invited.press("Accept as Ina Invited")
    assert "You are in no team of this practice" in invited.text()
    leader.go(of("practice", cast.practice))
    assert "Ina Invited" in leader.text()
    leader.shot("practice")


def test_staff_merge_two_entries(cast, visitor):
    kept = services.create_practice(name="Mercy Clinic", city="Anytown", setting="community", by=cast.leader)
    gone = services.create_practice(name="The Mercy Clinic, Inc.", city="Anytown", oncologists=9, by=cast.stranger)
    Authenticator.objects.create(user=cast.staff, type="totp", data={})
    staff = sign_in(visitor(viewport={"width": 1280, "height": 900}), cast.staff)
    staff.go("/admin/practices/practice/?likely_duplicate=yes")
    staff.go(reverse("admin:practices_practice_duplicates", args=[cast.practice.pk]))
    assert "No other entry looks like this one." in staff.page.inner_text("body")
    staff.go(reverse("admin:practices_practice_duplicates", args=[kept.pk]))
    staff.shot("duplicates")
    staff.go(f"{reverse('admin:practices_practice_merge', args=[kept.pk])}?with={gone.pk}")
    staff.shot("merge")
    staff.page.get_by_role("button", name="Merge the two").click()
    staff.page.wait_for_load_state()
    staff.examine()
    assert "is merged into" in staff.page.inner_text("body")
    kept.refresh_from_db()
    assert (kept.oncologists, kept.setting) == (9, "community")
