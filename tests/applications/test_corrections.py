"""Returning a part: changes requested, changes made, settled; nothing else can be written, and the arrival stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application, Correction, Submission
from applications.selectors import changed_by, desk_of, differences, is_returned
from applications.services import (
    ApplicationRefused,
    GapsRemain,
    answer,
    answer_correction,
    decline,
    edit_practice,
    edit_sponsor,
    request_correction,
    settle_correction,
    submit,
    withdraw,
)
from core import clock
from core.models import AuditEntry
from notifications.models import Message
from tests.applications.conftest import APRIL

# Weeks after the deadline: a correction does not wait for it.
JUNE = datetime(2024, 6, 3, 15, 0, tzinfo=UTC)


@pytest.fixture
def sent(complete):
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    return complete


@pytest.fixture
def june(sent):
    with clock.at(JUNE):
        yield sent


@pytest.fixture
def returned(june):
    june.correction = request_correction(
        june.application, section="problem", message="Say more about delays.", by=june.staff
    )
    return june


def mails(kind):
    return Message.objects.filter(dedupe_key__contains=f":{kind}", dedupe_key__startswith="correction:")


def say(cast, words="Delays of six weeks"):
    return answer(cast.application, {cast.question("problem").pk: words}, by=cast.colleague, arrived_at=clock.now())


def test_a_request_is_mailed_to_the_leader(returned):
    mail = mails("asked").get()
    assert (mail.recipient, mail.template) == (returned.leader, "correction-asked")
    assert mail.context["message"] == "Say more about delays."
    assert mail.context["part"] == "Quality problem"
    assert AuditEntry.objects.filter(verb="correction.asked", fields=["problem"]).count() == 1


def test_the_same_words_twice_are_one_request(returned):
    again = request_correction(
        returned.application, section="problem", message="Say more about delays. ", by=returned.staff
    )
    assert again == returned.correction
    assert (Correction.objects.count(), mails("asked").count()) == (1, 1)


def test_other_words_wait_until_the_first_are_answered(returned):
    with pytest.raises(ApplicationRefused, match="“Quality problem” is returned already"):
        request_correction(returned.application, section="problem", message="And more.", by=returned.staff)


@pytest.mark.parametrize(
    ("section", "message", "sentence"),
    [("problem", " ", "Write what"), ("weather", "Change it", "no such part"), ("time", "x" * 5_001, "5,001")],
)
def test_what_is_no_request_is_refused(june, section, message, sentence):
    with pytest.raises(ApplicationRefused, match=sentence):
        request_correction(june.application, section=section, message=message, by=june.staff)
    assert not Correction.objects.exists()


def test_a_draft_and_a_decided_application_are_not_returned(complete):
    with pytest.raises(ApplicationRefused, match="“Draft”"):
        request_correction(complete.application, section="problem", message="More", by=complete.staff)
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    decline(complete.application, by=complete.staff)
    with pytest.raises(ApplicationRefused, match="“Declined”"):
        request_correction(complete.application, section="problem", message="More", by=complete.staff)


def test_only_the_returned_part_can_be_written(returned):
    assert say(returned)
    with pytest.raises(ApplicationRefused, match="“Submitted”"):
        answer(returned.application, {returned.question("hours").pk: 4}, by=returned.colleague)
    both = {returned.question("problem").pk: "Both", returned.question("hours").pk: 4}
    with pytest.raises(ApplicationRefused, match="“Submitted”"):
        answer(returned.application, both, by=returned.colleague)
    with pytest.raises(ApplicationRefused):
        edit_practice(returned.application, by=returned.leader, oncologists=7)
    with pytest.raises(ApplicationRefused):
        answer(returned.application, {}, by=returned.leader)


def test_practice_and_sponsor_are_parts(june):
    for part in ("practice", "sponsor"):
        request_correction(june.application, section=part, message="Check it.", by=june.staff)
    edit_practice(june.application, by=june.leader, oncologists=7)
    edit_sponsor(june.application, name="Sid", email="sid@test.example", position="CEO", by=june.leader)
    assert not is_returned(june.application, part="problem")


def test_changes_made_are_sealed_anew_with_the_arrival_of_the_first(returned):
    first = returned.application.submission
    say(returned)
    row = answer_correction(
        returned.application, correction=returned.correction.pk, answer=" See the second line. ", by=returned.leader
    )
    assert (row.answered_at, row.answered_by, row.answer) == (JUNE, returned.leader, "See the second line.")
    application = Application.objects.get()
    second = application.submission
    assert (second.number, second.is_correction, second.sealed_at) == (2, True, JUNE)
    assert (second.arrived_at, second.standing) == (first.arrived_at, first.standing)
    assert (application.state, application.submitted_at) == ("submitted", APRIL)
    assert Submission.objects.get(number=1).sealed == first.sealed
    found = changed_by(row, list(application.submissions.all()))
    assert [(one.place, one.label, one.old, one.new) for one in found] == [
        ("Quality problem", "Which problem will you solve?", "Delays", "Delays of six weeks")
    ]
    assert mails("answered").get().recipient == returned.staff


def test_pressing_twice_is_once(returned):
    say(returned)
    for _ in range(2):
        answer_correction(returned.application, correction=returned.correction.pk, answer="Done", by=returned.leader)
    assert (Submission.objects.count(), mails("answered").count()) == (2, 1)


def test_a_replay_of_the_first_submission_finds_no_way_in(returned):
    key = returned.application.submission_key
    answer_correction(returned.application, correction=returned.correction.pk, answer="Done", by=returned.leader)
    with pytest.raises(ApplicationRefused):
        submit(returned.application, by=returned.leader, arrived_at=JUNE, key=key)
    assert Submission.objects.count() == 2


def test_what_was_emptied_has_to_be_filled_first(returned):
    say(returned, "")
    with pytest.raises(GapsRemain) as refusal:
        answer_correction(returned.application, correction=returned.correction.pk, by=returned.leader)
    assert len(refusal.value.gaps) == 1
    assert Submission.objects.count() == 1


def test_after_the_answer_the_part_is_closed_again(returned):
    answer_correction(returned.application, correction=returned.correction.pk, answer="Done", by=returned.leader)
    with pytest.raises(ApplicationRefused):
        say(returned)


def test_asking_again_settles_the_first_and_opens_the_part(returned):
    answer_correction(returned.application, correction=returned.correction.pk, answer="Done", by=returned.leader)
    again = request_correction(returned.application, section="problem", message="Still thin.", by=returned.staff)
    returned.correction.refresh_from_db()
    assert returned.correction.settled_by == returned.staff
    with pytest.raises(ApplicationRefused, match=r"nothing to answer|no such"):
        answer_correction(returned.application, correction=again.pk + 1, by=returned.leader)
    assert say(returned, "Much more")


def test_a_late_press_for_the_first_request_does_not_answer_the_second(returned):
    answer_correction(returned.application, correction=returned.correction.pk, answer="Done", by=returned.leader)
    again = request_correction(returned.application, section="problem", message="Still thin.", by=returned.staff)
    answer_correction(returned.application, correction=returned.correction.pk, by=returned.leader)
    again.refresh_from_db()
    assert again.answered_at is None


def test_settled_once_and_the_waiting_mail_is_taken_back(returned):
    for _ in range(2):
        settle_correction(returned.application, correction=returned.correction.pk, by=returned.staff)
    assert AuditEntry.objects.filter(verb="correction.settled").count() == 1
    assert mails("asked").get().state == "cancelled"
    with pytest.raises(ApplicationRefused):
        answer_correction(returned.application, correction=returned.correction.pk, by=returned.leader)
    with pytest.raises(ApplicationRefused):
        say(returned)


def test_a_decision_closes_what_is_open(returned):
    decline(returned.application, by=returned.staff)
    returned.correction.refresh_from_db()
    assert returned.correction.settled_by == returned.staff
    with pytest.raises(ApplicationRefused, match="“Declined”"):
        answer_correction(returned.application, correction=returned.correction.pk, by=returned.leader)


def test_withdrawn_is_withdrawn(returned):
    withdraw(returned.application, by=returned.leader)
    with pytest.raises(ApplicationRefused):
        say(returned)
    with pytest.raises(ApplicationRefused, match="“Withdrawn”"):
        answer_correction(returned.application, correction=returned.correction.pk, by=returned.leader)


def test_the_desk_shows_both_copies(returned):
    say(returned)
    answer_correction(returned.application, correction=returned.correction.pk, by=returned.leader)
    returned.application.refresh_from_db()
    (one,) = desk_of(returned.application).asked_back
    assert (one.returned.words, len(one.differences)) == ("Changes made", 1)


def test_without_a_change_and_without_a_word_nothing_is_answered(returned):
    with pytest.raises(ApplicationRefused, match="Nothing has been changed"):
        answer_correction(returned.application, correction=returned.correction.pk, by=returned.leader)
    assert Correction.objects.get().answered_at is None
    assert Submission.objects.count() == 1
    refused = page(client_of(returned.leader), returned, "correction", "problem", correction=returned.correction.pk)
    assert "Open the part and change it, or write in a word why it stays." in refused.content.decode()


def test_two_parts_changed_before_either_is_answered(returned):
    application = returned.application
    other = request_correction(application, section="sponsor", message="Which position?", by=returned.staff)
    say(returned)
    edit_sponsor(application, name="Sid", email="sid@test.example", position="CEO", by=returned.leader)
    with clock.at(JUNE + timedelta(hours=1)):
        answer_correction(application, correction=returned.correction.pk, by=returned.leader)
        answer_correction(application, correction=other.pk, by=returned.leader)
    application.refresh_from_db()
    changed = [{line.label for line in one.differences} for one in desk_of(application).asked_back]
    assert all({"Which problem will you solve?", "Position"} <= one for one in changed)


def test_differences_name_facts_and_people():
    before = {
        "practice": {"name": "One", "rurality": "rural", "oncologists": 6},
        "team": {"name": "T", "members": [{"name": "Lena", "role": "leader"}]},
        "sponsor": None,
        "arrived_at": "1",
        "sections": [],
    }
    after = {
        "practice": {"name": "One", "rurality": "urban", "oncologists": None},
        "team": {"name": "T", "members": [{"name": "Lena", "role": "leader"}, {"name": "Cora", "role": "core"}]},
        "sponsor": {"name": "Sam"},
        "arrived_at": "2",
        "sections": [
            {"code": "a", "title": "A", "questions": [{"code": "q", "text": "Q?", "value": "x", "words": "x"}]},
        ],
    }
    assert [(one.place, one.label, one.old, one.new) for one in differences(before, after)] == [
        ("Practice", "Location", "Rural", "Urban"),
        ("Practice", "Number of oncologists", "6", ""),
        ("Team", "Cora, Name", "", "Cora"),
        ("Team", "Cora, Role", "", "Core team"),
        ("Sponsor", "Name", "", "Sam"),
        ("A", "Q?", "", "x"),
    ]


# --- The applicant's pages --------------------------------------------------------------------------------------------


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def page(client, cast, name="correction", *more, **posted):
    address = reverse(f"applications:{name}", args=[cast.application.public_id, *more])
    return client.post(address, posted) if posted else client.get(address)


def test_the_leader_reads_writes_and_says_done(returned):
    client = client_of(returned.leader)
    overview = page(client, returned, "detail").content.decode()
    assert "Changes requested" in overview
    assert "Quality problem" in overview
    shown = page(client, returned, "correction", "problem").content.decode()
    assert "Say more about delays." in shown
    section = page(client, returned, "section", "problem")
    assert section.status_code == 200
    assert "Say more about delays." in section.content.decode()
    done = page(client, returned, "correction", "problem", correction=returned.correction.pk, answer="As asked")
    assert done.status_code == 302
    assert Correction.objects.get().answer == "As asked"
    overview = page(client, returned, "detail").content.decode()
    assert "Changes made" in overview


def test_the_first_page_says_what_was_returned(returned):
    for person in (returned.leader, returned.colleague):
        home = client_of(person).get("/").content.decode()
        assert "Change “Quality problem” in your application" in home
        assert reverse("applications:correction", args=[returned.application.public_id, "problem"]) in home
        assert "Nothing is due from you now." not in home
    settle_correction(returned.application, correction=returned.correction.pk, by=returned.staff)
    assert "Quality problem" not in client_of(returned.leader).get("/").content.decode()


def test_others_of_the_core_team_read_and_do_not_answer(returned):
    client = client_of(returned.colleague)
    assert page(client, returned, "correction", "problem").status_code == 200
    assert page(client, returned, "section", "problem").status_code == 200
    posted = page(client, returned, "correction", "problem", correction=returned.correction.pk, answer="Mine")
    assert posted.status_code == 403
    assert Correction.objects.get().answered_at is None


def test_what_is_not_returned_stays_closed(returned):
    client = client_of(returned.leader)
    assert page(client, returned, "section", "time").status_code == 403
    assert page(client, returned, "practice").status_code == 403
    assert page(client, returned, "correction", "time").status_code == 404


def test_a_part_with_a_gap_is_said_on_the_page(returned):
    say(returned, "")
    answered = page(
        client_of(returned.leader), returned, "correction", "problem", correction=returned.correction.pk, answer=""
    )
    assert answered.status_code == 200
    assert "Which problem will you solve?" in answered.content.decode()
    assert Correction.objects.get().answered_at is None


def test_strangers_find_nothing(returned):
    for user in (returned.stranger, returned.helper, returned.former, returned.coach):
        assert page(client_of(user), returned, "correction", "problem").status_code == 404
