"""A file from the section page to its download, and everybody who may not have it."""

import hashlib
import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.services import start_application
from applications.services.sealing import seal
from applications.services.submission import keep_sealed
from core import clock
from documents.models import ScanState, StoredFile
from documents.services import check
from documents.views import HEADERS
from questionnaires.models import Answer
from questionnaires.selectors import gaps
from questionnaires.services import AnswersRefused, save_answers
from tests.documents import corpus
from tests.documents.conftest import upload


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(draft, application=None) -> str:
    return reverse("applications:section", args=[(application or draft.application).public_id, "evidence"])


def body(draft, **fields: object) -> dict[str, object]:
    """What the page sends when nothing was touched, and ``fields``."""
    answers = {answer.question.code: answer for answer in Answer.objects.filter(response=draft.application.response)}
    bases = {f"base__{code}": answers[code].version if code in answers else 0 for code in ("why", "chart", "more")}
    return bases | {"why": answers["why"].value if "why" in answers else ""} | fields


def sent(draft, user=None, **fields: object):
    return client_of(user or draft.leader).post(address(draft), body(draft, **fields))


def answer(draft, code: str = "chart") -> Answer:
    return Answer.objects.get(response=draft.application.response, question=draft.question(code))


def download(draft, file: StoredFile, user=None):
    url = reverse("applications:file", args=[draft.application.public_id, file.public_id])
    return client_of(user or draft.leader).get(url)


def test_upload_show_download_remove(draft):
    page = client_of(draft.leader).get(address(draft)).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert "at most 20 MB." in page
    reply = sent(draft, why="Because", chart=upload("Übersicht 2024.pdf"))
    assert reply.url == reverse("applications:detail", args=[draft.application.public_id])
    stored = answer(draft)
    assert stored.file.uploaded_by == draft.leader
    assert stored.value == {
        "file": str(stored.file.public_id),
        "name": "Übersicht 2024.pdf",
        "size": len(corpus.PDF),
        "sha256": hashlib.sha256(corpus.PDF).hexdigest(),
    }
    page = client_of(draft.colleague).get(address(draft)).content.decode()
    assert "Übersicht 2024.pdf</a> (89 bytes)" in page
    reply = download(draft, stored.file, draft.colleague)
    assert b"".join(reply.streaming_content) == corpus.PDF

    assert sent(draft, **{"chart-clear": "on"}).status_code == 302
    assert (answer(draft).value, answer(draft).file, answer(draft).version) == (None, None, 2)
    assert download(draft, stored.file).status_code == 200  # the revision keeps it
    assert "Übersicht" not in client_of(draft.leader).get(address(draft)).content.decode()


def test_headers_of_a_download(draft):
    sent(draft, chart=upload("Plan “A” März.pdf"))
    reply = download(draft, answer(draft).file)
    assert reply["Content-Disposition"] == ("attachment; filename*=utf-8''Plan%20%E2%80%9CA%E2%80%9D%20M%C3%A4rz.pdf")
    assert reply["Content-Type"] == "application/pdf"
    assert reply["Content-Length"] == str(len(corpus.PDF))
    assert {name: reply[name] for name in HEADERS} == {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": (
            "sandbox; default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "none",
    }


def test_a_range_gets_the_whole_file(draft):
    sent(draft, chart=upload())
    url = reverse("applications:file", args=[draft.application.public_id, answer(draft).file.public_id])
    reply = client_of(draft.leader).get(url, headers={"Range": "bytes=0-3"})
    assert (reply.status_code, b"".join(reply.streaming_content)) == (200, corpus.PDF)


@pytest.mark.parametrize("name", corpus.GOOD)
def test_no_kind_is_ever_served_as_a_page(draft, name):
    content, kind = corpus.GOOD[name]
    sent(draft, chart=upload(name, content))
    reply = download(draft, answer(draft).file)
    assert reply["Content-Type"] == kind
    assert reply["Content-Disposition"].startswith("attachment;")


