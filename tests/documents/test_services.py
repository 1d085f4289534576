"""Storing, the quota, the scan hook, and tidying."""

import hashlib
import os
import stat
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.urls import reverse

from collaborative.tasks import run_sweep
from core import clock
from core.models import AuditEntry
from documents import selectors, services
from documents.models import ScanState, StoredFile
from documents.services import FileRefused, NotServed, Verdict
from questionnaires.services import load_form, save_answers, start_response
from tests.conftest import NOW, make_user
from tests.documents import corpus
from tests.documents.conftest import SECTIONS, upload


def store(key: str = "test:1", **what: object) -> StoredFile:
    return services.store(upload(**what), by=None, quota_key=key)


def contents(settings) -> list[Path]:
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


# --- Storing ----------------------------------------------------------------------------------------------------------


def test_what_is_stored(db, now, settings):
    ann = make_user("Ann")
    file = services.store(upload("../My plan.PDF"), by=ann, quota_key="test:1")
    assert (file.original_name, file.content_type, file.size) == ("My plan.pdf", "application/pdf", len(corpus.PDF))
    assert file.sha256 == hashlib.sha256(corpus.PDF).hexdigest()
    assert (file.uploaded_by, file.created_at, file.scan_state) == (ann, NOW, ScanState.NOT_SCANNED)
    with services.open_content(file) as content:
        assert content.read() == corpus.PDF
    assert AuditEntry.objects.get(verb="storedfile.stored").object_id == file.pk


def test_on_disk_the_name_is_random_and_nobody_else_may_read(db, now, settings):
    file, again = store(), store()
    path = settings.MEDIA_ROOT / file.file.name
    assert file.file.name.startswith("2024/07/")
    assert path.suffix == ".bin"
    assert len(path.stem) == 32
    assert file.file.name != again.file.name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)} == {0o700}


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "This file is empty."), (bytes(1_000_001), "This file has 1 MB, more than the 1 MB")]
)
def test_empty_and_too_large(settings, content, words):
    settings.MAX_UPLOAD_MB = 1
    with pytest.raises(FileRefused, match=words):
        services.check(SimpleUploadedFile("a.txt", content))


def test_a_refused_transaction_leaves_no_row_and_the_sweep_finds_the_content(db, now, settings):
    with pytest.raises(RuntimeError), transaction.atomic():
        store()
        raise RuntimeError
    assert not StoredFile.objects.exists()
    (path,) = contents(settings)
    assert services.untidy().orphans == []  # young: somebody may be saving it
    with clock.at(NOW + timedelta(days=2)):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
        assert services.untidy().orphans == [path]


# --- The quota --------------------------------------------------------------------------------------------------------


def test_the_number_of_files(db, now, settings):
    settings.FILE_QUOTA_COUNT = 2
    store(), store()
    with pytest.raises(FileRefused, match="2 files are stored here already"):
        store()
    assert store("test:2").pk


def test_the_bytes_of_all_files(db, now, settings):
    settings.FILE_QUOTA_MB = 1
    store(name="a.txt", content=b"x" * 600_000)
    with pytest.raises(FileRefused, match="This file has 500 KB, and 400 KB are left of 1 MB"):
        store(name="b.txt", content=b"x" * 500_000)
    store(name="b.txt", content=b"x" * 400_000)
    assert selectors.use_of("test:1") == selectors.Use(2, 1_000_000)


def test_of_many_at_once_only_as_many_pass_as_there_is_room(transactional_db, settings):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("an in-memory database has one connection")
    settings.FILE_QUOTA_COUNT = 3
    barrier, outcomes = Barrier(8), []

    def run():
        barrier.wait()
        try:
            store()
            outcomes.append("stored")
        except FileRefused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 5 + ["stored"] * 3
    assert StoredFile.objects.count() == len(contents(settings)) == 3


# --- The scanner ------------------------------------------------------------------------------------------------------

SEEN: list[bytes] = []


def scan(path: str) -> Verdict:
    """A scanner for the tests: it refuses pictures and fails on texts."""
    content = Path(path).read_bytes()
    SEEN.append(content)
    if content.startswith(b"fail"):
        raise KeyError("broken scanner")
    if content.startswith(b"odd"):
        return "perhaps"
    return Verdict.REFUSED if content.startswith(b"\x89PNG") else Verdict.CLEAN


@pytest.fixture
def scanner(settings):
    SEEN.clear()
    settings.FILE_SCANNER = "tests.documents.test_services.scan"


def test_without_a_scanner_files_stay_not_scanned(db, now):
    file = store()
    assert services.scan_waiting() == 0
    file.refresh_from_db()
    assert (file.scan_state, file.scan_tries) == (ScanState.NOT_SCANNED, 0)
    assert selectors.scans() == selectors.Scans(1, file.size, 1, 0, 0, has_scanner=False)


