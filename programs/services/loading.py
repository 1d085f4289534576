"""Loading a program's file: once or a hundred times, with the same end, and a list of what it changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from core import clock
from core.refusals import Refused
from core.services import record
from programs.definition import PlannedMilestone, ProgramFile, planned
from programs.definition.schema import CohortPlan
from programs.models import Cohort, Milestone, Program, Reminder, Source
from programs.services.cohorts import PLANNED, add_milestones, reminder_row
from programs.services.milestones import set_moment
from programs.services.moments import NAMES

# What a reload compares beside the moment, which moves by a road of its own.
PLAIN = tuple(name for name in PLANNED if name not in {*NAMES, "code", "zone"})


@dataclass(frozen=True)
class Change:
    """What loading did to one thing: ``verb`` is added, changed, unchanged or kept (staff have moved it, or only we have it)."""

    verb: str
    what: str
    field: str = ""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        if self.verb == "changed":
            return f"changed    {self.what}: {self.field}: {self.old or 'nothing'} -> {self.new or 'nothing'}"
        return f"{self.verb:<10} {self.what}" + (f" ({self.field})" if self.field else "")


@transaction.atomic
def load_program(definition: ProgramFile) -> list[Change]:
    """Bring a program, its dated cohorts, their milestones and reminders to what the file says.

    Milestones that staff have moved are left alone and reported as kept, as are reminders that staff have changed and what
    the file does not have; nothing is deleted. A date that the file moves is moved as staff would: reminders of the old one
    are cancelled and people told.

    Raises:
        Refused: one of the file's cohorts belongs to another program.
    """
    program, changes = _program(definition)
    for plan in definition.cohorts:
        changes += _cohort(program, definition, plan)
    if any(change.verb in ("added", "changed") for change in changes):
        record("program.loaded", program, by=None, fields=sorted({change.field for change in changes if change.field}))
    return changes


def _program(definition: ProgramFile) -> tuple[Program, list[Change]]:
    facts, document = definition.program, definition.model_dump(mode="json")
    values = {
        "title": facts.title,
        "summary": facts.summary,
        "length_months": facts.length.months,
        "core_team_min": facts.core_team.min,
        "core_team_max": facts.core_team.max,
        "teams_min": facts.seats.min,
        "teams_max": facts.seats.max,
        "definition": document,
    }
    what = f"program {facts.code}"
    program = Program.objects.filter(code=facts.code).first()
    if program is None:
        program = Program.objects.create(code=facts.code, loaded_at=clock.now(), **values)
        return program, [Change("added", what)]
    changes = list(_differences(what, dict(_flat(program.definition)), dict(_flat(document))))
    if not changes:
        return program, [Change("unchanged", what)]
    Program.objects.filter(pk=program.pk).update(loaded_at=clock.now(), **values)
    program.refresh_from_db()
    return program, changes


def _flat(document: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of a JSON document under a path of keys; members of a list go by their code where they have one.

    The cohorts of a file are left out: what changed in them is told by their rows.
    """
    if isinstance(document, dict):
        for key, value in document.items():
            if path or key != "cohorts":
                yield from _flat(value, f"{path}.{key}" if path else key)
    elif isinstance(document, list):
        for index, value in enumerate(document):
            name = value.get("code", index) if isinstance(value, dict) else index
            yield from _flat(value, f"{path}[{name}]")
    elif document not in (None, ""):
        yield path, str(document)


def _differences(what: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for field in sorted(old.keys() | new.keys()):
        if old.get(field, "") != new.get(field, ""):
            yield Change("changed", what, field, _short(old.get(field, "")), _short(new.get(field, "")))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _cohort(program: Program, definition: ProgramFile, plan: CohortPlan) -> list[Change]:
    what, dates = f"cohort {plan.code}", planned(definition, plan)
    cohort = Cohort.objects.select_related("program").filter(code=plan.code).first()
    values = {"title": plan.title, "zone": dates.zone, "starts_on": dates.starts_on}
    if cohort is None:
        cohort = Cohort.objects.create(program=program, code=plan.code, created_at=clock.now(), **values)
        rows = add_milestones(cohort, dates.milestones)
        return [Change("added", what), *(Change("added", _name(row)) for row in rows)]
    if cohort.program_id != program.pk:
        raise Refused(f"The cohort “{plan.code}” belongs to {cohort.program}. Give this one another code.")
    old = {name: _word(getattr(cohort, name)) for name in values}
    changes = list(_differences(what, old, {name: _word(value) for name, value in values.items()}))
    if changes:
        Cohort.objects.filter(pk=cohort.pk).update(**values)
    return (changes or [Change("unchanged", what)]) + _milestones(cohort, dates.milestones)


def _milestones(cohort: Cohort, plans: Iterable[PlannedMilestone]) -> list[Change]:
    there = {row.code: row for row in cohort.milestones.select_related("cohort").prefetch_related("reminders")}
    changes: list[Change] = []
    for plan in plans:
        row = there.pop(plan.code, None)
        if row is None:
            changes += [Change("added", _name(new)) for new in add_milestones(cohort, [plan])]
        elif row.source == Source.STAFF:
            changes.append(Change("kept", _name(row), "moved by staff"))
        else:
            changes += list(_milestone(row, plan)) or [Change("unchanged", _name(row))]
    return changes + [Change("kept", _name(row), "not in the file") for row in there.values()]


def _milestone(row: Milestone, plan: PlannedMilestone) -> list[Change]:
    names = (*PLAIN, *NAMES, "zone")
    old = {name: _word(getattr(row, name)) for name in names}
    changes = list(_differences(_name(row), old, {name: _word(getattr(plan, name)) for name in names}))
    plain = {name: getattr(plan, name) for name in PLAIN if old[name] != _word(getattr(plan, name))}
    if plain:
        Milestone.objects.filter(pk=row.pk).update(**plain)
        for name, value in plain.items():
            setattr(row, name, value)
    set_moment(row, {name: getattr(plan, name) for name in NAMES}, source=plan.source, by=None, zone=plan.zone)
    return changes + _reminders(row, plan)


def _reminders(row: Milestone, plan: PlannedMilestone) -> list[Change]:
    there = {
        _rule_words(one.offset_days, one.offset_hours, one.send_time, one.audience): one for one in row.reminders.all()
    }
    wanted = {_rule_words(one.days, one.hours, one.at, one.to): one for one in plan.reminders}
    if there.keys() == wanted.keys():
        return []
    if row.has_own_plan:
        return [Change("kept", f"reminders of {_name(row)}", "changed by staff")]
    Reminder.objects.filter(pk__in=[one.pk for words, one in there.items() if words not in wanted]).delete()
    Reminder.objects.bulk_create(reminder_row(row, rule) for words, rule in wanted.items() if words not in there)
    return [Change("changed", _name(row), "reminders", ", ".join(sorted(there)), ", ".join(sorted(wanted)))]


def _rule_words(days: int | None, hours: int | None, at: object, audience: str) -> str:
    return f"{hours:+d}h to {audience}" if days is None else f"{days:+d}d at {at} to {audience}"


def _name(row: Milestone) -> str:
    return f"milestone {row.cohort.code}/{row.code}"


def _word(value: object) -> str:
    return "" if value is None else str(value)
