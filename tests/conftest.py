"""The cast: the people, practices and cohort that every test can ask for, and the clock they live by."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from accounts.models import Role, User
from core import clock, triggers
from practices.models import Member, MemberRole, Practice, Sponsor, Team
from programs.models import (
    Cohort,
    DueFrom,
    Enrollment,
    EnrollmentState,
    Milestone,
    MilestoneKind,
    Program,
    Source,
    Supporter,
    SupporterRole,
)
from tests import ready

# On a busy machine an example may take its time, and that says nothing about it.
hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("unhurried")

# Who asks for one of these has a database.
DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}
NEW_YORK = ZoneInfo("America/New_York")
# A quiet day in the middle of the 2024 cohort's first summer.
NOW = datetime(2024, 7, 1, 15, 0, tzinfo=UTC)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test without a database says the same whatever the database is, so the second run leaves it out."""
    for item in items:
        needs_none = DATABASE.isdisjoint(getattr(item, "fixturenames", ())) and not item.get_closest_marker("django_db")
        if needs_none:
            item.add_marker(pytest.mark.once)


@pytest.fixture
def now():
    """Stop the clock at NOW for the length of a test."""
    with clock.at(NOW):
        yield NOW


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """pytest-django's place to have a say before it makes the database: it begins as a copy of one that is migrated."""
    with django_db_blocker.unblock():
        kept = ready.provide()
    yield
    if kept:
        kept.close()


@pytest.fixture(autouse=True)
def _audit_may_be_flushed(request):
    """The one place where tests that flush the database lift the audit triggers; they are back for the next test."""
    flushes = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not flushes:
        yield
        return
    request.getfixturevalue("transactional_db")
    triggers.lift(connection)
    triggers.protect(connection)
    yield
    triggers.lift(connection)


def make_user(name: str, role: str = Role.PARTICIPANT, **fields: object) -> User:
    """A person with a verified address ``<name>@test.example`` and the password ``cast-password``."""
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@test.example")
    user = User(email=email, name=name, role=role, joined_at=NOW, **fields)
    user.set_password("cast-password")
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_practice(name: str = "Synthetic Oncology Practice", **fields: object) -> Practice:
    return Practice.objects.create(
        name=name, city="Testville", region="VA", created_at=NOW, is_synthetic=True, **fields
    )


def make_team(practice: Practice, leader: User, *core: User, name: str = "") -> Team:
    team = Team.objects.create(practice=practice, name=name or f"Team of {leader.name}", created_at=NOW)
    Member.objects.create(team=team, user=leader, role=MemberRole.LEADER, joined_on=date(2024, 3, 1))
    for user in core:
        Member.objects.create(team=team, user=user, role=MemberRole.CORE, joined_on=date(2024, 3, 1))
    return team


def make_program(code: str = "test-program", **fields: object) -> Program:
    values = {
        "title": "Test Learning Collaborative",
        "summary": "A program of the tests.",
        "length_months": 24,
        "core_team_min": 2,
        "core_team_max": 4,
        "teams_min": 10,
        "teams_max": 14,
        "definition": {},
        "loaded_at": NOW,
    }
    return Program.objects.create(code=code, **values | fields)


def make_cohort(program: Program, code: str = "test-cohort", **fields: object) -> Cohort:
    values = {"title": "Test cohort 2024", "zone": NEW_YORK, "starts_on": date(2024, 6, 26), "created_at": NOW}
    return Cohort.objects.create(program=program, code=code, **values | fields)


def make_milestone(
    cohort: Cohort, code: str, kind: str, on: date, due_from: str = DueFrom.NOBODY, **fields: object
) -> Milestone:
    values = {"title": f"Milestone {code}", "starts_on": on, "ends_on": on, "zone": cohort.zone, "source": Source.SEED}
    return Milestone.objects.create(cohort=cohort, code=code, kind=kind, due_from=due_from, **values | fields)


def make_enrollment(
    cohort: Cohort, team: Team, by: User, state: str = EnrollmentState.ACTIVE, joined_on: date | None = date(2024, 6, 1)
) -> Enrollment:
    if state in (EnrollmentState.APPLYING, EnrollmentState.ALTERNATE, EnrollmentState.DECLINED):
        joined_on = None
    return Enrollment.objects.create(
        cohort=cohort, team=team, state=state, started_at=NOW, started_by=by, joined_on=joined_on
    )


