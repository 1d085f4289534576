"""The rules of a question, and a value as a person reads it."""

from datetime import date

from core import wording
from questionnaires import rules
from questionnaires.models import Question, QuestionKind


def limits_of(question: Question) -> rules.Limits:
    return rules.Limits(
        kind=question.kind,
        max_words=question.max_words,
        minimum=question.minimum,
        maximum=question.maximum,
        unit=question.unit,
        choices=tuple(choice["code"] for choice in question.choices),
        columns=tuple(
            rules.Column(
                column["code"],
                column["label"],
                column["kind"],
                column["required"],
                tuple(choice["code"] for choice in column["choices"]),
            )
            for column in question.columns
        ),
        min_rows=question.min_rows,
        max_rows=question.max_rows,
    )


def in_words(question: Question, value: rules.Json) -> str:
    """A value as a person reads it: “May 1, 2024”, “12 percent”, the labels of choices; empty where there is none.

    A table has a line for each row: “1. Name: Ann Lee; Work: Nurse”.
    """
    if value is None:
        return ""
    labels = {choice["code"]: choice["label"] for choice in question.choices}
    match question.kind:
        case QuestionKind.CHOICE:
            return labels.get(value, str(value))
        case QuestionKind.CHOICES:
            return ", ".join(labels.get(code, code) for code in value)
        case QuestionKind.DATE:
            return wording.day(date.fromisoformat(value))
        case QuestionKind.STATEMENT:
            return "Accepted"
        case QuestionKind.NUMBER:
            return f"{value:,} {question.unit}".strip()
        case QuestionKind.FILE:
            return f"{value['name']} ({wording.file_size(value['size'])})"
        case QuestionKind.TABLE:
            return "\n".join(f"{number}. {_row(question, row)}" for number, row in enumerate(value, start=1))
        case _:
            return value


def _row(question: Question, row: dict[str, rules.Plain]) -> str:
    return "; ".join(
        f"{column['label']}: {cell_in_words(column, row[column['code']])}"
        for column in question.columns
        if column["code"] in row
    )


def cell_in_words(column: dict, cell: rules.Plain) -> str:
    """One cell of a table as a person reads it."""
    if column["kind"] == "choice":
        return {choice["code"]: choice["label"] for choice in column["choices"]}.get(cell, str(cell))
    return f"{cell:,}" if column["kind"] == "number" and not isinstance(cell, str) else str(cell)
