"""The shape of a program's file. Strict: a field nobody knows, or a value of the wrong type, is refused."""

import re
from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from questionnaires.definition import FormDefinition

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DEFAULT_SEND_TIME = time(9)


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


class SponsorRule(Fact):
    required: bool
    text: Words


class Statement(Fact):
    code: Code
    text: Words


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


class ProgramFile(Strict):
    """One file: the program, its cohorts with dates or its timeline in offsets, its reminders, its application form."""

    program: ProgramFacts
    reminders: list[ReminderRule] = []
    cohorts: list[CohortPlan] = []
    timeline: OffsetTimeline | None = None
    form: FormDefinition
