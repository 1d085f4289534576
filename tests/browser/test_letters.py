"""The letter of support and the word to attend in a real browser, at the width of a small telephone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from applications.models import AttendanceCommitment, Letter
from applications.services import open_call, start_application
from core.models import AuditEntry
from practices.services import add_member
from questionnaires.services import load_form
from tests.applications.conftest import SECTIONS, Applying, fill
from tests.conftest import build_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SPONSOR, COLLEAGUE = "sam@test.example", "cora.colleague@test.example"
TELEPHONE = {"width": 320, "height": 700}


@pytest.fixture
def applying(transactional_db) -> Iterator[Applying]:
    """A complete application but for the letter and the words to attend, on a day on which the call is open."""
    with time_machine.travel(datetime(2024, 4, 10, 15, tzinfo=UTC), tick=True):
        yield _applying()


def _applying() -> Applying:
    cast = build_cast()
    call = open_call(cast.cohort, form=load_form("test-application", "Application", SECTIONS))
    application = start_application(
        call, practice=cast.practice, team_name="Applicants", leader=cast.leader, by=cast.leader
    )
    add_member(application.enrollment.team, cast.colleague, "core", by=cast.leader)
    found = Applying(**vars(cast), call=call, application=application)
    fill(found)
    application.commitments.all().delete()
    return found


def sign_in(visitor, person) -> None:
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": visitor.site}])


def test_two_minutes_of_a_sponsor(visitor, letterbox, applying):
    leader, scanner, sponsor, other = (visitor(viewport=TELEPHONE) for _ in range(4))
    sign_in(leader, applying.leader)
    leader.go(f"/applications/{applying.application.public_id}/sponsor/")
    leader.press("Ask for the letter")
    link = letterbox.link(SPONSOR)

    # A scanner that runs the scripts of a page, waits, and scrolls through it.
    before = AuditEntry.objects.count()
    scanner.page.goto(link, wait_until="networkidle")
    scanner.page.mouse.wheel(0, 5_000)
    scanner.page.wait_for_timeout(300)
    assert (Letter.objects.get().started_at, AuditEntry.objects.count()) == (None, before)

    sponsor.go(link)
    sponsor.shot("letter-request")
    sponsor.press("Continue")
    sponsor.shot("letter-ways")
    sponsor.fill(text="Dear committee, I support the team.")
    sponsor.press("Save the draft")
    other.go(link)
    other.press("Go on with the letter")
    other.fill(text="Words of another window.")
    sponsor.fill(text="Dear committee, I support the team fully.")
    sponsor.press("Save the draft")
    other.page.get_by_role("button", name="Save the draft").click()
    other.page.wait_for_selector("text=The letter was changed in another window")
    assert other.page.input_value("main [name=text]") == "Words of another window."
    other.complaints.clear()  # Chromium logs the 409 of the page itself
    other.examine()
    other.shot("letter-conflict")

    sponsor.fill(name="", position="")
    sponsor.press("Sign and send")
    assert "Enter your full name." in sponsor.text()
    sponsor.fill(name="Sam S. Sponsor", position="Chief Medical Officer")
    sponsor.press("Sign and send")
    assert "Thank you" in sponsor.text()
    sponsor.shot("letter-done")

    leader.page.reload()
    leader.examine()
    leader.shot("letter-sponsor-page")
    leader.press("Read the letter of Sam Sponsor")
    leader.page.go_back()
    leader.page.locator("summary", has_text="Set the letter aside").click()
    leader.press("Yes, set the letter aside")
    sponsor.page.goto(link)
    assert "This link has ended" in sponsor.text()
    sponsor.complaints.clear()  # the 410
    sponsor.examine()


def test_a_core_member_confirms_from_a_mail(visitor, letterbox, applying):
    leader, colleague = visitor(viewport=TELEPHONE), visitor(viewport=TELEPHONE)
    sign_in(leader, applying.leader)
    leader.go(f"/applications/{applying.application.public_id}/")
    leader.press("Ask everybody")
    leader.shot("attendance-asked")
    link = letterbox.link(COLLEAGUE)
    colleague.go(link)
    assert AttendanceCommitment.objects.get().confirmed_at is None
    colleague.shot("attendance-word")
    colleague.press("I will attend all of them")
    assert "You have confirmed to attend all of them" in colleague.text()
    assert AttendanceCommitment.objects.get().confirmed_by == applying.colleague
