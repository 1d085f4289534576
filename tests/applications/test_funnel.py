"""The intake of a call: the funnel counts, who is stuck where, and as many queries for many as for few."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, EligibilityAnswer, EligibilityQuestion, Letter
from applications.selectors import gaps, intake_of, progress_of, running
from applications.services import (
    answer,
    open_call,
    request_correction,
    screen,
    start_application,
    submit,
    withdraw,
)
from core import clock
from practices.models import Member
from practices.selectors import sponsor_of
from questionnaires.models import Question
from questionnaires.services import load_form
from tests.applications.conftest import APRIL, DEADLINE
from tests.conftest import make_practice, make_user

LATE = APRIL.replace(month=5, day=10)
CHOICES = [
    {"code": "yes", "label": "Yes", "fits": True},
    {"code": "no", "label": "No", "fits": False, "reason": "Only physicians lead."},
]


@pytest.fixture
def staff(complete, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client = Client()
    client.force_login(complete.staff)
    return client


def another(cast, number=1):
    leader = make_user(f"Further Leader{number}")
    return start_application(
        cast.call, practice=make_practice(f"P{number}"), team_name=f"Team {number}", leader=leader, by=leader
    )


def bars(call):
    return {one.label: (one.count, one.total) for one in intake_of(call, now=APRIL).bars}


def missing(application):
    found = progress_of(type(application).objects.filter(pk=application.pk))[application.pk]
    return [step.title for step in found.missing]


def test_a_draft_without_gaps_lacks_nothing(complete):
    assert gaps(Application.objects.get()) == []
    assert missing(complete.application) == []


def test_each_step_is_missing_where_its_gap_is(complete):
    application, team = complete.application, complete.application.enrollment.team
    answer(application, {complete.question("hours").pk: None}, by=complete.leader, arrived_at=APRIL)
    assert missing(application) == ["Protected time"]
    team.practice.setting = ""
    team.practice.save()
    assert missing(application) == ["Practice", "Protected time"]
    team.sponsors.update(until_on=APRIL.date())
    assert missing(application) == ["Practice", "Sponsor", "Protected time"]
    application.commitments.filter(member__user=complete.colleague).update(
        confirmed_at=None, confirmed_by=None, asked_at=APRIL, asked_by=complete.leader
    )
    assert missing(application) == ["Practice", "Sponsor", "Protected time", "Attendance of all sessions"]
    complete.leader.asco_member_number = ""
    complete.leader.save()
    assert missing(application)[1] == "Team"
    assert len(missing(application)) == len({gap.url.partition("#")[0] for gap in gaps(application)})


LIMITS = "Answers within their limits (words, rows of tables)"


def test_too_many_words_are_a_reason_of_their_own(complete, staff):
    problem = complete.question("problem").pk
    answer(complete.application, {problem: "word " * 51}, by=complete.leader)
    assert missing(complete.application) == [LIMITS]
    assert [gap.text for gap in gaps(Application.objects.get())] == [
        "Quality problem: take out 1 word in “Which problem will you solve?”"
    ]
    assert (bars(complete.call)[LIMITS], bars(complete.call)["Quality problem"]) == ((0, 1), (1, 1))
    url = reverse("admin:applications_call_intake", args=[complete.call.pk])
    other = another(complete)
    assert [row.application for row in staff.get(url, {"missing": "answers.limits"}).context["rows"]] == [
        complete.application
    ]
    answer(complete.application, {problem: "word " * 50}, by=complete.leader)
    assert missing(complete.application) == []
    assert LIMITS not in missing(other)


def test_what_is_not_asked_keeps_nobody_back(cast, april):
    """A table with an empty cell counts as long as its question is asked."""
    table = {
        "code": "people",
        "kind": "table",
        "text": "Who?",
        "required": "never",
        "columns": [{"code": "name", "label": "Name"}, {"code": "work", "label": "Work"}],
        "ask_if": {"question": "more", "values": ["yes"]},
    }
    choices = [{"code": "yes", "label": "Yes"}, {"code": "no", "label": "No"}]
    asked = {"code": "more", "kind": "choice", "text": "More?", "choices": choices}
    form = load_form("table", "Table", [{"code": "one", "title": "One", "questions": [asked, table]}])
    call = open_call(cast.cohort, form=form)
    application = start_application(call, practice=cast.practice, team_name="T", leader=cast.leader, by=cast.leader)
    keys = dict(Question.objects.values_list("code", "pk"))
    answer(application, {keys["more"]: "yes", keys["people"]: [{"name": "Ann"}]}, by=cast.leader)
    assert LIMITS in missing(application)
    answer(application, {keys["more"]: "no"}, by=cast.leader)
    assert LIMITS not in missing(application)
    answer(application, {keys["more"]: "yes"}, by=cast.leader)
    assert LIMITS in missing(application)
    answer(application, {keys["people"]: [{"name": "Ann", "work": "Nurse"}]}, by=cast.leader)
    assert LIMITS not in missing(application)


def test_the_funnel(complete):
    first, second, third = complete.application, another(complete, 1), another(complete, 2)
    withdraw(third, by=complete.leader)
    submit(first, by=complete.leader, arrived_at=APRIL)
    assert bars(complete.call) == {
        "Started": (2, 2),
        "Practice": (1, 2),
        "Team": (1, 2),
        "Sponsor": (1, 2),
        "Quality problem": (1, 2),
        "Protected time": (1, 2),
        "Answers within their limits (words, rows of tables)": (2, 2),
        "Attendance of all sessions": (1, 2),
        "Submitted": (1, 2),
        "Screened": (0, 1),
        "Decided": (0, 1),
    }
    screen(first, verdict="eligible", by=complete.staff)
    request_correction(first, section="time", message="More", by=complete.staff)
    found = intake_of(complete.call, now=APRIL)
    assert (found.drafts, found.received, found.late, found.withdrawn) == (1, 1, 0, 1)
    assert (found.unscreened, found.asked_back, found.answered_back, found.decided) == (0, 1, 0, 0)
    assert bars(complete.call)["Screened"] == (1, 1)
    assert [one.pk for one in found.stuck] == [second.pk]


def test_late_arrivals_are_counted(complete):
    with clock.at(LATE):
        submit(complete.application, by=complete.leader, arrived_at=LATE)
    assert intake_of(complete.call, now=LATE).late == 1


def test_eligibility_counts_whoever_answered_all_and_fits(complete):
    asked = [
        EligibilityQuestion.objects.create(call=complete.call, code=f"q{n}", text="?", choices=CHOICES, position=n)
        for n in (1, 2)
    ]
    other = another(complete)
    for application, choices in ((complete.application, "yes yes"), (other, "yes no")):
        for question, choice in zip(asked, choices.split(), strict=True):
            EligibilityAnswer.objects.create(application=application, question=question, choice=choice)
    another(complete, 2)
    assert bars(complete.call)["Answered the eligibility questions, and fit"] == (1, 3)


def test_letters_asked_opened_done(complete):
    program = complete.program
    program.definition = {"program": {"sponsor": {"required": True, "letter": {"required": True, "text": "A letter."}}}}
    program.save()
    call = type(complete.call).objects.get()
    names = [f"Letter of support{rest}" for rest in (": asked for", ": opened by the sponsor", "")]

    def counts():
        return [bars(call)[name][0] for name in names]

    assert counts() == [0, 0, 0]
    letter = Letter.objects.create(
        application=complete.application,
        sponsor=sponsor_of(complete.application.enrollment.team),
        asked_at=APRIL,
        asked_by=complete.leader,
    )
    assert counts() == [1, 0, 0]
    Letter.objects.update(started_at=APRIL)
    assert counts() == [1, 1, 0]
    Letter.objects.update(done_at=APRIL, way="written", text="Yes")
    assert counts() == [1, 1, 1]
    Letter.objects.update(ended_at=APRIL, ended_by=complete.leader)
    assert counts() == [0, 0, 0]
    assert letter.pk


def test_who_is_stuck_longest_comes_first(complete):
    quiet = another(complete)
    with clock.at(APRIL + timedelta(days=5)):
        answer(complete.application, {complete.question("hours").pk: 3}, by=complete.leader)
        found = intake_of(complete.call, now=clock.now())
    assert [(one.pk, one.days) for one in found.stuck] == [(quiet.pk, 5), (complete.application.pk, 0)]


def test_the_page_names_links_and_filters(staff, complete):
    other = another(complete)
    url = reverse("admin:applications_call_intake", args=[complete.call.pk])
    page = staff.get(url).content.decode()
    assert "Team 1" in page
    assert "Eastern" in page
    assert f"teams={min(complete.application.enrollment_id, other.enrollment_id)}," in page
    only = staff.get(url, {"missing": "problem"})
    assert [row.application.pk for row in only.context["rows"]] == [other.pk]
    assert staff.get(url, {"missing": "weather"}).context["page"].paginator.count == 2
    write = staff.get(only.context["write_url"])
    form = write.context["form"]
    assert (form["groups"].value(), form["states"].value()) == (["leaders"], [])
    ticked = [box for box in re.findall(r"<input[^>]*name=\"teams\"[^>]*>", write.content.decode()) if "checked" in box]
    assert len(ticked) == 1
    assert str(other.enrollment.public_id) in ticked[0]


def test_the_call_and_the_staff_home_lead_there(staff, complete):
    url = reverse("admin:applications_call_intake", args=[complete.call.pk])
    assert url in staff.get(reverse("admin:applications_call_change", args=[complete.call.pk])).content.decode()
    assert url in staff.get("/").content.decode()


def test_a_call_is_under_way_until_a_month_after_its_deadline_and_while_something_waits(complete):
    def listed(now):
        return [(call.pk, call.drafts, call.to_decide) for call in running(now=now)]

    draft, waiting = [(complete.call.pk, 1, 0)], [(complete.call.pk, 0, 1)]
    month = DEADLINE + timedelta(days=30)
    assert (listed(APRIL), listed(LATE), listed(month - timedelta(minutes=2))) == (draft, draft, draft)
    assert listed(month + timedelta(minutes=2)) == []
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    assert listed(month + timedelta(days=3000)) == waiting


def test_an_empty_call_says_what_to_do(settings, cast, call):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client = Client()
    client.force_login(cast.staff)
    page = client.get(reverse("admin:applications_call_intake", args=[call.pk])).content.decode()
    assert "Nobody has started an application yet." in page


def test_the_page_asks_as_often_for_many_as_for_few(staff, complete):
    url = reverse("admin:applications_call_intake", args=[complete.call.pk])

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert staff.get(url).status_code == 200
        return len(found)

    another(complete, 0)
    queries()
    few = queries()
    for number in range(1, 5):
        another(complete, number)
    Member.objects.filter(team__name="Team 3").update(access="submit")
    assert queries() == few


def test_a_form_of_many_questions(cast, april):
    """More than there are bits in one number."""
    sections = [
        {
            "code": f"part-{part}",
            "title": f"Part {part}",
            "questions": [
                {"code": f"q{number}", "kind": "short_text", "text": f"Question {number}?"}
                for number in range(70 * part, 70 * part + 70)
            ],
        }
        for part in range(3)
    ]
    call = open_call(cast.cohort, form=load_form("long", "Long", sections))
    application = start_application(call, practice=cast.practice, team_name="Long", leader=cast.leader, by=cast.leader)
    keys = list(Question.objects.order_by("section__position", "position").values_list("pk", flat=True))
    every = {f"part-{part}" for part in range(3)}

    def lacking() -> set[str]:
        return {step.code for step in progress_of(Application.objects.all())[application.pk].missing} & every

    assert lacking() == every
    answer(application, {key: "Said" for key in keys if key not in (keys[139], keys[140])}, by=cast.leader)
    assert lacking() == {"part-1", "part-2"}
    answer(application, {keys[139]: "Said"}, by=cast.leader)
    assert lacking() == {"part-2"}
    answer(application, {keys[140]: "Said", keys[0]: None}, by=cast.leader)
    assert lacking() == {"part-0"}
