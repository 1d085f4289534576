"""What limits an answer, and what is said where it breaks one (pure: no Django)."""

from dataclasses import dataclass
from decimal import Decimal

Plain = str | int | float | bool
Json = Plain | list[str] | list[dict[str, Plain]] | dict[str, str | int] | None


class BadAnswer(ValueError):
    """``str(error)`` is a sentence for the person who answers; ``sentences`` are all of them."""

    @property
    def sentences(self) -> list[str]:
        return [str(self)]


class BadTable(BadAnswer):
    """Cells that break a rule. ``cells`` has the sentence by row (from 0, as given) and code of the column."""

    def __init__(self, cells: dict[tuple[int, str], str], labels: dict[str, str]) -> None:
        self.cells = cells
        self._sentences = [f"Row {row + 1}, {labels[column]}: {text}" for (row, column), text in cells.items()]
        super().__init__(" ".join(self._sentences))

    @property
    def sentences(self) -> list[str]:
        return self._sentences


@dataclass(frozen=True)
class Column:
    """One column of a table: short_text, number, choice or email; ``choices`` are codes."""

    code: str
    label: str
    kind: str = "short_text"
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """The rules of one question.

    Its kind, the most words, the bounds and unit of a number, the codes of its choices, the columns and rows of a table.
    """

    kind: str
    max_words: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    min_rows: int | None = None
    max_rows: int | None = None
