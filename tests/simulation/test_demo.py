"""The demonstration, made small: a few teams, the same people and pages."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from applications.models import Application, Call
from applications.selectors import CallStanding, standing_of
from assessments.comparison import FEWEST
from assessments.models import Comparison
from assessments.selectors.overview import Step, standings
from core import clock
from notifications.models import Message
from programs.models import Enrollment, Milestone
from simulation import demo
from simulation.half_way import AGREED
from tests.simulation.conftest import undone

# Without the mark, pytest-django makes no database for a run of this module alone.
pytestmark = pytest.mark.django_db
PASSWORD = "a-password-of-the-tests"
TODAY = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def small():
    """Few teams, a password, and a clock that stands."""
    with pytest.MonkeyPatch.context() as patch, clock.at(TODAY):
        patch.setattr(demo, "APPLICATIONS", 9)
        patch.setattr(demo, "TEAMS", 7)
        patch.setattr(demo, "OPEN_APPLICATIONS", 4)
        patch.setattr("django.conf.settings.DEMO_PASSWORD", PASSWORD)
        yield


@pytest.fixture(scope="module")
def there(module_db, small):
    demo.create()


@pytest.fixture
def at_today(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    with clock.at(TODAY):
        yield


def home(email: str) -> str:
    client = Client()
    assert client.login(email=email, password=PASSWORD)
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


# Words that only a page with something on it has.
CONTENT = {
    "staff@demo.example": "demo, in mid-program",
    "second@demo.example": "demo, in mid-program",
    "leader@demo.example": "Team 001",
    "member@demo.example": "Team 001",
    "coach@demo.example": "Team 001",
    "applicant@demo.example": "Applying team 002",
    "reviewer@demo.example": "eview",
    "leadership@demo.example": "demo, in mid-program",
}


@pytest.mark.parametrize("persona", demo.PERSONAS, ids=lambda persona: persona.email)
def test_everybody_can_sign_in_and_finds_something_on_the_first_page(there, at_today, persona):
    with undone():
        assert CONTENT[persona.email] in home(persona.email)
    person = User.objects.get(email=persona.email)
    assert (person.name, person.role, person.is_synthetic) == (persona.name, persona.role, True)


def test_nobody_else_can_sign_in(there):
    able = {user.email for user in User.objects.all() if user.has_usable_password()}
    assert able == {persona.email for persona in demo.PERSONAS}
    assert not User.objects.filter(is_synthetic=False).exists()


def test_one_cohort_is_in_mid_program_and_one_call_is_open(there, at_today):
    states = Enrollment.objects.filter(cohort__code="demo-running", team__name__startswith="Team").values_list(
        "state", flat=True
    )
    assert Counter(states)["active"] == 6  # of seven, one has left
    assert Counter(states)["withdrawn"] >= 1
    assert standing_of(Call.objects.get(cohort__code="demo-open"), clock.now()) is CallStanding.OPEN
    draft = Application.objects.get(enrollment__team__members__user__email="applicant@demo.example")
    assert draft.state == "draft"


def test_a_comparison_is_frozen_and_a_late_baseline_is_in_its_middle(there, at_today):
    baseline = Milestone.objects.get(cohort__code="demo-running", code="baseline")
    frozen = Comparison.objects.get(milestone=baseline)
    assert frozen.teams >= FEWEST and frozen.frozen_by.email == "staff@demo.example"
    (late,) = [one for one in standings(baseline, now=TODAY) if one.step in (Step.ALONE, Step.AGREEING)]
    assert (late.is_late, late.agreed, late.finished) == (True, AGREED, late.members - 1)
    client = Client()
    client.login(email="leader@demo.example", password=PASSWORD)
    with undone():
        page = client.get(f"/assessments/cohorts/{baseline.cohort.code}/rounds/{baseline.code}/").content.decode()
    assert "your team" in page


def test_no_mail_waits_for_the_first_sweep(there, at_today):
    with undone():
        call_command("demo", if_empty=True)
    assert sorted(Message.objects.filter(state__in=["pending", "claimed"])) == []


def test_if_empty_changes_nothing_where_somebody_lives(there, at_today):
    before = (User.objects.count(), Application.objects.count(), Message.objects.count())
    call_command("demo", if_empty=True)
    call_command("demo", if_empty=True)
    assert (User.objects.count(), Application.objects.count(), Message.objects.count()) == before
    with pytest.raises(CommandError, match="Somebody lives in this database already"):
        call_command("demo")


def test_the_sign_ins_are_printed(there, small, capsys):
    call_command("demo", sign_ins=True)
    lines = capsys.readouterr().out.splitlines()
    assert PASSWORD in lines[0]
    assert [line.split()[0] for line in lines[1:]] == [persona.email for persona in demo.PERSONAS]


def test_without_a_password_no_sign_in_is_printed(there, settings, capsys):
    settings.DEMO_PASSWORD = ""
    call_command("demo", sign_ins=True)
    assert capsys.readouterr().out == ""
