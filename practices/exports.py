"""Practices as a table for spreadsheets: one row each, no people."""

from collections.abc import Iterable, Iterator

from core.exports import Cell, Sheet, csv_file, workbook
from practices.models import FACTS, Practice
from practices.selectors import labels, words_of

# Numbers stay numbers, and a country its code: words would be sorted and counted otherwise.
AS_STORED = ("oncologists", "underserved_percent")
MORE = ("Number", "Sites", "Teams", "Synthetic", "As of (UTC)", "Merged into (number)")


def header() -> list[str]:
    return [MORE[0], *labels().values(), *MORE[1:]]


def rows(practices: Iterable[Practice]) -> Iterator[list[Cell]]:
    """One row a practice; each carries ``team_count`` and ``site_count`` (``selectors.counted``)."""
    for practice in practices:
        words = words_of(practice)
        facts: list[Cell] = [getattr(practice, name) if name in AS_STORED else words[name] for name in FACTS]
        ends: list[Cell] = [practice.site_count, practice.team_count, practice.is_synthetic]  # type: ignore[attr-defined]
        yield [practice.pk, *facts, *ends, practice.as_of, practice.merged_into_id]


def as_csv(practices: Iterable[Practice]) -> bytes:
    return csv_file(header(), rows(practices))


def as_workbook(practices: Iterable[Practice]) -> bytes:
    """One sheet, “Practices”."""
    return workbook([Sheet("Practices", header(), rows(practices))])
