"""Writers at browsers, a server that may be killed, and how much of their typing was lost."""

import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browser.conftest import chromium_path
from tests.browser.seed import PASSWORD
from tests.faults.machines import Program, free_port, listens, wait_until
from tests.faults.stage import run

# Seconds between a key and the request that carries it, at most (AT_LATEST in autosave.js).
AT_MOST = 5.0
QUERY = (
    "SELECT a.value FROM questionnaires_answer a JOIN questionnaires_question q ON q.id = a.question_id"
    " WHERE a.response_id = {response} AND q.code = '{code}'"
)


class Server:
    """The product as a process of its own, on SQLite or on the PostgreSQL that ``INTAKE_DATABASE_URL`` names."""

    def __init__(self, folder: Path, writers: int, migrated: Path | None = None) -> None:
        """``migrated``: an SQLite file that has every table already, to spare the time."""
        file = migrated or folder / "intake.sqlite3"
        self.database = os.environ.get("INTAKE_DATABASE_URL") or f"sqlite:///{file}"
        self.port = free_port()
        self.site = f"http://localhost:{self.port}"
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "collaborative.settings",
            "ENV_FILE": os.devnull,
            "DEBUG": "1",
            "VAR_DIR": str(folder / "var"),
            "DATABASE_URL": self.database,
            "REDIS_URL": "",
            "PORT": str(self.port),
        }
        if not migrated or "INTAKE_DATABASE_URL" in os.environ:
            run(self.environment, "manage.py", "migrate", "-v0")
        lines = run(self.environment, "-m", "tests.browser.seed", str(writers)).splitlines()
        self.people = [json.loads(line) for line in lines]
        self.log = folder / "server.log"
        self.start()

    def spawn(self) -> None:
        """It answers a few seconds later; people type meanwhile."""
        words = ("manage.py", "runserver", str(self.port), "--noreload")
        self.process = Program(*words, environment=self.environment, output=self.log)

    def start(self) -> None:
        self.spawn()
        wait_until(lambda: listens(self.port), "the server", 60)

    def kill(self) -> None:
        self.process.kill()

    def ask(self, statement: str, *, writes: bool = False) -> list[tuple]:
        """One statement on the server's own database, beside it."""
        is_sqlite = self.database.startswith("sqlite")
        door = sqlite3.connect(self.database.removeprefix("sqlite:///"), timeout=20) if is_sqlite else None
        with closing(door or psycopg2.connect(self.database)) as found:
            cursor = found.cursor()
            cursor.execute(statement)
            rows = [] if writes else cursor.fetchall()
            found.commit()
            return rows

    def stored(self, writer: dict, code: str = "problem") -> str:
        rows = self.ask(QUERY.format(response=writer["response"], code=code))
        value = rows[0][0] if rows else None
        return (json.loads(value) if isinstance(value, str) and value.startswith(('"', "null")) else value) or ""

    def sign_out(self, writer: dict) -> None:
        """End the person's sessions, as time would."""
        user = f"SELECT id FROM accounts_user WHERE email = '{writer['email']}'"
        self.ask(f"DELETE FROM accounts_browsersession WHERE user_id IN ({user})", writes=True)


