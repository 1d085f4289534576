"""Agreeing on many items at once: those where everybody chose the same."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from assessments import selectors
from assessments.models import AgreedAnswer, Assessment, Domain
from assessments.services.answers import ItemAnswer, agree_domain
from assessments.services.rounds import AssessmentRefused


@transaction.atomic
def take_unanimous(assessment: Assessment, shown: Collection[int], *, by: User) -> list[AgreedAnswer]:
    """Agree on what all chose, for the items that the person was shown (``shown``: their ids), all or none of them.

    Raises:
        AssessmentRefused: the list is another one by now, or empty; the round is submitted.
        AnswersChanged: somebody agreed on one of them at the same moment.
    """
    return _take(assessment, selectors.unanimous(assessment), shown, by=by)


@transaction.atomic
def take_domain(assessment: Assessment, domain: Domain, shown: Collection[int], *, by: User) -> list[AgreedAnswer]:
    """Agree on what all chose for every item of ``domain`` that is not agreed yet, all or none of them.

    Each is an agreed answer of its own, with ``by`` as its author. ``shown``: the ids of the items that the person was shown.

    Raises:
        AssessmentRefused: on one of the items not all chose the same, so the team has to talk first; nothing is open; the
            items are other ones by now; the round is submitted.
        AnswersChanged: somebody agreed on one of them at the same moment.
    """
    (standing,) = [one for one in selectors.by_domain(assessment) if one.domain == domain]
    if standing.talk:
        raise AssessmentRefused(_to_talk_about([one.item.text for one in standing.talk]))
    if not standing.same:
        raise AssessmentRefused(f"Every item of “{domain.title}” is agreed on already.")
    return _take(assessment, standing.same, shown, by=by)


def _to_talk_about(items: list[str]) -> str:
    named = ", ".join(f"“{item}”" for item in items)
    return f"Not everybody chose the same for {named}. Open it, agree on it, and then take the rest of the domain."


def _take(
    assessment: Assessment, found: Collection[selectors.ItemAgreement], shown: Collection[int], *, by: User
) -> list[AgreedAnswer]:
    if not found or {one.item.pk for one in found} != set(shown):
        raise AssessmentRefused("The list has changed since you opened it. Look at it again, then take the answers.")
    first = [one.answers[0] for one in found]
    answers = [ItemAnswer(one.item, one.kind, one.level, base_version=0) for one in first]
    return agree_domain(assessment, answers, by=by)
