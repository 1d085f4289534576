"""Make N writers with an application each, signed in: ``python -m tests.browser.seed N`` prints them as JSON lines.

It runs in a process of its own, on the database of the server under test.
"""

import json
import os
import sys
from datetime import timedelta

import django

PASSWORD = "a password of a synthetic person"
SECTIONS = [
    {
        "code": "problem",
        "title": "Quality problem",
        "questions": [
            {"code": "problem", "kind": "long_text", "text": "Which problem will you solve?"},
            {"code": "aim", "kind": "short_text", "text": "What is your aim?", "required": "never"},
            {"code": "plan", "kind": "long_text", "text": "How will you go about it?", "required": "never"},
        ],
    }
]


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "collaborative.settings"
    django.setup()
    for number in range(1, int(sys.argv[1]) + 1):
        print(json.dumps(writer(number)))


def call():
    """A call that opened ten days ago and closes in a month, by the clock on the wall."""
    from applications.services import open_call
    from core import clock
    from programs.models import DueFrom, MilestoneKind
    from questionnaires.services import load_form
    from tests.conftest import make_cohort, make_milestone, make_program

    today = clock.now().date()
    cohort = make_cohort(make_program(), starts_on=today + timedelta(days=90))
    make_milestone(cohort, "opening", MilestoneKind.OPENING, today - timedelta(days=10))
    make_milestone(cohort, "deadline", MilestoneKind.DEADLINE, today + timedelta(days=30), DueFrom.LEADER)
    return open_call(cohort, form=load_form("seed", "Application", SECTIONS))


def writer(number: int) -> dict[str, str]:
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from applications.models import Call
    from applications.services import start_application
    from tests.conftest import make_practice, make_user

    person = make_user(f"Writer {number}", time_zone="America/Chicago")
    person.set_password(PASSWORD)
    person.save()
    practice = make_practice(f"Synthetic practice {number}")
    application = start_application(
        Call.objects.first() or call(), practice=practice, team_name=f"Team {number}", leader=person, by=person
    )
    client = Client()
    client.force_login(person)
    return {
        "email": person.email,
        "cookie": settings.SESSION_COOKIE_NAME,
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "path": reverse("applications:section", args=[application.public_id, "problem"]),
        "response": application.response_id,
    }


if __name__ == "__main__":
    main()
