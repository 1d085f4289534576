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


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "weight: 2",
            "weight: 0",
            "line 11, domains.0.items.0.weight: A weight is above 0. Leave the item out if it should not count.",
        ),
        (
            "weight: 2",
            "weight: .nan",
            "line 11, domains.0.items.0.weight: A weight is above 0. Leave the item out if it should not count.",
        ),
        (
            "weight: 2",
            "weight: 0.0001",
            "line 11, domains.0.items.0.weight: A weight has at most 3 decimals and is below 100,000.",
        ),
        ("weight: 2", "weight: yes", "line 11, domains.0.items.0.weight: A weight is a number, such as 1 or 2.5."),
        ("code: high", "code: low", "line 9, domains.0.items.0: Item first: level code “low” is there twice."),
        (
            "rule: weighted_mean",
            "rule: median",
            "line 3, rule: “median” is no scoring rule. Known: mean, weighted_mean, all_or_nothing, gated, gate_and_points.",
        ),
        (
            "code: first",
            "code: First_Item",
            "line 9, domains.0.items.0.code: “First_Item” is not a code. Use lower-case letters, digits and single hyphens.",
        ),
        ("        text: The first item\n", "", "line 9, domains.0.items.0.text: Field required."),
        ("title: One", "titel: One", "line 5, domains.0.title: Field required."),
        ("title: One", "title: One\n    title: Two", "line 7: The key “title” is there twice."),
        ("rule: weighted_mean", "rule: [", "line 5: expected the node content, but found '-'."),
        (GOOD, "", "line 1: The file is empty."),
        (GOOD, "- a list", "line 1: Input should be a valid dictionary or instance of InstrumentFile."),
    ],
)
def test_a_mistake_is_told_with_its_line(old, new, message):
    with pytest.raises(definition.InvalidInstrument) as caught:
        definition.parse(GOOD.replace(old, new), "small.yaml")
    assert caught.value.errors[0] == f"small.yaml, {message}"


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
            "line 3, strategies.0: Strategy x: name an item or",
        ),
        ("instrument: a\nstrategies:\n  - {code: x, item: b, domain: c, title: T, text: W}\n", "one of the two"),
        ("instrument: a\nstrategies: []\n", "line 2, strategies"),
    ],
)
def test_a_mistake_in_the_strategies(text, words):
    with pytest.raises(definition.InvalidInstrument, match=words):
        definition.parse_strategies(text, "strategies.yaml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rule: mean", "rule: gate_and_points", "needs at least one item with is_gate"),
        ("rule: mean", "rule: mean\nno_data_as: zero", "line 5, no_data_as"),
    ],
)
def test_settings_of_the_rule(old, new, words):
    text = (definition.CATALOG / "equity-illustrative.yaml").read_text()
    text = text[text.index("code:") :]
    with pytest.raises(definition.InvalidInstrument, match=words):
        definition.parse(text.replace(old, new, 1), "equity.yaml")
