"""The reminder plan in the admin: seen as a table and a calendar, changed with the list first, previewed, tested on oneself."""

import re
import uuid
from datetime import UTC, date, datetime

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.models import AuditEntry
from notifications.models import Message
from notifications.services import refusals, wordings
from programs.models import DueFrom, EnrollmentState, Milestone, MilestoneKind, Reminder
from programs.services import complete
from tests.conftest import make_cohort, make_enrollment, make_milestone, make_practice, make_team, make_user

NINE = datetime(2024, 9, 27, 13, 0, tzinfo=UTC)
LINE = {
    "number": "10",
    "unit": "days",
    "side": "before",
    "send_time": "09:00",
    "audience": "owing",
    "template": "reminder",
}


@pytest.fixture
def line(cast):
    return Reminder.objects.create(milestone=cast.first_update, offset_days=-3)


def page(cast, name, *args):
    return reverse(f"admin:programs_cohort_{name}", args=[cast.cohort.pk, *args])


def text(response):
    assert response.status_code == 200
    within_lines = re.sub(r"</?time\b[^>]*>", "", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", within_lines).split())


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def every_page(cast, line):
    return [
        page(cast, "plan"),
        page(cast, "plan_calendar"),
        page(cast, "plan_add"),
        page(cast, "plan_change", line.pk),
        page(cast, "plan_remove", line.pk),
        page(cast, "plan_preview", line.pk),
        page(cast, "plan_mail", line.pk),
        page(cast, "plan_apply", cast.first_update.pk),
        page(cast, "write"),
    ]


# Who is not signed in loses nothing typed: the page stays, and the answer says so (accounts.middleware.session_limits).
@pytest.mark.parametrize(
    ("role", "pressed"),
    [("leader", 302), ("coach", 302), ("reviewer", 302), ("leadership", 302), ("inactive", 401), (None, 401)],
)
def test_none_but_staff_open_these_pages(client, cast, line, role, pressed):
    if role:
        client.force_login(getattr(cast, role))
    for address in [*every_page(cast, line), page(cast, "write_mail")]:
        assert client.get(address).headers["Location"].startswith("/admin/login/"), address
        assert client.post(address, LINE).status_code == pressed, address
    assert list(Reminder.objects.values_list("pk", flat=True)) == [line.pk]
    assert Message.objects.count() == 0


def test_staff_open_them_and_looking_changes_nothing(staff, cast, line):
    for address in every_page(cast, line):
        assert staff.get(address).status_code == 200, address
    assert (Reminder.objects.count(), Message.objects.count(), AuditEntry.objects.count()) == (1, 0, 0)
    cohort = staff.get(reverse("admin:programs_cohort_change", args=[cast.cohort.pk])).content.decode()
    assert page(cast, "plan") in cohort and page(cast, "write") in cohort


def test_another_cohort_s_lines_and_milestones_are_not_found_here(staff, cast, line):
    other = make_cohort(cast.program, code="other")
    for name, pk in (
        ("plan_change", line.pk),
        ("plan_remove", line.pk),
        ("plan_preview", line.pk),
        ("plan_mail", line.pk),
    ):
        assert staff.get(reverse(f"admin:programs_cohort_{name}", args=[other.pk, pk])).status_code == 404
    apply = reverse("admin:programs_cohort_plan_apply", args=[other.pk, cast.first_update.pk])
    assert staff.post(apply).status_code == 404


# --- The table and the calendar -----------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_reminder(staff, cast, line):
    words = text(staff.get(page(cast, "plan")))
    assert "Quarterly update, September 30, 2024, America/New_York" in words
    assert "3 days before Fri September 27, 2024, 9:00 AM Those who still owe it Built-in reminder 3 people" in words
    assert "Nobody owes this, so there is nobody to remind." in words


def test_filters_and_nonsense_in_them(staff, cast, line):
    assert "Milestone baseline" not in text(staff.get(page(cast, "plan"), {"kind": "update"}))
    assert "There is nothing like that in this plan." in text(staff.get(page(cast, "plan"), {"audience": "staff"}))
    assert "Milestone baseline" in text(staff.get(page(cast, "plan"), {"kind": "nonsense", "audience": "'--"}))


def test_the_calendar_goes_by_months_and_keeps_the_filter(staff, cast, line):
    first = staff.get(page(cast, "plan_calendar"), {"kind": "update"})
    assert "September 2024" in text(first)
    assert "?kind=update&amp;month=2024-10" in first.content.decode()
    assert page(cast, "plan_preview", line.pk) in first.content.decode()
    empty = staff.get(page(cast, "plan_calendar"), {"month": "2024-08"})
    assert "Nothing falls in this month." in text(empty)
    assert page(cast, "plan_preview", line.pk) not in empty.content.decode()


@pytest.mark.parametrize("month", ["2024-13", "0001-01", "9999-12", "soon", "2024-1-1", "2024-09-99-99", "١٢٣٤-٠١"])
def test_a_month_that_is_none_is_said_and_the_next_event_s_is_shown(staff, cast, line, month):
    answer = staff.get(page(cast, "plan_calendar"), {"month": month})
    assert "July 2024" in text(answer)
    assert len(said(answer)) == 1


def test_pages_ask_as_often_for_three_as_for_one(staff, cast, line):
    def ask():
        counts = []
        for name in ("plan", "plan_calendar"):
            with CaptureQueriesContext(connection) as queries:
                staff.get(page(cast, name))
            counts.append(len(queries))
        return counts

    ask()  # the first request of a session writes that it is there
    before = ask()
    for number in range(2):
        make_enrollment(cast.cohort, make_team(make_practice(f"P{number}"), make_user(f"Leader {number}")), cast.staff)
        Reminder.objects.create(milestone=cast.first_update, offset_days=-20 - number)
    assert ask() == before


# --- Changing it --------------------------------------------------------------------------------------------------------


def test_a_line_still_to_come_is_saved_at_once(staff, cast):
    answer = staff.post(page(cast, "plan_add"), LINE | {"milestone": cast.first_update.pk})
    assert said(answer) == ["The reminder is in the plan."]
    row = Reminder.objects.get()
    assert (row.milestone, row.offset_days, row.offset_hours) == (cast.first_update, -10, None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"number": ""}, "Enter a number, such as 14."),
        ({"number": "two"}, "Enter a whole number, such as 14."),
        ({"number": "-3"}, "choose “before” or “after”"),
        ({"number": "400"}, "at most 365 days"),
        ({"number": "99999999999999999999"}, "at most 365 days"),
        ({"send_time": "25:00"}, "Enter a time of day, such as 9:00."),
        ({"milestone": ""}, "Choose the milestone that the reminder is about."),
        ({"milestone": "999"}, "Choose a milestone of this cohort"),
        ({"number": "3"}, "at that distance to these people already"),
        ({"audience": "all"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_answered_in_a_sentence_and_nothing_typed_is_lost(staff, cast, line, wrong, words):
    values = LINE | {"milestone": cast.first_update.pk, "send_time": "16:45"} | wrong
    answer = staff.post(page(cast, "plan_add"), values)
    assert words in text(answer)
    if "send_time" not in wrong:
        assert 'value="16:45"' in answer.content.decode()
    assert Reminder.objects.count() == 1


def test_a_line_whose_time_has_come_shows_the_list_and_is_saved_only_then(staff, cast):
    values = LINE | {"milestone": cast.first_update.pk}
    with clock.at(NINE):
        asked = staff.post(page(cast, "plan_add"), values)
        assert "This will write to 3 people today" in text(asked)
        assert "Lena Leader lena.leader@test.example Team of Lena Leader" in text(asked)
        assert Reminder.objects.count() == 0
        seen = asked.context["seen"]
        back = staff.post(page(cast, "plan_add"), values | {"seen": seen, "back": "yes"})
        assert 'name="number" value="10"' in back.content.decode() and Reminder.objects.count() == 0
        complete(cast.other_enrollment, cast.first_update, by=cast.stranger)
        changed = staff.post(page(cast, "plan_add"), values | {"seen": seen})
        assert "The list has changed since you looked at it." in text(changed)
        assert "This will write to 2 people today" in text(changed)
        assert Reminder.objects.count() == 0
        staff.post(page(cast, "plan_add"), values | {"seen": changed.context["seen"]})
    assert Reminder.objects.get().offset_days == -10


def test_a_line_is_changed_and_its_form_has_what_it_says(staff, cast, line):
    shown = staff.get(page(cast, "plan_change", line.pk)).content.decode()
    assert 'name="number" value="3"' in shown and 'value="09:00"' in shown and 'name="milestone"' not in shown
    staff.post(page(cast, "plan_change", line.pk), LINE | {"number": "36", "unit": "hours", "side": "after"})
    line.refresh_from_db()
    assert (line.offset_days, line.offset_hours) == (None, 36)


def test_staff_s_own_wordings_can_be_chosen(staff, cast):
    wordings.write(
        code="kind-words",
        title="Kind words",
        kind="reminder",
        subject="{title}",
        body="Please do it by {due}.",
        by=cast.staff,
    )
    assert "Kind words" in text(staff.get(page(cast, "plan_add")))
    staff.post(page(cast, "plan_add"), LINE | {"milestone": cast.first_update.pk, "template": "kind-words"})
    row = Reminder.objects.get()
    assert row.template == "kind-words"
    assert "Please do it by September 30, 2024" in text(staff.get(page(cast, "plan_preview", row.pk)))
    assert "Kind words" in text(staff.get(page(cast, "plan")))


def test_a_line_is_removed_by_a_press_and_not_by_looking(staff, cast, line):
    asked = staff.get(page(cast, "plan_remove", line.pk))
    assert "No reminder of it is waiting." in text(asked)
    assert "Nothing is removed yet." in text(staff.post(page(cast, "plan_remove", line.pk), {"seen": "something else"}))
    assert Reminder.objects.count() == 1
    answer = staff.post(page(cast, "plan_remove", line.pk), {"seen": asked.context["seen"]})
    assert (said(answer)[-1], Reminder.objects.count()) == ("The reminder is taken out of the plan.", 0)
    assert staff.post(page(cast, "plan_remove", line.pk), {"seen": asked.context["seen"]}).status_code == 404


def test_the_lines_of_one_are_given_to_all_after_their_changes_were_shown(staff, cast, line):
    second = make_milestone(cast.cohort, "update-2", MilestoneKind.UPDATE, date(2024, 12, 31), DueFrom.ENROLLMENT)
    Reminder.objects.create(milestone=second, offset_days=-30)
    address = page(cast, "plan_apply", cast.first_update.pk)
    shown = staff.get(address)
    words = text(shown)
    assert "1 plan would change" in words and "added: 3 days before" in words and "removed: 30 days before" in words
    assert "Nobody is written to today because of it." in words
    Reminder.objects.create(milestone=second, offset_days=-2)  # somebody else changes it meanwhile
    again = staff.post(address, {"seen": shown.context["seen"]})
    assert "This has changed since you looked at it." in text(again) and "removed: 2 days before" in text(again)
    staff.post(address, {"seen": again.context["seen"]})
    assert list(second.reminders.values_list("offset_days", flat=True)) == [-3]
    assert "has these reminders already" in text(staff.get(address))


# --- Looking at a mail, and a test of it --------------------------------------------------------------------------------


def test_a_mail_is_shown_as_its_reader_would_get_it(staff, cast, line):
    cast.colleague.time_zone = "America/Los_Angeles"
    cast.colleague.save()
    shown = staff.get(page(cast, "plan_preview", line.pk), {"team": cast.enrollment.pk, "person": cast.colleague.pk})
    assert "September 30, 2024, 11:59 PM Eastern (8:59 PM for you)" in text(shown)
    assert "Cora Colleague (cora.colleague@test.example)" in text(shown)
    other = staff.get(page(cast, "plan_preview", line.pk), {"team": cast.other_enrollment.pk, "person": cast.leader.pk})
    assert "Stan Stranger (stan.stranger@test.example)" in text(
        other
    )  # who asks for somebody else's mail gets the first


def test_the_html_part_has_a_page_of_its_own_that_runs_nothing(staff, cast, line):
    answer = staff.get(page(cast, "plan_mail", line.pk), {"team": cast.enrollment.pk, "person": cast.leader.pk})
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "frame-ancestors 'self'" in policy
    assert "script" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "<html" in answer.content.decode() and "Team of Lena Leader" in answer.content.decode()
    frame = staff.get(page(cast, "plan_preview", line.pk))
    assert "unsafe-inline" not in frame["Content-Security-Policy"]
    assert re.search(r"<iframe [^>]*\bsandbox\b", frame.content.decode())


def test_without_a_team_or_a_reader_the_page_says_so(staff, cast, line):
    other = make_cohort(cast.program, code="empty")
    row = make_milestone(other, "update-1", MilestoneKind.UPDATE, date(2024, 9, 30), DueFrom.ENROLLMENT)
    lonely = Reminder.objects.create(milestone=row, offset_days=-3)
    address = reverse("admin:programs_cohort_plan_preview", args=[other.pk, lonely.pk])
    assert "This cohort has no team yet" in text(staff.get(address))
    to_coach = Reminder.objects.create(milestone=row, offset_days=-3, audience="coach")
    make_enrollment(other, make_team(make_practice("P"), make_user("Lee")), cast.staff)
    address = reverse("admin:programs_cohort_plan_preview", args=[other.pk, to_coach.pk])
    assert "nobody whom this reminder is for" in text(staff.get(address))
    assert staff.post(address).status_code == 200
    assert staff.get(reverse("admin:programs_cohort_plan_mail", args=[other.pk, to_coach.pk])).status_code == 404
    assert Message.objects.count() == 0


def test_declined_teams_are_not_offered(staff, cast, line):
    team = make_team(make_practice("P"), make_user("Dee Declined"))
    make_enrollment(cast.cohort, team, cast.staff, state=EnrollmentState.DECLINED)
    assert "Dee Declined" not in text(staff.get(page(cast, "plan_preview", line.pk)))


def test_a_test_goes_to_oneself_and_says_whose_mail_it_is(staff, cast, line):
    press = uuid.uuid4()
    values = {"team": cast.enrollment.pk, "person": cast.leader.pk, "press": press}
    answer = staff.post(page(cast, "plan_preview", line.pk), values)
    assert said(answer) == ["A test is on its way to you, stella.staff@test.example."]
    staff.post(page(cast, "plan_preview", line.pk), values)  # a nervous finger
    mail = Message.objects.get()
    assert (mail.recipient, mail.address) == (cast.staff, cast.staff.email)
    assert mail.subject == "Test: Due September 30, 2024: Milestone update-1"
    first = "This is a test. It shows what Lena Leader (Team of Lena Leader) would get; nothing was sent to them."
    assert mail.text.splitlines()[0] == first
    assert mail.html.index(first) < mail.html.index("File your quarterly update")
    assert AuditEntry.objects.get().verb == "milestone.test_mail_sent"
    staff.post(page(cast, "plan_preview", line.pk), values | {"press": "nonsense"})
    assert Message.objects.count() == 2


def test_a_test_hands_nobody_s_refusal_to_staff(staff, cast, line):
    own = refusals.refusal_url(Message(kind="reminder", recipient=cast.leader))
    shown = staff.get(page(cast, "plan_preview", line.pk), {"team": cast.enrollment.pk, "person": cast.leader.pk})
    assert own in shown.content.decode()  # it is in the mail, as its reader gets it
    staff.post(page(cast, "plan_preview", line.pk), {"team": cast.enrollment.pk, "person": cast.leader.pk})
    mail = Message.objects.get()
    assert own not in mail.text + mail.html


# --- Moving a milestone -------------------------------------------------------------------------------------------------


def test_moving_tells_whom_it_writes_to_first(staff, cast):
    address = reverse("admin:programs_milestone_change", args=[cast.first_update.pk])
    inline = {"reminders-TOTAL_FORMS": 0, "reminders-INITIAL_FORMS": 0}
    values = {"starts_on": "2024-10-07", "ends_on": "2024-10-07", **inline}
    asked = staff.post(address, values)
    assert "This will write to 3 people, who still owe it and had the old date" in text(asked)
    assert "stan.stranger@test.example" in text(asked)
    assert Milestone.objects.get(pk=cast.first_update.pk).version == 1
    back = staff.post(address, values | {"seen": asked.context["seen"], "back": "yes"})
    assert 'name="ends_on" value="2024-10-07"' in back.content.decode() and "Nothing is moved yet." in text(back)
    complete(cast.other_enrollment, cast.first_update, by=cast.stranger)
    changed = staff.post(address, values | {"seen": asked.context["seen"]})
    assert "The list has changed" in text(changed) and "This will write to 2 people" in text(changed)
    assert Message.objects.count() == 0
    staff.post(address, values | {"seen": changed.context["seen"]})
    assert Milestone.objects.get(pk=cast.first_update.pk).ends_on == date(2024, 10, 7)
    assert sorted(Message.objects.values_list("recipient__name", flat=True)) == ["Cora Colleague", "Lena Leader"]


def test_moving_what_nobody_owes_asks_nothing(staff, cast):
    opening = Milestone.objects.get(code="opening")
    inline = {"reminders-TOTAL_FORMS": 0, "reminders-INITIAL_FORMS": 0}
    address = reverse("admin:programs_milestone_change", args=[opening.pk])
    assert staff.post(address, {"starts_on": "2024-03-04", "ends_on": "2024-03-04", **inline}).status_code == 302
    opening.refresh_from_db()
    assert opening.ends_on == date(2024, 3, 4)
