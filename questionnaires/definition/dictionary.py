"""A form as a table, one row a question: the data dictionary that people keep in a spreadsheet.

``table_of`` gives rows for ``core.exports.csv_file``; ``read_table`` reads the file back as the same form. What
stands in one cell is in ``cells``.
"""

from collections.abc import Iterable

from pydantic import ValidationError

from core.exports import Cell, csv_file
from core.reading import Misplaced, Problem, Unreadable, fields_in, message_of
from core.tables import (
    BadCell,
    Line,
    guarded,
    lines_of,
    marked,
    read_number,
    read_pair,
    read_yes_or_no,
    split,
)
from questionnaires.definition import schema
from questionnaires.definition.cells import ask_if_cell, column_cell, read_ask_if, read_column, read_rows, rows_cell
from questionnaires.definition.reading import FormFileError
from questionnaires.definition.schema import FormDefinition, FormPlan, QuestionDefinition, SectionPlan

COLUMNS = (
    "section",
    "section_title",
    "section_introduction",
    "code",
    "kind",
    "text",
    "help",
    "required",
    "max_words",
    "minimum",
    "maximum",
    "unit",
    "choices",
    "columns",
    "rows",
    "shown_to_reviewers",
    "locked_days_before",
    "ask_if",
)
NEEDED = ("section", "code", "kind", "text")
KNOWN_FIELDS = fields_in(schema)
# Where a field of the schema stands in the table under another name.
COLUMN_OF = {"min_rows": "rows", "max_rows": "rows", "title": "section_title", "introduction": "section_introduction"}


# --- Writing ----------------------------------------------------------------------------------------------------------


def table_of(form: FormPlan) -> list[list[Cell]]:
    """One row a question, in the order of ``COLUMNS``. A section's introduction stands beside its first question."""
    return [
        _row(section, question, place) for section in form.sections for place, question in enumerate(section.questions)
    ]


def csv_of(form: FormPlan) -> bytes:
    """The table as a file for spreadsheets."""
    return csv_file(COLUMNS, table_of(form))


def _row(section: SectionPlan, question: QuestionDefinition, place: int) -> list[Cell]:
    cells = {
        "section": section.code,
        "section_title": section.title,
        "section_introduction": "" if place else section.introduction,
        **question.model_dump(include=set(COLUMNS) - {"choices", "columns", "ask_if"}),
        "choices": " | ".join(f"{choice.code}={marked(choice.label)}" for choice in question.choices),
        "columns": " | ".join(column_cell(column) for column in question.columns),
        "rows": rows_cell(question),
        "ask_if": ask_if_cell(question),
    }
    return [guarded(cells[name]) for name in COLUMNS]


# --- Reading ----------------------------------------------------------------------------------------------------------


def read_table(text: str, name: str = "form.csv") -> FormDefinition:
    """The form that a data dictionary says. Columns may stand in any order; commas, semicolons or tabs part them.

    Raises:
        FormFileError: it is no such table, a cell cannot be read, or the form contradicts itself.
    """
    try:
        lines = lines_of(text, name, columns=COLUMNS, needed=NEEDED, what="form")
    except Unreadable as error:
        raise FormFileError(error.problems) from error
    if not lines:
        raise FormFileError([Problem(name, 2, "", "has no row below the columns. Write one for each question.")])
    problems: list[Problem] = []
    kinds = {line.cells["code"].strip(): line.cells["kind"].strip() for line in lines}
    sections: list[dict] = []
    places: dict[tuple[int, int], Line] = {}
    for line in lines:
        try:
            _take(line, kinds, sections)
        except BadCell as error:
            problems.append(Problem(name, line.number, error.column, str(error)))
        else:
            places[len(sections) - 1, len(sections[-1]["questions"]) - 1] = line
    if problems:
        raise FormFileError(problems)
    try:
        return FormDefinition.model_validate({"sections": sections})
    except ValidationError as error:
        raise FormFileError([_problem(name, places, detail) for detail in error.errors()]) from error


def _take(line: Line, kinds: dict[str, str], sections: list[dict]) -> None:
    """Add the question of ``line`` to its section, which is the last one or a new one."""
    cells = line.cells
    code = cells["section"].strip()
    question = _question(cells, kinds)
    if not sections or sections[-1]["code"] != code:
        if any(section["code"] == code for section in sections):
            raise BadCell("section", f"The section “{code}” has rows further up. Put all its questions together.")
        sections.append({"code": code, "title": cells["section_title"], "introduction": "", "questions": []})
    here = sections[-1]
    if cells["section_title"] not in ("", here["title"]):
        raise BadCell("section_title", f"The section “{code}” is called “{here['title']}” further up. Keep one title.")
    if cells["section_introduction"]:
        if here["questions"]:
            raise BadCell("section_introduction", "Put the introduction beside the section's first question.")
        here["introduction"] = cells["section_introduction"]
    here["questions"].append(question)


def _question(cells: dict[str, str], kinds: dict[str, str]) -> dict[str, object]:
    low, high = read_rows(cells["rows"].strip())
    return {
        "code": cells["code"].strip(),
        "kind": cells["kind"].strip(),
        "text": cells["text"],
        "help": cells["help"],
        "required": cells["required"].strip() or "submission",
        "max_words": read_number("max_words", cells["max_words"].strip()),
        "minimum": read_number("minimum", cells["minimum"].strip()),
        "maximum": read_number("maximum", cells["maximum"].strip()),
        "unit": cells["unit"],
        "choices": [read_pair("choices", item) for item in split(cells["choices"], "|")],
        "columns": [read_column(item) for item in split(cells["columns"], "|")],
        "min_rows": low,
        "max_rows": high,
        "shown_to_reviewers": read_yes_or_no("shown_to_reviewers", cells["shown_to_reviewers"].strip(), empty=True),
        "locked_days_before": read_number("locked_days_before", cells["locked_days_before"].strip()),
        "ask_if": read_ask_if(cells["ask_if"].strip(), kinds),
    }


def _problem(name: str, places: dict[tuple[int, int], Line], detail: dict) -> Problem:
    loc: tuple = tuple(detail["loc"])
    wrong = detail.get("ctx", {}).get("error")
    line, column = _place(loc, places)
    if len(loc) < 2 and isinstance(wrong, Misplaced):
        line = max((one.number for one in places.values() if wrong.code in _codes(one)), default=line)
    return Problem(name, line, column, message_of(detail, KNOWN_FIELDS))


def _codes(line: Line) -> Iterable[str]:
    return line.cells["code"].strip(), line.cells["section"].strip()


def _place(loc: tuple, places: dict[tuple[int, int], Line]) -> tuple[int, str]:
    """The line and the column of pydantic's ``("sections", 0, "questions", 2, "choices", 1, "label")``."""
    if len(loc) < 2:
        return 1, ""
    if len(loc) < 4:  # the section itself
        field = str(loc[2]) if len(loc) > 2 else ""
        return places[loc[1], 0].number, "section" if field == "code" else COLUMN_OF.get(field, field)
    field = str(loc[4]) if len(loc) > 4 else ""
    return places[loc[1], loc[3]].number, COLUMN_OF.get(field, field)
