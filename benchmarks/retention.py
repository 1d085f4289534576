"""What removing costs that is kept no longer: 10,000 applications never sent, 100,000 mails, and as many that stay.

    python -m benchmarks.retention [APPLICATIONS] [MAILS]

The dry run is what /status asks; acting is what ``manage.py retention --apply`` does.
"""

import sys
import time
import uuid
from datetime import date, timedelta

from benchmarks.stand import machine, stand

APPLICATIONS, MAILS, BATCH, ANSWERS = 10_000, 100_000, 2_000, 3
WORDS = "Waiting for the first visit takes too long, and nobody knows why. " * 15
TODAY = date(2026, 7, 1)


def write_applications(count: int, on: date, code: str) -> None:
    """Drafts with three answers each, to a call whose deadline is ``on``."""
    from applications.models import Application, Call
    from core import clock
    from practices.models import Team
    from programs.models import Enrollment, EnrollmentState, MilestoneKind
    from questionnaires.models import Answer, Question, Response
    from questionnaires.services import load_form
    from tests.conftest import make_cohort, make_milestone, make_practice, make_program, make_user

    now, leader = clock.now(), make_user(f"Leader {code}")
    cohort, practice = make_cohort(make_program(code), code), make_practice(f"Practice {code}")
    dates = [make_milestone(cohort, kind, kind, on) for kind in (MilestoneKind.OPENING, MilestoneKind.DEADLINE)]
    questions = [
        {"code": f"q{n}", "kind": "long_text", "text": f"Question {n}", "max_words": 500} for n in range(ANSWERS)
    ]
    form = load_form(code, "Form", [{"code": "all", "title": "All", "questions": questions}])
    call = Call.objects.create(cohort=cohort, form=form, opening=dates[0], deadline=dates[1], created_at=now)
    asked = list(Question.objects.filter(section__form=form))
    for begin in range(0, count, BATCH):
        numbers = range(begin, min(begin + BATCH, count))
        teams = Team.objects.bulk_create(Team(practice=practice, name=f"Team {n}", created_at=now) for n in numbers)
        start = {"state": EnrollmentState.APPLYING, "started_at": now, "started_by": leader}
        enrollments = Enrollment.objects.bulk_create(Enrollment(cohort=cohort, team=team, **start) for team in teams)
        responses = Response.objects.bulk_create(Response(form=form, created_at=now) for _ in numbers)
        pairs = zip(enrollments, responses, strict=True)
        Application.objects.bulk_create(
            Application(call=call, enrollment=one, response=response, created_at=now) for one, response in pairs
        )
        saved = {"value": WORDS, "saved_at": now, "saved_by": leader}
        Answer.objects.bulk_create(
            Answer(response=one, question=question, **saved) for one in responses for question in asked
        )


def write_mail(count: int, *, days: int) -> None:
    """Sent so many days ago."""
    from core import clock
    from notifications.models import Kind, Message, State

    at = clock.now() - timedelta(days=days)
    sent = {"kind": Kind.NEWS, "state": State.SENT, "created_at": at, "not_before": at, "sent_at": at, "text": WORDS}
    for begin in range(0, count, BATCH):
        keys = [uuid.uuid4().hex for _ in range(min(BATCH, count - begin))]
        Message.objects.bulk_create(
            Message(dedupe_key=key, message_id=f"<{key}@x.example>", address=f"{key}@x.example", subject="News", **sent)
            for key in keys
        )


def timed(act) -> tuple[object, float]:
    began = time.perf_counter()
    return act(), time.perf_counter() - began


def main(applications: int = APPLICATIONS, mails: int = MAILS) -> None:
    with stand():
        from django.db import connection

        from privacy import services
        from privacy.selectors import rule_of

        write_applications(applications, TODAY - timedelta(days=800), "old")
        write_applications(applications, TODAY + timedelta(days=400), "new")
        write_mail(mails, days=900)
        write_mail(mails, days=30)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(machine())
        reports, seconds = timed(services.dry_run)
        due = {report.rule.code: report.count for report in reports if report.count}
        print(f"dry run of all rules: {seconds:.2f} s; due: {due}")
        for code, size in (("abandoned-applications", applications), ("sent-mail", mails)):
            rule = rule_of(code)
            done, seconds = timed(lambda rule=rule: services.apply_rule(rule, by=None))
            print(f"{code}: {done:,} of {size:,} in {seconds:.1f} s, {done / seconds:,.0f} a second")
        _, seconds = timed(services.dry_run)
        print(f"dry run afterwards: {seconds:.2f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
