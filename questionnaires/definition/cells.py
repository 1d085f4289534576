"""What stands in one cell of a form's data dictionary, beyond what ``core.tables`` knows of every table."""

import re

from core.tables import TRUE, BadCell, marked, read_pair, split
from questionnaires.definition import schema
from questionnaires.definition.schema import QuestionDefinition

ROWS = re.compile(r"(?:(?P<low>\d+) to (?P<high>\d+)|at least (?P<least>\d+)|up to (?P<most>\d+))", re.I | re.ASCII)


# --- Writing ----------------------------------------------------------------------------------------------------------


def column_cell(column: schema.ColumnDefinition) -> str:
    parts = [f"{column.code}={marked(column.label)}", column.kind, "required" if column.required else "optional"]
    if column.choices:
        parts.append(", ".join(f"{choice.code}={marked(choice.label)}" for choice in column.choices))
    return "; ".join(parts)


def rows_cell(question: QuestionDefinition) -> str:
    low, high = question.min_rows, question.max_rows
    if low is not None and high is not None:
        return f"{low} to {high}"  # not “2-8”, which spreadsheets take for February 8
    return f"at least {low}" if low is not None else f"up to {high}" if high is not None else ""


def ask_if_cell(question: QuestionDefinition) -> str:
    if question.ask_if is None:
        return ""
    values = " | ".join("true" if value is True else str(value) for value in question.ask_if.values)
    return f"{question.ask_if.question}={values}"


# --- Reading ----------------------------------------------------------------------------------------------------------


def read_rows(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    found = ROWS.fullmatch(text)
    if not found:
        raise BadCell("rows", f"“{text}” is not understood. Write “2 to 8”, “at least 2” or “up to 8”.")
    low, high = found["low"] or found["least"], found["high"] or found["most"]
    return low and int(low), high and int(high)


def read_ask_if(text: str, kinds: dict[str, str]) -> dict[str, object] | None:
    if not text:
        return None
    question, equals, values = text.partition("=")
    found: list[str | bool] = [value.strip() for value in values.split("|")]
    if not equals or not all(found):
        raise BadCell(
            "ask_if", f"“{text}” is not understood. Write a question and answers, such as has-data=yes | partly."
        )
    if kinds.get(question.strip()) == "statement":
        found = [True if str(value).lower() in TRUE else value for value in found]
    return {"question": question.strip(), "values": found}


def read_column(text: str) -> dict[str, object]:
    parts = list(split(text, ";"))
    if not 2 <= len(parts) <= 4:
        raise BadCell(
            "columns",
            f"“{text}” is not understood. Write name=Name; short_text; required, and choices after one more “;”.",
        )
    need = parts[2].strip().lower() if len(parts) > 2 else "required"
    if need not in ("required", "optional"):
        raise BadCell("columns", f"“{parts[2].strip()}” is neither required nor optional.")
    choices = [read_pair("columns", item) for item in split(parts[3], ",")] if len(parts) > 3 else []
    return read_pair("columns", parts[0]) | {
        "kind": parts[1].strip(),
        "required": need == "required",
        "choices": choices,
    }
