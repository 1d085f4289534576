"""Answering alone first: a member's own answers, until that member says that they are finished."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from assessments import selectors
from assessments.models import Assessment, AssessmentState, Item, Level, MemberAnswer, MemberTurn
from assessments.services.answers import refuse_foreign
from assessments.services.rounds import AssessmentRefused
from core import clock
from core.services import record


@dataclass(frozen=True)
class OwnAnswer:
    """One answer of one person; nobody else writes it, so a later save always stands."""

    item: Item
    kind: str
    level: Level | None = None
    note: str = ""


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
    """
    answers = list(answers)
    if assessment.state != AssessmentState.OPEN:
        raise AssessmentRefused("This assessment is submitted, so its answers can no longer change.")
    turn = begin_turn(assessment, by=by)
    if turn.finished_at is not None:
        raise AssessmentRefused(
            "You have finished answering alone and seen the others' answers. Settle the differences on the team's page."
        )
    refuse_foreign(assessment, answers)
    return [_save(assessment, one, by) for one in answers]


def _save(assessment: Assessment, wanted: OwnAnswer, by: User) -> MemberAnswer:
    content = {"kind": wanted.kind, "level": wanted.level, "note": wanted.note}
    row = {"assessment": assessment, "item": wanted.item, "saved_by": by}
    try:
        with transaction.atomic():
            answer, is_new = MemberAnswer.objects.get_or_create(**row, defaults={**content, "saved_at": clock.now()})
    except IntegrityError:  # the same person in two tabs
        answer, is_new = MemberAnswer.objects.get(**row), False
    if not is_new and (answer.kind, answer.level, answer.note) != (wanted.kind, wanted.level, wanted.note):
        for name, value in {**content, "saved_at": clock.now(), "version": answer.version + 1}.items():
            setattr(answer, name, value)
        answer.save()
    return answer


@transaction.atomic
def finish_turn(assessment: Assessment, *, by: User) -> MemberTurn:
    """From now on the person sees the others' answers, and their own no longer change.

    Raises:
        AssessmentRefused: an item has no answer of this person; how many, and the first ones.
    """
    items = selectors.items_of(assessment.version)
    given = set(assessment.member_answers.filter(saved_by=by).values_list("item", flat=True))
    if missing := [item for item in items if item.pk not in given]:
        listed = "; ".join(item.text for item in missing[:3]) + ("; …" if len(missing) > 3 else "")
        count = f"{len(missing)} {'item has' if len(missing) == 1 else 'items have'}"
        raise AssessmentRefused(f"{count} no answer of yours yet: {listed} Answer each, “no data” is an answer too.")
    turn = begin_turn(assessment, by=by)
    if MemberTurn.objects.filter(pk=turn.pk, finished_at=None).update(finished_at=clock.now()):
        turn.refresh_from_db()
        record("memberturn.finished", turn, by=by)
    return turn
