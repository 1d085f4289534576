"""The applicant's pages in a real browser: empty, with errors and full, at 320 px, and by the keyboard alone.

Every page that is opened is examined by axe-core, for sideways overflow and for complaints of script and policy.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.models import User
from applications.models import Application, Call, EligibilityQuestion
from applications.services import answer, open_call, reopen, start_application, submit
from core import clock
from practices.models import MemberRole
from practices.services import add_member
from programs.models import Milestone
from questionnaires.services import load_form
from tests.applications.conftest import SECTIONS, Applying, fill
from tests.applications.test_start import QUESTIONS
from tests.conftest import build_cast, make_cohort, make_milestone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 320, "height": 720}}


def soon(days: int):
    return (datetime.now(UTC) + timedelta(days=days)).date()


def open_now(cast, code: str) -> Call:
    """A call that is open today, with the form of the tests."""
    cohort = make_cohort(cast.program, code, title=f"Call {code}")
    make_milestone(cohort, f"{code}-opening", "opening", soon(-20))
    make_milestone(cohort, f"{code}-deadline", "deadline", soon(20), due_from="leader", late_policy="accept")
    return open_call(cohort, form=load_form("test-application", "Application", SECTIONS))


@pytest.fixture
def applying(transactional_db) -> Applying:
    """A draft to an open call, begun by the cast's leader, with its colleague and its helper."""
    cast = build_cast()
    call = open_now(cast, "open-now")
    application = start_application(
        call, practice=cast.practice, team_name="Applicants", leader=cast.leader, by=cast.leader
    )
    add_member(application.enrollment.team, cast.colleague, MemberRole.CORE, by=cast.leader)
    add_member(application.enrollment.team, cast.helper, MemberRole.LARGER, by=cast.leader)
    return Applying(**vars(cast), call=call, application=application)


def let_in(visitor, user: User):
    """Signed in without the pages of signing in, which have tests of their own."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": visitor.site}])
    return visitor


def test_the_way_to_an_application_without_an_account(visitor, applying):
    call = open_now(applying, "asking")
    for position, question in enumerate(QUESTIONS, start=1):
        EligibilityQuestion.objects.create(call=call, position=position, **question)
    guest = visitor(**PHONE, timezone_id="Pacific/Guam")
    guest.go("/calls/")
    guest.press("Call asking")
    assert "for you" in guest.text()  # the browser's own clock, beside the call's
    assert "The server's clock decides" in guest.text()
    guest.press("See whether you can apply")
    guest.press("Check")
    assert "Choose an answer: Where is your practice?" in guest.text()
    guest.tick("physician", "no")
    guest.tick("place", "us")
    guest.press("Check")
    assert "A physician has to lead the team." in guest.text()
    guest.tick("physician", "yes")
    guest.press("Check again")
    guest.press("Start an application")
    guest.press("Go on and create an account")
    assert "Enter a name for your team." in guest.text()
    guest.fill(name="Fresh Practice", city="Anytown", region="OH", team_name="Fresh team")
    guest.press("Go on and create an account")
    assert "/accounts/signup/" in guest.page.url
    guest.go("/calls/asking/start/")
    assert guest.page.input_value("main [name=team_name]") == "Fresh team"


def test_a_draft_empty_with_errors_and_full(visitor, applying):
    key = applying.application.public_id
    leader = let_in(visitor(**PHONE), applying.leader)
    leader.go(f"/applications/{key}/")
    leader.press("Check and submit")
    assert "You can submit as soon as nothing is missing." in leader.text()
    leader.go(f"/applications/{key}/team/")
    leader.fill(email="nonsense")
    leader.press("Send the invitation")
    assert "Enter an email address like name@example.org." in leader.text()
    leader.page.get_by_text("Change what Hal Helper may do").click()
    leader.page.select_option(f"#access-{helper_of(applying)}", "submit")
    leader.press("Save Hal Helper")
    assert "Hal Helper: edits and submits." in leader.text()

    fill(applying)
    leader.go(f"/applications/{key}/check/")
    leader.press("Sign off without submitting")
    assert "has signed off what stands here" in leader.text()
    answer(applying.application, {applying.question("aim").pk: "Halve it"}, by=applying.colleague)
    helper = let_in(visitor(**PHONE), applying.helper)
    helper.go(f"/applications/{key}/check/")
    assert "Changed since the sign-off: What is your aim?" in helper.text()
    leader.go(f"/applications/{key}/check/")
    leader.press("Submit the application")
    assert "We have received your application" in leader.text()
    with leader.page.expect_download() as download:
        leader.page.get_by_role("link", name="Download the receipt (PDF)").click()
    assert download.value.suggested_filename == "applicants-receipt-1.pdf"
    assert Application.objects.get(public_id=key).state == "submitted"

    reopen(Application.objects.get(public_id=key), by=applying.leader)
    leader.go(f"/applications/{key}/")
    leader.press("Withdraw the application")
    assert "What happens" in leader.text()
    leader.press("Withdraw the application")
    assert Application.objects.get(public_id=key).state == "withdrawn"


def helper_of(applying) -> str:
    return applying.application.enrollment.team.members.get(user=applying.helper).public_id


def test_an_earlier_application_is_offered_and_carried(visitor, applying):
    fill(applying)
    submit(applying.application, by=applying.leader, arrived_at=clock.now())
    following = open_now(applying, "following")
    leader = let_in(visitor(**PHONE), applying.leader)
    leader.go("/calls/following/start/")
    leader.press("Carry forward Applicants, Call open-now")
    assert "2 answers came along" in leader.text()
    assert Application.objects.get(call=following).copied_from == applying.application
    leader.go("/applications/")


def test_from_the_call_to_the_receipt_by_the_keyboard(visitor, applying):
    fill(applying)
    leader = let_in(visitor(viewport={"width": 1280, "height": 900}), applying.leader)
    leader.go("/calls/open-now/")
    follow(leader, "Open your application")
    follow(leader, "Check and submit")
    follow(leader, "Submit the application")
    assert "We have received your application" in leader.text()
    assert Application.objects.get(pk=applying.application.pk).state == "submitted"


def follow(visitor, name: str) -> None:
    """Go to the link or button of that name with the tab key, see that it shows the focus, and press Enter."""
    page = visitor.page
    page.evaluate("document.activeElement.blur()")
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            break
    else:
        pytest.fail(f"The tab key does not come to “{name}” on {page.url}.")
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visitor.examine()


def test_a_closed_call_says_so(visitor, applying):
    Milestone.objects.filter(pk=applying.call.deadline_id).update(
        starts_on=soon(-2), ends_on=soon(-2), late_policy="closed"
    )
    guest = visitor(**PHONE)
    guest.go("/calls/open-now/")
    assert "This call is closed." in guest.text()
    guest.go("/calls/open-now/start/")
    assert "This call is not open" in guest.text()
    leader = let_in(visitor(**PHONE), applying.leader)
    leader.go(f"/applications/{applying.application.public_id}/check/")
    assert "can no longer be sent" in leader.text()
