"""The rules page and the documentation say what the code does."""

from pathlib import Path

from assessments import rules, scoring
from assessments.models import Rule, Treatment

DOCS = Path(__file__).parents[2] / "docs" / "assessments.md"


def test_every_rule_and_treatment_has_an_example():
    assert [one.code for one in rules.RULES] == list(scoring.RULES) == Rule.values
    assert {one.code for one in rules.TREATMENTS} == set(Treatment.values)
    assert [one.title for one in rules.RULES] == Rule.labels
    assert {one.title for one in rules.TREATMENTS} == set(Treatment.labels)


def test_the_examples_come_to_what_a_hand_reckons():
    assert [(one.code, one.shown, one.open_between) for one in rules.RULES] == [
        ("mean", "50 (1/2)", "from 33 to 67"),
        ("weighted_mean", "83 (5/6)", ""),
        ("all_or_nothing", "0 (0)", ""),
        ("gated", "50 (1/2)", ""),
        ("gate_and_points", "75 (3/4)", ""),
    ]
    assert [(one.code, one.shown, one.open_between) for one in rules.TREATMENTS] == [
        ("left_out", "67 (2/3)", ""),
        ("unanswered", "67 (2/3)", "from 44 to 78"),
        ("lowest", "44 (4/9)", ""),
    ]
    assert [one.shown for one in rules.WHOLE] == ["no score yet", "88 (7/8)", "no score yet"]


def test_the_documentation_has_the_same_table():
    text = DOCS.read_text(encoding="utf-8")
    assert "\n".join(rules.table()) in text


def test_every_rule_names_its_source():
    assert all(one.source.startswith(("[V]", "[D]")) for one in (*rules.RULES, *rules.TREATMENTS, *rules.WHOLE))
