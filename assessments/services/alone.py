"""Answering alone first: a member's own answers, until that member says that they are finished."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from assessments import selectors
from assessments.models import Assessment, AssessmentState, MemberAnswer, MemberTurn
from assessments.services.answers import refuse_foreign
from assessments.services.own import OwnAnswer, write_own
from assessments.services.rounds import AssessmentRefused
from core import clock
from core.services import record


@transaction.atomic
def begin_turn(assessment: Assessment, *, by: User) -> MemberTurn:
    """Note that ``by`` answers alone; a second time changes nothing. Called by the first save, never by a page."""
    turn, _ = MemberTurn.objects.get_or_create(assessment=assessment, user=by, defaults={"began_at": clock.now()})
    return turn


@transaction.atomic
def answer_alone(assessment: Assessment, answers: Iterable[OwnAnswer], *, by: User) -> list[MemberAnswer]:
    """Save one's own answers; what stands already writes nothing.

    Raises:
        AssessmentRefused: the round is submitted, the person has finished and seen the others' answers, or an item, level
            or kind does not belong to the round.
        AnswersChanged: the same person wrote elsewhere since the version that an answer names.
    """
    answers = list(answers)
    _refuse_submitted(assessment)
    # Locked: of one person's two windows one saves after the other, and neither after the turn has been finished.
    turn = MemberTurn.objects.select_for_update().get(pk=begin_turn(assessment, by=by).pk)
    if turn.finished_at is not None:
        raise AssessmentRefused(
            "You have finished answering alone and seen the others' answers. Settle the differences on the team's page."
        )
    refuse_foreign(assessment, answers)
    return write_own(assessment.member_answers.filter(saved_by=by), assessment, answers, by=by)


@transaction.atomic
def finish_turn(assessment: Assessment, *, by: User) -> MemberTurn:
    """From now on the person sees the others' answers, and their own no longer change.

    Raises:
        AssessmentRefused: an item has no answer of this person; how many, and the first ones. Or the round is submitted.
    """
    _refuse_submitted(assessment)
    if missing := selectors.missing_of(assessment, by):
        listed = "; ".join(item.text for item in missing[:3]) + ("; …" if len(missing) > 3 else "")
        count = f"{len(missing)} {'item has' if len(missing) == 1 else 'items have'}"
        raise AssessmentRefused(f"{count} no answer of yours yet: {listed} Answer each, “no data” is an answer too.")
    turn, is_new = _close(assessment, by)
    if is_new:
        record("memberturn.finished", turn, by=by)
    return turn


@transaction.atomic
def pass_turn(assessment: Assessment, *, by: User) -> MemberTurn:
    """The person will not answer (any more of it) alone, so that the team need not wait; it cannot be taken back.

    What they have answered stays and is shown. A finished turn with fewer answers than items says what happened, and the
    trail says who said so.

    Raises:
        AssessmentRefused: the round is submitted.
    """
    _refuse_submitted(assessment)
    turn, is_new = _close(assessment, by)
    if is_new:
        record("memberturn.passed", turn, by=by)
    return turn


def _close(assessment: Assessment, by: User) -> tuple[MemberTurn, bool]:
    """The turn, and whether it was still open."""
    turn = begin_turn(assessment, by=by)
    is_new = MemberTurn.objects.filter(pk=turn.pk, finished_at=None).update(finished_at=clock.now()) == 1
    turn.refresh_from_db()
    return turn, is_new


def _refuse_submitted(assessment: Assessment) -> None:
    if assessment.state != AssessmentState.OPEN:
        raise AssessmentRefused("This assessment is submitted, so its answers can no longer change.")
