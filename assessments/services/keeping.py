"""What a page sends: of several answers, those that can be kept are, and the others hold none of them back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from assessments.models import AgreedAnswer, MemberAnswer, ReviewerAnswer
from assessments.services.answers import AnswersChanged, ItemAnswer
from assessments.services.own import OwnAnswer

Row = AgreedAnswer | MemberAnswer | ReviewerAnswer
Given = TypeVar("Given", OwnAnswer, ItemAnswer)


@dataclass
class Kept:
    """By item id: what stands as it was sent, and what somebody else (or oneself elsewhere) wrote there meanwhile."""

    saved: dict[int, Row] = field(default_factory=dict)
    conflicts: dict[int, Row] = field(default_factory=dict)


def keep(save: Callable[[Sequence[Given]], Iterable[Row]], answers: Sequence[Given]) -> Kept:
    """Call ``save`` (one of ``answer_alone``, ``review``, ``agree_domain``) until nothing that conflicts is left.

    Nothing is begun by a page that has nothing to save.

    Raises:
        AssessmentRefused: nothing can be saved any more.
    """
    kept, left = Kept(), answers
    while left:
        try:
            kept.saved = {row.item_id: row for row in save(left)}
            break
        except AnswersChanged as changed:
            kept.conflicts |= changed.current
            left = [one for one in left if one.item.pk not in kept.conflicts]
    return kept
