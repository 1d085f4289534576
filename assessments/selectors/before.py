"""The last round beside this one: what the team agreed on then, and what showed it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessments.models import AgreedAnswer, Assessment, AssessmentState, Evidence, Item
from assessments.selectors.rounds import rounds_of
from assessments.selectors.shared import items_of, level_set


@dataclass(frozen=True)
class Before:
    """What stands of one item in the last round. Neither new nor changed: it is shared, and may be compared."""

    is_new: bool = False
    is_changed: bool = False
    answer: AgreedAnswer | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class LastRound:
    assessment: Assessment
    by_item: dict[int, Before] = field(default_factory=dict)


def last_round(assessment: Assessment) -> Assessment | None:
    """The team's latest submitted round before this one with the same instrument; None for a baseline."""
    rounds = list(rounds_of(assessment.milestone))
    earlier = rounds[: rounds.index(assessment.milestone)]
    found = Assessment.objects.filter(
        enrollment=assessment.enrollment_id, milestone__in=earlier, state=AssessmentState.SUBMITTED
    ).select_related("version", "milestone", "enrollment")
    return max(found, key=lambda one: earlier.index(one.milestone), default=None)


def before(assessment: Assessment, items: Iterable[Item]) -> LastRound | None:
    """The last round, for these items of the present one (with their levels). Six queries at most; None for a baseline."""
    last = last_round(assessment)
    if last is None:
        return None
    old = {item.code: item for item in items_of(last.version)}
    answers = {answer.item_id: answer for answer in last.answers.select_related("level")}
    shown: dict[int, list[Evidence]] = {}
    for one in evidence_of(last):
        shown.setdefault(one.item_id, []).append(one)
    return LastRound(last, {item.pk: _one(item, old.get(item.code), answers, shown) for item in items})


def evidence_of(assessment: Assessment) -> Iterable[Evidence]:
    """What stands of the round's files and addresses, with their files and who added them."""
    return assessment.evidence.filter(removed_at=None).select_related("file", "added_by")


def _one(item: Item, was: Item | None, answers: dict[int, AgreedAnswer], shown: dict[int, list[Evidence]]) -> Before:
    if was is None:
        return Before(is_new=True)
    if level_set(was) != level_set(item):
        return Before(is_changed=True)
    return Before(answer=answers.get(was.pk), evidence=tuple(shown.get(was.pk, ())))
