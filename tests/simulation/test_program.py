"""The 2024 program from its first application to its last reassessment, with few teams."""

from collections import Counter

import pytest

from accounts.models import User
from dashboards.services import install_catalog_program
from practices.models import Practice
from programs.definition import catalog, planned, read
from tests.simulation.conftest import perform

# Without the mark, pytest-django makes no database for a run of this module alone.
pytestmark = pytest.mark.django_db
PROGRAM = "health-equity-2024"
APPLICATIONS, TEAMS = 8, 4


@pytest.fixture(scope="module")
def walked(module_db):
    cohort = install_catalog_program(PROGRAM).cohorts.get()
    return perform(cohort, applications=APPLICATIONS, teams=TEAMS)


@pytest.fixture(scope="module")
def account(walked):
    return walked.ledger()


def test_every_milestone_of_the_file_is_accounted_for_with_its_source(account):
    file = read(catalog()[PROGRAM])
    milestones = planned(file, file.cohorts[0]).milestones
    in_file = sorted((row.code, str(row.ends_on), row.source) for row in milestones)
    assert sorted((row["code"], row["ends_on"], row["source"]) for row in account["milestones"]) == in_file
    assert {source for _, _, source in in_file} == {"seed", "default"}


def test_what_was_owed_was_met_or_late_or_missed(account):
    assert [row["owed"] for row in account["milestones"]] == [
        row["met"] + row["late"] + row["missed"] for row in account["milestones"]
    ]
    updates = {row["code"]: row["owed"] for row in account["milestones"] if row["kind"] == "update"}
    assert updates == {f"update-{number}": 4 if number < 4 else 3 for number in range(1, 9)}  # one team leaves


def test_applications_sum_up(account):
    states = dict(account["applications"])
    assert states.pop("started") == APPLICATIONS == sum(states.values())
    assert states["accepted"] == TEAMS


def test_teams_have_two_to_four_people(account):
    assert len(account["teams"]) == TEAMS
    assert [team for team in account["teams"] if not 2 <= team["core_team"] <= 4] == []
    assert Counter(team["state"] for team in account["teams"]) == {"finished": TEAMS - 1, "withdrawn": 1}


def test_teams_get_better(account):
    stayed = [row for row in account["scores"] if row["rounds"] > 1]
    assert stayed
    assert [row for row in stayed if row["first"] >= row["last"]] == []


def test_every_expected_mail_came_once_and_no_other(account):
    mail = account["mail"]
    assert mail["expected"] == mail["delivered"] == sum(mail["by_kind"].values())
    assert {key: mail[key] for key in ("lost", "doubled", "unexpected", "still_waiting")} == {
        "lost": 0,
        "doubled": 0,
        "unexpected": 0,
        "still_waiting": 0,
    }
    assert sorted(mail["by_kind"]) == ["decision", "invitation", "news", "receipt", "reminder"]


# The twins: the ledger is worth something only if it sees the fault that it denies.


def test_a_lost_mail_is_seen(walked):
    mail = walked.ledger(delivered=walked.delivered[:-1])["mail"]
    assert (mail["lost"], mail["doubled"], mail["unexpected"]) == (1, 0, 0)


@pytest.mark.parametrize("kind", ["decision", "invitation", "news", "receipt", "reminder"])
def test_a_lost_mail_of_any_kind_is_seen(walked, kind):
    lost = next(mail for mail in walked.delivered if mail.kind == kind)
    mail = walked.ledger(delivered=[mail for mail in walked.delivered if mail is not lost])["mail"]
    assert (mail["lost"], mail["doubled"], mail["unexpected"]) == (1, 0, 0)


def test_a_doubled_mail_is_seen(walked):
    mail = walked.ledger(delivered=[*walked.delivered, walked.delivered[0]])["mail"]
    assert (mail["lost"], mail["doubled"], mail["unexpected"]) == (0, 1, 1)


def test_a_mail_that_nobody_expects_is_seen(walked):
    mail = walked.ledger(expected=walked.expected[:-1])["mail"]
    assert (mail["lost"], mail["doubled"], mail["unexpected"]) == (0, 0, 1)


def test_a_reminder_to_the_wrong_person_is_lost_and_unexpected(walked):
    wrong = next(mail for mail in walked.delivered if mail.kind == "reminder")
    others = [mail for mail in walked.delivered if mail is not wrong]
    stray = type(wrong)(**vars(wrong) | {"address": "nobody@synthetic.example"})
    mail = walked.ledger(delivered=[*others, stray])["mail"]
    assert (mail["lost"], mail["doubled"], mail["unexpected"]) == (1, 0, 1)


def test_nobody_is_real_and_nobody_can_sign_in(walked):
    assert not User.objects.filter(is_synthetic=False).exists()
    assert not Practice.objects.filter(is_synthetic=False).exists()
    assert [user for user in User.objects.all() if user.has_usable_password()] == []
    assert {user.email.rpartition("@")[2] for user in User.objects.all()} == {"synthetic.example"}
