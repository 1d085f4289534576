"""The applicant's whole way, page by page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications.models import Application
from applications.services import answer
from core import clock
from notifications.models import Message
from practices.models import Invitation
from practices.services import accept_invitation
from programs.models import Enrollment
from questionnaires.models import Answer
from tests.applications.conftest import APRIL, DEADLINE, fill

LEADER = {"profession": "physician", "asco_membership": "member", "asco_member_number": "000042"}
PRACTICE = {
    "name": "Synthetic Oncology Practice",
    "city": "Testville",
    "region": "VA",
    "country": "US",
    "setting": "community",
    "rurality": "rural",
    "oncologists": "6",
    "underserved_percent": "40",
    "health_system": "",
    "domain": "",
}
SPONSOR = {"name": "Sam Sponsor", "email": "sam@test.example", "position": "Chief Medical Officer"}


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def url(page, application, *args):
    return reverse(f"applications:{page}", args=[application.public_id, *args])


def fill_every_part(application, cast, leader: Client, colleague: Client) -> None:
    """In any order; the colleague comes by an invitation."""
    assert leader.post(url("practice", application), PRACTICE).url == url("detail", application)
    assert leader.post(url("team", application), LEADER).url == url("detail", application)
    invitation = {"email": cast.colleague.email, "role": "core"}
    assert leader.post(url("invite", application), invitation).url == url("team", application)
    assert cast.colleague.email in leader.get(url("team", application)).content.decode()
    accept_invitation(Invitation.objects.get(), by=cast.colleague)
    assert leader.post(url("sponsor", application), SPONSOR).url == url("sponsor", application)
    colleague.post(
        url("section", application, "problem"), {"problem": "Delays", "base__problem": "0", "base__aim": "0"}
    )
    assert "1 thing is missing" not in colleague.get(url("detail", application)).content.decode()
    leader.post(url("section", application, "time"), {"hours": "4 hours", "base__hours": "0"})
    for client in (leader, colleague):
        assert client.post(url("commit", application)).url == url("detail", application)
    assert User.objects.get(pk=cast.leader.pk).asco_member_number == "000042"


def test_the_whole_way(cast, call):
    # Anybody reads the call and may begin; test_start.py follows somebody who has no account yet.
    start = reverse("calls:start", args=[call.cohort.code])
    page = Client().get(reverse("calls:detail", args=[call.cohort.code]))
    assert start in page.content.decode()
    assert "11:59 PM Eastern" in page.content.decode()
    assert Client().get(start).status_code == 200

    leader = client_of(cast.leader)
    assert start in leader.get(reverse("calls:detail", args=[call.cohort.code])).content.decode()
    assert leader.get(start).status_code == 200
    reply = leader.post(start, {"practice": str(cast.practice.public_id), "team_name": "Rapid Access"})
    application = Application.objects.get()
    assert reply.url == url("detail", application)
    assert leader.get(start).url == url("detail", application)

    fill_every_part(application, cast, leader, colleague := client_of(cast.colleague))

    # Check, submit, receipt.
    assert "Ready to submit" in leader.get(url("detail", application)).content.decode()
    check = leader.get(url("check", application))
    assert (check.context["gaps"], check.context["can_submit"]) == ([], True)
    parts = {part.title: {row["label"]: row["value"] for row in part.rows} for part in check.context["parts"]}
    assert parts["Your practice"]["Practice"] == "Synthetic Oncology Practice"
    assert parts["Your team"]["Team leader"] == cast.leader.name
    assert parts["Your team"]["The leader's ASCO member number"] == "000042"
    assert parts["Sponsor"]["Sponsor"] == "Sam Sponsor, Chief Medical Officer"
    rows = [row for part in check.context["parts"] for row in part.rows]
    assert all(f'href="{row["change_url"]}"' in check.content.decode() for row in rows)
    assert colleague.get(url("check", application)).context["can_submit"] is False
    key = Application.objects.get().submission_key
    for _ in range(2):  # pressed twice
        assert leader.post(url("submit", application), {"key": str(key)}).url == url("receipt", application)
    receipt = leader.get(url("receipt", application)).content.decode()
    assert Application.objects.get().submission.sealed_sha256 in receipt
    assert "4 hours" in receipt
    assert Message.objects.filter(kind="receipt").count() == 1

    # Back, and out.
    assert leader.post(url("reopen", application)).url == url("detail", application)
    page = leader.get(url("withdraw", application)).content.decode()
    assert "You can open it again until" in page
    assert leader.post(url("withdraw", application), {"reason": "No time"}).url == url("detail", application)
    assert Application.objects.get().state == "withdrawn"
    assert Enrollment.objects.get(application=application).left_reason == "No time"
    assert leader.get(url("withdraw", application)).url == url("detail", application)  # nothing is left to withdraw


def test_a_new_practice_is_entered_while_starting(cast, call):
    start = reverse("calls:start", args=[call.cohort.code])
    newcomer = client_of(cast.reviewer)  # has no practice
    page = newcomer.post(start, {"team_name": ""})
    assert page.context["form"].errors == {
        "name": ["Enter the name of your practice."],
        "city": ["Enter the city of your practice."],
        "team_name": ["Enter a name for your team."],
    }
    newcomer.post(start, {"name": "Fresh Practice", "city": "Anytown", "country": "CA", "team_name": "Fresh"})
    practice = Application.objects.get().enrollment.team.practice
    assert (practice.name, str(practice.country)) == ("Fresh Practice", "CA")


def test_somebody_elses_practice_cannot_be_chosen(cast, call):
    start = reverse("calls:start", args=[call.cohort.code])
    other = cast.other_team.practice
    page = client_of(cast.leader).post(start, {"practice": str(other.public_id), "team_name": "X"})
    assert list(page.context["form"].errors) == ["practice"]
    assert Application.objects.count() == 0


def test_after_the_deadline_starting_is_a_sentence(cast, call):
    with clock.at(DEADLINE + timedelta(seconds=1)):
        client = client_of(cast.leader)
        start = reverse("calls:start", args=[call.cohort.code])
        assert "not open" in client.get(start).content.decode()
        page = client.post(start, {"practice": str(cast.practice.public_id), "team_name": "X"})
        assert "deadline of this call has passed" in page.content.decode()
        call_page = client.get(reverse("calls:detail", args=[call.cohort.code])).content.decode()
        assert "no new application can be started" in call_page
    assert Application.objects.count() == 0


def test_gaps_are_links_and_submission_is_refused_with_a_sentence(draft):
    leader = client_of(draft.leader)
    page = leader.get(url("check", draft.application)).content.decode()
    assert f'href="{url("section", draft.application, "time")}#div_id_hours"' in page
    reply = leader.post(url("submit", draft.application), {"key": str(draft.application.submission_key)}, follow=True)
    assert reply.redirect_chain == [(url("check", draft.application), 302)]
    assert "5 things are missing before you can submit" in reply.content.decode()


def test_a_wrong_answer_is_told_and_saves_nothing(draft):
    page = client_of(draft.leader).post(url("section", draft.application, "time"), {"hours": "1", "base__hours": "0"})
    assert (page.status_code, page.context["form"].errors) == (200, {"hours": ["Enter 2 hours or more."]})
    assert Answer.objects.count() == 0


def test_two_people_on_one_question_both_keep_their_words(draft):
    application = draft.application
    page = url("section", application, "problem")
    leader, colleague = client_of(draft.leader), client_of(draft.colleague)
    seen = {"base__problem": "0", "base__aim": "0"}
    leader.post(page, {"problem": "Leader's words", **seen})
    reply = colleague.post(page, {"problem": "Colleague's words", "aim": "Halve it", **seen})
    html = reply.content.decode()
    assert reply.status_code == 409
    assert "Leader&#x27;s words" in html
    assert "Colleague&#x27;s words</textarea>" in html
    assert dict(Answer.objects.values_list("question__code", "value")) == {
        "problem": "Leader's words",
        "aim": "Halve it",
    }
    # The page that shows both carries the versions that it showed, so saving it is a choice.
    assert 'name="base__problem" value="1"' in html
    both = {"problem": "Both", "aim": "Halve it", "base__problem": "1", "base__aim": "1"}
    assert colleague.post(page, both).status_code == 302
    assert Answer.objects.get(question__code="problem").value == "Both"


def test_a_conflict_page_never_takes_back_what_only_the_other_changed(draft):
    page = url("section", draft.application, "problem")
    seen = {"base__problem": "0", "base__aim": "0"}
    leader, colleague = client_of(draft.leader), client_of(draft.colleague)
    leader.post(page, {"problem": "Theirs", "aim": "Their aim", **seen})
    html = colleague.post(page, {"problem": "Mine", "aim": "", **seen}).content.decode()
    assert 'name="aim" value="Their aim"' in html


def test_a_sent_application_shows_no_form(complete):
    leader = client_of(complete.leader)
    leader.post(url("submit", complete.application), {"key": str(complete.application.submission_key)})
    for page in (url("practice", complete.application), url("section", complete.application, "time")):
        assert leader.get(page).status_code == 403
    assert leader.get(url("detail", complete.application)).status_code == 200


def test_the_receipt_of_a_draft_leads_to_the_draft(draft):
    reply = client_of(draft.leader).get(url("receipt", draft.application))
    assert reply.url == url("detail", draft.application)


@pytest.mark.parametrize("after", [0, 1])
def test_arrival_decides_on_the_page_too(complete, after):
    with clock.at(DEADLINE + timedelta(seconds=after)):
        leader = client_of(complete.leader)
        assert ("marked as late" in leader.get(url("check", complete.application)).content.decode()) == bool(after)
        leader.post(url("submit", complete.application), {"key": str(complete.application.submission_key)})
    assert Application.objects.get().submission.standing == ("late" if after else "open")


def test_empty_pages(cast, april):
    assert "No call is open" in Client().get(reverse("calls:list")).content.decode()
    assert "You have no application" in client_of(cast.leader).get(reverse("applications:list")).content.decode()


def test_status_of_the_tasks(draft):
    def states():
        tasks = client_of(draft.leader).get(url("detail", draft.application)).context["tasks"]
        return {task.title: task.status for task in tasks}

    assert states() == {
        "Your practice": "In progress",
        "Your team": "Completed",
        "Sponsor": "Not started",
        "Quality problem": "Not started",
        "Protected time": "Not started",
        "Attendance of all sessions": "Not started",
        "Check and submit": "5 things are missing",
    }
    answer(draft.application, {draft.question("aim").pk: "Halve it"}, by=draft.leader)
    assert states()["Quality problem"] == "In progress"
    fill(draft)
    assert set(states().values()) == {"Completed", "Ready to submit"}


def test_the_clock_of_the_tests_is_april(april):
    assert clock.now() == APRIL


def test_what_a_start_needs_is_not_called_optional(cast, call):
    start = reverse("calls:start", args=[call.cohort.code])
    own = client_of(cast.leader).get(start).context["form"]
    assert [name for name, field in own.fields.items() if field.required] == ["practice", "country", "team_name"]
    assert own["practice"].initial == cast.practice.public_id
    new = client_of(cast.reviewer).get(start).context["form"]
    assert [name for name, field in new.fields.items() if field.required] == ["name", "city", "country", "team_name"]
