"""The answer to a table: rows of plain values by the codes of the columns (pure: no Django)."""

import re
from collections.abc import Iterator, Mapping

from questionnaires.definition import MOST_ROWS
from questionnaires.rules.limits import BadAnswer, BadTable, Column, Json, Limits, Plain

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
LONGEST_EMAIL = 254


def most_rows(limits: Limits) -> int:
    return limits.max_rows or MOST_ROWS


def rows_of(value: object) -> list[Mapping[str, object]]:
    """The rows of a stored or typed value; what is no table has none.

    Raises:
        BadAnswer: ``value`` has not the shape of a table.
    """
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        raise BadAnswer("Fill in the table.")
    return list(value)


def gaps_in(limits: Limits, value: Json) -> Iterator[tuple[str, str]]:
    """What has to be done about a table that may be kept as a draft, and the word that leads on to its name."""
    rows = value if isinstance(value, list) else []
    for number, row in enumerate(rows, start=1):
        for column in limits.columns:
            if column.required and column.code not in row:
                yield f"fill in “{column.label}” in row {number}", "of"
    if limits.min_rows is not None and len(rows) < limits.min_rows:
        missing = limits.min_rows - len(rows)
        yield f"add {missing} more {'row' if missing == 1 else 'rows'}", "to"


def refuse_bad(limits: Limits, cells: dict[tuple[int, str], str]) -> None:
    if cells:
        raise BadTable(cells, {column.code: column.label for column in limits.columns})


def refuse_too_many(limits: Limits, rows: list[dict[str, Plain]]) -> None:
    most = most_rows(limits)
    if len(rows) > most:
        raise BadAnswer(f"Fill in at most {most} {'row' if most == 1 else 'rows'}. You have {len(rows)}.")


def email(text: str) -> str:
    if len(text) > LONGEST_EMAIL or not EMAIL.fullmatch(text):
        raise BadAnswer("Enter an e-mail address, such as name@example.org.")
    return text


def choice(column: Column, value: object) -> Plain:
    if value not in column.choices:
        raise BadAnswer("Choose one of the answers in the list.")
    return value
