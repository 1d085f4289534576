"""Changing what a milestone reminds of: a line added, changed or taken out, or one milestone's lines given to its like.

What waits from a line that changes is taken back; whatever is still wanted comes again with the next sweep.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from core.refusals import Refused
from core.services import record
from notifications.models import Item, ItemState, State
from notifications.services import cancel_lines, wordings
from programs import timeline
from programs.models import Audience, DueFrom, LatePolicy, Milestone, Reminder
from programs.services.topics import REMINDER

FARTHEST_DAYS = 365
CHANGED = "The reminder plan has changed."
REMOVED = "This reminder was taken out of the plan."


@dataclass(frozen=True)
class Rule:
    """What a line of a plan says. One of ``days`` and ``hours`` is None; negative is before the deadline.

    ``send_time`` is local and counts for days only; ``template`` is “reminder” or the code of a wording.
    """

    days: int | None
    hours: int | None
    audience: str
    send_time: time = timeline.REMINDER_TIME
    template: str = wordings.BUILT_IN

    @property
    def identity(self) -> tuple[int | None, int | None, str]:
        """What a milestone has once."""
        return self.days, self.hours, self.audience

    @property
    def values(self) -> dict[str, object]:
        """As the row's fields."""
        return {
            "offset_days": self.days,
            "offset_hours": self.hours,
            "audience": self.audience,
            "send_time": self.send_time,
            "template": self.template,
        }


