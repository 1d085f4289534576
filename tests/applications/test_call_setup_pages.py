"""Staff prepare a call in the admin, without a script and without code."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications import selectors
from applications.models import Application, Call
from applications.services import answer, edition_to_edit, put_eligibility, start_application
from core import clock
from core.models import AuditEntry
from questionnaires.models import Answer, Response
from questionnaires.selectors import plan_of
from questionnaires.services import export_yaml, put_question
from tests.applications.conftest import APRIL
from tests.applications.test_call_editing import MORE
from tests.applications.test_eligibility_services import question

BEFORE = datetime(2024, 2, 1, tzinfo=UTC)


def url(name: str, call: Call, *args: object) -> str:
    return reverse(f"admin:applications_call_{name}", args=[call.pk, *args])


def fresh(call: Call) -> Call:
    return Call.objects.get(pk=call.pk)


def form_codes(call: Call) -> list[str]:
    return [one.code for one in plan_of(selectors.edited_edition(fresh(call))).questions]


def asked(call: Call, code: str):
    return next(one for one in plan_of(selectors.edited_edition(fresh(call))).questions if one.code == code)


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


GETS = [
    ("preparation",),
    ("eligibility",),
    ("eligibility_add",),
    ("form",),
    ("section_add",),
    ("section_change", "problem"),
    ("section_remove", "problem"),
    ("question_change", "hours"),
    ("question_remove", "hours"),
    ("form_copy", "yaml"),
    ("form_copy", "csv"),
    ("form_upload",),
    ("form_drop",),
    ("preview",),
    ("preview_check",),
    ("preview_section", "problem"),
    ("rehearsals",),
]


@pytest.mark.parametrize("address", GETS, ids=lambda address: address[0])
def test_staff_see_every_page_and_nobody_else_does_and_looking_changes_nothing(client, staff, call, cast, address):
    name, *args = address
    before = (call.form_id, form_codes(call))
    assert staff.get(url(name, call, *args)).status_code == 200
    assert (fresh(call).form_id, form_codes(call)) == before
    assert selectors.next_edition(fresh(call)) is None
    for user in (cast.leader, cast.reviewer, cast.leadership):
        client.force_login(user)
        assert client.get(url(name, call, *args)).status_code == 302  # the admin sends them to sign in


@pytest.mark.parametrize("name", ["section_change", "question_change", "preview_section", "eligibility_change"])
def test_what_is_not_there_is_not_found(staff, call, name):
    assert staff.get(url(name, call, "nothing")).status_code == 404
    assert staff.get(url(name, Call(pk=call.pk + 1), "problem")).status_code == 404


# --- Eligibility ------------------------------------------------------------------------------------------------------

LEADER = {
    "text": "Is the leader a physician?",
    "help": "Or a fellow.",
    "label_1": "Yes",
    "fits_1": "on",
    "label_2": "No",
    "reason_2": "A physician has to lead.",
}


def test_an_eligibility_question_is_added_changed_moved_and_removed(staff, call):
    assert "Nobody is asked anything yet" in text_of(staff.get(url("eligibility", call)))
    staff.post(url("eligibility_add", call), LEADER)
    staff.post(url("eligibility_add", call), LEADER | {"text": "Is it here?"})
    first, second = selectors.asked_of(call)
    assert (first.code, second.code) == ("is-the-leader-a-physician", "is-it-here")
    assert [(one.code, one.fits, one.reason) for one in first.choices] == [
        ("yes", True, ""),
        ("no", False, "A physician has to lead."),
    ]
    page = staff.get(url("eligibility_change", call, first.code))
    assert page.context["form"].initial["label_2"] == "No"
    staff.post(
        url("eligibility_change", call, first.code),
        LEADER | {"label_1": "Yes, indeed", "code_1": "yes", "code_2": "no", "label_3": "A fellow", "fits_3": "on"},
    )
    assert [(one.code, one.label) for one in selectors.asked_of(call)[0].choices] == [
        ("yes", "Yes, indeed"),
        ("no", "No"),
        ("a-fellow", "A fellow"),
    ]
    staff.post(url("eligibility_move", call, second.code), {"to": "up"})
    assert [one.code for one in selectors.asked_of(call)] == [second.code, first.code]
    assert staff.get(url("eligibility_remove", call, first.code)).status_code == 200
    assert len(selectors.asked_of(call)) == 2
    staff.post(url("eligibility_remove", call, first.code))
    assert [one.code for one in selectors.asked_of(call)] == [second.code]


def test_an_answer_without_its_reason_is_refused_beside_what_was_typed(staff, call):
    page = staff.post(url("eligibility_add", call), LEADER | {"reason_2": ""})
    assert page.status_code == 200
    assert "The answer “No” does not fit, so give its reason" in text_of(page)
    assert 'value="Yes"' in page.content.decode()
    assert selectors.asked_of(call) == []


def test_once_somebody_has_begun_the_page_says_what_can_still_be_done(staff, call, cast):
    put_eligibility(call, question(), by=cast.staff)
    start_application(call, practice=cast.practice, team_name="T", leader=cast.leader, by=cast.leader)
    assert "stay as they are" in text_of(staff.get(url("eligibility", call)))
    page = staff.post(url("eligibility_add", call), LEADER)
    assert "Somebody has begun to apply" in text_of(page)
    assert len(selectors.asked_of(call)) == 1


# --- The form ---------------------------------------------------------------------------------------------------------

COMMON = {"text": "A question", "section": "time", "required": "submission", "shown_to_reviewers": "on"}
KINDS = {
    "short_text": {"max_words": "20"},
    "long_text": {"max_words": "250", "locked_days_before": "7"},
    "number": {"minimum": "1", "maximum": "2.5", "unit": "hours"},
    "choice": {"choices": "yes = Yes, always\nNot yet"},
    "choices": {"choices": "A\nB\nC"},
    "date": {},
    "statement": {"required": "always"},
    "file": {"required": "never"},
    "table": {
        "label_1": "Name",
        "kind_1": "short_text",
        "required_1": "on",
        "label_2": "Part",
        "kind_2": "choice",
        "choices_2": "Nurse | md = Physician",
        "min_rows": "1",
        "max_rows": "5",
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_of_every_kind_is_added_and_comes_back_as_it_was_typed(staff, call, kind):
    with clock.at(BEFORE):
        page = url("question_add", call) + f"?kind={kind}&section=time"
        assert staff.get(page).status_code == 200
        reply = staff.post(page, COMMON | KINDS[kind])
        assert reply.status_code == 302, text_of(reply)
        made = asked(call, "a-question")
        assert made.kind == kind
        again = staff.get(url("question_change", call, "a-question")).context["form"]
        typed = {name: value for name, value in again.initial.items() if value is not None and value is not False}
        reply = staff.post(url("question_change", call, "a-question"), typed | {"text": "A better question"})
        assert reply.status_code == 302, text_of(reply)
    assert asked(call, "a-question") == made.model_copy(update={"text": "A better question"})
    assert selectors.next_edition(fresh(call)) is None


def test_an_empty_question_says_what_to_write(staff, call):
    with clock.at(BEFORE):
        reply = staff.post(
            url("question_add", call) + "?kind=choice&section=time", COMMON | {"text": "", "choices": ""}
        )
    errors = reply.context["form"].errors
    assert (errors["text"], errors["choices"]) == (
        ["Write the question."],
        ["Write the answers, one a line, at least two."],
    )


def test_what_the_kinds_hold_is_what_was_meant(staff, call):
    with clock.at(BEFORE):
        for kind in ("number", "choice", "table"):
            staff.post(url("question_add", call) + f"?kind={kind}&section=time", COMMON | KINDS[kind] | {"text": kind})
    number, choice, table = (asked(call, code) for code in ("number", "choice", "table"))
    assert (number.minimum, number.maximum, number.unit) == (1, 2.5, "hours")
    assert [(one.code, one.label) for one in choice.choices] == [("yes", "Yes, always"), ("not-yet", "Not yet")]
    assert [(one.code, one.kind, one.required) for one in table.columns] == [
        ("name", "short_text", True),
        ("part", "choice", False),
    ]
    assert [(one.code, one.label) for one in table.columns[1].choices] == [("nurse", "Nurse"), ("md", "Physician")]


def test_a_condition_is_chosen_from_earlier_answers_and_shown_in_words(staff, call):
    with clock.at(BEFORE):
        staff.post(url("question_add", call) + "?kind=choice&section=problem", COMMON | KINDS["choice"])
        page = url("question_add", call) + "?kind=short_text&section=time"
        staff.post(page, COMMON | {"text": "Why?", "ask_if": ["a-question:not-yet"]})
        assert asked(call, "why").ask_if.model_dump() == {"question": "a-question", "values": ["not-yet"]}
        assert "only if “A question” is “Not yet”" in text_of(staff.get(url("form", call)))
        refused = staff.post(url("question_remove", call, "a-question"), follow=True)
    assert "“Why?” is asked only after some answers" in text_of(
        refused
    )  # the sentence names the question that hangs on it
    assert "a-question" in form_codes(call)


def test_a_condition_looks_at_one_question(staff, call):
    with clock.at(BEFORE):
        for text in ("One", "Two"):
            staff.post(
                url("question_add", call) + "?kind=choice&section=problem", COMMON | KINDS["choice"] | {"text": text}
            )
        page = url("question_add", call) + "?kind=short_text&section=time"
        reply = staff.post(page, COMMON | {"text": "Why?", "ask_if": ["one:yes", "two:yes"]})
    assert "a condition looks at one" in text_of(reply)


def test_what_breaks_a_rule_is_said_and_what_was_typed_stays(staff, call):
    with clock.at(BEFORE):
        page = url("question_add", call) + "?kind=number&section=time"
        reply = staff.post(page, COMMON | {"minimum": "5", "maximum": "2"})
    assert "minimum 5 is above maximum 2" in text_of(reply)
    assert 'value="5"' in reply.content.decode()
    assert form_codes(call) == ["problem", "aim", "hours"]


def test_the_last_day_of_a_question_that_locks_is_shown(staff, call):
    with clock.at(BEFORE):
        staff.post(url("question_add", call) + "?kind=short_text&section=time", COMMON | {"locked_days_before": "7"})
        assert "can be changed until April 23, 2024" in text_of(staff.get(url("form", call)))
        assert "can be changed until April 23, 2024" in text_of(staff.get(url("question_change", call, "a-question")))


def test_a_question_becomes_one_of_another_kind(staff, call):
    with clock.at(BEFORE):
        page = url("question_change", call, "aim") + "?kind=long_text"
        staff.post(page, COMMON | {"text": "Your aim", "section": "problem", "max_words": "90"})
    assert (asked(call, "aim").kind, asked(call, "aim").max_words) == ("long_text", 90)


def test_sections_and_questions_are_added_moved_and_removed(staff, call):
    with clock.at(BEFORE):
        staff.post(url("section_add", call), {"title": "The end", "introduction": "Nearly there."})
        staff.post(url("section_change", call, "time"), {"title": "Your time", "introduction": ""})
        staff.post(url("question_move", call, "aim"), {"to": "up"})
        staff.post(url("section_move", call, "time"), {"to": "up"})
        plan = plan_of(fresh(call).form)
        assert [(one.code, one.title) for one in plan.sections] == [
            ("time", "Your time"),
            ("problem", "Quality problem"),
            ("the-end", "The end"),
        ]
        assert form_codes(call) == ["hours", "aim", "problem"]
        assert "No question yet" in text_of(staff.get(url("form", call)))
        staff.post(url("section_remove", call, "the-end"))
        staff.post(url("question_remove", call, "aim"))
    assert form_codes(call) == ["hours", "problem"]


def test_a_kind_that_is_none_leads_back_to_the_list(staff, call):
    assert staff.get(url("question_add", call) + "?kind=poem&section=time")["Location"] == url("form", call)
    assert staff.get(url("question_change", call, "aim") + "?kind=poem").context["kind"] == "short_text"


# --- Once it is open --------------------------------------------------------------------------------------------------


def test_an_open_call_is_changed_in_three_steps_and_its_applicants_are_told(client, staff, draft, cast):
    call = draft.call
    answer(draft.application, {draft.question("hours").pk: 4}, by=cast.leader)
    with clock.at(APRIL + timedelta(days=1)):
        staff.post(url("question_add", call) + "?kind=short_text&section=time", COMMON | {"text": "Anything else?"})
        assert fresh(call).form == call.form
        assert "not in use yet" in text_of(staff.get(url("form", call)))
        look = staff.get(url("form_use", call))
        said = text_of(look)
        assert "Question “Anything else?” is new" in said
        assert "1 application that has begun goes over to it" in said
        assert fresh(call).form == call.form  # looking changes nothing
        staff.post(url("form_use", call), {"seen": look.context["seen"]})
    assert fresh(call).form != call.form
    client.force_login(cast.leader)
    page = client.get(reverse("applications:detail", args=[draft.application.public_id]))
    assert "The form was changed on April 11, 2024" in text_of(page)
    assert "Question “Anything else?” is new" in text_of(page)


def test_what_changed_since_the_look_is_looked_at_again(staff, call, cast):
    put_question(edition_to_edit(call, by=cast.staff), "time", MORE, by=cast.staff)
    page = staff.post(url("form_use", call), {"seen": "something else"})
    assert "look once more" in text_of(page)
    assert fresh(call).form == call.form


def test_a_form_that_is_not_whole_says_so_where_it_would_be_used(staff, call):
    staff.post(url("section_add", call), {"title": "Extra", "introduction": ""})
    assert "Section “Extra” has no question" in text_of(staff.get(url("form_use", call)))
    assert "Section “Extra” has no question" in text_of(staff.get(url("form_copy", call, "yaml"), follow=True))


def test_changes_are_given_up(staff, call, cast):
    put_question(edition_to_edit(call, by=cast.staff), "time", MORE, by=cast.staff)
    staff.post(url("form_drop", call))
    assert form_codes(call) == ["problem", "aim", "hours"]
    assert staff.get(url("form_use", call))["Location"] == url("form", call)


# --- Files ------------------------------------------------------------------------------------------------------------


def test_a_copy_is_taken_and_noted(staff, call, cast):
    for kind in ("yaml", "csv"):
        reply = staff.get(url("form_copy", call, kind))
        assert f"test-cohort-form-1.{kind}" in reply["Content-Disposition"]
        assert b"problem" in reply.content
    rows = AuditEntry.objects.filter(verb="call.exported", object_id=call.pk, actor_id=cast.staff.pk)
    assert [row.fields for row in rows.order_by("pk")] == [["form", "yaml"], ["form", "csv"]]
    assert staff.get(url("form_copy", call, "xml")).status_code == 404


@pytest.mark.parametrize("kind", ["yaml", "csv"])
def test_what_was_taken_comes_back_as_no_change(staff, call, kind):
    content = staff.get(url("form_copy", call, kind)).content
    page = staff.post(url("form_upload", call), {"file": SimpleUploadedFile(f"form.{kind}", content)})
    assert "The file says what the form says already" in text_of(page)


def test_a_file_is_looked_at_before_it_is_taken(staff, call):
    content = export_yaml(call.form).replace("Hours a week", "Hours in a week")
    page = staff.post(url("form_upload", call), {"file": SimpleUploadedFile("form.yaml", content.encode())})
    assert "Hours in a week" in text_of(page)
    assert selectors.next_edition(fresh(call)) is None
    staff.post(url("form_upload", call), {"text": page.context["text"]})
    assert asked(call, "hours").text == "Hours in a week"
    assert fresh(call).form == call.form


def test_errors_of_a_file_are_told_with_their_line_and_nothing_is_taken(staff, call):
    broken = export_yaml(call.form).replace("kind: number", "kind: riddle")
    line = broken[: broken.index("riddle")].count("\n") + 1
    page = staff.post(url("form_upload", call), {"file": SimpleUploadedFile("form.yaml", broken.encode())})
    assert f"Line {line}" in text_of(page)
    wrong = staff.post(url("form_upload", call), {"file": SimpleUploadedFile("form.pdf", b"x")})
    assert "ends in .yaml, .yml or .csv" in text_of(wrong)
    staff.post(url("form_upload", call), {"text": broken})
    assert form_codes(call) == ["problem", "aim", "hours"]


# --- Preview ----------------------------------------------------------------------------------------------------------


def test_the_preview_checks_what_is_typed_and_keeps_nothing(staff, call):
    tables = (Application, Response, Answer)
    before = [model.objects.count() for model in tables]
    page = staff.get(url("preview", call))
    assert "Nothing that you type here is kept" in text_of(page)
    assert [task["title"] for task in page.context["tasks"]] == [
        "Quality problem",
        "Protected time",
        "Check and submit",
    ]
    wrong = staff.post(url("preview_section", call, "time"), {"hours": "1"})
    assert "Enter 2 hours or more" in text_of(wrong)
    fine = staff.post(url("preview_section", call, "time"), {"hours": "3"})
    assert "These answers would be saved" in text_of(fine)
    assert [model.objects.count() for model in tables] == before
    call.form.refresh_from_db()
    assert call.form.frozen_at is None


def test_the_preview_shows_the_changed_form_and_every_question_of_it(staff, call, cast):
    put_question(edition_to_edit(call, by=cast.staff), "time", MORE, by=cast.staff)
    page = text_of(staff.get(url("preview_section", call, "time")))
    assert "Anything else?" in page
    assert "not in use yet" in page
    assert "Anything else?" in text_of(staff.get(url("preview_check", call)))


# --- Preparation ------------------------------------------------------------------------------------------------------


def test_the_list_says_what_is_left_and_the_calls_own_page_warns(staff, call, cast):
    page = staff.get(url("preparation", call))
    open_items = [item.title for item in page.context["items"] if not item.is_done]
    assert {"Text", "Eligibility", "Reminders", "Rehearsal"} <= set(open_items)
    assert [item.title for item in page.context["items"]][-2:] == ["Form", "Rehearsal"]
    own = text_of(staff.get(reverse("admin:applications_call_change", args=[call.pk])))
    assert "Rehearsal: It has never been rehearsed." in own
    assert "Text: The page of the call has no text yet." in own


def test_opening_and_closing_lead_to_where_they_are_changed(staff, call):
    page = staff.get(reverse("admin:applications_call_change", args=[call.pk])).content.decode()
    for milestone in (call.opening, call.deadline):
        assert reverse("admin:programs_milestone_change", args=[milestone.pk]) in page


def test_a_rehearsal_is_started_by_a_button_and_its_report_is_shown(staff, call, cast):
    staff.post(url("rehearsals", call))
    rehearsal = call.rehearsals.get()
    assert rehearsal.rehearsed_by == cast.staff
    page = text_of(staff.get(url("rehearsals", call)))
    assert "Found something" in page
    assert "Nobody is reminded of the deadline" in page
    items = staff.get(url("preparation", call)).context["items"]
    assert "found something" in next(item.text for item in items if item.title == "Rehearsal")


def test_a_rehearsal_of_the_changed_form_and_one_that_is_outdated(staff, call, cast):
    put_question(edition_to_edit(call, by=cast.staff), "time", MORE, by=cast.staff)
    staff.post(url("rehearsals", call), {"form": "next"})
    assert "(version 1)" in call.rehearsals.first().report[0]["text"]
    call.rehearsals.update(is_passed=True)
    with clock.at(APRIL + timedelta(minutes=5)):
        page = staff.get(url("form_use", call))
        staff.post(url("form_use", call), {"seen": page.context["seen"]})
        items = staff.get(url("preparation", call)).context["items"]
    assert "its form was changed since" in next(item.text for item in items if item.title == "Rehearsal")
