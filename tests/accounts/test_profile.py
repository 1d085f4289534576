from zoneinfo import ZoneInfo

import pytest

from accounts.forms import ProfileForm, SignupForm
from accounts.forms.people import NewPersonForm
from accounts.models import User
from core.models import AuditEntry
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
DETAILS = {
    "name": "Pat New",
    "profession": "physician",
    "asco_membership": "member",
    "asco_member_number": "123",
    "time_zone": "America/Chicago",
}


def test_it_needs_a_sign_in(client):
    assert client.get("/profile/").url == "/accounts/login/?next=/profile/"


def test_details_are_saved(now, client):
    user = make_user("Pat")
    client.force_login(user)
    assert client.post("/profile/", DETAILS).url == "/profile/"
    assert User.objects.values(*DETAILS).get() == DETAILS | {"time_zone": User.objects.get().time_zone}
    assert str(User.objects.get().time_zone) == "America/Chicago"
    assert AuditEntry.objects.get().fields == sorted(DETAILS)


def test_a_member_has_a_number(now, client):
    client.force_login(make_user("Pat"))
    page = client.post("/profile/", DETAILS | {"asco_member_number": ""})
    assert page.context["form"].errors == {"asco_member_number": ["Enter your ASCO member number."]}
    assert User.objects.get().name == "Pat"


def test_role_and_activation_are_not_in_ones_own_hands(now, client):
    client.force_login(make_user("Pat"))
    client.post("/profile/", DETAILS | {"role": "staff", "is_active": "", "membership_confirmed_at": "2024-01-01"})
    user = User.objects.get()
    assert (user.role, user.is_active, user.membership_confirmed_at) == ("participant", True, None)


def test_the_pages_about_signing_in_are_linked(now, client):
    client.force_login(make_user("Pat"))
    page = client.get("/profile/").content.decode()
    for path in ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/"):
        assert f'href="{path}"' in page


def test_the_page_costs_few_queries(now, client, django_assert_num_queries):
    client.force_login(make_user("Pat"))
    client.get("/profile/")  # the first request of a session writes when it began
    with django_assert_num_queries(5):  # session, user, the row that the form edits, factors, other browsers
        client.get("/profile/")


def test_time_zones_stand_in_one_order():
    """A zone is found where it is looked for: where most people are first, then by hour and by name."""
    for form in (ProfileForm(), NewPersonForm(), SignupForm()):
        (_here, first), (_else, rest) = form.fields["time_zone"].choices
        assert [str(value) for value, _label in first][:3] == ["America/New_York", "America/Chicago", "America/Denver"]
        noon = [label for _value, label in rest if label.startswith("GMT+00:00")]
        assert noon == sorted(noon)
        assert not {str(value) for value, _label in first} & {str(value) for value, _label in rest}
        assert form.fields["time_zone"].clean("America/Chicago") == ZoneInfo("America/Chicago")
        assert form.fields["time_zone"].clean("Europe/Berlin") == ZoneInfo("Europe/Berlin")
