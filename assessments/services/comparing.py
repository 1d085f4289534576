"""Freezing the cohort's picture of a round, once."""

from collections import Counter
from fractions import Fraction

from django.db import IntegrityError, transaction

from accounts.models import User
from assessments import comparison, selectors
from assessments.models import Assessment, AssessmentState, Comparison, InstrumentVersion
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
    submitted = Assessment.objects.filter(milestone=milestone, state=AssessmentState.SUBMITTED).select_related(
        "version"
    )
    counts = Counter(one.version_id for one in submitted)
    version_id, teams = max(counts.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
    if teams < comparison.FEWEST:
        raise AssessmentRefused(
            f"{teams} teams have submitted. A comparison needs {comparison.FEWEST}, or single teams could be told."
        )
    content = _content([one for one in submitted if one.version_id == version_id])
    try:
        with transaction.atomic():
            frozen = Comparison.objects.create(
                milestone=milestone, teams=teams, content=content, frozen_at=clock.now(), frozen_by=by
            )
    except IntegrityError:
        raise AssessmentRefused("The comparison of this round was frozen already, and it never changes.") from None
    record("comparison.frozen", frozen, by=by)
    return frozen


def _content(assessments: list[Assessment]) -> dict[str, object]:
    version = assessments[0].version
    levels = _levels(version)
    scores = selectors.scores_of(assessments)
    domains = []
    for number, first in enumerate(scores[assessments[0].pk].domains):
        values = [scores[one.pk].domains[number].score for one in assessments]
        known = [value for value in values if value is not None]
        band = comparison.band(known, levels[first.domain.pk])
        domains.append({"code": first.domain.code, "title": first.domain.title, "band": band and _plain(band)})
    return {"schema": 1, "version": version.number, "display_max": version.display_max, "domains": domains}


def _levels(version: InstrumentVersion) -> dict[int, Fraction]:
    """The width of one level by domain: that of its coarsest item."""
    widths: dict[int, Fraction] = {}
    for item in selectors.items_of(version):
        widths[item.domain_id] = max(widths.get(item.domain_id, Fraction(0)), Fraction(1, item.highest))
    return widths


def _plain(band: comparison.Band) -> dict[str, object]:
    return {"n": band.n, "lower": str(band.lower), "median": str(band.median), "upper": str(band.upper)}
