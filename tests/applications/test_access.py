"""Who meets which page: 404 for what is not theirs, 403 for what they may see and not do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.services import answer, submit
from core import clock
from core.models import AuditEntry
from practices.models import Access, Invitation, Member
from practices.services import accept_invitation, give_access
from tests.applications.conftest import APRIL
from tests.conftest import make_user

PAGES = {
    "detail": (),
    "practice": (),
    "team": (),
    "sponsor": (),
    "section": ("problem",),
    "check": (),
    "receipt": (),
}
POSTS = ("commit", "sign", "submit", "reopen", "invite", "access")
# What each of the cast gets for (reading the task list, opening a part to write, pressing a button) in a draft.
EXPECTED = {
    "leader": (200, 200, 302),
    "colleague": (200, 200, 403),
    "helper": (404, 404, 404),
    "former": (404, 404, 404),
    "stranger": (404, 404, 404),
    "reviewer": (404, 404, 404),
    "coach": (404, 404, 404),
    "other_coach": (404, 404, 404),
    "leadership": (404, 404, 404),
    "staff": (200, 403, 403),
}


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("who", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_the_cast(draft, settings, who, expected):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client, key = client_of(getattr(draft, who)), draft.application.public_id
    reading, writing, pressing = expected
    assert client.get(reverse("applications:detail", args=[key])).status_code == reading
    for page in ("practice", "team", "sponsor", "check"):
        assert client.get(reverse(f"applications:{page}", args=[key])).status_code == writing
    assert client.get(reverse("applications:section", args=[key, "problem"])).status_code == writing
    for verb in ("sign", "submit", "withdraw", "reopen"):
        assert client.post(reverse(f"applications:{verb}", args=[key])).status_code == pressing


def test_anonymous_and_inactive_are_sent_to_sign_in(draft):
    for client in (Client(), client_of(draft.inactive)):
        for page, extra in PAGES.items():
            reply = client.get(reverse(f"applications:{page}", args=[draft.application.public_id, *extra]))
            assert reply.status_code == 302
            assert reply.url.startswith(reverse("account_login"))


def test_a_button_is_not_pressed_by_a_link(draft):
    client = client_of(draft.leader)
    for verb in POSTS:
        assert client.get(reverse(f"applications:{verb}", args=[draft.application.public_id])).status_code == 405


def test_a_colleague_confirms_only_for_themselves_and_cannot_invite(draft):
    client, key = client_of(draft.colleague), draft.application.public_id
    assert client.post(reverse("applications:commit", args=[key])).status_code == 302
    assert list(draft.application.commitments.values_list("member__user", flat=True)) == [draft.colleague.pk]
    assert (
        client.post(reverse("applications:invite", args=[key]), {"email": "x@test.example", "role": "core"}).status_code
        == 403
    )
    assert client.post(reverse("applications:team", args=[key]), {"profession": "nurse"}).status_code == 403


def membership(draft, user):
    return Member.objects.current().get(team=draft.application.enrollment.team, user=user)


@pytest.mark.parametrize(
    ("who", "access", "expected"),
    [
        ("helper", Access.ROLE, (404, 404, 404, 404)),
        ("helper", Access.EDIT, (200, 200, 403, 403)),
        ("helper", Access.SUBMIT, (200, 200, 302, 403)),
        ("colleague", Access.ROLE, (200, 200, 403, 403)),
        ("colleague", Access.SUBMIT, (200, 200, 302, 403)),
        ("former", Access.SUBMIT, (404, 404, 404, 404)),
    ],
)
def test_access_beyond_the_role(draft, who, access, expected):
    """(Seeing it, editing it, submitting it, withdrawing it.) A membership that has ended brings nothing."""
    user = getattr(draft, who)
    Member.objects.filter(team=draft.application.enrollment.team, user=user).update(access=access)
    client, key = client_of(user), draft.application.public_id
    got = (
        client.get(reverse("applications:detail", args=[key])).status_code,
        client.get(reverse("applications:section", args=[key, "problem"])).status_code,
        client.post(reverse("applications:submit", args=[key])).status_code,
        client.post(reverse("applications:withdraw", args=[key])).status_code,
    )
    assert got == expected


def test_the_leader_invites_with_access_and_changes_it_later(draft):
    leader, key = client_of(draft.leader), draft.application.public_id
    page = reverse("applications:team", args=[key])
    invited = {"email": "new@test.example", "role": "larger", "access": "edit"}
    assert leader.post(reverse("applications:invite", args=[key]), invited).url == page
    newcomer = make_user("Nell Newcomer")
    accept_invitation(Invitation.objects.get(), by=newcomer)
    assert client_of(newcomer).get(reverse("applications:detail", args=[key])).status_code == 200
    member = membership(draft, newcomer)
    change = {"member": str(member.public_id), "access": "submit"}
    reply = leader.post(reverse("applications:access", args=[key]), change, follow=True)
    assert reply.redirect_chain == [(page, 302)]
    assert "Nell Newcomer: edits and submits." in reply.content.decode()
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.object_id, entry.fields) == ("member.access_changed", member.pk, ["access"])
    leader.post(reverse("applications:access", args=[key]), change | {"access": ""})
    assert client_of(newcomer).get(reverse("applications:detail", args=[key])).status_code == 404


def test_access_is_given_to_members_of_the_team_alone(draft):
    leader, url = client_of(draft.leader), reverse("applications:access", args=[draft.application.public_id])
    stranger = Member.objects.get(user=draft.stranger)
    before = AuditEntry.objects.count()
    for given in (
        {},
        {"member": str(stranger.public_id), "access": "submit"},
        {"member": str(membership(draft, draft.colleague).public_id), "access": "everything"},
        {"member": str(membership(draft, draft.leader).public_id), "access": "edit"},
        {"member": str(membership(draft, draft.colleague).public_id), "access": ""},  # as it is already
    ):
        assert leader.post(url, given).status_code == 302
    assert AuditEntry.objects.count() == before
    assert client_of(draft.colleague).post(url, {}).status_code == 403


def test_somebody_with_access_sends_what_the_leader_signed_off(complete):
    give_access(membership(complete, complete.helper), Access.SUBMIT, by=complete.leader)
    helper, leader = client_of(complete.helper), client_of(complete.leader)
    check, sign, send = (
        reverse(f"applications:{name}", args=[complete.application.public_id]) for name in ("check", "sign", "submit")
    )
    key = {"key": str(complete.application.submission_key)}
    assert "ask the team leader to sign off" in helper.get(check).content.decode()
    assert "has not signed the application off yet" in helper.post(send, key, follow=True).content.decode()
    assert leader.post(sign).url == check
    assert "Signed off" in helper.get(check).content.decode()
    with clock.at(APRIL + timedelta(hours=1)):
        answer(complete.application, {complete.question("aim").pk: "Halve it"}, by=complete.colleague)
        page = helper.get(check).content.decode()
        assert "Changed since the sign-off: What is your aim?" in page
        assert f'action="{send}"' not in page
        assert "changed since the sign-off: What is your aim?" in helper.post(send, key, follow=True).content.decode()
        leader.post(sign)
        reply = helper.post(send, key)
        assert reply.url == reverse("applications:receipt", args=[complete.application.public_id])
    assert Application.objects.get().submitted_by == complete.helper


def test_staff_do_not_apply(cast, call, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    assert client_of(cast.staff).get(reverse("calls:start", args=[call.cohort.code])).status_code == 403
    assert client_of(cast.staff).get(reverse("calls:detail", args=[call.cohort.code])).status_code == 200


def test_what_does_not_exist(draft):
    client = client_of(draft.leader)
    assert client.get(reverse("applications:section", args=[draft.application.public_id, "nothing"])).status_code == 404
    assert client.get(reverse("calls:detail", args=["nothing"])).status_code == 404


def test_lists_show_ones_own(complete, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    pages = {who: client_of(getattr(complete, who)).get(reverse("applications:list")) for who in EXPECTED}
    seen = {who: [row["application"].pk for row in page.context["rows"]] for who, page in pages.items()}
    mine = [complete.application.pk]
    assert seen == {who: mine if who in ("leader", "colleague", "staff") else [] for who in EXPECTED}
