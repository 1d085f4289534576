"""Instruments from files that staff choose: read, tried, and taken as a draft."""

from django.db import transaction

from accounts.models import User
from assessments import definition, selectors
from assessments.definition import InstrumentFile, InstrumentPlan, InvalidInstrument
from assessments.models import InstrumentVersion
from assessments.services.editing import put_instrument
from assessments.services.refusals import InstrumentRefused
from assessments.services.versions import create_instrument, write_next


def read_file(name: str, content: bytes | str, settings: InstrumentPlan | None = None) -> InstrumentFile:
    """The instrument that a file says, by its ending: YAML, or a data dictionary for what ``settings`` is the rest of.

    Nothing is written.

    Raises:
        InstrumentRefused: the file cannot be used; ``sentences`` has each reason with its line and field.
    """
    try:
        text = _text(content)
        if not name.lower().endswith(".csv"):
            return definition.parse(text, name)
        if settings is None:
            raise InstrumentRefused(
                [
                    "A data dictionary has no rule and no scale. Begin with a YAML file, or open a version and take it there."
                ]
            )
        return definition.read_table(text, settings, name)
    except InvalidInstrument as error:
        raise InstrumentRefused(error.sentences) from error


def trial_of_file(version: InstrumentVersion, name: str, content: bytes | str, *, by: User) -> InstrumentFile:
    """What ``put_instrument`` would make of the file, found out by doing it and taking it back.

    Raises:
        InstrumentRefused: as ``read_file`` and ``put_instrument``.
    """
    wanted = read_file(name, content, selectors.plan_of(version))
    with transaction.atomic():
        put_instrument(version, wanted, by=by)
        transaction.set_rollback(True)
    return wanted


@transaction.atomic
def take_file(wanted: InstrumentFile, *, by: User) -> InstrumentVersion:
    """Make the draft of the file's instrument what it says: of a new instrument, the present draft, or the next version.

    Raises:
        InstrumentRefused: it moves an item between domains against a frozen version.
    """
    newest = selectors.last_version(wanted.code)
    if newest is None:
        newest = create_instrument(wanted.code, wanted.title, is_illustrative=wanted.is_illustrative, by=by)
    draft = write_next(newest, by=by)
    put_instrument(draft, wanted, by=by)
    return draft


def trial_of_taking(wanted: InstrumentFile, *, by: User) -> None:
    """Raises as ``take_file``, and changes nothing."""
    with transaction.atomic():
        take_file(wanted, by=by)
        transaction.set_rollback(True)


def _text(raw: bytes | str) -> str:
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        sentence = f"Line {line}: this is not UTF-8. Save the file as “CSV UTF-8” or as UTF-8."
        raise InstrumentRefused([sentence]) from error
