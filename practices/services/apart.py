"""Two entries that look alike are two practices: staff say so, and take it back."""

from django.db import transaction

from accounts.models import User
from core import clock
from core.services import record
from practices.models import Practice, ToldApart
from practices.selectors import stamp_of
from practices.services.merging import held
from practices.services.refusals import PracticeRefused


@transaction.atomic
def tell_apart(one: Practice, other: Practice, *, reason: str, by: User) -> ToldApart:
    """They are no likely duplicates any more, for as long as the facts by which they look alike are what they are now.

    What was said of the two before, of other facts, ends with it.

    Raises:
        PracticeRefused: one and the same; merged; said already; no reason.
    """
    if one.pk == other.pk:
        raise PracticeRefused("This is one and the same practice. Choose another one.")
    first, second = sorted(held(one, other), key=lambda row: row.pk)
    if merged := next((row for row in (first, second) if row.merged_into_id is not None), None):
        raise PracticeRefused(f"{merged.name} was merged into {merged.merged_into}. There is nothing to tell apart.")
    if not reason.strip():
        raise PracticeRefused("Say in a few words how you know that these are two practices.")
    facts, now = stamp_of(first, second), clock.now()
    before = ToldApart.objects.filter(first=first, second=second, ended_at=None)
    if before.filter(facts=facts).exists():
        raise PracticeRefused("Somebody told these two apart already. Reload the page.")
    before.update(ended_at=now, ended_by=by)
    told = ToldApart.objects.create(
        first=first, second=second, reason=reason.strip(), facts=facts, told_at=now, told_by=by
    )
    for row in (first, second):
        record("practice.told_apart", row, by=by)
    return told


@transaction.atomic
def take_back(told: ToldApart, *, by: User) -> None:
    """The two may be one practice after all: they are shown again where they look alike.

    Raises:
        PracticeRefused: taken back already.
    """
    ended = ToldApart.objects.filter(pk=told.pk, ended_at=None).update(ended_at=clock.now(), ended_by=by)
    if not ended:
        raise PracticeRefused("Somebody took this back already. Reload the page.")
    for row in (told.first, told.second):
        record("practice.apart_taken_back", row, by=by)
