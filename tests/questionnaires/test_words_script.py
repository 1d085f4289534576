"""The page counts words as the server does, and its scripts know the marks that the fields carry."""

import re
import sys

from questionnaires.forms import SectionForm
from questionnaires.selectors import sections_with_answers
from tests.architecture.rules import ROOT

WORDS = (ROOT / "static/js/words.js").read_text(encoding="utf-8")
TABLES = (ROOT / "static/js/tables.js").read_text(encoding="utf-8")


def test_both_part_words_at_the_same_characters():
    blanks = re.compile(re.search(r"const BLANKS = /(\[.+\])\+/;", WORDS)[1])
    differing = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if bool(blanks.fullmatch(chr(code))) != (f"a{chr(code)}b".split() != [f"a{chr(code)}b"])
    ]
    assert differing == []


def test_the_marks_that_the_counter_looks_for_are_on_the_field(response):
    form = SectionForm(sections_with_answers(response)[0])
    html = str(form["title"])
    for mark in ("data-max-words", "data-words", "data-words-over"):
        assert f"{mark}=" in html
    assert {"maxWords", "words", "wordsOver"} == set(re.findall(r"dataset\.(\w+)", WORDS))


def test_the_marks_that_the_table_script_looks_for_are_in_the_template():
    page = "".join(
        (ROOT / f"templates/questionnaires/{name}.html").read_text(encoding="utf-8") for name in ("table", "_row")
    )
    marks = set(re.findall(r"\[(data-[a-z-]+)\]", TABLES)) | {
        "data-" + re.sub(r"([A-Z])", lambda found: "-" + found[1].lower(), name)
        for name in re.findall(r"dataset\.(\w+)", TABLES)
    }
    assert len(marks) == 11
    assert [mark for mark in marks if mark not in page] == ["data-stored-now"]  # the form puts it into the help
