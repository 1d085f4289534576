"""Acts that span the rooms: a program installed with all that its teams will need, and cohorts opened with it."""

from datetime import date

from django.db import transaction

from accounts.models import User
from applications.services import open_call
from assessments import definition as instruments
from assessments.services import load_instrument, load_strategies
from core.refusals import Refused
from programs import definition as programs_files
from programs import services as programs
from programs.definition import ProgramFile
from programs.models import Cohort, MilestoneKind, Program
from programs.services import Change
from questionnaires.services import load_form
from sessions_app.models import Mode, Session
from sessions_app.services import schedule_session


@transaction.atomic
def install_program(definition: ProgramFile, *, by: User | None = None) -> list[Change]:
    """Load a program with its instruments, and open calls and schedule sessions for its dated cohorts. Idempotent.

    Returns what changed in the program, its cohorts and milestones.

    Raises:
        Refused: a cohort belongs to another program, or the file names an instrument that is not shipped.
    """
    changes = programs.load_program(definition)
    _load_instruments(definition)
    program = Program.objects.get(code=definition.program.code)
    for cohort in program.cohorts.filter(code__in=[plan.code for plan in definition.cohorts]):
        _furnish(cohort, definition, modes={}, by=by)
    return changes


def install_catalog_program(code: str, *, by: User | None = None) -> Program:
    """Install one of the programs that are shipped, by its code.

    Raises:
        Refused: there is no such program; the sentence lists the known ones.
        DefinitionError: its file is broken.
    """
    known = programs_files.catalog()
    if code not in known:
        raise Refused(f"There is no program “{code}”. Known programs: {', '.join(known)}.")
    install_program(programs_files.read(known[code]), by=by)
    return Program.objects.get(code=code)


@transaction.atomic
def open_cohort(
    program: Program,
    *,
    code: str,
    title: str,
    starts_on: date,
    is_synthetic: bool = False,
    by: User | None = None,
    like: str = "",
) -> Cohort:
    """Make a cohort of a program (see ``programs.services.create_cohort``), with its call and its sessions."""
    cohort = programs.create_cohort(
        program, code=code, title=title, starts_on=starts_on, is_synthetic=is_synthetic, by=by, like=like
    )
    _furnish(cohort, programs.definition_of(program), modes={}, by=by)
    return cohort


@transaction.atomic
def clone_cohort(
    cohort: Cohort, *, code: str, title: str, weeks: int, by: User | None = None, is_synthetic: bool = False
) -> Cohort:
    """Clone a cohort, moved by whole weeks (see ``programs.services.clone_cohort``), with its call and its sessions.

    Sessions are held as the original's are, also where staff have changed that since.
    """
    clone = programs.clone_cohort(cohort, code=code, title=title, weeks=weeks, by=by, is_synthetic=is_synthetic)
    held = Session.objects.filter(milestone__cohort=cohort).values_list("milestone__code", "mode")
    _furnish(clone, programs.definition_of(cohort.program), modes=dict(held), by=by)
    return clone


def _load_instruments(definition: ProgramFile) -> None:
    for facts in definition.program.assessments:
        try:
            load_instrument(instruments.shipped(facts.instrument))
            if found := instruments.shipped_strategies(facts.instrument):
                load_strategies(found)
        except LookupError as error:
            raise Refused(str(error.args[0])) from error


def _furnish(cohort: Cohort, definition: ProgramFile, *, modes: dict[str, str], by: User | None) -> None:
    """The call, where the cohort has an opening and a deadline, and a session for each milestone that is one.

    ``modes`` by milestone code go before those of the file.
    """
    kinds = set(cohort.milestones.values_list("kind", flat=True))
    if {MilestoneKind.OPENING, MilestoneKind.DEADLINE} <= kinds:
        title = f"Application: {definition.program.title}"
        form = load_form(definition.program.code, title, definition.form.sections, by=by)
        open_call(cohort, form=form, eligibility=definition.eligibility_check, by=by)
    held = {**programs_files.modes(definition), **modes}
    for milestone in cohort.milestones.filter(kind=MilestoneKind.SESSION):
        schedule_session(milestone, mode=held.get(milestone.code, Mode.IN_PERSON), by=by)
