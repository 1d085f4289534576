from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Call
from core import clock
from dashboards.selectors import cohorts, duties
from improvement.models import Project, QuarterlyUpdate, UpdateState
from improvement.services import start_project, start_update
from notifications.models import Kind, Message, State
from notifications.services import Draft, enqueue
from practices.models import Member, MemberRole
from programs import services as programs
from programs.models import Supporter, SupporterRole
from questionnaires.models import FormVersion
from sessions_app.services import schedule_session
from tests.conftest import NOW, make_cohort, make_enrollment, make_practice, make_team, make_user
from tests.dashboards.conftest import enroll_more

# The baseline of July 10 is over, the first update of September 30 is still to come.
IN_JUNE = datetime(2024, 6, 27, 15, 0, tzinfo=UTC)
IN_AUGUST = datetime(2024, 8, 1, 15, 0, tzinfo=UTC)


def open_call(cast):
    form = FormVersion.objects.create(code="test", title="Test", created_at=NOW)
    opening = cast.cohort.milestones.get(code="opening")
    return Call.objects.create(cohort=cast.cohort, opening=opening, deadline=cast.deadline, form=form, created_at=NOW)


def file_update(cast, enrollment, progress, by):
    project = Project.objects.create(enrollment=enrollment, title="P", problem="p", started_at=NOW, started_by=by)
    update = QuarterlyUpdate.objects.create(
        enrollment=enrollment,
        milestone=cast.first_update,
        project=project,
        period_start=date(2024, 7, 1),
        period_end=date(2024, 9, 30),
        progress=Decimal(progress),
        progress_reason="r",
        state=UpdateState.SUBMITTED,
        started_at=NOW,
        started_by=by,
        submitted_at=NOW,
        submitted_by=by,
    )
    programs.complete(enrollment, cast.first_update, by=by)
    return update


def titles(tasks):
    return [(task.title, task.status) for task in tasks]


def text_of(client, url="/"):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


# --- Anonymous ------------------------------------------------------------------------------------------------------------


def test_a_visitor_reads_what_this_is_and_which_calls_are_open(client, cast):
    open_call(cast)
    with clock.at(datetime(2024, 4, 20, tzinfo=UTC)):
        text = text_of(client)
    assert "Improve cancer care together" in text
    assert "May 1, 2024, 11:59 PM Eastern" in text


def test_before_its_opening_a_call_is_not_on_the_first_page(client, cast):
    open_call(cast)
    with clock.at(datetime(2024, 2, 1, tzinfo=UTC)):
        assert "No call is open now" in text_of(client)


# --- Team -----------------------------------------------------------------------------------------------------------------


def test_a_leader_sees_what_is_late_next_and_done(cast):
    programs.complete(
        cast.enrollment, cast.session, by=cast.staff, member=cast.team.members.get(user=cast.leader), arrived_at=NOW
    )
    (card,) = duties.cards(cast.leader, now=IN_AUGUST)
    assert titles(card.late) == [("Milestone baseline", "Overdue")]
    assert titles(card.coming) == [("Milestone update-1", "Not started")]
    assert titles(card.lately) == [("Milestone qtp-1", "Completed")]
    assert card.coming[0].hint == "Due September 30, 2024, 11:59 PM Eastern, in 60 days"


def test_a_member_sees_personal_duties_of_nobody_else(cast):
    programs.complete(
        cast.enrollment, cast.session, by=cast.staff, member=cast.team.members.get(user=cast.leader), arrived_at=NOW
    )
    (card,) = duties.cards(cast.colleague, now=IN_AUGUST)
    assert titles(card.lately) == [("Milestone qtp-1", "Attendance not recorded")]
    (card,) = duties.cards(cast.helper, now=IN_AUGUST)
    assert titles(card.lately) == []


def test_a_past_session_is_no_reproach_and_a_coming_one_says_where(cast):
    (card,) = duties.cards(cast.leader, now=IN_AUGUST)
    assert titles(card.late) == [("Milestone baseline", "Overdue")]
    (card,) = duties.cards(cast.leader, now=NOW)
    session = card.coming[1]
    assert (session.status, session.hint) == ("To come", "July 11, 2024 to July 12, 2024, Alexandria, VA")


