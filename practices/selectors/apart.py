"""Which entries staff have told apart, and whether that still holds."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q

from practices.models import TELLING, Practice, ToldApart

# Practice -> those that it was told apart from.
Apart = Mapping[int, set[int]]


@dataclass(frozen=True)
class Told:
    """What was said of a practice and another one, and whether both are still what they were then."""

    row: ToldApart
    other: Practice
    holds: bool


def stamp_of(one: Practice, other: Practice) -> str:
    """What the two are told apart by, as 64 characters; the same whichever comes first."""
    facts = [
        [str(getattr(practice, name)) for name in TELLING] for practice in sorted((one, other), key=lambda row: row.pk)
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def told_apart(practice: Practice) -> list[Told]:
    """What was said of ``practice`` and has not been taken back, the newest first; one query."""
    rows = ToldApart.objects.filter(Q(first=practice) | Q(second=practice), ended_at=None)
    return [
        Told(row, row.second if row.first_id == practice.pk else row.first, _holds(row))
        for row in rows.select_related("first", "second", "told_by")
    ]


def apart_now() -> Apart:
    """Every pair of which it holds, both ways round; one query."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in ToldApart.objects.filter(ended_at=None).select_related("first", "second"):
        if _holds(row):
            found[row.first_id].add(row.second_id)
            found[row.second_id].add(row.first_id)
    return found


def still_alike(group: Collection[int], apart: Apart) -> set[int]:
    """Of practices that are all alike, those that have another one in the group from which nobody told them apart."""
    return {pk for pk in group if len(group) - 1 > len(apart.get(pk, set()).intersection(group))}


def _holds(row: ToldApart) -> bool:
    return row.facts == stamp_of(row.first, row.second)
