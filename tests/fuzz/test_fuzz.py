"""Forged requests to every form and every page: whatever is sent, the answer is one that was meant, and never an error.

``FUZZ_POSTS`` says how many (``make fuzz``: 100,000 on each database), ``FUZZ_SEED`` which.
"""

import os
from collections import Counter

import pytest
from django.db import connection

from accounts import views
from collaborative.wsgi import application
from tests.fuzz.stage import FINE, Outcome, Stage, run, staged

# Without the mark, pytest-django makes no database for a run of this module alone.
pytestmark = pytest.mark.django_db
POSTS = int(os.environ.get("FUZZ_POSTS", 2_500))
# Another one on each database, so that the two runs of a test are not twice the same.
SEED = int(os.environ.get("FUZZ_SEED", 1 if connection.vendor == "sqlite" else 2))


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), staged(application) as stage:
        yield stage


def test_whatever_is_sent_the_answer_was_meant(stage, capsys):
    outcome = run(stage.server, stage.found, posts=POSTS, queries=POSTS // 20, seed=SEED)
    with capsys.disabled():
        print(report(stage, outcome))
    assert not outcome.problems, f"{len(outcome.problems)} problems, the first:\n" + "\n\n".join(outcome.problems[:5])
    assert outcome.statuses.total() == POSTS
    assert not set(outcome.statuses) - FINE
    # Filled as a browser would, a good part does what the form is for.
    assert outcome.statuses[302] > POSTS // 20


def report(stage: Stage, outcome: Outcome) -> str:
    return (
        f"\nfuzz on {connection.vendor}, seed {SEED}: {outcome.statuses.total()} posts to {len(stage.found.targets)} forms"
        f" ({_counts(outcome.statuses)}); {outcome.queries.total()} queries of {len(stage.found.pages)} pages"
        f" ({_counts(outcome.queries)}); {len(outcome.problems)} problems; {outcome.seconds:.0f} s of the processor"
    )


def _counts(statuses: Counter) -> str:
    return ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))


def test_a_view_that_trusts_what_is_sent_is_found(stage, monkeypatch):
    """The twin: one form reads a number without asking, and nothing else is wrong."""
    careful = views.services.update_profile

    def trusting(user, *, by, **fields):
        int(fields["asco_member_number"])
        return careful(user, by=by, **fields)

    monkeypatch.setattr(views.services, "update_profile", trusting)
    profiles = [target for target in stage.found.targets if target.form.action == stage.addresses["profile"]]
    found = type(stage.found)(profiles, stage.found.pages)
    outcome = run(stage.server, found, posts=40, queries=0, seed=SEED)
    assert outcome.statuses[500]
    assert "ValueError: invalid literal for int()" in "".join(outcome.problems)
