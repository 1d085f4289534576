"""The staff's desk in a real browser: the intake of a call, the list, and one application with everything on it."""

import re
from datetime import date, time

import pytest
from allauth.mfa.models import Authenticator

from applications.exports import make_waiting
from applications.models import Application
from applications.services import (
    answer,
    answer_correction,
    open_call,
    request_correction,
    screen,
    start_application,
    submit,
    write_note,
)
from core import clock
from practices.models import MemberRole
from practices.services import add_member
from programs.models import DueFrom, MilestoneKind
from questionnaires.services import load_form
from tests.applications.conftest import SECTIONS, Applying, fill
from tests.browser.conftest import Visitor
from tests.conftest import build_cast, make_cohort, make_milestone, make_practice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def applying() -> Applying:
    """A call that is open today, with an application that was sent, returned and answered, and one that was just begun."""
    cast, today = build_cast(), clock.now().date()
    cohort = make_cohort(cast.program, "browser-call")
    make_milestone(cohort, "opening", MilestoneKind.OPENING, date(2024, 3, 1))
    make_milestone(
        cohort,
        "deadline",
        MilestoneKind.DEADLINE,
        date(today.year + 1, 1, 15),
        DueFrom.LEADER,
        ends_time=time(23, 59),
    )
    call = open_call(cohort, form=load_form("test-application", "Application", SECTIONS))
    started = start_application(call, practice=cast.practice, team_name="Sent team", leader=cast.leader, by=cast.leader)
    add_member(started.enrollment.team, cast.colleague, MemberRole.CORE, by=cast.leader)
    draft = Applying(**vars(cast), call=call, application=started)
    fill(draft)
    start_application(
        call, practice=make_practice("Second"), team_name="Drafting team", leader=cast.stranger, by=cast.stranger
    )
    return draft


def returned(draft: Applying) -> None:
    submit(draft.application, by=draft.leader, arrived_at=clock.now())
    screen(draft.application, verdict="question", text="Which site?", by=draft.staff)
    write_note(draft.application, text="Called the leader.", by=draft.staff)
    asked = request_correction(draft.application, section="time", message="Is it enough?", by=draft.staff)
    answer(draft.application, {draft.question("hours").pk: 8}, by=draft.leader)
    answer_correction(draft.application, correction=asked.pk, answer="Eight now.", by=draft.leader)
    request_correction(draft.application, section="problem", message="Say more.", by=draft.staff)


def signed_in(visitor: Visitor, client, user) -> None:
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    visitor.context.add_cookies([{"name": "sessionid", "value": cookie, "url": visitor.site}])


def press(visitor: Visitor, name: str | re.Pattern[str], within: str = "main") -> None:
    """As ``Visitor.press``, for a press that leads through a redirect: the page that comes last is looked at."""
    area = visitor.page.locator(within)
    button = area.get_by_role("button", name=name, exact=True)
    with visitor.page.expect_navigation():
        (button if button.count() else area.get_by_role("link", name=name, exact=True)).first.click()
    visitor.examine()


def test_the_desk(visitor, client):
    cast = applying()
    Authenticator.objects.create(user=cast.staff, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    staff = visitor(viewport={"width": 1280, "height": 900})
    signed_in(staff, client, cast.staff)
    intake = f"/admin/applications/call/{cast.call.pk}/intake/"
    staff.go(intake)
    assert "Drafting team" in staff.page.inner_text("#content")
    returned(cast)
    staff.go(intake)
    staff.go(f"{intake}?missing=problem")
    assert "Drafting team" in staff.page.inner_text("#content")
    staff.go("/admin/applications/application/")
    assert "Changes made" in staff.page.inner_text("#content")
    change = f"/admin/applications/application/{cast.application.pk}"
    staff.go(f"{change}/change/")
    press(staff, re.compile("Settle ?: ?Protected time"), "#content")
    assert "Protected time: Settled" in staff.page.inner_text("#content")
    staff.go(f"{change}/screening/")
    staff.page.check("#content [name=verdict][value=not_eligible]")
    staff.page.fill("#content [name=text]", "")
    press(staff, "Screen the application", "#content")
    assert "Say why" in staff.page.inner_text("#content")
    staff.go(f"{change}/return/")
    press(staff, "Return a part for changes", "#content")
    staff.shot("desk-return")


def test_the_applicants_side_on_a_small_phone(visitor, client):
    cast = applying()
    returned(cast)
    leader = visitor(viewport={"width": 320, "height": 640})
    signed_in(leader, client, cast.leader)
    leader.go(f"/applications/{cast.application.public_id}/")
    assert "Changes requested" in leader.text()
    press(leader, "Quality problem")
    assert "Say more." in leader.text()
    press(leader, "Open “Quality problem”")
    leader.page.fill("main textarea >> nth=0", "Delays of six weeks")
    press(leader, "Save and go back")
    leader.go(f"/applications/{cast.application.public_id}/corrections/problem/")
    press(leader, "Changes made")
    assert Application.objects.get(pk=cast.application.pk).submissions.count() == 3


def test_a_table_that_is_made_meanwhile(visitor, client, monkeypatch):
    """The page looks by itself, and then offers the file."""
    monkeypatch.setattr("applications.admin.tables.AT_ONCE", 1)
    cast = applying()
    Authenticator.objects.create(user=cast.staff, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    staff = visitor(viewport={"width": 1280, "height": 900})
    signed_in(staff, client, cast.staff)
    staff.go(f"/admin/applications/call/{cast.call.pk}/intake/")
    press(staff, "Download as CSV", "#content")
    assert "The table is being made." in staff.page.inner_text("#content")
    assert make_waiting() == 1
    staff.page.get_by_text("The table is ready.").wait_for()
    staff.examine()
    with staff.page.expect_download() as download:
        staff.page.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename.startswith("applications-browser-call-")
    staff.go(f"/admin/applications/call/{cast.call.pk}/intake/")
    assert "All applications as CSV" in staff.page.inner_text("#content")
