from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from dashboards.selectors.board import Cell, board
from programs import services as programs
from programs.models import DueFrom, MilestoneKind
from tests.conftest import NOW, make_cohort, make_milestone
from tests.dashboards.conftest import enroll_more

IN_AUGUST = datetime(2024, 8, 1, 15, 0, tzinfo=UTC)
URL = "/cohorts/test-cohort/board/"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("leader", 403),
        ("colleague", 403),
        ("helper", 403),
        ("former", 403),
        ("stranger", 403),
        ("reviewer", 403),
        ("coach", 403),
        ("other_coach", 403),
        ("leadership", 200),
        ("staff", 200),
        ("inactive", 302),
    ],
)
def test_who_may_see_a_board(client, cast, name, status):
    client.force_login(getattr(cast, name))
    assert reverse("cohort_board", args=[cast.cohort.code]) == URL
    assert client.get(URL).status_code == status


def test_a_visitor_signs_in_first_and_an_unknown_cohort_is_not_found(client, cast):
    assert client.get(URL).status_code == 302
    client.force_login(cast.staff)
    assert client.get("/cohorts/nothing/board/").status_code == 404


def test_marks_of_every_team_and_milestone(cast):
    programs.complete(cast.enrollment, cast.baseline, by=cast.leader, arrived_at=NOW)
    programs.complete(cast.other_enrollment, cast.baseline, by=cast.stranger, arrived_at=IN_AUGUST)
    member = cast.team.members.get(user=cast.leader)
    programs.complete(cast.enrollment, cast.session, by=cast.staff, member=member, arrived_at=NOW)
    shown = board(cast.cohort, now=IN_AUGUST)
    assert [team.team for team in shown.teams] == [cast.team, cast.other_team]
    assert [(row.milestone.code, row.cells) for row in shown.rows] == [
        ("baseline", [Cell("Done", "success"), Cell("Done late", "warning")]),
        ("qtp-1", [Cell("Not recorded (1 of 2)", "warning"), Cell("Not recorded (0 of 1)", "warning")]),
        ("update-1", [Cell("To come", "neutral"), Cell("To come", "neutral")]),
    ]
    assert [(row.done, row.late, row.still_open) for row in shown.rows] == [(2, 0, 0), (0, 2, 0), (0, 0, 2)]


def test_what_is_overdue_is_marked_so(cast):
    row = board(cast.cohort, now=IN_AUGUST).rows[0]
    assert (row.cells[0], row.late) == (Cell("Overdue", "danger"), 2)


def test_a_team_does_not_owe_what_was_before_it_joined(cast):
    cast.other_enrollment.joined_on = date(2024, 7, 20)
    cast.other_enrollment.save()
    shown = board(cast.cohort, now=IN_AUGUST)
    assert [row.cells[1] is None for row in shown.rows] == [True, True, False]


def test_leadership_reads_counts_and_no_team(client, cast):
    enroll_more(cast, 3)
    client.force_login(cast.leadership)
    with clock.at(IN_AUGUST):
        text = client.get(URL).content.decode()
    assert "Team of Lena Leader" not in text
    assert "n = 5 teams stand" in text


def test_staff_read_the_teams(client, cast):
    client.force_login(cast.staff)
    with clock.at(IN_AUGUST):
        text = client.get(URL).content.decode()
    assert "Team of Lena Leader" in text
    assert "Team of Stan Stranger" in text


def test_an_empty_board_says_when_it_fills(client, cast):
    make_cohort(cast.program, "empty")
    client.force_login(cast.staff)
    assert "The board fills when the first team is active." in client.get("/cohorts/empty/board/").content.decode()


def test_the_board_asks_as_often_with_more_teams_and_milestones(client, cast):
    client.force_login(cast.staff)

    def ask():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(URL)
        shown = response.context["board"]
        return len(shown.teams), len(shown.rows), len(queries)

    ask()  # the first one notes when the session was begun
    teams, rows, one = ask()
    enroll_more(cast, 2)
    make_milestone(cast.cohort, "update-2", MilestoneKind.UPDATE, date(2024, 12, 31), DueFrom.ENROLLMENT)
    make_milestone(cast.cohort, "qtp-2", MilestoneKind.SESSION, date(2024, 9, 19), DueFrom.CORE_TEAM)
    assert (teams, rows, *ask()) == (2, 3, 4, 5, one)


def test_leadership_sees_no_counts_of_fewer_than_five_teams(client, cast):
    url = reverse("cohort_board", args=[cast.cohort.code])
    client.force_login(cast.leadership)
    assert "once at least five teams contribute" in client.get(url).content.decode()
    client.force_login(cast.staff)
    assert "once at least five teams contribute" not in client.get(url).content.decode()
    enroll_more(cast, 3)
    client.force_login(cast.leadership)
    assert "once at least five teams contribute" not in client.get(url).content.decode()
