"""Reading a program's file. Everything that is wrong is told with its line and its field, and nothing is half read."""

from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.reading import Document, Problem, Unreadable, field_of, fields_in, message_of, parse
from programs.definition import checks, schema
from programs.definition.schema import ProgramFile
from questionnaires import definition as forms

CATALOG = Path(__file__).resolve().parent.parent / "catalog"
SIZE = 1_000_000
KNOWN_FIELDS = fields_in(schema, forms)


class DefinitionError(Unreadable):
    """A program's file cannot be used."""


def catalog() -> dict[str, Path]:
    """The programs that are shipped, by code."""
    return {path.stem: path for path in sorted(CATALOG.glob("*.yaml"))}


def read(source: Path | str, name: str = "") -> ProgramFile:
    """Read and check one program's file, given by its path (a ``Path``) or as its text (a ``str``).

    Raises:
        DefinitionError: it cannot be read, is not YAML, does not fit the schema, or contradicts itself.
    """
    name = name or (source.name if isinstance(source, Path) else "text")
    document = _parse(_text(source, name), name)
    try:
        file = ProgramFile.model_validate(document.value)
    except ValidationError as error:
        raise DefinitionError([_problem(document, name, detail) for detail in error.errors()]) from error
    if wrong := checks.problems(file):
        raise DefinitionError([Problem(name, document.line(path), field_of(path), text) for path, text in wrong])
    return file


def _text(source: Path | str, name: str) -> str:
    if isinstance(source, str):
        return source
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise DefinitionError([Problem(name, 1, "", f"cannot be read: {error.strerror}.")]) from error
    if len(raw) > SIZE:
        raise DefinitionError([Problem(name, 1, "", f"is larger than {SIZE // 1000} kB, so it is no program's file.")])
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DefinitionError([Problem(name, line, "", "is not UTF-8 here. Save the file as UTF-8.")]) from error


def _parse(text: str, name: str) -> Document:
    try:
        return parse(text, name, where="docs/programs.md")
    except Unreadable as error:
        raise DefinitionError(error.problems) from error


def _problem(document: Document, name: str, detail: ErrorDetails) -> Problem:
    path = document.known(tuple(detail["loc"]))
    return Problem(name, document.line(path), field_of(path), message_of(detail, KNOWN_FIELDS))