@dataclass
class Writer:
    """One person at one page, and what their field showed at which moment."""

    server: Server
    person: dict
    context: BrowserContext
    page: Page
    dice: random.Random
    code: str = "problem"
    typed: list[tuple[float, str]] = field(default_factory=list)
    is_script: bool = True
    is_gone: bool = False
    next_at: float = 0.0
    count: int = 0

    @classmethod
    def at(
        cls, context: BrowserContext, server: Server, person: dict, seed: int, *, is_script: bool = True
    ) -> "Writer":
        cookie = {"name": person["cookie"], "value": person["session"], "url": server.site}
        context.add_cookies([cookie])
        context.set_default_timeout(20_000)
        return cls(server, person, context, context.new_page(), random.Random(seed), is_script=is_script)

    def beside(self) -> "Writer":
        """The same person at the same page, in another tab."""
        twin = Writer(self.server, self.person, self.context, self.context.new_page(), self.dice, count=1000)
        twin.open()
        return twin

    def open(self) -> None:
        self.page.goto(self.server.site + self.person["path"])
        if "/accounts/login/" in self.page.url:  # an earlier test ended the session
            self.sign_in(self.page)
            self.page.wait_for_url(f"**{self.person['path']}")
        if self.is_script:
            self.page.wait_for_selector("[data-autosave-bar]:not([hidden])", state="attached")

    def empty(self) -> None:
        """Begin anew: an empty field, saved."""
        self.page.fill(f"[name={self.code}]", "")
        self.wait_for_saved("")
        self.typed = []

    def type(self) -> None:
        """A few keys, as a person has them in a second or two; what the field shows then is what was typed."""
        self.count += 1
        word = f"word{self.count} " if self.dice.random() < 0.9 else f"word{self.count}.\n"
        self.page.keyboard.type(word)
        self.typed.append((time.monotonic(), self.page.input_value(f"[name={self.code}]")))
        self.next_at = time.monotonic() + self.dice.uniform(0.05, 0.45)

    def focus(self) -> None:
        """At the end of what stands there."""
        self.page.focus(f"[name={self.code}]")
        self.page.keyboard.press("Control+End")

    @property
    def text(self) -> str:
        return self.page.input_value(f"[name={self.code}]")

    @property
    def status(self) -> str:
        return self.page.inner_text("[data-autosave-words]")

    @property
    def is_signed_out(self) -> bool:
        return self.page.locator("dialog[open] [data-when=over]:visible").count() > 0

    def is_restored(self, text: str) -> bool:
        return bool(self._pause()) and self.text.strip().startswith(text.strip())

    def is_short(self) -> bool:
        """Whether the database lacks anything of what the field shows."""
        return self.server.stored(self.person, self.code).strip() != self.text.strip()

    def wait_for_saved(self, text: str | None = None, seconds: float = 30) -> None:
        """Raises AssertionError with what the page said meanwhile."""
        wanted = (self.text if text is None else text).strip()
        try:
            wait_until(lambda: self._pause() and self.server.stored(self.person, self.code) == wanted, "", seconds)
        except AssertionError:
            stored = self.server.stored(self.person, self.code)
            said = f"“{self.status}”; in the field {self.text[-60:]!r}, stored {stored[-60:]!r}"
            raise AssertionError(f"not saved within {seconds:.0f} seconds: {said}") from None

    def outcome(self) -> dict[str, float | bool]:
        """What is lost once the page has had its time to save everything, for the table."""
        with suppress(AssertionError):
            self.wait_for_saved()
        lost = self.loss(self.server.stored(self.person, self.code), time.monotonic())
        return {"loss": lost, "lost_after": self.is_short()}

    def vanish(self, profile: Path) -> float:
        """Between two keys this writer's browser is killed; how many seconds of typing the database does not have."""
        at = time.monotonic()
        kill_browser(profile)
        self.is_gone = True
        return self.loss(self.server.stored(self.person, self.code), at)

    def _pause(self) -> bool:
        self.page.wait_for_timeout(50)  # Playwright's own clock: the page's timers go on
        return True

    def sign_in_beside(self) -> None:
        """By the dialog's own link, in the tab that it opens."""
        with self.context.expect_page() as opened:
            self.page.click("dialog[open] a[data-when=over]")
        tab = opened.value
        self.sign_in(tab)
        tab.wait_for_url("**/profile/")
        tab.close()

    def sign_in(self, page: Page) -> None:
        page.fill("main [name=login]", self.person["email"])
        page.fill("main [name=password]", PASSWORD)
        page.press("main [name=password]", "Enter")

    def loss(self, stored: str, at: float) -> float:
        """Seconds of typing before ``at`` that are not in ``stored``; everything, where that is something else."""
        for moment, text in self.typed:
            if moment <= at and not stored.strip().startswith(text.strip()):
                return at - moment
        return 0.0


def type_together(writers: list[Writer], seconds: float, *, events: list[tuple[float, Callable]] = ()) -> None:
    """Everybody types at their own pace for so long; ``events`` happen at their moment (seconds from now) in between."""
    began = time.monotonic()
    waiting = sorted(events, key=lambda one: one[0])
    while time.monotonic() - began < seconds or waiting:
        for writer in writers:
            while waiting and time.monotonic() - began >= waiting[0][0]:
                waiting.pop(0)[1]()
            if writer.is_gone or time.monotonic() < writer.next_at or time.monotonic() - began >= seconds:
                continue
            if not writer.is_signed_out:
                writer.type()
        here = next((writer for writer in writers if not writer.is_gone), None)
        if here:
            here.page.wait_for_timeout(20)
        else:
            time.sleep(0.02)


@dataclass
class Tally:
    """One line of the table."""

    name: str
    runs: int = 0
    worst: float = 0.0
    lost_after: int = 0

    def note(self, loss: float, *, lost_after: bool = False) -> None:
        self.runs += 1
        self.worst = max(self.worst, loss)
        self.lost_after += lost_after

    def __str__(self) -> str:
        return (
            f"{self.name:<34} {self.runs:>4} runs   worst loss {self.worst:5.1f} s   lost in the end {self.lost_after}"
        )


def kill_browser(profile: Path) -> None:
    """SIGKILL to the Chromium that this test started on ``profile``, and to what it started; no other has that folder."""
    wanted = f"--user-data-dir={profile}"
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and wanted in (entry / "cmdline").read_text().split("\0"):
                os.kill(int(entry.name), signal.SIGKILL)


def on_profile(chromium: Browser, profile: Path, flags: list[str]) -> BrowserContext:
    """A Chromium of its own, with what an earlier one left in its profile."""
    return chromium.browser_type.launch_persistent_context(
        str(profile), executable_path=chromium_path(), args=flags, timeout=60_000
    )


def close(context: BrowserContext) -> None:
    with suppress(Error):
        context.close()
