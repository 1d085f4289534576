"""The corpus: what is taken and what is refused, by content."""

import io
import unicodedata
import zipfile

import pytest

from documents import rules
from documents.rules import PDF, PNG, FileRefused, cleaned_name, recognise, suffix_of
from documents.rules.office import MOST_PARTS
from tests.documents import corpus


def kind(name: str, content: bytes, *allowed: rules.Kind) -> rules.Kind:
    return recognise(io.BytesIO(content), name, len(content), allowed or rules.ALL)


@pytest.mark.parametrize("name", corpus.GOOD)
def test_taken(name):
    content, found = corpus.GOOD[name]
    assert kind(name, content).content_type == found


@pytest.mark.parametrize("what", corpus.BAD)
def test_refused_with_a_sentence(what):
    name, content, words = corpus.BAD[what]
    with pytest.raises(FileRefused) as refusal:
        kind(name, content)
    assert words in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("name", corpus.GOOD)
def test_no_prefix_of_a_good_file_breaks_the_reader(name):
    """Whatever a line that dropped leaves of a file: an answer, never an error."""
    content = corpus.GOOD[name][0]
    for end in {1, 2, 4, 8, len(content) // 2, len(content) - 1}:
        try:
            kind(name, content[:end])
        except FileRefused as refusal:
            assert str(refusal)


def test_only_what_is_asked_for_is_taken():
    assert kind("plan.pdf", corpus.PDF, PDF, PNG) == PDF
    with pytest.raises(FileRefused, match=r"This file is an Excel workbook\. Send one of: PDF or PNG\."):
        kind("a.xlsx", corpus.office("xlsx"), PDF, PNG)


def test_an_archive_of_too_many_parts_is_not_read():
    content = corpus.office("docx", {f"word/{number}.xml": b"" for number in range(MOST_PARTS)})
    with pytest.raises(FileRefused, match="more than 5,000 parts"):
        kind("a.docx", content)


def test_a_part_that_is_there_twice_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file, pytest.warns(UserWarning):
        for content in (b"one", b"two"):
            file.writestr("[Content_Types].xml", content)
    with pytest.raises(FileRefused, match="damaged"):
        kind("a.docx", buffer.getvalue())


NAMES = {
    "plan.pdf": "plan.pdf",
    "PLAN.PDF": "PLAN.pdf",
    "plan": "plan.pdf",
    "": "file.pdf",
    ".pdf": "pdf.pdf",
    "../../etc/passwd": "passwd.pdf",
    "C:\\Users\\me\\plan.pdf": "plan.pdf",
    "pl\x00an\x1b[31m.pdf": "plan[31m.pdf",
    "plan\r\nSet-Cookie: a=b.pdf": "plan Set-Cookie_ a=b.pdf",
    "plan‮fdp.exe": "planfdp.exe.pdf",
    "​plan﻿.pdf": "plan.pdf",
    "  pl   an . pdf": "pl an . pdf.pdf",
    "Behandlungsplan März.pdf": "Behandlungsplan März.pdf",
    "計画.pdf": "計画.pdf",
    'a"b<c>.pdf': "a_b_c_.pdf",
    "half \ud800.pdf": "half.pdf",
    "x" * 400 + ".pdf": "x" * 196 + ".pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    found = cleaned_name(name, PDF)
    assert found == NAMES[name]
    assert len(found) <= 200
    assert not {unicodedata.category(letter) for letter in found} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("name", "suffix"), [("a.PDF", ".pdf"), ("a", ""), (".pdf", ""), ("a.tar.gz", ".gz"), ("a. pdf", ""), ("a.", "")]
)
def test_endings(name, suffix):
    assert suffix_of(name) == suffix
