"""The schema of an instrument's file (pure: pydantic and YAML, no Django). The shapes stand in ``docs/assessments.md``.

Strict: an unknown key, a repeated key or code, a wrong type and an unknown rule are refused, each with file and line.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from assessments import scoring

CATALOG = Path(__file__).parent / "catalog"
# No underscore: "not_applicable" and "no_data" can never be the code of a level.
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PLACES = 3  # decimals of a weight, as the tables keep them

Place = tuple[str | int, ...]
Content = TypeVar("Content", bound=BaseModel)


class InvalidInstrument(ValueError):
    """A file that cannot be loaded. ``errors`` holds one sentence a mistake, with file and line."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("\n".join(errors))


def _code(value: str) -> str:
    if not CODE.fullmatch(value):
        raise ValueError(f"“{value}” is not a code. Use lower-case letters, digits and single hyphens.")
    return value


def _exact(value: object) -> Decimal:
    """A number of the file as the decimal that it was written as."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("A weight is a number, such as 1 or 2.5.")
    return Decimal(str(value))


def _weight(value: Decimal) -> Decimal:
    if not value.is_finite() or value <= 0:
        raise ValueError("A weight is above 0. Leave the item out if it should not count.")
    if value != round(value, PLACES) or value >= 10**5:
        raise ValueError(f"A weight has at most {PLACES} decimals and is below 100,000.")
    return value.normalize()


def _rule(value: str) -> str:
    if value not in scoring.RULES:
        raise ValueError(f"“{value}” is no scoring rule. Known: {', '.join(scoring.RULES)}.")
    return value


def _web_address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError(f"“{value}” is no web address. It begins with https://.")
    return value


Treatment = Literal["unanswered", "left_out", "lowest"]
Code = Annotated[str, Field(max_length=60), AfterValidator(_code)]
Words = Annotated[str, Field(min_length=1)]
Title = Annotated[Words, Field(max_length=200)]
Weight = Annotated[Decimal, BeforeValidator(_exact), AfterValidator(_weight)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=True)


class LevelDefinition(Strict):
    """One anchor, the lowest first. ``title`` is the step's short name, ``anchor`` says what it looks like for this item."""

    code: Annotated[Code, Field(max_length=40)]
    title: Annotated[str, Field(max_length=80)] = ""
    anchor: Words


class LinkDefinition(Strict):
    """Where an outside framework speaks of the same thing. ``looked_up``: on which day somebody made sure of it."""

    framework: Annotated[Words, Field(max_length=120)]
    reference: Annotated[str, Field(max_length=120)] = ""
    url: Annotated[str, Field(max_length=500), AfterValidator(_web_address)] = ""
    looked_up: date


class ItemDefinition(Strict):
    code: Code
    text: Words
    guidance: str = ""
    evidence_asked: str = ""
    links: list[LinkDefinition] = []
    is_gate: bool = False
    weight: Weight = Decimal(1)
    allows_not_applicable: bool = True
    allows_no_data: bool = True
    levels: Annotated[list[LevelDefinition], Field(min_length=2)]

    @model_validator(mode="after")
    def _levels_once(self) -> "ItemDefinition":
        _refuse_repeated((level.code for level in self.levels), f"Item {self.code}: level")
        return self


class DomainDefinition(Strict):
    code: Code
    title: Title
    introduction: str = ""
    weight: Weight = Decimal(1)
    minimum_answered_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    items: Annotated[list[ItemDefinition], Field(min_length=1)]


