"""``manage.py simulate`` as somebody types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from practices.models import Practice
from programs.models import Cohort
from simulation.database import RealDataHere, refuse_real_data
from tests.conftest import make_practice, make_user

ROOT = Path(__file__).parents[2]
KNOWN = "health-equity-2024, quality-training-program, rural-and-urban, underserved-communities"
THROWN_AWAY = """
import django
django.setup()
from django.db import connection
from simulation.database import throw_away
from tests.conftest import make_practice

def databases():
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'simulation%%'")
        return [name for name, in cursor.fetchall()]

before = databases()
try:
    with throw_away():
        make_practice()
        print("inside", len(databases()) - len(before))
        raise KeyError("a fault in the middle of the run")
except KeyError:
    print("after", len(databases()) - len(before), connection.introspection.table_names())
"""


def refusal(*arguments, **options):
    with pytest.raises(CommandError) as refused:
        call_command("simulate", *arguments, **options)
    assert refused.value.returncode == 1
    return str(refused.value)


def test_an_unknown_program_lists_the_known_ones():
    assert refusal("no-such-program") == f"There is no program “no-such-program”. Known programs: {KNOWN}."


def test_an_unknown_cohort_lists_the_known_ones():
    assert refusal("quality-training-program", cohort="x") == (
        "“x” is no cohort of quality-training-program. It has: qtp-2018-dallas, qtp-2018-portland."
    )
    assert refusal("rural-and-urban", cohort="x") == "“x” is no cohort of rural-and-urban. It has: none yet."


@pytest.mark.parametrize(("applications", "teams"), [(75, 0), (3, 4), (0, 0), (5, -1)])
def test_teams_that_cannot_be_chosen(applications, teams):
    assert refusal("health-equity-2024", applications=applications, teams=teams) == (
        f"{teams} teams cannot be chosen from {applications} applications. "
        "Ask for at least one team, and for as many applications as teams."
    )


def test_keep_refuses_a_database_with_real_people_and_writes_nothing(cast):
    text = refusal("health-equity-2024", keep=True)
    assert text.startswith("This database holds real data (11 people, 0 practices). Nothing was written.")
    assert list(Cohort.objects.values_list("code", flat=True)) == [cast.cohort.code]


def test_keep_writes_into_the_configured_database_and_prints_json(db, capsys):
    call_command("simulate", "quality-training-program", applications=2, teams=1, keep=True, json=True)
    account = json.loads(capsys.readouterr().out)
    assert (account["program"], account["cohort"]) == ("quality-training-program", "qtp-2018-dallas")
    assert (account["mail"]["lost"], account["mail"]["doubled"], account["mail"]["unexpected"]) == (0, 0, 0)
    assert Practice.objects.count() == 2


def test_only_what_is_marked_as_synthetic_is_not_real(db):
    refuse_real_data()
    make_user("Sam Synthetic", is_synthetic=True)
    make_practice()
    refuse_real_data()
    Practice.objects.update(is_synthetic=False)
    with pytest.raises(RealDataHere, match="0 people, 1 practices"):
        refuse_real_data()


def test_the_throw_away_database_is_gone_afterwards_even_after_a_fault(tmp_path):
    """In a process of its own: it closes the connection, which here is the one of the tests."""
    configured = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{tmp_path / 'untouched.sqlite3'}"
    if connection.vendor == "postgresql":
        configured = configured.rpartition("/")[0] + "/postgres"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": configured}
    answer = subprocess.run(
        [sys.executable, "-c", THROWN_AWAY], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    inside, after = answer.stdout.splitlines() or ["", answer.stderr]
    assert inside == f"inside {int(connection.vendor == 'postgresql')}"
    assert after == "after 0 []"
