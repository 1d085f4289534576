"""``*_at`` with ``*_by``: both or neither, and the database says so."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import CheckConstraint

from tests.architecture.rules import rooms


def pairs() -> list[tuple[type[models.Model], str]]:
    """Every model of ours with both ``<stamp>_at`` and ``<stamp>_by``, and the stamp."""
    ours = {room.name for room in rooms()}
    found = []
    for model in apps.get_models():
        names = {field.name for field in model._meta.local_fields}
        if model._meta.app_label in ours:
            stamps = sorted(name.removesuffix("_at") for name in names if name.endswith("_at"))
            found += [(model, stamp) for stamp in stamps if f"{stamp}_by" in names]
    return found


def accepts(constraint: CheckConstraint, stamp: str, at: datetime | None, by: int | None) -> bool:
    """What the database makes of the constraint's condition for these two values."""
    values = {
        f"{stamp}_at": models.Value(at, output_field=models.DateTimeField()),
        f"{stamp}_by": models.Value(by, output_field=models.BigIntegerField()),
    }
    return constraint.condition.check(values)


def names_in(constraint: CheckConstraint) -> set[str]:
    """The fields that a condition speaks of."""
    names, open_ends = set(), [constraint.condition]
    while open_ends:
        for child in open_ends.pop().children:
            if isinstance(child, tuple):
                names.add(child[0].partition("__")[0])
            else:
                open_ends.append(child)
    return names


def test_there_are_pairs_to_look_at():
    assert len(pairs()) >= 3


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "stamp"), pairs(), ids=lambda value: getattr(value, "__name__", value))
def test_both_or_neither(model, stamp):
    fields = [model._meta.get_field(f"{stamp}_{end}") for end in ("at", "by")]
    if not any(field.null for field in fields):
        return  # two columns that are never empty
    (constraint,) = [
        constraint
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint) and names_in(constraint) == {field.name for field in fields}
    ] or pytest.fail(f"{model._meta.label} needs both_or_neither({stamp!r}, …) among its constraints")
    answers = [
        accepts(constraint, stamp, at, by) for at in (None, datetime(2026, 1, 1, tzinfo=UTC)) for by in (None, 1)
    ]
    assert answers == [True, False, False, True]
    with connection.cursor() as cursor:
        in_database = connection.introspection.get_constraints(cursor, model._meta.db_table)
    assert in_database[constraint.name]["check"]
