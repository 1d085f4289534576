"""The one way in which a state changes.

A model with states declares::

    TRANSITIONS = {State.DRAFT: {State.SUBMITTED, State.WITHDRAWN}, ...}
    STAMPS = {State.SUBMITTED: "submitted"}     # the pair submitted_at / submitted_by

``move`` is a compare-and-swap: of two people who press at the same time one wins and the other is told.
"""

from django.db import models, transaction

from core import clock
from core.refusals import Refused
from core.services import record


class TransitionRefused(Refused):
    """The move may not be made. The message is a sentence for the person who tried."""


class NotAllowed(TransitionRefused):
    """The model's TRANSITIONS do not lead from the present state to the one asked for."""


class ChangedMeanwhile(TransitionRefused):
    """Somebody else moved the object first."""


def move(
    obj: models.Model,
    to: str,
    *,
    by: models.Model | None,
    field: str = "state",
    **changes: object,
) -> None:
    """Move ``obj`` to state ``to``, stamp it, and leave one audit row, all in one transaction.

    Args:
        obj: a saved instance; its attributes are brought up to date on success and left alone on failure.
        to: the state to reach; ``STAMPS[to]`` names the pair ``<stamp>_at`` and ``<stamp>_by`` that is set.
        by: the acting user, or None for the software itself (then a pair is not stamped, its act has no person).
        field: the name of the state's field.
        changes: other columns of the same row that change with the state.

    Raises:
        NotAllowed: no such transition from the state that ``obj`` is in.
        ChangedMeanwhile: the row in the database is no longer in that state.
    """
    model = type(obj)
    labels = dict(model._meta.get_field(field).flatchoices)
    before = getattr(obj, field)
    name = model._meta.verbose_name
    if to not in model.TRANSITIONS.get(before, set()):
        raise NotAllowed(f"This {name} is “{labels[before]}”, so it cannot become “{labels[to]}”. Reload the page.")
    stamp = getattr(model, "STAMPS", {}).get(to)
    if stamp and by is not None:
        changes |= {f"{stamp}_at": clock.now(), f"{stamp}_by": by}
    with transaction.atomic():
        row = model._base_manager.filter(pk=obj.pk, **{field: before})
        if not row.update(**{field: to}, **changes):
            raise ChangedMeanwhile(
                f"Somebody else changed this {name} a moment ago. Reload the page to see how it stands."
            )
        record(
            f"{model._meta.model_name}.{to}",
            obj,
            by=by,
            from_state=before,
            to_state=to,
            fields=sorted(changes),
        )
    for key, value in {field: to, **changes}.items():
        setattr(obj, key, value)
