"""A real Chromium, people who use it, and the mail they get. Run with ``pytest -m browser -p no:xdist``."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlparse

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from notifications.services import send_due

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# Only what is wrong comes back: carrying over all that axe looked at takes longer than its looking. And without preloading,
# for axe would write what a style sheet imports into the page, and the policy refuses that.
FIND = """options => {
    document.getAnimations().forEach(one => one.finish());  // or colors would be looked at on their way
    const words = node => `${node.target.join(" ")} (${node.any[0]?.message ?? ""})`;
    return axe.run({preload: false, resultTypes: ["violations"], ...options}).then(
        found => found.violations.map(rule => `${rule.id}: ${rule.nodes.map(words).join(", ")}`));
}"""
# Playwright's own event loop makes Django believe that the test itself is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
# Headless, and quiet towards a network that is not there.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.fail("No Chromium was found. Install it (apt-get install chromium) or set CHROMIUM to its path.")
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(live_server, settings) -> str:
    """The address of the running product; mail becomes rows and is delivered into Django's test outbox."""
    cache.clear()
    settings.SITE_URL = live_server.url
    settings.SESSION_LIMITS = dict.fromkeys(("staff", "others"), (10**9, 10**9))  # the walk jumps from month to month
    settings.EMAIL_BACKEND = "notifications.backends.OutboxBackend"
    settings.DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return live_server.url


class Visitor:
    """Somebody at a browser. Every page that is looked at is examined by axe-core and for sideways overflow."""

    def __init__(self, browser: Browser, site: str, **options: object) -> None:
        self.site = site
        self.context = browser.new_context(**{"viewport": {"width": 390, "height": 844}} | options)
        self.context.set_default_timeout(8_000)
        self.context.add_init_script(AXE)  # once, and not half a megabyte for each page
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.examined: list[str] = []

    def go(self, path: str) -> None:
        """Open a path of the site, or a whole address out of a mail."""
        self.page.goto(path if path.startswith("http") else self.site + path)
        self.examine()

    def named(self, name: str, within: str = "main") -> Locator:
        """The button of that name, or the link."""
        area = self.page.locator(within)
        button = area.get_by_role("button", name=name, exact=True)
        return (button if button.count() else area.get_by_role("link", name=name, exact=True)).first

    def press(self, name: str, *, within: str = "main") -> None:
        """Press the button, or follow the link, of that name, and look at the page that comes."""
        found = self.named(name, within)
        if found.evaluate("one => one.type === 'submit' && one.form?.matches('[data-autosave]')"):
            with self.page.expect_navigation():  # the page saves what was typed last, and goes then
                found.click()
        else:
            found.click()
        self.page.wait_for_load_state()
        self.examine()

    def fill(self, **values: str) -> None:
        """Fill inputs by their names; ``__`` in a keyword stands for a hyphen."""
        for name, value in values.items():
            self.write(self.page.locator(f"main [name='{name.replace('__', '-')}']").first, value)

    def choose(self, **values: str) -> None:
        """Choose in select boxes by value."""
        for name, value in values.items():
            self.pick(self.page.locator(f"main [name='{name}']").first, value)

    def tick(self, name: str, value: str = "") -> None:
        by_value = f"[value='{value}']" if value else ""
        self.mark(self.page.locator(f"main [name='{name}']{by_value}").first)

    def write(self, field: Locator, value: str) -> None:
        field.fill(value)

    def pick(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def mark(self, box: Locator) -> None:
        box.check()

    def examine(self) -> None:
        """axe-core finds nothing, nothing overflows sideways, and the browser has no complaint of script or policy."""
        problems = self.page.evaluate(FIND, {})
        assert problems == [], f"{self.page.url}: {problems}"
        if not urlparse(self.page.url).path.startswith("/admin/"):
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), self.page.url
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"
        self.examined.append(urlparse(self.page.url).path)

    def text(self) -> str:
        return self.page.inner_text("main")

    def shot(self, name: str) -> None:
        """A picture for people, where ``SCREENSHOTS`` names a folder."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    def close(self) -> None:
        with suppress(Exception):
            self.context.close()


@pytest.fixture
def visitor(chromium, site) -> Iterator[object]:
    """Make visitors; a telephone's width by default, and a mouse unless ``kind`` has none."""
    made = []

    def make(kind: type[Visitor] = Visitor, **options: object) -> Visitor:
        made.append(kind(chromium, site, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


class Letterbox:
    """What was delivered to an address."""

    def latest(self, address: str, about: str = "") -> mail.EmailMessage:
        """Deliver what is due and return the newest mail to ``address`` whose subject holds ``about``."""
        send_due()
        came = [one for one in mail.outbox if one.to == [address] and about.lower() in one.subject.lower()]
        assert came, f"No mail about “{about}” to {address}; there is {[(one.to, one.subject) for one in mail.outbox]}"
        return came[-1]

    def code(self, address: str) -> str:
        """The code in the newest mail to ``address``."""
        return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", self.latest(address).body, re.MULTILINE).group(1)

    def link(self, address: str, about: str = "") -> str:
        return re.search(r"https?://\S+", self.latest(address, about).body).group(0)


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()
