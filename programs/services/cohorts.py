"""Runs of a program: made from its definition, or cloned from an earlier run; and who supports a team."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from django.core.exceptions import ValidationError as NotValid
from django.core.validators import validate_slug
from django.db import transaction
from pydantic import ValidationError

from accounts.models import User
from core import clock
from core.refusals import Refused
from core.services import record
from notifications.services import cancel
from notifications.services.wordings import BUILT_IN
from programs.definition import PlannedCohort, PlannedMilestone, ProgramFile, ReminderRule, expand, shifted_dates
from programs.models import Cohort, Enrollment, Milestone, Program, Reminder, Source, Supporter
from programs.services.moments import NAMES, check_moment
from programs.services.topics import topic_of_enrollment

COPIED = (
    "code",
    "kind",
    "title",
    "note",
    "starts_time",
    "ends_time",
    "zone",
    "place",
    "due_from",
    "late_policy",
    "grace_minutes",
    "instrument",
)
YEARS = range(1990, 2200)
OUT_OF_CALENDAR = "That leads out of the calendar of this software, 1990 to 2199. Choose a date nearer to today."
PLANNED = (*COPIED, "starts_on", "ends_on", "source")


def definition_of(program: Program) -> ProgramFile:
    """The file that the program was loaded from.

    Raises:
        Refused: the program was made without a file, or the schema has changed since.
    """
    try:
        return ProgramFile.model_validate(program.definition)
    except ValidationError as error:
        command = f"manage.py load_program {program.code}"
        raise Refused(f"The definition of {program} cannot be read. Load it again: {command}") from error


@transaction.atomic
def create_cohort(
    program: Program,
    *,
    code: str,
    title: str,
    starts_on: date,
    is_synthetic: bool = False,
    by: User | None = None,
    like: str = "",
) -> Cohort:
    """Make a cohort with its milestones and reminders from the program's definition.

    A plan in offsets is counted from ``starts_on``. A plan with dates (that of the first cohort in the file, or of the
    one coded ``like``) is shifted by whole weeks, so the cohort starts on the same weekday, at most three days from
    ``starts_on``; its dates are then our defaults, not ASCO's.

    Raises:
        Refused: code or title cannot be one, the code is taken, or ``planned_cohort`` refuses.
    """
    plan = planned_cohort(program, starts_on, like=like)
    cohort = _new_cohort(program, code=code, title=title, plan=plan, is_synthetic=is_synthetic)
    add_milestones(cohort, plan.milestones)
    record("cohort.created", cohort, by=by, fields=["starts_on"])
    return cohort


@transaction.atomic
def clone_cohort(
    cohort: Cohort, *, code: str, title: str, weeks: int, by: User | None = None, is_synthetic: bool = False
) -> Cohort:
    """Copy a cohort's milestones as they stand now, moved by whole weeks: weekdays stay, quarter ends stay quarter ends.

    Teams, extensions and completions stay behind. Every date of a moved clone is a default of ours, so the notes beside
    published dates stay behind too.

    Raises:
        Refused: code or title cannot be one, the code is taken, or ``planned_clone`` refuses.
    """
    plan = planned_clone(cohort, weeks)
    clone = _new_cohort(cohort.program, code=code, title=title, plan=plan, is_synthetic=is_synthetic)
    add_milestones(clone, plan.milestones)
    _keep_wordings(cohort, clone)
    record("cohort.cloned", clone, by=by, fields=["starts_on"])
    return clone


def planned_cohort(program: Program, starts_on: date, *, like: str = "") -> PlannedCohort:
    """What ``create_cohort`` would make, to be looked at first; nothing is written.

    Raises:
        Refused: the file has no cohort coded ``like``, the dates leave the calendar, or a milestone would fall on a local
            time that does not exist or comes twice.
    """
    _check_year(starts_on)
    try:
        plan = expand(definition_of(program), starts_on, like=like)
    except ValueError as error:
        raise Refused(str(error)) from error
    return _checked(plan)


def planned_clone(cohort: Cohort, weeks: int) -> PlannedCohort:
    """What ``clone_cohort`` would make, to be looked at first; nothing is written.

    Raises:
        Refused: the dates leave the calendar, or a milestone would fall on a local time that does not exist or comes twice.
    """
    rows = cohort.milestones.prefetch_related("reminders").order_by("ends_on", "id")
    try:
        starts_on = cohort.starts_on + timedelta(weeks=weeks)
    except OverflowError as error:
        raise Refused(OUT_OF_CALENDAR) from error
    _check_year(starts_on)
    milestones = tuple(_copied(row, weeks) for row in rows)
    return _checked(PlannedCohort(starts_on=starts_on, zone=cohort.zone, milestones=milestones))


def _check_year(starts_on: date) -> None:
    """Far from both ends of the calendar, so that no date of the plan can fall off; and a year of two digits is a slip."""
    if starts_on.year not in YEARS:
        raise Refused(OUT_OF_CALENDAR)


def _checked(plan: PlannedCohort) -> PlannedCohort:
    for row in plan.milestones:
        check_moment(row.title, {name: getattr(row, name) for name in NAMES}, row.zone)
    return plan


def _copied(row: Milestone, weeks: int) -> PlannedMilestone:
    first, last = shifted_dates(row.kind, row.starts_on, row.ends_on, weeks)
    reminders = tuple(
        ReminderRule(days=one.offset_days, hours=one.offset_hours, at=one.send_time, to=one.audience)
        for one in row.reminders.all()
    )
    values = {name: getattr(row, name) for name in COPIED}
    plan = PlannedMilestone(**values, starts_on=first, ends_on=last, source=row.source, reminders=reminders)
    if not weeks:
        return plan
    # What a note says beside a published date, it says of that date; the moved one is ours.
    note = "" if row.source == Source.SEED else row.note
    return replace(plan, source=Source.DEFAULT, note=note)


def _keep_wordings(cohort: Cohort, clone: Cohort) -> None:
    """The words that staff chose for a reminder go with it; a program's file knows none but the built-in ones."""
    own = Reminder.objects.filter(milestone__cohort=cohort).exclude(template=BUILT_IN)
    for one in own.select_related("milestone"):
        Reminder.objects.filter(
            milestone__cohort=clone,
            milestone__code=one.milestone.code,
            offset_days=one.offset_days,
            offset_hours=one.offset_hours,
            audience=one.audience,
        ).update(template=one.template)


