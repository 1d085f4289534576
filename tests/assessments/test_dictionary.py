"""An instrument as YAML and as a data dictionary: exactly the same on the way back, and every fault with its line and column."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import definition, scoring
from assessments.definition import InstrumentFile
from tests.questionnaires.test_dictionary import TEXTS, WORDS

CODES = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3}){0,2}", fullmatch=True)
WEIGHTS = st.one_of(st.integers(1, 99_999), st.integers(1, 99_999_999).map(lambda n: n / 1000))
PERCENT = st.integers(0, 100)


def coded(codes, **fields):
    return st.builds(lambda **found: found, code=codes, **fields)


LEVELS = st.lists(
    coded(CODES, title=TEXTS, anchor=WORDS), min_size=2, max_size=4, unique_by=lambda level: level["code"]
)
LINKS = st.lists(
    st.builds(
        lambda **found: found,
        framework=WORDS,
        reference=TEXTS,
        url=st.sampled_from(["", "https://framework.example/?a=1;b|c"]),
        looked_up=st.dates().map(str),
    ),
    max_size=2,
)


@st.composite
def instruments(draw):
    rule = draw(st.sampled_from(sorted(scoring.RULES)))
    item_codes = draw(st.lists(CODES, min_size=1, max_size=5, unique=True))
    domain_codes = draw(st.lists(CODES, min_size=1, max_size=min(3, len(item_codes)), unique=True))
    domains = [
        {
            "code": code,
            "title": draw(WORDS),
            "introduction": draw(TEXTS),
            "weight": draw(WEIGHTS),
            "minimum_answered_percent": draw(st.none() | PERCENT),
            "items": [],
        }
        for code in domain_codes
    ]
    for place, code in enumerate(item_codes):
        item = {
            "code": code,
            "text": draw(WORDS),
            "guidance": draw(TEXTS),
            "evidence_asked": draw(TEXTS),
            "links": draw(LINKS),
            "is_gate": rule == "gate_and_points" and place == 0,
            "weight": draw(WEIGHTS),
            "allows_not_applicable": draw(st.booleans()),
            "allows_no_data": draw(st.booleans()),
            "levels": draw(LEVELS),
        }
        domains[place % len(domains)]["items"].append(item)
    return InstrumentFile.model_validate(
        {
            "code": draw(CODES),
            "title": draw(WORDS),
            "is_illustrative": draw(st.booleans()),
            "rule": rule,
            "display_max": draw(st.integers(1, 1000)),
            "minimum_answered_percent": draw(PERCENT),
            "not_applicable_as": draw(st.sampled_from(["unanswered", "left_out", "lowest"])),
            "no_data_as": draw(st.sampled_from(["unanswered", "left_out", "lowest"])),
            "asks_reviewer": draw(st.booleans()),
            "introduction": draw(TEXTS),
            "source": draw(TEXTS),
            "domains": domains,
        }
    )


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(instruments())
def test_both_ways_there_and_back_are_the_same(instrument):
    assert definition.parse(definition.text_of(instrument), "a.yaml") == instrument
    again = definition.read_table(definition.csv_of(instrument).decode(), instrument)
    assert again == instrument
    assert again.sha256 == instrument.sha256


@pytest.mark.parametrize("code", definition.shipped_codes())
def test_what_ships_comes_back_the_same(code):
    instrument = definition.shipped(code)
    assert definition.parse(definition.text_of(instrument), "a.yaml") == instrument
    assert definition.read_table(definition.csv_of(instrument).decode("utf-8-sig"), instrument) == instrument


SETTINGS = definition.shipped("readiness")
TABLE = [
    definition.COLUMNS,
    ["one", "One", "", "2", "", "a", "Item A", "", "", "", "", "", "", "", "low", "Low", "Nothing"],
    ["one", "", "", "", "", "a", "", "", "", "", "", "", "", "", "high", "High", "All"],
    ["", "", "", "", "", "b", "Item B", "", "", "1.5", "", "no", "", "", "low", "", "Nothing"],
    ["", "", "", "", "", "", "", "", "", "", "", "", "", "", "high", "", "All"],
]


def table(*changes: tuple[int, str, str]) -> str:
    """The good table with some cells changed: the line (from 1), the column, what stands there."""
    rows = [list(row) for row in TABLE]
    for line, column, words in changes:
        rows[line - 1][definition.COLUMNS.index(column)] = words
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def test_a_table_that_people_wrote():
    found = definition.read_table(table(), SETTINGS)
    assert (found.code, found.rule) == (SETTINGS.code, SETTINGS.rule)
    assert [(one.code, [item.code for item in one.items]) for one in found.domains] == [("one", ["a", "b"])]
    assert (found.domains[0].weight, found.items[1].weight, found.items[1].allows_not_applicable) == (2, 1.5, False)
    assert [level.code for level in found.items[0].levels] == ["low", "high"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([(3, "level", "low")], "Line 3, level: Item a: level code “low” is there twice."),
        ([(4, "item", "a"), (5, "item", "b")], "says something else further up"),
        ([(5, "item", "a")], "Line 5, item: The item “a” has rows further up. Put all its levels together."),
        ([(2, "weight", "0")], "Line 2, weight: A weight is above 0."),
        ([(2, "weight", "two")], "Line 2, weight: “two” is not a number."),
        ([(2, "domain_weight", "0")], "Line 2, domain_weight: A weight is above 0."),
        ([(2, "domain_minimum_percent", "101")], "Line 2, domain_minimum_percent:"),
        ([(2, "domain_title", "")], "Line 2, domain_title: is empty. Write something there."),
        ([(4, "domain_title", "Two")], "Line 4, domain_title: The domain “one” says something else further up."),
        ([(4, "text", "")], "Line 4, text: is empty. Write something there."),
        ([(4, "is_gate", "perhaps")], "Line 4, is_gate: “perhaps” is neither yes nor no."),
        ([(4, "is_gate", "yes")], "Item b: is_gate belongs to the rule gate_and_points"),
        ([(5, "item", "c"), (5, "text", "C")], "Item b: give at least two levels, the lowest first."),
        ([(2, "links", "F; 3.1")], "Line 2, links: “F; 3.1” is not understood. Write framework; reference;"),
        ([(2, "links", "F; 3.1; x; 2026-11-22")], "Line 2, links: “x” is no web address."),
        ([(2, "domain", "")], "Line 2, domain: The first row names its domain."),
        ([(2, "item", "")], "Line 2, item: The first row of a domain names its item."),
        ([(1, "anchor", "ancor")], "Line 1: The first line has to name the columns; “anchor” is missing."),
        ([(1, "guidance", "hints")], "Line 1: “hints” is not a known column."),
        ([(3, "anchor", " ")], "Line 3, anchor: is empty. Write something there."),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(changes, message):
    with pytest.raises(definition.InvalidInstrument) as caught:
        definition.read_table(table(*changes), SETTINGS)
    assert [sentence for sentence in caught.value.sentences if message in sentence], caught.value.sentences


@pytest.mark.parametrize(
    "text", ["", "\ufeff", "a,b\n", '"', "domain,item,text,level,anchor\n", "x" * 1_000_001, "\x00"]
)
def test_what_is_no_table(text):
    with pytest.raises(definition.InvalidInstrument):
        definition.read_table(text, SETTINGS)
