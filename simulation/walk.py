"""Installing a program in an empty database and walking one of its cohorts; what ``simulate`` and its tests call."""

import json
from dataclasses import dataclass

from core import clock
from core.refusals import Refused
from dashboards import services as dashboards
from programs.definition import catalog, read
from programs.models import Cohort
from simulation.agenda import SWEEP_EVERY
from simulation.expected import Grid, expected_mail
from simulation.ledger import ledger
from simulation.relay import recording
from simulation.run import default_start, run, span_of


@dataclass(frozen=True)
class Plan:
    """What to simulate. ``cohort``: the code of one of the program's cohorts; empty: its first, or a new one."""

    program: str
    applications: int = 75
    teams: int = 14
    seed: int = 1
    cohort: str = ""


def refuse_impossible(plan: Plan) -> None:
    """Raise Refused for a plan that cannot be walked, before any database is made for it."""
    if plan.teams < 1 or plan.applications < plan.teams:
        raise Refused(
            f"{plan.teams} teams cannot be chosen from {plan.applications} applications. "
            "Ask for at least one team, and for as many applications as teams."
        )
    known = catalog()
    if plan.program not in known:
        raise Refused(f"There is no program “{plan.program}”. Known programs: {', '.join(known)}.")
    cohorts = [cohort.code for cohort in read(known[plan.program]).cohorts]
    if plan.cohort and plan.cohort not in cohorts:
        raise Refused(f"“{plan.cohort}” is no cohort of {plan.program}. It has: {', '.join(cohorts) or 'none yet'}.")


def walk(plan: Plan) -> dict[str, object]:
    """Install the program, run the cohort to its end, and return its ledger.

    Raises:
        Refused: no such program or cohort, or fewer applications than teams.
    """
    refuse_impossible(plan)
    cohort = _cohort(plan)
    with recording() as delivered:
        run(cohort, applications=plan.applications, teams=plan.teams, seed=plan.seed)
    span = span_of(cohort.call)
    expected = expected_mail(cohort, Grid(span.start, SWEEP_EVERY, span.end))
    return ledger(cohort, seed=plan.seed, expected=expected, delivered=delivered)


def _cohort(plan: Plan) -> Cohort:
    program = dashboards.install_catalog_program(plan.program)
    cohorts = program.cohorts.order_by("starts_on", "code")
    if plan.cohort:
        return cohorts.get(code=plan.cohort)
    if cohort := cohorts.first():
        return cohort
    starts_on = default_start(clock.now().date())
    return dashboards.open_cohort(
        program,
        code=f"{program.code}-simulated",
        title=f"{program.title} (simulated)",
        starts_on=starts_on,
        is_synthetic=True,
    )


def as_text(account: dict[str, object]) -> str:
    """A ledger for people: a few lines of sums and one line a milestone."""
    mail, applications = account["mail"], account["applications"]
    lines = [
        f"{account['program']}, cohort {account['cohort']}, seed {account['seed']}",
        "",
        "Applications: " + ", ".join(f"{count} {state}" for state, count in applications.items()),
        f"Teams: {len(account['teams'])} of "
        + "-".join(_bounds(team["core_team"] for team in account["teams"]))
        + " core members",
        f"Updates filed: {account['updates']['filed']}",
        "",
        f"{'Milestone':<24}{'ends on':<12}{'owed':>6}{'met':>6}{'late':>6}{'missed':>8}  source",
    ]
    lines += [
        f"{row['code']:<24}{row['ends_on']:<12}{row['owed']:>6}{row['met']:>6}{row['late']:>6}{row['missed']:>8}  {row['source']}"
        for row in account["milestones"]
    ]
    lines += ["", f"{'Team':<16}{'first score':>12}{'last score':>12}"]
    lines += [f"{row['team']:<16}{_score(row['first'])}{_score(row['last'])}" for row in account["scores"]]
    lines += ["", "Mail delivered: " + ", ".join(f"{count} {kind}" for kind, count in mail["by_kind"].items())]
    faults = ", ".join(f"{mail[fault]} {fault}" for fault in ("lost", "doubled", "unexpected"))
    lines += [f"Expected {mail['expected']}, delivered {mail['delivered']}: {faults}."]
    return "\n".join(lines)


def as_json(account: dict[str, object]) -> str:
    return json.dumps(account, indent=2)


def _bounds(numbers: object) -> tuple[str, str]:
    values = sorted(numbers)
    return str(values[0]), str(values[-1])


def _score(value: float | None) -> str:
    return f"{'–' if value is None else f'{value:.1f}':>12}"
