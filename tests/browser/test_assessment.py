"""A team of four finishes a baseline in a real browser by the keyboard alone: alone, then together, then submitted.

Every page on the way is examined by axe and for sideways overflow at 320 pixels: empty, full and with errors.
"""

from datetime import UTC, datetime
from urllib.parse import urlparse

import pytest
from django.test import Client
from playwright.sync_api import Locator

from accounts.models import Profession, Role
from assessments import services
from assessments.models import AgreedAnswer, Assessment, Evidence, InstrumentVersion, MemberTurn
from core import clock
from practices.models import MemberRole
from practices.services import add_member
from tests.assessments.conftest import small
from tests.browser.keyboard import choose_radio, reach
from tests.conftest import build_cast, make_user
from tests.faults.machines import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"viewport": {"width": 320, "height": 800}}
SAVED = "[data-autosave-words] >> text=/^Saved /"


@pytest.fixture
def team(db, settings, tmp_path):
    """A core team of four by the clock on the wall, and its baseline, not begun."""
    settings.MEDIA_ROOT, settings.STAFF_TWO_FACTORS_REQUIRED = tmp_path, False
    cast = build_cast()
    people = [cast.leader, cast.colleague]
    for name in ("Nora Nurse", "Phil Pharmacist"):
        person = make_user(name, profession=Profession.NURSE)
        add_member(cast.team, person, MemberRole.CORE, by=cast.leader)
        people.append(person)
    services.load_instrument(small(**{"is_illustrative: true": "is_illustrative: true\nasks_reviewer: true"}))
    return cast, people


class Keyboard:
    """Somebody who has no mouse. ``looks``: their pages are examined; who walks where another has walked need not."""

    def __init__(self, visitor: object, site: str, *, looks: bool = True) -> None:
        self.visitor, self.page, self.site, self.looks = visitor, visitor.page, site, looks

    def sign_in(self, person: object) -> None:
        self.page.goto(self.site + "/accounts/login/")
        self.reach(self.page.locator("[name=login]"))
        self.page.keyboard.type(person.email)
        self.reach(self.page.locator("[name=password]"))
        self.page.keyboard.type("cast-password")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def reach(self, target: Locator) -> None:
        reach(self.page, target)

    def follow(self, name: str, role: str = "link") -> None:
        """Reach the link or button of that name and press Enter; the page that comes is examined."""
        self.reach(self.page.locator("main").get_by_role(role, name=name))
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        if self.looks:
            self.visitor.examine()

    def press(self, name: str) -> None:
        self.follow(name, role="button")

    def confirm(self, name: str) -> None:
        """A button that asks again: open the question, then say yes."""
        self.reach(self.page.locator("main summary", has_text=name))
        self.page.keyboard.press("Enter")
        self.press(f"Yes, {name[:1].lower()}{name[1:]}")

    def choose(self, place: int, level: int) -> None:
        """In the group of radio buttons at ``place``."""
        choose_radio(self.page, self.page.locator("fieldset").nth(place).locator("input[type=radio]"), level)

    def heading(self) -> str:
        return self.page.inner_text("h1")


def wait(page: object, ready: object, what: str) -> None:
    def look() -> bool:
        page.wait_for_timeout(30)
        return ready()

    wait_until(look, what)


def test_a_team_of_four_finishes_a_baseline_by_keyboard(team, visitor, site, tmp_path):
    cast, people = team
    one, *others = [Keyboard(visitor(**NARROW), site, looks=place < 2) for place in range(len(people))]
    for keys, person in zip([one, *others], people, strict=True):
        keys.sign_in(person)

    # The leader starts, and finds out what is missing.
    one.visitor.go(f"/enrollments/{cast.enrollment.public_id}/")
    one.press("Go to the assessment")
    round_path = urlparse(one.page.url).path
    assert "Next for you: answer alone" in one.visitor.text()
    one.follow("Answer alone")
    one.press("I have finished")  # with nothing answered: an error, each missing item a link
    assert "3 items have no answer of yours yet" in one.visitor.text()
    assert one.page.evaluate("document.activeElement.matches('[data-error-summary]')")
    one.follow("Item A.")
    answer_alone(one, note="From the clinic")
    for keys in others:
        keys.page.goto(site + round_path)
        keys.follow("Answer alone")
        keys.follow("Domain one")
        answer_alone(keys, shift=1 if keys is others[0] else 0)
    assert MemberTurn.objects.filter(finished_at__isnull=False).count() == 4

    agree(one, round_path, tmp_path)
    one.follow("Back to the assessment") if "Everything" not in one.visitor.text() else one.follow(
        "Everything is agreed"
    )
    assert "Next for you: submit" in one.visitor.text()
    one.confirm("Submit the assessment")
    assert "Submitted. These are your scores." in one.visitor.text()
    assert Assessment.objects.get().state == "submitted"
    for name in ("Who chose what, and how", "Item B."):
        one.follow(name)
    one.visitor.go(round_path)
    one.follow("Domain one")


