"""Writing to the people of a cohort: whom a choice means, who is left out and why, and that pressing twice is one mail."""

import re
import uuid
from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from core.refusals import Refused
from notifications.models import Message, State
from notifications.services import refusals, render, send_due, wordings
from practices.models import Member, MemberRole, Sponsor
from programs.models import EnrollmentState, Supporter
from programs.services import news
from programs.services.effects import ListChanged
from programs.services.news import Choice, Words
from tests.conftest import NOW, make_enrollment, make_practice, make_team, make_user

WORDS = Words(
    "Slides of {team}", "Dear {recipient_name},\n\nsend the slides of {team} by Friday: https://asco.example/up."
)
ALL = Choice(("members", "coaches", "sponsors"), ("active",))


def mailing(cast, *groups, states=("active",), teams=()):
    return news.mailing_of(cast.cohort, Choice(groups, states, teams))


def names(people):
    return [one.name for one in people]


def write(cast, choice=ALL, words=WORDS, submission=None, seen=None):
    seen = news.mailing_of(cast.cohort, choice).seen(words) if seen is None else seen
    return news.write_to(cast.cohort, choice, words, submission=submission or uuid.uuid4(), seen=seen, by=cast.staff)


# --- Whom a choice means ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("leaders", ["Lena Leader", "Stan Stranger"]),
        ("core", ["Cora Colleague", "Lena Leader", "Stan Stranger"]),
        ("members", ["Cora Colleague", "Hal Helper", "Lena Leader", "Stan Stranger"]),
        ("coaches", ["Cody Coach", "Olga Othercoach"]),
        ("sponsors", ["Sam Sponsor"]),
    ],
)
def test_groups(cast, group, expected):
    assert names(mailing(cast, group).mailed) == expected


def test_teams_by_state_or_chosen_alone(cast):
    team = make_team(make_practice("Third"), make_user("Thea Third"))
    applying = make_enrollment(cast.cohort, team, cast.staff, state=EnrollmentState.APPLYING)
    assert names(mailing(cast, "leaders", states=("applying",)).mailed) == ["Thea Third"]
    assert names(mailing(cast, "leaders", states=("active", "applying")).mailed) == [
        "Lena Leader",
        "Stan Stranger",
        "Thea Third",
    ]
    assert names(mailing(cast, "leaders", teams=(applying.pk, cast.other_enrollment.pk)).mailed) == [
        "Stan Stranger",
        "Thea Third",
    ]
    assert mailing(cast, "leaders", states=()).written == ()


def test_somebody_in_several_groups_or_teams_gets_one_mail(cast):
    Supporter.objects.create(enrollment=cast.other_enrollment, user=cast.coach, role="coach", since_on=date(2024, 6, 1))
    Member.objects.create(team=cast.other_team, user=cast.leader, role=MemberRole.CORE, joined_on=date(2024, 6, 1))
    found = {one.name: one for one in mailing(cast, "leaders", "members", "coaches").mailed}
    assert found["Lena Leader"].team == "Team of Lena Leader, Team of Stan Stranger"
    assert found["Cody Coach"].team == "Team of Lena Leader, Team of Stan Stranger"
    assert (found["Lena Leader"].enrollment, found["Hal Helper"].enrollment) == ("", str(cast.enrollment.public_id))
    assert len(found) == 6


def test_a_sponsor_with_an_account_is_that_person(cast):
    Sponsor.objects.update(email="HAL.helper@test.example")
    assert names(mailing(cast, "members", "sponsors").mailed) == [
        "Cora Colleague",
        "Hal Helper",
        "Lena Leader",
        "Stan Stranger",
    ]
    (alone,) = mailing(cast, "sponsors").mailed
    assert (alone.user, alone.address) == (cast.helper, "hal.helper@test.example")


def test_who_is_left_out_and_why(cast):
    cast.colleague.is_active = False
    cast.colleague.save()
    cast.helper.mail_failed_at = NOW
    cast.helper.save()
    refusals.refuse(cast.stranger, "news")
    refusals.refuse(cast.leader, "reminder")  # another kind
    found = mailing(cast, "members")
    assert names(found.mailed) == ["Lena Leader"]
    assert [(one.name, one.note) for one in found.inbox_only] == [("Stan Stranger", news.INBOX_ONLY)]
    assert [(one.name, one.note) for one in found.left_out] == [
        ("Cora Colleague", news.INACTIVE),
        ("Hal Helper", news.BOUNCES),
    ]


def test_as_many_queries_for_four_teams_as_for_two(cast):
    def ask():
        with CaptureQueriesContext(connection) as queries:
            mailing(cast, "leaders", "core", "members", "coaches", "sponsors")
        return len(queries)

    before = ask()
    for number in range(2):
        make_enrollment(cast.cohort, make_team(make_practice(f"P{number}"), make_user(f"Leader {number}")), cast.staff)
    assert ask() == before


# --- Sending ------------------------------------------------------------------------------------------------------------


