"""What staff do with cohorts, teams and duties in the admin: through services, and refused in sentences."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from programs.models import Completion, DueFrom, EnrollmentState, Extension, MilestoneKind, Supporter
from programs.services import extend, finish
from tests.conftest import make_enrollment, make_milestone, make_practice, make_team, make_user


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def press(client, model, action, *rows):
    data = {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return client.post(reverse(f"admin:programs_{model}_changelist"), data)


def test_a_coach_is_added_from_the_team_s_page(staff, cast):
    page = staff.get(reverse("admin:programs_enrollment_change", args=[cast.enrollment.pk])).content.decode()
    add = f"{reverse('admin:programs_supporter_add')}?enrollment={cast.enrollment.pk}&amp;role=coach"
    assert add in page
    form = staff.get(add.replace("&amp;", "&")).context["adminform"].form
    assert set(form.fields["user"].queryset) == {cast.coach, cast.other_coach, cast.staff}
    data = {"enrollment": cast.enrollment.pk, "user": cast.other_coach.pk, "role": "coach"}
    for _ in range(2):  # pressed twice, it is one row
        staff.post(reverse("admin:programs_supporter_add"), data)
    assert Supporter.objects.filter(enrollment=cast.enrollment, user=cast.other_coach).count() == 1
    assert AuditEntry.objects.filter(verb="supporter.added").count() == 1


def test_help_is_ended_by_an_action_and_once(staff, cast):
    row = Supporter.objects.get(user=cast.coach)
    press(staff, "supporter", "end", row)
    row.refresh_from_db()
    assert row.until_on == date(2024, 7, 1)
    again = said(press(staff, "supporter", "end", row))[-1]
    assert again == "Cody Coach, Coach: Cody Coach does not support this team any more."


def test_more_time_is_offered_for_the_milestones_of_the_team_s_own_cohort(staff, cast):
    form = (
        staff.get(reverse("admin:programs_extension_add"), {"enrollment": cast.enrollment.pk}).context["adminform"].form
    )
    assert {row.code for row in form.fields["milestone"].queryset} == {"deadline", "qtp-1", "baseline", "update-1"}
    assert staff.get(reverse("admin:programs_extension_add"), {"enrollment": "nobody"}).status_code == 200


def test_an_extension_is_granted_and_a_needless_one_refused_in_words(staff, cast):
    data = {
        "enrollment": cast.enrollment.pk,
        "milestone": cast.baseline.pk,
        "ends_on": "2024-08-01",
        "reason": "Illness",
    }
    response = staff.post(reverse("admin:programs_extension_add"), data | {"ends_on": "2024-07-01"})
    assert "An extension must end later than the present deadline." in response.content.decode()
    granted = staff.post(reverse("admin:programs_extension_add"), data)
    assert "until August 1, 2024" in said(granted)[-1]
    assert Extension.objects.get().ends_on == date(2024, 8, 1)
    assert AuditEntry.objects.filter(verb="extension.granted").count() == 1


def test_more_time_says_what_is_still_to_be_entered(staff):
    page = staff.post("/admin/programs/extension/add/", {}).content.decode()
    for words in ("Choose the team that gets", "Choose what the team", "Enter the day until which", "Write down why"):
        assert words in page
    assert "Fill in this field" not in page


def test_a_team_is_withdrawn_with_its_reason(staff, cast):
    page = reverse("admin:programs_enrollment_withdraw", args=[cast.enrollment.pk])
    assert staff.get(page).status_code == 200
    assert "Say why the team leaves" in staff.post(page, {"reason": " "}).content.decode()
    staff.post(page, {"reason": "Staff turnover"})
    cast.enrollment.refresh_from_db()
    assert (cast.enrollment.state, cast.enrollment.left_reason) == ("withdrawn", "Staff turnover")
    assert said(staff.post(page, {"reason": "Again"}))[-1].startswith("This team's enrollment is withdrawn")


def test_an_applying_team_is_not_withdrawn_behind_its_application(staff, cast):
    team = make_team(make_practice("Third"), make_user("Thea Third"))
    applying = make_enrollment(cast.cohort, team, cast.staff, state=EnrollmentState.APPLYING)
    page = reverse("admin:programs_enrollment_withdraw", args=[applying.pk])
    assert "Decline its application" in said(staff.post(page, {"reason": "No time"}))[0]
    applying.refresh_from_db()
    assert applying.state == EnrollmentState.APPLYING


def test_finishing_asks_first_and_is_refused_the_second_time(staff, cast):
    page = reverse("admin:programs_enrollment_finish", args=[cast.enrollment.pk])
    assert "This cannot be undone." in staff.get(page).content.decode()
    assert said(staff.post(page)) == ["Team of Lena Leader has finished."]
    assert "cannot become" in said(staff.post(page))[-1]


@pytest.mark.parametrize("name", ["withdraw", "finish"])
def test_only_staff_open_those_pages(client, cast, name):
    client.force_login(cast.leader)
    page = reverse(f"admin:programs_enrollment_{name}", args=[cast.enrollment.pk])
    assert client.post(page, {"reason": "x"}).status_code == 302
    cast.enrollment.refresh_from_db()
    assert cast.enrollment.state == EnrollmentState.ACTIVE


@pytest.mark.parametrize("code", ["deadline", "session", "baseline", "first_update"])
def test_what_teams_file_or_attend_is_not_noted_for_them(staff, cast, code):
    milestone = getattr(cast, code)
    (sentence,) = said(press(staff, "milestone", "note_as_met", milestone))
    assert milestone.title in sentence
    assert Completion.objects.count() == 0


def test_a_call_is_noted_once_it_was_held_and_can_be_taken_back(staff, cast):
    to_come = make_milestone(cast.cohort, "call-2", MilestoneKind.CALL, date(2024, 7, 8), DueFrom.ENROLLMENT)
    held = make_milestone(cast.cohort, "call-1", MilestoneKind.CALL, date(2024, 6, 26), DueFrom.ENROLLMENT)
    assert said(press(staff, "milestone", "note_as_met", to_come)) == [
        "“Milestone call-2” is still to come. Note it once it was held."
    ]
    press(staff, "milestone", "note_as_met", held)
    assert Completion.objects.filter(milestone=held).count() == 2
    press(staff, "completion", "take_back", *Completion.objects.all())
    assert Completion.objects.count() == 0


def test_a_deadline_has_no_length(staff, cast):
    """Whoever moves only its end moves its start along; a time that comes twice brings no words of the database."""
    page = reverse("admin:programs_milestone_change", args=[cast.deadline.pk])
    day = cast.deadline.ends_on
    inline = {"reminders-TOTAL_FORMS": 0, "reminders-INITIAL_FORMS": 0}
    twice = {"starts_on": str(day), "ends_on": "2023-11-05", "ends_time": "01:30", **inline}
    assert "is violated" not in staff.post(page, twice).content.decode()
    later = {"starts_on": str(day), "ends_on": str(day + timedelta(days=7)), "ends_time": "23:59", **inline}
    shown = staff.post(page, later)
    if shown.context and "seen" in shown.context:
        staff.post(page, later | {"seen": shown.context["seen"]})
    cast.deadline.refresh_from_db()
    assert cast.deadline.starts_on == cast.deadline.ends_on == day + timedelta(days=7)


def test_a_moment_is_typed_into_the_browser_s_own_controls_and_moved_by_the_service(staff, cast):
    page = reverse("admin:programs_milestone_change", args=[cast.baseline.pk])
    assert 'type="date" name="starts_on" value="2024-07-10"' in staff.get(page).content.decode()
    inline = {"reminders-TOTAL_FORMS": 0, "reminders-INITIAL_FORMS": 0}
    wrong = {"starts_on": "2024-07-20", "ends_on": "2024-07-19", **inline}
    assert "would end before it starts" in staff.post(page, wrong).content.decode()
    right = {"starts_on": "2024-07-20", "ends_on": "2024-07-20", **inline}
    staff.post(page, right | {"seen": staff.post(page, right).context["seen"]})  # whom it writes to is shown first
    cast.baseline.refresh_from_db()
    assert (cast.baseline.ends_on, cast.baseline.version, cast.baseline.source) == (date(2024, 7, 20), 2, "staff")


@pytest.mark.parametrize("model", ["cohort", "program", "enrollment", "milestone"])
def test_nothing_is_deleted(staff, cast, model):
    row = {"cohort": cast.cohort, "program": cast.program, "enrollment": cast.enrollment, "milestone": cast.baseline}[
        model
    ]
    page = reverse(f"admin:programs_{model}_delete", args=[row.pk])
    assert staff.post(page, {"post": "yes"}).status_code == 403


def test_a_state_sent_to_an_enrollment_s_page_changes_nothing(staff, cast):
    page = reverse("admin:programs_enrollment_change", args=[cast.enrollment.pk])
    assert staff.post(page, {"state": "finished"}).status_code == 403


@pytest.mark.parametrize("model", ["enrollment", "supporter", "extension", "completion", "milestone", "cohort"])
def test_lists_ask_as_often_for_three_as_for_one(staff, cast, model):
    def ask():
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(reverse(f"admin:programs_{model}_changelist")).status_code == 200
        return len(queries)

    def more(number):
        team = make_team(make_practice(f"P {number}"), make_user(f"Leader {number}"))
        row = make_enrollment(cast.cohort, team, cast.staff)
        Supporter.objects.create(enrollment=row, user=cast.coach, role="coach", since_on=date(2024, 6, 1))
        extend(row, cast.baseline, ends_on=date(2024, 8, 1), reason="Illness", by=cast.staff)
        call = make_milestone(cast.cohort, f"call-{number}", MilestoneKind.CALL, date(2024, 6, 26), DueFrom.ENROLLMENT)
        press(staff, "milestone", "note_as_met", call)

    more(1)
    one = ask()
    more(2)
    more(3)
    assert ask() == one


def test_a_finished_team_is_offered_no_more_help(staff, cast):
    finish(cast.enrollment, by=cast.staff)
    form = staff.get(reverse("admin:programs_supporter_add")).context["adminform"].form
    assert set(form.fields["enrollment"].queryset) == {cast.other_enrollment}


def test_the_facts_of_a_program_read_as_words(staff, cast):
    facts = {
        "length": {"months": 24, "source": "seed"},
        "core_team": {"min": 2, "max": 4, "source": "seed"},
        "larger_team": {"required": True, "source": "default"},
    }
    cast.program.definition = {"program": facts}
    cast.program.save()
    page = staff.get(reverse("admin:programs_program_change", args=[cast.program.pk])).content.decode()
    assert "Length: 24 months <em>(Published by ASCO)</em>" in page
    assert "Core team: 2 to 4 <em>(Published by ASCO)</em>" in page
    assert "Larger team: required <em>(Our default, which staff can change)</em>" in page
