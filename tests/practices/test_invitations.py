from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from notifications.models import Message, State
from practices import selectors, services
from practices.models import Invitation, Member, MemberRole
from practices.selectors import InvitationState
from tests.conftest import NOW, make_user


@pytest.fixture
def invitation(cast):
    return services.invite(cast.team, email="New@Test.example", role=MemberRole.CORE, by=cast.leader)


def test_an_invitation_is_a_row_a_mail_and_an_audit_row(cast, invitation, audit_of):
    assert (invitation.email, invitation.role, invitation.invited_by) == ("new@test.example", "core", cast.leader)
    assert invitation.expires_at == NOW + timedelta(days=30)
    assert selectors.state_of(invitation) is InvitationState.OPEN
    assert audit_of(invitation) == ["invitation.sent"]
    mail = Message.objects.get()
    assert (mail.kind, mail.template, mail.address, mail.recipient) == (
        "invitation",
        "invitation",
        "new@test.example",
        None,
    )
    assert mail.context["link"] == {
        "page": "practices:invitation",
        "args": [str(invitation.public_id)],
        "purpose": "invitation",
        "row": invitation.pk,
        "generation": 1,
    }
    assert (mail.subject, mail.topic) == (
        "Lena Leader invites you to join Team of Lena Leader",
        f"invitation:{invitation.pk}",
    )


def test_who_has_an_account_gets_the_mail_in_the_inbox_too(cast):
    services.invite(cast.team, email="STAN.stranger@test.example", role=MemberRole.LARGER, by=cast.leader)
    assert Message.objects.get().recipient == cast.stranger


def test_nobody_is_invited_twice(cast, invitation):
    with pytest.raises(services.TeamRefused) as refusal:
        services.invite(cast.team, email="NEW@test.example", role=MemberRole.LARGER, by=cast.staff)
    assert str(refusal.value) == (
        "new@test.example is invited already. Send that invitation again, or take it back first."
    )
    assert Message.objects.count() == 1


def test_the_database_itself_refuses_a_second_open_invitation(cast, invitation):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            team=cast.team, email="NEW@test.example", invited_at=NOW, invited_by=cast.leader, expires_at=NOW
        )


def test_another_team_may_invite_the_same_address(cast, invitation):
    services.invite(cast.other_team, email=invitation.email, role=MemberRole.CORE, by=cast.stranger)
    assert Invitation.objects.count() == 2


def test_a_member_is_not_invited(cast):
    with pytest.raises(services.AlreadyMember):
        services.invite(cast.team, email="Hal.Helper@test.example", role=MemberRole.CORE, by=cast.leader)


def test_a_second_leader_is_not_invited(cast):
    with pytest.raises(services.TeamRefused):
        services.invite(cast.team, email="new@test.example", role=MemberRole.LEADER, by=cast.staff)
    assert not Message.objects.exists()


def test_accepting_makes_a_member(cast, invitation, audit_of):
    user = make_user("New")
    member = services.accept_invitation(invitation, by=user)
    invitation.refresh_from_db()
    assert (member.team, member.user, member.role) == (cast.team, user, "core")
    assert (invitation.accepted_at, invitation.accepted_by) == (NOW, user)
    assert audit_of(invitation) == ["invitation.sent", "invitation.accepted"]
    assert audit_of(member) == ["member.joined"]
    assert Message.objects.get().state == State.CANCELLED


def test_it_is_accepted_once(cast, invitation):
    copy = Invitation.objects.get()
    services.accept_invitation(invitation, by=make_user("New"))
    for row in (invitation, copy):
        with pytest.raises(services.InvitationEnded):
            services.accept_invitation(row, by=make_user(f"Other {row is copy}"))
    assert Member.objects.current().filter(team=cast.team).count() == 4


def test_a_member_does_not_use_it_up(cast, invitation):
    with pytest.raises(services.AlreadyMember):
        services.accept_invitation(invitation, by=cast.helper)
    invitation.refresh_from_db()
    assert selectors.state_of(invitation) is InvitationState.OPEN


def test_taken_back_it_is_worthless_and_its_mail_stays_here(cast, invitation, audit_of):
    services.revoke_invitation(invitation, by=cast.leader)
    invitation.refresh_from_db()
    assert (invitation.revoked_at, invitation.revoked_by) == (NOW, cast.leader)
    assert audit_of(invitation) == ["invitation.sent", "invitation.revoked"]
    mail = Message.objects.get()
    assert (mail.state, mail.reason) == (State.CANCELLED, "The invitation was taken back.")
    with pytest.raises(services.InvitationEnded) as refusal:
        services.accept_invitation(invitation, by=make_user("New"))
    assert str(refusal.value) == InvitationState.REVOKED.value
    with pytest.raises(services.InvitationEnded):
        services.revoke_invitation(invitation, by=cast.leader)


def test_an_accepted_one_is_not_taken_back(cast, invitation):
    services.accept_invitation(invitation, by=make_user("New"))
    with pytest.raises(services.InvitationEnded):
        services.revoke_invitation(invitation, by=cast.leader)
    with pytest.raises(services.InvitationEnded):
        services.renew_invitation(invitation, by=cast.leader)


def test_after_thirty_days_it_has_expired(cast, invitation):
    with clock.at(NOW + timedelta(days=30)), pytest.raises(services.InvitationEnded) as refusal:
        services.accept_invitation(invitation, by=make_user("New"))
    assert str(refusal.value) == InvitationState.EXPIRED.value


def test_an_expired_one_is_renewed_by_inviting_again(cast, invitation, audit_of):
    with clock.at(NOW + timedelta(days=31)):
        again = services.invite(cast.team, email="new@test.example", role=MemberRole.LARGER, by=cast.staff)
    assert (again.pk, again.generation, again.role, again.invited_by) == (invitation.pk, 2, "larger", cast.staff)
    assert again.expires_at == NOW + timedelta(days=61)
    assert audit_of(again) == ["invitation.sent", "invitation.renewed"]


def test_sending_again_makes_the_older_link_and_mail_worthless(cast, invitation, path_of, client):
    older = path_of(invitation)
    services.renew_invitation(invitation, by=cast.leader)
    assert client.get(older).status_code == 404
    assert client.get(path_of(invitation)).status_code == 200
    states = {mail.dedupe_key: mail.state for mail in Message.objects.all()}
    assert states == {
        f"invitation:{invitation.pk}:1": State.CANCELLED,
        f"invitation:{invitation.pk}:2": State.PENDING,
    }


def test_two_who_send_again_at_once_send_once(cast, invitation):
    copy = Invitation.objects.get()
    services.renew_invitation(invitation, by=cast.leader)
    with pytest.raises(services.InvitationEnded):
        services.renew_invitation(copy, by=cast.staff)
    assert Message.objects.filter(state=State.PENDING).count() == 1


def test_an_address_is_masked():
    assert selectors.masked("cora@practice.example") == "c•••@practice.example"
