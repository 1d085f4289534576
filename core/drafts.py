"""Keeping what people type: a value saved by compare-and-swap, and the answer to a page that saves by itself.

Every value that is typed has a version. A page carries, beside each field, the version that the person had before them (a
hidden ``base__<field>``, 0 for none yet); a save that names an older one than is stored meets what somebody else wrote.
``static/js/autosave.js`` speaks to any address that answers with ``reply``: it sends the fields that changed, by the names
and in the shape in which the form sends them, each with its version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.db.models import F
from django.http import JsonResponse
from django.utils import timezone

from core import links, wording

BASE = "base__"  # before a field's name: the version that the person had before them
SEEN = "seen_at"  # when the page was made, as the page sends it back
CONFLICT = 409


def is_stale(base: int | None, version: int) -> bool:
    """Whether somebody wrote since version ``base`` was read. None: the person saves regardless."""
    return base is not None and base != version


def swap(row: models.Model, **values: object) -> bool:
    """Write ``values`` into a row with a ``version``, if it still is the one that was read; it is one higher afterwards.

    False: somebody was faster, and nothing was written, here or there.
    """
    same = type(row)._default_manager.filter(pk=row.pk, version=row.version)
    if not same.update(version=F("version") + 1, **values):
        return False
    for name, value in {"version": row.version + 1, **values}.items():
        setattr(row, name, value)
    return True


def fields_in(data: Mapping) -> set[str]:
    """The names of the fields that a page sent: those that have a version beside them."""
    return {name.removeprefix(BASE) for name in data if name.startswith(BASE)}


def seen_at(data: Mapping, *, now: datetime) -> datetime | None:
    """When the page that sent ``data`` was made; never later than ``now``. None: it does not say."""
    try:
        moment = datetime.fromisoformat(data.get(SEEN, ""))
    except ValueError:
        return None
    return min(moment, now) if timezone.is_aware(moment) else None


@dataclass(frozen=True)
class Theirs:
    """What somebody else wrote into the same field: in words, by whom, and when."""

    words: str
    by: str
    at: datetime
    version: int
    is_own: bool = False  # the same person's, in another window


@dataclass
class Outcome:
    """What became of the fields that were sent, each in one of the three.

    ``saved``: stored as sent, in this version · ``problems``: not stored, a sentence says why · ``conflicts``: not stored,
    for somebody else wrote there. ``refused``: nothing can be stored any more, and why.
    """

    saved: dict[str, int] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Theirs] = field(default_factory=dict)
    refused: str = ""


def reply(outcome: Outcome, *, now: datetime) -> JsonResponse:
    """The outcome as the page's script reads it, its times in the reader's zone; 409 where somebody else wrote as well, or
    where nothing can be stored any more.
    """
    at = _clock_time(now)
    conflicts = {
        name: {"theirs": one.words, "by": one.by, "own": one.is_own, "at": _moment(one.at), "version": one.version}
        for name, one in outcome.conflicts.items()
    }
    body = {
        "saved": {name: {"version": version, "at": at} for name, version in outcome.saved.items()},
        "problems": outcome.problems,
        "conflicts": conflicts,
        "refused": outcome.refused,
        "at": at,
    }
    return JsonResponse(body, status=CONFLICT if conflicts or outcome.refused else 200)


@dataclass(frozen=True)
class Page:
    """What a page that saves by itself knows of its reader.

    ``who``: as ``/session/`` names them. ``key``: what their unsaved words are sealed with in the browser, so that nobody
    reads them there who is not signed in as the same person. ``made_at``: what is newer, they have not seen.
    """

    who: str
    key: str
    made_at: str


def page(person_id: int, *, now: datetime) -> Page:
    """For the template ``components/autosave.html``."""
    return Page(links.token("session", person_id, 0), links.token("unsaved words", person_id, 0), now.isoformat())


def _clock_time(at: datetime) -> str:
    return wording.clock_time(timezone.localtime(at))


def _moment(at: datetime) -> str:
    return wording.moment(at, timezone.get_current_timezone())
