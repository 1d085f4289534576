"""What an answer may be, what people may type, and which questions are asked."""

from datetime import date
from decimal import Decimal

import pytest

from questionnaires import rules
from questionnaires.rules import BadAnswer, Limits, Need

SHORT, LONG = Limits("short_text"), Limits("long_text", max_words=3)
NUMBER = Limits("number", minimum=Decimal(0), maximum=Decimal(100), unit="percent")
ONE, SOME = Limits("choice", choices=("a", "b")), Limits("choices", choices=("a", "b", "c"))


@pytest.mark.parametrize(
    ("limits", "value", "stored"),
    [
        (SHORT, "  two  words ", "two  words"),
        (SHORT, "   ", None),
        (SHORT, "", None),
        (LONG, "one\r\ntwo\rthree", "one\ntwo\nthree"),
        (LONG, "one two three four five", "one two three four five"),  # too many words are kept, and told as a gap
        (NUMBER, Decimal("12.5000"), 12.5),
        (NUMBER, 0, 0),
        (NUMBER, Decimal("100"), 100),
        (ONE, "b", "b"),
        (SOME, ["c", "a", "a"], ["a", "c"]),
        (SOME, [], None),
        (Limits("date"), date(2024, 5, 1), "2024-05-01"),
        (Limits("date"), "2024-05-01", "2024-05-01"),
        (Limits("statement"), True, True),
        (Limits("statement"), False, None),
        (Limits("long_text"), None, None),
    ],
)
def test_clean(limits, value, stored):
    assert rules.clean(limits, value) == stored


@pytest.mark.parametrize(
    ("limits", "value", "sentence"),
    [
        (SHORT, 5, "Enter text."),
        (SHORT, "a\x00b", "a character that cannot be stored"),
        (SHORT, "a\ud800b", "a character that cannot be stored"),
        (SHORT, "x" * 501, "Enter at most 500 characters. You have 501."),
        (Limits("long_text"), "x" * 20_001, "Enter at most 20,000 characters. You have 20,001."),
        (NUMBER, -1, "Enter 0 percent or more."),
        (NUMBER, Decimal("100.5"), "Enter 100 percent or less."),
        (NUMBER, True, "Enter a number."),
        (NUMBER, "12", "Enter a number."),
        (NUMBER, Decimal("NaN"), "below 10 billion"),
        (NUMBER, Decimal("0.00001"), "at most 4 decimals"),
        (ONE, "c", "Choose one"),
        (ONE, ["a"], "Choose one"),
        (SOME, "a", "Choose from"),
        (SOME, ["a", "z"], "Choose from"),
        (Limits("date"), "soon", "Enter a date, such as May 1, 2024."),
        (Limits("statement"), "yes", "Check the box"),
    ],
)
def test_refused(limits, value, sentence):
    with pytest.raises(BadAnswer) as refusal:
        rules.clean(limits, value)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    ["2024-05-01", "2024-5-1", "May 1, 2024", "may 1 2024", "May. 1, 2024", "1 May 2024", "1. May 2024", "5/1/2024"],
)
def test_dates_as_people_type_them(text):
    assert rules.read_date(text) == date(2024, 5, 1)


def test_months_by_any_length_of_their_name():
    assert rules.read_date("Sept 30, 2024") == date(2024, 9, 30)
    assert rules.read_date(" December 13, 2024. ") == date(2024, 12, 13)


@pytest.mark.parametrize(
    "text", ["February 30, 2024", "13/1/2024", "Mayor 1, 2024", "Ma 1, 2024", "tomorrow", "2024", "1.5.2024"]
)
def test_what_is_no_date(text):
    with pytest.raises(BadAnswer):
        rules.read_date(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,200", "1200"), ("12.5", "12.5"), ("-3", "-3"), (" 12 % ", "12"), ("12 percent", "12"), ("1234", "1234")],
)
def test_numbers_as_people_type_them(text, number):
    assert rules.read_number(text, "percent") == Decimal(number)


@pytest.mark.parametrize("text", ["1,20", "1.200,5", "twelve", "NaN", "1e5", "٣", "--1", "9" * 40])
def test_what_is_no_number(text):
    with pytest.raises(BadAnswer):
        rules.read_number(text)


def test_asked_follows_chains():
    needs = {2: [Need(1, ("yes",))], 3: [Need(2, ("x",))], 4: [Need(1, ("yes", "no"))]}
    assert rules.asked([1, 2, 3, 4], needs, {1: "yes", 2: ["x", "y"]}) == {1, 2, 3, 4}
    assert rules.asked([1, 2, 3, 4], needs, {1: "no", 2: ["x"]}) == {1, 4}
    assert rules.asked([1, 2, 3, 4], needs, {}) == {1}


@pytest.mark.parametrize(
    ("limits", "value", "is_required", "words"),
    [
        (LONG, None, True, "answer “Why?”"),
        (Limits("statement"), None, True, "agree to “Why?”"),
        (LONG, None, False, ""),
        (LONG, "one two three", True, ""),
        (LONG, "one two three four", False, "take out 1 word in “Why?”"),
        (LONG, " ".join(["word"] * 1503), True, "take out 1,500 words in “Why?”"),
        (SHORT, "x " * 200, True, ""),
        (NUMBER, 0, True, ""),
    ],
)
def test_what_is_left_to_do(limits, value, is_required, words):
    assert rules.gap(limits, value, "Why?", is_required=is_required) == words


def test_words_are_what_blanks_part():
    assert rules.count_words("  one,\ttwo\u00a0three\n— four\u3000") == 5
    assert rules.count_words(" \n ") == 0
