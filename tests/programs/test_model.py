"""Whatever happens to a duty, a sender and a relay, in any order: each reminder goes once, to whom it must.

Runs are made up of creating, extending, moving, submitting, taking back, withdrawing and waiting, in fair weather and
under faults. After every sweep what the relay took is compared with what ``oracle`` says. MODEL_RUNS says how many runs
(``make model``: 2,000); the first 200 of them are played every time, on PostgreSQL 50.
"""

import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Role, User
from core import clock
from notifications.models import Item, ItemState, Message, State
from notifications.services import Line, digests, enqueue_lines, send_due
from notifications.services.claims import Fate
from practices.models import Member
from programs.models import Completion, DueFrom, Enrollment, Milestone, MilestoneKind, Reminder, SupporterRole
from programs.services import (
    accept_enrollment,
    activate,
    add_supporter,
    complete,
    completions,
    extend,
    move_milestone,
    plan_due,
    reminders,
    start_enrollment,
    take_back,
    withdraw,
)
from programs.timeline import END_OF_DAY
from tests.conftest import make_cohort, make_milestone, make_practice, make_program, make_team, make_user
from tests.programs.oracle import Duty, Said, local, owed

RUNS = int(os.environ.get("MODEL_RUNS", "200" if connection.vendor == "sqlite" else "50"))
START = datetime(2024, 10, 16, 14, tzinfo=UTC)  # the clocks of New York go back on November 3
BEGAN = local(START.date(), time.min)  # a team takes part from the morning of the day on which it joins
ZONES = {
    "leader": ZoneInfo("America/New_York"),
    "colleague": ZoneInfo("Asia/Kolkata"),
    "coach": ZoneInfo("Pacific/Auckland"),
}
PLAN = [("-14d", "owing"), ("-3d", "owing"), ("-12h", "owing"), ("+1d", "owing"), ("-3d", "coach"), ("+1d", "coach")]


class Killed(BaseException):
    """``kill -9``: nothing in the product catches it."""


class Relay(BaseEmailBackend):
    """A mail server in a given weather, which keeps what it took: (Message-ID, address, text)."""

    weather = "fine"
    taken: list[tuple[str, str, str]] = []

    def open(self) -> None:
        if self.weather == "away":
            raise ConnectionRefusedError("The relay is away.")
        if self.weather == "killed after the claim":
            raise Killed

    def send_messages(self, mails: list) -> int:
        if self.weather == "killed before the mail":
            raise Killed
        if self.weather == "broken before the mail":
            raise ConnectionResetError("The connection broke.")
        for mail in mails:
            self.taken.append((mail.extra_headers["Message-ID"], mail.to[0], mail.body))
        if self.weather == "killed after the mail":
            raise Killed
        if self.weather == "broken after the mail":
            raise ConnectionResetError("The connection broke.")
        return len(mails)


def relay_log(message_id: str) -> Fate:
    return Fate.DELIVERED if any(taken[0] == message_id for taken in Relay.taken) else Fate.NOT_SEEN


FAULTS = ["away", "planner killed", "killed after the claim"]
FAULTS += [f"{what} {when} the mail" for what in ("killed", "broken") for when in ("before", "after")]
ROUNDS = 3
Step = tuple[str, dict[str, object]]
World = tuple[Enrollment, dict[str, User], User]


