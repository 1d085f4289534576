"""Pages cost the same with one row and with three."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.services import open_call, start_application
from practices.services import add_member, create_practice
from programs.models import DueFrom, MilestoneKind
from tests.applications.conftest import APRIL
from tests.conftest import make_cohort, make_milestone, make_user


def more_cohorts(cast, form, count):
    for number in range(count):
        cohort = make_cohort(cast.program, f"cohort-{number}", title=f"Cohort {number}")
        make_milestone(cohort, "opening", MilestoneKind.OPENING, APRIL.date())
        make_milestone(cohort, "deadline", MilestoneKind.DEADLINE, APRIL.date().replace(month=6), DueFrom.LEADER)
        yield open_call(cohort, form=form)


def cost(client, page):
    client.get(page)  # content types and the like are remembered
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_lists(draft, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    leader, staff = Client(), Client()
    leader.force_login(draft.leader)
    staff.force_login(draft.staff)
    pages = [
        (Client(), reverse("calls:list")),
        (leader, reverse("applications:list")),
        (staff, reverse("admin:applications_application_changelist")),
        (staff, reverse("admin:applications_call_changelist")),
    ]
    before = [cost(*page) for page in pages]
    for call in more_cohorts(draft, draft.call.form, 2):
        practice = create_practice(name=f"Practice {call.pk}", city="Testville", by=draft.leader)
        start_application(call, practice=practice, team_name=f"Team {call.pk}", leader=draft.leader, by=draft.leader)
    assert [cost(*page) for page in pages] == before


@pytest.mark.parametrize(
    ("page", "further", "most"), [("detail", (), 27), ("check", (), 19), ("section", ("problem",), 9)]
)
def test_what_a_page_of_a_draft_costs(complete, page, further, most):
    """One query more is a decision, not an accident; fewer are welcome, and the number goes down with them."""
    client = Client()
    client.force_login(complete.leader)
    url = reverse(f"applications:{page}", args=[complete.application.public_id, *further])
    assert cost(client, url) == most


@pytest.mark.parametrize(("page", "most"), [("section", 20), ("autosave", 21)])
def test_what_a_save_costs(complete, page, most):
    """Two of the statements are the test's own transaction around that of the save."""
    client = Client()
    client.force_login(complete.leader)
    url = reverse(f"applications:{page}", args=[complete.application.public_id, "problem"])
    for version in (1, 2):  # with the first, the section is visited for the first time
        sent = {"problem": f"Delays {version}", "base__problem": version, "aim": "", "base__aim": 0}
        with CaptureQueriesContext(connection) as queries:
            assert client.post(url, sent).status_code in (200, 302)
    assert len(queries) == most


@pytest.mark.parametrize("page", ["detail", "team", "check"])
def test_a_bigger_team_costs_no_more(complete, page):
    client = Client()
    client.force_login(complete.leader)
    url = reverse(f"applications:{page}", args=[complete.application.public_id])
    before = cost(client, url)
    for name in ("Third Member", "Fourth Member"):
        add_member(complete.application.enrollment.team, make_user(name), "core", by=complete.leader)
    assert cost(client, url) == before
