"""Letters of support: how each stands, and what a sponsor is asked to support."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet

from applications.models import Application, Letter, LetterWay
from applications.selectors.undelivered import Undelivered, undelivered
from core import clock, wording
from programs.models import Cohort, Milestone, MilestoneKind, Program

A_DAY = timedelta(days=1)
# Where a program's file has no statement of its own.
STATEMENT = (
    "I support this application and the work of the team. I have read what the practice commits to, and I will help the"
    " team to keep it."
)


class LetterState(StrEnum):
    """How a letter stands, from its times. ENDED: taken back, or asked of somebody who is no longer the sponsor."""

    ASKED = "asked"
    STARTED = "started"
    DECLINED = "declined"
    DONE = "done"
    ENDED = "ended"


def letter_state(letter: Letter) -> LetterState:
    """A letter that is done outlives a change of sponsor; a request does not."""
    if letter.ended_at:
        return LetterState.ENDED
    if letter.done_at:
        return LetterState.DONE
    if letter.sponsor.until_on:
        return LetterState.ENDED
    if letter.declined_at:
        return LetterState.DECLINED
    return LetterState.STARTED if letter.started_at else LetterState.ASKED


@dataclass(frozen=True)
class LetterStanding:
    """A letter as the pages of its application show it."""

    letter: Letter
    state: LetterState
    undelivered: Undelivered | None = None

    @property
    def counts(self) -> bool:
        return self.state is LetterState.DONE

    @property
    def is_waiting(self) -> bool:
        return self.state in (LetterState.ASKED, LetterState.STARTED)

    @property
    def is_handled(self) -> bool:
        """It went through the applicants' hands, and staff have not made sure yet that it is the sponsor's."""
        return was_handled(self.letter) and self.letter.confirmed_at is None

    @property
    def remind_from(self) -> datetime | None:
        """From when on the sponsor may be reminded; None where there is nothing to remind of."""
        return remind_from(self.letter) if self.is_waiting else None

    @property
    def can_remind(self) -> bool:
        return self.remind_from is not None and self.remind_from <= clock.now()


def was_handled(letter: Letter) -> bool:
    return letter.link_copied_at is not None or letter.way == LetterWay.APPLICANT


def remind_from(letter: Letter) -> datetime | None:
    """A day after the last mail to the sponsor; None where they were never asked by mail."""
    last = letter.reminded_at or letter.asked_at
    return last and last + A_DAY


def letters_of(application: Application) -> list[LetterStanding]:
    """The letters that are there or asked for, in the order in which they began, and whose mail did not arrive; two queries."""
    rows = application.letters.filter(ended_at=None).select_related(
        "sponsor", "file", "asked_by", "link_copied_by", "uploaded_by"
    )
    letters = list(rows.order_by("pk"))
    failed = undelivered(letter for letter in letters if letter.done_at is None)
    found = [LetterStanding(letter, letter_state(letter), failed.get(letter.pk)) for letter in letters]
    return [one for one in found if one.state is not LetterState.ENDED]


def letter_of(application: Application, key: int) -> Letter | None:
    """One of its letters by its key; None where it has no such letter."""
    return application.letters.filter(pk=key).first()


def done_letters(application: Application) -> QuerySet[Letter]:
    """What the application may be read with: finished and not set aside."""
    return application.letters.filter(done_at__isnull=False, ended_at=None).select_related("sponsor", "file")


# --- What is supported ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A session: its title, days in words, and place."""

    title: str
    when: str
    place: str


@dataclass(frozen=True)
class Commitments:
    """What the practice promises by applying: how long, time at the practice, the sessions, and who pays for what."""

    months: int
    promises: tuple[str, ...]
    sessions: tuple[Held, ...]
    costs: tuple[str, ...]

    @property
    def length(self) -> str:
        """“2 years”, “6 months”."""
        count, unit = (self.months // 12, "year") if self.months % 12 == 0 else (self.months, "month")
        return f"{count} {unit}{'' if count == 1 else 's'}"


def commitments_of(cohort: Cohort) -> Commitments:
    """From the program's file and the cohort's own dates; one query."""
    facts = cohort.program.definition.get("program", {})
    promises = [entry["text"] for entry in letter_facts(cohort.program).get("commitments", [])]
    if facts.get("larger_team", {}).get("required"):
        promises.append(facts["larger_team"]["text"])
    return Commitments(
        months=cohort.program.length_months,
        promises=tuple(promises),
        sessions=tuple(Held(one.title, days_of(one), one.place) for one in sessions_of(cohort)),
        costs=tuple(entry["text"] for entry in facts.get("costs", [])),
    )


def sessions_of(cohort: Cohort) -> list[Milestone]:
    """The sessions that every member of the core team attends, in their order; no query where milestones are prefetched."""
    sessions = [one for one in cohort.milestones.all() if one.kind == MilestoneKind.SESSION]
    return sorted(sessions, key=lambda one: (one.starts_on, one.pk))


def days_of(milestone: Milestone) -> str:
    """“July 11, 2024 to July 12, 2024”; one day as one."""
    first, last = wording.day(milestone.starts_on), wording.day(milestone.ends_on)
    return first if first == last else f"{first} to {last}"


def letter_facts(program: Program) -> dict:
    """What the program's file says of the letter of support; empty where it says nothing."""
    return program.definition.get("program", {}).get("sponsor", {}).get("letter") or {}


def statement_of(program: Program) -> str:
    """The statement that a sponsor signs who writes no letter of their own."""
    return letter_facts(program).get("statement") or STATEMENT
