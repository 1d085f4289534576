"""A recommended priority of the report of findings becomes the team's project: once, by the core team, after its release."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from assessments import services as assessments
from assessments.models import Finding
from core.models import AuditEntry
from improvement import services
from improvement.models import Project
from improvement.services import ImprovementRefused
from practices.models import Member
from programs.models import EnrollmentState
from tests.assessments.conftest import answer_all, small
from tests.conftest import make_user

OUTSIDERS = ("former", "stranger", "reviewer", "other_coach", "leadership")


@pytest.fixture
def report(cast, now):
    """A report with three priorities, that its second person has not released."""
    assessments.load_instrument(small())
    assessment = assessments.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)
    answer_all(assessment, cast.leader, a="middle", b="low", c="middle")
    assessments.submit(assessment, by=cast.leader, arrived_at=now)
    found = assessments.draft_report(assessment, by=cast.staff)
    assessments.hand_over(found, by=cast.staff)
    return found


@pytest.fixture
def priority(cast, report) -> Finding:
    """The first priority, released."""
    assessments.release(report, by=make_user("Second Staff", role="staff"))
    return report.findings.get(rank=1)


def press(client, finding: Finding, **answer: str):
    return client.post(reverse("improvement:from_finding", args=[finding.public_id]), answer, follow=True)


def written() -> list[str]:
    rows = AuditEntry.objects.filter(verb__startswith="project.").order_by("pk")
    return list(rows.values_list("verb", flat=True))


# --- Once -------------------------------------------------------------------------------------------------------------


def test_pressed_twice_it_is_one_project(client, cast, priority):
    client.force_login(cast.leader)
    first, second = (press(client, priority) for _ in range(2))
    project = Project.objects.get()
    assert (project.title, project.finding, project.started_by) == (priority.title, priority, cast.leader)
    assert project.problem == f"{priority.title}\n\n{priority.text}"
    assert (
        first.redirect_chain
        == second.redirect_chain
        == [(reverse("improvement:project", args=[project.public_id]), 302)]
    )
    assert "This is your project now." in first.content.decode()
    assert "This is your project already." in second.content.decode()
    assert written() == ["project.started"]


def test_a_colleague_who_presses_later_gets_the_same(cast, priority):
    made, is_new = services.start_from_finding(priority, by=cast.leader)
    services.change_project(made, title="Our words", problem="Ours", aim="", by=cast.leader)
    again, is_new_again = services.start_from_finding(priority, by=cast.colleague)
    assert (again, is_new, is_new_again) == (made, True, False)
    assert (again.title, again.problem) == ("Our words", "Ours")


def test_two_priorities_are_two_projects(cast, report, priority):
    other = report.findings.get(rank=2)
    found = [services.start_from_finding(one, by=cast.leader) for one in (priority, other)]
    assert [(project.finding, is_new) for project, is_new in found] == [(priority, True), (other, True)]


def test_the_database_holds_it_to_one(cast, priority):
    made, _ = services.start_from_finding(priority, by=cast.leader)
    other = services.start_project(cast.enrollment, title="Other", problem="P", by=cast.leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=other.pk).update(finding=made.finding)


def test_a_project_that_says_no_problem_is_filled(cast, priority):
    """The newest that is empty; its title stays the team's."""
    said = services.start_project(cast.enrollment, title="Says one", problem="P", by=cast.leader)
    empty = services.start_project(cast.enrollment, title="Says none", problem="", by=cast.leader)
    filled, is_new = services.start_from_finding(priority, by=cast.leader)
    assert (filled, filled.title, is_new) == (empty, "Says none", True)
    assert filled.problem.startswith(priority.title)
    said.refresh_from_db()
    assert (said.problem, said.finding) == ("P", None)
    assert written() == ["project.started", "project.started", "project.changed"]
    assert services.start_from_finding(priority, by=cast.colleague) == (filled, False)


# --- Refused ----------------------------------------------------------------------------------------------------------


def test_not_before_it_is_released(client, cast, report):
    """Its page is not found; whoever gets past that is refused by the service."""
    finding = report.findings.get(rank=1)
    client.force_login(cast.leader)
    assert press(client, finding).status_code == 404
    with pytest.raises(ImprovementRefused, match="of a released report"):
        services.start_from_finding(finding, by=cast.leader)
    assert not Project.objects.exists()


def test_not_while_it_is_being_corrected(cast, report, priority):
    assessments.send_back(report, by=cast.staff)
    with pytest.raises(ImprovementRefused, match="of a released report"):
        services.start_from_finding(Finding.objects.get(pk=priority.pk), by=cast.leader)
    assert not Project.objects.exists()


def test_what_is_no_priority_becomes_no_project(client, cast, report, priority):
    other = report.findings.get(rank=3)
    Finding.objects.filter(pk=other.pk).update(rank=None)
    client.force_login(cast.leader)
    answer = press(client, other)
    assert answer.redirect_chain == [(reverse("assessments:report", args=[report.public_id]), 302)]
    assert "A recommended priority of a released report becomes a project." in answer.content.decode()
    assert not Project.objects.exists()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_another_team_finds_nothing(client, cast, priority, who):
    client.force_login(getattr(cast, who))
    assert press(client, priority).status_code == 404
    assert not Project.objects.exists()


@pytest.mark.parametrize("who", ["helper", "coach", "staff"])
def test_whoever_may_only_read_starts_none(client, cast, priority, who):
    client.force_login(getattr(cast, who))
    assert press(client, priority).status_code == 403
    assert not Project.objects.exists()


def test_whoever_left_the_core_team_starts_none(client, cast, priority, now):
    Member.objects.filter(team=cast.team, user=cast.colleague).update(left_on=now.date())
    client.force_login(cast.colleague)
    assert press(client, priority).status_code in (403, 404)
    assert not Project.objects.exists()


@pytest.mark.parametrize("state", [EnrollmentState.FINISHED, EnrollmentState.WITHDRAWN])
def test_not_for_a_team_that_takes_part_no_more(cast, priority, state):
    type(cast.enrollment).objects.filter(pk=cast.enrollment.pk).update(state=state)
    with pytest.raises(ImprovementRefused):
        services.start_from_finding(priority, by=cast.leader)
    assert not Project.objects.exists()


def test_a_look_starts_nothing(client, cast, priority):
    client.force_login(cast.leader)
    assert client.get(reverse("improvement:from_finding", args=[priority.public_id])).status_code == 405
    assert not Project.objects.exists()


def test_a_team_with_a_project_is_asked_first_and_finds_both(client, cast, priority):
    client.force_login(cast.leader)
    earlier = services.start_project(cast.enrollment, title="Shorter waits", problem="p", aim="", by=cast.leader)
    page = press(client, priority)
    assert (page.status_code, page.redirect_chain) == (200, [])
    for words in ("Shorter waits", priority.title, "Yes, make this our project"):
        assert words in page.content.decode()
    assert Project.objects.get() == earlier
    press(client, priority, sure="yes")
    home = client.get("/").content.decode()
    assert f"Project: {priority.title}" in home
    assert reverse("improvement:project", args=[earlier.public_id]) in home
    assert "Earlier project: Shorter waits" in home
    assert "This is your project already." in press(client, priority).content.decode()  # and nobody is asked again


def test_where_a_project_without_a_problem_is_filled_nobody_is_asked(client, cast, priority):
    client.force_login(cast.leader)
    services.start_project(cast.enrollment, title="Says none", problem="", by=cast.leader)
    assert "This is your project now." in press(client, priority).content.decode()
    assert Project.objects.get().finding == priority
