"""Somebody who has no mouse: the Tab key to each control, the arrows within a group, and the focus always to be seen."""

import re

import pytest
from playwright.sync_api import ElementHandle, Locator, Page

from tests.browser.conftest import Visitor

# A page's controls and the browser's own; whoever needs more presses has no way to what they look for.
PRESSES = 250
# What is wrong with the focus: it must have a ring, its own or that of the row that it fills, and be where it can be seen.
UNSEEN = """one => {
    const rings = it => getComputedStyle(it).outlineStyle !== "none";
    const box = one.getBoundingClientRect(), wrong = [];
    if (!one.matches(":focus-visible")) wrong.push("not marked by the browser");
    if (![one, one.parentElement, one.parentElement?.parentElement].some(it => it && rings(it))) wrong.push("no ring");
    if (box.bottom <= 0 || box.top >= innerHeight) wrong.push(`from ${box.top} to ${box.bottom} of ${innerHeight}`);
    return wrong;
}"""


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the control has the focus; it is to be seen that it has."""
    wanted = target.first.element_handle()
    for _ in range(PRESSES):
        if wanted.evaluate("one => one === document.activeElement"):
            _assert_seen(page, wanted, target)
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{target} cannot be reached by the keyboard on {page.url}")


def _assert_seen(page: Page, focused: ElementHandle, target: Locator) -> None:
    for _ in range(20):
        wrong = focused.evaluate(UNSEEN)
        if not wrong:
            return
        page.wait_for_timeout(50)  # the page scrolls there
    pytest.fail(f"nobody sees that {target} has the focus on {page.url}: {', '.join(wrong)}")


def choose_radio(page: Page, radios: Locator, place: int) -> None:
    """In a group of radio buttons choose by the arrows; the group has one stop for the Tab key."""
    for _ in range(PRESSES):
        here = radios.evaluate_all("all => all.findIndex(one => one === document.activeElement)")
        if here >= 0:
            break
        page.keyboard.press("Tab")
    else:
        pytest.fail(f"{radios} cannot be reached by the keyboard on {page.url}")
    page.keyboard.press("Space")  # the first, or the one that is chosen
    for _ in range(abs(place - here)):
        page.keyboard.press("ArrowDown" if place > here else "ArrowUp")
    assert radios.nth(place).is_checked(), f"the arrows do not lead to {radios} number {place} on {page.url}"


class KeyboardVisitor(Visitor):
    """A visitor who does by keys whatever another does by clicks."""

    def press(self, name: str, *, within: str = "main") -> None:
        found = self.named(name, within)
        leaves = found.evaluate("one => one.matches('a') || one.type === 'submit'")
        reach(self.page, found)
        if leaves:
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        else:
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()
        self.examine()

    def write(self, field: Locator, value: str) -> None:
        reach(self.page, field)
        if field.first.get_attribute("type") == "date":
            # The parts of a date in the order of the browser's language, which is English of the United States.
            year, month, day = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value).groups()
            self.page.keyboard.type(month + day + year)
        else:
            self.page.keyboard.press("Control+A")
            self.page.keyboard.press("Delete")
            self.page.keyboard.type(value)
        assert field.first.input_value() == value

    def pick(self, field: Locator, value: str) -> None:
        reach(self.page, field)
        place = field.evaluate("(one, value) => [...one.options].findIndex(it => it.value === value)", value)
        assert place >= 0, f"{field} has no choice {value}"
        self.page.keyboard.press("Home")
        for _ in range(place):
            self.page.keyboard.press("ArrowDown")
        assert field.input_value() == value

    def mark(self, box: Locator) -> None:
        if box.get_attribute("type") == "radio":
            name = box.get_attribute("name")
            radios = self.page.locator(f"main input[type=radio][name='{name}']")
            place = radios.evaluate_all("(all, value) => all.findIndex(one => one.value === value)", box.input_value())
            choose_radio(self.page, radios, place)
        elif not box.is_checked():
            reach(self.page, box)
            self.page.keyboard.press("Space")
        assert box.is_checked()
