"""Prints every relation that points up the house or across a floor; exit status 1 where there is one.

A program of its own, because a trespassing model can only be looked at in a process that loads it.
"""

import sys
import tomllib
from pathlib import Path

import django
from django.apps import apps


def floors(pyproject: Path) -> dict[str, int]:
    """Room -> floor, the top floor 0, as the import contract in pyproject.toml has it."""
    contracts = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["id"] == "rooms"]
    return {room.strip(" ()"): floor for floor, layer in enumerate(layers) for room in layer.split("|")}


def upward(floor_of: dict[str, int]) -> list[str]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        own = model._meta.app_label
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            target = field.related_model
            if target is None or own not in floor_of:
                continue
            other = target._meta.app_label
            if other != own and floor_of.get(other, sys.maxsize) <= floor_of[own]:
                found.append(f"{model._meta.label}.{field.name} points up to {target._meta.label}")
    return found


if __name__ == "__main__":
    django.setup()
    trespasses = upward(floors(Path("pyproject.toml")))
    print("\n".join(trespasses), end="\n" if trespasses else "")
    sys.exit(1 if trespasses else 0)
