"""One cohort at a glance: its milestones down, its teams across."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from dashboards.selectors.duties import NOTED_BY_STAFF
from programs.models import TAKING_PART, Cohort, DueFrom, Enrollment, Milestone
from programs.selectors import Obligation, obligations


@dataclass(frozen=True)
class Cell:
    """How one team stands to one milestone, in words and a tone (which has a shape)."""

    text: str
    tone: str


@dataclass(frozen=True)
class Row:
    """One milestone; ``cells`` in the order of the board's teams, None where the team does not owe it."""

    milestone: Milestone
    cells: list[Cell | None]
    done: int
    late: int
    still_open: int


@dataclass(frozen=True)
class Board:
    cohort: Cohort
    teams: list[Enrollment]
    rows: list[Row]


def board(cohort: Cohort, *, now: datetime) -> Board:
    """Every milestone that a team owes, against every team that takes or took part. Six queries, however many teams."""
    rows = cohort.enrollments.filter(state__in=TAKING_PART).select_related("team__practice", "cohort")
    teams = list(rows.order_by("team__name", "pk"))
    duties: dict[tuple[int, int], list[Obligation]] = defaultdict(list)
    for duty in obligations(teams):
        duties[duty.milestone.pk, duty.enrollment.pk].append(duty)
    milestones = [row for row in cohort.milestones.exclude(due_from=DueFrom.NOBODY) if not row.is_for_applicants]
    return Board(cohort, teams, [_row(row, teams, duties, now) for row in milestones])


def _row(milestone: Milestone, teams: list[Enrollment], duties: dict, now: datetime) -> Row:
    owed = [duties.get((milestone.pk, team.pk), []) for team in teams]
    late = sum(_is_late(group, now) for group in owed)
    done = sum(bool(group) and all(duty.is_done for duty in group) for group in owed)
    expected = sum(bool(group) for group in owed)
    return Row(milestone, [_cell(group, now) for group in owed], done, late, expected - done - late)


def _is_late(group: list[Obligation], now: datetime) -> bool:
    return any(not duty.is_done and duty.is_late(now) for duty in group)


def _cell(group: list[Obligation], now: datetime) -> Cell | None:
    if not group:
        return None
    done = sum(duty.is_done for duty in group)
    share = f" ({done} of {len(group)})" if group[0].member else ""
    if done == len(group):
        was_late = any(duty.is_late(now) for duty in group)
        return Cell("Done late" if was_late else "Done", "warning" if was_late else "success")
    if _is_late(group, now):
        is_noted = group[0].milestone.kind in NOTED_BY_STAFF
        return Cell(("Not recorded" if is_noted else "Overdue") + share, "warning" if is_noted else "danger")
    return Cell("To come" + share, "info" if done else "neutral")
