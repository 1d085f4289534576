"""The schema of instruments: what ships, and every mistake with its line."""

import pytest

from assessments import definition

GOOD = """\
code: small
title: A small instrument
rule: weighted_mean
domains:
  - code: one
    title: One
    weight: 1.5
    items:
      - code: first
        text: The first item
        weight: 2
        levels:
          - code: low
            anchor: Nothing
          - code: high
            anchor: Everything
"""


def test_the_two_that_ship():
    assert definition.shipped_codes() == ["commitment-illustrative", "equity-illustrative", "readiness"]
    equity, readiness = (definition.shipped(code) for code in definition.shipped_codes()[1:])
    assert [(one.code, len(one.items)) for one in equity.domains] == [
        ("community-engagement", 3),
        ("access", 4),
        ("bias", 3),
        ("quality", 4),
    ]
    assert [(one.code, len(one.items)) for one in readiness.domains] == [("culture", 4), ("structure", 4)]
    assert equity.is_illustrative
    assert readiness.is_illustrative
    for instrument in (equity, readiness):
        for item in (item for domain in instrument.domains for item in domain.items):
            assert len(item.levels) == 4
            assert len({level.anchor for level in item.levels}) == 4
            assert item.guidance


def test_the_equity_instrument_says_that_it_is_ours():
    equity = definition.shipped("equity-illustrative")
    assert "(illustrative)" in equity.title
    assert "are not public" in equity.introduction


def test_an_unknown_instrument_lists_the_known():
    with pytest.raises(
        LookupError,
        match=r"There is no instrument “equip”\. Known: commitment-illustrative, equity-illustrative, readiness\.",
    ):
        definition.shipped("equip")


def test_the_layout_of_the_file_does_not_change_its_sum():
    again = "# a comment\n" + GOOD.replace("weight: 1.5", "weight: 1.50")
    assert definition.parse(again, "a.yaml").sha256 == definition.parse(GOOD, "b.yaml").sha256
    assert (
        definition.parse(GOOD.replace("Nothing", "Little"), "c.yaml").sha256 != definition.parse(GOOD, "b.yaml").sha256
    )


