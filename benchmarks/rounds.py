"""Cohorts whose teams have submitted every round, written in bulk: what the benchmark of the assessments stands on."""

from datetime import date, timedelta

from accounts.models import User
from assessments.definition import InstrumentFile
from assessments.models import AgreedAnswer, AnswerKind, Assessment, AssessmentState, InstrumentVersion, Item
from assessments.services import load_instrument
from core import clock
from practices.models import Practice, Team
from programs.models import Cohort, DueFrom, Enrollment, EnrollmentState, Milestone, MilestoneKind, Program
from tests.conftest import make_cohort, make_milestone

CODE = "benchmark"
DOMAINS, ITEMS, LEVELS, ROUNDS = 6, 10, 4, 5  # items of a domain, levels of an item, rounds of a cohort
FIRST_DAY = date(2024, 7, 31)


def load_sixty() -> InstrumentVersion:
    """An instrument of 60 items, in use."""
    domains = [
        {
            "code": f"domain-{domain}",
            "title": f"Domain {domain}",
            "weight": domain + 1,
            "items": [
                {
                    "code": f"item-{domain}-{number}",
                    "text": f"What is asked in domain {domain} as number {number}.",
                    "levels": [
                        {"code": f"level-{at}", "anchor": f"What level {at} looks like."} for at in range(LEVELS)
                    ],
                }
                for number in range(ITEMS)
            ],
        }
        for domain in range(DOMAINS)
    ]
    plan = InstrumentFile.model_validate({"code": CODE, "title": "Sixty items", "domains": domains})
    version = load_instrument(plan)
    version.frozen_at = clock.now()
    version.save(update_fields=["frozen_at"])
    return version


def fill_cohort(program: Program, code: str, version: InstrumentVersion, teams: int, by: User) -> Cohort:
    """A cohort of ``teams`` that have each submitted ROUNDS rounds, with an answer to every item; one in ten is no level."""
    now, cohort = clock.now(), make_cohort(program, code)
    milestones = [
        make_milestone(
            cohort,
            f"round-{number}",
            MilestoneKind.ASSESSMENT,
            FIRST_DAY + timedelta(days=180 * number),
            DueFrom.ENROLLMENT,
            instrument=CODE,
        )
        for number in range(ROUNDS)
    ]
    practices = Practice.objects.bulk_create(
        Practice(name=f"Practice {code} {n}", city="Testville", created_at=now, is_synthetic=True) for n in range(teams)
    )
    members = Team.objects.bulk_create(Team(practice=one, name=f"Team {one.name}", created_at=now) for one in practices)
    start = {"state": EnrollmentState.ACTIVE, "started_at": now, "started_by": by, "joined_on": date(2024, 6, 1)}
    enrollments = Enrollment.objects.bulk_create(Enrollment(cohort=cohort, team=team, **start) for team in members)
    _submit(enrollments, milestones, version, by)
    return cohort


def _submit(enrollments: list[Enrollment], milestones: list[Milestone], version: InstrumentVersion, by: User) -> None:
    now = clock.now()
    done = {"state": AssessmentState.SUBMITTED, "submitted_at": now, "submitted_by": by}
    rounds = Assessment.objects.bulk_create(
        Assessment(enrollment=enrollment, milestone=milestone, version=version, started_at=now, started_by=by, **done)
        for enrollment in enrollments
        for milestone in milestones
    )
    items = list(Item.objects.filter(domain__version=version).prefetch_related("levels"))
    saved = {"saved_at": now, "saved_by": by}
    AgreedAnswer.objects.bulk_create(
        (AgreedAnswer(assessment=one, item=item, **_answer(one, item), **saved) for one in rounds for item in items),
        batch_size=2000,
    )


def _answer(assessment: Assessment, item: Item) -> dict[str, object]:
    """As mixed as dice would make it, and the same in every run."""
    drawn = (assessment.pk * 7919 + item.pk * 104_729) % 1009
    if drawn % 20 < 2:
        return {"kind": (AnswerKind.NO_DATA, AnswerKind.NOT_APPLICABLE)[drawn % 20]}
    return {"kind": AnswerKind.LEVEL, "level": item.levels.all()[drawn % LEVELS]}
