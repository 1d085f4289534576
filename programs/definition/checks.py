"""What the schema cannot see: rules between fields. Each problem names the place in the file."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from itertools import chain
from zoneinfo import ZoneInfo

from programs import timeline
from programs.definition.schema import (
    CohortPlan,
    DatedMilestone,
    MilestonePlan,
    OffsetMilestone,
    ProgramFile,
    ReminderRule,
)

Location = tuple[str | int, ...]
Wrong = tuple[Location, str]
SESSION_DUE = ("core_team", "team", "nobody")


def problems(file: ProgramFile) -> list[Wrong]:
    """Every contradiction in a file that fits the schema, as (path, sentence)."""
    return list(chain(_facts(file), _runs(file), _reminders(("reminders",), file.reminders)))


def _facts(file: ProgramFile) -> Iterator[Wrong]:
    facts = file.program
    if facts.core_team.min > facts.core_team.max:
        yield ("program", "core_team", "min"), f"is above max ({facts.core_team.max}). Correct one of the two."
    seats = facts.seats
    if seats.min is not None and seats.max is not None and seats.min > seats.max:
        yield ("program", "seats", "min"), f"is above max ({seats.max}). Correct one of the two."
    for name in ("eligibility", "costs", "credits", "benefits", "notes"):
        yield from _twice(("program", name), "code", [entry.code for entry in getattr(facts, name)])
    yield from _twice(("program", "assessments"), "instrument", [entry.instrument for entry in facts.assessments])
    if letter := facts.sponsor.letter:
        here = ("program", "sponsor", "letter")
        yield from _twice((*here, "commitments"), "code", [entry.code for entry in letter.commitments])
        if letter.required and not facts.sponsor.required:
            yield (
                (*here, "required"),
                "there is no letter without a sponsor. Set sponsor.required to true, or this to false.",
            )


def _runs(file: ProgramFile) -> Iterator[Wrong]:
    if not file.cohorts and file.timeline is None:
        yield (), "has neither cohorts nor a timeline, so it can never run. Add one of them."
    yield from _twice(("cohorts",), "code", [cohort.code for cohort in file.cohorts])
    instruments = {entry.instrument for entry in file.program.assessments}
    for index, cohort in enumerate(file.cohorts):
        here = ("cohorts", index, "milestones")
        yield from _milestones(here, cohort.milestones, instruments)
        yield from _dates(here, cohort)
    if file.timeline:
        here = ("timeline", "milestones")
        yield from _milestones(here, file.timeline.milestones, instruments)
        yield from _offsets(here, file.timeline.milestones)


def _milestones(here: Location, milestones: Sequence[MilestonePlan], instruments: set[str]) -> Iterator[Wrong]:
    yield from _twice(here, "code", [milestone.code for milestone in milestones])
    yield from _call(here, [milestone.kind for milestone in milestones])
    for index, milestone in enumerate(milestones):
        path = (*here, index)
        yield from _instrument(path, milestone, instruments)
        if milestone.mode and milestone.kind != "session":
            yield (*path, "mode"), f"belongs to the kind session, not to {milestone.kind}. Remove it."
        if milestone.kind == "session" and not milestone.mode:
            yield (*path, "mode"), "is missing. Say whether the session is in_person, virtual or on_site."
        if milestone.kind == "session" and milestone.due_from not in SESSION_DUE:
            yield (*path, "due_from"), f"a session is attended by people: use {', '.join(SESSION_DUE)}."
        if milestone.kind == "opening" and milestone.due_from != "nobody":
            yield (*path, "due_from"), "nobody owes the opening of a call: use nobody."
        yield from _reminders((*path, "reminders"), milestone.reminders or [])
        if milestone.reminders and milestone.due_from == "nobody":
            yield (
                (*path, "reminders"),
                "nobody owes this milestone, so nobody is reminded. Remove them, or set due_from.",
            )


def _call(here: Location, kinds: list[str]) -> Iterator[Wrong]:
    counts = Counter(kinds)
    for kind in ("opening", "deadline"):
        if counts[kind] > 1:
            second = [index for index, value in enumerate(kinds) if value == kind][1]
            yield (*here, second, "kind"), f"is the second {kind}. A cohort has one call, so one {kind}."
    if bool(counts["opening"]) != bool(counts["deadline"]):
        have, lack = ("opening", "deadline") if counts["opening"] else ("deadline", "opening")
        yield (*here, kinds.index(have), "kind"), f"there is no {lack} to this {have}. A call needs both."


def _instrument(path: Location, milestone: MilestonePlan, instruments: set[str]) -> Iterator[Wrong]:
    if milestone.kind == "assessment" and not milestone.instrument:
        yield (*path, "instrument"), "is missing. Say which assessment is made."
    elif milestone.kind != "assessment" and milestone.instrument:
        yield (*path, "instrument"), f"belongs to the kind assessment, not to {milestone.kind}. Remove it."
    elif milestone.instrument and milestone.instrument not in instruments:
        known = ", ".join(sorted(instruments)) or "none"
        yield (*path, "instrument"), f"“{milestone.instrument}” is not among program.assessments ({known})."


def _dates(here: Location, cohort: CohortPlan) -> Iterator[Wrong]:
    quarters: dict[object, str] = {}
    for index, milestone in enumerate(cohort.milestones):
        path, last = (*here, index), milestone.ends or milestone.starts
        if last < milestone.starts:
            yield (*path, "ends"), f"{last} is before the start, {milestone.starts}. Correct one of the two."
        elif _ends_before_it_starts(milestone):
            yield (*path, "ends_time"), "is before starts_time on the same day. Correct one of the two."
        yield from _local_times(path, milestone, ZoneInfo(milestone.zone or cohort.zone))
        if milestone.kind != "update":
            continue
        if not timeline.is_quarter_end(last):
            field = "ends" if milestone.ends else "starts"
            yield (
                (*path, field),
                f"{last} is no quarter's end. A quarterly update is due on {timeline.quarter_end(last)}.",
            )
        elif last in quarters:
            yield path, f"is due on {last}, as {quarters[last]} is. Each quarter has one update."
        quarters[last] = milestone.code
    yield from _call_order(here, cohort.milestones)


def _ends_before_it_starts(milestone: DatedMilestone) -> bool:
    same_day = milestone.ends in (None, milestone.starts)
    return same_day and (milestone.ends_time or time.max) < (milestone.starts_time or time.min)


def _local_times(path: Location, milestone: DatedMilestone, zone: ZoneInfo) -> Iterator[Wrong]:
    last = milestone.ends or milestone.starts
    for field, day, at in (
        ("starts_time", milestone.starts, milestone.starts_time),
        ("ends_time", last, milestone.ends_time),
    ):
        if at is None:
            continue
        try:
            timeline.check_local(day, at, zone)
        except (timeline.MissingLocalTime, timeline.AmbiguousLocalTime) as error:
            yield (*path, field), str(error)


def _call_order(here: Location, milestones: list[DatedMilestone]) -> Iterator[Wrong]:
    index_of = {milestone.kind: index for index, milestone in enumerate(milestones)}
    if {"opening", "deadline"} <= index_of.keys():
        opening, deadline = milestones[index_of["opening"]], milestones[index_of["deadline"]]
        if opening.starts > (deadline.ends or deadline.starts):
            yield (*here, index_of["opening"], "starts"), "the call opens after its deadline. Correct one of the two."


def _offsets(here: Location, milestones: list[OffsetMilestone]) -> Iterator[Wrong]:
    seen: dict[int, str] = {}
    for index, milestone in enumerate(milestones):
        path, after = (*here, index), milestone.after
        is_quarter = after.quarters is not None
        if is_quarter and (after.months or after.weeks or after.days or milestone.weekday or milestone.lasts_days > 1):
            yield (*path, "after"), "quarters stands alone: without months, weeks, days, weekday and lasts_days."
        if milestone.kind != "update":
            continue
        if not is_quarter:
            yield (*path, "after"), "a quarterly update is due at a quarter's end: write after: {quarters: 1}."
        elif after.quarters in seen:
            yield path, f"is due in the same quarter as {seen[after.quarters]}. Each quarter has one update."
        else:
            seen[after.quarters] = milestone.code


def _reminders(path: Location, rules: list[ReminderRule]) -> Iterator[Wrong]:
    seen: set[tuple] = set()
    for index, rule in enumerate(rules):
        if (rule.days is None) == (rule.hours is None):
            yield (*path, index), "give either days or hours."
            continue
        offset = (rule.days, rule.hours, rule.to)
        if offset in seen:
            words = f"{rule.hours:+d} hours" if rule.days is None else f"{rule.days:+d} days"
            yield (*path, index), f"the offset {words} to {rule.to} is given twice. Remove one."
        seen.add(offset)


def _twice(path: Location, field: str, codes: Iterable[str]) -> Iterator[Wrong]:
    first: dict[str, int] = {}
    for index, code in enumerate(codes):
        if code in first:
            yield (*path, index, field), f"“{code}” is there twice. Codes are used once."
        first.setdefault(code, index)