class InstrumentFile(Strict):
    """One edition of an instrument. Codes of items are unique in the whole instrument."""

    code: Code
    title: Title
    is_illustrative: bool = False
    rule: Annotated[str, AfterValidator(_rule)] = "mean"
    display_max: Annotated[int, Field(ge=1, le=1000)] = 100
    minimum_answered_percent: Annotated[int, Field(ge=0, le=100)] = 50
    not_applicable_as: Treatment = "left_out"
    no_data_as: Treatment = "unanswered"
    asks_reviewer: bool = False
    introduction: str = ""
    source: str = ""
    domains: Annotated[list[DomainDefinition], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_once(self) -> "InstrumentFile":
        _refuse_repeated((domain.code for domain in self.domains), "Domain")
        _refuse_repeated((item.code for domain in self.domains for item in domain.items), "Item")
        return self

    @model_validator(mode="after")
    def _gates_fit_rule(self) -> "InstrumentFile":
        gates = [item.code for domain in self.domains for item in domain.items if item.is_gate]
        if gates and self.rule != "gate_and_points":
            raise ValueError(f"Item {gates[0]}: is_gate belongs to the rule gate_and_points, not to {self.rule}.")
        if self.rule == "gate_and_points" and not gates:
            raise ValueError("The rule gate_and_points needs at least one item with is_gate.")
        return self

    @property
    def items(self) -> list[ItemDefinition]:
        return [item for domain in self.domains for item in domain.items]

    @property
    def sha256(self) -> str:
        """The same for the same content, whatever the layout of the file."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


class StrategyDefinition(Strict):
    """One way to improve: for one item of the instrument, or for every item of one domain."""

    code: Code
    item: Code | None = None
    domain: Code | None = None
    title: Title
    text: Words
    source: str = ""
    url: Annotated[str, Field(max_length=500), AfterValidator(_web_address)] = ""

    @model_validator(mode="after")
    def _for_one_thing(self) -> "StrategyDefinition":
        if (self.item is None) == (self.domain is None):
            raise ValueError(f"Strategy {self.code}: name an item or a domain, one of the two.")
        return self


class StrategyFile(Strict):
    """The strategies for one instrument, whatever its version."""

    instrument: Code
    strategies: Annotated[list[StrategyDefinition], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_once(self) -> "StrategyFile":
        _refuse_repeated((one.code for one in self.strategies), "Strategy")
        return self


def parse(text: str, name: str) -> InstrumentFile:
    """The instrument in ``text``; ``name`` is the file's, for the messages.

    Raises:
        InvalidInstrument: all mistakes at once, "readiness.yaml, line 12, domains.0.items.2.weight: …".
    """
    return _parse(text, name, InstrumentFile)


def parse_strategies(text: str, name: str) -> StrategyFile:
    """The strategies in ``text``; raises as ``parse`` does."""
    return _parse(text, name, StrategyFile)


def _parse(text: str, name: str, kind: type[Content]) -> Content:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.load(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInstrument([f"{name}, line {line}: {error.problem}."]) from error
    if root is None:
        raise InvalidInstrument([f"{name}, line 1: The file is empty."])
    lines: dict[Place, int] = {}
    repeated = list(_walk(root, (), lines))
    if repeated:
        raise InvalidInstrument([f"{name}, line {line}: The key “{key}” is there twice." for line, key in repeated])
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise InvalidInstrument([_sentence(name, lines, one) for one in error.errors()]) from error


def read(path: Path) -> InstrumentFile:
    """The instrument in a file; InvalidInstrument as for ``parse``, OSError where there is no such file."""
    return parse(path.read_text(encoding="utf-8"), path.name)


def shipped_strategies(code: str) -> StrategyFile | None:
    """The strategies that come with one of the shipped instruments."""
    path = CATALOG / "strategies" / f"{code}.yaml"
    return parse_strategies(path.read_text(encoding="utf-8"), path.name) if path.exists() else None


def shipped_codes() -> list[str]:
    return sorted(path.stem for path in CATALOG.glob("*.yaml"))


def shipped(code: str) -> InstrumentFile:
    """One of the instruments that come with the product.

    Raises:
        LookupError: no such instrument; the message lists the known ones.
    """
    if code not in shipped_codes():
        raise LookupError(f"There is no instrument “{code}”. Known: {', '.join(shipped_codes())}.")
    return read(CATALOG / f"{code}.yaml")


def _walk(node: yaml.Node, path: Place, lines: dict[Place, int]) -> list[tuple[int, str]]:
    """Fill ``lines`` with the line of every key and element; returns the keys that stand twice in one mapping."""
    lines.setdefault(path, node.start_mark.line + 1)
    repeated: list[tuple[int, str]] = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*path, key.value)
            if place in lines:
                repeated.append((key.start_mark.line + 1, key.value))
            lines[place] = key.start_mark.line + 1
            repeated += _walk(value, place, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            repeated += _walk(value, (*path, index), lines)
    return repeated


def _sentence(name: str, lines: dict[Place, int], error: ErrorDetails) -> str:
    place = tuple(error["loc"])
    known = place
    while known not in lines:  # a missing key has no line of its own: the mapping's is told
        known = known[:-1]
    where = ".".join(str(part) for part in place)
    text = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{name}, line {lines[known]}{f', {where}' if where else ''}: {text}."


def _refuse_repeated(codes: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise ValueError(f"{what} code “{code}” is there twice.")
        seen.add(code)
