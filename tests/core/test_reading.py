"""YAML with lines, and pydantic's errors in words, for every room that reads a file that people write."""

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from core.reading import Unreadable, field_of, message_of, parse


def problems(text):
    with pytest.raises(Unreadable) as refusal:
        parse(text, "file.yaml", where="docs/x.md")
    return [(one.line, one.field, one.message) for one in refusal.value.problems]


def test_every_value_knows_its_line():
    document = parse("a: 1\nb:\n  - c: 23:59\n  - c: yes\n", "file.yaml", where="docs/x.md")
    assert document.value == {"a": 1, "b": [{"c": "23:59"}, {"c": "yes"}]}
    assert document.line(("b", 1, "c")) == 4
    assert document.line(("b", 1, "missing")) == 4
    assert document.line(("nowhere",)) == 1
    assert document.known(("b", 0, "function-after", "c")) == ("b", 0, "function-after")


def test_what_is_read_as_what():
    document = parse("[true, 1, -2.5, null, ~, 007, 1e5, 0x1f, 2024-05-01, no]", "file.yaml", where="docs/x.md")
    assert document.value == [True, 1, -2.5, None, None, "007", "1e5", "0x1f", "2024-05-01", "no"]


@pytest.mark.parametrize(
    ("text", "line", "field", "message"),
    [
        ("", 1, "", "is empty. See docs/x.md for the format."),
        ("a: 1\na: 2\n", 2, "a", "is there twice (first on line 1). Keep one of the two."),
        ("a: &x 1\nb: *x\n", 2, "", "aliases (*name) are not used here; write it out."),
        ("[" * 30, 1, "", "is nested too deeply; check the indentation."),
        (
            "a: !!python/name:os.system\n",
            1,
            "a",
            "has the tag tag:yaml.org,2002:python/name:os.system, which is not used here. Remove it.",
        ),
    ],
)
def test_what_cannot_be_used(text, line, field, message):
    assert problems(text) == [(line, field, message)]


class Thing(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    title: str
    size: int = 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "is missing. Add it."),
        ({"title": "x", "titel": "y"}, "is not a known field. Did you mean “title”?"),
        ({"title": "x", "zzz": "y"}, "is not a known field. Remove it, or correct its name."),
        ({"title": "x", "size": "big"}, "input should be a valid integer, not 'big'. Correct it."),
    ],
)
def test_what_pydantic_says_is_said_in_our_words(given, message):
    with pytest.raises(ValidationError) as refusal:
        Thing.model_validate(given)
    assert [message_of(detail, ["title", "size"]) for detail in refusal.value.errors()] == [message]


def test_a_path_as_people_write_it():
    assert field_of(("sections", 0, "questions", 2, "code")) == "sections[0].questions[2].code"