def test_everybody_gets_their_own_words_and_one_audit_row_has_the_count(cast):
    submission = uuid.uuid4()
    assert write(cast, submission=submission) == 7
    mail = Message.objects.get(recipient=cast.leader)
    assert (mail.dedupe_key, mail.kind, mail.subject) == (
        f"news:{submission}:{cast.leader.pk}",
        "news",
        "Slides of Team of Lena Leader",
    )
    body = render(mail)
    assert body.text.startswith("Dear Lena Leader,\n\nsend the slides of Team of Lena Leader by Friday: https://asco")
    assert f"/enrollments/{cast.enrollment.public_id}/" in body.text
    assert '<a href="https://asco.example/up">' in body.html
    sponsor = Message.objects.get(recipient=None)
    assert sponsor.address == "sam.sponsor@test.example"
    assert render(sponsor).text.startswith("Dear Sam Sponsor,") and "/enrollments/" not in render(sponsor).text
    entry = AuditEntry.objects.get(verb="cohort.written_to")
    assert (entry.object_id, entry.fields) == (cast.cohort.pk, ["7 mails", "members", "coaches", "sponsors"])


def test_what_is_typed_is_data_and_never_markup(cast):
    cast.team.name = "<b>Bold</b> & {cohort}"
    cast.team.save()
    write(cast, Choice(("leaders",), ("active",)), Words("About {team}", "Hello {team} <script>alert(1)</script>"))
    body = render(Message.objects.get(recipient=cast.leader))
    assert "Hello &lt;b&gt;Bold&lt;/b&gt; &amp; {cohort} &lt;script&gt;alert(1)&lt;/script&gt;" in body.html
    assert "Hello <b>Bold</b> & {cohort} <script>" in body.text


def test_pressing_twice_is_one_mail_each(cast):
    submission = uuid.uuid4()
    assert [write(cast, submission=submission) for _ in range(3)] == [7, 0, 0]
    assert (Message.objects.count(), AuditEntry.objects.filter(verb="cohort.written_to").count()) == (7, 1)
    assert write(cast) == 7  # another submission is another mail


def test_who_came_after_the_first_press_is_not_written_to_by_the_second(cast):
    submission, seen = uuid.uuid4(), news.mailing_of(cast.cohort, ALL).seen(WORDS)
    write(cast, submission=submission, seen=seen)
    make_enrollment(cast.cohort, make_team(make_practice("Late"), make_user("Lara Late")), cast.staff)
    assert write(cast, submission=submission) == 0
    assert not Message.objects.filter(recipient__name="Lara Late").exists()


@pytest.mark.parametrize("change", ["somebody new", "an address", "a refusal", "the words"])
def test_if_the_list_or_the_words_changed_nothing_is_sent(cast, change):
    seen, words = news.mailing_of(cast.cohort, ALL).seen(WORDS), WORDS
    if change == "somebody new":
        Member.objects.create(team=cast.team, user=make_user("Nina New"), role="larger", joined_on=date(2024, 6, 1))
    elif change == "an address":
        cast.leader.email = "elsewhere@test.example"
        cast.leader.save()
    elif change == "a refusal":
        refusals.refuse(cast.leader, "news")
    else:
        words = Words(WORDS.subject, WORDS.body + "!")
    with pytest.raises(ListChanged, match="nothing was sent"):
        write(cast, words=words, seen=seen)
    assert Message.objects.count() == 0


def test_nobody_and_unknown_placeholders_are_refused(cast):
    with pytest.raises(Refused, match="Nobody would get this"):
        write(cast, Choice(("leaders",), ("finished",)))
    with pytest.raises(Refused, match=r"\{due\} cannot be filled in"):
        write(cast, words=Words("News", "By {due}"))
    assert (Message.objects.count(), AuditEntry.objects.filter(verb="cohort.written_to").count()) == (0, 0)


def test_who_turned_news_off_finds_it_in_the_inbox_only(cast, mailoutbox):
    refusals.refuse(cast.stranger, "news")
    assert write(cast, Choice(("leaders",), ("active",))) == 2
    send_due()
    assert [mail.to for mail in mailoutbox] == [["lena.leader@test.example"]]
    assert Message.objects.get(recipient=cast.stranger).state == State.CANCELLED


# --- The pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(cast):
    return reverse("admin:programs_cohort_write", args=[cast.cohort.pk])


@pytest.fixture
def typed(staff, page):
    """A whole form, with the submission of a page that was opened."""
    submission = re.search(r'name="submission" value="([^"]+)"', staff.get(page).content.decode())[1]
    return {
        "groups": ["leaders"],
        "states": ["active"],
        "subject": WORDS.subject,
        "body": WORDS.body,
        "submission": submission,
    }


def text(response):
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_list_comes_first_and_the_mail_with_the_press(staff, cast, page, typed):
    looked = staff.post(page, typed)
    words = text(looked)
    assert "This will write to 2 people" in words
    assert "Lena Leader lena.leader@test.example Team of Lena Leader" in words
    assert "What Lena Leader would get" in words and "Dear Lena Leader," in words
    assert Message.objects.count() == 0
    other = staff.post(page, typed | {"show": cast.stranger.pk})
    assert "What Stan Stranger would get" in text(other)
    send = typed | {"seen": looked.context["seen"], "send": "yes"}
    assert said(staff.post(page, send))[-1].endswith("is written to 2 people. It leaves within a minute.")
    assert said(staff.post(page, send))[-1] == "This was sent before; nobody was written to twice."
    assert Message.objects.count() == 2


