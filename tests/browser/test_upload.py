"""A file question of an application, in a real browser: what is no file of the kinds asked for says which those are."""

from datetime import date, time

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from applications.services import open_call, start_application
from core import clock
from documents.models import StoredFile
from programs.models import DueFrom, MilestoneKind
from questionnaires.services import load_form
from tests.conftest import NOW, make_cohort, make_milestone, make_practice, make_program, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUESTION = "Show us a chart of your waiting times"
SECTION = {
    "code": "files",
    "title": "Files",
    "questions": [{"code": "chart", "kind": "file", "text": QUESTION, "required": "never"}],
}


@pytest.fixture
def at_the_section(visitor, site):
    """The leader of an application under way, signed in, on the page with the file question."""
    with time_machine.travel(NOW, tick=True), clock.at(NOW):
        leader, cohort = make_user("Lena Leader"), make_cohort(make_program())
        make_milestone(cohort, "opening", MilestoneKind.OPENING, date(2024, 6, 1))
        make_milestone(
            cohort, "deadline", MilestoneKind.DEADLINE, date(2024, 8, 15), DueFrom.LEADER, ends_time=time(23, 59)
        )
        call = open_call(cohort, form=load_form("upload", "Application", [SECTION]))
        application = start_application(call, practice=make_practice(), team_name="A team", leader=leader, by=leader)
        browser = Client()
        browser.force_login(leader)
        key = browser.cookies[settings.SESSION_COOKIE_NAME].value
        person = visitor()
        person.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site}])
        person.go(f"/applications/{application.public_id}/sections/files/")
        yield person


def send(person, name: str, content: bytes) -> None:
    page = person.page
    page.get_by_label(QUESTION).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.locator("main form[enctype='multipart/form-data'] button[type=submit]").first.click()
    page.wait_for_load_state()


def test_a_wrong_kind_says_which_kinds_and_a_right_one_is_kept(at_the_section):
    person = at_the_section
    send(person, "virus.pdf", b"MZ this is a program")
    summary = person.page.locator(".error-summary, [role=alert]").first
    expect(summary).to_be_visible()
    assert "PDF" in person.text() and "MB" in person.text()
    assert not StoredFile.objects.exists()
    person.examine()
    person.shot("upload-refused")
    send(person, "chart.txt", b"Median wait: 12 days\n")
    stored = StoredFile.objects.get()
    assert stored.original_name == "chart.txt"
    person.examine()
