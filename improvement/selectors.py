"""Reading a team's improvement work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models import Finding
from improvement import spc
from improvement.models import PROGRESS, DataPoint, Measure, Project, QuarterlyUpdate, UpdateState
from programs import timeline
from programs.models import Enrollment

# What a team writes in an update, in the order of the page.
WRITTEN = (
    "changes",
    "barriers",
    "help_wanted",
    "sponsor_involvement",
    "next_steps",
    "lessons",
    "progress",
    "progress_reason",
)
# The same questions where they are asked, checked, compared and read.
QUESTIONS = {
    "changes": _("What did you change this quarter?"),
    "barriers": _("What stood in the way?"),
    "help_wanted": _("What help would you like?"),
    "sponsor_involvement": _("How was your sponsor involved?"),
    "next_steps": _("What comes next?"),
    "lessons": _("What would you tell other teams?"),
    "progress": _("How far has your project come?"),
    "progress_reason": _("Why this score?"),
}


@dataclass(frozen=True)
class Gap:
    """Something an update lacks: a sentence that says what to do, and the field it concerns ("" for data points)."""

    text: str
    field: str


@dataclass(frozen=True)
class MeasureInPeriod:
    """A measure with its points that end in a period, oldest first."""

    measure: Measure
    points: list[DataPoint]


@dataclass(frozen=True)
class MeasureLine:
    """A measure with all its points, oldest first."""

    measure: Measure
    points: list[spc.Point]

    @property
    def latest(self) -> spc.Point | None:
        """The last period, whether or not anybody was eligible in it."""
        return self.points[-1] if self.points else None


@dataclass(frozen=True)
class Answer:
    """One field of an update: its column, its name for people, its value, and the words shown for it."""

    name: str
    label: str
    value: object
    shown: str


@dataclass(frozen=True)
class Difference:
    label: str
    mine: str
    theirs: str


def quarter_told_at(due_on: date) -> tuple[date, date]:
    """First and last day of the quarter whose end is nearest to ``due_on`` (the earlier one of two that are equally near).

    An update is due at a quarter's end; where staff move it by some days it still tells of that quarter.
    """
    own_end = timeline.quarter_end(due_on)
    own_start = timeline.add_months(own_end.replace(day=1), -2)
    earlier_end = own_start - timedelta(days=1)
    end = earlier_end if due_on - earlier_end <= own_end - due_on else own_end
    return timeline.add_months(end.replace(day=1), -2), end


def newest_project(enrollment: Enrollment) -> Project | None:
    return enrollment.projects.order_by("-started_at", "-pk").first()


def replaced_by(finding: Finding) -> Project | None:
    """Which project the team's updates would no longer tell of if the priority became its project.

    None where that takes nothing away: it is its project already, fills one without a problem statement, or is the first.
    """
    enrollment = finding.report.assessment.enrollment
    if enrollment.projects.filter(Q(finding=finding) | Q(problem="", finding=None)).exists():
        return None
    return newest_project(enrollment)


def with_work(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Projects with team, cohort, measures, points and updates at hand: four queries, whatever their number."""
    updates = QuarterlyUpdate.objects.select_related("milestone").order_by("-period_end")
    return projects.select_related("enrollment__team", "enrollment__cohort").prefetch_related(
        "measures__points", Prefetch("updates", updates)
    )


def finding_of(project: Project, reader: User) -> Finding | None:
    """The recommended priority from which the project was made, where ``reader`` may see its report."""
    if project.finding_id is None:
        return None
    rows = Finding.objects.visible_to(reader).select_related("report__assessment__milestone")
    return rows.filter(pk=project.finding_id).first()


def measure_lines(project: Project) -> list[MeasureLine]:
    """The measures of a project that came ``with_work``, each with its last value. No query."""
    return [MeasureLine(measure, chart_points(measure.points.all())) for measure in project.measures.all()]