class Run:
    """One run. The duties, and what was said so far, are kept beside the database. Every step may come at any time."""

    def __init__(self, enrollment: Enrollment, people: dict[str, User], staff: User) -> None:
        self.enrollment, self.people, self.staff = Enrollment.objects.get(pk=enrollment.pk), people, staff
        self.now = START
        self.duties: list[Duty] = []
        self.rows: list[Milestone] = []
        self.said: set[Said] = set()
        self.extended: set[str] = set()
        self.is_over = self.was_interrupted = False
        Relay.taken.clear()

    def play(self, steps: list[Step]) -> None:
        for name, values in steps:
            with clock.at(self.now):
                getattr(self, name)(**values)

    # --- What people do -----------------------------------------------------------------------------------------------

    def create(self, days: int, is_personal: bool, plan: list[tuple[str, str]]) -> None:
        day = self._in_days(days)
        name = f"Duty {'ABC'[len(self.duties)]}"
        due_from = DueFrom.CORE_TEAM if is_personal else DueFrom.ENROLLMENT
        row = make_milestone(self.enrollment.cohort, name[-1], MilestoneKind.ACTIVITY, day, due_from, title=name)
        units = {"d": "offset_days", "h": "offset_hours"}
        Reminder.objects.bulk_create(
            Reminder(milestone=row, audience=audience, **{units[offset[-1]]: int(offset[:-1])})
            for offset, audience in plan
        )
        self.rows.append(row)
        self.duties.append(Duty(name, day, plan, is_personal))

    def extend(self, which: int, days: int) -> None:
        duty, row = self._pick(which)
        if self.is_over or (duty.done and not duty.is_personal):
            return
        duty.day += timedelta(days=days)
        duty.edition += 1
        self.extended.add(duty.name)
        extend(self.enrollment, row, ends_on=duty.day, reason="A flood.", by=self.staff)

    def move(self, which: int, days: int) -> None:
        """To a day from today on: as often earlier than it was. Who was given more time keeps it."""
        duty, row = self._pick(which)
        day = self._in_days(days)
        is_new = move_milestone(row, starts_on=day, ends_on=day, by=self.staff)
        if is_new and duty.name not in self.extended:
            duty.day = day
            duty.edition += 1

    def submit(self, which: int, person: str) -> None:
        duty, row = self._pick(which)
        if not self.is_over:
            complete(self.enrollment, row, by=self.people[person], member=self._member(duty, person))
            duty.done.add(person if duty.is_personal else "team")

    def reopen(self, which: int, person: str) -> None:
        duty, row = self._pick(which)
        met_by = person if duty.is_personal else "team"
        if met_by in duty.done:
            take_back(Completion.objects.get(milestone=row, member=self._member(duty, person)), by=self.staff)
            duty.done.remove(met_by)

    def withdraw(self) -> None:
        if not self.is_over:
            withdraw(self.enrollment, reason="No time.", by=self.staff)
            self.is_over = True

    # --- Time, weather, and the sweep ---------------------------------------------------------------------------------

    def wait(self, hours: int, weather: str, times: int) -> None:
        """Longer than any lease, rest or back-off; then one sweep, or two at once.

        What was settled or wanted anew while a sender lay dead may take the second one.
        """
        self.now += timedelta(hours=hours)
        times = 2 if self.was_interrupted else times
        Message.objects.filter(state=State.CLAIMED).update(lease_until=Now() - timedelta(minutes=1))
        for _ in range(times):
            with clock.at(self.now):
                self._sweep(weather)

    def _sweep(self, weather: str) -> None:
        must, may = owed([] if self.is_over else self.duties, ZONES, BEGAN, self.now, self.said)
        first, Relay.weather = len(Relay.taken), weather
        faults = {"BATCH": 2, "enqueue_lines": dying_later()} if weather == "planner killed" else {"BATCH": 400}
        try:
            with patch.multiple(reminders, **faults):
                plan_due(now=self.now)
                send_due()
        except Killed:
            pass
        mails = [found for taken in Relay.taken[first:] if (found := self._lines(*taken))]
        said = Counter(line for mail in mails for line in mail)
        whose = Counter(mail[0].person for mail in mails)
        self.was_interrupted |= weather.startswith(("killed", "broken"))
        assert set(said.values()) <= {1}, "twice"
        assert set(said) <= may, "needless"
        assert len({(line.person, line.duty) for line in said}) == len(said), "two mails about one duty"
        if weather == "fine" and not self.was_interrupted:
            assert must <= set(said), "missing"
        if not self.was_interrupted:
            assert set(whose.values()) <= {1}, "two mails on one day"
            assert set(said) in (set(), {line for line in may if line.person in {one.person for one in must}})
        self.was_interrupted &= weather != "fine"
        self.said |= set(said)

    # --- Looking ------------------------------------------------------------------------------------------------------

    def _lines(self, message_id: str, address: str, text: str) -> list[Said]:
        """The reminders in a mail, by the rows and by its words; none in one that tells of a new date."""
        names = {user.email: name for name, user in self.people.items()}
        found = []
        for row in Item.objects.filter(message__message_id=message_id, state=ItemState.OPEN):
            duty = next(duty for duty in self.duties if duty.name == row.context["title"])
            assert row.context["due_at"] == local(duty.day, END_OF_DAY).isoformat(), "an old date"
            found.append(Said(names[address], duty.name, duty.edition, row.key.rpartition(":")[2]))
        if found:
            assert Counter(re.findall("Duty [ABC]", text)) == Counter(line.duty for line in found)
        return found

    def _pick(self, which: int) -> tuple[Duty, Milestone]:
        which = min(which, len(self.duties) - 1)
        self.rows[which].refresh_from_db()
        return self.duties[which], self.rows[which]

    def _member(self, duty: Duty, person: str) -> Member | None:
        return self.enrollment.team.members.get(user=self.people[person]) if duty.is_personal else None

    def _in_days(self, days: int) -> date:
        return self.now.astimezone(ZONES["leader"]).date() + timedelta(days=days)


def dying_later() -> Callable[[list[Line]], int]:
    """Writes one batch; in the middle of the second the process dies and its transaction is rolled back."""
    batches = iter([False, True, True, True])

    def write(lines: list[Line]) -> int:
        with transaction.atomic():
            written = enqueue_lines(lines)
            if next(batches, True):
                raise Killed
        return written

    return write


