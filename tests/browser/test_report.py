"""A report of findings in a real browser: drafted, handed over, released by a second person, made a project; by keyboard."""

import pytest
from django.test import Client
from django.urls import reverse

from assessments import services
from assessments.models import Report, Strategy
from core import clock
from improvement.models import Project
from tests.assessments.conftest import answer_all, small
from tests.browser.test_assessment import Keyboard
from tests.browser.test_staff_intake import signed_in
from tests.conftest import build_cast, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW_DARK = {"viewport": {"width": 320, "height": 800}, "color_scheme": "dark"}
WIDE_LIGHT = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}


@pytest.fixture
def round_(db, settings):
    """A submitted round below best practice, an instrument with a strategy, and a second member of staff."""
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    cast = build_cast()
    version = services.load_instrument(
        small(**{"Domain one": "Accessibility of care and social determinants of health"})
    )
    for number, item in enumerate(("a", "a", "c")):
        fields = {"item_code": item, "title": f"Strategy {number}", "text": f"Try {number}."}
        Strategy.objects.create(code=f"strategy-{number}", instrument=version.instrument, **fields)
    found = services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)
    answer_all(found, cast.leader, a="low", b="middle", c="low")
    services.submit(found, by=cast.leader, arrived_at=clock.now())
    return cast, found, make_user("Second Staff", role="staff")


def test_from_the_draft_to_a_project_by_keyboard(round_, visitor, site):
    cast, found, second = round_
    staff, other, leader = (Keyboard(visitor(**NARROW_DARK), site) for _ in range(3))
    for keys, person in ((staff, cast.staff), (other, second), (leader, cast.leader)):
        signed_in(keys.visitor, Client(), person)

    staff.visitor.go(reverse("assessments:detail", args=[found.public_id]))
    staff.press("Draft the report of findings")
    title = staff.page.locator("[name^=title-]").first
    staff.reach(title)
    staff.page.keyboard.press("Control+A")
    staff.page.keyboard.press("Delete")
    staff.press("Save and read it")  # without a title: an error
    assert staff.page.evaluate("document.activeElement.matches('[data-error-summary], [data-error-summary] *')")
    staff.visitor.shot("report-errors")
    staff.reach(staff.page.locator("[name^=title-]").first)
    staff.page.keyboard.type("Nobody asks about needs")
    staff.press("Save and read it")
    assert "This is what the team would read" in staff.visitor.text()
    staff.confirm("Hand over to a second person")
    assert "so you cannot release it" in staff.visitor.text()

    report = Report.objects.get()
    other.visitor.go(reverse("assessments:report", args=[report.public_id]))
    other.confirm("Release it to the team")
    assert Report.objects.get().state == "released"

    leader.visitor.go(reverse("assessments:detail", args=[found.public_id]))
    leader.follow("Read the report of findings")
    assert "Nobody asks about needs" in leader.visitor.text()
    leader.visitor.shot("report-narrow")
    leader.press("Make this our project")
    assert Project.objects.get().enrollment == cast.enrollment

    # A second one leads the updates away from the first, so it is asked about.
    leader.visitor.go(reverse("assessments:report", args=[report.public_id]))
    leader.press(report.findings.get(rank=2).title)
    assert "Your team has a project already" in leader.visitor.text()
    leader.visitor.shot("another-project")
    leader.press("Yes, make this our project")
    assert Project.objects.count() == 2


def test_every_page_of_a_report_wide_and_light(round_, visitor):
    """Those that the keyboard does not walk too: with the second person's empty message, corrected, and the library."""
    cast, found, second = round_
    staff, other = visitor(**WIDE_LIGHT), visitor(**WIDE_LIGHT)
    signed_in(staff, Client(), cast.staff)
    signed_in(other, Client(), second)
    report = services.draft_report(found, by=cast.staff)
    page = reverse("assessments:report", args=[report.public_id])
    staff.go(reverse("assessments:report_edit", args=[report.public_id]))
    staff.go(page)
    services.hand_over(report, by=cast.staff)
    staff.go(page)
    other.go(page)
    other.page.locator("summary", has_text="Send it back").click()
    other.press("Send it back with this message")  # without a word
    assert "Say what should be changed" in other.text()
    services.release(report, by=second)
    staff.go(page)
    staff.shot("report-wide")
    library = "admin:assessments_strategy"
    paths = [
        reverse(f"{library}_changelist"),
        reverse(f"{library}_add"),
        reverse(f"{library}_change", args=[Strategy.objects.first().pk]),
    ]
    for path in paths:
        staff.go(path)
    assert staff.examined == [reverse("assessments:report_edit", args=[report.public_id]), *[page] * 3, *paths]