def test_a_list_that_changed_is_shown_again(staff, cast, page, typed):
    seen = staff.post(page, typed).context["seen"]
    make_enrollment(cast.cohort, make_team(make_practice("Late"), make_user("Lara Late")), cast.staff)
    again = staff.post(page, typed | {"seen": seen, "send": "yes"})
    assert "The list has changed since you looked at it." in text(again)
    assert "This will write to 3 people" in text(again)
    assert Message.objects.count() == 0
    staff.post(page, typed | {"seen": again.context["seen"], "send": "yes"})
    assert Message.objects.count() == 3


def test_going_back_loses_nothing(staff, page, typed):
    back = staff.post(page, typed | {"back": "yes", "seen": "x"}).content.decode()
    assert "send the slides of {team} by Friday" in back and typed["submission"] in back
    assert re.search(r'value="leaders"[^>]*checked', back)


def test_who_is_left_out_stands_on_the_page(staff, cast, page, typed):
    cast.stranger.mail_failed_at = NOW
    cast.stranger.save()
    refusals.refuse(cast.colleague, "news")
    words = text(staff.post(page, typed | {"groups": ["core"]}))
    assert "This will write to 1 person" in words
    assert "1 person finds it in the inbox only" in words and "1 person is left out" in words
    assert news.BOUNCES in words and news.INBOX_ONLY in words


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"groups": []}, "Choose to whom you want to write."),
        ({"groups": ["everybody"]}, "Select a valid choice"),
        ({"states": []}, "Choose at least one state, or teams below."),
        ({"states": ["finished"]}, "There is nobody like that in this cohort yet."),
        ({"teams": ["9" * 40]}, "Select a valid choice"),
        ({"teams": ["00000000-0000-4000-8000-000000000000"]}, "Select a valid choice"),
        ({"subject": ""}, "Write a subject."),
        ({"body": "  "}, "Write the text of the mail."),
        ({"subject": "Due {due}"}, "{due} cannot be filled in."),
        ({"body": "Dear {name"}, "A brace stands alone"),
        ({"wording": "nothing"}, "Select a valid choice"),
        ({"submission": "nonsense"}, "Open this page anew and copy your text into it."),
        ({"submission": ""}, "Open this page anew and copy your text into it."),
    ],
)
def test_bad_input_is_answered_in_a_sentence_and_nothing_typed_is_lost(staff, page, typed, wrong, words):
    kept = "This stays in the page. "
    values = typed | {"body": kept + WORDS.body, "subject": WORDS.subject} | wrong
    answer = staff.post(page, values | {"send": "yes"})
    assert words in text(answer)
    assert kept in answer.content.decode() or "body" in wrong
    assert Message.objects.count() == 0


def test_a_wording_of_staff_s_own_is_used_and_not_mixed_with_other_words(staff, cast, page, typed):
    wordings.write(
        code="slides", title="Slides", kind="news", subject="The slides", body="Send them, {team}.", by=cast.staff
    )
    mixed = text(staff.post(page, typed | {"wording": "slides"}))
    assert "Choose a wording or write your own words, not both." in mixed and "by Friday" in mixed
    looked = staff.post(page, typed | {"wording": "slides", "subject": "", "body": ""})
    assert "Send them, Team of Lena Leader." in text(looked)
    wordings.write(code="slides", title="Slides", kind="news", subject="The slides", body="Now, {team}!", by=cast.staff)
    send = typed | {"wording": "slides", "subject": "", "body": "", "seen": looked.context["seen"], "send": "yes"}
    assert "Now, Team of Lena Leader!" in text(staff.post(page, send))  # other words than were looked at
    assert Message.objects.count() == 0


def test_a_test_goes_to_oneself_and_the_page_stays(staff, cast, page, typed):
    looked = staff.post(page, typed | {"test": "yes", "show": cast.stranger.pk, "press": uuid.uuid4()})
    assert "A test is on its way to you" in text(looked) and "This will write to 2 people" in text(looked)
    mail = Message.objects.get()
    assert (mail.recipient, mail.subject) == (cast.staff, "Test: Slides of Team of Stan Stranger")
    assert mail.text.startswith("This is a test. It shows what Stan Stranger (Team of Stan Stranger) would get;")


def test_the_html_part_comes_in_a_frame_of_its_own(staff, cast, page, typed):
    address = reverse("admin:programs_cohort_write_mail", args=[cast.cohort.pk])
    answer = staff.post(address, typed | {"show": cast.stranger.pk})
    assert "Dear Stan Stranger," in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"] and answer["X-Frame-Options"] == "SAMEORIGIN"
    assert staff.get(address).status_code == 404
    assert staff.post(address, typed | {"groups": []}).status_code == 404
