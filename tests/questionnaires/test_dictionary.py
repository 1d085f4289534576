"""A form as a YAML text and as a table: exactly the same on the way back, and every fault with its line and column."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.definition import catalog, read
from questionnaires.definition import COLUMNS, FormDefinition, csv_of, read_table, read_text, text_of
from questionnaires.models import FormVersion
from questionnaires.services import (
    FormRefused,
    export_csv,
    export_yaml,
    load_form,
    put_section,
    read_csv,
    read_yaml,
)
from tests.conftest import make_user
from tests.questionnaires.conftest import SECTIONS

# Words as people write them, and those that spreadsheets and this file's own marks could spoil.
WORDS = st.one_of(
    st.sampled_from(
        ["=1+1", "'=1+1", "''=1+1", "'tis so", "'", "-5", "+1-2", "@x", " =x", "−3", "\t=x", "\nx", "yes", "no", "true"]
        + ["null", "~", "23:59", "0x10", "1e5", "a | b", "a|b", "a;b, c\\", "\\|", "  two blanks  ", '"q"', "a,b", "#x"]
        + ["- x", "x: y", "\ufeffx", "\u2028x", "émoji 🙂", "a\n\nb\n", "> x", "%x"]
    ),
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30),
).filter(str.strip)
TEXTS = st.one_of(st.just(""), WORDS, st.just(" "), st.just("\n"))
CODES = st.from_regex(r"[a-z0-9]{1,4}([-_][a-z0-9]{1,3}){0,2}", fullmatch=True)


def labelled(least, most):
    items = st.lists(st.tuples(CODES, WORDS), min_size=least, max_size=most, unique_by=lambda item: item[0])
    return items.map(lambda found: [{"code": code, "label": label} for code, label in found])


@st.composite
def columns(draw):
    found = draw(labelled(1, 4))
    for column in found:
        column["kind"] = draw(st.sampled_from(["short_text", "number", "choice", "email"]))
        column["required"] = draw(st.booleans())
        if column["kind"] == "choice":
            column["choices"] = draw(labelled(2, 3))
    return found


@st.composite
def questions(draw, earlier):
    kinds = ["short_text", "long_text", "number", "choice", "choices", "date", "statement", "file", "table"]
    question = {
        "kind": draw(st.sampled_from(kinds)),
        "text": draw(WORDS),
        "help": draw(TEXTS),
        "required": draw(st.sampled_from(["never", "submission", "always"])),
        "shown_to_reviewers": draw(st.booleans()),
        "locked_days_before": draw(st.none() | st.integers(0, 365)),
    }
    kind = question["kind"]
    if kind in ("short_text", "long_text"):
        question["max_words"] = draw(st.none() | st.integers(1, 10_000))
    if kind == "number":
        bound = st.none() | st.integers(-(10**9), 10**9) | st.integers(-(10**8), 10**8).map(lambda n: n / 10_000)
        low, high = draw(bound), draw(bound)
        if low is not None and high is not None and low > high:
            low, high = high, low
        question |= {"minimum": low, "maximum": high, "unit": draw(TEXTS)}
    if kind in ("choice", "choices"):
        question["choices"] = draw(labelled(2, 5))
    if kind == "table":
        low, high = sorted([draw(st.integers(1, 50)), draw(st.integers(1, 50))])
        question |= {
            "columns": draw(columns()),
            "min_rows": draw(st.sampled_from([None, low])),
            "max_rows": draw(st.sampled_from([None, high])),
        }
    if earlier and draw(st.booleans()):
        source = draw(st.sampled_from(earlier))
        codes = [True] if source["kind"] == "statement" else [one["code"] for one in source["choices"]]
        values = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3))
        question["ask_if"] = {"question": source["code"], "values": values}
    return question


@st.composite
def forms(draw):
    codes = draw(st.lists(CODES, min_size=1, max_size=7, unique=True))
    names = iter(draw(st.lists(CODES, min_size=len(codes), max_size=len(codes), unique=True)))
    sections, earlier = [], []
    for code in codes:
        if not sections or draw(st.booleans()):
            sections.append({"code": next(names), "title": draw(WORDS), "introduction": draw(TEXTS), "questions": []})
        question = {"code": code} | draw(questions(earlier))
        sections[-1]["questions"].append(question)
        if question["kind"] in ("statement", "choice", "choices"):
            earlier.append(question)
    return FormDefinition.model_validate({"sections": sections})


FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@FEW
@given(forms(), WORDS)
def test_yaml_comes_back_exactly_the_same(form, title):
    assert read_text(text_of(title, form)) == (title, form)


@FEW
@given(forms())
def test_a_table_comes_back_exactly_the_same(form):
    assert read_table(csv_of(form).decode()) == form


@FEW
@given(forms())
def test_no_cell_of_the_table_is_a_formula(form):
    for row in csv.reader(io.StringIO(csv_of(form).decode("utf-8-sig"), newline="")):
        for cell in row:
            bare = cell.strip()
            assert not bare.startswith(("=", "@")), cell
            assert not bare.startswith(("+", "-", "−")) or bare.lstrip("+-").replace(".", "").isdigit(), cell


@pytest.mark.parametrize("code", sorted(catalog()))
def test_the_shipped_forms_come_back_both_ways(db, now, code):
    file = read(catalog()[code])
    form = load_form(code, file.program.title, file.form.sections)
    assert read_yaml(export_yaml(form)) == (file.program.title, file.form)
    assert read_csv(export_csv(form)) == file.form


def test_what_a_spreadsheet_makes_of_the_file_is_read_as_well(form):
    rows = list(csv.reader(io.StringIO(export_csv(form).decode("utf-8-sig"), newline="")))
    said = read_csv(export_csv(form))
    shuffled = [[row[at] for at in reversed(range(len(row)))] for row in rows] + [[""] * len(rows[0])]
    shuffled = [["TRUE" if cell == "yes" else cell for cell in row] for row in shuffled]
    assert read_csv("\n".join(";".join(f'"{cell}"' for cell in row) for row in shuffled)) == said


def test_the_columns_that_are_documented(form):
    rows = list(csv.DictReader(io.StringIO(export_csv(form).decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert rows[2]["choices"] == "yes=Yes | no=No"
    assert rows[3]["ask_if"] == "tried=yes"
    assert (rows[4]["section"], rows[4]["section_introduction"], rows[4]["unit"]) == (
        "practice",
        "About the place.",
        "percent",
    )
    assert rows[6]["shown_to_reviewers"] == "no"


def test_a_table_question_in_one_row(db, now):
    column = {"code": "work", "label": "Work; or place", "kind": "choice", "required": False}
    column["choices"] = [{"code": "a", "label": "A, or B"}, {"code": "b", "label": "B | C"}]
    question = {
        "code": "people",
        "kind": "table",
        "text": "Who?",
        "columns": [{"code": "name", "label": "Name"}, column],
        "min_rows": 1,
        "max_rows": 8,
    }
    form = load_form("t", "T", [{"code": "s", "title": "S", "questions": [question]}])
    (row,) = csv.DictReader(io.StringIO(export_csv(form).decode("utf-8-sig"), newline=""))
    assert (row["rows"], row["columns"]) == (
        "1 to 8",
        "name=Name; short_text; required | work=Work\\; or place; choice; optional; a=A\\, or B, b=B \\| C",
    )


HEADER = "section,section_title,section_introduction,code,kind,text,required,max_words,choices,columns,rows,ask_if"
FIRST = "aim,Aim,,q,short_text,What?,,,,,,"


def broken(*rows, header=HEADER):
    with pytest.raises(FormRefused) as refusal:
        read_csv("\n".join([header, *rows]))
    return refusal.value.sentences


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("aim,,,r,essay,What?,,,,,,", "Line 3, kind: “essay” is not known. Use 'short_text'"),
        ("aim,,,R,date,What?,,,,,,", "Line 3, code: “R” is not a code."),
        ("aim,,,r,date,,,,,,,", "Line 3, text: is empty. Write something there."),
        ("aim,,,r,date,What?,sometimes,,,,,", "Line 3, required: “sometimes” is not known."),
        ("aim,,,r,short_text,What?,,few,,,,", "Line 3, max_words: “few” is not a number."),
        ("aim,,,r,short_text,What?,,0,,,,", "Line 3, max_words: input should be greater than or equal to 1"),
        (
            "aim,,,r,date,What?,,5,,,,",
            "Line 3: Question r: max_words belongs to short_text and long_text, not to date.",
        ),
        ("aim,,,r,choice,What?,,,yes,,,", "Line 3, choices: “yes” is not understood. Write a code and a label"),
        ("aim,,,r,choice,What?,,,yes=Yes,,,", "Line 3: Question r: give at least two choices."),
        ("aim,,,r,table,What?,,,,name,,", "Line 3, columns: “name” is not understood. Write name=Name; short_text"),
        ("aim,,,r,table,What?,,,,name=N; date,,", "Line 3, columns: “date” is not known. Use 'short_text'"),
        ("aim,,,r,table,What?,,,,n=N; number; maybe,,", "Line 3, columns: “maybe” is neither required nor optional."),
        ("aim,,,r,table,What?,,,,n=N; number,8-2,", "Line 3, rows: “8-2” is not understood. Write “2 to 8”"),
        ("aim,,,r,table,What?,,,,n=N; number,8 to 2,", "Line 3: Question r: min_rows 8 is above max_rows 2."),
        ("aim,,,r,date,What?,,,,,,q", "Line 3, ask_if: “q” is not understood. Write a question and answers"),
        ("aim,,,r,date,What?,,,,,,q=yes", "Line 3: Question r: ask_if can look at choice, choices and statement"),
        ("aim,,,q,date,What?,,,,,,", "Line 3: The question code “q” is there twice."),
        ("aim,Other,,r,date,What?,,,,,,", "Line 3, section_title: The section “aim” is called “Aim” further up."),
        ("aim,,Late,r,date,What?,,,,,,", "Line 3, section_introduction: Put the introduction beside"),
        ("new,,,r,date,What?,,,,,,", "Line 3, section_title: is empty. Write something there."),
        ("Aim,Aim,,r,date,What?,,,,,,", "Line 3, section: “Aim” is not a code."),
        ("aim,,,r,date,What, now?,,,,,,", "Line 3: has 13 cells, but there are 12 columns."),
        ('aim,,,r,date,"What?', "Line 3: is not CSV"),
    ],
)
def test_a_fault_of_a_table_has_its_line_and_column(row, sentence):
    (found,) = broken(FIRST, row)
    assert found.startswith(sentence)


def test_lines_are_counted_as_an_editor_counts_them():
    row = 'aim,Aim,"two\nlines",q,short_text,What?,,,,,,'
    assert broken(row, "", "aim,,,r,essay,What?,,,,,,")[0].startswith("Line 5, kind:")


def test_every_fault_is_told_at_once():
    assert len(broken("aim,Aim,,q,short_text,What?,,few,,,,", "aim,,,r,choice,What?,,,yes,,,")) == 2
    assert len(broken("aim,Aim,,Q,essay,What?,,,,,,")) == 2


def test_a_section_stands_together():
    rows = [FIRST, "other,Other,,r,date,When?,,,,,,", "aim,,,s,date,When?,,,,,,"]
    assert broken(*rows) == ["Line 4, section: The section “aim” has rows further up. Put all its questions together."]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("", "Line 1: The first line has to name the columns; “section” is missing."),
        ("section,code,kind", "Line 1: The first line has to name the columns; “text” is missing."),
        ("section,code,kind,text,colour", "Line 1: “colour” is not a known column."),
        ("section,code,kind,text,text", "Line 1: The column “text” is there twice."),
    ],
)
def test_a_header_that_is_none(header, sentence):
    assert broken(header=header)[0].startswith(sentence)


def test_an_empty_table_and_a_file_that_is_no_text():
    assert broken() == ["Line 2: has no row below the columns. Write one for each question."]
    with pytest.raises(FormRefused, match="Line 2: this is not UTF-8"):
        read_csv(b"section\n\xff")
    with pytest.raises(FormRefused, match="larger than a million characters"):
        read_csv("x" * 1_000_001)


YAML = """title: Tiny
sections:
  - code: aim
    title: Aim
    questions:
      - code: q
        kind: short_text
        text: What?
