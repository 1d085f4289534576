from datetime import timedelta
from urllib.parse import quote

import pytest

from core import clock
from core.models import AuditEntry
from notifications.models import Message
from notifications.services import render
from practices import services
from practices.models import Member, MemberRole
from tests.conftest import NOW, make_user


@pytest.fixture
def invitation(cast):
    return services.invite(cast.team, email="new@test.example", role=MemberRole.CORE, by=cast.leader)


def snapshot(invitation):
    """Everything that an opened link could have changed."""
    invitation.refresh_from_db()
    fields = {field.name: getattr(invitation, field.attname) for field in invitation._meta.fields}
    mails = list(Message.objects.order_by("id").values_list("id", "state"))
    return fields, Member.objects.count(), AuditEntry.objects.count(), mails


def test_a_scanner_may_open_it_as_often_as_it_likes(invitation, client, path_of):
    before = snapshot(invitation)
    for ask in (client.head, client.get, client.get):
        assert ask(path_of(invitation)).status_code == 200
    assert snapshot(invitation) == before
    assert dict(client.session) == {}


def test_the_mail_carries_the_one_link_that_works(cast, invitation, client, path_of):
    mail = render(Message.objects.get())
    link = "https://collaborative.example.org" + path_of(invitation)
    assert (mail.text.count(link), mail.html.count(link)) == (1, 1)
    assert mail.text.splitlines()[0] == "Accept your place in Team of Lena Leader by July 31, 2024, 11:00 AM Eastern."
    assert client.get(path_of(invitation)).status_code == 200


def test_a_signed_in_persons_look_changes_nothing_either(invitation, client, path_of):
    client.force_login(make_user("New"))
    before = snapshot(invitation)
    client.get(path_of(invitation))
    client.head(path_of(invitation))
    assert snapshot(invitation) == before


def test_without_an_account_it_explains_and_leads_back_here(invitation, client, path_of):
    page = client.get(path_of(invitation)).content.decode()
    back = quote(path_of(invitation))
    assert f'href="/accounts/signup/?next={back}"' in page
    assert f'href="/accounts/login/?next={back}"' in page
    assert "n•••@test.example" in page
    assert "new@test.example" not in page


def test_an_anonymous_post_changes_nothing(invitation, client, path_of):
    before = snapshot(invitation)
    assert client.post(path_of(invitation)).status_code == 200
    assert snapshot(invitation) == before


def test_a_persons_post_accepts(cast, invitation, client, path_of):
    user = make_user("New")
    client.force_login(user)
    response = client.post(path_of(invitation))
    assert response.url == f"/teams/{cast.team.public_id}/"
    assert client.get(response.url).status_code == 200
    assert Member.objects.get(user=user).role == "core"


def test_another_address_is_pointed_out_and_may_accept(invitation, client, path_of):
    client.force_login(make_user("Other"))
    page = client.get(path_of(invitation)).content.decode()
    assert "You are signed in as Other (other@test.example), which is not the invited address." in page
    assert client.post(path_of(invitation)).status_code == 302


def test_the_second_post_leads_to_the_team(cast, invitation, client, path_of):
    client.force_login(make_user("New"))
    client.post(path_of(invitation))
    page = client.post(path_of(invitation))
    assert page.status_code == 200
    assert "You are a member of this team already." in page.content.decode()
    assert Member.objects.current().filter(team=cast.team).count() == 4


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_token_is_not_found(cast, invitation, client, path_of, method):
    other = services.invite(cast.team, email="second@test.example", role=MemberRole.CORE, by=cast.leader)
    client.force_login(make_user("New"))
    for token in ("x", path_of(other).split("/")[-2], "é" * 43):
        assert getattr(client, method)(f"/invitations/{invitation.public_id}/{token}/").status_code == 404


def test_ended_ones_say_how_they_ended(cast, invitation, client, path_of):
    second = services.invite(cast.team, email="second@test.example", role=MemberRole.CORE, by=cast.leader)
    third = services.invite(cast.team, email="third@test.example", role=MemberRole.CORE, by=cast.leader)
    services.accept_invitation(invitation, by=make_user("New"))
    services.revoke_invitation(second, by=cast.leader)
    said = {}
    with clock.at(NOW + timedelta(days=30)):
        for row in (invitation, second, third):
            page = client.get(path_of(row))
            assert page.status_code == 410
            said[row.email] = page.context["sentence"].split(".")[0]
    assert said == {
        "new@test.example": "This invitation was accepted already",
        "second@test.example": "This invitation was taken back",
        "third@test.example": "This invitation has expired",
    }


def test_a_refusal_is_said_on_the_page(cast, client, path_of):
    """The leader's place was taken while the invitation was under way."""
    services.end_membership(Member.objects.get(user=cast.helper), reason="Moved", by=cast.staff)
    Member.objects.filter(team=cast.team, role=MemberRole.LEADER).update(left_on=NOW.date())
    invitation = services.invite(cast.team, email="new@test.example", role=MemberRole.LEADER, by=cast.staff)
    services.add_member(cast.team, cast.helper, MemberRole.LEADER, by=cast.staff)
    client.force_login(make_user("New"))
    page = client.post(path_of(invitation), follow=True)
    assert page.status_code == 200
    assert [str(message).split(".")[0] for message in page.context["messages"]] == [
        "Team of Lena Leader has a leader: Hal Helper"
    ]
