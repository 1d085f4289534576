"""Instruments and strategies as YAML texts, and the ones that come with the product."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from assessments.definition import schema
from assessments.definition.schema import DomainPlan, InstrumentFile, InstrumentPlan, StrategyFile
from core.reading import (
    LARGEST,
    Document,
    Location,
    Misplaced,
    Problem,
    Unreadable,
    dump,
    field_of,
    fields_in,
    message_of,
)
from core.reading import parse as parse_yaml

CATALOG = Path(__file__).parent.parent / "catalog"
KNOWN_FIELDS = fields_in(schema)
Content = TypeVar("Content", bound=BaseModel)


class InvalidInstrument(Unreadable):
    """A file that cannot be loaded. ``sentences`` has every mistake with its line and field."""


def parse(text: str, name: str) -> InstrumentFile:
    """The instrument in ``text``; ``name`` is the file's, for the messages.

    Raises:
        InvalidInstrument: all mistakes at once, "readiness.yaml:12: domains[0].items[2].weight: …".
    """
    return _parse(text, name, InstrumentFile)


def parse_strategies(text: str, name: str) -> StrategyFile:
    """The strategies in ``text``; raises as ``parse`` does."""
    return _parse(text, name, StrategyFile)


def _parse(text: str, name: str, kind: type[Content]) -> Content:
    if len(text) > LARGEST:
        message = "The file is larger than a million characters, so it is no instrument."
        raise InvalidInstrument([Problem(name, 1, "", message)])
    try:
        document = parse_yaml(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), name, where="docs/assessments.md")
        return kind.model_validate(document.value)
    except Unreadable as error:
        raise InvalidInstrument(error.problems) from error
    except ValidationError as error:
        raise InvalidInstrument([_problem(document, name, detail) for detail in error.errors()]) from error


def _problem(document: Document, name: str, detail: dict) -> Problem:
    path = document.known(tuple(detail["loc"]))
    wrong = detail.get("ctx", {}).get("error")
    if isinstance(wrong, Misplaced):  # a rule between several things: the last of that code is the one to correct
        inside = _with_code(_at(document.value, path), wrong.code, path)
        path = max(inside, default=path, key=document.line)
    return Problem(name, document.line(path), field_of(path), message_of(detail, KNOWN_FIELDS))


def _at(value: object, path: Location) -> object:
    for step in path:
        value = value[step]  # pydantic was there before
    return value


def _with_code(value: object, code: str, path: Location) -> Iterable[Location]:
    """The paths of everything in a file that has this code."""
    if isinstance(value, dict):
        if value.get("code") == code:
            yield (*path, "code")
        for key, inner in value.items():
            yield from _with_code(inner, code, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _with_code(inner, code, (*path, place))


# --- Writing ------------------------------------------------------------------------------------------------------------


def text_of(instrument: InstrumentPlan) -> str:
    """The YAML text that ``parse`` reads back as the same, once the instrument is whole."""
    return dump(_plain(instrument, always=set(InstrumentPlan.model_fields) - {"introduction", "source"}))


def _plain(content: BaseModel, always: Iterable[str] = ()) -> dict[str, object]:
    """Without what goes without saying, but for the fields in ``always``."""
    found: dict[str, object] = {}
    for name, field in type(content).model_fields.items():
        value = getattr(content, name)
        if name in always or value != field.get_default():
            found[name] = _value(value)
    return found


def _value(value: object) -> object:
    if isinstance(value, BaseModel):
        return _plain(value, always=("items",) if isinstance(value, DomainPlan) else ())
    if isinstance(value, list):
        return [_value(one) for one in value]
    if isinstance(value, Decimal):
        return schema.plain(value)
    return value if isinstance(value, bool | int | str) or value is None else str(value)


# --- What ships ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> InstrumentFile:
    """The instrument in a file; InvalidInstrument as for ``parse``, OSError where there is no such file."""
    return parse(path.read_text(encoding="utf-8"), path.name)


def shipped_strategies(code: str) -> StrategyFile | None:
    """The strategies that come with one of the shipped instruments."""
    path = CATALOG / "strategies" / f"{code}.yaml"
    return parse_strategies(path.read_text(encoding="utf-8"), path.name) if path.exists() else None


def shipped_codes() -> list[str]:
    return sorted(path.stem for path in CATALOG.glob("*.yaml"))


def shipped(code: str) -> InstrumentFile:
    """One of the instruments that come with the product.

    Raises:
        LookupError: no such instrument; the message lists the known ones.
    """
    if code not in shipped_codes():
        raise LookupError(f"There is no instrument “{code}”. Known: {', '.join(shipped_codes())}.")
    return read(CATALOG / f"{code}.yaml")