def test_a_refused_file_keeps_what_was_typed(draft):
    reply = sent(draft, why="Typed with care", chart=upload("plan.pdf", corpus.picture("PNG")))
    page = reply.content.decode()
    assert reply.status_code == 200
    assert "The name of this file ends in “.pdf”, but inside it is a PNG picture." in page
    assert "Typed with care" in page
    assert not Answer.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_good_file_is_kept_where_another_answer_is_refused(draft):
    """A browser does not choose it again."""
    reply = sent(
        draft, why="Too long " + "x" * 20_000, chart=upload("chart.pdf"), more=upload("a.exe", b"MZ" + bytes(9))
    )
    page = reply.content.decode()
    assert "Enter at most 20,000 characters. You have 20,009." in page
    assert "This file is a Windows program." in page
    assert "Too long xxx" in page
    assert "chart.pdf</a>" in page
    assert '<input type="hidden" name="base__chart" value="1"' in page
    assert answer(draft).file.original_name == "chart.pdf"
    again = {"base__why": 0, "base__chart": 1, "base__more": 0, "why": "one", "chart": upload("better.pdf")}
    assert client_of(draft.leader).post(address(draft), again).status_code == 302
    assert answer(draft).file.original_name == "better.pdf"


def test_a_full_quota_is_said_beside_the_question(draft, settings):
    settings.FILE_QUOTA_COUNT = 1
    page = sent(draft, why="Typed", chart=upload("a.pdf"), more=upload("b.pdf")).content.decode()
    assert "1 files are stored here already, and no more fit." in page
    assert "Typed" in page
    assert not StoredFile.objects.exists()  # all or nothing, as with every refused save


def test_too_large_is_said_in_the_form_and_not_written(draft, settings):
    settings.MAX_UPLOAD_MB = 1
    page = sent(draft, why="Typed", chart=upload("a.txt", b"x" * 1_500_000)).content.decode()
    assert "This file has 1.5 MB, more than the 1 MB that can be sent." in page
    assert "Typed" in page


def test_what_is_too_large_to_read_gets_its_own_page(draft, settings):
    settings.MAX_UPLOAD_MB = 1
    reply = sent(draft, chart=upload("a.txt", b"x" * 10_000_001))
    assert reply.status_code == 413
    assert "That is too large to send" in reply.content.decode()


def test_too_many_files_get_the_same_page(draft):
    files = {f"f{number}": io.BytesIO(b"x") for number in range(21)}
    assert sent(draft, **files).status_code == 413


def test_the_same_file_again_changes_nothing(draft):
    sent(draft, chart=upload())
    sent(draft, chart=upload())
    assert (answer(draft).version, StoredFile.objects.count()) == (1, 1)


def test_an_untouched_file_stays(draft):
    sent(draft, chart=upload())
    sent(draft, why="New words")
    assert (answer(draft).version, answer(draft, "why").value) == (1, "New words")


def test_of_two_files_for_one_question_the_first_stays_and_the_second_is_told(draft):
    before = body(draft)
    sent(draft, draft.colleague, chart=upload("hers.pdf"))
    reply = client_of(draft.leader).post(address(draft), before | {"why": "Mine", "chart": upload("mine.pdf")})
    page = reply.content.decode()
    assert reply.status_code == 409
    assert "hers.pdf (89 bytes)" in page
    assert "Your file was not saved." in page
    assert answer(draft).file.original_name == "hers.pdf"
    assert answer(draft, "why").value == "Mine"
    assert StoredFile.objects.count() == 1


def test_a_value_that_somebody_made_up_is_refused(draft):
    """Neither the form nor the service takes a file by its number or its address."""
    other = StoredFile.objects.create(
        file="x.bin", original_name="x", content_type="text/plain", size=1, created_at=clock.now(), quota_key="other:1"
    )
    assert sent(draft, chart=str(other.public_id)).status_code == 302
    assert not Answer.objects.exists()
    for forged in (str(other.public_id), {"file": str(other.public_id)}, other, other.pk, True):
        with pytest.raises(AnswersRefused):
            save_answers(draft.application.response, {draft.question("chart").pk: forged}, by=draft.leader)
    with pytest.raises(AnswersRefused):  # and an upload answers nothing but a file question
        save_answers(draft.application.response, {draft.question("why").pk: check(upload())}, by=draft.leader)


