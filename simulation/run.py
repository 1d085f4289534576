"""One program from its first application to its last reassessment, through the product's own services."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from applications.models import Call
from core import clock
from notifications import services as notifications
from programs import services as programs
from programs.models import Cohort, Milestone
from simulation.agenda import Agenda
from simulation.intake import Applicant, Intake
from simulation.people import People
from simulation.taking_part import TakingPart

DAY = timedelta(days=1)
# From the deadline to the letters, unless the first milestone after it comes sooner.
DELIBERATION = 21 * DAY
COACHES = 4


@dataclass(frozen=True)
class Span:
    """The virtual time that a run covers."""

    start: datetime
    decided_at: datetime
    end: datetime


def span_of(call: Call) -> Span:
    """From the day before the opening to three weeks after the last milestone, so that the last late work is in.

    The sweeps start with it, once a day: at half past ten by the opening's clock, after the reminders' local nine o'clock in
    summer and in winter.
    """
    milestones = list(call.cohort.milestones.all())
    opens, closes = call.opening.starts_at, call.deadline.ends_at
    later = [row.starts_at for row in milestones if not row.is_for_applicants and row.starts_at > closes]
    decided = min([closes + DELIBERATION, *(closes + (first - closes) / 2 for first in later)])
    last = max(row.ends_at for row in milestones)
    return Span(opens - DAY + timedelta(hours=10, minutes=30), decided, last + 21 * DAY)


def sweep() -> None:
    """What the one periodic entry does: plan what has come due, deliver what is waiting."""
    programs.plan_due(now=clock.now())
    notifications.send_due()


def run(
    cohort: Cohort,
    *,
    applications: int,
    teams: int,
    seed: int,
    until: datetime | None = None,
    people: People | None = None,
    unfinished: str = "",
) -> list[Applicant]:
    """Walk a cohort, whose call is open, from its opening to its end, or to ``until`` if that comes first.

    One team never does the milestone whose code is ``unfinished``.
    Everything random comes from ``seed``: the same seed gives the same people, acts and moments.

    Raises:
        ValueError: fewer applications than teams.
    """
    if applications < teams:
        raise ValueError(f"{teams} teams cannot be chosen from {applications} applications. Ask for more applications.")
    rng = Random(seed)
    people = people or People(rng)
    span = span_of(cohort.call)
    end = min(until, span.end) if until else span.end
    with clock.at(span.start):
        staff = people.staff()
        coaches = [people.coach(number) for number in range(1, COACHES + 1)]
    agenda = Agenda(sweep)
    intake = Intake(cohort.call, people, rng, staff, coaches, teams)
    intake.schedule(agenda, applications, span.decided_at)
    taking_part = TakingPart(cohort, people, rng, staff, unfinished)
    milestones = list(Milestone.objects.filter(cohort=cohort).order_by("starts_on", "pk"))
    taking_part.schedule(agenda, milestones, decided_at=span.decided_at)
    agenda.at(span.end - DAY, taking_part.finish)
    agenda.run(span.start, end)
    return intake.applicants


def run_intake(
    cohort: Cohort, *, applications: int, seed: int, until: datetime, people: People, drafts: set[int]
) -> None:
    """Only the applying, up to ``until``: a call that is still open. The applicants numbered in ``drafts`` never send theirs."""
    span = span_of(cohort.call)
    intake = Intake(
        cohort.call, people, Random(seed), None, [], teams=0, drafts=drafts, team_name_prefix="Applying team"
    )
    agenda = Agenda(sweep)
    intake.schedule(agenda, applications, None)
    agenda.run(span.start, until)


def default_start(today: date) -> date:
    """Where a program's file has offsets and no dates: the first Monday of the year before ``today``'s."""
    first = date(today.year - 1, 1, 1)
    return first + timedelta(days=-first.weekday() % 7)
