"""An instrument as a table, one row a level: the data dictionary that people keep in a spreadsheet.

A domain's and an item's own columns are filled beside their first level; further down they may be empty or the same. The
settings of the version (rule, scale, treatments) are not in it.
"""

from collections.abc import Iterator

from pydantic import ValidationError

from assessments.definition.reading import KNOWN_FIELDS, InvalidInstrument
from assessments.definition.schema import (
    DomainPlan,
    InstrumentFile,
    InstrumentPlan,
    ItemDefinition,
    LinkDefinition,
    plain,
)
from core.exports import Cell, csv_file
from core.reading import Misplaced, Problem, Unreadable, message_of
from core.tables import (
    BadCell,
    Line,
    guarded,
    lines_of,
    marked,
    read_number,
    read_yes_or_no,
    split,
    unmarked,
)

OF_DOMAIN = ("domain_title", "domain_introduction", "domain_weight", "domain_minimum_percent")
OF_ITEM = (
    "text",
    "guidance",
    "evidence_asked",
    "weight",
    "is_gate",
    "allows_not_applicable",
    "allows_no_data",
    "links",
)
COLUMNS = ("domain", *OF_DOMAIN, "item", *OF_ITEM, "level", "level_title", "anchor")
NEEDED = ("domain", "item", "text", "level", "anchor")
# Where a field of the schema stands in the table under another name.
DOMAIN_COLUMNS = {
    "code": "domain",
    "title": "domain_title",
    "introduction": "domain_introduction",
    "weight": "domain_weight",
    "minimum_answered_percent": "domain_minimum_percent",
}
LEVEL_COLUMNS = {"code": "level", "title": "level_title"}
Places = dict[tuple[int, ...], int]


# --- Writing ------------------------------------------------------------------------------------------------------------


def csv_of(instrument: InstrumentPlan) -> bytes:
    """The table as a file for spreadsheets; a domain without an item has no row."""
    return csv_file(COLUMNS, table_of(instrument))


def table_of(instrument: InstrumentPlan) -> list[list[Cell]]:
    """One row a level, in the order of ``COLUMNS``."""
    return [row for domain in instrument.domains for row in _rows(domain)]


def _rows(domain: DomainPlan) -> Iterator[list[Cell]]:
    for place, item in enumerate(domain.items):
        for number, level in enumerate(item.levels):
            cells: dict[str, Cell | bool] = {"domain": domain.code, "item": item.code}
            cells |= {"level": level.code, "level_title": level.title, "anchor": level.anchor}
            if not number:
                cells |= _item_cells(item)
            if not number and not place:
                cells |= {
                    "domain_title": domain.title,
                    "domain_introduction": domain.introduction,
                    "domain_weight": plain(domain.weight),
                    "domain_minimum_percent": domain.minimum_answered_percent,
                }
            yield [guarded(cells.get(name)) for name in COLUMNS]


def _item_cells(item: ItemDefinition) -> dict[str, Cell | bool]:
    found = item.model_dump(include=set(OF_ITEM) - {"links"})
    return found | {"weight": plain(item.weight), "links": " | ".join(_link_cell(link) for link in item.links)}


def _link_cell(link: LinkDefinition) -> str:
    return "; ".join(marked(str(part)) for part in (link.framework, link.reference, link.url, link.looked_up))


# --- Reading ------------------------------------------------------------------------------------------------------------


def read_table(text: str, settings: InstrumentPlan, name: str = "instrument.csv") -> InstrumentFile:
    """The instrument with the domains that a data dictionary says, and all else as in ``settings``.

    Raises:
        InvalidInstrument: it is no such table, a cell cannot be read, or the instrument contradicts itself.
    """
    try:
        lines = lines_of(text, name, columns=COLUMNS, needed=NEEDED, what="instrument")
    except Unreadable as error:
        raise InvalidInstrument(error.problems) from error
    if not lines:
        raise InvalidInstrument([Problem(name, 2, "", "has no row below the columns. Write one for each level.")])
    problems: list[Problem] = []
    domains: list[dict] = []
    places: Places = {}
    for line in lines:
        try:
            _take(line, domains)
        except BadCell as error:
            problems.append(Problem(name, line.number, error.column, str(error)))
        else:
            _remember(line, domains, places)
    if problems:
        raise InvalidInstrument(problems)
    try:
        return InstrumentFile.model_validate(settings.model_dump(exclude={"domains"}) | {"domains": _bare(domains)})
    except ValidationError as error:
        raise InvalidInstrument([_problem(name, domains, places, detail) for detail in error.errors()]) from error


def _bare(domains: list[dict]) -> list[dict]:
    """The domains in the shape of the schema: without the cells that later rows were held against."""
    return [
        {**_without_cells(domain), "items": [_without_cells(item) for item in domain["items"]]} for domain in domains
    ]


def _without_cells(thing: dict) -> dict:
    return {name: value for name, value in thing.items() if name != "cells"}


