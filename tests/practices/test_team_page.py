import pytest
from django.urls import reverse

from accounts.models import Role
from notifications.models import Message
from practices import services
from practices.models import Invitation, Member, MemberRole
from tests.conftest import make_user

STATUSES = {
    "leader": 200,
    "colleague": 200,
    "helper": 200,
    "former": 404,
    "stranger": 404,
    "coach": 404,
    "reviewer": 404,
    "leadership": 404,
    "staff": 200,
    "inactive": 302,
    None: 302,
}
INVITE = {"email": "new@test.example", "role": "core"}


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


def sign_in(client, cast, name):
    if name:
        client.force_login(getattr(cast, name))


def team_path(cast):
    return reverse("practices:team", args=[cast.team.public_id])


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_who_sees_the_page(cast, client, name, status):
    sign_in(client, cast, name)
    assert client.get(team_path(cast)).status_code == status


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *((name, 302) for name in ("leader", "staff")),
        *((name, 403) for name in ("colleague", "helper")),
        *((name, 404) for name in ("former", "stranger", "coach")),
    ],
)
@pytest.mark.parametrize("act", ["invite", "revoke", "renew", "end", "sponsor"])
def test_who_may_change_it(cast, client, act, name, status):
    invitation = services.invite(cast.team, email="open@test.example", role=MemberRole.CORE, by=cast.leader)
    helper = Member.objects.get(user=cast.helper)
    paths = {
        "invite": reverse("practices:invite", args=[cast.team.public_id]),
        "revoke": reverse("practices:revoke", args=[invitation.public_id]),
        "renew": reverse("practices:renew", args=[invitation.public_id]),
        "end": reverse("practices:end_membership", args=[helper.public_id]),
        "sponsor": reverse("practices:sponsor", args=[cast.team.public_id]),
    }
    sign_in(client, cast, name)
    values = INVITE | {"reason": "Moved", "name": "Nell", "position": "CEO"}
    assert client.post(paths[act], values).status_code == status


@pytest.mark.parametrize("name", ["colleague", "helper"])
def test_members_read_without_the_means_to_change(cast, client, name):
    services.invite(cast.team, email="open@test.example", role=MemberRole.CORE, by=cast.leader)
    sign_in(client, cast, name)
    page = client.get(team_path(cast)).content.decode()
    assert "Lena Leader" in page and "Sam Sponsor" in page
    assert "open@test.example" not in page
    assert "/invite/" not in page and "/end/" not in page


def test_the_leader_sees_everything_of_the_team(cast, client):
    services.invite(cast.team, email="open@test.example", role=MemberRole.CORE, by=cast.leader)
    client.force_login(cast.leader)
    page = client.get(team_path(cast)).content.decode()
    for text in ("Cora Colleague", "Hal Helper", "Sam Sponsor", "open@test.example", "Synthetic Oncology Practice"):
        assert text in page
    assert "Fred Former" not in page


def test_the_leader_invites(cast, client):
    client.force_login(cast.leader)
    response = client.post(reverse("practices:invite", args=[cast.team.public_id]), INVITE, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "The invitation to new@test.example is on its way."
    ]
    assert Invitation.objects.get().invited_by == cast.leader
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "no address", "role": "core"}, "email"),
        ({"email": "", "role": "core"}, "email"),
        ({"email": "new@test.example", "role": "leader"}, "role"),
        ({"email": "hal.helper@test.example", "role": "core"}, "email"),
    ],
)
def test_a_wrong_invitation_is_shown_on_the_teams_page(cast, client, values, field):
    client.force_login(cast.leader)
    page = client.post(reverse("practices:invite", args=[cast.team.public_id]), values)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert 'class="error-summary' in page.content.decode()
    assert not Invitation.objects.exists()


def test_taking_back_twice_is_said_and_no_error(cast, client):
    invitation = services.invite(cast.team, email="open@test.example", role=MemberRole.CORE, by=cast.leader)
    client.force_login(cast.leader)
    path = reverse("practices:revoke", args=[invitation.public_id])
    client.post(path)
    page = client.post(path, follow=True)
    assert [str(message) for message in page.context["messages"]][-1] == (
        "This invitation was accepted or taken back already. Reload the page."
    )


def test_removal_works_at_the_next_request(cast, client):
    client.force_login(cast.colleague)
    assert client.get(team_path(cast)).status_code == 200
    services.end_membership(Member.objects.get(user=cast.colleague), reason="Moved", by=cast.leader)
    assert client.get(team_path(cast)).status_code == 404


def test_who_handed_the_lead_over_invites_no_more(cast, client):
    client.force_login(cast.leader)
    services.change_leader(cast.team, Member.objects.get(user=cast.colleague), reason="New job", by=cast.staff)
    response = client.post(reverse("practices:invite", args=[cast.team.public_id]), INVITE)
    assert response.status_code == 403


def test_ending_a_membership_asks_why(cast, client):
    client.force_login(cast.leader)
    member = Member.objects.get(user=cast.helper)
    path = reverse("practices:end_membership", args=[member.public_id])
    assert client.get(path).status_code == 200
    assert list(client.post(path, {"reason": ""}).context["form"].errors) == ["reason"]
    assert client.post(path, {"reason": "Moved"}).url == team_path(cast)
    assert client.post(path, {"reason": "Moved"}).status_code == 404
    member.refresh_from_db()
    assert member.left_reason == "Moved"


def test_the_leaders_own_membership_is_refused_with_a_sentence(cast, client):
    client.force_login(cast.leader)
    path = reverse("practices:end_membership", args=[Member.objects.get(user=cast.leader).public_id])
    page = client.post(path, {"reason": "Moved"})
    assert page.context["form"].non_field_errors() == [
        "Lena Leader leads this team. Hand the lead over before you end the membership."
    ]


