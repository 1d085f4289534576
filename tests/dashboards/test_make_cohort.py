"""Cloning a cohort and opening one: staff look at the dates first, then make it; bad input is a sentence."""

from datetime import date

import pytest

from core.models import AuditEntry
from dashboards.services import install_catalog_program
from programs.models import Cohort

CLONE, NEW = "/cohorts/health-equity-2024/clone/", "/programs/rural-and-urban/cohorts/new/"


@pytest.fixture
def staff(client, cast):
    install_catalog_program("health-equity-2024")
    install_catalog_program("rural-and-urban")
    client.force_login(cast.staff)
    return client


@pytest.mark.parametrize("name", ["leader", "coach", "reviewer", "leadership"])
@pytest.mark.parametrize("address", [CLONE, NEW])
def test_only_staff_make_cohorts(staff, cast, name, address):
    staff.force_login(getattr(cast, name))
    assert staff.get(address).status_code == 403
    assert staff.post(address, {"create": "yes"}).status_code == 403


def test_a_clone_is_looked_at_first_and_then_made(staff, cast):
    form = {"code": "health-equity-2025", "title": "Health Equity 2025", "weeks": "52"}
    response = staff.post(CLONE, form | {"preview": "yes"})
    assert "July 10, 2025" in response.content.decode()
    assert not Cohort.objects.filter(code="health-equity-2025").exists()
    response = staff.post(CLONE, form | {"create": "yes"})
    clone = Cohort.objects.get(code="health-equity-2025")
    assert response.url == f"/admin/programs/cohort/{clone.pk}/change/"
    assert (clone.milestones.get(code="qtp-1").starts_on, clone.is_synthetic) == (date(2025, 7, 10), False)
    assert clone.call.form == Cohort.objects.get(code="health-equity-2024").call.form
    assert AuditEntry.objects.get(verb="cohort.cloned", object_id=clone.pk).actor_id == cast.staff.pk


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("code", "Bad Code!", "A code has letters, digits and hyphens only"),
        ("code", "", "Enter a code"),
        ("code", "health-equity-2024", "already. Choose another code."),
        ("title", "", "Enter a title"),
        ("weeks", "999999", "Enter at most 520 weeks"),
        ("weeks", "1.5", "Enter a whole number of weeks"),
        ("weeks", "", "Enter by how many weeks"),
    ],
)
def test_bad_input_is_a_sentence(staff, field, value, sentence):
    form = {"code": "next", "title": "Next", "weeks": "52", "create": "yes"}
    response = staff.post(CLONE, form | {field: value})
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Cohort.objects.count() == 2


def test_a_refusal_of_the_plan_stands_above_the_form(staff):
    form = {"code": "far", "title": "Far", "starts_on": "9999-12-01", "preview": "yes"}
    assert "out of the calendar" in staff.post(NEW, form).content.decode()


def test_the_first_cohort_of_a_program_in_offsets_is_opened(staff):
    form = {"code": "rural-1", "title": "Rural and urban 1", "starts_on": "2027-01-04"}
    assert "November 4, 2026" in staff.post(NEW, form | {"preview": "yes"}).content.decode()
    staff.post(NEW, form | {"create": "yes"})
    cohort = Cohort.objects.get(code="rural-1")
    assert cohort.starts_on == date(2027, 1, 4)
    assert cohort.call.applications.count() == 0


def test_an_unknown_cohort_or_program_is_not_found(staff):
    assert staff.get("/cohorts/nothing/clone/").status_code == 404
    assert staff.get("/programs/nothing/cohorts/new/").status_code == 404
