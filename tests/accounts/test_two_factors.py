import pytest
from allauth.mfa.models import Authenticator

from accounts.models import Role
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _required(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = True


def enroll(user, kind):
    return Authenticator.objects.create(user=user, type=kind, data={})


@pytest.mark.parametrize("path", ["/admin/", "/profile/", "/admin/accounts/user/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_a_second_factor_are_sent_to_enroll(now, client, path, method):
    client.force_login(make_user("Stella", Role.STAFF))
    response = getattr(client, method)(path)
    assert (response.status_code, response.url) == (302, "/accounts/2fa/")


def test_the_page_says_why(now, client):
    client.force_login(make_user("Stella", Role.STAFF))
    page = client.get("/admin/", follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "Staff accounts need a second factor. Set up an authenticator app or a passkey to go on."
    ]


@pytest.mark.parametrize("path", ["/accounts/2fa/", "/accounts/email/", "/accounts/logout/", "/privacy/"])
def test_what_leads_to_a_factor_stays_open(now, client, path):
    client.force_login(make_user("Stella", Role.STAFF))
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_an_app_or_a_passkey_is_enough(now, client, kind):
    user = make_user("Stella", Role.STAFF)
    enroll(user, kind)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200


def test_recovery_codes_alone_are_not(now, client):
    user = make_user("Stella", Role.STAFF)
    enroll(user, Authenticator.Type.RECOVERY_CODES)
    client.force_login(user)
    assert client.get("/admin/").url == "/accounts/2fa/"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.STAFF])
def test_nobody_else_needs_one(now, client, role):
    client.force_login(make_user("Pat", role))
    assert client.get("/profile/").status_code == 200


def test_it_can_be_switched_off(now, client, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client.force_login(make_user("Stella", Role.STAFF))
    assert client.get("/admin/").status_code == 200


def test_a_new_member_of_the_staff_is_asked_at_the_next_request(now, client):
    user = make_user("Pat")
    client.force_login(user)
    assert client.get("/profile/").status_code == 200
    type(user).objects.filter(pk=user.pk).update(role=Role.STAFF)
    assert client.get("/profile/").url == "/accounts/2fa/"


def test_the_admin_has_no_sign_in_of_its_own(now, client):
    response = client.get("/admin/login/?next=/admin/accounts/user/")
    assert response.url == "/accounts/login/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    make_user("Stella", Role.STAFF)
    response = client.post("/admin/login/", {"username": "stella@test.example", "password": "cast-password"})
    assert response.status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_admin_is_closed_to_others(now, client):
    client.force_login(make_user("Pat"))
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_staff_sign_in_asks_for_the_factor(now, client):
    user = make_user("Stella", Role.STAFF)
    enroll(user, Authenticator.Type.TOTP)
    response = client.post("/accounts/login/", {"login": "stella@test.example", "password": "cast-password"})
    assert response.url == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
