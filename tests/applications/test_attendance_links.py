"""The core team's word to attend, by a link without a sign-in: asked, given, refused, and given for other dates."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications import selectors, services
from applications.models import AttendanceCommitment
from applications.selectors import WordState, words_of
from applications.services import ApplicationRefused
from core import clock, links
from core.models import ActorKind, AuditEntry
from notifications.models import Message
from notifications.services import render
from practices.models import MemberRole
from practices.services import add_member, change_leader, end_membership
from programs.models import LatePolicy, Milestone, Program
from tests.applications.conftest import APRIL, DEADLINE
from tests.conftest import make_user

DAY = timedelta(days=1)


@pytest.fixture
def asked(draft) -> AttendanceCommitment:
    """The leader asked everybody: the one colleague there is."""
    services.ask_to_attend(draft.application, by=draft.leader)
    return AttendanceCommitment.objects.get()


def page(commitment: AttendanceCommitment, name: str = "word", token: str = "") -> str:
    token = token or links.token("attendance", commitment.pk, commitment.generation)
    return reverse(f"attendance:{name}", args=[commitment.public_id, token])


def text(response) -> str:
    return response.content.decode()


def states(draft) -> dict[str, WordState]:
    return {word.member.user.name: word.state for word in words_of(draft.application)}


def missing(draft) -> list[str]:
    anchors = [gap.url.partition("#")[2] for gap in selectors.gaps(draft.application)]
    return [anchor for anchor in anchors if anchor == "attendance"]


def test_everybody_is_asked_but_who_asks(asked, draft):
    assert states(draft) == {"Lena Leader": WordState.NONE, "Cora Colleague": WordState.ASKED}
    (mail,) = Message.objects.filter(template="attendance-request")
    assert mail.recipient == draft.colleague
    assert links.token("attendance", asked.pk, 1) in render(mail).text
    assert "Milestone qtp-1: July 11, 2024 to July 12, 2024, Alexandria, VA" in render(mail).text
    with pytest.raises(ApplicationRefused, match="nobody to ask"):
        services.ask_to_attend(draft.application, by=draft.leader)
    newcomer = make_user("Nat Newcomer")
    add_member(draft.application.enrollment.team, newcomer, MemberRole.CORE, by=draft.leader)
    assert [one.user for one in services.ask_to_attend(draft.application, by=draft.leader)] == [newcomer]
    with clock.at(APRIL + DAY):
        again = services.ask_to_attend(draft.application, by=draft.colleague)
    assert [one.user for one in again] == [draft.leader, newcomer]


def test_the_page_lists_the_sessions_and_the_button_confirms(asked, draft):
    Program.objects.update(
        definition={"program": {"costs": [{"code": "travel", "text": "Teams pay for their own travel."}]}}
    )
    client = Client()
    response = client.get(page(asked))
    for words in (
        "Cora Colleague",
        "July 11, 2024 to July 12, 2024",
        "Alexandria, VA",
        "Teams pay for their own travel.",
    ):
        assert words in text(response)
    assert "no-store" in response["Cache-Control"]
    response = client.post(page(asked), follow=True)
    assert "You have confirmed" in text(response) and "I will attend all of them" not in text(response)
    asked.refresh_from_db()
    assert (asked.confirmed_at, asked.confirmed_by) == (APRIL, draft.colleague)
    entry = AuditEntry.objects.get(verb="attendancecommitment.confirmed")
    assert (entry.actor_kind, entry.actor_id) == (ActorKind.LINK, asked.pk)
    client.post(page(asked))
    assert AuditEntry.objects.filter(verb="attendancecommitment.confirmed").count() == 1
    assert [member.user.name for member in selectors.unconfirmed(draft.application)] == ["Lena Leader"]
    assert Message.objects.get(template="attendance-request").state == "cancelled"


def test_who_cannot_come_tells_the_leader_and_confirms_nothing(asked, draft):
    client = Client()
    response = client.post(page(asked, "cannot"), {"said": "I am on leave in July."}, follow=True)
    assert "The team leader is told" in text(response) and "You said that you cannot" in text(response)
    assert states(draft)["Cora Colleague"] is WordState.DECLINED
    (mail,) = Message.objects.filter(template="attendance-declined")
    assert (mail.recipient, mail.subject) == (draft.leader, "Cora Colleague cannot attend all sessions")
    assert "I am on leave in July." in render(mail).text
    assert "told today already" in text(client.post(page(asked, "cannot"), {"said": ""}, follow=True))
    assert Message.objects.filter(template="attendance-declined").count() == 1
    client.post(page(asked))
    assert states(draft)["Cora Colleague"] is WordState.GIVEN
    client.post(page(asked, "cannot"), {"said": ""})
    assert states(draft)["Cora Colleague"] is WordState.DECLINED
    assert "Shorten this" in text(client.post(page(asked, "cannot"), {"said": "x" * 501}))


def test_a_word_taken_back_after_sending_changes_nothing_that_was_sent(complete):
    AttendanceCommitment.objects.update(asked_at=APRIL, asked_by=complete.leader)
    services.submit(complete.application, by=complete.leader, arrived_at=APRIL)
    commitment = AttendanceCommitment.objects.get(member__user=complete.colleague)
    Client().post(page(commitment, "cannot"), {"said": ""})
    assert states(complete)["Cora Colleague"] is WordState.GIVEN
    assert Message.objects.filter(template="attendance-declined").count() == 1


def test_a_moved_session_asks_again(complete):
    assert selectors.unconfirmed(complete.application) == []
    Milestone.objects.filter(code="qtp-1").update(ends_on="2024-07-13")
    assert states(complete) == {"Lena Leader": WordState.EARLIER, "Cora Colleague": WordState.EARLIER}
    assert missing(complete) == ["attendance"]
    client = Client()
    client.force_login(complete.colleague)
    detail = reverse("applications:detail", args=[complete.application.public_id])
    assert "Confirmed before the dates changed" in text(client.get(detail))
    client.post(reverse("applications:commit", args=[complete.application.public_id]))
    assert states(complete)["Cora Colleague"] is WordState.GIVEN
    asked = services.ask_to_attend(complete.application, by=complete.colleague)
    commitment = AttendanceCommitment.objects.get(member=asked[0])
    assert "before the dates changed" in text(Client().get(page(commitment)))
    Client().post(page(commitment))
    assert missing(complete) == []
    Milestone.objects.filter(code="qtp-1").update(title="Another title", place="Elsewhere")
    assert missing(complete) == []


def test_links_of_others_and_links_that_ended(asked, draft):
    client = Client()
    for token in (
        links.token("letter", asked.pk, 1),
        links.token("attendance", asked.pk + 1, 1),
        links.token("attendance", asked.pk, 2),
        "x",
    ):
        for name in ("word", "cannot"):
            assert client.post(page(asked, name, token)).status_code == 404
        assert client.get(page(asked, "word", token)).status_code == 404
    assert client.get(page(asked, "cannot")).status_code == 405
    end_membership(asked.member, reason="Moved", by=draft.leader)
    for response in (client.get(page(asked)), client.post(page(asked)), client.post(page(asked, "cannot"))):
        assert (response.status_code, "not in the core team" in text(response)) == (410, True)
    asked.refresh_from_db()
    assert asked.confirmed_at is None


def test_whoever_leads_by_now_is_still_in_the_core_team(asked, draft):
    change_leader(draft.application.enrollment.team, asked.member, reason="Leave", by=draft.leader)
    assert Client().post(page(asked)).status_code == 302
    assert states(draft)["Cora Colleague"] is WordState.GIVEN
    assert "You have confirmed" in text(Client().get(page(asked)))


def test_it_ends_with_the_call(asked):
    Milestone.objects.filter(code="deadline").update(late_policy=LatePolicy.CLOSED)
    assert Client().get(page(asked)).status_code == 200
    with clock.at(DEADLINE + DAY):
        response = Client().post(page(asked))
        assert (response.status_code, "The call for applications is closed" in text(response)) == (410, True)


def test_the_button_on_the_page(draft, client):
    ask = reverse("applications:ask_everybody", args=[draft.application.public_id])
    detail = reverse("applications:detail", args=[draft.application.public_id])
    client.force_login(draft.colleague)
    assert "Ask everybody" in text(client.get(detail))
    assert "on its way to Lena Leader" in text(client.post(ask, follow=True))
    assert "nobody to ask" in text(client.post(ask, follow=True))
    client.force_login(draft.helper)
    assert client.post(ask).status_code == 404
