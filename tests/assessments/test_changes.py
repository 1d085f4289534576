"""How two editions differ: which items stay comparable, and every difference in a sentence."""

from assessments.definition import Kind, compare
from tests.assessments.conftest import SMALL, parsed, small


def kinds(new):
    return {one.code: one.kind for one in compare(small(), new).items}


def test_the_same_says_nothing():
    found = compare(small(), small())
    assert found.sentences == []
    assert {one.kind for one in found.items} == {Kind.SAME}


def test_other_words_keep_an_item_shared():
    found = compare(small(), small(**{"Guidance of A.": "Other guidance.", "Item C.": "Item C reworded."}))
    assert [(one.code, one.kind, one.is_shared) for one in found.items] == [
        ("a", Kind.REWORDED, True),
        ("b", Kind.SAME, True),
        ("c", Kind.REWORDED, True),
    ]
    assert found.sentences == [
        "Item “Item A.”: the guidance was changed.",
        "Item “Item C.” now reads “Item C reworded.”.",
    ]


def test_another_anchor_does_not_and_another_short_name_does():
    line = "{code: c, text: Item C., allows_no_data: false, levels: *three}"
    assert kinds(parsed(SMALL.replace(line, line.replace("c, text", "c, weight: 2, text")))) == {
        "a": Kind.SAME,
        "b": Kind.SAME,
        "c": Kind.REWORDED,
    }
    levels = "[{code: low, anchor: Nothing.}, {code: middle, anchor: Some.}, {code: high, anchor: %s}]"
    named = parsed(SMALL.replace(line, line.replace("*three", levels % "All.")))
    anchored = parsed(SMALL.replace(line, line.replace("*three", levels % "Everything.")))
    assert (kinds(named)["c"], kinds(anchored)["c"]) == (Kind.REWORDED, Kind.LEVELS)
    assert "so earlier answers cannot be compared with later ones" in compare(small(), anchored).sentences[0]


def test_new_gone_moved_and_ordered():
    line = "      - {code: b, text: Item B., allows_not_applicable: false, levels: *three}\n"
    moved = parsed(SMALL.replace(line, "") + line)
    assert compare(small(), moved).sentences == ["Item “Item B.” moved to “Domain two”."]
    assert [(one.code, one.kind) for one in compare(small(), parsed(SMALL.replace(line, ""))).items][-1] == (
        "b",
        Kind.GONE,
    )
    assert compare(parsed(SMALL.replace(line, "")), small()).sentences == ["Item “Item B.” is new, in “Domain one”."]
    first = SMALL.index("      - code: a")
    swapped = SMALL[:first] + line + SMALL[first:].replace(line, "")
    assert compare(small(), parsed(swapped)).sentences == ["Domain “Domain one”: its items stand in another order."]


def test_settings_and_domains():
    new = small(
        **{
            "domains:": "rule: weighted_mean\ndisplay_max: 5\nno_data_as: lowest\nasks_reviewer: true\ndomains:",
            "is_illustrative: true\n": "",
            "weight: 3": "weight: 2.5\n    minimum_answered_percent: 80\n    introduction: Read this.",
            "title: Domain one": "title: Domain 1",
            "The tests.": "Others.",
        }
    )
    assert compare(small(), new).sentences == [
        "It is no longer marked as an illustration.",
        "The scoring rule was mean and is weighted_mean.",
        "The score shown for best practice was 100 and is 5.",
        "“No data” now counts as the lowest level.",
        "A third party now scores it as well.",
        "The source was changed.",
        "Domain “Domain one” is now called “Domain 1”.",
        "Domain “Domain two”: the introduction was changed.",
        "Domain “Domain two”: its weight was 3 and is 2.5.",
        "Domain “Domain two”: its own minimum answered is now 80 percent.",
    ]