def test_verdicts(db, now, scanner):
    clean, refused = store(), store(name="a.png", content=corpus.picture("PNG"))
    assert services.scan_waiting() == 2
    assert services.scan_waiting() == 0
    assert len(SEEN) == 2
    clean.refresh_from_db()
    refused.refresh_from_db()
    assert (clean.scan_state, refused.scan_state) == (ScanState.CLEAN, ScanState.REFUSED)
    assert services.open_content(clean).read() == corpus.PDF
    assert default_storage.exists(refused.file.name)
    with pytest.raises(NotServed, match=r"The virus scanner refused “a.png”"):
        services.open_content(refused)
    verbs = ["storedfile.clean", "storedfile.refused"]
    assert list(AuditEntry.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", flat=True)) == verbs


@pytest.mark.parametrize(("content", "words"), [(b"fail", "KeyError('broken scanner')"), (b"odd", "it said 'perhaps'")])
def test_a_scanner_that_fails_is_asked_three_times(db, now, scanner, caplog, content, words):
    file, good = store(name="a.txt", content=content), store()
    assert [services.scan_waiting() for _ in range(5)] == [1, 0, 0, 0, 0]  # the good one, at once
    assert SEEN.count(content) == 3
    file.refresh_from_db()
    good.refresh_from_db()
    assert (file.scan_state, good.scan_state) == (ScanState.NOT_SCANNED, ScanState.CLEAN)
    assert [words in line and f"try {n} of 3" in line for n, line in enumerate(caplog.messages, 1)] == [True] * 3
    assert selectors.scans().given_up == 1


def test_a_scanner_that_hangs_is_left_behind(db, now, scanner, monkeypatch, caplog):
    monkeypatch.setattr("documents.services.scanning.PATIENCE", 0)
    released = Barrier(2)
    monkeypatch.setattr("tests.documents.test_services.scan", lambda path: released.wait(5))
    store()
    assert services.scan_waiting() == 0
    released.wait(5)
    assert "TimeoutError" in caplog.messages[0]


def test_a_limit_holds_and_a_file_is_not_scanned_by_two_sweeps(db, now, scanner, monkeypatch):
    files = [store() for _ in range(3)]
    assert services.scan_waiting(limit=2) == 2
    StoredFile.objects.filter(pk=files[2].pk).update(scan_tries=1)  # another sweep has it in hand
    monkeypatch.setattr("documents.services.scanning.waiting", lambda: [files[2]])
    assert services.scan_waiting() == 0
    assert len(SEEN) == 2


def test_the_sweep_scans_and_the_status_page_counts(client, cast, scanner, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    store(), store(name="a.png", content=corpus.picture("PNG")), store(name="a.txt", content=b"fail")
    for _ in range(3):
        run_sweep()
    client.force_login(cast.staff)
    page = client.get(reverse("status")).content.decode()
    assert "Nobody can download what the scanner refused." in page
    assert "The scanner failed three times on 1 file." in page
    assert "No scanner is set up" not in page
    assert "a.png" in client.get(reverse("admin:documents_storedfile_changelist") + "?scan_state__exact=refused").text
    settings.FILE_SCANNER = ""
    assert "No scanner is set up" in client.get(reverse("status")).content.decode()


def test_a_missing_content_is_said(db, now, caplog):
    file = store()
    default_storage.delete(file.file.name)
    with pytest.raises(NotServed, match="could not be found"):
        services.open_content(file)
    assert f"The content of file {file.pk}" in caplog.text


# --- Tidying ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def disorder(db, now, settings):
    """A file that an answer refers to, a replaced one, one that nothing refers to, one without row, a leftover, a young one."""
    response = start_response(load_form("with-files", "Form", SECTIONS))
    chart = response.form.sections.get().questions.get(code="chart")
    ann = make_user("Ann")
    old = clock.at(NOW - timedelta(days=3))
    with old:
        for name in ("replaced.pdf", "current.pdf"):
            save_answers(response, {chart.pk: services.check(upload(name))}, by=ann)
        stray = store()
    young = store()
    orphan = settings.MEDIA_ROOT / "2024" / "orphan.bin"
    orphan.parent.mkdir(exist_ok=True)
    leftover = settings.FILE_UPLOAD_TEMP_DIR / "left.upload"
    past = (NOW - timedelta(days=3)).timestamp()
    for path in (orphan, leftover):
        path.write_bytes(b"x")
        os.utime(path, (past, past))
    (settings.MEDIA_ROOT / "2024" / "fresh.bin").write_bytes(b"x")
    return {"stray": stray, "young": young, "orphan": orphan, "leftover": leftover}


def test_tidying_shows_first_and_removes_what_nothing_refers_to(disorder, settings, capsys):
    names = sorted(path.name for path in contents(settings))
    call_command("tidy_files")
    said = capsys.readouterr().out
    assert "3 would be removed" in said
    assert sorted(path.name for path in contents(settings)) == names
    call_command("tidy_files", "--delete")
    assert "3 removed" in capsys.readouterr().out
    assert not disorder["orphan"].exists()
    assert not disorder["leftover"].exists()
    kept = {"replaced.pdf", "current.pdf", disorder["young"].original_name}
    assert set(StoredFile.objects.values_list("original_name", flat=True)) == kept
    assert len(contents(settings)) == 4  # three with rows, and the fresh one
    assert AuditEntry.objects.get(verb="storedfile.removed").object_id == disorder["stray"].pk
    call_command("tidy_files", "--delete")
    assert "0 removed" in capsys.readouterr().out


def test_a_file_that_somebody_refers_to_meanwhile_stays(disorder):
    found = services.untidy()
    answered = StoredFile.objects.get(original_name="current.pdf")
    found.unreferenced.append(answered)
    assert services.tidy(found) == 3
    assert StoredFile.objects.filter(pk=answered.pk).exists()
    assert default_storage.exists(answered.file.name)


def test_missing_contents_are_told_and_their_rows_stay(db, now, capsys):
    file = store()
    default_storage.delete(file.file.name)
    call_command("tidy_files", "--delete")
    assert f"MISSING CONTENT: file {file.pk}" in capsys.readouterr().err
    assert StoredFile.objects.filter(pk=file.pk).exists()
