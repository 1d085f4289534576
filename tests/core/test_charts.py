"""Charts: text that a browser can draw, that says its values, and into which nobody can write markup."""

from fractions import Fraction as F
from xml.etree import ElementTree

import pytest

from core.charts import LINE, SCALE, WORD_LETTERS, Point, Row, lines_of, percent, rows_chart

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*rows: Row) -> tuple[str, ElementTree.Element]:
    text = rows_chart(rows, name="one", title="A & B <moved>", description="From 0 to 100.", ends=("0", "100"))
    return text, ElementTree.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_every_point_is_reached_and_says_its_value():
    _, root = drawn(
        Row("Access", [Point(F(1, 3), "hollow", "Baseline: 33"), Point(F(1), "filled", "Now: 100")], "33 → 100")
    )
    points = [one for one in root.iter(f"{SVG}svg") if one.get("role") == "img"]
    assert [(one.get("x"), one.get("tabindex"), one.get("aria-label")) for one in points] == [
        ("33.33%", "0", "Baseline: 33"),
        ("100%", "0", "Now: 100"),
    ]
    assert root.get("aria-labelledby") == "one-title one-description"
    assert root.find(f"{SVG}title").text == "A & B <moved>"


def test_a_line_joins_only_what_is_joined():
    points = [Point(F(0), "hollow", "0"), Point(F(1, 2), "tick", "50")]
    assert "chart-link" not in drawn(Row("Access", points))[0]
    assert 'class="chart-link" x1="0%" x2="50%"' in drawn(Row("Access", points, joined=True))[0]
    assert "chart-link" not in drawn(Row("Access", points[:1], joined=True))[0]


def test_band_and_open_stretch():
    text, _ = drawn(Row("Access", band=(F(1, 4), F(3, 4)), open_between=(F(1, 3), F(2, 3))))
    assert 'class="chart-band" x="25%" width="50%"' in text
    assert text.count('class="chart-open"') == 3


def test_words_of_people_are_escaped():
    text, _ = drawn(Row('<script>"x"', [Point(F(0), "filled", '"><img>')], "<b>"))
    assert "<script" not in text and "<img" not in text and "<b>" not in text
    assert text.__html__() == text


def test_long_names_and_words_take_more_lines_and_a_taller_row():
    """Nothing is cut off; a reader who hears the picture hears a space where a line ends."""
    name, words = (
        "Accessibility of care and social determinants of health",
        "0 → 33 → 50 (+50) · 2 of 4 items · open from 25 to 75",
    )
    _, root = drawn(Row("Short", words="0 → 1"), Row(name, [Point(F(1), "filled", "50")], words), Row("Last"))
    rows = [one for one in root if one.get("class") == "chart-row"]
    assert [one.get("y") for one in rows] == ["0", "70", str(70 + 70 + 2 * LINE)]
    assert root.get("height") == str(70 + 70 + 2 * LINE + 70 + SCALE)
    name_text, words_text = rows[1].findall(f"{SVG}text")
    assert [one.text for one in name_text] == ["Accessibility of care and", "social determinants of health"]
    assert "".join(name_text.itertext()) == name
    assert [one.text for one in words_text] == ["0 → 33 → 50 (+50) · 2 of 4 items", "open from 25 to 75"]
    assert rows[1].find(f"{SVG}line").get("y1") == str(36 + LINE)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("", [""]),
        ("11 · 3 of 3 items", ["11 · 3 of 3 items"]),
        (f"{'x' * 16} · {'y' * 17}", [f"{'x' * 16} · {'y' * 17}"]),
        (f"{'x' * 17} · {'y' * 17}", ["x" * 17, "y" * 17]),
        ("word " * 10, ["word " * 6 + "word", "word word word"]),
    ],
)
def test_words_break_between_their_parts(words, lines):
    assert lines_of(words) == lines
    assert all(len(line) <= WORD_LETTERS for line in lines)


def test_places_along_the_scale():
    assert [percent(one) for one in (F(0), F(1, 3), F(1, 2), F(1))] == ["0%", "33.33%", "50%", "100%"]


def test_light_without_style_or_script():
    """Six domains in five rounds weigh less than 10 kB, and nothing of it needs what the policy refuses."""
    points = [
        Point(F(one, 5), "tick", f"A domain with a long name, reassessment {one}: {one * 20}") for one in range(5)
    ]
    text, _ = drawn(*[Row("A domain with a long name", points, "0 → 80", (F(0), F(1)), joined=True) for _ in range(6)])
    assert len(text) < 10_000
    assert "style=" not in text and "<script" not in text