@dataclass(frozen=True)
class PlanChange:
    """What giving one milestone's lines to another would do to that one."""

    milestone: Milestone
    added: tuple[Reminder, ...]
    changed: tuple[tuple[Reminder, Rule], ...]
    removed: tuple[Reminder, ...]
    left_out: tuple[Reminder, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


def rule_of(reminder: Reminder) -> Rule:
    return Rule(reminder.offset_days, reminder.offset_hours, reminder.audience, reminder.send_time, reminder.template)


def wording_choices() -> list[tuple[str, str]]:
    """(template, title): the built-in words, and those that staff have written."""
    return [(wordings.BUILT_IN, "Built-in reminder"), *wordings.choices("reminder")]


@transaction.atomic
def add_line(milestone: Milestone, rule: Rule, *, by: User | None) -> Reminder:
    """Add a line to the plan. From now on the plan is staff's: loading the program's file leaves it alone.

    Raises:
        Refused: nobody owes the milestone, the offset is too far or after a deadline past which nothing is taken, there
            is no such wording, or there is such a line already.
    """
    _check(milestone, rule)
    row = Reminder(milestone=milestone, **rule.values)
    _save(row)
    _note(milestone, "reminder_added", by, ["offset", "audience"])
    return row


@transaction.atomic
def change_line(reminder: Reminder, rule: Rule, *, by: User | None) -> bool:
    """Let a line say something else; False if that is what it says. What waits from it is taken back.

    Raises:
        Refused: as ``add_line``, or it was taken out a moment ago.
    """
    row = _locked(reminder)
    before = rule_of(row)
    if before == rule:
        return False
    _check(row.milestone, rule, present=row)
    label = row.label
    for name, value in rule.values.items():
        setattr(row, name, value)
    _save(row)
    _take_back(row.milestone, label, CHANGED)
    fields = sorted(
        name for name in ("days", "hours", "audience", "send_time", "template") if _differs(before, rule, name)
    )
    _note(row.milestone, "reminder_changed", by, fields)
    return True


@transaction.atomic
def remove_line(reminder: Reminder, *, by: User | None) -> int:
    """Take a line out of the plan and cancel what waits from it; returns how many reminders that were.

    Raises:
        Refused: it was taken out a moment ago.
    """
    row = _locked(reminder)
    milestone, label = row.milestone, row.label
    row.delete()
    cancelled = _take_back(milestone, label, REMOVED)
    _note(milestone, "reminder_removed", by, ["offset", "audience"])
    return cancelled


def waiting_from(reminder: Reminder) -> int:
    """How many reminders wait that came from this line."""
    return (
        _from_line(reminder.milestone, reminder.label)
        .filter(state=ItemState.OPEN, message__state=State.PENDING)
        .count()
    )


def changes_for_kind(milestone: Milestone) -> list[PlanChange]:
    """What ``apply_to_kind`` would do, milestone by milestone in the order of dates; nothing is written."""
    wanted = {rule_of(row).identity: row for row in milestone.reminders.all()}
    return [_change(other, wanted) for other in _like(milestone)]


@transaction.atomic
def apply_to_kind(milestone: Milestone, *, by: User | None) -> int:
    """Give the lines of ``milestone`` to every milestone of its kind in the cohort; returns how many plans changed."""
    changes = [change for change in changes_for_kind(milestone) if not change.is_empty]
    for change in changes:
        for row in change.removed:
            remove_line(row, by=by)
        for row, rule in change.changed:
            change_line(row, rule, by=by)
        for row in change.added:
            add_line(change.milestone, rule_of(row), by=by)
    return len(changes)


def _like(milestone: Milestone) -> Iterable[Milestone]:
    same = Milestone.objects.filter(cohort=milestone.cohort_id, kind=milestone.kind).exclude(pk=milestone.pk)
    return same.exclude(due_from=DueFrom.NOBODY).prefetch_related("reminders")


def _change(other: Milestone, wanted: dict[tuple, Reminder]) -> PlanChange:
    there = {rule_of(row).identity: row for row in other.reminders.all()}
    new = [row for identity, row in wanted.items() if identity not in there]
    changed = [
        (row, rule_of(wanted[identity]))
        for identity, row in there.items()
        if identity in wanted and rule_of(row) != rule_of(wanted[identity])
    ]
    return PlanChange(
        other,
        added=tuple(row for row in new if not _is_useless(other, rule_of(row))),
        changed=tuple(changed),
        removed=tuple(row for identity, row in there.items() if identity not in wanted),
        left_out=tuple(row for row in new if _is_useless(other, rule_of(row))),
    )


def _check(milestone: Milestone, rule: Rule, present: Reminder | None = None) -> None:
    if milestone.due_from == DueFrom.NOBODY:
        raise Refused(f"Nobody owes “{milestone}”, so there is nobody to remind of it. Write to the people instead.")
    if (rule.days is None) == (rule.hours is None):
        raise Refused("Give the distance in days or in hours.")
    if abs(rule.days or 0) > FARTHEST_DAYS or abs(rule.hours or 0) > FARTHEST_DAYS * 24:
        raise Refused("A reminder can be at most 365 days before or after the deadline. Choose a shorter distance.")
    if _is_useless(milestone, rule):
        raise Refused(
            f"“{milestone}” takes no late work, so nobody is reminded of it after its deadline. Choose “before”."
        )
    if rule.audience not in Audience or rule.template not in dict(wording_choices()):
        raise Refused("Choose from the lists to whom the reminder goes and in which words.")
    same = milestone.reminders.filter(offset_days=rule.days, offset_hours=rule.hours, audience=rule.audience)
    if same.exclude(pk=present.pk if present else None).exists():
        raise Refused(_twice(milestone))


def _twice(milestone: Milestone) -> str:
    return f"“{milestone}” has a reminder at that distance to these people already. Change that one, or choose another distance."


def _is_useless(milestone: Milestone, rule: Rule) -> bool:
    """Whether it would come when nothing is taken any more. The day of the deadline itself is before it."""
    is_after = rule.days > 0 if rule.days is not None else rule.hours >= 0
    return is_after and milestone.late_policy == LatePolicy.CLOSED


def _save(row: Reminder) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else was a moment faster
        raise Refused(_twice(row.milestone)) from error


def _locked(reminder: Reminder) -> Reminder:
    row = Reminder.objects.select_for_update(of=("self",)).select_related("milestone").filter(pk=reminder.pk).first()
    if row is None:
        raise Refused("Somebody else took this reminder out of the plan a moment ago.")
    return row


def _take_back(milestone: Milestone, label: str, reason: str) -> int:
    return cancel_lines(_from_line(milestone, label), reason=reason)


def _from_line(milestone: Milestone, label: str) -> QuerySet[Item]:
    return Item.objects.filter(key__startswith=f"{REMINDER}:{milestone.pk}:", key__endswith=f":{label}")


def _differs(before: Rule, after: Rule, name: str) -> bool:
    return getattr(before, name) != getattr(after, name)


def _note(milestone: Milestone, act: str, by: User | None, fields: list[str]) -> None:
    Milestone.objects.filter(pk=milestone.pk, has_own_plan=False).update(has_own_plan=True)
    record(f"milestone.{act}", milestone, by=by, fields=fields)
