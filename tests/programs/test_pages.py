"""The enrollment's page, and what staff do in the admin."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from improvement.services import start_project, start_update
from practices.models import Member
from programs import services
from programs.models import Completion, DueFrom, EnrollmentState, Extension, Milestone, MilestoneKind
from tests.conftest import NOW, make_cohort, make_enrollment, make_milestone, make_user

SEEN = {
    "leader": 200,
    "colleague": 200,
    "helper": 200,
    "coach": 200,
    "staff": 200,
    "former": 404,
    "stranger": 404,
    "reviewer": 404,
    "other_coach": 404,
    "leadership": 404,
}


def page(cast):
    return reverse("programs:enrollment", args=[cast.enrollment.public_id])


@pytest.mark.parametrize(("who", "status"), SEEN.items())
def test_who_sees_the_page(cast, client, settings, who, status):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client.force_login(getattr(cast, who))
    assert client.get(page(cast)).status_code == status


def test_anonymous_people_sign_in_first_and_nothing_is_posted(cast, client):
    assert client.get(page(cast)).status_code == 302
    client.force_login(cast.leader)
    assert client.post(page(cast)).status_code == 405


def test_the_page_says_what_is_due_and_who_is_who(cast, client):
    client.force_login(cast.leader)
    with clock.at(NOW):
        html = client.get(page(cast)).content.decode()
    due, session = "July 10, 2024, 11:59 PM Eastern", "July 11, 2024 to July 12, 2024"
    for words in ("Milestone baseline", due, session, "Cora Colleague", "Cody Coach"):
        assert words in html
    assert "Fred Former" not in html
    assert html.count("<h1") == 1
    assert reverse("assessments:start", args=[cast.enrollment.public_id, "baseline"]) in html


def test_a_coach_sees_no_buttons(cast, client):
    client.force_login(cast.coach)
    start = reverse("assessments:start", args=[cast.enrollment.public_id, "baseline"])
    assert start not in client.get(page(cast)).content.decode()


def test_queries_do_not_grow_with_the_milestones_and_members(cast, client):
    client.force_login(cast.leader)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(page(cast)).status_code == 200
        return len(found)

    queries()
    one = queries()
    for number in (2, 3):
        make_milestone(cast.cohort, f"update-{number}", "update", date(2024, 9 + number, 30), "enrollment")
        person = make_user(f"Member {number}")
        Member.objects.create(team=cast.team, user=person, role="core", joined_on=date(2024, 6, 1))
    assert queries() == one


def test_a_cohort_without_dates_has_an_empty_state(cast, client):
    row = make_enrollment(make_cohort(cast.program, "bare"), cast.team, cast.leader, EnrollmentState.APPLYING)
    client.force_login(cast.leader)
    html = client.get(reverse("programs:enrollment", args=[row.public_id])).content.decode()
    assert "Nothing is due" in html and "There are no dates yet" in html


@pytest.mark.parametrize("model", ["program", "cohort", "milestone", "enrollment", "completion", "extension"])
def test_the_lists_open_and_their_queries_do_not_grow(cast, staff, model):
    address = reverse(f"admin:programs_{model}_changelist")
    services.complete(cast.enrollment, cast.baseline, by=cast.leader)
    services.extend(cast.enrollment, cast.first_update, ends_on=date(2024, 10, 9), reason="Illness", by=cast.staff)
    staff.get(address)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert staff.get(address).status_code == 200
        return len(found)

    one = queries()
    services.complete(cast.other_enrollment, cast.baseline, by=cast.stranger)
    services.extend(
        cast.other_enrollment, cast.first_update, ends_on=date(2024, 10, 9), reason="Illness", by=cast.staff
    )
    for code in ("a", "b"):
        clone = services.clone_cohort(cast.cohort, code=code, title=code, weeks=1)
        make_enrollment(clone, cast.team, cast.leader)
    assert queries() <= one


OBJECTS = [("program", "program"), ("cohort", "cohort"), ("milestone", "session"), ("enrollment", "enrollment")]


@pytest.mark.parametrize(("model", "name"), OBJECTS)
def test_each_object_opens(cast, staff, model, name):
    assert staff.get(reverse(f"admin:programs_{model}_change", args=[getattr(cast, name).pk])).status_code == 200


def test_editing_a_moment_moves_it_through_the_service(cast, staff):
    address = reverse("admin:programs_milestone_change", args=[cast.session.pk])
    empty = {"reminders-TOTAL_FORMS": 0, "reminders-INITIAL_FORMS": 0}
    values = {"starts_on": "2024-07-18", "ends_on": "2024-07-19", "starts_time": "", "ends_time": "17:00:00"}
    told = staff.post(address, values | empty).context["seen"]  # whom it writes to is shown first
    assert staff.post(address, values | empty | {"seen": told}).status_code == 302
    cast.session.refresh_from_db()
    assert (cast.session.ends_on, cast.session.version, cast.session.source) == (date(2024, 7, 19), 2, "staff")
    answer = staff.post(address, values | empty | {"ends_on": "2025-03-09", "ends_time": "02:30:00"})
    assert "2:30 AM is skipped by the clocks on March 9, 2025 (Eastern)." in answer.content.decode()
    assert Milestone.objects.get(pk=cast.session.pk).version == 2


def test_staff_grant_an_extension_in_the_admin(cast, staff):
    address = reverse("admin:programs_extension_add")
    values = {
        "milestone": cast.baseline.pk,
        "enrollment": cast.enrollment.pk,
        "ends_on": "2024-08-01",
        "ends_time": "",
        "reason": "Illness",
    }
    assert "later than the present" in staff.post(address, values | {"ends_on": "2024-07-01"}).content.decode()
    assert staff.post(address, values).status_code == 302
    row = Extension.objects.get()
    assert (row.ends_on, row.granted_by, row.zone) == (date(2024, 8, 1), cast.staff, cast.baseline.zone)


def test_actions_call_the_services(cast, staff):
    address = reverse("admin:programs_milestone_changelist")
    call = make_milestone(cast.cohort, "call", MilestoneKind.CALL, date(2024, 6, 26), DueFrom.CORE_TEAM)
    with clock.at(NOW):
        staff.post(address, {"action": "note_as_met", "_selected_action": [call.pk, cast.deadline.pk]})
    assert Completion.objects.filter(milestone=call).count() == 3
    address = reverse("admin:programs_enrollment_changelist")
    staff.post(address, {"action": "finish", "_selected_action": [cast.enrollment.pk]})
    cast.enrollment.refresh_from_db()
    assert cast.enrollment.state == "finished"
    answer = staff.post(address, {"action": "finish", "_selected_action": [cast.enrollment.pk]}, follow=True)
    assert "cannot become" in answer.content.decode()


def test_the_page_leads_to_the_team_s_work(cast, client):
    client.force_login(cast.leader)
    with clock.at(NOW):
        assert reverse("improvement:new_project", args=[cast.enrollment.public_id]) in client.get(page(cast)).text
        project = start_project(cast.enrollment, title="Screening", problem="Few.", by=cast.leader)
        update = start_update(cast.enrollment, cast.first_update, by=cast.leader)
    for who in (cast.leader, cast.coach):
        client.force_login(who)
        html = client.get(page(cast)).text
        assert reverse("improvement:project", args=[project.public_id]) in html
        assert reverse("improvement:update", args=[update.public_id]) in html
        assert reverse("improvement:new_project", args=[cast.enrollment.public_id]) not in html


def test_only_a_date_to_come_may_still_change(cast, client):
    Milestone.objects.filter(cohort=cast.cohort).update(source="default")
    client.force_login(cast.leader)
    with clock.at(NOW):
        lines = client.get(page(cast)).context["timeline"]
    ends = Milestone.objects.filter(cohort=cast.cohort).values_list("title", "ends_on")
    to_come = {title for title, day in ends if day >= NOW.date()}
    assert {line["title"] for line in lines if line["default_note"]} == to_come
