"""What the members answered alone, side by side. Nobody who has not finished sees it."""

from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet

from accounts.models import User
from assessments import scoring
from assessments.models import AgreedAnswer, Assessment, Item, MemberAnswer, MemberTurn
from assessments.selectors.shared import items_of
from practices.models import Member
from practices.selectors import core_team


@dataclass(frozen=True)
class ItemAgreement:
    """One item: who chose what, how far apart (0: the same level; None: fewer than two levels), and what was agreed."""

    item: Item
    answers: tuple[MemberAnswer, ...]
    spread: Fraction | None
    agreed: AgreedAnswer | None

    @property
    def is_mixed(self) -> bool:
        """Answers of different kinds, such as a level beside “no data”: worth talking about too."""
        return len({answer.kind for answer in self.answers}) > 1

    @property
    def is_unanimous(self) -> bool:
        return bool(self.answers) and len({(answer.kind, answer.level_id) for answer in self.answers}) == 1


def turn_of(assessment: Assessment, user: User) -> MemberTurn | None:
    return assessment.turns.filter(user=user).first()


def waited_for(assessment: Assessment) -> QuerySet[Member]:
    """The core members who have not finished answering alone."""
    finished = assessment.turns.filter(finished_at__isnull=False).values("user")
    return core_team(assessment.enrollment.team).exclude(user__in=finished)


def may_compare(assessment: Assessment, user: User) -> bool:
    """Whether the others' answers may be shown to ``user``: after finishing one's own, and once the round is closed."""
    if assessment.submitted_at is not None:
        return True
    return assessment.turns.filter(user=user, finished_at__isnull=False).exists()


def agreement(assessment: Assessment) -> list[ItemAgreement]:
    """All items, the widest spread first, then mixed kinds, then by page. Only answers of those who have finished count."""
    finished = assessment.turns.filter(finished_at__isnull=False).values("user")
    rows = assessment.member_answers.filter(saved_by__in=finished).select_related("level", "saved_by")
    by_item: dict[int, list[MemberAnswer]] = {}
    for answer in rows.order_by("saved_by__name", "saved_by_id"):
        by_item.setdefault(answer.item_id, []).append(answer)
    agreed = {answer.item_id: answer for answer in assessment.answers.select_related("level", "saved_by")}
    found = [_one(item, by_item.get(item.pk, []), agreed.get(item.pk)) for item in items_of(assessment.version)]
    return sorted(found, key=lambda one: (-(one.spread or 0), not one.is_mixed))


def _one(item: Item, answers: list[MemberAnswer], agreed: AgreedAnswer | None) -> ItemAgreement:
    scores = [scoring.item_score(one.level.position, item.highest) for one in answers if one.level is not None]
    spread = max(scores) - min(scores) if len(scores) > 1 else None
    return ItemAgreement(item, tuple(answers), spread, agreed)