def updates(rows: QuerySet[QuarterlyUpdate]) -> QuerySet[QuarterlyUpdate]:
    """Updates with everything that their page names."""
    return rows.select_related("enrollment__team", "enrollment__cohort", "milestone", "project", "submitted_by")


def answers(update: QuarterlyUpdate) -> list[Answer]:
    """What the team wrote, in the order of the page."""
    return [Answer(name, _label(name), getattr(update, name), _shown(update, name)) for name in WRITTEN]


def differences(theirs: QuarterlyUpdate, mine: dict[str, object]) -> list[Difference]:
    """The fields in which two versions of one update differ, in the order of the page."""
    shown = mine | {"progress": dict(PROGRESS).get(mine["progress"], "")}
    return [
        Difference(answer.label, shown[answer.name], answer.shown)
        for answer in answers(theirs)
        if mine[answer.name] != answer.value
    ]


def _label(name: str) -> str:
    return str(QUESTIONS[name])


def _shown(update: QuarterlyUpdate, name: str) -> str:
    if name == "progress":
        return "" if update.progress is None else update.get_progress_display()
    return getattr(update, name)


def measures_in_period(update: QuarterlyUpdate) -> list[MeasureInPeriod]:
    """Every measure of the update's project with its points that end in the update's period. Two queries."""
    points = DataPoint.objects.filter(period_end__range=(update.period_start, update.period_end)).order_by(
        "period_start"
    )
    measures = update.project.measures.prefetch_related(Prefetch("points", points, to_attr="in_period"))
    return [MeasureInPeriod(measure, measure.in_period) for measure in measures]


def previous_update(update: QuarterlyUpdate) -> QuarterlyUpdate | None:
    """The last update that the team filed before this one's period."""
    filed = QuarterlyUpdate.objects.filter(enrollment=update.enrollment_id, state=UpdateState.SUBMITTED)
    return filed.filter(period_end__lt=update.period_end).order_by("-period_end").first()


def gaps(update: QuarterlyUpdate) -> list[Gap]:
    """What the update lacks before it can be filed, in the order of the page. One query."""
    has_barriers = bool(update.barriers.strip())
    has_data = DataPoint.objects.filter(
        measure__project=update.project_id, period_end__range=(update.period_start, update.period_end)
    ).exists()
    wanted = [
        (
            has_data or has_barriers,
            "Add a data point of this quarter, or say under “What stood in the way?” why there is none.",
            "barriers",
        ),
        (
            bool(update.changes.strip()) or has_barriers,
            "Say what changed this quarter, or what stood in the way.",
            "changes",
        ),
        (update.progress is not None, "Choose a progress score.", "progress"),
        (bool(update.progress_reason.strip()), "Say why you chose this score.", "progress_reason"),
    ]
    return [Gap(text, field) for is_there, text, field in wanted if not is_there]


def chart_points(points: Iterable[DataPoint]) -> list[spc.Point]:
    """Data points as plain values for ``spc``, in the order of their periods."""
    rows = sorted(points, key=lambda point: point.period_start)
    return [spc.Point(row.period_start, row.period_end, row.numerator, row.denominator) for row in rows]


def latest_filed(enrollments: Iterable[Enrollment]) -> dict[int, QuarterlyUpdate]:
    """The last filed update of each enrollment, by enrollment id, with its project. One query."""
    filed = QuarterlyUpdate.objects.filter(enrollment__in=list(enrollments), state=UpdateState.SUBMITTED)
    return {
        update.enrollment_id: update for update in filed.select_related("project", "milestone").order_by("period_end")
    }


def updates_of(enrollments: Iterable[Enrollment]) -> dict[tuple[int, int], QuarterlyUpdate]:
    """Every update of these enrollments, by (enrollment id, milestone id). One query."""
    rows = QuarterlyUpdate.objects.filter(enrollment__in=list(enrollments))
    return {(update.enrollment_id, update.milestone_id): update for update in rows}
