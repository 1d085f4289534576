"""What the team agrees on, item by item. No audit row for answers; each row says who saved it last and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction

from accounts.models import User
from assessments.models import (
    AgreedAnswer,
    AgreedRevision,
    AnswerKind,
    Assessment,
    AssessmentState,
    Item,
    Level,
    MemberAnswer,
    Priority,
    ReviewerAnswer,
)
from assessments.services.rounds import AssessmentRefused
from core import clock, drafts
from core.refusals import Refused


@dataclass(frozen=True)
class ItemAnswer:
    """One answer to be saved. ``base_version``: the version that the person saw, 0 for none, None to save regardless.

    ``priority`` None leaves the team's own as it is.
    """

    item: Item
    kind: str
    level: Level | None = None
    evidence: str = ""
    base_version: int | None = None
    priority: int | None = None


class AnswersChanged(Refused):
    """Somebody else saved first; nothing was overwritten. ``current`` holds the answers that stand, by item id."""

    def __init__(self, current: Mapping[int, AgreedAnswer | MemberAnswer | ReviewerAnswer]) -> None:
        self.current = current
        names = sorted({answer.saved_by.name for answer in current.values()})
        super().__init__(
            f"{' and '.join(names)} changed {len(current)} of these answers while you had the page open. "
            "Your own are still in the form below: compare them, then save again."
        )


@transaction.atomic
def agree(
    assessment: Assessment,
    item: Item,
    *,
    kind: str,
    level: Level | None = None,
    evidence: str = "",
    priority: int | None = None,
    by: User,
    base_version: int | None = None,
) -> AgreedAnswer:
    """Record what the team agreed on for one item; saving the same again changes nothing.

    Raises:
        AssessmentRefused: the round is submitted; the item, level or kind does not belong to it.
        AnswersChanged: ``base_version`` is no longer the saved one.
    """
    return agree_domain(assessment, [ItemAnswer(item, kind, level, evidence, base_version, priority)], by=by)[0]


@transaction.atomic
def agree_domain(assessment: Assessment, answers: Iterable[ItemAnswer], *, by: User) -> list[AgreedAnswer]:
    """Record several answers, all or none; raises what ``agree`` raises."""
    answers = list(answers)
    # One writer at a time for a round: submission locks the same row.
    state = Assessment.objects.select_for_update().values_list("state", flat=True).get(pk=assessment.pk)
    if state != AssessmentState.OPEN:
        raise AssessmentRefused("This assessment is submitted, so its answers can no longer change.")
    refuse_foreign(assessment, answers)
    present = {
        answer.item_id: answer
        for answer in assessment.answers.filter(item__in=[one.item.pk for one in answers]).select_related("saved_by")
    }
    if conflicts := {
        one.item.pk: present[one.item.pk] for one in answers if _is_conflict(one, present.get(one.item.pk))
    }:
        raise AnswersChanged(conflicts)
    return [_save(assessment, one, present.get(one.item.pk), by) for one in answers]


class Answering(Protocol):
    """What the answers of members, of the team and of a third party have in common."""

    @property
    def item(self) -> Item: ...
    @property
    def kind(self) -> str: ...
    @property
    def level(self) -> Level | None: ...


def refuse_foreign(assessment: Assessment, answers: Sequence[Answering]) -> None:
    """The item is of this version, the level of this item, and the kind is one that the item allows.

    Raises:
        AssessmentRefused: one does not belong to this round.
    """
    items = [one.item.pk for one in answers]
    own = set(Item.objects.filter(domain__version=assessment.version_id, pk__in=items).values_list("pk", flat=True))
    for one in answers:
        has_level = one.level is not None and one.level.item_id == one.item.pk
        fits = {
            AnswerKind.LEVEL: has_level,
            AnswerKind.NOT_APPLICABLE: one.level is None and one.item.allows_not_applicable,
            AnswerKind.NO_DATA: one.level is None and one.item.allows_no_data,
        }.get(one.kind, False)
        if one.item.pk not in own or not fits:
            raise AssessmentRefused("One of these answers does not belong to this assessment. Reload the page.")


def _is_conflict(wanted: ItemAnswer, present: AgreedAnswer | None) -> bool:
    return (
        present is not None and not _is_same(wanted, present) and drafts.is_stale(wanted.base_version, present.version)
    )


def _is_same(wanted: ItemAnswer, present: AgreedAnswer) -> bool:
    level = wanted.level.pk if wanted.level else None
    priority = present.priority if wanted.priority is None else wanted.priority
    given = (wanted.kind, level, wanted.evidence, priority)
    return (present.kind, present.level_id, present.evidence, present.priority) == given


def _save(assessment: Assessment, wanted: ItemAnswer, present: AgreedAnswer | None, by: User) -> AgreedAnswer:
    if present is not None and _is_same(wanted, present):
        return present
    priority = wanted.priority
    if priority is None:
        priority = present.priority if present else Priority.NONE
    content = {"kind": wanted.kind, "level": wanted.level, "evidence": wanted.evidence, "priority": priority}
    stamp = {"saved_at": clock.now(), "saved_by": by}
    if present is None:
        answer = AgreedAnswer.objects.create(assessment=assessment, item=wanted.item, version=1, **content, **stamp)
    elif drafts.swap(present, **content, **stamp):
        answer = present
    else:
        raise AnswersChanged({wanted.item.pk: AgreedAnswer.objects.select_related("saved_by").get(pk=present.pk)})
    AgreedRevision.objects.create(answer=answer, version=answer.version, **content, **stamp)
    return answer
