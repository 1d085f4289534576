"""A form as one YAML text: its title, and its sections in the shape of ``schema``."""

from pydantic import ValidationError

from core.reading import LARGEST, Document, Misplaced, Problem, Unreadable, dump, field_of, fields_in, message_of, parse
from questionnaires.definition import schema
from questionnaires.definition.schema import FormDefinition, FormFile, FormPlan

KNOWN_FIELDS = fields_in(schema)
# What stands in a file only where it is not so anyway.
DEFAULTS = {"help": "", "unit": "", "introduction": "", "choices": [], "columns": [], "shown_to_reviewers": True}


class FormFileError(Unreadable):
    """The file is no form. ``sentences`` has every reason with its line and its column or field."""


def read_text(text: str, name: str = "form.yaml") -> tuple[str, FormDefinition]:
    """The title and the form that a YAML text says.

    Raises:
        FormFileError: it is not YAML, does not fit the schema, or contradicts itself.
    """
    if len(text) > LARGEST:
        raise FormFileError([Problem(name, 1, "", "The file is larger than a million characters, so it is no form.")])
    try:
        document = parse(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), name, where="docs/applications.md")
        file = FormFile.model_validate(document.value)
        return file.title, FormDefinition.model_validate({"sections": document.value["sections"]})
    except Unreadable as error:
        raise FormFileError(error.problems) from error
    except ValidationError as error:
        raise FormFileError([_problem(document, name, detail) for detail in error.errors()]) from error


def _problem(document: Document, name: str, detail: dict) -> Problem:
    path = document.known(tuple(detail["loc"]))
    wrong = detail.get("ctx", {}).get("error")
    if not path and isinstance(wrong, Misplaced):  # a rule of the whole form knows no path
        path = _last_with(document, wrong.code)
    return Problem(name, document.line(path), field_of(path), message_of(detail, KNOWN_FIELDS))


def _last_with(document: Document, code: str) -> tuple:
    """The path of the last section or question of this code."""
    found: tuple = ()
    for index, section in enumerate(document.value["sections"]):
        if section["code"] == code:
            found = ("sections", index)
        for place, question in enumerate(section["questions"]):
            if question["code"] == code:
                found = ("sections", index, "questions", place)
    return found


def text_of(title: str, form: FormPlan) -> str:
    """The YAML text that ``read_text`` reads back as the same."""
    content = {"title": title, "sections": [_plain(section) for section in form.model_dump()["sections"]]}
    return dump(content)


def _plain(section: dict) -> dict:
    questions = [_shorter(question) for question in section["questions"]]
    return _shorter(section | {"questions": questions})


def _shorter(item: dict) -> dict:
    """Without what is empty or goes without saying."""
    kept = {key: value for key, value in item.items() if value is not None and DEFAULTS.get(key, ...) != value}
    if "columns" in kept:
        kept["columns"] = [_shorter(column) for column in kept["columns"]]
    return kept
