"""Reads on the audit trail."""

from collections.abc import Collection, Mapping

from django.db.models import Model, Q, QuerySet

from core.models import ActorKind, AuditEntry


def history(places: Mapping[type[Model], Collection[int]]) -> QuerySet[AuditEntry]:
    """What was done to the objects with these numbers, by model, newest first.

    Numbers, not subqueries: with numbers either database finds the few rows by its index in a trail of any length.
    """
    found = Q(pk__in=[])
    for model, numbers in places.items():
        found |= Q(object_type=model._meta.label_lower, object_id__in=numbers)
    return AuditEntry.objects.filter(found).order_by("-id")


def people_in(entries: Collection[AuditEntry]) -> set[int]:
    """The numbers of the people who acted."""
    return {entry.actor_id for entry in entries if entry.actor_kind == ActorKind.USER}


def once_in_state(model: type[Model], numbers: Collection[int], verb: str, state: str) -> set[int]:
    """Which of these objects an act called ``verb`` has taken out of ``state``."""
    left = history({model: numbers}).filter(verb=verb, from_state=state)
    return set(left.order_by().values_list("object_id", flat=True))
