"""Agreeing on many items at once: those where everybody chose the same."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from assessments import selectors
from assessments.models import AgreedAnswer, Assessment
from assessments.services.answers import ItemAnswer, agree_domain
from assessments.services.rounds import AssessmentRefused


@transaction.atomic
def take_unanimous(assessment: Assessment, shown: Collection[int], *, by: User) -> list[AgreedAnswer]:
    """Agree on what all chose, for the items that the person was shown (``shown``: their ids), all or none of them.

    Raises:
        AssessmentRefused: the list is another one by now, or empty; the round is submitted.
        AnswersChanged: somebody agreed on one of them at the same moment.
    """
    found = selectors.unanimous(assessment)
    if not found or {one.item.pk for one in found} != set(shown):
        raise AssessmentRefused("The list has changed since you opened it. Look at it again, then take the answers.")
    first = [one.answers[0] for one in found]
    answers = [ItemAnswer(one.item, one.kind, one.level, base_version=0) for one in first]
    return agree_domain(assessment, answers, by=by)