ABOVE = "A weight is above 0. Leave the item out if it should not count."
PLACE = "Line 11, domains[0].items[0].weight:"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("weight: 2", "weight: 0", f"{PLACE} {ABOVE}"),
        ("weight: 2", "weight: -1", f"{PLACE} {ABOVE}"),
        ("weight: 2", "weight: .nan", f"{PLACE} A weight is a number, such as 1 or 2.5."),
        ("weight: 2", "weight: 0.0001", f"{PLACE} A weight has at most 3 decimals and is below 100,000."),
        ("weight: 2", "weight: yes", f"{PLACE} A weight is a number, such as 1 or 2.5."),
        (
            "code: high",
            "code: low",
            "Line 15, domains[0].items[0].levels[1].code: Item first: level code “low” is there twice.",
        ),
        (
            "rule: weighted_mean",
            "rule: median",
            "Line 3, rule: “median” is no scoring rule. Known: mean, weighted_mean, all_or_nothing, gated, gate_and_points.",
        ),
        (
            "code: first",
            "code: First_Item",
            "Line 9, domains[0].items[0].code: “First_Item” is not a code. Use lower-case letters, digits and single hyphens.",
        ),
        ("        text: The first item\n", "", "Line 9, domains[0].items[0].text: is missing. Add it."),
        ("text: The first item", "text: ' '", "Line 10, domains[0].items[0].text: is empty. Write something there."),
        ("title: One", "titel: One", "Line 6, domains[0].titel: is not a known field. Did you mean “title”?"),
        (
            "title: One",
            "title: One\n    title: Two",
            "Line 7, domains[0].title: is there twice (first on line 6). Keep one of the two.",
        ),
        (
            "          - code: high\n            anchor: Everything\n",
            "",
            "Line 9, domains[0].items[0].code: Item first: give at least two levels, the lowest first.",
        ),
        (
            "weight: 2",
            "is_gate: true",
            "Line 9, domains[0].items[0].code: Item first: is_gate belongs to the rule gate_and_points, not to weighted_mean.",
        ),
        (
            "rule: weighted_mean",
            "rule: gate_and_points",
            "Line 1: The rule gate_and_points needs at least one item with is_gate.",
        ),
        ("weight: 2", "links: [{framework: F, looked_up: May}]", "“May” is not a day. Write it as 2026-11-22."),
        ("weight: 2", "links: [{framework: F, url: x, looked_up: 2026-11-22}]", "“x” is no web address."),
        ("rule: weighted_mean", "rule: [", "Line 5: while parsing a flow node, expected the node content"),
        ("weight: 2", "weight: &a [*a]", "aliases (*name) are not used here; write it out"),
        (GOOD, "", "Line 1: is empty. See docs/assessments.md for the format."),
        (GOOD, "- a list", "Line 1: is not made of fields. Write one “field: value” a line."),
        (GOOD, "x" * 1_000_001, "Line 1: The file is larger than a million characters, so it is no instrument."),
        (GOOD, GOOD.partition("domains:")[0] + "domains: []", "Line 4, domains: is empty. Add at least one."),
        (
            "domains:\n",
            "domains:\n  - {code: empty, title: Empty, items: []}\n",
            "Domain empty: add an item, or remove",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(old, new, message):
    with pytest.raises(definition.InvalidInstrument) as caught:
        definition.parse(GOOD.replace(old, new), "small.yaml")
    assert [sentence for sentence in caught.value.sentences if message in sentence]


def test_an_item_in_two_domains():
    twice = GOOD + GOOD.partition("domains:\n")[2].replace("code: one", "code: two")
    with pytest.raises(definition.InvalidInstrument, match="Item code “first” is there twice"):
        definition.parse(twice, "small.yaml")


def test_the_third_exercises_all_or_nothing():
    commitment = definition.shipped("commitment-illustrative")
    assert (commitment.rule, commitment.display_max, len(commitment.domains)) == ("all_or_nothing", 5, 5)
    assert "illustration" in commitment.introduction


@pytest.mark.parametrize("code", definition.shipped_codes())
def test_every_item_has_a_strategy_and_every_strategy_an_item(code):
    instrument, found = definition.shipped(code), definition.shipped_strategies(code)
    assert found is not None
    items, domains = {item.code for item in instrument.items}, {domain.code for domain in instrument.domains}
    assert {one.item for one in found.strategies if one.item} <= items
    assert {one.domain for one in found.strategies if one.domain} == domains
    assert definition.shipped_strategies("nothing") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "instrument: a\nstrategies:\n  - {code: x, title: T, text: W}\n",
            r"strategies.yaml:3: strategies\[0\]: Strategy x: name an item or",
        ),
        ("instrument: a\nstrategies:\n  - {code: x, item: b, domain: c, title: T, text: W}\n", "one of the two"),
        ("instrument: a\nstrategies: []\n", "strategies.yaml:2: strategies: is empty"),
    ],
)
def test_a_mistake_in_the_strategies(text, words):
    with pytest.raises(definition.InvalidInstrument, match=words):
        definition.parse_strategies(text, "strategies.yaml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rule: mean", "rule: gate_and_points", "needs at least one item with is_gate"),
        ("rule: mean", "rule: mean\nno_data_as: zero", "equity.yaml:5: no_data_as: “zero” is not known"),
    ],
)
def test_settings_of_the_rule(old, new, words):
    text = (definition.CATALOG / "equity-illustrative.yaml").read_text()
    text = text[text.index("code:") :]
    with pytest.raises(definition.InvalidInstrument, match=words):
        definition.parse(text.replace(old, new, 1), "equity.yaml")
