"""The demonstration: a cohort in mid-program, relative to today, and a call that is still open.

Only the dates of the two cohorts are chosen by today's date, in whole weeks from the published ones; what happens in them
is the simulation's.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.conf import settings

from accounts import services as accounts
from accounts.models import Membership, Profession, Role, User
from assessments.services import freeze_comparison
from core import clock
from dashboards import services as dashboards
from practices.models import Practice
from practices.selectors import core_team
from programs.models import TAKING_PART, Cohort, Milestone, MilestoneKind
from simulation.half_way import half_way
from simulation.people import People
from simulation.relay import recording
from simulation.reports import write_reports
from simulation.run import run, run_intake

PROGRAM = "health-equity-2024"
APPLICATIONS, TEAMS, OPEN_APPLICATIONS, SEED = 24, 10, 9, 2024
# Today stands between the third and the fourth quarterly update of the running cohort, and about five weeks before the open
# call closes.
UPDATE = "update-3"
BASELINE, REASSESSMENT = "baseline", "reassessment-1"
BEFORE_DEADLINE = timedelta(weeks=5)
DRAFT = 2  # the applicant of the open call who has begun and not sent


@dataclass(frozen=True)
class Persona:
    """Somebody whom a visitor may sign in as. ``part``: the part in the running cohort that this person plays."""

    email: str
    name: str
    can: str
    part: str = ""
    role: str = Role.PARTICIPANT


APPLICANT = Persona("applicant@demo.example", "Alex Applicant (demo)", "Applicant with a draft in the open call")
MEMBER = Persona("member@demo.example", "Morgan Member (demo)", "Core team member of the same team", "core1.1")
SECOND = Persona(
    "second@demo.example",
    "Sasha Second (demo)",
    "ASCO staff: the second person, who releases what the first has written",
    role=Role.STAFF,
)
PERSONAS = (
    Persona(
        "staff@demo.example",
        "Stevie Staff (demo)",
        "ASCO staff: the admin, the cohort board, decisions",
        "staff.0",
        Role.STAFF,
    ),
    SECOND,
    Persona("leader@demo.example", "Lee Leader (demo)", "Team leader, in mid-program", "leader.1"),
    MEMBER,
    Persona("coach@demo.example", "Cory Coach (demo)", "Coach of four teams", "coach.1", Role.COACH),
    APPLICANT,
    Persona("reviewer@demo.example", "Robin Reviewer (demo)", "Reviewer", role=Role.REVIEWER),
    Persona("leadership@demo.example", "Lou Leadership (demo)", "Leadership: figures, no names", role=Role.LEADERSHIP),
)


def is_empty() -> bool:
    """Whether nobody lives in this database yet."""
    return not User.objects.exists() and not Practice.objects.exists()


def create() -> None:
    """Fill an empty database with the demonstration. Its mail goes nowhere."""
    now = clock.now()
    running, opening = make_cohorts()
    with recording():
        people = People(Random(SEED), personas={persona.part: _fields(persona) for persona in PERSONAS if persona.part})
        run(running, applications=APPLICATIONS, teams=TEAMS, seed=SEED, until=now, people=people, unfinished=BASELINE)
        begin_reassessment(running)
        begin_baseline(running)
        people = People(Random(SEED), prefix="open-", personas={f"leader.{DRAFT}": _fields(APPLICANT)})
        run_intake(opening, applications=OPEN_APPLICATIONS, seed=SEED, until=now, people=people, drafts={DRAFT})
    for persona in PERSONAS:
        if not User.objects.filter(email=persona.email).exists():
            accounts.create_person(is_synthetic=True, **_fields(persona))
    first, second = (User.objects.get(email=persona.email) for persona in (PERSONAS[0], SECOND))
    with recording():
        write_reports(running, first=first, second=second)
        freeze_comparison(running.milestones.get(code=BASELINE), by=first)


def begin_reassessment(cohort: Cohort) -> None:
    """The demonstration's team has its baseline behind it and is in the middle of the next round; its member has only begun."""
    member = User.objects.get(email=MEMBER.email)
    enrollment = cohort.enrollments.select_related("team").get(team__members__user=member)
    milestone = cohort.milestones.get(code=REASSESSMENT)
    if not enrollment.assessments.filter(milestone=milestone).exists():
        half_way(enrollment, milestone, Random(SEED), begun_by=member)


def begin_baseline(cohort: Cohort) -> None:
    """The team that is late with its baseline is in the middle of it: one of its members has only begun."""
    milestone = cohort.milestones.get(code=BASELINE)
    late = (
        cohort.enrollments.filter(state__in=TAKING_PART).exclude(assessments__milestone=milestone).order_by("pk").last()
    )
    if late:
        half_way(late, milestone, Random(SEED), begun_by=core_team(late.team).last().user)


def make_cohorts() -> tuple[Cohort, Cohort]:
    """The running cohort and the one whose call is open, as seen from today, without anybody in them."""
    program = dashboards.install_catalog_program(PROGRAM)
    first = program.cohorts.order_by("starts_on").first()
    update = first.milestones.get(code=UPDATE)
    deadline = first.milestones.get(kind=MilestoneKind.DEADLINE)
    last_quarter, closing = _quarter_end_before(clock.today(update.zone)), clock.today(deadline.zone) + BEFORE_DEADLINE
    return (
        _shifted(first, "running", "in mid-program", update, last_quarter),
        _shifted(first, "open", "open call", deadline, closing),
    )


def _quarter_end_before(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1) - timedelta(days=1)


def _shifted(first: Cohort, code: str, words: str, milestone: Milestone, wanted: date) -> Cohort:
    """``first`` moved by whole weeks, so that ``milestone`` ends about ``wanted``; exactly then if both are quarter ends."""
    weeks = round((wanted - milestone.ends_on).days / 7)
    title = f"Health Equity Learning Collaborative (demo, {words})"
    return dashboards.clone_cohort(first, code=f"demo-{code}", title=title, weeks=weeks, is_synthetic=True)


def _fields(persona: Persona) -> dict[str, object]:
    """Keyword arguments of ``create_person``. Without a demo password in the settings nobody can sign in as them."""
    fields = {"email": persona.email, "name": persona.name, "role": persona.role, "time_zone": "America/New_York"}
    if persona.part.startswith("leader") or persona is APPLICANT:
        fields |= {
            "profession": Profession.PHYSICIAN,
            "asco_membership": Membership.MEMBER,
            "asco_member_number": "SYN-DEMO",
        }
    return fields | {"password": settings.DEMO_PASSWORD or None}


def sign_ins() -> list[Persona]:
    """The people of the demonstration who are in this database."""
    there = set(User.objects.filter(email__in=[persona.email for persona in PERSONAS]).values_list("email", flat=True))
    return [persona for persona in PERSONAS if persona.email in there]
