"""Files that are carried forward: each a row and a content of its own, within the quota; what cannot come is named."""

from datetime import date, time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications import selectors
from applications.models import Application
from applications.services import answer, carry_forward, open_call, start_application
from core.models import AuditEntry
from documents.models import ScanState, StoredFile
from documents.selectors import use_of
from documents.services import check, open_content
from programs.models import DueFrom, MilestoneKind
from questionnaires.models import Question
from questionnaires.services import load_form
from tests.applications.test_pages import client_of
from tests.conftest import make_cohort, make_milestone

CONTENTS = {"chart": b"a chart", "plan": b"a plan"}


def form_of(code, *questions):
    section = {
        "code": "files",
        "title": "Files",
        "questions": [
            {"code": one, "kind": kind, "text": f"The {one}", "required": "never"} for one, kind in questions
        ],
    }
    return load_form(code, code, [section])


def call_of(cast, code, *questions):
    cohort = make_cohort(cast.program, f"{code}-cohort")
    make_milestone(cohort, "opening", MilestoneKind.OPENING, date(2024, 4, 1))
    last = {"ends_time": time(23, 59)}
    make_milestone(cohort, "deadline", MilestoneKind.DEADLINE, date(2024, 9, 1), DueFrom.LEADER, **last)
    return open_call(cohort, form=form_of(code, *questions))


@pytest.fixture
def source(cast, april) -> Application:
    """With two files."""
    call = call_of(cast, "first", ("chart", "file"), ("plan", "file"))
    application = start_application(call, practice=cast.practice, team_name="Team", leader=cast.leader, by=cast.leader)
    keys = dict(Question.objects.filter(section__form=call.form).values_list("code", "pk"))
    for code, content in CONTENTS.items():
        answer(application, {keys[code]: check(SimpleUploadedFile(f"{code}.txt", content))}, by=cast.leader)
    return application


@pytest.fixture
def next_call(cast, april):
    return call_of(cast, "second", ("chart", "file"), ("plan", "file"))


def files_of(application) -> dict[str, StoredFile]:
    answers = application.response.answers.filter(file__isnull=False)
    return {one.question.code: one.file for one in answers.select_related("question", "file")}


def test_each_file_comes_along_as_one_of_its_own(cast, source, next_call):
    application = carry_forward(next_call, source, by=cast.leader)
    old, new = files_of(source), files_of(application)
    assert set(new) == set(CONTENTS)
    for code, content in CONTENTS.items():
        with open_content(new[code]) as file:
            assert file.read() == content
        assert (new[code].sha256, new[code].original_name) == (old[code].sha256, f"{code}.txt")
        assert (new[code].pk != old[code].pk, new[code].file.name != old[code].file.name) == (True, True)
        assert new[code].uploaded_by == cast.leader
        value = application.response.answers.get(question__code=code).value
        assert (value["file"], value["sha256"]) == (str(new[code].public_id), old[code].sha256)
        assert AuditEntry.objects.filter(verb="storedfile.stored", object_id=new[code].pk).count() == 1
    found = selectors.carried(Application.objects.get(pk=application.pk))
    assert (found.came, found.stayed) == (("The chart", "The plan"), ())


def test_it_counts_against_the_new_application(cast, source, next_call):
    before = use_of(f"response:{source.response_id}")
    application = carry_forward(next_call, source, by=cast.leader)
    assert use_of(f"response:{application.response_id}") == before
    assert use_of(f"response:{source.response_id}") == before


def test_for_what_no_room_is_left_is_named(cast, source, next_call, settings):
    settings.FILE_QUOTA_COUNT = 1
    application = carry_forward(next_call, source, by=cast.leader)
    assert set(files_of(application)) == {"chart"}
    page = client_of(cast.leader).get(reverse("applications:detail", args=[application.public_id]))
    assert (page.context["carried"].came, page.context["carried"].stayed) == (("The chart",), ("The plan",))
    assert "The plan" in page.content.decode()


@pytest.mark.parametrize(
    ("state", "comes"), [(ScanState.CLEAN, True), (ScanState.NOT_SCANNED, True), (ScanState.REFUSED, False)]
)
def test_what_the_scanner_said_is_kept(cast, source, next_call, state, comes):
    StoredFile.objects.filter(pk=files_of(source)["plan"].pk).update(scan_state=state)
    found = files_of(carry_forward(next_call, source, by=cast.leader))
    assert set(found) == ({"chart", "plan"} if comes else {"chart"})
    assert not comes or found["plan"].scan_state == state


def test_what_is_no_longer_taken_stays(cast, source):
    """A kind of content that is not in the table any more, and a question that asks for words now."""
    files = files_of(source)
    StoredFile.objects.filter(pk=files["chart"].pk).update(content_type="application/x-old")
    next_call = call_of(cast, "second", ("chart", "file"), ("plan", "short_text"))
    application = carry_forward(next_call, source, by=cast.leader)
    found = selectors.carried(Application.objects.get(pk=application.pk))
    assert (files_of(application), found.came, found.stayed) == ({}, (), ("The chart", "The plan"))


def test_a_content_that_is_gone_keeps_no_other_one_back(cast, source, next_call):
    gone = files_of(source)["chart"]
    gone.file.storage.delete(gone.file.name)
    assert set(files_of(carry_forward(next_call, source, by=cast.leader))) == {"plan"}


def test_larger_than_may_be_sent_now_stays(cast, source, next_call, settings):
    settings.MAX_UPLOAD_MB = 0
    assert files_of(carry_forward(next_call, source, by=cast.leader)) == {}


def test_the_source_keeps_its_own_file(cast, source, next_call):
    application = carry_forward(next_call, source, by=cast.leader)
    key = application.response.answers.get(question__code="plan").question_id
    answer(application, {key: None}, by=cast.leader)
    assert set(files_of(source)) == set(CONTENTS)