def test_the_sponsor_form_knows_the_present_one(cast, client):
    client.force_login(cast.leader)
    path = reverse("practices:sponsor", args=[cast.team.public_id])
    assert client.get(path).context["form"].initial["name"] == "Sam Sponsor"
    assert list(client.post(path, {"name": "", "email": "x", "position": ""}).context["form"].errors) == [
        "name",
        "email",
        "position",
    ]


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_costs_the_same_for_many(cast, client, django_assert_num_queries, many):
    for number in range(many):
        services.add_member(cast.team, make_user(f"Core {number}"), MemberRole.CORE, by=cast.leader)
        services.add_member(cast.team, make_user(f"Larger {number}"), MemberRole.LARGER, by=cast.leader)
        services.invite(cast.team, email=f"open{number}@test.example", role=MemberRole.CORE, by=cast.leader)
    client.force_login(cast.leader)
    client.get(team_path(cast))  # the first page of a session writes when it was
    # session, user; team, may edit, invitations, sponsor, core team, larger team, sites;
    # history: practice, members, sponsors, invitations, acts, their people, who was staff then
    with django_assert_num_queries(16):
        client.get(team_path(cast))


def test_get_on_a_verb_is_refused(cast, client):
    client.force_login(cast.leader)
    assert client.get(reverse("practices:invite", args=[cast.team.public_id])).status_code == 405


class TestAdmin:
    @pytest.fixture
    def staff(self, cast, client):
        client.force_login(cast.staff)
        return cast.staff

    def test_the_lead_is_handed_over(self, cast, staff, client, audit_of):
        member = Member.objects.get(user=cast.colleague)
        path = f"/admin/practices/team/{cast.team.pk}/change/"
        forms = {
            f"{prefix}-{count}_FORMS": 0
            for prefix in ("members", "sponsors", "invitations")
            for count in ("TOTAL", "INITIAL")
        }
        values = {"name": cast.team.name, "new_leader": member.pk, "reason": ""} | forms
        assert client.get(path).status_code == 200
        page = client.post(path, values)
        assert page.context["adminform"].form.errors == {"reason": ["Enter why the lead changes."]}
        client.post(path, values | {"reason": "New job"})
        assert audit_of(cast.team) == ["team.leader_changed"]

    def test_a_practice_is_changed_through_its_service(self, cast, staff, client, audit_of):
        path = f"/admin/practices/practice/{cast.practice.pk}/change/"
        values = {
            "name": cast.practice.name,
            "city": "Otherville",
            "region": "VA",
            "country": "US",
            "setting": "",
            "rurality": "",
            "oncologists": "",
            "underserved_percent": "",
            "health_system": "",
            "domain": "",
            "sites-TOTAL_FORMS": 1,
            "sites-INITIAL_FORMS": 0,
            "sites-0-name": "North",
            "sites-0-city": "Testville",
            "teams-TOTAL_FORMS": 0,
            "teams-INITIAL_FORMS": 0,
            "affiliations-TOTAL_FORMS": 0,
            "affiliations-INITIAL_FORMS": 0,
        }
        assert client.post(path, values).status_code == 302
        assert audit_of(cast.practice) == ["practice.updated", "practice.sites_changed"]
        assert [site.name for site in cast.practice.sites.all()] == ["North"]

    def test_a_new_practice_is_entered_through_its_service(self, cast, staff, client, audit_of):
        values = {
            "name": "Third",
            "city": "Testville",
            "region": "",
            "country": "US",
            "setting": "",
            "rurality": "",
            "oncologists": "",
            "underserved_percent": "",
            "health_system": "",
            "domain": "",
            "sites-TOTAL_FORMS": 1,
            "sites-INITIAL_FORMS": 0,
            "sites-0-name": "North",
            "sites-0-city": "Testville",
            "teams-TOTAL_FORMS": 0,
            "teams-INITIAL_FORMS": 0,
            "affiliations-TOTAL_FORMS": 0,
            "affiliations-INITIAL_FORMS": 0,
        }
        assert client.post("/admin/practices/practice/add/", values).status_code == 302
        practice = type(cast.practice).objects.get(name="Third")
        assert audit_of(practice) == ["practice.created", "practice.sites_changed"]

    def test_invitations_are_taken_back_by_an_action(self, cast, staff, client, audit_of):
        invitation = services.invite(cast.team, email="open@test.example", role=MemberRole.CORE, by=cast.leader)
        path = "/admin/practices/invitation/"
        assert client.get(path).status_code == 200
        client.post(path, {"action": "renew", "_selected_action": [invitation.pk]})
        client.post(path, {"action": "revoke", "_selected_action": [invitation.pk]})
        page = client.post(path, {"action": "revoke", "_selected_action": [invitation.pk]}, follow=True)
        assert [str(message) for message in page.context["messages"]] == [
            "Sent again to open@test.example.",
            "Taken back from open@test.example.",
            "open@test.example: This invitation was accepted or taken back already. Reload the page.",
        ]
        assert audit_of(invitation) == ["invitation.sent", "invitation.renewed", "invitation.revoked"]

    @pytest.mark.parametrize("path", ["practice", "team", "invitation"])
    def test_the_lists_open_and_delete_nothing(self, cast, staff, client, path):
        page = client.get(f"/admin/practices/{path}/")
        assert page.status_code == 200
        assert "delete_selected" not in page.content.decode()

    def test_nobody_else_comes_in(self, cast, client):
        client.force_login(make_user("Pat", Role.COACH))
        assert client.get("/admin/practices/team/", follow=True).status_code == 403
