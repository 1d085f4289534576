"""What falls on one person's same day is one mail, and what is settled drops out of it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.mail import get_connection

from core import clock
from notifications.models import Item, ItemState, Message, State
from notifications.services import Line, cancel, claims, enqueue_lines, preview, render, send_due
from notifications.services.delivery import _send_group
from notifications.services.digests import PAST_ITS_USE
from tests.conftest import make_user

HOUR = timedelta(hours=1)
# Marked by a sender that may be sending it now; the database knows no claim without token and lease.
BEGUN = {
    "state": State.CLAIMED,
    "token": UUID(int=1),
    "lease_until": datetime(2100, 1, 1, tzinfo=UTC),
    "smtp_started_at": datetime(2024, 7, 2, tzinfo=UTC),
}
NINE = datetime(2024, 7, 2, 13, tzinfo=UTC)  # in New York


def line(person, name: str, *, at: datetime = NINE, until: datetime | None = None, page: str = "privacy") -> Line:
    return Line(
        key=f"rem:{name}:{person.pk}",
        to=person,
        topic=f"team:1:enrollment:1:milestone:{name}",
        subject=f"Due: {name}",
        template="reminder",
        context={
            "title": name,
            "team": "The team",
            "cohort": "The cohort",
            "due_at": (at + 48 * HOUR).isoformat(),
            "zone": "America/New_York",
            "is_for_team": True,
            "link": {"page": page, "args": []},
        },
        due_at=at,
        not_after=until,
    )


@pytest.fixture
def person(db):
    return make_user("Rita Reader")


def states() -> dict[str, str]:
    return dict(Item.objects.values_list("context__title", "state"))


def test_one_day_is_one_mail_that_leaves_with_the_first(person, mailoutbox):
    with clock.at(NINE - 9 * HOUR):
        assert enqueue_lines([line(person, "b", at=NINE + 5 * HOUR), line(person, "a"), line(person, "c")]) == 3
    mail = Message.objects.get()
    assert (mail.subject, mail.not_before) == ("Due: a, and 2 more", NINE)
    with clock.at(NINE):
        assert send_due() == 1
    sent = mailoutbox[0].body
    assert sent.startswith("Please do this by July 4, 2024, 9:00 AM Eastern: a.")
    assert "- Please do this by July 4, 2024, 9:00 AM Eastern: c. (The team)" in sent
    assert "- Please do this by July 4, 2024, 2:00 PM Eastern: b. (The team)" in sent
    assert sent.count("/privacy/") == 1


def test_what_comes_later_joins_the_mail_that_waits(person):
    with clock.at(NINE - 9 * HOUR):
        enqueue_lines([line(person, "a", at=NINE + 3 * HOUR)])
        enqueue_lines([line(person, "b", at=NINE + HOUR)])
    mail = Message.objects.get()
    assert (mail.items.count(), mail.not_before, mail.subject) == (2, NINE + HOUR, "Due: b, and 1 more")


def test_what_a_dead_sender_held_and_what_came_meanwhile_leave_in_one_mail(person, mailoutbox):
    """The sender died before it began; a second reminder falls due before the lease has run out."""
    with clock.at(NINE):
        enqueue_lines([line(person, "b")])
        assert len(claims.claim(50)) == 1
        enqueue_lines([line(person, "a")])
        assert Message.objects.get().subject == "Due: a, and 1 more"
        Message.objects.update(lease_until=datetime(2000, 1, 1, tzinfo=UTC))
        assert send_due() == 1
    assert mailoutbox[0].subject == "Due: a, and 1 more"
    assert mailoutbox[0].body.count("Please do this by") == 2


def test_what_comes_before_a_living_sender_begins_is_in_its_mail(person, mailoutbox):
    """The sender read the row before the line joined; the subject it sends is that of the lines it sends."""
    with clock.at(NINE):
        enqueue_lines([line(person, "b")])
        (held,) = claims.claim(50)
        enqueue_lines([line(person, "a")])
        assert held.subject == "Due: b"
        assert _send_group([held], get_connection()) == 1
        enqueue_lines([line(person, "c")])
    assert [mail.subject for mail in mailoutbox] == ["Due: a, and 1 more"]
    assert Message.objects.get(state=State.PENDING).subject == "Due: c"


@pytest.mark.parametrize(
    "change", [{"state": State.SENT, "sent_at": NINE}, {"attempts": 1}, {"state": State.FAILED}, BEGUN]
)
def test_nothing_joins_a_mail_that_has_left_or_was_begun(person, change):
    with clock.at(NINE):
        enqueue_lines([line(person, "a")])
        Message.objects.update(**change, reason="As it is")
        enqueue_lines([line(person, "b")])
    assert sorted(Message.objects.values_list("dedupe_key", flat=True)) == [
        f"day:{person.pk}:2024-07-02:1",
        f"day:{person.pk}:2024-07-02:2",
    ]


def test_the_same_lines_again_are_nothing_new(person):
    with clock.at(NINE):
        assert enqueue_lines([line(person, "a"), line(person, "b")]) == 2
        assert enqueue_lines([line(person, "a"), line(person, "b")]) == 0
        Message.objects.update(state=State.SENT, sent_at=NINE)
        assert enqueue_lines([line(person, "a")]) == 0
    assert (Message.objects.count(), Item.objects.count()) == (1, 2)


def test_what_is_settled_drops_out_and_an_empty_mail_is_cancelled(person):
    with clock.at(NINE - HOUR):
        enqueue_lines([line(person, "a"), line(person, "b", at=NINE + HOUR)])
        assert cancel("team:1:enrollment:1:milestone:a", reason="It is done.") == 1
    mail = Message.objects.get()
    assert (mail.state, mail.subject, mail.not_before) == (State.PENDING, "Due: b", NINE + HOUR)
    cancel("team:1:", below=True, reason="The team has left.")
    mail.refresh_from_db()
    assert (mail.state, mail.reason) == (State.CANCELLED, "The team has left.")
    assert states() == {"a": ItemState.CANCELLED, "b": ItemState.CANCELLED}


def test_cancelling_for_one_person_leaves_the_others(person):
    other = make_user("Otto Other")
    enqueue_lines([line(person, "a"), line(other, "a")])
    assert cancel("team:1:enrollment:1:milestone:a", recipient=person, reason="Done.") == 1
    assert Message.objects.get(state=State.PENDING).recipient == other


def test_what_is_owed_again_comes_back(person, mailoutbox):
    with clock.at(NINE):
        enqueue_lines([line(person, "a")])
        cancel("team:1:", below=True, reason="Done.")
        assert enqueue_lines([line(person, "a")]) == 1
        send_due()
        cancel("team:1:", below=True, reason="Done.")
        assert enqueue_lines([line(person, "a")]) == 0
    assert len(mailoutbox) == 1
    assert states() == {"a": ItemState.OPEN}


def test_a_line_past_its_use_expires_alone(person, mailoutbox):
    with clock.at(NINE):
        enqueue_lines([line(person, "old", until=NINE + HOUR), line(person, "new")])
    with clock.at(NINE + 2 * HOUR):
        send_due()
    assert [mail.subject for mail in mailoutbox] == ["Due: new"]
    assert "old" not in mailoutbox[0].body
    assert Item.objects.get(state=ItemState.EXPIRED).reason == PAST_ITS_USE


def test_a_mail_of_nothing_but_past_lines_expires(person, mailoutbox):
    with clock.at(NINE):
        enqueue_lines([line(person, "old", until=NINE - HOUR)])
        send_due()
    assert mailoutbox == []
    assert Message.objects.get().state == State.EXPIRED


def test_what_is_settled_between_claim_and_sending_does_not_go(person, mailoutbox, monkeypatch):
    from notifications.services import claims

    claim = claims.claim

    def claim_and_settle(limit):
        found = claim(limit)
        cancel("team:1:", below=True, reason="Done at the last moment.")
        return found

    monkeypatch.setattr(claims, "claim", claim_and_settle)
    with clock.at(NINE):
        enqueue_lines([line(person, "a")])
        send_due()
    assert mailoutbox == []
    assert Message.objects.get().state == State.CANCELLED


def test_an_account_that_was_deactivated_since_gets_nothing(person, mailoutbox):
    with clock.at(NINE):
        enqueue_lines([line(person, "a")])
        person.is_active = False
        person.save()
        send_due()
    assert mailoutbox == []
    assert Message.objects.get().reason == "The account was deactivated."


def test_the_day_is_the_readers_own(person):
    far = make_user("Fern Far")
    far.time_zone = "Pacific/Auckland"
    far.save()
    far.refresh_from_db()
    with clock.at(NINE):
        enqueue_lines([line(person, "a"), line(far, "a")])
    assert set(Message.objects.values_list("dedupe_key", flat=True)) == {
        f"day:{person.pk}:2024-07-02:1",
        f"day:{far.pk}:2024-07-03:1",
    }


def test_lines_that_lead_to_different_pages_lead_home(person):
    mail = preview(person, [line(person, "a"), line(person, "b", page="contact")])
    assert mail.text.split("http")[1].split()[0].endswith("/")
    assert "/privacy/" in preview(person, [line(person, "a"), line(person, "b")]).text
    assert Message.objects.count() == 0


def test_the_inbox_shows_the_lines_that_left(person):
    with clock.at(NINE):
        enqueue_lines([line(person, "a"), line(person, "b")])
        cancel("team:1:enrollment:1:milestone:b", reason="Done.")
        send_due()
    assert "b." not in render(Message.objects.get()).text
