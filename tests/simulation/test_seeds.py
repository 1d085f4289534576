"""What a seed decides, and a plan changed behind the oracle's back. The shortest program, so that it can run often."""

from datetime import UTC, datetime

import pytest

from programs.models import Milestone, Reminder
from simulation.expected import expected_mail
from tests.simulation.conftest import grid_of, perform, short_cohort, undone

# After the first session: applying, choosing, attending and their mail are in.
ENOUGH = datetime(2018, 4, 20, tzinfo=UTC)


def account_of(seed):
    with undone():
        return perform(short_cohort(), applications=5, teams=3, seed=seed, until=ENOUGH).ledger()


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_ledger_and_another_seed_another():
    first, again, other = account_of(1), account_of(1), account_of(2)
    assert first == again
    assert {**other, "seed": 1} != first
    assert [account["mail"]["lost"] + account["mail"]["doubled"] for account in (first, other)] == [0, 0]


@pytest.mark.django_db
def test_a_reminder_that_was_taken_from_the_plan_behind_the_oracles_back_is_seen():
    cohort = short_cohort()
    reminder = (
        Reminder.objects.filter(milestone__cohort=cohort, milestone__code="qtp-1").order_by("offset_days").first()
    )
    assert reminder is not None
    Reminder.objects.filter(pk=reminder.pk).delete()
    found = perform(cohort, applications=3, teams=2, until=ENOUGH)
    assert found.ledger()["mail"]["lost"] == 0  # planner and oracle agree on the plan as it is
    Reminder.objects.create(
        milestone=reminder.milestone,
        offset_days=reminder.offset_days,
        send_time=reminder.send_time,
        audience=reminder.audience,
        template=reminder.template,
    )
    with_it = expected_mail(cohort, grid_of(cohort, ENOUGH))
    core_members = sum(team["core_team"] for team in found.ledger()["teams"])
    assert found.ledger(expected=with_it)["mail"]["lost"] == core_members


@pytest.mark.django_db
def test_a_date_that_was_changed_behind_the_planners_back_is_seen():
    cohort = short_cohort()
    found = perform(cohort, applications=3, teams=2, until=ENOUGH)
    Milestone.objects.filter(cohort=cohort, code="qtp-1").update(title="Another title")
    mail = found.ledger(expected=expected_mail(cohort, grid_of(cohort, ENOUGH)))["mail"]
    assert mail["lost"] == mail["unexpected"] > 0