def answer_alone(keys: Keyboard, *, shift: int = 0, note: str = "") -> None:
    """Domain one (two items), then domain two (one), then finish. The first answer is saved without the button."""
    keys.choose(0, 0)
    if note:
        keys.reach(keys.page.locator("textarea"))
        keys.page.keyboard.type(note)
    keys.page.wait_for_selector(SAVED)
    keys.choose(1, shift)
    keys.press("Save and continue")
    keys.choose(0, 2 * shift)
    keys.press("Save and continue")
    keys.press("I have finished")
    assert keys.heading() == "Agree together"


def agree(one: Keyboard, round_path: str, tmp_path: object) -> None:
    """On the two items that differ, with a file; and on the third what all chose."""
    one.visitor.go(round_path + "together/")
    html = one.visitor.text()
    assert html.index("Item C.") < html.index("Item B.") < html.index("Item A.")
    assert "2 levels apart" in html and "From the clinic" not in html  # behind a summary
    one.follow("Only differences")
    one.follow("Not agreed yet")
    one.follow("Item C.")
    one.press("Save and open the next")  # nothing chosen: an error
    assert "Choose what the team agrees on" in one.visitor.text()
    one.choose(0, 1)
    one.reach(one.page.locator("textarea"))
    one.page.keyboard.type("Minutes of the meeting of May")
    one.page.wait_for_selector(SAVED)
    wait(
        one.page,
        lambda: AgreedAnswer.objects.filter(evidence__startswith="Minutes").exists(),
        "the evidence to be saved",
    )
    one.follow("Add a file or a link")
    one.press("Add it")  # neither: an error
    assert "Give a file or a web address" in one.visitor.text()
    paper = tmp_path / "minutes.txt"
    paper.write_text("Minutes of May")
    one.reach(one.page.locator("[name=file]"))
    one.page.set_input_files("[name=file]", paper)  # what the operating system's dialog does
    one.press("Add it")
    assert Evidence.objects.get().file.original_name == "minutes.txt"
    one.press("Save and open the next")
    assert one.heading() == "Item B."
    one.choose(0, 0)
    one.press("Save and return to the list")
    one.follow("Look at them and take what all chose")
    one.press("Take what all chose for this item")
    assert AgreedAnswer.objects.count() == 3
    one.visitor.shot("assessment-together")


def test_two_at_one_item_and_a_reviewer(team, visitor, site):
    """The second of two who agree at once is told; and a third party scores what was submitted."""
    cast, people = team
    with clock.at(datetime.now(UTC)):
        assessment = services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)
        for person in people:
            services.pass_turn(assessment, by=person)
    mine, theirs = (opened(visitor, site, person) for person in people[:2])
    for one in (mine, theirs):
        one.visitor.go(f"/assessments/{assessment.public_id}/items/b/")
    theirs.choose(0, 2)
    wait(theirs.page, lambda: AgreedAnswer.objects.count() == 1, "theirs to be saved")
    mine.choose(0, 0)
    mine.page.wait_for_selector(".conflict")
    assert "Cora Colleague wrote here as well" in mine.page.inner_text(".conflict")
    mine.visitor.complaints.clear()  # Chromium logs the 409
    mine.visitor.examine()
    mine.reach(mine.page.get_by_role("button", name="Keep mine"))
    mine.page.keyboard.press("Enter")
    wait(mine.page, lambda: AgreedAnswer.objects.get().level.code == "low", "mine to be saved")

    for item in ("a", "c"):
        row = assessment.version.domains.filter(items__code=item).get().items.get(code=item)
        services.agree(assessment, row, kind="level", level=row.levels.last(), by=cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=clock.now())
    assert InstrumentVersion.objects.get().asks_reviewer and cast.reviewer.role == Role.REVIEWER
    services.ask_reviewer(assessment, cast.reviewer, by=cast.staff)
    third = opened(visitor, site, cast.reviewer)
    third.visitor.go("/assessments/reviews/")
    third.follow("Team of Lena Leader")
    third.press("Finish the review")  # nothing scored: an error
    third.follow("Item A.")
    third.choose(0, 0)
    third.choose(1, 0)
    third.press("Save and continue")
    third.choose(0, 0)
    third.press("Save and continue")
    third.press("Finish the review")
    third.visitor.go("/assessments/reviews/")
    mine.visitor.go(f"/assessments/{assessment.public_id}/")
    assert "The reviewer's score beside yours" in mine.visitor.text()


def opened(visitor: object, site: str, person: object) -> Keyboard:
    """A browser in which ``person`` is signed in already."""
    client = Client()
    client.force_login(person)
    keys = Keyboard(visitor(**NARROW), site)
    cookie = client.cookies["sessionid"]
    keys.visitor.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site}])
    return keys