def _new_cohort(program: Program, *, code: str, title: str, plan: PlannedCohort, is_synthetic: bool) -> Cohort:
    _check_names(code, title)
    if Cohort.objects.filter(code=code).exists():
        raise Refused(f"There is a cohort with the code “{code}” already. Choose another code.")
    return Cohort.objects.create(
        program=program,
        code=code,
        title=title,
        zone=plan.zone,
        starts_on=plan.starts_on,
        is_synthetic=is_synthetic,
        created_at=clock.now(),
    )


def _check_names(code: str, title: str) -> None:
    """A code stands in addresses, a title on every page; both have a length."""
    try:
        validate_slug(code)
    except NotValid:
        code = ""
    if not 0 < len(code) <= Cohort._meta.get_field("code").max_length:
        raise Refused("Give the cohort a code of letters, digits and hyphens, such as “health-equity-2027”.")
    if not title.strip() or len(title) > Cohort._meta.get_field("title").max_length:
        raise Refused("Give the cohort a title of at most 200 characters.")


def add_milestones(cohort: Cohort, plans: Iterable[PlannedMilestone]) -> list[Milestone]:
    """Write planned milestones and their reminders as rows."""
    plans = list(plans)
    for plan in plans:
        check_moment(plan.title, {name: getattr(plan, name) for name in NAMES}, plan.zone)
    rows = Milestone.objects.bulk_create(
        Milestone(cohort=cohort, **{name: getattr(plan, name) for name in PLANNED}) for plan in plans
    )
    Reminder.objects.bulk_create(
        reminder_row(row, rule) for row, plan in zip(rows, plans, strict=True) for rule in plan.reminders
    )
    return rows


def reminder_row(milestone: Milestone, rule: ReminderRule) -> Reminder:
    """A rule of the plan as a row of the table, not saved."""
    return Reminder(
        milestone=milestone, offset_days=rule.days, offset_hours=rule.hours, send_time=rule.at, audience=rule.to
    )


@transaction.atomic
def add_supporter(enrollment: Enrollment, user: User, role: str, *, by: User | None) -> Supporter:
    """Let somebody from outside help the team from the cohort's today on: they see its pages. Done twice, it is one row."""
    supporter, is_new = Supporter.objects.get_or_create(
        enrollment=enrollment,
        user=user,
        role=role,
        until_on=None,
        defaults={"since_on": clock.today(enrollment.cohort.zone)},
    )
    if is_new:
        record("supporter.added", supporter, by=by, fields=["role"])
    return supporter


@transaction.atomic
def end_supporter(supporter: Supporter, *, by: User | None) -> None:
    """End somebody's help as of the cohort's today; their access ends at the next request.

    Raises:
        Refused: it had ended.
    """
    today = clock.today(supporter.enrollment.cohort.zone)
    if not Supporter.objects.filter(pk=supporter.pk, until_on=None).update(until_on=today):
        raise Refused(f"{supporter.user} does not support this team any more.")
    supporter.until_on = today
    topic = topic_of_enrollment(supporter.enrollment)
    cancel(topic, below=True, recipient=supporter.user, reason="The person does not support the team any more.")
    record("supporter.ended", supporter, by=by, fields=["until_on"])
