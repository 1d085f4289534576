"""The shape of a program's file. Strict: a field nobody knows, or a value of the wrong type, is refused."""

import re
from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from questionnaires.definition import FormDefinition

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DEFAULT_SEND_TIME = time(9)
# Before an application a person answers a few questions, each with a handful of answers.
MOST_QUESTIONS, MOST_CHOICES = 8, 8


def _date(value: object) -> object:
    if isinstance(value, str):
        if not DATE.fullmatch(value):
            raise ValueError(f"“{value}” is not a date. Write it as year-month-day, such as 2024-07-11.")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"“{value}” is not in the calendar. Correct the month or the day.") from error
    return value


def _time(value: object) -> object:
    if isinstance(value, str):
        if not TIME.fullmatch(value):
            raise ValueError(f"“{value}” is not a local time. Write it with 24 hours, such as 09:00 or 23:59.")
        try:
            return time.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"“{value}” is no time of day. Use 00:00 to 23:59.") from error
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"“{value}” is not a time zone. Use an IANA name, such as America/New_York.")
    return value


def _code(value: str) -> str:
    if not CODE.fullmatch(value):
        raise ValueError(f"“{value}” is not a code. Use lower-case letters, digits and single hyphens, such as qtp-1.")
    return value


LocalDate = Annotated[date, BeforeValidator(_date)]
LocalTime = Annotated[time, BeforeValidator(_time)]
ZoneKey = Annotated[str, AfterValidator(_zone)]
Code = Annotated[str, Field(max_length=60), AfterValidator(_code)]
CohortCode = Annotated[str, Field(max_length=80), AfterValidator(_code)]
Words = Annotated[str, Field(min_length=1)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=1, le=1000)]
Source = Literal["seed", "default"]
Mode = Literal["in_person", "virtual", "on_site"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Fact(Strict):
    """Anything the program says of itself. ``seed``: ASCO published it. ``default``: we chose it, staff can change it."""

    source: Source


class Length(Fact):
    months: Count


class CoreTeam(Fact):
    min: Count
    max: Count


class Seats(Fact):
    """Places for teams; null where nobody has said."""

    min: Count | None
    max: Count | None


class LargerTeam(Fact):
    required: bool
    text: Words


class Statement(Fact):
    code: Code
    text: Words


class LetterRule(Fact):
    """The sponsor's letter of support. ``statement`` is what a sponsor signs who writes no letter of their own.

    ``commitments`` is what the practice promises, beyond the sessions and the costs, which stand elsewhere in the file.
    """

    required: bool
    text: Words
    statement: str = ""
    commitments: list[Statement] = []


class SponsorRule(Fact):
    required: bool
    text: Words
    letter: LetterRule | None = None


class Cost(Fact):
    """Who pays for what. ``amount`` stays empty where it is not public."""

    code: Code
    payer: Literal["asco", "grant", "practice"]
    text: Words
    amount: str = ""


class Credit(Fact):
    code: Literal["ama-pra-category-1", "ancc"]
    title: Words
    text: str = ""


class SessionFacts(Fact):
    mode: Mode
    place: str = ""
    count: Count | None = None
    days: Count | None = None


class AssessmentFacts(Fact):
    instrument: Code
    text: Words


class Participant(Fact):
    """A practice that ASCO has named in public."""

    name: Title
    city: Words
    region: Words


class Contact(Fact):
    text: Words


class ProgramFacts(Strict):
    code: Code
    title: Title
    summary: Words
    length: Length
    core_team: CoreTeam
    larger_team: LargerTeam
    sponsor: SponsorRule
    seats: Seats
    eligibility: Annotated[list[Statement], Field(min_length=1)]
    costs: list[Cost] = []
    credits: list[Credit] = []
    sessions: list[SessionFacts] = []
    assessments: list[AssessmentFacts] = []
    participants: list[Participant] = []
    benefits: list[Statement] = []
    notes: list[Statement] = []
    contact: Contact


class ReminderRule(Strict):
    """One reminder: so many local days (sent at ``at``) or real hours before (negative) or after the deadline."""

    days: Annotated[int, Field(ge=-365, le=90)] | None = None
    hours: Annotated[int, Field(ge=-336, le=336)] | None = None
    at: LocalTime = DEFAULT_SEND_TIME
    to: Literal["owing", "leader", "members", "coach", "staff"] = "owing"


class MilestonePlan(Strict):
    """What all milestones say, whether they have dates or offsets. Empty times mean the whole day.

    ``mode`` says how a session is held. ``reminders`` replace those of the program; an empty list means none.
    """

    code: Code
    kind: Literal["opening", "deadline", "call", "session", "assessment", "update", "report", "activity"]
    title: Title
    note: str = ""
    starts_time: LocalTime | None = None
    ends_time: LocalTime | None = None
    zone: ZoneKey | None = None
    place: Annotated[str, Field(max_length=200)] = ""
    due_from: Literal["nobody", "leader", "enrollment", "core_team", "team"] = "nobody"
    source: Source
    late: Literal["accept", "closed"] = "accept"
    grace_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    instrument: Code | None = None
    mode: Mode | None = None
    reminders: list[ReminderRule] | None = None


class DatedMilestone(MilestonePlan):
    starts: LocalDate
    ends: LocalDate | None = None


class After(Strict):
    """How far from the first day of the cohort; months first, then weeks and days. May be negative.

    ``quarters: n`` is the last day of the n-th quarter after the one in which the cohort starts, and stands alone.
    """

    months: Annotated[int, Field(ge=-60, le=120)] = 0
    weeks: Annotated[int, Field(ge=-260, le=520)] = 0
    days: Annotated[int, Field(ge=-366, le=366)] = 0
    quarters: Annotated[int, Field(ge=0, le=40)] | None = None


class OffsetMilestone(MilestonePlan):
    """``weekday`` moves the computed day forward to the next such day; ``lasts_days`` counts the first day."""

    after: After
    weekday: Weekday | None = None
    lasts_days: Annotated[int, Field(ge=1, le=1200)] = 1


class CohortPlan(Strict):
    code: CohortCode
    title: Title
    zone: ZoneKey
    starts: LocalDate
    source: Source
    milestones: Annotated[list[DatedMilestone], Field(min_length=1)]


class OffsetTimeline(Strict):
    zone: ZoneKey
    milestones: Annotated[list[OffsetMilestone], Field(min_length=1)]


class EligibilityChoice(Strict):
    """An answer to a question that comes before an application; one that does not fit says why, in friendly words."""

    code: Code
    label: Title
    fits: bool
    reason: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _says_why(self) -> "EligibilityChoice":
        if not self.fits and not self.reason.strip():
            raise ValueError(f"The answer “{self.label}” does not fit, so give its reason: the applicant reads it.")
        if self.fits and self.reason.strip():
            raise ValueError(f"The answer “{self.label}” fits, so its reason would never be read. Remove the reason.")
        return self


class EligibilityAsked(Strict):
    """A question asked on the call's page, before anybody needs an account."""

    code: Code
    text: Annotated[Words, Field(max_length=300)]
    help: str = ""
    choices: list[EligibilityChoice]

    @model_validator(mode="after")
    def _can_be_passed(self) -> "EligibilityAsked":
        if not 2 <= len(self.choices) <= MOST_CHOICES:
            raise ValueError(f"“{self.text}” needs 2 to {MOST_CHOICES} answers to choose from.")
        codes = [choice.code for choice in self.choices]
        if twice := next((code for code in codes if codes.count(code) > 1), ""):
            raise ValueError(f"“{self.text}” has the answer code “{twice}” twice. Each answer needs its own.")
        if not any(choice.fits for choice in self.choices):
            raise ValueError(f"No answer to “{self.text}” fits, so nobody could apply. Let at least one fit.")
        return self


def check_eligibility(questions: list[EligibilityAsked]) -> list[EligibilityAsked]:
    """The questions as they are.

    Raises:
        ValueError: too many of them, or two of the same code.
    """
    if len(questions) > MOST_QUESTIONS:
        raise ValueError(f"Ask at most {MOST_QUESTIONS} questions before an application; the form can ask the rest.")
    codes = [question.code for question in questions]
    if twice := next((code for code in codes if codes.count(code) > 1), ""):
        raise ValueError(f"The question code “{twice}” is there twice. Each question needs its own.")
    return questions


class ProgramFile(Strict):
    """One file: the program, its cohorts with dates or its timeline in offsets, its reminders, what it asks its applicants."""

    program: ProgramFacts
    reminders: list[ReminderRule] = []
    cohorts: list[CohortPlan] = []
    timeline: OffsetTimeline | None = None
    eligibility_check: Annotated[list[EligibilityAsked], AfterValidator(check_eligibility)] = []
    form: FormDefinition
