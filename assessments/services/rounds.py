"""The life of one round: started, submitted, given back."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessments import selectors
from assessments.models import Assessment, AssessmentState, InstrumentVersion, Item
from core import clock
from core.refusals import Refused
from core.services import record
from core.transitions import move
from programs import services as programs
from programs.models import Enrollment, EnrollmentState, Milestone, MilestoneKind


class AssessmentRefused(Refused):
    """The round cannot be started, answered or submitted now."""


class NotComplete(AssessmentRefused):
    """Items without an answer; ``items`` holds them in the order of the pages."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        one = len(items) == 1
        listed = "; ".join(item.text for item in items[:3]) + ("; …" if len(items) > 3 else "")
        super().__init__(
            f"{len(items)} {'item has' if one else 'items have'} no answer yet: {listed} "
            "Choose a level, “Not applicable” or “No data” for each, then submit."
        )


@transaction.atomic
def start_assessment(enrollment: Enrollment, milestone: Milestone, *, by: User) -> Assessment:
    """Open the round of ``milestone`` with the newest version of its instrument, and freeze that version.

    Starting again returns the round that is there.

    Raises:
        AssessmentRefused: the team is not active, the milestone is no assessment of this cohort, its instrument is not
            loaded, or a reassessment comes before its baseline.
    """
    _refuse_start(enrollment, milestone)
    present = Assessment.objects.filter(enrollment=enrollment, milestone=milestone).select_related("version").first()
    if present is not None:
        return present
    if baseline := selectors.missing_baseline(enrollment, milestone):
        raise AssessmentRefused(f"Submit “{baseline.title}” first: a reassessment is compared with it.")
    version = _frozen_version(milestone.instrument)
    assessment, is_new = Assessment.objects.get_or_create(
        enrollment=enrollment,
        milestone=milestone,
        defaults={"version": version, "started_at": clock.now(), "started_by": by},
    )
    if is_new:
        record("assessment.started", assessment, by=by, to_state=assessment.state)
    return assessment


@transaction.atomic
def submit(assessment: Assessment, *, by: User, arrived_at: datetime) -> None:
    """Close the round and complete its milestone; scores are final until staff give it back.

    Raises:
        NotComplete: an item has no answer of any kind.
        TransitionRefused: it is submitted already.
        DeadlinePassed: the milestone takes no late work.
    """
    # The lock makes an answer saved at the same moment come before the check or be refused.
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    move(assessment, AssessmentState.SUBMITTED, by=by)
    try:
        if gaps := list(selectors.unanswered(assessment)):
            raise NotComplete(gaps)
        programs.complete(assessment.enrollment, assessment.milestone, by=by, arrived_at=arrived_at)
    except Refused:
        assessment.state, assessment.submitted_at, assessment.submitted_by = AssessmentState.OPEN, None, None
        raise


@transaction.atomic
def reopen(assessment: Assessment, *, by: User) -> None:
    """Give a submitted round back to the team; its milestone is due again, and so is a third party's review of it.

    Raises:
        TransitionRefused: it is not submitted.
    """
    gone = {"submitted_at": None, "submitted_by": None, "review_done_at": None, "review_done_by": None}
    move(assessment, AssessmentState.OPEN, by=by, **gone)
    programs.reopen(assessment.enrollment, assessment.milestone, by=by)


def _refuse_start(enrollment: Enrollment, milestone: Milestone) -> None:
    if milestone.cohort_id != enrollment.cohort_id or milestone.kind != MilestoneKind.ASSESSMENT:
        raise AssessmentRefused("This is not an assessment of your cohort. Open it from your team's timeline.")
    if enrollment.state != EnrollmentState.ACTIVE:
        raise AssessmentRefused("Assessments open once your team is taking part in the program.")


def _frozen_version(code: str) -> InstrumentVersion:
    """The newest version that is not in writing, frozen from now on; locked, so that nobody changes it at this moment."""
    usable = InstrumentVersion.objects.select_for_update().filter(instrument__code=code, is_in_writing=False)
    version = usable.order_by("number").last()
    if version is None:
        raise AssessmentRefused("The questions of this assessment are not available yet. Write to the program staff.")
    if version.frozen_at is None:
        version.frozen_at = clock.now()
        version.save(update_fields=["frozen_at"])
    return version
