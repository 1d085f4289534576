"""A call that is open in April 2024, and a complete application to it by the cast's people."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from accounts.services import update_profile
from applications.models import Application, Call
from applications.services import answer, commit_to_sessions, open_call, start_application
from core import clock
from practices.models import MemberRole
from practices.services import add_member, end_membership, name_sponsor, update_practice
from questionnaires.services import load_form
from tests.conftest import Cast

APRIL = datetime(2024, 4, 10, 15, 0, tzinfo=UTC)
# The cast's deadline: May 1, 2024, 23:59 in New York.
DEADLINE = datetime(2024, 5, 2, 3, 59, tzinfo=UTC)
FACTS = {"setting": "community", "rurality": "rural", "oncologists": 6, "underserved_percent": 40}
SECTIONS = [
    {
        "code": "problem",
        "title": "Quality problem",
        "questions": [
            {"code": "problem", "kind": "long_text", "text": "Which problem will you solve?", "max_words": 50},
            {"code": "aim", "kind": "short_text", "text": "What is your aim?", "required": "never"},
        ],
    },
    {
        "code": "time",
        "title": "Protected time",
        "questions": [
            {"code": "hours", "kind": "number", "text": "Hours a week", "minimum": 2, "maximum": 40, "unit": "hours"}
        ],
    },
]


@dataclass
class Applying(Cast):
    """The cast, where the leader's team (with its colleague, helper and former member) applies instead of taking part."""

    call: Call = None
    application: Application = None

    def question(self, code: str):
        sections = self.application.response.form.sections
        return next(found for section in sections.all() for found in section.questions.filter(code=code))


@pytest.fixture
def april(cast):
    """Stop the clock while the call is open."""
    with clock.at(APRIL):
        yield APRIL


@pytest.fixture
def call(cast, april) -> Call:
    return open_call(cast.cohort, form=load_form("test-application", "Application", SECTIONS))


@pytest.fixture
def draft(cast, call) -> Applying:
    """An application that was just started. Its team is new; the cast's own one goes on taking part elsewhere."""
    application = start_application(
        call, practice=cast.practice, team_name="Applicants", leader=cast.leader, by=cast.leader
    )
    team = application.enrollment.team
    add_member(team, cast.colleague, MemberRole.CORE, by=cast.leader)
    add_member(team, cast.helper, MemberRole.LARGER, by=cast.leader)
    end_membership(add_member(team, cast.former, MemberRole.CORE, by=cast.leader), reason="Moved", by=cast.leader)
    return Applying(**vars(cast), call=call, application=application)


@pytest.fixture
def complete(draft) -> Applying:
    """An application in which nothing is missing."""
    fill(draft)
    return draft


def fill(draft: Applying) -> None:
    leader, application = draft.leader, draft.application
    update_profile(leader, by=leader, profession="physician", asco_membership="fellow", asco_member_number="000001")
    update_practice(application.enrollment.team.practice, by=leader, **FACTS)
    name_sponsor(application.enrollment.team, name="Sam Sponsor", email="sam@test.example", position="CMO", by=leader)
    answer(application, {draft.question("problem").pk: "Delays", draft.question("hours").pk: 2}, by=draft.colleague)
    for member in application.enrollment.team.members.filter(left_on=None, role__in=["leader", "core"]):
        commit_to_sessions(application, member, by=member.user)