@dataclass
class Cast:
    """People by what they are to one enrolled team, and what that team has."""

    leader: User
    colleague: User  # core team
    helper: User  # larger team
    former: User  # left the team
    stranger: User  # leads another practice's team in the same cohort
    reviewer: User
    coach: User  # supports the team
    other_coach: User  # supports the stranger's team
    leadership: User
    staff: User
    inactive: User
    practice: Practice
    team: Team
    other_team: Team
    program: Program
    cohort: Cohort
    deadline: Milestone
    session: Milestone
    baseline: Milestone
    first_update: Milestone
    enrollment: Enrollment
    other_enrollment: Enrollment


def _people() -> dict[str, User]:
    return {
        "leader": make_user(
            "Lena Leader", profession="physician", asco_membership="member", asco_member_number="000001"
        ),
        "colleague": make_user("Cora Colleague", profession="nurse"),
        "helper": make_user("Hal Helper"),
        "former": make_user("Fred Former"),
        "stranger": make_user("Stan Stranger", profession="physician", asco_membership="member"),
        "coach": make_user("Cody Coach", Role.COACH),
        "other_coach": make_user("Olga Othercoach", Role.COACH),
        "reviewer": make_user("Rita Reviewer", Role.REVIEWER),
        "leadership": make_user("Lou Leadership", Role.LEADERSHIP),
        "staff": make_user("Stella Staff", Role.STAFF),
        "inactive": make_user("Ina Inactive", is_active=False),
    }


def _teams(people: dict[str, User]) -> dict[str, object]:
    practice, since = make_practice(), date(2024, 3, 1)
    team = make_team(practice, people["leader"], people["colleague"])
    other_team = make_team(make_practice("Other Synthetic Practice"), people["stranger"])
    Member.objects.create(team=team, user=people["helper"], role=MemberRole.LARGER, joined_on=since)
    left = {"left_on": date(2024, 5, 1), "left_reason": "Moved"}
    Member.objects.create(team=team, user=people["former"], role=MemberRole.CORE, joined_on=since, **left)
    sponsor = {"name": "Sam Sponsor", "email": "sam.sponsor@test.example", "position": "Chief Medical Officer"}
    Sponsor.objects.create(team=team, since_on=since, **sponsor)
    return {"practice": practice, "team": team, "other_team": other_team}


def _timeline() -> dict[str, object]:
    program = make_program()
    cohort = make_cohort(program)
    make_milestone(cohort, "opening", MilestoneKind.OPENING, date(2024, 3, 1))

    def milestone(code: str, kind: str, month: int, day: int, due_from: str, **fields: object) -> Milestone:
        return make_milestone(cohort, code, kind, date(2024, month, day), due_from, **fields)

    return {
        "program": program,
        "cohort": cohort,
        "deadline": milestone("deadline", MilestoneKind.DEADLINE, 5, 1, DueFrom.LEADER, ends_time=time(23, 59)),
        "session": milestone(
            "qtp-1", MilestoneKind.SESSION, 7, 11, DueFrom.CORE_TEAM, ends_on=date(2024, 7, 12), place="Alexandria, VA"
        ),
        "baseline": milestone(
            "baseline", MilestoneKind.ASSESSMENT, 7, 10, DueFrom.ENROLLMENT, instrument="equity-illustrative"
        ),
        "first_update": milestone("update-1", MilestoneKind.UPDATE, 9, 30, DueFrom.ENROLLMENT),
    }


def build_cast() -> Cast:
    people, timeline = _people(), _timeline()
    teams = _teams(people)
    enrollments = {
        "enrollment": make_enrollment(timeline["cohort"], teams["team"], people["leader"]),
        "other_enrollment": make_enrollment(timeline["cohort"], teams["other_team"], people["stranger"]),
    }
    for enrollment, coach in zip(enrollments.values(), ("coach", "other_coach"), strict=True):
        Supporter.objects.create(
            enrollment=enrollment, user=people[coach], role=SupporterRole.COACH, since_on=date(2024, 6, 1)
        )
    return Cast(**people, **teams, **timeline, **enrollments)


@pytest.fixture
def cast(db, now):
    return build_cast()


@pytest.fixture
def staff(client, cast, settings):
    """The client of a member of staff, signed in; the second factor is asked for elsewhere."""
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client.force_login(cast.staff)
    return client
