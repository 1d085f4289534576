"""What is wrong with a page: by axe-core in both themes, at the width of a small telephone, and at 400 % zoom.

A window of 1280 x 1024 has room for 320 x 256 at 400 %. There, too, nothing may scroll sideways, and nothing that stays in its
place may lie over what has the focus.
"""

from playwright.sync_api import Page

from tests.browser.conftest import FIND

PHONE = {"width": 320, "height": 640}
ZOOMED = {"width": 320, "height": 256}
EVERYTHING = {"rules": {"target-size": {"enabled": True}}}
COLORS = {"runOnly": ["color-contrast"]}
# What sticks out, where the page scrolls sideways: not what a box with a scroll bar of its own holds.
SIDEWAYS = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const holds = one => one !== document.body && getComputedStyle(one).overflowX !== "visible";
    const cuts = one => one && (holds(one) || cuts(one.parentElement));
    return [...document.body.querySelectorAll("*")]
        .filter(one => one.getBoundingClientRect().right > room + 0.5 && !cuts(one.parentElement))
        .map(one => `scrolls sideways: ${one.tagName.toLowerCase()}#${one.id}.${one.className} `
            + `to ${Math.round(one.getBoundingClientRect().right)}`);
}"""
# Give the focus to one control after the other, as the tab key would: it must have a ring, its own or that of the row that
# it fills, and nothing that stays in its place may lie over it.
COVERED = """() => {
    const stays = one => ["sticky", "fixed"].includes(getComputedStyle(one).position);
    const rings = one => one && getComputedStyle(one).outlineStyle !== "none";
    const stuck = [...document.body.querySelectorAll("*")].filter(stays);
    const wrong = [];
    const reachable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    for (const one of document.body.querySelectorAll(reachable)) {
        if (one.disabled || !one.checkVisibility({visibilityProperty: true})) continue;
        one.focus();
        document.getAnimations().forEach(it => it.finish());
        if (document.activeElement !== one) continue;
        const box = one.getBoundingClientRect();
        const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
        const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
        const name = `${one.tagName.toLowerCase()}#${one.id} “${(one.textContent || one.name || "").trim().slice(0, 30)}”`;
        if (one.matches(":focus-visible") && ![one, one.parentElement, one.parentElement?.parentElement].some(rings)) {
            wrong.push(`nobody sees that it has the focus: ${name}`);
        }
        if (bottom <= top || right <= left) {
            wrong.push(`out of sight with the focus: ${name}`);
        } else if (stuck.length) {
            const over = y => document.elementFromPoint((left + right) / 2, y);
            const covers = y => stuck.some(it => !it.contains(one) && it.contains(over(y)));
            if ([top + 1, (top + bottom) / 2, bottom - 1].some(covers)) wrong.push(`covered with the focus: ${name}`);
        }
    }
    return wrong;
}"""


def faults(page: Page) -> list[str]:
    """Everything that is wrong with the page that is open; the window is left as narrow as a small telephone."""
    found = page.evaluate(FIND, EVERYTHING) + page.evaluate(SIDEWAYS)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {fault}" for fault in page.evaluate(FIND, COLORS)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(ZOOMED)
    found += [f"at 400 %: {fault}" for fault in page.evaluate(SIDEWAYS) + page.evaluate(COVERED)]
    page.set_viewport_size(PHONE)
    return found
