"""Writing a team's improvement work: project, measures, data points, quarterly updates, coach comments."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F

from accounts.models import User
from core import clock, transitions, wording
from core.refusals import Refused
from core.services import record
from improvement.models import PROGRESS, CoachComment, DataPoint, Measure, Project, QuarterlyUpdate, UpdateState
from improvement.selectors import WRITTEN, gaps, newest_project, quarter_told_at
from notifications.models import Kind
from notifications.services import Draft, enqueue
from programs import services as programs
from programs.models import Enrollment, EnrollmentState, Milestone, MilestoneKind


class ImprovementRefused(Refused):
    """The act does not fit the state of the project."""


class UpdateIncomplete(ImprovementRefused):
    """The update lacks something. ``gaps`` is the list of ``selectors.Gap``."""

    def __init__(self, missing: list) -> None:
        self.gaps = missing
        super().__init__("The update cannot be filed yet. " + " ".join(gap.text for gap in missing))


class UpdateChanged(ImprovementRefused):
    """Somebody else saved or filed the update since this person opened it. ``theirs`` is the row as it stands."""

    def __init__(self, theirs: QuarterlyUpdate) -> None:
        self.theirs = theirs
        if theirs.state == UpdateState.SUBMITTED:
            super().__init__(
                "This update is filed already, so nothing was saved. Ask ASCO staff to reopen it to change it."
            )
        else:
            super().__init__(
                "Somebody else saved this update while you were writing. Compare both versions before you go on."
            )


@transaction.atomic
def start_project(enrollment: Enrollment, *, title: str, problem: str, aim: str = "", by: User) -> Project:
    """Begin a project of an active team. A team may have several; a new update tells of the newest.

    Raises:
        ImprovementRefused: the team does not take part now.
    """
    _require_active(enrollment)
    project = Project.objects.create(
        enrollment=enrollment, title=title, problem=problem, aim=aim, started_at=clock.now(), started_by=by
    )
    record("project.started", project, by=by, fields=["title", "problem", "aim"])
    return project


@transaction.atomic
def change_project(project: Project, *, title: str, problem: str, aim: str, by: User) -> Project:
    """Reword the project."""
    values = {"title": title, "problem": problem, "aim": aim}
    changed = [name for name, value in values.items() if getattr(project, name) != value]
    if changed:
        for name in changed:
            setattr(project, name, values[name])
        project.save(update_fields=changed)
        record("project.changed", project, by=by, fields=changed)
    return project


@transaction.atomic
def add_measure(
    project: Project,
    *,
    title: str,
    kind: str,
    numerator: str,
    denominator: str,
    target_percent: Decimal | None = None,
    direction: str,
    by: User,
) -> Measure:
    """Add a proportion that the project follows.

    Raises:
        ImprovementRefused: the name is taken in this project, or the target is no percentage.
    """
    _locked(project)
    measure = Measure(
        project=project,
        title=title,
        kind=kind,
        numerator=numerator,
        denominator=denominator,
        target_percent=target_percent,
        direction=direction,
        created_at=clock.now(),
    )
    _require_valid(measure)
    measure.save()
    record("measure.added", measure, by=by)
    return measure


@transaction.atomic
def record_point(
    measure: Measure,
    *,
    period_start: date,
    period_end: date,
    numerator: int,
    denominator: int,
    note: str = "",
    by: User,
) -> DataPoint:
    """Write the count of a period; the period that is there already (by its first day) is corrected, its version rises.

    Raises:
        ImprovementRefused: the period runs backwards, has not begun, or overlaps another one; or the numerator is larger
            than the denominator.
    """
    _locked(measure)
    point = measure.points.filter(period_start=period_start).first() or DataPoint(measure=measure, version=0)
    verb = "datapoint.corrected" if point.pk else "datapoint.recorded"
    values = {
        "period_start": period_start,
        "period_end": period_end,
        "numerator": numerator,
        "denominator": denominator,
        "note": note,
    }
    changed = [name for name, value in values.items() if not point.pk or getattr(point, name) != value]
    if not changed:
        return point
    for name in changed:
        setattr(point, name, values[name])
    point.version, point.recorded_at, point.recorded_by = point.version + 1, clock.now(), by
    _require_period(point)
    _require_valid(point)
    point.save()
    record(verb, point, by=by, fields=changed)
    return point


@transaction.atomic
def start_update(enrollment: Enrollment, milestone: Milestone, *, by: User) -> QuarterlyUpdate:
    """Open the update of a milestone, or return the one that is there (a second press starts nothing).

    It tells of the newest project and of the quarter whose end is nearest to the milestone's last day.

    Raises:
        ImprovementRefused: the milestone is no update of this cohort, the team does not take part now, or has no project.
    """
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    there = QuarterlyUpdate.objects.filter(enrollment=enrollment, milestone=milestone).first()
    if there:
        return there
    if milestone.kind != MilestoneKind.UPDATE or milestone.cohort_id != enrollment.cohort_id:
        raise ImprovementRefused("This is not a quarterly update of your cohort.")
    _require_active(enrollment)
    project = newest_project(enrollment)
    if project is None:
        raise ImprovementRefused("An update tells of a project. Start your project first.")
    start, end = quarter_told_at(milestone.ends_on)
    update = QuarterlyUpdate.objects.create(
        enrollment=enrollment,
        milestone=milestone,
        project=project,
        period_start=start,
        period_end=end,
        started_at=clock.now(),
        started_by=by,
    )
    record("quarterlyupdate.started", update, by=by)
    return update


@transaction.atomic
def save_update(update: QuarterlyUpdate, *, by: User, base_version: int, **fields: object) -> QuarterlyUpdate:
    """Save what a team wrote, by compare-and-swap on ``version``. ``fields`` are of ``selectors.WRITTEN``; others stay.

    Saving what is there already changes nothing, whatever the version.

    Raises:
        UpdateChanged: the row is no longer at ``base_version``, or it is filed; nothing was written, ``error.theirs`` is what
            stands there.
        ImprovementRefused: the progress is not on the scale.
    """
    unknown = set(fields) - set(WRITTEN)
    if unknown:
        raise ValueError(f"not fields of an update: {sorted(unknown)}")
    if fields.get("progress") is not None and fields["progress"] not in dict(PROGRESS):
        raise ImprovementRefused("Choose a score from the scale.")
    current = QuarterlyUpdate.objects.get(pk=update.pk)
    if current.state != UpdateState.DRAFT:
        raise UpdateChanged(current)
    changed = {name: value for name, value in fields.items() if getattr(current, name) != value}
    if changed:
        row = QuarterlyUpdate.objects.filter(pk=update.pk, version=base_version, state=UpdateState.DRAFT)
        if not row.update(version=F("version") + 1, **changed):
            raise UpdateChanged(QuarterlyUpdate.objects.get(pk=update.pk))
        record("quarterlyupdate.saved", update, by=by, fields=sorted(changed))
    update.refresh_from_db()
    return update


@transaction.atomic
def submit_update(
    update: QuarterlyUpdate, *, by: User, arrived_at: datetime, base_version: int | None = None
) -> QuarterlyUpdate:
    """File the update. Also completes its milestone (which cancels its reminders) and writes a receipt to ``by``.

    ``base_version``: what the person checked; filing anything else is refused.

    Raises:
        UpdateIncomplete: something is missing.
        UpdateChanged: the row is not at ``base_version``.
        TransitionRefused: it is filed already.
        programs.services.DeadlinePassed: the window is closed and takes no late work.
    """
    _locked(update)
    update.refresh_from_db()
    if base_version is not None and update.version != base_version and update.state == UpdateState.DRAFT:
        raise UpdateChanged(update)
    if update.state == UpdateState.DRAFT:
        _require_active(update.enrollment)
        missing = gaps(update)
        if missing:
            raise UpdateIncomplete(missing)
    transitions.move(update, UpdateState.SUBMITTED, by=by)
    programs.complete(update.enrollment, update.milestone, by=by, arrived_at=arrived_at)
    enqueue(_receipt(update, by, arrived_at))
    return update


def _receipt(update: QuarterlyUpdate, to: User, arrived_at: datetime) -> Draft:
    # Each filing has a receipt of its own: a reopened update comes back with a higher version.
    return Draft(
        kind=Kind.RECEIPT,
        key=f"receipt:update:{update.pk}:{update.version}:{to.pk}",
        subject=f"We have your update: {update.milestone.title}",
        to=to,
        template="update-received",
        context={
            "name": to.get_short_name(),
            "milestone": update.milestone.title,
            "team": update.enrollment.team.name,
            "project": update.project.title,
            "progress": update.get_progress_display(),
            "received": f"{wording.moment(arrived_at, to.time_zone)} {wording.zone_name(to.time_zone)}",
            "link": {"page": "improvement:update", "args": [str(update.public_id)]},
        },
        topic=f"update:{update.pk}",
    )


@transaction.atomic
def reopen_update(update: QuarterlyUpdate, *, by: User) -> QuarterlyUpdate:
    """Give a filed update back to its team; its milestone is due again. Comments stay."""
    transitions.move(update, UpdateState.DRAFT, by=by, submitted_at=None, submitted_by=None, version=update.version + 1)
    programs.reopen(update.enrollment, update.milestone, by=by)
    return update


@transaction.atomic
def comment_on(update: QuarterlyUpdate, *, text: str, progress: Decimal | None = None, by: User) -> CoachComment:
    """Write a coach's comment on a filed update, with the coach's own score beside the team's.

    Raises:
        ImprovementRefused: the update is not filed, or the score is not on the scale.
    """
    if update.state != UpdateState.SUBMITTED:
        raise ImprovementRefused("The update is not filed yet. Comment on it once the team has filed it.")
    if progress is not None and progress not in dict(PROGRESS):
        raise ImprovementRefused("Choose a score from the scale.")
    comment = CoachComment.objects.create(
        update=update, text=text, progress=progress, written_at=clock.now(), written_by=by
    )
    record("coachcomment.written", comment, by=by)
    return comment


def _require_active(enrollment: Enrollment) -> None:
    if enrollment.state != EnrollmentState.ACTIVE:
        raise ImprovementRefused("Only a team that takes part in the cohort now can do this.")


def _locked(obj: models.Model) -> None:
    """Hold the parent's row until the end of the transaction: two people who add at once are checked one after the other."""
    type(obj).objects.select_for_update().get(pk=obj.pk)


def _require_period(point: DataPoint) -> None:
    if point.period_start > point.period_end:
        raise ImprovementRefused("The last day of the period cannot be before its first day.")
    if point.period_start > clock.today(point.measure.project.enrollment.cohort.zone):
        raise ImprovementRefused("This period has not begun yet.")
    others = point.measure.points.exclude(pk=point.pk)
    overlapping = others.filter(period_start__lte=point.period_end, period_end__gte=point.period_start).first()
    if overlapping:
        raise ImprovementRefused(
            f"This period overlaps {overlapping.period_start:%m/%d/%Y} to {overlapping.period_end:%m/%d/%Y}, which has a data "
            "point already. To correct that one, enter its first day."
        )


def _require_valid(instance: models.Model) -> None:
    """The constraints of the table, said in words before the database says them in its own."""
    try:
        instance.full_clean(validate_unique=False)
    except ValidationError as error:
        raise ImprovementRefused(" ".join(error.messages)) from error
