"""The receipt: page, PDF, and every earlier submission."""

import re
import zlib
from datetime import timedelta

import pytest
from django.urls import reverse

from applications import receipts
from applications.models import Application, Submission
from applications.services import answer, reopen, submit
from applications.services.forgetting import remove_content
from core import clock
from core.pdf import pdf
from tests.applications.conftest import APRIL, DEADLINE
from tests.applications.test_pages import client_of, url

LATER = APRIL + timedelta(hours=1)


def send(applying, at=APRIL):
    with clock.at(at):
        submit(applying.application, by=applying.leader, arrived_at=at, key=applying.application.submission_key)
    return Submission.objects.latest("pk")


def inner(content: bytes) -> bytes:
    """The PDF with its compressed streams unpacked, as far as they are text."""
    found = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_the_pdf_is_tagged_and_declared_accessible(complete):
    content = receipts.receipt_pdf(send(complete))
    whole = inner(content)
    assert content.startswith(b"%PDF-")
    for mark in (b"/StructTreeRoot", b"/Marked true", b"/Lang", b"pdfuaid:part", b"/Title"):
        assert mark in whole, mark


def test_everything_comes_from_the_sealed_copy(complete):
    submission = send(complete)
    before = receipts.parts_of(submission)
    complete.practice.name = "Another name"
    complete.practice.save()
    with clock.at(LATER):
        reopen(complete.application, by=complete.leader)
        answer(complete.application, {complete.question("problem").pk: "Other words"}, by=complete.leader)
    assert receipts.parts_of(Submission.objects.get(pk=submission.pk)) == before
    words = {line.label: line.value for part in before for line in part.rows}
    assert words["Practice"] == "Synthetic Oncology Practice"
    assert words["Which problem will you solve?"] == "Delays"
    assert words["Hours a week"] == "2 hours"
    assert words["Setting"] == "Community practice"
    assert words["Sponsor"] == "Sam Sponsor, CMO"


@pytest.mark.parametrize(
    "words",
    [
        '#panic("x")',
        '#include "/etc/passwd"',
        "$ x_1 $ @ref <label> *a* _b_ `c` \\ // /* x",
        "= Title",
        "a\n\nb\r\nc",
        "\t",
        "漢字 😀 ‮ العربية",
    ],
)
def test_what_anybody_types_is_text(complete, words):
    answer(complete.application, {complete.question("problem").pk: words or None}, by=complete.leader)
    submission = send(complete) if words.strip() else None
    if submission:
        assert receipts.receipt_pdf(submission).startswith(b"%PDF-")


def test_letters_that_no_font_has_are_told(tmp_path):
    template = tmp_path / "one.typ"
    template.write_text(
        '#let data = json(bytes(sys.inputs.data))\n#set document(title: "x")\n#set text(lang: "en")\n#data.word'
    )
    assert pdf(template, {"word": "word"}).is_accessible
    found = pdf(template, {"word": "\U0001f980\U000e0041"})
    assert (found.is_accessible, found.content[:5]) == (False, b"%PDF-")


def test_pages_and_files_by_number(complete):
    first = send(complete)
    with clock.at(LATER):
        reopen(complete.application, by=complete.leader)
    leader = client_of(complete.leader)
    # While it is a draft again, what was sent can still be had.
    html = leader.get(url("detail", complete.application)).content.decode()
    assert url("submission_pdf", complete.application, 1) in html
    complete.application = Application.objects.get()
    second = send(complete, LATER)
    page = leader.get(url("receipt", complete.application))
    assert [(row["row"].number, row["why"], row["is_in_force"]) for row in page.context["submissions"]] == [
        (2, "Opened again and sent once more", True),
        (1, "First submission", False),
    ]
    assert second.sealed_sha256 in page.content.decode()
    latest = leader.get(url("receipt_pdf", complete.application))
    assert (latest.status_code, latest["Content-Type"]) == (200, "application/pdf")
    assert latest["Content-Disposition"] == 'attachment; filename="applicants-receipt-2.pdf"'
    earlier = leader.get(url("submission_pdf", complete.application, 1))
    assert earlier["Content-Disposition"] == 'attachment; filename="applicants-receipt-1.pdf"'
    assert first.number == 1
    for number in (0, 3, 10**20):
        assert leader.get(url("submission_pdf", complete.application, number)).status_code == 404


def test_a_draft_that_was_never_sent_has_no_receipt(draft):
    assert client_of(draft.leader).get(url("receipt_pdf", draft.application)).status_code == 404


def test_a_late_one_says_so(complete):
    submission = send(complete, DEADLINE + timedelta(seconds=1))
    assert receipts.notices_of(submission) == [
        "It arrived after the deadline and is marked as late. Staff decide about it."
    ]
    with clock.at(DEADLINE + timedelta(hours=1)):
        assert "marked as late" in client_of(complete.leader).get(url("receipt", complete.application)).content.decode()


def test_an_emptied_copy_still_has_a_receipt(complete):
    submission = send(complete)
    remove_content([complete.application.pk], by=None)
    emptied = Submission.objects.get(pk=submission.pk)
    assert [part.title for part in receipts.parts_of(emptied)] == ["Practice"]
    assert "the content was removed on" in receipts.fingerprint_words(emptied)
    assert receipts.receipt_pdf(emptied).startswith(b"%PDF-")
    assert client_of(complete.leader).get(url("receipt", complete.application)).status_code == 200


def test_who_gets_the_file(complete, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    send(complete)
    page = reverse("applications:receipt_pdf", args=[complete.application.public_id])
    got = {
        who: client_of(getattr(complete, who)).get(page).status_code
        for who in ("leader", "colleague", "helper", "stranger", "coach", "staff")
    }
    assert got == {"leader": 200, "colleague": 200, "helper": 404, "stranger": 404, "coach": 404, "staff": 200}
