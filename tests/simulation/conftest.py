"""Runs are dear, so a module makes one and its tests look at it from all sides."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.db import transaction

from dashboards.services import install_catalog_program
from programs.models import Cohort
from simulation.agenda import SWEEP_EVERY
from simulation.expected import Expectation, Grid, expected_mail
from simulation.ledger import ledger
from simulation.relay import Delivered, recording
from simulation.run import run, span_of

# The shortest of the shipped programs: a whole run of it takes seconds.
SHORT, SHORT_COHORT = "quality-training-program", "qtp-2018-dallas"


@dataclass
class Run:
    """What a run left behind."""

    cohort: Cohort
    expected: list[Expectation]
    delivered: list[Delivered]
    seed: int = 1

    def ledger(self, *, expected: list[Expectation] | None = None, delivered: list[Delivered] | None = None) -> dict:
        return ledger(
            self.cohort,
            seed=self.seed,
            expected=self.expected if expected is None else expected,
            delivered=self.delivered if delivered is None else delivered,
        )


def perform(cohort: Cohort, *, applications: int, teams: int, seed: int = 1, until: datetime | None = None) -> Run:
    with recording() as taken:
        run(cohort, applications=applications, teams=teams, seed=seed, until=until)
        delivered = list(taken)
    return Run(cohort, expected_mail(cohort, grid_of(cohort, until)), delivered, seed)


def grid_of(cohort: Cohort, until: datetime | None = None) -> Grid:
    span = span_of(cohort.call)
    return Grid(span.start, SWEEP_EVERY, min(until, span.end) if until else span.end)


def short_cohort() -> Cohort:
    return install_catalog_program(SHORT).cohorts.get(code=SHORT_COHORT)


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """The database for the length of a module; what is written in it is undone after it."""
    with django_db_blocker.unblock(), undone():
        yield
