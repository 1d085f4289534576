"""A request whose mail is refused for good: the applicants see it on the page, the leader gets a word once, staff see it too."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications import selectors, services
from applications.models import AttendanceCommitment
from applications.services import tell_undelivered
from core import clock
from notifications.models import Message, State
from notifications.services import render
from practices.models import Member
from tests.applications.conftest import APRIL, DEADLINE

DAY = timedelta(days=1)
SENTENCE = "The mail could not be delivered to"


def bounce(template: str, at=APRIL) -> None:
    """As the sender leaves the newest mail of this template when the relay has refused it."""
    newest = Message.objects.filter(template=template).order_by("-pk")[:1].values("pk")
    reason = "The mail server refused it: 550 5.1.1 No such user"
    Message.objects.filter(pk__in=newest).update(state=State.FAILED, reason=reason, smtp_started_at=at)


def told() -> list[Message]:
    return list(Message.objects.filter(template="request-undelivered").order_by("pk"))


@pytest.fixture
def letter(complete):
    return services.ask_for_letter(complete.application, by=complete.colleague)


@pytest.fixture
def words(complete) -> list[AttendanceCommitment]:
    AttendanceCommitment.objects.all().delete()
    services.ask_to_attend(complete.application, by=complete.leader)
    return list(AttendanceCommitment.objects.all())


@pytest.fixture
def pages(client, complete):
    client.force_login(complete.colleague)

    def page(name: str) -> str:
        return client.get(reverse(f"applications:{name}", args=[complete.application.public_id])).content.decode()

    return page


class TestLetter:
    def test_the_page_says_so_with_address_and_day(self, letter, pages):
        assert SENTENCE not in pages("sponsor")
        bounce("letter-request")
        page = pages("sponsor")
        assert f"{SENTENCE} {letter.sponsor.email} on" in page
        assert "April 10, 2024" in page and "check the address" in page

    def test_the_leader_is_told_once(self, letter, complete):
        assert tell_undelivered(now=APRIL) == 0
        bounce("letter-request")
        assert (tell_undelivered(now=APRIL), tell_undelivered(now=APRIL + DAY)) == (1, 0)
        (mail,) = told()
        assert mail.recipient == complete.leader
        text = render(mail).text
        assert letter.sponsor.email in text and letter.sponsor.name in text and "/sponsor/" in text
        assert "<p" in render(mail).html

    def test_a_reminder_that_is_under_way_takes_the_place_of_the_first_mail(self, letter, complete, pages):
        bounce("letter-request")
        tell_undelivered(now=APRIL)
        with clock.at(APRIL + 2 * DAY):
            services.remind_sponsor(letter, by=complete.leader)
            assert selectors.letters_of(complete.application)[0].undelivered is None
            bounce("letter-request", APRIL + 2 * DAY)
            assert "April 12, 2024" in pages("sponsor")
            assert tell_undelivered(now=clock.now()) == 1
        assert len(told()) == 2

    def test_nothing_is_said_once_the_letter_is_here_or_not_asked_for(self, letter, complete, pages):
        bounce("letter-request")
        services.end_letter(letter, by=complete.leader)
        assert SENTENCE not in pages("sponsor")
        assert tell_undelivered(now=APRIL) == 0

    def test_nor_by_mail_once_the_link_is_over(self, letter):
        bounce("letter-request")
        Message.objects.filter(template="letter-request").update(not_after=DEADLINE)
        assert tell_undelivered(now=DEADLINE + DAY) == 0
        assert tell_undelivered(now=DEADLINE) == 1

    def test_without_a_leader_nobody_is_told(self, letter, complete):
        bounce("letter-request")
        Member.objects.filter(team=complete.application.enrollment.team).update(left_on=APRIL.date())
        assert tell_undelivered(now=APRIL) == 0

    def test_news_of_the_leader_that_bounce_are_another_matter(self, letter, complete):
        services.letters.mails.mail_declined(letter, "No.")
        bounce("letter-news")
        assert tell_undelivered(now=APRIL) == 0


class TestAttendance:
    def test_the_page_says_so_at_the_member(self, words, pages):
        assert SENTENCE not in pages("detail")
        bounce("attendance-request")
        assert f"{SENTENCE} {words[0].member.user.email} on" in pages("detail")

    def test_the_leader_is_told_once(self, words, complete):
        bounce("attendance-request")
        assert (tell_undelivered(now=APRIL), tell_undelivered(now=APRIL)) == (1, 0)
        text = render(told()[0]).text
        assert complete.colleague.email in text and "sign in" in text

    def test_nothing_is_said_once_they_have_confirmed(self, words, complete, pages):
        bounce("attendance-request")
        services.confirm_by_link(words[0])
        assert SENTENCE not in pages("detail")
        assert tell_undelivered(now=APRIL) == 0

    def test_the_leaders_own_mailbox_is_not_told_of_itself(self, complete):
        AttendanceCommitment.objects.all().delete()
        services.ask_to_attend(complete.application, by=complete.colleague)
        bounce("attendance-request")
        assert tell_undelivered(now=APRIL) == 0


def test_staff_see_both(letter, words, complete, client, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    bounce("letter-request")
    bounce("attendance-request")
    client.force_login(complete.staff)
    page = client.get(reverse("admin:applications_application_change", args=[complete.application.pk])).content.decode()
    for address in (letter.sponsor.email, words[0].member.user.email):
        assert f"could not be delivered to {address} on" in page


@pytest.mark.parametrize("many", [1, 3])
def test_the_sweep_asks_as_often_for_many(complete, many, django_assert_max_num_queries):
    """What is read of each that is told is its leader."""
    for number in range(many):
        if number:
            services.edit_sponsor(
                complete.application,
                name=f"S {number}",
                email=f"s{number}@t.example",
                position="CMO",
                by=complete.leader,
            )
        services.ask_for_letter(complete.application, by=complete.leader)
        bounce("letter-request")
    with django_assert_max_num_queries(10):
        tell_undelivered(now=APRIL)