def _remember(line: Line, domains: list[dict], places: Places) -> None:
    """On which line the domain, the item and the level of this row were first told."""
    here = (len(domains) - 1, len(domains[-1]["items"]) - 1, len(domains[-1]["items"][-1]["levels"]) - 1)
    for length in (1, 2, 3):
        places.setdefault(here[:length], line.number)


def _take(line: Line, domains: list[dict]) -> None:
    """Add the level of ``line`` to its item, which is the last one or a new one; likewise the item to its domain."""
    cells = line.cells
    domain, item = _domain_of(cells, domains), cells["item"].strip()
    items = domain["items"]
    if items and item in ("", items[-1]["code"]):
        _refuse_other(cells, OF_ITEM, items[-1]["cells"], f"The item “{items[-1]['code']}”")
    elif not item:
        raise BadCell("item", "The first row of a domain names its item. Write the item's code.")
    elif any(one["code"] == item for one in items):
        raise BadCell("item", f"The item “{item}” has rows further up. Put all its levels together.")
    else:
        items.append(_item(item, cells))
    levels = items[-1]["levels"]
    levels.append({"code": cells["level"].strip(), "title": cells["level_title"], "anchor": cells["anchor"]})


def _domain_of(cells: dict[str, str], domains: list[dict]) -> dict:
    code = cells["domain"].strip()
    if domains and code in ("", domains[-1]["code"]):
        _refuse_other(cells, OF_DOMAIN, domains[-1]["cells"], f"The domain “{domains[-1]['code']}”")
        return domains[-1]
    if not code:
        raise BadCell("domain", "The first row names its domain. Write the domain's code.")
    if any(one["code"] == code for one in domains):
        raise BadCell("domain", f"The domain “{code}” has rows further up. Put all its items together.")
    weight = read_number("domain_weight", cells["domain_weight"].strip())
    domain = {
        "code": code,
        "title": cells["domain_title"],
        "introduction": cells["domain_introduction"],
        "weight": 1 if weight is None else weight,
        "minimum_answered_percent": read_number("domain_minimum_percent", cells["domain_minimum_percent"].strip()),
        "items": [],
        "cells": _cells(cells, OF_DOMAIN),
    }
    domains.append(domain)
    return domain


def _item(code: str, cells: dict[str, str]) -> dict:
    weight = read_number("weight", cells["weight"].strip())
    flags = {"is_gate": False, "allows_not_applicable": True, "allows_no_data": True}
    return {
        "code": code,
        "text": cells["text"],
        "guidance": cells["guidance"],
        "evidence_asked": cells["evidence_asked"],
        "weight": 1 if weight is None else weight,
        **{name: read_yes_or_no(name, cells[name].strip(), empty=empty) for name, empty in flags.items()},
        "links": [_link(one) for one in split(cells["links"], "|")],
        "levels": [],
        "cells": _cells(cells, OF_ITEM),
    }


def _link(text: str) -> dict[str, str]:
    parts = [unmarked(part) for part in split(text, ";")]
    if len(parts) != 4:
        raise BadCell("links", f"“{text.strip()}” is not understood. Write framework; reference; address; 2026-11-22.")
    return dict(zip(("framework", "reference", "url", "looked_up"), parts, strict=True))


def _cells(cells: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: cells[name] for name in names}


def _refuse_other(cells: dict[str, str], names: tuple[str, ...], before: dict[str, str], what: str) -> None:
    for name in names:
        if cells[name].strip() and cells[name] != before[name]:
            raise BadCell(name, f"{what} says something else further up. Leave this cell empty, or write the same.")


def _problem(name: str, domains: list[dict], places: Places, detail: dict) -> Problem:
    loc = [step for step in detail["loc"] if isinstance(step, int)]
    steps = [step for step in detail["loc"] if isinstance(step, str)]
    field = steps[-1] if steps and steps[-1] not in ("domains", "items", "levels") else ""
    wrong = detail.get("ctx", {}).get("error")
    if isinstance(wrong, Misplaced):
        inside = [one for one in _with_code(domains, wrong.code, places) if one[: len(loc)] == tuple(loc)]
        loc, field = list(max(inside, default=tuple(loc), key=places.__getitem__)), "code"
    columns: dict[str, str] = {1: DOMAIN_COLUMNS, 3: LEVEL_COLUMNS}.get(len(loc), {"code": "item"})
    if "links" in steps:
        field, loc = "links", loc[:2]
    line = places.get(tuple(loc[:3]), 1)
    return Problem(name, line, columns.get(field, field), message_of(detail, KNOWN_FIELDS))


def _with_code(domains: list[dict], code: str, places: Places) -> Iterator[tuple[int, ...]]:
    for place in places:
        found = domains[place[0]]
        if len(place) > 1:
            found = found["items"][place[1]]
        if len(place) > 2:
            found = found["levels"][place[2]]
        if found["code"] == code:
            yield place
