"""Which questions are asked (pure: no Django)."""

from collections.abc import Iterable
from dataclasses import dataclass

from questionnaires.rules.limits import Json


@dataclass(frozen=True)
class Need:
    """``depends_on`` (a key of the values) has to be answered with one of ``values``."""

    depends_on: int
    values: tuple[Json, ...]


def asked(keys: Iterable[int], needs: dict[int, list[Need]], values: dict[int, Json]) -> set[int]:
    """The keys of the questions that are asked, ``keys`` being in the order of the form.

    All needs of a question must hold; a question that hangs on one that is not asked is not asked either.
    """
    on: set[int] = set()
    for key in keys:
        if all(need.depends_on in on and _holds(need, values.get(need.depends_on)) for need in needs.get(key, [])):
            on.add(key)
    return on


def _holds(need: Need, value: Json) -> bool:
    given = value if isinstance(value, list) else [value]
    return any(one in need.values for one in given if one is not None)
