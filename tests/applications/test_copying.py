"""Carrying an earlier application forward: who may, what comes along, what does not."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from applications import selectors
from applications.models import Application, AttendanceCommitment
from applications.services import CallClosed, answer, carry_forward, open_call, submit, withdraw
from core import clock
from core.refusals import Refused
from practices.models import Access, Member
from practices.services import give_access
from programs.models import DueFrom, MilestoneKind
from questionnaires.models import Answer
from questionnaires.services import load_form
from tests.applications.conftest import APRIL, SECTIONS
from tests.applications.test_pages import client_of
from tests.conftest import make_cohort, make_milestone

# The next call: the aim is asked again, the hours have other bounds, the problem is another kind of question.
NEXT = [
    {
        "code": "all",
        "title": "Everything",
        "questions": [
            {"code": "aim", "kind": "short_text", "text": "What is your aim now?", "required": "never"},
            {"code": "hours", "kind": "number", "text": "Hours a week", "minimum": 3, "maximum": 40, "unit": "hours"},
            {"code": "problem", "kind": "short_text", "text": "The problem in a line"},
            {"code": "cost", "kind": "number", "text": "What does it cost?", "required": "never"},
        ],
    }
]


@pytest.fixture
def next_call(cast, april):
    cohort = make_cohort(cast.program, "next-cohort")
    make_milestone(cohort, "opening", MilestoneKind.OPENING, date(2024, 4, 1))
    last = {"ends_time": time(23, 59)}
    make_milestone(cohort, "deadline", MilestoneKind.DEADLINE, date(2024, 9, 1), DueFrom.LEADER, **last)
    return open_call(cohort, form=load_form("next-application", "Next application", NEXT))


@pytest.fixture
def earlier(complete):
    answer(complete.application, {complete.question("aim").pk: "Halve it"}, by=complete.colleague)
    return complete


def test_the_team_and_fitting_answers_come_along(earlier, next_call):
    source = earlier.application
    application = carry_forward(next_call, source, by=earlier.leader)
    assert (application.copied_from, application.enrollment.team) == (source, source.enrollment.team)
    said = dict(application.response.answers.values_list("question__code", "value"))
    assert said == {"aim": "Halve it"}  # two hours are too few now, and the problem became another kind of question
    found = selectors.carried(Application.objects.get(pk=application.pk))
    assert found.came == ("What is your aim?",)
    assert found.stayed == ("Which problem will you solve?", "Hours a week")
    assert not AttendanceCommitment.objects.filter(application=application).exists()
    source.refresh_from_db()
    assert (source.state, source.response.answers.count()) == ("draft", 3)


def test_what_is_changed_afterwards_still_came_along(earlier, next_call):
    application = carry_forward(next_call, earlier.application, by=earlier.leader)
    question = application.response.answers.get().question
    with clock.at(APRIL + timedelta(hours=1)):
        answer(application, {question.pk: "Halve it twice"}, by=earlier.leader)
    assert selectors.carried(application).came == ("What is your aim?",)


def test_an_application_begun_afresh_has_nothing_to_tell(draft):
    assert selectors.carried(draft.application) is None


@pytest.mark.parametrize("how", ["draft", "submitted", "withdrawn"])
def test_an_application_in_any_state_can_be_carried(earlier, next_call, how):
    if how == "submitted":
        submit(earlier.application, by=earlier.leader, arrived_at=APRIL)
    if how == "withdrawn":
        withdraw(earlier.application, by=earlier.leader)
    assert list(selectors.carryable(next_call, earlier.leader)) == [earlier.application]


def test_who_may_carry_it(earlier, next_call):
    may = {
        who: list(selectors.carryable(next_call, getattr(earlier, who)))
        for who in ("leader", "colleague", "helper", "former", "stranger", "reviewer")
    }
    mine = [earlier.application]
    assert may == {who: mine if who in ("leader", "colleague") else [] for who in may}
    helper = Member.objects.current().get(team=earlier.application.enrollment.team, user=earlier.helper)
    give_access(helper, Access.EDIT, by=earlier.leader)
    assert list(selectors.carryable(next_call, earlier.helper)) == mine


def test_once_into_a_call(earlier, next_call):
    carry_forward(next_call, earlier.application, by=earlier.leader)
    assert list(selectors.carryable(next_call, earlier.leader)) == []
    with pytest.raises(Refused):
        carry_forward(next_call, earlier.application, by=earlier.leader)
    assert Application.objects.filter(call=next_call).count() == 1


def test_into_a_closed_call_nothing_is_carried(earlier, next_call):
    with pytest.raises(CallClosed):
        carry_forward(
            next_call, earlier.application, by=earlier.leader, arrived_at=next_call.deadline.ends_at + timedelta(1)
        )


def test_the_page_offers_and_does_it(earlier, next_call):
    leader, code = client_of(earlier.leader), next_call.cohort.code
    start = reverse("calls:start", args=[code])
    assert "Carry forward Applicants, Test cohort 2024" in leader.get(start).content.decode()
    reply = leader.post(reverse("calls:carry", args=[code]), {"application": str(earlier.application.public_id)})
    application = Application.objects.get(call=next_call)
    assert reply.url == reverse("applications:detail", args=[application.public_id])
    page = leader.get(reply.url)
    assert page.context["carried"].came == ("What is your aim?",)
    html = page.content.decode()
    assert "1 answer came along" in html
    assert "Which problem will you solve?" in html


@pytest.mark.parametrize("given", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_somebody_elses_application_is_not_carried(earlier, next_call, given):
    stranger, code = client_of(earlier.stranger), next_call.cohort.code
    for value in (given, str(earlier.application.public_id)):
        reply = stranger.post(reverse("calls:carry", args=[code]), {"application": value})
        assert reply.url == reverse("calls:start", args=[code])
    assert Answer.objects.filter(response__application__call=next_call).count() == 0
    assert Application.objects.filter(call=next_call).count() == 0


def test_what_came_along_costs_the_same_for_one_and_for_many(earlier, next_call, django_assert_max_num_queries):
    application = Application.objects.get(pk=carry_forward(next_call, earlier.application, by=earlier.leader).pk)
    with django_assert_max_num_queries(8):
        selectors.carried(application)
    assert len(SECTIONS) == 2
