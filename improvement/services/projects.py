"""A team's project, its measures and their data."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.models import User
from assessments.models import Finding, ReportState
from core import clock
from core.refusals import Refused
from core.services import record
from improvement.models import DataPoint, Measure, Project
from programs.models import Enrollment, EnrollmentState


class ImprovementRefused(Refused):
    """The act does not fit the state of the project."""


@transaction.atomic
def start_project(enrollment: Enrollment, *, title: str, problem: str, aim: str = "", by: User) -> Project:
    """Begin a project of an active team. A team may have several; a new update tells of the newest.

    Raises:
        ImprovementRefused: the team does not take part now.
    """
    require_active(enrollment)
    project = Project.objects.create(
        enrollment=enrollment, title=title, problem=problem, aim=aim, started_at=clock.now(), started_by=by
    )
    record("project.started", project, by=by, fields=["title", "problem", "aim"])
    return project


@transaction.atomic
def start_from_finding(finding: Finding, *, by: User) -> tuple[Project, bool]:
    """Make a recommended priority the team's project, and say whether it is new; pressed again, it is the one that is there.

    A project of the team that has no problem statement yet is filled; otherwise one is started.

    Raises:
        ImprovementRefused: the report is not released, the finding is no priority, or the team does not take part now.
    """
    enrollment = Enrollment.objects.select_for_update().get(assessments__report=finding.report_id)
    if present := Project.objects.filter(finding=finding).first():
        return present, False
    require_active(enrollment)
    if finding.report.state != ReportState.RELEASED or finding.rank is None:
        raise ImprovementRefused(
            "A recommended priority of a released report becomes a project. Open the report again."
        )
    problem = f"{finding.title}\n\n{finding.text}"
    empty = (
        enrollment.projects.select_for_update().filter(problem="", finding=None).order_by("-started_at", "-pk").first()
    )
    if empty is None:
        project = start_project(enrollment, title=finding.title, problem=problem, by=by)
        project.finding = finding
        project.save(update_fields=["finding"])
        return project, True
    empty.problem, empty.finding = problem, finding
    empty.save(update_fields=["problem", "finding"])
    record("project.changed", empty, by=by, fields=["problem", "finding"])
    return empty, True


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
    locked(project)
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
    locked(measure)
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


def require_active(enrollment: Enrollment) -> None:
    if enrollment.state != EnrollmentState.ACTIVE:
        raise ImprovementRefused("Only a team that takes part in the cohort now can do this.")


def locked(obj: models.Model) -> None:
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
