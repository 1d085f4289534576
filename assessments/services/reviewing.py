"""The third party's score, where an instrument asks for one: it stands beside the team's and never replaces it."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from assessments import selectors
from assessments.models import Assessment, AssessmentState, ReviewerAnswer
from assessments.services.answers import refuse_foreign
from assessments.services.own import OwnAnswer, write_own
from assessments.services.rounds import AssessmentRefused
from core import clock
from core.services import record


@transaction.atomic
def ask_reviewer(assessment: Assessment, reviewer: User, *, by: User) -> None:
    """Name the third party. Another one may be named until the review is done.

    Raises:
        AssessmentRefused: the version asks for none, the team is not finished, the reviewer belongs or belonged to the
            practice, or the review is done.
    """
    stored = Assessment.objects.select_for_update().select_related("version", "enrollment").get(pk=assessment.pk)
    if not stored.version.asks_reviewer:
        raise AssessmentRefused("This instrument asks for no third party.")
    if stored.state != AssessmentState.SUBMITTED:
        raise AssessmentRefused("The third party scores after the team has submitted.")
    if stored.review_done_at is not None:
        raise AssessmentRefused("The review of this assessment is done.")
    if not selectors.is_independent(stored, reviewer):
        raise AssessmentRefused(f"{reviewer.name} belongs to this practice, or did. Name somebody else.")
    stored.reviewer, stored.review_asked_at, stored.review_asked_by = reviewer, clock.now(), by
    stored.save(update_fields=["reviewer", "review_asked_at", "review_asked_by"])
    record("assessment.reviewer_asked", stored, by=by, fields=["reviewer"])
    assessment.refresh_from_db()


@transaction.atomic
def review(assessment: Assessment, answers: Iterable[OwnAnswer], *, by: User) -> list[ReviewerAnswer]:
    """Save what the third party says of some items; what stands already writes nothing.

    Raises:
        AssessmentRefused: ``by`` is not the named reviewer, the review is done, the round was given back, or an item, level
            or kind does not fit.
        AnswersChanged: the same person wrote elsewhere since the version that an answer names.
    """
    answers = list(answers)
    stored = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if stored.reviewer_id != by.pk:
        raise AssessmentRefused("Only the reviewer who was asked can score this assessment.")
    if stored.review_done_at is not None:
        raise AssessmentRefused("This review is done, so its answers can no longer change.")
    if stored.state != AssessmentState.SUBMITTED:
        raise AssessmentRefused("The team has this assessment back. Score it once it is submitted again.")
    refuse_foreign(assessment, answers)
    return write_own(assessment.reviewer_answers.all(), assessment, answers, by=by)


@transaction.atomic
def finish_review(assessment: Assessment, *, by: User) -> None:
    """Close the review; the team sees it from now on.

    Raises:
        AssessmentRefused: not the reviewer, done already, the round was given back, or items are missing.
    """
    stored = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if stored.reviewer_id != by.pk or stored.review_done_at is not None:
        raise AssessmentRefused("Only the reviewer who was asked can finish this review, and only once.")
    if stored.state != AssessmentState.SUBMITTED:
        raise AssessmentRefused("The team has this assessment back. Score it once it is submitted again.")
    missing = len(selectors.not_reviewed(stored))
    if missing:
        words = f"{missing} {'item has' if missing == 1 else 'items have'}"
        raise AssessmentRefused(f"{words} no answer of yours yet. “No data” is an answer too.")
    stored.review_done_at, stored.review_done_by = clock.now(), by
    stored.save(update_fields=["review_done_at", "review_done_by"])
    record("assessment.reviewed", stored, by=by)
    assessment.refresh_from_db()
