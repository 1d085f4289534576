"""The table as people fill it in: a group of fields for each row. It works without a script; a script adds and removes rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from questionnaires import rules
from questionnaires.models import Question
from questionnaires.selectors import limits_of

CELL = re.compile(r"(\d{1,3})__(.+)")
SPARE, FIRST = 2, 3  # empty rows below the filled ones, and the rows of an empty table


@dataclass(frozen=True)
class Cell:
    """One field of a row, as the template shows it."""

    column: dict
    name: str
    id: str
    value: str
    error: str

    @property
    def error_id(self) -> str:
        return f"{self.id}__error"

    @property
    def input_mode(self) -> str:
        return "decimal" if self.column["kind"] == "number" else ""

    @property
    def input_type(self) -> str:
        return "email" if self.column["kind"] == "email" else "text"


class TableInput(forms.Widget):
    """The rows of one question. ``wrong``: sentences by row and column, as ``rules.BadTable`` has them.

    Names are ``<question>__<row>__<column>``; codes have no two underscores in a row. A row that is left empty is no row.
    """

    use_fieldset = True

    def __init__(self, question: Question, attrs: Mapping | None = None) -> None:
        super().__init__(attrs)
        self.columns, self.most = question.columns, rules.most_rows(limits_of(question))
        self.least = question.min_rows or 0
        self.wrong: dict[tuple[int, str], str] = {}

    def id_for_label(self, id_: str) -> str:
        return ""  # the group has a legend

    def value_omitted_from_data(self, data: Mapping, files: Mapping, name: str) -> bool:
        return not any(key.startswith(f"{name}__") for key in data)

    def value_from_datadict(self, data: Mapping, files: Mapping, name: str) -> list[dict[str, str]]:
        """The rows in their order on the page, the empty ones too, so that a message names the row that people see."""
        rows: dict[int, dict[str, str]] = {}
        codes = {column["code"] for column in self.columns}
        for key in data:
            found = CELL.fullmatch(key.removeprefix(f"{name}__")) if key.startswith(f"{name}__") else None
            if found and found[2] in codes:
                rows.setdefault(int(found[1]), {})[found[2]] = data[key]
        return [rows[number] for number in sorted(rows)]

    def render(self, name: str, value: object, attrs: dict | None = None, renderer: object = None) -> SafeString:
        given = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        while given and not any(str(cell).strip() for cell in given[-1].values()):
            given.pop()
        count = min(self.most, max(len(given) + SPARE, self.least, FIRST))
        rows = [*given, *({} for _ in range(count - len(given)))]
        context = {
            "name": name,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "is_disabled": bool((attrs or {}).get("disabled")),
            "most": self.most,
            "rows": [self._cells(name, number, row) for number, row in enumerate(rows)],
            "blank": self._cells(name, "__row__", {}),
        }
        return render_to_string("questionnaires/table.html", context)

    def _cells(self, name: str, number: int | str, row: Mapping) -> list[Cell]:
        return [
            Cell(
                column,
                f"{name}__{number}__{column['code']}",
                f"id_{name}__{number}__{column['code']}",
                str(row.get(column["code"], "")),
                self.wrong.get((number, column["code"]), ""),
            )
            for column in self.columns
        ]
