"""The cohort comparison's pages, staff's page of scores, and the results as JSON: who sees what, and at what cost."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import selectors, services
from assessments.models import Assessment, Comparison
from core import clock
from programs.models import EnrollmentState
from tests.assessments.conftest import answer_all, small
from tests.conftest import NOW, make_enrollment, make_practice, make_team, make_user

LATER = timedelta(days=30)


@pytest.fixture(autouse=True)
def _one_factor_is_enough(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


@pytest.fixture
def with_teams(cast, instrument):
    """Teams of the cohort that have submitted the baseline: item a from low to high, the rest alike."""

    def make(count: int, since: int = 0, milestone=None):
        for number in range(since, since + count):
            leader = make_user(f"Leader {number}")
            enrollment = make_enrollment(cast.cohort, make_team(make_practice(f"Synthetic {number}"), leader), leader)
            row = services.start_assessment(enrollment, milestone or cast.baseline, by=leader)
            answer_all(row, leader, a=("low", "middle", "high")[number % 3], b="middle")
            services.submit(row, by=leader, arrived_at=NOW)

    return make


@pytest.fixture
def frozen(cast, with_teams, assessment):
    """Six teams and the cast's own, whose Domain one stands at the top."""
    answer_all(assessment, cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    with_teams(6)
    with clock.at(cast.baseline.ends_at + LATER):
        yield services.freeze_comparison(cast.baseline, by=cast.staff)


def url_of(name: str, cast) -> str:
    args = [cast.cohort.code] if name == "cohort_scores" else [cast.cohort.code, cast.baseline.code]
    return reverse(f"assessments:{name}", args=args)


# --- who sees what -----------------------------------------------------------------------------------------------------
READERS = ("leader", "colleague", "helper", "coach", "stranger", "other_coach", "leadership", "staff")
OTHERS = ("former", "reviewer")


@pytest.mark.parametrize("name", ["comparison", "comparison_data"])
def test_the_cohort_and_leadership_see_what_is_frozen(client, cast, frozen, name):
    for who in (*READERS, *OTHERS):
        client.force_login(getattr(cast, who))
        assert client.get(url_of(name, cast)).status_code == (200 if who in READERS else 404), who


def test_a_team_that_left_does_not_see_it(client, cast, frozen):
    type(cast.enrollment).objects.filter(pk=cast.enrollment.pk).update(state=EnrollmentState.WITHDRAWN)
    client.force_login(cast.leader)
    assert client.get(url_of("comparison", cast)).status_code == 404


@pytest.mark.parametrize("name", ["freeze", "cohort_scores"])
def test_only_staff_freeze_and_see_every_score(client, cast, frozen, name):
    for who in (*READERS, *OTHERS):
        client.force_login(getattr(cast, who))
        assert client.get(url_of(name, cast)).status_code == (200 if who == "staff" else 403), who


def test_a_team_sees_its_own_place_and_nobody_elses(client, cast, frozen):
    client.force_login(cast.leader)
    page = client.get(url_of("comparison", cast))
    one, two = page.context["shown"].domains
    # Seven teams: 1/4, 1/4, 1/2, 1/2, 3/4, 3/4 and the own 1.
    assert (one.lower, one.median, one.upper, one.own_shown) == ("25", "50", "75", "100")
    assert (two.band, two.own_shown) == (None, "100")
    html = page.content.decode()
    assert 'aria-label="Domain one, your team: 100"' in html
    assert not any(f"Synthetic {number}" in html or f"Leader {number}" in html for number in range(6))


@pytest.mark.parametrize("who", ["leadership", "staff", "coach"])
def test_nobody_else_has_a_place_of_their_own(client, cast, frozen, who):
    client.force_login(getattr(cast, who))
    html = client.get(url_of("comparison", cast)).content.decode()
    assert "your team" not in html and "chart-band" in html


# --- freezing ----------------------------------------------------------------------------------------------------------
def test_staff_see_beforehand_what_would_be_shown(client, cast, with_teams):
    with_teams(5)
    client.force_login(cast.staff)
    page = client.get(url_of("freeze", cast))
    planned = page.context["planned"]
    assert (planned.teams, planned.other_version, planned.not_submitted) == (5, 0, 2)
    assert [(one.code, one.n, one.why_not) for one in planned.domains] == [("one", 5, ""), ("two", 5, "at_one_end")]
    assert "It can be frozen once" in page.content.decode()  # the day has not passed
    assert Comparison.objects.count() == 0


def test_freezing_is_done_once_and_leads_to_the_picture(client, cast, with_teams, settings):
    settings.SESSION_LIMITS = dict.fromkeys(("staff", "others"), (10**9, 10**9))  # a month passes between two pages
    with_teams(5)
    client.force_login(cast.staff)
    assert "waits until" in client.post(url_of("freeze", cast), follow=True).content.decode()
    with clock.at(cast.baseline.ends_at + LATER):
        assert client.post(url_of("freeze", cast)).url == url_of("comparison", cast)
        assert "frozen already" in client.get(url_of("freeze", cast)).content.decode()
        assert "frozen already" in client.post(url_of("freeze", cast), follow=True).content.decode()
    assert Comparison.objects.count() == 1


def test_whoever_answered_another_version_is_counted_apart(cast, with_teams):
    with_teams(5)
    services.load_instrument(small(**{"weight: 3": "weight: 2"}))
    with_teams(2, since=5)
    planned = selectors.planned_comparison(cast.baseline)
    assert (planned.version.number, planned.teams, planned.other_version) == (1, 5, 2)


def test_what_is_frozen_stays_when_a_team_changes_its_answers(client, cast, frozen, assessment):
    before = selectors.compared(frozen).domains
    assessment.refresh_from_db()
    services.reopen(assessment, by=cast.staff)
    services.agree(
        assessment, assessment.answers.get(item__code="a").item, kind="not_applicable", base_version=1, by=cast.leader
    )
    assert selectors.compared(Comparison.objects.get()).domains == before


# --- staff's page and the figures as JSON --------------------------------------------------------------------------------
def test_staff_see_every_team_by_round_and_domain(client, cast, frozen):
    client.force_login(cast.staff)
    page = client.get(url_of("cohort_scores", cast))
    (round_,) = page.context["rounds"]
    assert (round_.submitted, round_.is_frozen, len(round_.tables)) == (7, True, 1)
    own = next(row for row in round_.tables[0].rows if row.team == cast.team.name)
    assert [figure.score for figure in own.figures] == ["100", "100", "100"]
    assert own.answered == "3/3"


def test_the_comparison_as_json_says_no_more_than_the_page(client, cast, frozen):
    client.force_login(cast.leadership)
    data = client.get(url_of("comparison_data", cast)).json()
    assert data["teams"] == "7"
    assert data["domains"] == [
        {"code": "one", "title": "Domain one", "teams": "7", "lower": "25", "median": "50", "upper": "75", "own": ""},
        {"code": "two", "title": "Domain two", "teams": "", "lower": "", "median": "", "upper": "", "own": ""},
    ]


@pytest.mark.parametrize("name", ["cohort_scores", "freeze", "overview"])
def test_as_many_queries_for_fourteen_teams_and_two_rounds_as_for_two(client, cast, with_teams, reassessment, name):
    """The benchmark of the assessments compares what PostgreSQL does for each query, too."""
    client.force_login(cast.staff)
    address = reverse("assessments:overview", args=[cast.cohort.code]) if name == "overview" else url_of(name, cast)

    def queries() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found.captured_queries)

    with_teams(2)
    few = queries()
    with_teams(12, since=2)
    for row in Assessment.objects.filter(milestone=cast.baseline):
        row.pk, row.public_id, row.milestone = None, uuid.uuid4(), reassessment
        row.save()
    if name == "cohort_scores":
        assert [one.submitted for one in client.get(address).context["rounds"]] == [14, 14]
    assert queries() == few
