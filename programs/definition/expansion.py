"""From the plan in a file to the milestones of a cohort. Computed from the file and a start date alone, never from today."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from programs import timeline
from programs.definition.schema import After, CohortPlan, MilestonePlan, OffsetTimeline, ProgramFile, ReminderRule

# What is due at the end of a quarter belongs to the quarter; what people meet for belongs to its weekday.
DUE_KINDS = ("assessment", "update", "report")
HELD_KINDS = ("call", "session")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class PlannedMilestone:
    """A milestone with its dates, before it is a row. The field names are those of the table."""

    code: str
    kind: str
    title: str
    note: str
    starts_on: date
    starts_time: time | None
    ends_on: date
    ends_time: time | None
    zone: ZoneInfo
    place: str
    due_from: str
    source: str
    late_policy: str
    grace_minutes: int
    instrument: str
    reminders: tuple[ReminderRule, ...]


@dataclass(frozen=True)
class PlannedCohort:
    starts_on: date
    zone: ZoneInfo
    milestones: tuple[PlannedMilestone, ...]


def planned(file: ProgramFile, cohort: CohortPlan) -> PlannedCohort:
    """A cohort of the file with its own dates."""
    zone = ZoneInfo(cohort.zone)
    rows = (_planned(file, plan, plan.starts, plan.ends or plan.starts, zone) for plan in cohort.milestones)
    return PlannedCohort(cohort.starts, zone, tuple(rows))


def expand(file: ProgramFile, starts_on: date, *, like: str = "") -> PlannedCohort:
    """A new cohort that starts on ``starts_on``.

    Offsets are counted from that day. A plan with dates is shifted by whole weeks, so the cohort starts on that one of
    its first cohort's weekdays (or of the cohort coded ``like``) which is nearest to ``starts_on``: at most three days off.

    Raises:
        ValueError: the file has no cohort coded ``like``.
    """
    if like or file.timeline is None:
        codes = {cohort.code: cohort for cohort in file.cohorts}
        if like and like not in codes:
            raise ValueError(f"There is no cohort “{like}” in the file; it has {', '.join(codes) or 'none'}.")
        plan = planned(file, codes[like] if like else file.cohorts[0])
        return shifted(plan, round((starts_on - plan.starts_on).days / 7))
    return PlannedCohort(starts_on, ZoneInfo(file.timeline.zone), tuple(_offsets(file, file.timeline, starts_on)))


def shifted(cohort: PlannedCohort, weeks: int) -> PlannedCohort:
    """The same plan, whole weeks later (or earlier); what is due at a quarter's end stays at one.

    Dates that were moved are nobody's publication any more: their source becomes ``default``.
    """
    if not weeks:
        return cohort
    rows = tuple(_shift(row, weeks) for row in cohort.milestones)
    return replace(cohort, starts_on=cohort.starts_on + timedelta(weeks=weeks), milestones=rows)


def shifted_dates(kind: str, starts_on: date, ends_on: date, weeks: int) -> tuple[date, date]:
    """First and last day of a milestone after the shift; its length stays."""
    move = timeline.shift if kind in DUE_KINDS else _by_weeks
    last = move(ends_on, weeks)
    return last - (ends_on - starts_on), last


def _by_weeks(day: date, weeks: int) -> date:
    return day + timedelta(weeks=weeks)


def _shift(row: PlannedMilestone, weeks: int) -> PlannedMilestone:
    first, last = shifted_dates(row.kind, row.starts_on, row.ends_on, weeks)
    # What a note says beside a published date, it says of that date; the moved one is ours.
    note = "" if row.source == "seed" else row.note
    return replace(row, starts_on=first, ends_on=last, source="default", note=note)


def _offsets(file: ProgramFile, plan: OffsetTimeline, starts_on: date) -> Iterator[PlannedMilestone]:
    for milestone in plan.milestones:
        first = day_after(starts_on, milestone.after)
        if milestone.weekday:
            first += timedelta(days=(WEEKDAYS.index(milestone.weekday) - first.weekday()) % 7)
        last = first + timedelta(days=milestone.lasts_days - 1)
        yield _planned(file, milestone, first, last, ZoneInfo(plan.zone))


def day_after(starts_on: date, after: After) -> date:
    """The day that ``after`` means for a cohort starting on ``starts_on``."""
    if after.quarters is not None:
        return timeline.quarter_end(timeline.add_months(starts_on.replace(day=1), 3 * after.quarters))
    return timeline.add_months(starts_on, after.months) + timedelta(weeks=after.weeks, days=after.days)


def modes(file: ProgramFile) -> dict[str, str]:
    """How each session of the file is held, by the milestone's code."""
    plans = [plan for cohort in file.cohorts for plan in cohort.milestones]
    plans += file.timeline.milestones if file.timeline else []
    return {plan.code: plan.mode for plan in plans if plan.mode}


def _planned(file: ProgramFile, plan: MilestonePlan, first: date, last: date, zone: ZoneInfo) -> PlannedMilestone:
    return PlannedMilestone(
        code=plan.code,
        kind=plan.kind,
        title=plan.title,
        note=plan.note,
        starts_on=first,
        starts_time=plan.starts_time,
        ends_on=last,
        ends_time=plan.ends_time,
        zone=ZoneInfo(plan.zone) if plan.zone else zone,
        place=plan.place,
        due_from=plan.due_from,
        source=plan.source,
        late_policy=plan.late,
        grace_minutes=plan.grace_minutes,
        instrument=plan.instrument or "",
        reminders=tuple(_reminders(file, plan)),
    )


def _reminders(file: ProgramFile, plan: MilestonePlan) -> list[ReminderRule]:
    """The milestone's own, or the program's where somebody owes it; what is held cannot be made up for afterwards."""
    if plan.reminders is not None:
        return plan.reminders
    if plan.due_from == "nobody":
        return []
    if plan.kind in HELD_KINDS:
        return [rule for rule in file.reminders if (rule.days or rule.hours or 0) < 0]
    return file.reminders
