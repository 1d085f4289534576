from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command

from accounts import services
from accounts.models import AccessLink, Role, User
from core import clock
from tests.conftest import NOW, make_user

pytestmark = pytest.mark.django_db
SECRET = {"password1": "a long enough secret", "password2": "a long enough secret"}


def current_code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def printed_path(capsys) -> str:
    """The path of the link that a command printed as its last line."""
    return capsys.readouterr().out.strip().splitlines()[-1].removeprefix("https://collaborative.example.org")


def test_looking_changes_nothing(now, client, path_of):
    link = services.issue_access_link(make_user("Pat"))
    for ask in (client.get, client.head, client.get):
        assert ask(path_of(link)).status_code == 200
    link.refresh_from_db()
    assert link.used_at is None
    assert "_auth_user_id" not in client.session


def test_the_page_says_for_whom_it_is(now, client, path_of):
    page = client.get(path_of(services.issue_access_link(make_user("Pat Person"))))
    assert page.context["person"].email == "pat.person@test.example"
    assert b"This link is for Pat Person, who signs in as pat.person@test.example." in page.content
    assert "no-store" in page.headers["Cache-Control"]


def test_a_wrong_token_is_not_found(now, client, path_of):
    link, other = services.issue_access_link(make_user("Pat")), services.issue_access_link(make_user("Quinn"))
    stolen = path_of(other).split("/")[-2]
    for token in ("x", stolen, "ü" * 43):
        assert client.get(f"/access/{link.public_id}/{token}/").status_code == 404
        assert client.post(f"/access/{link.public_id}/{token}/", SECRET).status_code == 404


def test_a_weak_password_is_refused_and_the_link_stays(now, client, path_of):
    link = services.issue_access_link(make_user("Pat"))
    for first, second in (("short", "short"), ("a long enough secret", "another long secret")):
        page = client.post(path_of(link), {"password1": first, "password2": second})
        assert page.status_code == 200
        assert page.context["form"].errors
    link.refresh_from_db()
    assert link.used_at is None


def test_the_link_signs_in_once(now, client, path_of):
    user = make_user("Pat")
    link = services.issue_access_link(user)
    response = client.post(path_of(link), SECRET)
    assert (response.status_code, response.url) == (302, "/profile/")
    assert client.session["_auth_user_id"] == str(user.pk)
    for ask in (client.get(path_of(link)), client.post(path_of(link), SECRET)):
        assert ask.status_code == 410
        assert b"This link was used already." in ask.content


def test_expired_and_replaced_links_say_so(now, client, path_of):
    user = make_user("Pat")
    old = services.issue_access_link(user)
    new = services.issue_access_link(user)
    page = client.get(path_of(old))
    assert page.status_code == 410
    assert b"This link was replaced by a newer one." in page.content
    with clock.at(NOW + timedelta(days=4)):
        page = client.post(path_of(new), SECRET)
    assert page.status_code == 410
    assert b"This link has expired." in page.content


def test_somebody_elses_session_ends_first(now, client, path_of):
    user, other = make_user("Pat"), make_user("Quinn")
    client.force_login(other)
    link = services.issue_access_link(user)
    assert b"You are signed in as Quinn." in client.get(path_of(link)).content
    client.post(path_of(link), SECRET)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_factors_enrolled_before_are_still_asked_for(now, client, path_of):
    user = make_user("Pat")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    response = client.post(path_of(services.issue_access_link(user)), SECRET)
    assert response.url == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


def test_create_staff_end_to_end(now, client, capsys, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = True
    call_command("create_staff", email="Boss@test.example", name="Bo Boss")
    path = printed_path(capsys)
    response = client.post(path, SECRET)
    assert response.url == "/accounts/2fa/"
    assert client.get("/admin/").url == "/accounts/2fa/"
    page = client.get("/accounts/2fa/totp/activate/")  # no second question for the password
    assert page.status_code == 200
    response = client.post("/accounts/2fa/totp/activate/", {"code": current_code(page.context["form"].secret)})
    assert response.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert client.get(path).status_code == 410
    user = User.objects.get()
    assert (user.email, user.role) == ("boss@test.example", Role.STAFF)
    assert list(Authenticator.objects.order_by("type").values_list("type", flat=True)) == ["recovery_codes", "totp"]


@pytest.mark.parametrize("email", ["pat@test.example", "PAT@test.example"])
def test_create_staff_refuses_a_used_address(now, email):
    make_user("Pat")
    with pytest.raises(CommandError) as refusal:
        call_command("create_staff", email=email, name="Pat Again")
    assert str(refusal.value).startswith("pat@test.example has an account already.")
    assert not AccessLink.objects.exists()


def test_reset_mfa_ends_sessions_and_lets_in_again(now, client, capsys, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    user = make_user("Pat")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(user)
    assert client.get("/profile/").status_code == 200
    call_command("reset_mfa", "PAT@test.example")
    path = printed_path(capsys)
    assert client.get("/profile/").url == "/accounts/login/?next=/profile/"
    assert client.post(path, SECRET).url == "/profile/"
    assert client.get("/profile/").status_code == 200
    assert client.post(path, SECRET).status_code == 410


def test_reset_mfa_knows_nobody_of_that_address(now):
    with pytest.raises(CommandError) as refusal:
        call_command("reset_mfa", "nobody@test.example")
    assert (
        str(refusal.value) == "Nobody signs in with nobody@test.example. Check the address; the admin lists all people."
    )


def test_reset_mfa_refuses_a_deactivated_account(now):
    make_user("Ina", is_active=False)
    with pytest.raises(CommandError):
        call_command("reset_mfa", "ina@test.example")
