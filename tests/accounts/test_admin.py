import pytest

from accounts.models import Membership, Role, User
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def staff(now, client, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    user = make_user("Stella", Role.STAFF)
    client.force_login(user)
    return user


def values_of(user: User, **changes: object) -> dict:
    values = {
        "name": user.name,
        "role": user.role,
        "profession": user.profession,
        "asco_membership": user.asco_membership,
        "asco_member_number": user.asco_member_number,
        "time_zone": str(user.time_zone),
        "is_active": "on",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def test_people_are_listed_searched_and_filtered(staff, client):
    make_user("Pat", Role.COACH)
    names = lambda query: [user.name for user in client.get(LIST + query).context["cl"].result_list]  # noqa: E731
    assert names("") == ["Pat", "Stella"]
    assert names("?q=pat%40test") == ["Pat"]
    assert names("?role__exact=coach") == ["Pat"]
    assert names("?is_active__exact=0") == []


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_costs_the_same_for_many(staff, client, django_assert_num_queries, people):
    for number in range(people):
        make_user(f"Pat {number}")
    client.get(LIST)  # the first one notes when the session was begun
    with django_assert_num_queries(5):  # session, user, count, rows, when the sender was last seen
        client.get(LIST)


def test_a_role_is_changed_with_its_audit_row(staff, client, audit_of):
    user = make_user("Pat")
    response = client.post(f"{LIST}{user.pk}/change/", values_of(user, role=Role.REVIEWER))
    assert response.url == LIST
    user.refresh_from_db()
    assert user.role == Role.REVIEWER
    assert audit_of(user) == ["user.role_changed"]


def test_name_and_activation_change_through_services(staff, client, audit_of):
    user = make_user("Pat")
    client.post(f"{LIST}{user.pk}/change/", values_of(user, name="Pat New", is_active=None))
    user.refresh_from_db()
    assert (user.name, user.is_active) == ("Pat New", False)
    assert audit_of(user) == ["user.updated", "user.deactivated"]


def test_ones_own_role_stays_and_nothing_else_is_half_done(staff, client, audit_of):
    path = f"{LIST}{staff.pk}/change/"
    page = client.post(path, values_of(staff, name="Stella New", role=Role.COACH), follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "Another member of the staff has to change your role."
    ]
    staff.refresh_from_db()
    assert (staff.name, staff.role) == ("Stella", Role.STAFF)
    assert audit_of(staff) == []


def test_staff_let_somebody_in(staff, client, mail_to, audit_of):
    values = {"email": "Rev@test.example", "name": "Rev", "role": "reviewer", "profession": "", "time_zone": "UTC"}
    assert client.post(f"{LIST}add/", values).status_code == 302
    user = User.objects.get(email="rev@test.example")
    assert (user.role, user.has_usable_password(), len(mail_to(user.email))) == (Role.REVIEWER, False, 1)
    assert audit_of(user) == ["user.created"]
    page = client.post(f"{LIST}add/", values)
    assert page.context["adminform"].form.errors == {"email": ["This address has an account already."]}


def test_memberships_are_confirmed_by_an_action(staff, client):
    member, other = make_user("Mem", asco_membership=Membership.MEMBER), make_user("Oth")
    page = client.post(LIST, {"action": "confirm_membership", "_selected_action": [member.pk, other.pk]}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "Oth states no ASCO membership, so there is none to confirm.",
        "Membership confirmed of Mem.",
    ]
    member.refresh_from_db()
    assert member.membership_confirmed_by == staff


def test_factors_are_reset_by_an_action_and_the_link_is_mailed(staff, client, mail_to, audit_of):
    user = make_user("Pat")
    client.post(LIST, {"action": "reset_factors", "_selected_action": [user.pk]})
    assert audit_of(user) == ["user.factors_reset"]
    assert len(mail_to(user.email)) == 1


def test_nobody_is_deleted(staff, client):
    user = make_user("Pat")
    assert client.post(f"{LIST}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(LIST).content.decode()


@pytest.mark.parametrize("path", ["/admin/account/emailaddress/", "/admin/mfa/authenticator/"])
def test_addresses_and_factors_have_no_back_door(staff, client, path):
    assert client.get(path).status_code == 404
