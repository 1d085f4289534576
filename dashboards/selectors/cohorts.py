"""Whole cohorts: counts for staff, figures for leadership, and who is late with what."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count

from accounts.models import User
from dashboards.selectors.duties import NOTED_BY_STAFF
from improvement.selectors import latest_filed
from practices.models import Member, MemberRole
from programs.models import TAKING_PART, Cohort, Enrollment, EnrollmentState, MilestoneKind, Standing
from programs.selectors import Obligation, obligations
from sessions_app.models import Session

# Cohort figures need this many contributing teams (domain §8).
TEAMS_NEEDED = 5
# The headline of a collaborative: the share of teams at this step of the progress scale or above.
SIGNIFICANT = Decimal("4.0")


@dataclass(frozen=True)
class CohortCounts:
    """A cohort with its enrollments by state, every state named."""

    cohort: Cohort
    by_state: dict[str, int]

    @property
    def taking_part(self) -> int:
        return sum(self.by_state[state] for state in TAKING_PART)


@dataclass(frozen=True)
class Share:
    """``count`` of ``total``, from ``teams`` contributing teams; to be shown only where enough contribute."""

    count: int
    total: int
    teams: int

    @property
    def is_shown(self) -> bool:
        return self.teams >= TEAMS_NEEDED

    @property
    def percent(self) -> int:
        """Rounded half up; call it only where there is a total."""
        return (200 * self.count + self.total) // (2 * self.total)


@dataclass(frozen=True)
class CohortFigures:
    """What leadership sees of a cohort: no team by name."""

    cohort: Cohort
    teams: int
    on_time: Share
    significant: Share


@dataclass(frozen=True)
class Late:
    """A team that is late with a milestone, and whom to ask.

    ``people``: how many members owe it where the duty is personal, else 0. ``session``: where attendance is recorded.
    """

    enrollment: Enrollment
    duty: Obligation
    people: int
    leader: User | None
    session: Session | None

    @property
    def waits_for_staff(self) -> bool:
        return self.duty.milestone.kind in NOTED_BY_STAFF


def cohort_counts() -> list[CohortCounts]:
    """Every cohort, newest first, with counts. Two queries."""
    rows = Enrollment.objects.order_by().values_list("cohort", "state").annotate(Count("pk"))
    found: dict[int, Counter] = defaultdict(Counter)
    for cohort_id, state, number in rows:
        found[cohort_id][state] = number
    cohorts = Cohort.objects.select_related("program")
    return [CohortCounts(cohort, {state: found[cohort.pk][state] for state in EnrollmentState}) for cohort in cohorts]


def cohort_figures(*, now: datetime) -> list[CohortFigures]:
    """The figures of every cohort in which a team takes or took part. Seven queries, however many cohorts and teams."""
    enrollments = list(Enrollment.objects.filter(state__in=TAKING_PART).select_related("cohort__program", "team"))
    filed = latest_filed(enrollments)
    duties = defaultdict(list)
    for duty in obligations(enrollments):
        if duty.milestone.kind == MilestoneKind.UPDATE and (duty.is_done or duty.due_at <= now):
            duties[duty.enrollment.cohort_id].append(duty)
    teams = defaultdict(list)
    for row in enrollments:
        teams[row.cohort].append(row)
    ordered = sorted(teams, key=lambda cohort: (cohort.starts_on, cohort.code), reverse=True)
    return [
        CohortFigures(
            cohort,
            len(teams[cohort]),
            _on_time(duties[cohort.pk]),
            _significant([filed[row.pk].progress for row in teams[cohort] if row.pk in filed]),
        )
        for cohort in ordered
    ]


def _on_time(duties: list[Obligation]) -> Share:
    """Updates that were due by now, or are filed already: how many arrived on time (grace counts as on time)."""
    met = [duty for duty in duties if duty.is_done and duty.completion.standing != Standing.LATE]
    return Share(len(met), len(duties), len({duty.enrollment.pk for duty in duties}))


def _significant(scores: list[Decimal]) -> Share:
    return Share(sum(score >= SIGNIFICANT for score in scores), len(scores), len(scores))


def late_now(*, now: datetime, cohort: Cohort | None = None) -> list[Late]:
    """Who is late with what, the longest wait first; a personal duty is one line a team. Seven queries."""
    active = Enrollment.objects.filter(state=EnrollmentState.ACTIVE)
    owed: dict[tuple[int, int], list[Obligation]] = defaultdict(list)
    for duty in obligations(active.filter(cohort=cohort) if cohort else active):
        if not duty.is_done and duty.is_late(now):
            owed[duty.enrollment.pk, duty.milestone.pk].append(duty)
    groups = list(owed.values())
    teams = {group[0].enrollment.team_id for group in groups}
    leaders = Member.objects.current().filter(role=MemberRole.LEADER, team__in=teams).select_related("user")
    leader_of = {member.team_id: member.user for member in leaders}
    sessions = Session.objects.filter(milestone__in={group[0].milestone.pk for group in groups})
    session_of = {session.milestone_id: session for session in sessions}
    lines = [
        Late(
            enrollment=first.enrollment,
            duty=first,
            people=len(group) if first.member else 0,
            leader=leader_of.get(first.enrollment.team_id),
            session=session_of.get(first.milestone.pk),
        )
        for group in groups
        for first in group[:1]
    ]
    return sorted(lines, key=lambda line: (line.duty.due_at, line.enrollment.team.name))
