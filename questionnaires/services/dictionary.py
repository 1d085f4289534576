"""A whole form as a file, and back: one YAML text, or one table with a row a question (the data dictionary)."""

from questionnaires import definition
from questionnaires.definition import FormDefinition, FormFileError
from questionnaires.models import FormVersion
from questionnaires.services.editions import check_whole
from questionnaires.services.refusals import FormRefused


def export_yaml(form: FormVersion) -> str:
    """The form as YAML, which ``read_yaml`` reads back as exactly the same.

    Raises:
        FormRefused: a section has no question yet.
    """
    return definition.text_of(form.title, check_whole(form))


def export_csv(form: FormVersion) -> bytes:
    """The form as CSV, which ``read_csv`` reads back as exactly the same. The form's title is not in it.

    Raises:
        FormRefused: a section has no question yet.
    """
    return definition.csv_of(check_whole(form))


def read_yaml(text: str | bytes) -> tuple[str, FormDefinition]:
    """Title and questions of a YAML text. Nothing is written; ``put_form`` does that.

    Raises:
        FormRefused: the file cannot be used; ``sentences`` has each reason with its line and field.
    """
    try:
        return definition.read_text(_text(text))
    except FormFileError as error:
        raise FormRefused(error.sentences) from error


def read_csv(text: str | bytes) -> FormDefinition:
    """The questions of a data dictionary. Nothing is written; ``put_form`` does that.

    Raises:
        FormRefused: the file cannot be used; ``sentences`` has each reason with its line and column.
    """
    try:
        return definition.read_table(_text(text))
    except FormFileError as error:
        raise FormRefused(error.sentences) from error


def _text(raw: str | bytes) -> str:
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FormRefused([f"Line {line}: this is not UTF-8. Save the file as “CSV UTF-8” or as UTF-8."]) from error