"""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("kind: short_text", "kind: essay", "Line 7, sections[0].questions[0].kind: “essay” is not known."),
        ("text: What?", "txt: What?", "Line 8, sections[0].questions[0].txt: is not a known field."),
        ("title: Tiny\n", "", "Line 1, title: is missing. Add it."),
        ("code: q\n", "code: [\n", "Line 8: while parsing a flow sequence"),
        (
            "text: What?\n",
            'text: What?\n        ask_if: {question: later, values: ["yes"]}\n',
            "Line 6, sections[0].questions[0]: Question q: ask_if names “later”, which is no earlier question.",
        ),
        ("text: What?\n", "text: What?\n        help: *all\n", "Line 9: aliases (*name) are not used here"),
    ],
)
def test_a_fault_of_a_yaml_text_has_its_line_and_field(old, new, sentence):
    with pytest.raises(FormRefused) as refusal:
        read_yaml(YAML.replace(old, new, 1))
    assert any(found.startswith(sentence) for found in refusal.value.sentences), refusal.value.sentences


def test_a_form_that_is_not_whole_is_not_exported(form):
    FormVersion.objects.update(frozen_at=None)
    put_section(form, "empty", title="Empty", by=make_user("Stella"))
    for export in (export_yaml, export_csv):
        with pytest.raises(FormRefused, match="Section “Empty” has no question"):
            export(form)


def test_an_exported_form_says_only_what_does_not_go_without_saying(form):
    text = export_yaml(form)
    assert "title: Test form" in text
    assert "max_words: null" not in text
    assert "columns" not in text
    assert FormDefinition(sections=SECTIONS) == read_yaml(text)[1]
