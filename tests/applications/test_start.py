"""From the call to an application: who can apply, what was typed before there was an account, access roles."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from applications.models import Application, EligibilityAnswer, EligibilityQuestion
from applications.services import NotEligible, start_application
from notifications.services import send_due
from tests.applications.test_pages import client_of

QUESTIONS = [
    {
        "code": "physician",
        "text": "Is the leader of your team a physician?",
        "choices": [
            {"code": "yes", "label": "Yes", "fits": True},
            {"code": "no", "label": "No", "fits": False, "reason": "A physician has to lead the team."},
        ],
    },
    {
        "code": "place",
        "text": "Where is your practice?",
        "choices": [
            {"code": "us", "label": "In the United States", "fits": True},
            {"code": "other", "label": "Elsewhere", "fits": False, "reason": "This call is for the United States."},
        ],
    },
]
FITS = {"physician": "yes", "place": "us"}
NEW = {"name": "Fresh Practice", "city": "Anytown", "region": "OH", "country": "US", "team_name": "Fresh team"}


@pytest.fixture
def asking(call):
    """The open call, with two questions on who can apply."""
    for position, question in enumerate(QUESTIONS, start=1):
        EligibilityQuestion.objects.create(call=call, position=position, **question)
    return call


def page(name, call):
    return reverse(f"calls:{name}", args=[call.cohort.code])


def test_a_call_without_questions_skips_the_page(call):
    assert Client().get(page("eligibility", call)).url == page("start", call)
    assert page("start", call) in Client().get(page("detail", call)).content.decode()


def test_a_call_with_questions_asks_them_first_and_needs_no_account(asking):
    client = Client()
    html = client.get(page("detail", asking)).content.decode()
    assert (page("eligibility", asking) in html, page("start", asking) in html) == (True, False)
    assert client.get(page("start", asking)).url == page("eligibility", asking)
    assert client.post(page("start", asking), NEW).url == page("eligibility", asking)
    assert client.get(page("eligibility", asking)).context["outcome"] is None


def test_every_question_wants_an_answer(asking):
    reply = Client().post(page("eligibility", asking), {"physician": "maybe"})
    assert reply.context["form"].errors == {
        "physician": ["Choose one of the answers: Is the leader of your team a physician?"],
        "place": ["Choose an answer: Where is your practice?"],
    }


def test_what_does_not_fit_is_told_with_its_reason_and_a_contact(asking, settings):
    client = Client()
    assert client.post(page("eligibility", asking), FITS | {"physician": "no"}).url == page("eligibility", asking)
    reply = client.get(page("eligibility", asking))
    html = reply.content.decode()
    assert [reason.text for reason in reply.context["outcome"].reasons] == ["A physician has to lead the team."]
    assert "A physician has to lead the team." in html
    assert f"mailto:{settings.SUPPORT_EMAIL}" in html
    assert page("start", asking) not in html
    assert client.get(page("start", asking)).url == page("eligibility", asking)


def test_reading_keeps_nothing(asking):
    client = Client()
    client.get(page("eligibility", asking))
    client.get(page("detail", asking))
    assert client.cookies.get("sessionid") is None


def test_nothing_is_typed_twice_through_sign_up(asking, settings):
    settings.EMAIL_BACKEND = "notifications.backends.OutboxBackend"
    settings.DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client, start = Client(), page("start", asking)
    client.post(page("eligibility", asking), FITS)
    assert start in client.get(page("eligibility", asking)).content.decode()
    reply = client.post(start, NEW)
    assert reply.url == f"{reverse('account_signup')}?next={start.replace('/', '%2F')}"
    assert Application.objects.count() == 0

    account = {
        "name": "Nora New",
        "email": "nora@test.example",
        "password1": "four unrelated words",
        "time_zone": "UTC",
    }
    client.post(reply.url, account | {"next": start})
    send_due()
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.MULTILINE).group(1)
    reply = client.post(reverse("account_email_verification_sent"), {"code": code})
    assert reply.url == start

    form = client.get(start).context["form"]
    assert {name: form[name].value() for name in NEW} == NEW
    client.post(start, NEW)
    application = Application.objects.get()
    assert application.enrollment.team.practice.name == "Fresh Practice"
    assert dict(EligibilityAnswer.objects.values_list("question__code", "choice")) == FITS
    assert "starting" not in client.session or client.session["starting"] == {}


def test_words_typed_before_signing_in_to_an_account_come_back(cast, asking):
    client, start = Client(), page("start", asking)
    client.post(page("eligibility", asking), FITS)
    client.post(start, NEW)
    client.post(reverse("account_login"), {"login": cast.leader.email, "password": "cast-password", "next": start})
    form = client.get(start).context["form"]
    assert form["team_name"].value() == "Fresh team"
    # The typed practice is not silently replaced by the one that the person has.
    assert (form["name"].value(), form["practice"].value()) == ("Fresh Practice", None)


def test_signing_out_forgets_them(cast, asking):
    client = client_of(cast.leader)
    client.post(page("eligibility", asking), FITS)
    client.post(reverse("account_logout"))
    assert client.get(page("start", asking)).url == page("eligibility", asking)


def test_no_more_than_a_few_calls_are_kept(asking):
    client = Client()
    session = client.session
    session["starting"] = {f"call-{n}": {"eligibility": {}, "words": {}} for n in range(5)}
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post(page("eligibility", asking), FITS)
    assert list(client.session["starting"]) == ["call-1", "call-2", "call-3", "call-4", asking.cohort.code]


@pytest.mark.parametrize("said", [{}, {"physician": "yes"}, FITS | {"place": "other"}, FITS | {"place": "moon"}])
def test_the_service_refuses_what_does_not_fit(cast, asking, said):
    with pytest.raises(NotEligible):
        start_application(
            asking, practice=cast.practice, team_name="X", leader=cast.leader, by=cast.leader, eligibility=said
        )
    assert Application.objects.count() == 0


def test_questions_that_were_changed_are_asked_again(cast, asking):
    client = client_of(cast.leader)
    client.post(page("eligibility", asking), FITS)
    more = {"code": "fourth", "text": "One more?", "choices": QUESTIONS[0]["choices"]}
    EligibilityQuestion.objects.create(call=asking, position=3, **more)
    assert client.get(page("start", asking)).url == page("eligibility", asking)
    assert client.get(page("eligibility", asking)).context["outcome"] is None
