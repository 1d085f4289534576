"""Mail in staff's own words: what is refused on saving, what the words become, and staff's pages for them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import clock
from core.models import AuditEntry
from notifications.models import Item, Kind, Message, State, Wording
from notifications.services import Draft, Line, enqueue, enqueue_lines, send_due, wordings
from notifications.services.wordings import UnknownPlaceholder, WordingRefused
from programs.models import Reminder
from programs.services import plan_due
from tests.conftest import NOW

SUBJECT = "Due {due_day}: {title}"
BODY = "Please send {title} by {due}.\n\nPlace: {place}\nTeam: {team}\n\nHow: https://example.org/how. Ask {support_email}."
CONTEXT = {
    "recipient_name": "Lena Leader",
    "team": "Breast & Co",
    "cohort": "Cohort 2024",
    "title": "Update <1>",
    "place": "",
    "due_at": datetime(2024, 10, 1, 3, 59, tzinfo=UTC).isoformat(),
    "zone": "America/New_York",
    "link": {"page": "privacy"},
}
DUE = "September 30, 2024, 11:59 PM Eastern"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


def write(by, code="friendly", **fields):
    values = {"title": "Friendly", "kind": Kind.REMINDER, "subject": SUBJECT, "body": BODY}
    return wordings.write(code=code, by=by, **values | fields)


# --- What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{recipient_name.__class__}",
        "{recipient_name.__init__.__globals__}",
        "{recipient_name[0]}",
        "{recipient_name!r}",
        "{due:>100000}",
        "{0}",
        "{}",
        "{ due }",
        "{DUE}",
        "{settings.SECRET_KEY}",
        "{due\n}",
        "{{{dew}}}",
        "{link}",
        "{zone}",
    ],
)
def test_what_is_not_in_the_closed_list_is_refused_with_the_list(text):
    with pytest.raises(UnknownPlaceholder) as refusal:
        wordings.check(text, Kind.REMINDER)
    assert str(refusal.value).endswith(
        "You can use {recipient_name}, {team}, {cohort}, {site_name}, {support_email}, {title}, {due}, {due_day}, "
        "{starts}, {place}."
    )


def test_the_sentence_names_what_is_unknown_and_the_nearest_that_is_known():
    with pytest.raises(UnknownPlaceholder) as refusal:
        wordings.check("By {dew}, {recipient}, {xyz} and {dew}", Kind.REMINDER)
    assert str(refusal.value).startswith(
        "{dew}, {recipient}, {xyz} cannot be filled in. For {dew}, did you mean {due}? "
        "For {recipient}, did you mean {recipient_name}? You can use "
    )


def test_news_knows_no_deadline():
    wordings.check("{recipient_name} {team} {cohort} {site_name} {support_email}", Kind.NEWS)
    with pytest.raises(UnknownPlaceholder, match=r"^\{due\} cannot be filled in\. You can use \{recipient_name\}"):
        wordings.check("By {due}", Kind.NEWS)


@pytest.mark.parametrize("text", ["{due", "due}", "a { b", "{due}}", "{{due}", "}{", "{a{b}"])
def test_a_brace_that_stands_alone_is_refused(text):
    with pytest.raises(WordingRefused, match="A brace stands alone near"):
        wordings.check(text, Kind.REMINDER)


def test_two_braces_round_a_placeholder_are_a_slip():
    with pytest.raises(WordingRefused, match=r"Write \{due\} with one brace on each side"):
        wordings.check("By {{ due }}", Kind.REMINDER)
    wordings.check("{{{due}}}", Kind.REMINDER)


@pytest.mark.parametrize(
    "subject",
    ["", "  ", "One\nBcc: all@test.example", "One\r\nBcc: x", "One\rTwo", "One\u2028Two", "One\x00", "x" * 251],
)
def test_a_subject_is_one_plain_line(subject):
    with pytest.raises(WordingRefused):
        wordings.check_subject(subject, Kind.NEWS)
    wordings.check_subject("One", Kind.NEWS)


def test_a_reminder_says_by_when_in_its_first_paragraph():
    with pytest.raises(WordingRefused, match=r"in the first paragraph what is due and by when, with one of \{due\}"):
        wordings.check_body("Dear {recipient_name},\n\nsend it by {due}.", Kind.REMINDER)
    wordings.check_body("Dear {recipient_name},\nsend it by {due}.", Kind.REMINDER)
    wordings.check_body("Dear {recipient_name},\n\nwe meet.", Kind.NEWS)


# --- What the words become ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{{ settings.SECRET_KEY }}",
        "{% load i18n %}{% include 'x' %}".replace("{%", "{{%").replace("%}", "%}}"),
        "%(x)s %s $x ${x}".replace("{", "{{").replace("}", "}}"),
        "<script>alert(1)</script>",
    ],
)
def test_other_languages_are_plain_text(text):
    wording = Wording(kind=Kind.NEWS, subject="x", body=text)
    wordings.check(text, Kind.NEWS)
    said = text.replace("{{", "{").replace("}}", "}")
    assert wordings.render_text(wording, {}) == said
    assert "<script" not in wordings.render_html(wording, {})


def test_a_template_tag_is_no_placeholder():
    with pytest.raises(UnknownPlaceholder):
        wordings.check("{% load i18n %}", Kind.NEWS)


def test_a_value_is_data_and_is_not_filled_in_again():
    assert wordings.fill("{title}, {{due}}, {due}", {"title": "{due} {{due}} {0}", "due": "now"}) == (
        "{due} {{due}} {0}, {due}, now"
    )


def test_text_subject_and_html_of_a_wording(settings):
    settings.SUPPORT_EMAIL = "help@test.example"
    wording = Wording(kind=Kind.REMINDER, subject=SUBJECT, body=BODY)
    with timezone.override(ZoneInfo("America/Los_Angeles")):
        assert wordings.render_subject(wording, CONTEXT) == "Due September 30, 2024: Update <1>"
        # The place is empty, so its line is left out; the other line of that paragraph stays.
        assert wordings.render_text(wording, CONTEXT) == (
            f"Please send Update <1> by {DUE} (8:59 PM for you).\n\nTeam: Breast & Co\n\n"
            "How: https://example.org/how. Ask help@test.example."
        )
        assert wordings.render_line(wording, CONTEXT) == f"Please send Update <1> by {DUE} (8:59 PM for you)."
        assert wordings.render_html(wording, CONTEXT) == (
            f"<p>Please send Update &lt;1&gt; by {DUE} (8:59 PM for you).</p>\n<p>Team: Breast &amp; Co</p>\n"
            '<p>How: <a href="https://example.org/how">https://example.org/how</a>. Ask help@test.example.</p>'
        )


def test_an_address_in_a_value_is_no_link_and_a_line_break_in_it_no_paragraph():
    wording = Wording(kind=Kind.NEWS, subject="News of {team}", body="To {team}\nhttps://example.org/a?b=1&c=2")
    context = {"team": "https://evil.example\r\n\r\nBcc: x@test.example <b>"}
    assert wordings.render_subject(wording, context) == "News of https://evil.example Bcc: x@test.example <b>"
    assert wordings.render_html(wording, context) == (
        "<p>To https://evil.example Bcc: x@test.example &lt;b&gt;<br>\n"
        '<a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a></p>'
    )


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ('https://e.org/"onclick=x', '<a href="https://e.org/">https://e.org/</a>&quot;onclick=x'),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("(https://e.org/a).", '(<a href="https://e.org/a">https://e.org/a</a>).'),
    ],
)
def test_only_plain_web_addresses_become_links(text, markup):
    assert wordings.with_links(text) == markup


def test_a_long_subject_is_cut():
    wording = Wording(kind=Kind.NEWS, subject="About {team}", body="x")
    subject = wordings.render_subject(wording, {"team": "T" * 300})
    assert len(subject) == 250
    assert subject.endswith("T…")


def test_every_placeholder_has_a_value_where_it_may_be_used():
    values = wordings.values_of(wordings.sample_context())
    assert set(values) == set(wordings.PLACEHOLDERS)
    assert all(values.values())
    assert set(wordings.values_of({})) == set(wordings.PLACEHOLDERS)


# --- Versions ----------------------------------------------------------------------------------------------------------


def test_a_change_is_a_new_version_and_leaves_an_audit_row(cast):
    first = write(cast.staff)
    second = write(cast.staff, subject="New: {title}", based_on=1)
    assert write(cast.staff, subject="New: {title}") == second  # nothing changed, nothing written
    assert [(row.version, row.subject) for row in Wording.objects.order_by("version")] == [
        (1, SUBJECT),
        (2, "New: {title}"),
    ]
    assert wordings.current("friendly") == second
    assert wordings.choices(Kind.REMINDER) == [("friendly", "Friendly")]
    assert wordings.choices(Kind.NEWS) == []
    assert wordings.of_template(wordings.template_of(first)) == first
    assert wordings.newest({"friendly", "reminder", "gone"}) == {"friendly": second}
    rows = AuditEntry.objects.filter(verb="wording.written").order_by("id")
    assert [(row.object_id, row.actor_id, row.fields) for row in rows] == [
        (first.pk, cast.staff.pk, ["title", "subject", "body"]),
        (second.pk, cast.staff.pk, ["subject"]),
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "reminder"}, "Choose another"),
        ({"kind": Kind.DECISION}, "for reminders and for news"),
        ({"kind": Kind.NEWS, "subject": "x", "body": "x"}, "The kind of a wording stays"),
        ({"based_on": 0, "subject": "x"}, "in use already"),
        ({"based_on": 7, "subject": "x"}, "a newer version meanwhile"),
        ({"subject": "By {dew}"}, "did you mean {due}"),
        ({"body": "By {dew}"}, "did you mean {due}"),
    ],
)
def test_what_cannot_be_saved_writes_nothing(cast, fields, sentence):
    write(cast.staff)
    with pytest.raises(WordingRefused) as refusal:
        write(cast.staff, **fields)
    assert sentence in str(refusal.value)
    assert Wording.objects.count() == 1
    assert AuditEntry.objects.filter(verb="wording.written").count() == 1


def test_only_the_built_in_one_costs_no_query(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert wordings.newest({"reminder"}) == {}


# --- In mail -----------------------------------------------------------------------------------------------------------


def line(person, key, template, **context):
    values = CONTEXT | {"kind": "update", "is_for_team": True, "is_overdue": False, "days": ""} | context
    fields = {"subject": f"Subject {key}", "topic": key, "due_at": NOW, "not_after": None}
    return Line(to=person, key=key, template=template, context=values, **fields)


def test_a_mail_with_one_line_is_in_the_words_that_it_was_planned_with(cast):
    template = wordings.template_of(write(cast.staff))
    write(cast.staff, body="Later words, by {due}.")
    enqueue_lines([line(cast.leader, "one", template)])
    assert send_due() == 1
    (sent,) = mail.outbox
    assert sent.subject == "Subject one"
    assert sent.body.startswith(
        f"Please send Update <1> by {DUE}.\n\nTeam: Breast & Co\n\nHow: https://example.org/how."
    )
    assert "/privacy/" in sent.body
    html = sent.alternatives[0].content
    assert f"<p>Please send Update &lt;1&gt; by {DUE}.</p>" in html
    assert "Update <1>" not in html


def test_a_mail_with_several_lines_shows_the_first_paragraph(cast):
    template = wordings.template_of(write(cast.staff))
    enqueue_lines([line(cast.leader, "one", "reminder", title="Baseline"), line(cast.leader, "two", template)])
    assert send_due() == 1
    (sent,) = mail.outbox
    assert f"Please send Update <1> by {DUE}." in sent.body
    assert "Baseline" in sent.body
    assert "How:" not in sent.body
    assert "Update &lt;1&gt; by" in sent.alternatives[0].content


def test_a_mail_of_its_own_is_in_the_words_that_it_names(cast):
    news = write(
        cast.staff, code="news", kind=Kind.NEWS, subject="For {team}", body="Dear {recipient_name},\n\nhello {team}."
    )
    draft = {"kind": Kind.NEWS, "key": "n", "subject": "For A", "to": cast.leader, "context": {"team": "A"}}
    enqueue(Draft(template=wordings.template_of(news), **draft))
    assert send_due() == 1
    assert mail.outbox[0].body.startswith("Dear Lena Leader,\n\nhello A.\n\n-- \n")


@pytest.mark.parametrize("template", ["wording:gone:1", "wording:friendly:9", "wording:friendly:x", "wording:"])
def test_a_wording_that_is_not_there_fails_the_mail_and_says_so(cast, template):
    write(cast.staff)
    enqueue(Draft(kind=Kind.NEWS, key="n", subject="x", to=cast.leader, template=template))
    assert send_due() == 0
    row = Message.objects.get(dedupe_key="n")
    assert (row.state, row.reason) == (State.FAILED, f"It cannot be rendered: There is no wording “{template}”.")


def test_a_plan_with_a_wording_writes_lines_in_its_newest_version(cast):
    write(cast.staff, subject="Old {title}")
    write(cast.staff, subject="By {due}: {title}, {recipient_name}")
    type(cast.leader).objects.filter(pk=cast.leader.pk).update(time_zone="America/Los_Angeles")
    Reminder.objects.create(milestone=cast.first_update, offset_days=-3, template="friendly", audience="leader")
    Reminder.objects.create(
        milestone=cast.baseline, offset_days=-3, template="a-wording-that-is-gone", audience="leader"
    )
    for on in (date(2024, 7, 7), date(2024, 9, 27)):
        now = datetime(on.year, on.month, on.day, 13, tzinfo=UTC)
        with clock.at(now):
            plan_due(now=now)
    lines = Item.objects.filter(message__recipient=cast.leader).order_by("due_at")
    assert [(line.template, line.subject) for line in lines] == [
        ("reminder", "Due July 10, 2024: Milestone baseline"),
        (
            "wording:friendly:2",
            "By September 30, 2024, 11:59 PM Eastern (8:59 PM for you): Milestone update-1, Lena Leader",
        ),
    ]


# --- Staff's pages -----------------------------------------------------------------------------------------------------

LIST = "/admin/notifications/wording/"
FILLED = {
    "title": "Friendly",
    "code": "friendly",
    "kind": "reminder",
    "subject": SUBJECT,
    "body": BODY,
    "based_on": "0",
}


def test_staff_write_change_and_read_wordings(client, cast):
    client.force_login(cast.staff)
    assert client.get(f"{LIST}add/").status_code == 200
    answer = client.post(f"{LIST}add/", FILLED)
    first = Wording.objects.get()
    assert answer["Location"] == f"{LIST}{first.pk}/change/"
    assert (first.version, first.body, first.written_by) == (1, BODY, cast.staff)
    client.post(f"{LIST}{first.pk}/change/", FILLED | {"subject": "New {title}", "based_on": "1"})
    second = wordings.current("friendly")
    assert (second.version, second.subject) == (2, "New {title}")
    assert list(client.get(LIST).context["cl"].result_list) == [second]
    page = client.get(f"{LIST}{first.pk}/change/")
    assert page.context["form"] is None
    assert [row.version for row in page.context["versions"]] == [2, 1]
    assert BODY.splitlines()[0] in page.content.decode()
    client.post(f"{LIST}{first.pk}/change/", FILLED | {"subject": "Old {title}"})
    assert Wording.objects.count() == 2  # an old version takes nothing


def test_an_unknown_placeholder_is_refused_on_saving_and_nothing_is_lost(client, cast):
    client.force_login(cast.staff)
    answer = client.post(f"{LIST}add/", FILLED | {"body": "By {dew}: <b>", "subject": "{x}"})
    assert not Wording.objects.exists()
    page = answer.content.decode()
    assert "For {dew}, did you mean {due}? You can use {recipient_name}, {team}," in page
    assert "By {dew}: &lt;b&gt;</textarea>" in page
    assert set(answer.context["form"].errors) == {"subject", "body"}


def test_whoever_was_slower_is_told_and_keeps_the_text(client, cast):
    first = write(cast.staff)
    newest = write(cast.staff, subject="Faster {title}")
    client.force_login(cast.staff)
    slower = FILLED | {"subject": "Slower {title}", "based_on": str(first.version)}
    answer = client.post(f"{LIST}{newest.pk}/change/", slower)
    assert "Somebody else has saved a newer version meanwhile." in answer.content.decode()
    assert "Slower {title}" in answer.content.decode()
    assert Wording.objects.count() == 2


def test_a_preview_shows_samples_and_saves_nothing(client, cast):
    client.force_login(cast.staff)
    answer = client.post(f"{LIST}add/", FILLED | {"_preview": "Preview"})
    assert not Wording.objects.exists()
    preview = answer.context["preview"]
    assert preview.subject == "Due September 30, 2026: Quarterly update 1"
    assert preview.text.startswith("Please send Quarterly update 1 by September 30, 2026, 11:59 PM Eastern.\n\nPlace:")
    assert "Place: Alexandria, VA" in answer.content.decode()


@pytest.mark.parametrize("name", ["leader", "coach", "reviewer", "leadership"])
def test_wordings_are_for_staff(client, cast, name):
    row = write(cast.staff)
    client.force_login(getattr(cast, name))
    for address in (LIST, f"{LIST}add/", f"{LIST}{row.pk}/change/"):
        assert client.get(address).status_code == 302
    client.post(f"{LIST}add/", FILLED | {"code": "other"})
    assert Wording.objects.count() == 1


def test_nobody_deletes_a_wording_and_an_unknown_one_is_not_found(client, cast):
    row = write(cast.staff)
    client.force_login(cast.staff)
    assert client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [row.pk]})
    assert Wording.objects.count() == 1
    assert client.get(f"{LIST}999999/change/").status_code == 404
    assert client.get(f"{LIST}x/change/").status_code == 404


def test_the_list_asks_as_often_with_three_rows_as_with_one(client, cast):
    client.force_login(cast.staff)
    client.get(LIST)  # what a session's first request costs is not the list's
    counts = []
    for code in ("one", "two", "three"):
        write(cast.staff, code=code)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_the_documentation_lists_what_can_be_filled_in(settings):
    text = (settings.BASE_DIR / "docs" / "wordings.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `{")]
    listed = {
        name: (row[3].strip() == "yes", row[4].strip() == "yes") for row in rows for name in row[1].split("`")[1::2]
    }
    assert listed == {
        f"{{{name}}}": (Kind.REMINDER in one.kinds, Kind.NEWS in one.kinds)
        for name, one in wordings.PLACEHOLDERS.items()
    }
