"""Freezing the cohort's picture of a round, once."""

from django.db import IntegrityError, transaction

from accounts.models import User
from assessments import comparison, selectors
from assessments.models import Comparison, InstrumentVersion
from assessments.services.rounds import AssessmentRefused
from core import clock
from core.services import record
from programs.models import Milestone


@transaction.atomic
def freeze_comparison(milestone: Milestone, *, by: User) -> Comparison:
    """Write down what may be shown of the teams that have submitted this round. It never changes, whoever submits later.

    Teams that answered another version than most did are not in it. A domain of which nothing may be shown says so.

    Raises:
        AssessmentRefused: it was frozen already, the round is not over, or fewer than five teams have submitted.
    """
    if milestone.ends_at > clock.now():
        raise AssessmentRefused("The comparison is frozen once, so it waits until this round's day has passed.")
    planned = selectors.planned_comparison(milestone)
    if planned.version is None or planned.teams < comparison.FEWEST:
        raise AssessmentRefused(
            f"{planned.teams} teams have submitted. A comparison needs {comparison.FEWEST}, or single teams could be told."
        )
    try:
        with transaction.atomic():
            frozen = Comparison.objects.create(
                milestone=milestone,
                teams=planned.teams,
                content=_content(planned.version, planned),
                frozen_at=clock.now(),
                frozen_by=by,
            )
    except IntegrityError:
        raise AssessmentRefused("The comparison of this round was frozen already, and it never changes.") from None
    record("comparison.frozen", frozen, by=by)
    return frozen


def _content(version: InstrumentVersion, planned: selectors.PlannedComparison) -> dict[str, object]:
    domains = [{"code": one.code, "title": one.title, "band": one.band and _plain(one.band)} for one in planned.domains]
    return {"schema": 1, "version": version.number, "display_max": version.display_max, "domains": domains}


def _plain(band: comparison.Band) -> dict[str, object]:
    return {"n": band.n, "lower": str(band.lower), "median": str(band.median), "upper": str(band.upper)}