def test_a_task_leads_to_the_page_where_it_is_done(cast):
    (card,) = duties.cards(cast.leader, now=NOW)
    assert card.coming[0].url == f"/enrollments/{cast.enrollment.public_id}/"
    update = file_update(cast, cast.enrollment, "2.0", cast.leader)
    (card,) = duties.cards(cast.leader, now=NOW)
    assert card.lately[0].url == f"/updates/{update.public_id}/"
    assert card.project == update.project


@pytest.mark.parametrize(("name", "may"), [("leader", True), ("colleague", True), ("helper", False)])
def test_the_core_team_of_an_active_team_is_led_to_its_first_project(cast, name, may):
    (card,) = duties.cards(getattr(cast, name), now=NOW)
    assert card.may_start_project is may
    file_update(cast, cast.enrollment, "2.0", cast.leader)
    (card,) = duties.cards(getattr(cast, name), now=NOW)
    assert card.may_start_project is False


def test_a_draft_is_in_progress(cast):
    update = file_update(cast, cast.enrollment, "2.0", cast.leader)
    programs.reopen(cast.enrollment, cast.first_update, by=cast.staff)
    QuarterlyUpdate.objects.filter(pk=update.pk).update(state=UpdateState.DRAFT)
    (card,) = duties.cards(cast.leader, now=IN_AUGUST)
    assert titles(card.coming) == [("Milestone update-1", "In progress")]


@pytest.mark.parametrize(
    ("name", "teams"),
    [
        ("leader", ["Team of Lena Leader"]),
        ("colleague", ["Team of Lena Leader"]),
        ("helper", ["Team of Lena Leader"]),
        ("stranger", ["Team of Stan Stranger"]),
        ("former", []),
        ("coach", []),
        ("reviewer", []),
    ],
)
def test_everybody_sees_their_own_teams_only(client, cast, name, teams):
    client.force_login(getattr(cast, name))
    response = client.get("/")
    assert [card.enrollment.team.name for card in response.context["cards"]] == teams


def test_a_team_that_withdrew_is_not_on_the_home_page(cast):
    programs.withdraw(cast.enrollment, reason="No time", by=cast.staff)
    assert duties.cards(cast.leader, now=IN_AUGUST) == []


def test_somebody_without_a_team_is_told_what_to_do(client, cast):
    client.force_login(cast.former)
    assert "You do not belong to a team yet" in text_of(client)


def test_a_person_s_page_asks_as_often_with_three_teams_as_with_one(client, cast):
    client.force_login(cast.leader)
    file_update(cast, cast.enrollment, "2.0", cast.leader)
    client.get("/")  # the first request of a session writes when it began
    with CaptureQueriesContext(connection) as one:
        client.get("/")
    for number in (2, 3):
        team = make_team(make_practice(f"Practice {number}"), cast.leader)
        file_update(cast, make_enrollment(cast.cohort, team, cast.leader), "2.0", cast.leader)
    with CaptureQueriesContext(connection) as three:
        response = client.get("/")
    assert len(response.context["cards"]) == 3
    assert len(three) == len(one)


# --- Coach ----------------------------------------------------------------------------------------------------------------


def test_a_coach_sees_own_teams_with_last_update_and_what_is_late(client, cast):
    update = file_update(cast, cast.enrollment, "2.0", cast.leader)
    file_update(cast, cast.other_enrollment, "4.5", cast.stranger)
    (line,) = duties.coached_teams(cast.coach, now=IN_AUGUST)
    assert (line.enrollment, line.last_update, line.late) == (cast.enrollment, update, ["Milestone baseline"])
    client.force_login(cast.coach)
    text = text_of(client)
    assert "2.0 – Activity, no changes" in text
    assert "Team of Stan Stranger" not in text