def test_a_required_file_is_missing_until_it_is_there_and_clean(draft):
    def missing() -> list[str]:
        return [question.code for question in gaps(draft.application.response)]

    sent(draft, why="Because")
    assert missing() == ["chart"]
    sent(draft, chart=upload())
    assert missing() == []
    StoredFile.objects.update(scan_state=ScanState.REFUSED)
    assert missing() == ["chart"]
    page = client_of(draft.leader).get(address(draft)).content.decode()
    assert "The virus scanner refused this file" in page
    reply = download(draft, answer(draft).file)
    assert reply.status_code == 410
    assert "The virus scanner refused “plan.pdf”" in reply.content.decode()


WHO = {
    "leader": 200,
    "colleague": 200,
    "staff": 200,
    "helper": 404,
    "former": 404,
    "stranger": 404,
    "reviewer": 404,
    "coach": 404,
    "other_coach": 404,
    "leadership": 404,
    "inactive": 302,
}


@pytest.mark.parametrize("name", WHO)
def test_who_may_download(draft, settings, name):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    sent(draft, chart=upload())
    assert download(draft, answer(draft).file, getattr(draft, name)).status_code == WHO[name]


def test_a_file_of_another_application_is_not_found_under_ones_own(draft):
    sent(draft, chart=upload())
    other = start_application(
        draft.call, practice=draft.other_team.practice, team_name="Others", leader=draft.stranger, by=draft.stranger
    )
    own = client_of(draft.stranger)
    foreign = reverse("applications:file", args=[other.public_id, answer(draft).file.public_id])
    assert own.get(foreign).status_code == 404
    assert own.get(reverse("applications:file", args=[other.public_id, uuid4()])).status_code == 404
    assert own.get(foreign.replace(str(other.public_id), str(draft.application.public_id))).status_code == 404


def test_the_check_page_links_to_the_file(draft):
    sent(draft, why="Because", chart=upload())
    url = reverse("applications:file", args=[draft.application.public_id, answer(draft).file.public_id])
    page = client_of(draft.leader).get(reverse("applications:check", args=[draft.application.public_id]))
    assert f'<a href="{url}">plan.pdf (89 bytes)</a>' in page.content.decode()


def test_the_receipt_and_the_admin_link_to_the_file(draft, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    sent(draft, chart=upload())
    application = Application.objects.get(pk=draft.application.pk)
    at = clock.now()
    submission = keep_sealed(application, by=draft.leader, arrived_at=at, standing="open")
    stamps = {"submission": submission, "submitted_at": at, "submitted_by": draft.leader}
    Application.objects.update(state="submitted", **stamps)
    url = reverse("applications:file", args=[application.public_id, answer(draft).file.public_id])
    link = f'<a href="{url}">plan.pdf (89 bytes)</a>'
    receipt = client_of(draft.leader).get(reverse("applications:receipt", args=[application.public_id]))
    assert link in receipt.content.decode()
    page = client_of(draft.staff).get(reverse("admin:applications_application_change", args=[application.pk]))
    assert link in page.content.decode()


def test_the_sealed_copy_names_the_file_by_its_fingerprint(draft):
    sent(draft, chart=upload())
    application = Application.objects.get(pk=draft.application.pk)
    sealed = seal(application, by=draft.leader, arrived_at=clock.now(), standing="on_time")
    (found,) = [item for item in sealed["sections"][0]["questions"] if item["code"] == "chart"]
    assert found["value"]["sha256"] == hashlib.sha256(corpus.PDF).hexdigest()
    assert found["words"] == "plan.pdf (89 bytes)"


def test_uploads_go_to_disk_while_they_arrive(rf):
    request = rf.post("/", {"file": SimpleUploadedFile("a.txt", b"x")})
    assert request.FILES["file"].temporary_file_path().endswith(".upload.txt")
