"""Every mail that the product sends, written by the services that write it and read as it goes over the wire."""

import re
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import transaction
from django.test import Client

from accounts.services import send_access_link
from applications.models import Application, ApplicationState, AttendanceCommitment, Letter
from applications.selectors import topic_of
from applications.services import (
    accept,
    answer_correction,
    ask_to_attend,
    confirm_by_link,
    decline,
    decline_by_link,
    put_on_alternate_list,
    submit,
    tell_undelivered,
)
from assessments.models import Report, ReportState
from assessments.services import hand_over, send_back
from core import clock
from notifications.models import Item, Kind, Message, State
from notifications.services import Draft, bounces, enqueue, send_due, wordings
from notifications.services.refusals import REFUSABLE
from practices.services import invite_to_practice
from programs.models import Reminder
from programs.services import move_milestone, plan_due
from programs.services.news import Choice, Words, mailing_of, write_to
from tests.access.objects import build
from tests.conftest import NOW, build_cast

# Without the mark, pytest-django makes no database for a run of this module alone.
pytestmark = pytest.mark.django_db
SITE = "https://collaborative.example.org/"
# In these the code is what the reader needs, on the page that they have open: a link would be for a scanner to follow.
WITHOUT_A_LINK = {"Confirm your email address"}
# What is a template and no mail of its own.
PARTS = {"base", "refusal", "ready"}


