"""What an act would write to whom, found out by doing it and taking it back: what decides is what decides in earnest."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core import clock
from core.refusals import Refused
from notifications.models import Item, ItemState, Message
from notifications.services import Line
from programs.models import Milestone
from programs.services.milestones import move_milestone
from programs.services.moments import Moment
from programs.services.reminders import lines_due
from programs.services.topics import MOVED, REMINDER


class ListChanged(Refused):
    """Whom an act would write to is no longer what the person was shown."""


@dataclass(frozen=True)
class Reader:
    """Somebody who would get a mail, and about which team; ``address`` is where it goes."""

    key: str
    name: str
    address: str
    team: str = ""


def fingerprint(readers: Iterable[Reader], *words: str) -> str:
    """What was shown, in one word: another list of people, or other words, gives another."""
    parts = [f"{reader.key}:{reader.address}" for reader in sorted(readers, key=lambda reader: reader.key)]
    return hashlib.sha256("\n".join([*parts, *words]).encode()).hexdigest()[:32]


def written_today(milestones: Iterable[Milestone], act: Callable[[], object]) -> list[Reader]:
    """Whom ``act``, a change of these milestones' plans, would write to at once or later today, and who would not be otherwise.

    A person is named once. Nothing is changed. Raises what ``act`` raises.
    """
    keys = [milestone.pk for milestone in milestones]
    there = _written(keys)
    before = _useful_now(keys).keys()
    with transaction.atomic():
        act()
        after = _useful_now(keys)
        transaction.set_rollback(True)
    found: dict[User, list[str]] = defaultdict(list)
    for key, line in after.items():
        if key not in there and key not in before and line.context["team"] not in found[line.to]:
            found[line.to].append(line.context["team"])
    return _named(found)


def told_of_move(milestone: Milestone, moment: Moment, *, by: User) -> list[Reader]:
    """Who would be told of the new date if ``milestone`` were moved to ``moment``. Nothing is moved. Raises Refused."""
    trial = Milestone.objects.select_related("cohort").get(pk=milestone.pk)
    with transaction.atomic():
        move_milestone(trial, **moment, by=by)
        start = f"{MOVED}:{trial.pk}:{trial.version}:"
        letters = (
            Message.objects.filter(dedupe_key__startswith=start).select_related("recipient").order_by("dedupe_key")
        )
        found: dict[User, list[str]] = defaultdict(list)
        for letter in letters if trial.version != milestone.version else []:
            found[letter.recipient].append(letter.context["team"])
        transaction.set_rollback(True)
    return _named(found)


def _named(found: dict[User, list[str]]) -> list[Reader]:
    people = sorted(found, key=lambda person: (found[person], person.name, person.pk))
    return [Reader(str(one.pk), one.name, one.email, ", ".join(found[one])) for one in people]


def _useful_now(keys: list[int]) -> dict[str, Line]:
    """What the next sweep would write about these milestones, or has written, and is of use still."""
    now, by_cohort = clock.now(), defaultdict(list)
    for row in Milestone.objects.filter(pk__in=keys).prefetch_related("reminders").order_by("pk"):
        by_cohort[row.cohort_id].append(row)
    lines = lines_due(now=now, milestones=by_cohort)
    return {line.key: line for line in lines if line.not_after is None or line.not_after > now}


def _written(keys: list[int]) -> set[str]:
    about = Q(pk=None)
    for key in keys:
        about |= Q(key__startswith=f"{REMINDER}:{key}:")
    return set(Item.objects.filter(about).exclude(state=ItemState.CANCELLED).values_list("key", flat=True))
