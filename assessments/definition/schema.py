"""The schema of an instrument as it stands in a file. The shapes are documented in ``docs/assessments.md``.

Strict: an unknown key, a repeated code, a wrong type and an unknown rule are refused with a sentence that says what to do.
"""

import hashlib
import json
import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from assessments import scoring
from core.reading import Misplaced, not_blank, plain_text, refuse_repeated

# No underscore: "not_applicable" and "no_data" can never be the code of a level.
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PLACES = 3  # decimals of a weight, as the tables keep them
MOST_LEVELS = 12
GATED = "gate_and_points"


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


def _day(value: object) -> object:
    """A day as it is written in a file; whatever else it is, the schema says."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"“{value}” is not a day. Write it as 2026-11-22.") from None


def _rule(value: str) -> str:
    if value not in scoring.RULES:
        raise ValueError(f"“{value}” is no scoring rule. Known: {', '.join(scoring.RULES)}.")
    return value


def _web_address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError(f"“{value}” is no web address. It begins with https://.")
    return value


def plain(value: Decimal) -> int | float:
    """A weight as a file has it: whole where it is whole."""
    return int(value) if value == int(value) else float(value)


Treatment = Literal["unanswered", "left_out", "lowest"]
Code = Annotated[str, Field(max_length=60), AfterValidator(_code)]
Text = Annotated[str, AfterValidator(plain_text)]
Words = Annotated[str, AfterValidator(plain_text), AfterValidator(not_blank)]
Title = Annotated[str, Field(max_length=200), AfterValidator(plain_text), AfterValidator(not_blank)]
Address = Annotated[str, Field(max_length=500), AfterValidator(plain_text), AfterValidator(_web_address)]
Weight = Annotated[Decimal, BeforeValidator(_exact), AfterValidator(_weight)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=True)


class LevelDefinition(Strict):
    """One anchor, the lowest first. ``title`` is the step's short name, ``anchor`` says what it looks like for this item."""

    code: Annotated[Code, Field(max_length=40)]
    title: Annotated[Text, Field(max_length=80)] = ""
    anchor: Words


class LinkDefinition(Strict):
    """Where an outside framework speaks of the same thing. ``looked_up``: on which day somebody made sure of it."""

    framework: Annotated[Words, Field(max_length=120)]
    reference: Annotated[Text, Field(max_length=120)] = ""
    url: Address = ""
    looked_up: Annotated[date, BeforeValidator(_day)]


class ItemDefinition(Strict):
    code: Code
    text: Words
    guidance: Text = ""
    evidence_asked: Text = ""
    links: list[LinkDefinition] = []
    is_gate: bool = False
    weight: Weight = Decimal(1)
    allows_not_applicable: bool = True
    allows_no_data: bool = True
    levels: Annotated[list[LevelDefinition], Field(max_length=MOST_LEVELS)]

    @model_validator(mode="after")
    def _levels_stand(self) -> "ItemDefinition":
        if len(self.levels) < 2:
            raise Misplaced(self.code, f"Item {self.code}: give at least two levels, the lowest first.")
        refuse_repeated([level.code for level in self.levels], f"Item {self.code}: level")
        return self


class DomainPlan(Strict):
    """A domain that is being written: it may have no item yet."""

    code: Code
    title: Title
    introduction: Text = ""
    weight: Weight = Decimal(1)
    minimum_answered_percent: Percent | None = None
    items: list[ItemDefinition] = []


class DomainDefinition(DomainPlan):
    @model_validator(mode="after")
    def _has_items(self) -> "DomainDefinition":
        if not self.items:
            raise Misplaced(self.code, f"Domain {self.code}: add an item, or remove the domain.")
        return self


class InstrumentPlan(Strict):
    """An edition that is being written. Codes stand once at every step; emptiness and gates are looked at before its use."""

    code: Code
    title: Title
    is_illustrative: bool = False
    rule: Annotated[str, AfterValidator(_rule)] = "mean"
    display_max: Annotated[int, Field(ge=1, le=1000)] = 100
    minimum_answered_percent: Percent = 50
    not_applicable_as: Treatment = "left_out"
    no_data_as: Treatment = "unanswered"
    asks_reviewer: bool = False
    introduction: Text = ""
    source: Text = ""
    domains: list[DomainPlan] = []

    @model_validator(mode="after")
    def _codes_once(self) -> "InstrumentPlan":
        refuse_repeated([domain.code for domain in self.domains], "Domain")
        refuse_repeated([item.code for item in self.items], "Item")
        return self

    @property
    def items(self) -> list[ItemDefinition]:
        return [item for domain in self.domains for item in domain.items]

    @property
    def sha256(self) -> str:
        """The same for the same content, whatever the layout of the file."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


class InstrumentFile(InstrumentPlan):
    """One whole edition of an instrument. Codes of items are unique in the whole instrument."""

    domains: Annotated[list[DomainDefinition], Field(min_length=1)]

    @model_validator(mode="after")
    def _gates_fit_rule(self) -> "InstrumentFile":
        gates = [item.code for item in self.items if item.is_gate]
        if gates and self.rule != GATED:
            message = f"Item {gates[0]}: is_gate belongs to the rule {GATED}, not to {self.rule}."
            raise Misplaced(gates[0], message)
        if self.rule == GATED and not gates:
            raise ValueError(f"The rule {GATED} needs at least one item with is_gate.")
        return self


class StrategyDefinition(Strict):
    """One way to improve: for one item of the instrument, or for every item of one domain."""

    code: Code
    item: Code | None = None
    domain: Code | None = None
    title: Title
    text: Words
    source: Text = ""
    url: Address = ""

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
        refuse_repeated([one.code for one in self.strategies], "Strategy")
        return self