def script(random: Random) -> list[Step]:
    """Two duties, then rounds of some acts and a wait."""
    steps = [("create", _created(random, PLAN)), ("create", _created(random, random.sample(PLAN, 2)))]
    for _ in range(ROUNDS):
        for name in random.choices(
            ["extend", "move", "submit", "reopen", "withdraw"], [5, 5, 3, 3, 0.3], k=random.choice([1, 1, 2])
        ):
            one = {"which": random.randrange(2)}
            if name in ("extend", "move"):
                one["days"] = random.randint(1, 9)
            elif name != "withdraw":
                one["person"] = random.choice(["leader", "colleague"])
            steps.append((name, {} if name == "withdraw" else one))
        weather = random.choice(FAULTS) if random.random() < 0.4 else "fine"
        hours = random.choice([3, 10, 24, 40, 72, 150])
        steps.append(("wait", {"hours": hours, "weather": weather, "times": random.choice([1, 1, 1, 1, 2])}))
    return steps


def _created(random: Random, plan: list[tuple[str, str]]) -> dict[str, object]:
    return {"days": random.randint(1, 9), "is_personal": random.random() < 0.4, "plan": plan}


def histories(count: int) -> Iterator[tuple[str, list[Step]]]:
    """So many, the same every time: one by hand (a date moves while a sender lies dead over the mail), the rest by chance."""
    yield (
        "by hand",
        [
            ("create", {"days": 7, "is_personal": True, "plan": PLAN}),
            ("wait", {"hours": 150, "weather": "killed before the mail", "times": 1}),
            ("move", {"which": 0, "days": 4}),
            ("wait", {"hours": 10, "weather": "fine", "times": 1}),
        ],
    )
    for seed in range(count - 1):
        yield str(seed), script(Random(seed))


def fault_of(world: World, steps: list[Step]) -> AssertionError | None:
    """What the oracle says against this history; None where they agree. Nothing stays in the database."""
    with transaction.atomic():
        try:
            Run(*world).play(steps)
        except AssertionError as error:
            return error
        finally:
            transaction.set_rollback(True)
    return None


def play(world: World, count: int) -> int:
    """How many histories agree; of the first in which the two disagree, the least that shows it."""
    played = 0
    for name, steps in histories(count):
        if fault_of(world, steps):
            for at in reversed(range(1, len(steps))):
                shorter = steps[:at] + steps[at + 1 :]
                steps = shorter if fault_of(world, shorter) else steps
            told = "\n".join(f"{name} {values}" for name, values in steps)
            raise AssertionError(f"History {name}: {fault_of(world, steps)}\n{told}")
        played += 1
    return played


@pytest.fixture
def world(db, settings, caplog):
    caplog.set_level(logging.ERROR, "notifications")  # the weather is bad enough without a line for every gust
    settings.DELIVERY_EMAIL_BACKEND = f"{__name__}.Relay"
    settings.RELAY_LOG = f"{__name__}.relay_log"
    with clock.at(START):
        people = {name: make_user(name.title(), time_zone=zone) for name, zone in ZONES.items()}
        team, staff = make_team(make_practice(), people["leader"], people["colleague"]), make_user("Staff", Role.STAFF)
        enrollment = start_enrollment(make_cohort(make_program()), team, by=people["leader"])
        accept_enrollment(enrollment, by=staff)
        activate(enrollment, by=staff)
        add_supporter(enrollment, people["coach"], SupporterRole.COACH, by=staff)
    return enrollment, people, staff


def test_whatever_happens_each_reminder_goes_once_to_whom_it_must(world):
    assert play(world, RUNS) == RUNS


def _key_without_version(duty: reminders.Duty, person: User, label: str) -> str:
    return f"rem:{duty.milestone.pk}:{person.pk}:{duty.enrollment.pk}:{label}"


def _key_of_both(duty: reminders.Duty, person: User, label: str) -> str:
    """The version of a milestone that was moved says nothing of those who have a date of their own."""
    extension = duty.extension.pk if duty.extension else ""
    return f"rem:{duty.milestone.pk}:{duty.milestone.version}x{extension}:{person.pk}:{duty.enrollment.pk}:{label}"


@pytest.mark.parametrize(
    ("place", "name", "protection"),
    [
        (completions, "cancel", lambda *about, **more: 0),  # what is met or extended cancels nothing
        (reminders, "key_of", _key_without_version),
        (reminders, "key_of", _key_of_both),
        (reminders, "_eve", lambda at, person: at),  # an older reminder is useful until the next, on its day too
        (digests, "BEGUN", Q(pk__lt=0)),  # what is settled while a mail is being sent is not noted
        (sys.modules[__name__], "relay_log", lambda message_id: Fate.NOT_SEEN),
    ],
)
def test_without_a_protection_the_two_disagree(world, monkeypatch, place, name, protection):
    monkeypatch.setattr(place, name, protection)
    assert any(fault_of(world, steps) for _, steps in histories(40))