class Reading(HTMLParser):
    """The links (address, class), the tags, and the words of each paragraph of an HTML part."""

    def __init__(self, html: str):
        super().__init__()
        self.links, self.tags, self.paragraphs, self.attributes, self.is_inside = [], [], [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "p":
            self.paragraphs.append("")
            self.is_inside = True
        if tag == "a":
            self.links.append((dict(attrs)["href"], dict(attrs).get("class", "")))

    def handle_endtag(self, tag):
        self.is_inside = self.is_inside and tag != "p"

    def handle_data(self, data):
        if self.is_inside:
            self.paragraphs[-1] += data


@dataclass(frozen=True)
class Sent:
    """One mail: its row, its bytes as they go to the relay, the same read, its text part and its HTML part."""

    row: Message
    wire: bytes
    read: EmailMessage
    text: str
    html: Reading

    def __repr__(self) -> str:
        return f"{self.row.template or 'ready-made'}: {self.row.subject}"


def as_sent(one: mail.EmailMessage) -> Sent:
    wire = one.message().as_bytes()
    read = message_from_bytes(wire, policy=policy.default)
    row = Message.objects.select_related("recipient").get(message_id=read["Message-ID"])
    text, html = (read.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return Sent(row, wire, read, text, Reading(html))


def plain(text: str) -> str:
    return " ".join(text.split())


def first_words(text: str) -> str:
    """The first paragraph of a text part."""
    return plain(text.split("\n\n")[0])


def _write_everything(cast) -> None:
    """Let every service that writes mail write some. Building the table's objects invites, submits and files."""
    build(cast)
    people, staff = cast, cast.staff
    send_access_link(people.reviewer, by=staff)
    invite_to_practice(people.practice, email="let.in@test.example", by=people.leader)
    sent = Application.objects.get(state=ApplicationState.SUBMITTED)
    send_due()  # or the answer would cancel what asked for it
    answer_correction(sent, correction=sent.corrections.get().pk, answer="As asked", by=people.leader)
    send_due()
    put_on_alternate_list(sent, by=staff)
    send_due()
    decline(sent, by=staff)
    draft = Application.objects.get(state=ApplicationState.DRAFT)
    _ask_a_colleague(draft, people)
    submit(draft, by=people.leader, arrived_at=clock.now())
    accept(draft, by=staff)
    move_milestone(cast.first_update, starts_on=date(2024, 9, 29), ends_on=date(2024, 9, 29), by=staff)
    send_due()  # or the reminder about it would join those below
    _send_a_report_back()
    _refuse_a_request()
    _plan_reminders(cast)
    words = Words("News for {team}", "Dear {recipient_name},\n\nread https://example.org/news & come.")
    choice = Choice(groups=("coaches",), states=("active",))
    seen = mailing_of(cast.cohort, choice).seen(words)
    write_to(cast.cohort, choice, words, submission="00000000-0000-4000-8000-00000000cafe", seen=seen, by=staff)
    enqueue(Draft(kind=Kind.NEWS, key="plain", subject="Plain", to=people.helper, text=f"Read {SITE}privacy/ first."))
    bounces.note(Message(recipient=people.former, address=people.former.email, subject="Something", reason="550 Gone"))


def _send_a_report_back() -> None:
    """A draft of a report of findings that the second person of staff does not release yet."""
    report = Report.objects.filter(state=ReportState.DRAFT).first()
    hand_over(report, by=report.drafted_by)
    second = Report.objects.exclude(released_by=None).first().released_by
    send_back(report, by=second, remark="Please say what “soon” means here.")


def _refuse_a_request() -> None:
    """The sponsor's mail server refuses what asked for a letter that is still waited for."""
    letter = Letter.objects.filter(done_at=None, ended_at=None).latest("pk")
    asked = Message.objects.filter(template="letter-request", topic=topic_of(letter))
    asked.update(state=State.FAILED, sent_at=None, reason="550 No such user")
    assert tell_undelivered(now=clock.now()) == 1
    asked.update(state=State.SENT, sent_at=clock.now(), reason="")  # or it would be left over


def _ask_a_colleague(draft, people) -> None:
    """Asked anew to attend, the colleague says no, then yes."""
    given = AttendanceCommitment.objects.filter(application=draft, member__user=people.colleague)
    given.delete()
    ask_to_attend(draft, by=people.leader)
    send_due()  # or the word would cancel it
    decline_by_link(given.get(), said="I am on leave in July.")
    send_due()  # or the yes would cancel it
    confirm_by_link(given.get())


def _plan_reminders(cast) -> None:
    """For the coach one reminder, for the leader two on a day, for their colleague one in words of staff's own."""
    own = wordings.write(
        code="own",
        title="Own",
        kind=Kind.REMINDER,
        subject="By {due_day}: {title}",
        body="{team}: {title} by {due}.\n\nDear {recipient_name}, ask {support_email}.",
        by=cast.staff,
    )
    days = (cast.session.ends_on - clock.now().date()).days
    for audience, template in (("coach", "reminder"), ("leader", "reminder"), ("members", own.code)):
        Reminder.objects.create(milestone=cast.session, offset_days=-days, audience=audience, template=template)
    days = (cast.first_update.ends_on - clock.now().date()).days
    Reminder.objects.create(milestone=cast.first_update, offset_days=-days - 1, audience="leader")
    plan_due(now=clock.now())


def _sign_in_mail() -> None:
    """What allauth writes: to confirm an address, to one that is taken, to reset a password, where none is, of a new one."""
    form = {"name": "N", "email": "n@test.example", "password1": "a long enough secret", "time_zone": "UTC"}
    taken = {"email": "lena.leader@test.example"}
    Client().post("/accounts/signup/", form)
    Client().post("/accounts/signup/", form | taken)
    Client().post("/accounts/password/reset/", taken)
    Client().post("/accounts/password/reset/", {"email": "nobody@test.example"})
    one, new = Client(), {"password1": "four unrelated green words", "password2": "four unrelated green words"}
    one.post("/accounts/login/", {"login": "lena.leader@test.example", "password": "cast-password"})
    one.post("/accounts/password/change/", {"oldpassword": "cast-password", **new})


@pytest.fixture(scope="module")
def everything(django_db_setup, django_db_blocker):
    """Everything that was sent, and how many rows were not; written once for the module, and undone."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), clock.at(NOW), transaction.atomic():
        patch.setattr(django_settings, "EMAIL_BACKEND", "notifications.backends.OutboxBackend")
        mail.outbox = []
        cast = build_cast()
        type(cast.leader).objects.filter(pk=cast.leader.pk).update(time_zone="America/Los_Angeles")
        cast.leader.refresh_from_db()
        _write_everything(cast)
        _sign_in_mail()
        with clock.at(NOW.replace(hour=23)):
            send_due()
        # The table's own “News” is no mail of the product.
        own = [as_sent(one) for one in mail.outbox if one.subject != "News"]
        yield own, Message.objects.exclude(state=State.SENT).count()
        transaction.set_rollback(True)


@pytest.fixture
def sent(everything) -> list[Sent]:
    return everything[0]


def test_every_template_is_sent_and_nothing_is_left_over(sent, everything):
    templates = {file.stem for file in (Path(django_settings.BASE_DIR) / "templates" / "mail").glob("*.txt")} - PARTS
    seen = {one.row.template for one in sent} - {""}
    own_words = Item.objects.filter(message__in=[one.row.pk for one in sent], template__startswith="wording:")
    assert own_words.exists()
    # The row of an access link holds the text alone; a line in words of staff's own is rendered by “wording”.
    subjects = {one.row.subject for one in sent}
    assert {"Set up your account at Quality Collaboratives", "Your password was changed"} <= subjects
    assert seen | {"access", "wording"} == templates
    assert {one.row.kind for one in sent} == set(Kind)
    assert everything[1] <= 1  # the letter that a later decision replaced


def test_text_and_html_stand_in_this_order(sent):
    for one in sent:
        both = next(part for part in one.read.walk() if part.get_content_type() == "multipart/alternative")
        assert [part.get_content_type() for part in both.iter_parts()] == ["text/plain", "text/html"], one
        others = {part.get_content_type() for part in one.read.iter_attachments()}
        assert others <= {"text/calendar"}, one
        assert one.read.get_content_type() == ("multipart/mixed" if others else "multipart/alternative"), one


def test_headers_are_whole_plain_and_each_once(sent):
    for one in sent:
        row, read = one.row, one.read
        names = [name.lower() for name in read]
        assert sorted({name for name in names if names.count(name) > 1}) == [], one
        assert (read["To"], read["Reply-To"]) == (row.address, "support@example.org"), one
        assert (read["Auto-Submitted"], read["X-Mail-Kind"]) == ("auto-generated", row.kind), one
        assert (read["Message-ID"], read["Subject"]) == (row.message_id, row.subject), one
        assert parsedate_to_datetime(read["Date"]), one
        assert read["From"].addresses[0].display_name == "Quality Collaboratives", one
        head = one.wire.decode().split("\n\n")[0].replace("\n ", " ").splitlines()
        encoded = {line.partition(":")[0] for line in head if "=?" in line}
        assert encoded == (set() if row.subject.isascii() else {"Subject"}), one


def test_one_action_from_our_own_site_and_the_same_in_both_parts(sent):
    without = set()
    for one in sent:
        links = [(url, kind) for url, kind in one.html.links if "/mail/off/" not in url]
        if one.row.template:  # a ready-made body has no button: its one link is its action
            assert {url for url, kind in links if not kind} <= {"https://example.org/news"}, one
            links = [(url, kind) for url, kind in links if kind == "action"]
        actions = [url for url, _ in links]
        ours = [
            url for url in re.findall(r"https?://\S+", one.text) if url.startswith(SITE) and "/mail/off/" not in url
        ]
        assert ours == actions, one
        if actions:
            assert len(actions) == 1, one
            assert actions[0].startswith(SITE), one
        else:
            without.add(one.row.subject)
    assert without == WITHOUT_A_LINK


def test_mail_that_may_be_refused_says_how_and_no_other_does(sent):
    for one in sent:
        url = (one.read["List-Unsubscribe"] or "").strip(" <>")
        assert bool(url) == (one.row.kind in REFUSABLE), one
        assert (one.read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click") == bool(url), one
        found = [link for link, _ in one.html.links if "/mail/off/" in link]
        assert found == ([url] if url else []), one
        assert re.findall(r"\S+/mail/off/\S+", one.text) == found, one


def test_the_first_line_is_the_same_in_both_parts_and_is_a_sentence(sent):
    for one in sent:
        first = plain(one.html.paragraphs[0])
        assert first_words(one.text).startswith(first), one
        assert len(first) > 10, one
        assert re.search(r"[.:,]$", first), one


def test_a_deadline_is_said_in_the_cohort_s_zone_and_the_reader_s(sent):
    dated = [one for one in sent if one.row.template in ("reminders", "deadline-moved")]
    first = [first_words(one.text) for one in dated if one.row.recipient.name == "Lena Leader"]
    assert len(first) >= 2
    # A session says its days; everything else says until when.
    assert all("11:59 PM Eastern (8:59 PM for you)" in text or "July 11, 2024 to July 12" in text for text in first)
    assert any("(8:59 PM for you)" in text for text in first)


def test_text_is_text_and_html_is_readable_anywhere(sent):
    for one in sent:
        assert not re.search(r"&(amp|lt|gt|quot|#x?\d+);|\{\{|\{%|\bNone\b|<[a-z]+[ >]", one.text), (one, one.text)
        assert not {"img", "script", "link", "iframe", "form", "object", "svg"} & set(one.html.tags), one
        assert {("name", "viewport"), ("content", "light dark"), ("lang", "en")} <= set(one.html.attributes), one
        assert not [value for name, value in one.html.attributes if name == "src" or "url(" in (value or "")], one
        assert max(len(line) for line in one.wire.splitlines()) < 998, one