def test_a_coach_s_page_asks_as_often_with_three_teams_as_with_one(cast):
    def ask():
        with CaptureQueriesContext(connection) as queries:
            lines = duties.coached_teams(cast.coach, now=IN_AUGUST)
        return len(lines), len(queries)

    number, one = ask()
    for enrollment in enroll_more(cast, 2):
        Supporter.objects.create(
            enrollment=enrollment, user=cast.coach, role=SupporterRole.COACH, since_on=date(2024, 6, 1)
        )
    assert (number, *ask()) == (1, 3, one)


def test_a_former_coach_sees_no_team(client, cast):
    Supporter.objects.filter(user=cast.coach).update(until_on=date(2024, 6, 30))
    client.force_login(cast.coach)
    assert "ASCO staff assign teams to coaches." in text_of(client)


def test_a_coach_in_a_team_of_their_own_sees_both(client, cast):
    Member.objects.create(team=cast.other_team, user=cast.coach, role=MemberRole.CORE, joined_on=date(2024, 3, 1))
    client.force_login(cast.coach)
    response = client.get("/")
    assert [card.enrollment for card in response.context["cards"]] == [cast.other_enrollment]
    assert [line.enrollment for line in response.context["coached"]] == [cast.enrollment]


# --- Reviewer, leadership, staff --------------------------------------------------------------------------------------------


def test_a_reviewer_is_told_that_nothing_is_assigned(client, cast):
    client.force_login(cast.reviewer)
    assert "Nothing is assigned to you" in text_of(client)


def test_figures_are_hidden_under_five_teams(client, cast):
    file_update(cast, cast.enrollment, "4.0", cast.leader)
    (row,) = cohorts.cohort_figures(now=IN_AUGUST)
    assert (row.teams, row.on_time.is_shown, row.significant.is_shown) == (2, False, False)
    client.force_login(cast.leadership)
    text = text_of(client)
    assert text.count("Not shown: fewer than 5 teams contribute") == 2
    assert "Team of Lena Leader" not in text


def test_figures_from_five_teams_stand_with_their_n(client, cast):
    for enrollment, progress in zip(enroll_more(cast, 5), ["4.0", "4.5", "3.5", "1.0", "2.0"], strict=True):
        file_update(cast, enrollment, progress, cast.leader)
    (row,) = cohorts.cohort_figures(now=datetime(2024, 10, 1, 12, tzinfo=UTC))
    assert (row.teams, row.on_time, row.significant) == (7, cohorts.Share(5, 7, 7), cohorts.Share(2, 5, 5))
    assert (row.on_time.percent, row.significant.percent) == (71, 40)
    client.force_login(cast.leadership)
    text = text_of(client)
    assert "2 of n = 5 teams with a filed update" in text
    assert "40%" in text


def test_an_update_filed_late_is_not_on_time(cast):
    with clock.at(datetime(2024, 10, 2, tzinfo=UTC)):
        for enrollment in enroll_more(cast, 5):
            file_update(cast, enrollment, "1.0", cast.leader)
    (row,) = cohorts.cohort_figures(now=datetime(2024, 10, 3, tzinfo=UTC))
    assert row.on_time == cohorts.Share(0, 7, 7)


def test_leadership_asks_as_often_for_three_cohorts_as_for_one(cast):
    def ask():
        with CaptureQueriesContext(connection) as queries:
            rows = cohorts.cohort_figures(now=IN_AUGUST)
        return len(rows), len(queries)

    number, one = ask()
    for code in ("second", "third"):
        leader = make_user(code)
        make_enrollment(make_cohort(cast.program, code), make_team(make_practice(code), leader), leader)
    assert (number, *ask()) == (1, 3, one)


def test_staff_see_who_is_late_with_what(client, cast):
    late = cohorts.late_now(now=IN_AUGUST)
    assert [(line.enrollment.team.name, line.duty.milestone.code, line.people) for line in late] == [
        ("Team of Lena Leader", "baseline", 0),
        ("Team of Stan Stranger", "baseline", 0),
        ("Team of Lena Leader", "qtp-1", 2),
        ("Team of Stan Stranger", "qtp-1", 1),
    ]
    client.force_login(cast.staff)
    with clock.at(IN_AUGUST):
        text = text_of(client)
    assert "Not recorded" in text
    assert "Test cohort 2024" in text
    assert "mailto:lena.leader@test.example" in text
    assert f"?enrollment={cast.enrollment.pk}&amp;milestone={cast.baseline.pk}" in text


