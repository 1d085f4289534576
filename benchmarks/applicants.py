"""A call with thousands of applications, written in bulk: what the benchmark of the intake stands on."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from accounts.models import User
from applications.models import Application, Call
from applications.services import open_call
from core import clock
from practices.models import Member, MemberRole, Practice, Team
from programs.models import Cohort, Enrollment, EnrollmentState, MilestoneKind
from questionnaires.models import Answer, AnswerRevision, Question, Response
from questionnaires.services import freeze, load_form
from tests.conftest import make_cohort, make_milestone, make_program

QUESTIONS = 13
CODE = "bench"
# One person applies alone and asks nobody: what is measured is this software, not how fast colleagues answer.
DEFINITION = {"program": {"eligibility": [{"code": "any-specialty", "text": "Any."}], "sponsor": {"required": False}}}
WORDS = "Patients wait for their first treatment, and nobody has counted how long. " * 12
LONG, CHUNK = 6, 500  # long texts among the questions; rows in one INSERT


def open_benchmark_call() -> Call:
    """A call that opened a week ago and closes in a month, with one section of QUESTIONS questions."""
    program = make_program(CODE, core_team_min=1, definition=DEFINITION)
    today = clock.now().date()
    cohort: Cohort = make_cohort(program, CODE, title="Benchmark", starts_on=today + timedelta(days=90))
    make_milestone(cohort, "opening", MilestoneKind.OPENING, today - timedelta(days=7))
    make_milestone(cohort, "deadline", MilestoneKind.DEADLINE, today + timedelta(days=30))
    questions = [
        {"code": f"q{number}", "kind": "long_text" if number < LONG else "short_text", "text": f"Question {number}?"}
        for number in range(QUESTIONS)
    ]
    form = load_form("bench", "Benchmark", [{"code": "all", "title": "All", "questions": questions}])
    freeze(form, by=None)
    return open_call(cohort, form=form)


def value_of(question: Question, number: int) -> str:
    return f"{WORDS} {number}" if question.kind == "long_text" else f"In short, {number}"


def fill(call: Call, count: int, first: int = 0) -> None:
    """Add ``count`` drafts, each with its leader, practice, team and QUESTIONS answers with a revision each."""
    questions = list(Question.objects.filter(section__form=call.form).order_by("position"))
    for begin in range(first, first + count, CHUNK):
        _fill_chunk(call, questions, range(begin, min(begin + CHUNK, first + count)))


def _fill_chunk(call: Call, questions: Sequence[Question], numbers: Iterable[int]) -> None:
    now, numbers = clock.now(), list(numbers)
    users = User.objects.bulk_create(
        User(email=f"p{n}@synthetic.example", name=f"Synthetic {n}", joined_at=now, is_synthetic=True) for n in numbers
    )
    practices = Practice.objects.bulk_create(
        Practice(name=f"Synthetic practice {n}", city="Testville", created_at=now, is_synthetic=True) for n in numbers
    )
    teams = Team.objects.bulk_create(
        Team(practice=practice, name=f"Team {n}", created_at=now)
        for n, practice in zip(numbers, practices, strict=True)
    )
    pairs = list(zip(teams, users, strict=True))
    Member.objects.bulk_create(
        Member(team=team, user=user, role=MemberRole.LEADER, joined_on=date(2024, 1, 1)) for team, user in pairs
    )
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(cohort=call.cohort, team=team, state=EnrollmentState.APPLYING, started_at=now, started_by=user)
        for team, user in pairs
    )
    responses = Response.objects.bulk_create(Response(form=call.form, created_at=now) for _ in numbers)
    Application.objects.bulk_create(
        Application(call=call, enrollment=enrollment, response=response, created_at=now)
        for enrollment, response in zip(enrollments, responses, strict=True)
    )
    answers = Answer.objects.bulk_create(
        (
            Answer(response=response, question=question, value=value_of(question, n), saved_at=now, saved_by=user)
            for n, response, user in zip(numbers, responses, users, strict=True)
            for question in questions
        ),
        batch_size=2000,
    )
    AnswerRevision.objects.bulk_create(
        (
            AnswerRevision(answer=one, version=1, value=one.value, saved_at=now, saved_by_id=one.saved_by_id)
            for one in answers
        ),
        batch_size=2000,
    )
