"""A NUL in an address or a cookie; in the admin a selected row, a year or a field that is none: 400 and no exception."""

import pytest
from allauth.mfa.models import Authenticator

from tests.conftest import make_user

pytestmark = pytest.mark.django_db
NUL_COOKIE = r'"\000\000\000\000\000\000\000\000"'


@pytest.fixture
def staff(client):
    person = make_user("Stella Staff", role="staff")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    client.force_login(person)
    return client


@pytest.mark.parametrize("address", ["/calls/?page=%00", "/calls/?%00=1", "/calls/a%00b/", "/calls/?q=a%00b"])
def test_a_nul_in_an_address(client, address):
    assert client.get(address).status_code == 400


def test_a_nul_in_a_list_of_the_admin(staff):
    assert staff.get("/admin/accounts/user/?role__exact=%00").status_code == 400


def test_a_nul_in_a_cookie(client):
    answer = client.get("/calls/", headers={"Cookie": f"sessionid={NUL_COOKIE}"})
    assert (answer.status_code, b"<h1" in answer.content) == (400, True)


@pytest.mark.parametrize("chosen", ["x", "1/1/1", "-1", "", "1\x00", "9" * 5000, "٣"])
def test_a_selection_that_is_no_number(staff, chosen):
    fields = {"action": "confirm_membership", "_selected_action": chosen}
    assert staff.post("/admin/accounts/user/", fields).status_code == 400


def test_a_selection_that_is_one(staff):
    fields = {"action": "confirm_membership", "_selected_action": ["1", "999999999999999999"]}
    assert staff.post("/admin/accounts/user/", fields).status_code == 302


@pytest.mark.parametrize("year", ["-9223372036854775809", "9" * 40, "9999", "0", "x", "", "٢٠٢٤"])
def test_a_year_that_is_none(staff, year):
    assert staff.get("/admin/core/auditentry/", {"at__year": year}).status_code == 400


def test_a_year_that_is_one(staff):
    for fields in (
        {"at__year": "2024"},
        {"at__year": "2024", "at__month": "2"},
        {"at__year": "2024", "at__month": "77"},
    ):
        assert staff.get("/admin/core/auditentry/", fields, follow=True).status_code == 200


@pytest.mark.parametrize("page", ["change", "delete"])
def test_a_field_without_a_name(staff, page):
    """By which the row is to be found, so Django asks the model for it."""
    person = make_user("Paula Person")
    path = f"/admin/accounts/user/{person.pk}/{page}/"
    assert staff.get(path, {"_to_field": ""}).status_code == 400
    assert staff.post(path, {"_to_field": ""}).status_code == 400
    assert staff.get(f"/admin/accounts/user/{person.pk}/change/").status_code == 200


def test_a_wrong_lookup_in_the_admin_has_its_page(staff):
    """Django's own page for it is rendered without our context."""
    assert staff.get("/admin/accounts/user/?is_active__exact=nonsense&e=1").status_code == 200