def test_attendance_is_recorded_from_the_list_of_who_is_late(client, cast):
    session = schedule_session(cast.session, mode="in_person")
    client.force_login(cast.staff)
    with clock.at(IN_AUGUST):
        assert f"/sessions/{session.public_id}/attendance/" in text_of(client)


def test_staff_see_how_many_applications_wait_for_a_decision(client, cast):
    client.force_login(cast.staff)
    assert client.get("/").context["to_decide"] == 0
    assert "/admin/applications/application/?state__exact=submitted" in text_of(client)


def test_staff_see_counts_of_cohorts_and_mail(client, cast):
    enqueue(Draft(kind=Kind.NEWS, key="one", subject="One", to=cast.leader, text="x"))
    enqueue(Draft(kind=Kind.NEWS, key="two", subject="Two", to=cast.leader, text="x"))
    Message.objects.filter(dedupe_key="two").update(state=State.FAILED, reason="550")
    client.force_login(cast.staff)
    response = client.get("/")
    (row,) = response.context["cohorts"]
    assert (row.cohort, row.taking_part, row.by_state["active"], row.by_state["applying"]) == (cast.cohort, 2, 2, 0)
    assert (response.context["mail"]["pending"], response.context["mail"]["failed"]) == (1, 1)


def test_the_staff_page_asks_as_often_for_three_as_for_one(client, cast):
    client.force_login(cast.staff)

    def ask():
        with clock.at(IN_AUGUST), CaptureQueriesContext(connection) as queries:
            response = client.get("/")
        return len(response.context["late"]), len(queries)

    ask()  # the first request of a session writes when it began
    few, one = ask()
    enroll_more(cast, 2)
    make_cohort(cast.program, "second")
    assert (few, *ask()) == (4, 8, one)


def test_an_inactive_person_is_a_visitor(client, cast):
    client.force_login(cast.inactive)
    assert "Improve cancer care together" in text_of(client)


# --- The one next thing -----------------------------------------------------------------------------------------------------


def step_of(user, now):
    [card] = duties.cards(user, now=now)
    return card.step


def test_the_next_thing_is_a_button_that_starts_it(cast):
    step = step_of(cast.leader, IN_JUNE)
    assert (step.task.title, str(step.label), step.opens_new) == ("Milestone baseline", "Start the assessment", True)
    assert step.url == reverse("assessments:start", args=[cast.enrollment.public_id, "baseline"])


def test_the_larger_team_is_led_to_the_timeline(cast):
    step = step_of(cast.helper, IN_JUNE)
    assert (str(step.label), step.opens_new) == ("See the timeline", False)


def test_an_update_waits_for_a_project(cast):
    programs.complete(cast.enrollment, cast.baseline, by=cast.leader)
    step = step_of(cast.leader, IN_AUGUST)
    assert (step.task.title, str(step.label)) == ("Milestone update-1", "Start your project first")
    start_project(cast.enrollment, title="Screening", problem="Few.", by=cast.leader)
    assert str(step_of(cast.leader, IN_AUGUST).label) == "Start the update"
    update = start_update(cast.enrollment, cast.first_update, by=cast.leader)
    step = step_of(cast.leader, IN_AUGUST)
    assert (str(step.label), step.url) == (
        "Go on with the update",
        reverse("improvement:update", args=[update.public_id]),
    )


def test_what_is_overdue_is_the_next_thing_and_stands_once(cast):
    [card] = duties.cards(cast.leader, now=IN_AUGUST)
    assert (card.step.task.title, card.also_late) == ("Milestone baseline", [])
    assert card.later == card.coming


def test_somebody_without_a_team_reads_both_ways_to_begin(client, db):
    newcomer = make_user("New Comer")
    client.force_login(newcomer)
    text = text_of(client)
    assert f"was sent to {newcomer.email}" in text
    assert "You want to apply with your practice" in text
