"""Rounds: which version and which baseline count, and what is unanswered."""

from django.db.models import QuerySet

from assessments.models import (
    AgreedAnswer,
    Assessment,
    AssessmentState,
    Domain,
    InstrumentVersion,
    Item,
)
from programs.models import Enrollment, Milestone, MilestoneKind


def newest_version(code: str) -> InstrumentVersion | None:
    """The edition that a round started now would use: the newest that nobody is writing any more."""
    usable = InstrumentVersion.objects.filter(instrument__code=code, is_in_writing=False)
    return usable.order_by("number").last()


def rounds_of(milestone: Milestone) -> QuerySet[Milestone]:
    """The cohort's assessment milestones with the same instrument, in order: baseline, then reassessments."""
    return Milestone.objects.filter(
        cohort=milestone.cohort_id, kind=MilestoneKind.ASSESSMENT, instrument=milestone.instrument
    ).order_by("ends_on", "ends_time", "id")


def missing_baseline(enrollment: Enrollment, milestone: Milestone) -> Milestone | None:
    """The baseline that has to be submitted before ``milestone`` may be started; None where nothing is in the way.

    The baseline is the first round that falls on or after the day the team joined: a team that joined late is not held
    up by a round that it never owed.
    """
    rounds = list(rounds_of(milestone))
    owed = [one for one in rounds if enrollment.joined_on is None or one.ends_on >= enrollment.joined_on]
    if not owed or rounds.index(milestone) <= rounds.index(owed[0]):
        return None
    is_submitted = Assessment.objects.filter(
        enrollment=enrollment, milestone=owed[0], state=AssessmentState.SUBMITTED
    ).exists()
    return None if is_submitted else owed[0]


def unanswered(assessment: Assessment) -> QuerySet[Item]:
    """The items of the version that nobody has settled yet, in the order of the pages, with their domain."""
    return (
        Item.objects.filter(domain__version=assessment.version_id)
        .exclude(pk__in=AgreedAnswer.objects.filter(assessment=assessment).values("item"))
        .select_related("domain")
        .order_by("domain__position", "position")
    )


def answers_of(assessment: Assessment, domain: Domain) -> dict[int, AgreedAnswer]:
    """The agreed answers of one domain by item, with level and the person who saved."""
    answers = assessment.answers.filter(item__domain=domain).select_related("level", "saved_by")
    return {answer.item_id: answer for answer in answers}
