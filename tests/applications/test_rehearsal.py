"""The pre-flight of a call: it finds what could not be answered, sent or met, and leaves nothing but its report."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import Role, User
from applications.models import Application, Rehearsal
from applications.services import open_call, rehearse, set_eligibility
from core import clock
from core.models import AuditEntry
from dashboards.services import install_catalog_program
from documents.models import StoredFile
from notifications.models import Item, Message
from practices.models import Member, Practice
from programs.definition import catalog
from programs.models import Cohort, Enrollment, Milestone, Program, Reminder
from questionnaires.models import Condition, Question, Response
from questionnaires.services import load_form
from tests.applications.conftest import SECTIONS
from tests.applications.test_eligibility_services import question
from tests.conftest import make_user

EMPTY = (Application, Enrollment, Member, Message, Item, Practice, Response, StoredFile, User)


@pytest.fixture
def ready(call, cast, settings):
    """A call in which nothing is amiss."""
    settings.SUPPORT_EMAIL = "help@test.example"
    program = call.cohort.program
    program.definition = {"program": {"contact": {"text": "Write to the staff.", "source": "default"}}}
    program.save(update_fields=["definition"])
    set_eligibility(call, [question()], by=cast.staff)
    Reminder.objects.create(milestone=call.deadline, offset_days=-3)
    return call


def failures(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    return [(line["step"], line["text"]) for line in rehearsal.report if not line["is_passed"]]


def with_questions(call, *questions):
    """The call with a form of these questions."""
    form = load_form("other", "Other", [{"code": "all", "title": "All", "questions": list(questions)}])
    return open_call(call.cohort, form=form)


def test_a_call_that_is_ready_passes_and_says_what_was_done(ready, cast):
    rehearsal = rehearse(ready, by=cast.staff)
    assert failures(rehearsal) == []
    assert (rehearsal.is_passed, rehearsal.rehearsed_by) == (True, cast.staff)
    assert [(line["step"], line["text"]) for line in rehearsal.report] == [
        ("Form", "What was rehearsed: Application (version 1)."),
        ("Dates", "Open from March 1, 2024, 12:00 AM to May 1, 2024, 11:59 PM Eastern."),
        ("Eligibility", "Questions that come before an application: 1. Each can be passed."),
        ("Reminders", "Reminders of the deadline before it comes: 1."),
        ("Contact", "Applicants write to help@test.example."),
        ("Places", "10 to 14 teams are chosen."),
        ("Sent", "Everything that can be asked, at its limits: answered and sent."),
        ("Sent", "The least that is allowed: answered and sent."),
    ]
    assert AuditEntry.objects.filter(verb="call.rehearsed", object_id=ready.pk).count() == 1


def test_nothing_is_left_of_it_and_nobody_is_written_to(ready, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    call = with_questions(ready, {"code": "chart", "kind": "file", "text": "A chart"}, *SECTIONS[0]["questions"])
    before = [model.objects.count() for model in EMPTY]
    rehearsal = rehearse(call, by=cast.staff)
    assert rehearsal.is_passed, failures(rehearsal)
    assert [model.objects.count() for model in EMPTY] == before
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    call.form.refresh_from_db()
    assert call.form.frozen_at is None  # a made-up answer freezes nothing


@pytest.mark.parametrize("at", [datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)])
def test_it_makes_no_difference_whether_the_call_is_open_today(ready, cast, at):
    with clock.at(at):
        assert failures(rehearse(ready, by=cast.staff)) == []


def test_a_bound_that_nobody_can_meet_is_found(ready, cast):
    call = with_questions(
        ready,
        {"code": "essay", "kind": "short_text", "text": "An essay", "max_words": 200},
    )
    found = failures(rehearse(call, by=cast.staff))
    assert found == [
        (
            "Answered",
            "Everything that can be asked, at its limits: An essay: Enter at most 500 characters. You have 1,199.",
        ),
    ]


def test_a_required_question_hidden_for_ever_is_found(ready, cast):
    choices = [{"code": "yes", "label": "Yes"}, {"code": "no", "label": "No"}]
    call = with_questions(
        ready,
        {"code": "data", "kind": "choice", "text": "Data?", "choices": choices},
        {"code": "lack", "kind": "short_text", "text": "Why?", "ask_if": {"question": "data", "values": ["no"]}},
    )
    Condition.objects.filter(question__section__form=call.form).update(values=["perhaps"])
    assert ("Answered", "“Why?” is never asked: what it hangs on cannot come about. Change its condition.") in failures(
        rehearse(call, by=cast.staff)
    )


def test_each_branch_is_sent_on_its_own(ready, cast):
    choices = [{"code": "yes", "label": "Yes"}, {"code": "no", "label": "No"}]
    call = with_questions(
        ready,
        {"code": "data", "kind": "choice", "text": "Data?", "choices": choices},
        {"code": "lack", "kind": "number", "text": "Why?", "ask_if": {"question": "data", "values": ["no"]}},
    )
    sent = [line["text"] for line in rehearse(call, by=cast.staff).report if line["step"] == "Sent"]
    assert sent == [
        "Everything that can be asked, at its limits: answered and sent.",
        "The least that is allowed: answered and sent.",
        "“Data?” is answered with “Yes”: answered and sent.",
        "“Data?” is answered with “No”: answered and sent.",
    ]


def test_more_branches_than_are_tried_are_told(ready, cast):
    choices = [{"code": f"c{n}", "label": f"C{n}"} for n in range(9)]
    call = with_questions(
        ready,
        {"code": "data", "kind": "choice", "text": "Data?", "choices": choices},
        {"code": "lack", "kind": "number", "text": "Why?", "ask_if": {"question": "data", "values": ["c1"]}},
    )
    report = rehearse(call, by=cast.staff, most_ways=4).report
    assert report[-1]["text"].startswith("The form has 7 more ways through it")
    assert sum(line["step"] == "Sent" for line in report) == 4


def test_a_gap_that_no_applicant_can_close_is_told_in_the_applicants_words(ready, cast):
    part = {
        "code": "part",
        "label": "Part",
        "kind": "choice",
        "required": True,
        "choices": [{"code": c, "label": c} for c in "ab"],
    }
    call = with_questions(
        ready, {"code": "people", "kind": "table", "text": "People", "columns": [part], "min_rows": 1, "max_rows": 1}
    )
    Question.objects.filter(section__form=call.form).update(columns=[part | {"choices": []}])
    found = failures(rehearse(call, by=cast.staff))
    assert {step for step, _ in found} == {"Sent"}
    assert "“People”" in found[0][1]


@pytest.mark.parametrize(
    ("break_it", "step", "words"),
    [
        (
            lambda call, settings: Milestone.objects.filter(pk=call.opening_id).update(
                starts_on=date(2024, 6, 1), ends_on=date(2024, 6, 1)
            ),
            "Dates",
            "The deadline is before the opening",
        ),
        (lambda call, settings: call.eligibility_questions.all().delete(), "Eligibility", "Nobody is asked whether"),
        (
            lambda call, settings: call.eligibility_questions.update(
                choices=[{"code": "no", "label": "No", "fits": False, "reason": "No."}]
            ),
            "Eligibility",
            "Nobody can pass “Is the leader a physician?”",
        ),
        (lambda call, settings: Reminder.objects.all().delete(), "Reminders", "Nobody is reminded"),
        (lambda call, settings: setattr(settings, "SUPPORT_EMAIL", ""), "Contact", "no address to write to"),
        (
            lambda call, settings: Program.objects.update(definition={"program": {}}),
            "Contact",
            "does not say whom applicants may ask",
        ),
    ],
)
def test_what_cannot_be_met_is_found(ready, cast, settings, break_it, step, words):
    break_it(ready, settings)
    found = failures(rehearse(type(ready).objects.get(pk=ready.pk), by=cast.staff))
    assert [name for name, text in found if words in text] == [step]


def test_sessions_to_attend_without_a_date_are_found(ready, cast):
    statement = {"code": "attendance", "text": "Attend.", "source": "seed"}
    program = ready.cohort.program
    program.definition["program"]["eligibility"] = [statement]
    program.save(update_fields=["definition"])
    call = type(ready).objects.get(pk=ready.pk)
    assert failures(rehearse(call, by=cast.staff)) == []
    Milestone.objects.filter(kind="session").delete()
    assert [step for step, _ in failures(rehearse(call, by=cast.staff))] == ["Sessions"]


def test_nobody_of_the_staff_is_found(ready, cast):
    other = make_user("Otto Other", Role.STAFF, is_active=False)
    User.objects.filter(pk=cast.staff.pk).update(is_active=False)
    assert ("Contact", "Nobody of the staff has an account, so nobody can help or decide.") in failures(
        rehearse(ready, by=other)
    )


def test_rehearsals_are_kept_newest_first_and_one_does_not_disturb_the_next(ready, cast):
    first, second = (rehearse(ready, by=cast.staff) for _ in range(2))
    assert list(ready.rehearsals.all()) == [second, first]
    assert first.report == second.report


@pytest.mark.parametrize("code", sorted(catalog()))
def test_every_shipped_program_with_a_call_passes(db, now, cast, settings, code):
    settings.SUPPORT_EMAIL = "help@test.example"
    program = install_catalog_program(code)
    for cohort in Cohort.objects.filter(program=program, call__isnull=False):
        assert failures(rehearse(cohort.call, by=cast.staff)) == []
