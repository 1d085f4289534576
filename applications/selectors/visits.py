"""Who changed what since somebody looked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from accounts.models import User
from applications.models import Application
from questionnaires.models import AnswerRevision


@dataclass(frozen=True)
class Change:
    """A question that a colleague answered anew, and when last."""

    text: str
    by: str
    at: datetime


def changes_since_visit(application: Application, user: User) -> dict[str, list[Change]]:
    """By section (its code): what others wrote since ``user`` had it before them, newest first. Two queries.

    A section that the person never opened has no entry: to them all of it is new. What they answered themselves later
    than the others they have seen.
    """
    visits = dict(application.visits.filter(user=user).values_list("section", "visited_at"))
    if not visits:
        return {}
    rows = list(_written(application, since=min(visits.values())))
    mine = {row["answer__question"]: row["at"] for row in rows if row["saved_by"] == user.pk}
    found: dict[str, list[Change]] = defaultdict(list)
    for row in rows:
        section = row["answer__question__section__code"]
        if section not in visits or row["saved_by"] == user.pk:
            continue
        if row["at"] > max(visits[section], mine.get(row["answer__question"], visits[section])):
            found[section].append(Change(row["answer__question__text"], row["saved_by__name"], row["at"]))
    return {section: sorted(changes, key=lambda one: one.at, reverse=True) for section, changes in found.items()}


def _written(application: Application, *, since: datetime) -> QuerySet:
    """The last moment at which each person wrote each answer."""
    revisions = AnswerRevision.objects.filter(answer__response=application.response_id, saved_at__gt=since)
    columns = ("answer__question", "answer__question__text", "answer__question__section__code", "saved_by")
    return revisions.values(*columns, "saved_by__name").annotate(at=Max("saved_at")).order_by()
