"""The pages of a letter of support: the applicants' and the sponsor's, each with what is wrong said where it is put right."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications import services
from applications.models import AttendanceCommitment, Letter
from core import clock, links
from documents.services import check
from practices.models import Invitation
from practices.services import name_sponsor
from programs.models import LatePolicy, Milestone
from tests.applications.conftest import APRIL, DEADLINE
from tests.applications.test_letters import PDF

DAY = timedelta(days=1)


@pytest.fixture
def letter(complete) -> Letter:
    return services.ask_for_letter(complete.application, by=complete.leader)


@pytest.fixture
def sponsor() -> Client:
    return Client()


def page(letter: Letter, name: str = "letter", *, token: str = "") -> str:
    return reverse(f"letters:{name}", args=[letter.public_id, token or links.token("letter", letter.pk, 1)])


def start(client: Client, letter: Letter) -> None:
    assert client.post(page(letter))["Location"] == page(letter, "write")


def text(response) -> str:
    return response.content.decode()


def saved(letter: Letter) -> Letter:
    return Letter.objects.get(pk=letter.pk)


def file(content: bytes = PDF, name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# --- The sponsor ------------------------------------------------------------------------------------------------------------


def test_the_first_page_says_who_asks_and_what_is_committed(sponsor, letter, complete):
    response = sponsor.get(page(letter))
    assert response.status_code == 200
    for words in (
        "Support Applicants", "Lena Leader", "Sam Sponsor", "Synthetic Oncology Practice", "Test Learning Collaborative",
        "2 years", "July 11, 2024 to July 12, 2024", "Alexandria, VA", "May 1, 2024, 11:59 PM Eastern",
    ):  # fmt: skip
        assert words in text(response)
    assert "no-store" in response["Cache-Control"]
    assert "Delays" not in text(response)  # the answers are the team's


def test_nothing_to_write_before_continue(sponsor, letter):
    assert sponsor.get(page(letter, "write"))["Location"] == page(letter)
    assert saved(letter).started_at is None
    start(sponsor, letter)
    assert "Go on with the letter" in text(sponsor.get(page(letter)))
    assert sponsor.get(page(letter, "write")).status_code == 200


def test_written_saved_and_sent(sponsor, letter):
    start(sponsor, letter)
    assert sponsor.post(page(letter, "write"), {"text": "Dear", "version": 0})["Location"] == page(letter, "write")
    response = sponsor.get(page(letter, "write"))
    assert ">\nDear</textarea>" in text(response) and "Your draft is saved" in text(response)
    given = {"text": "Dear committee", "version": 1, "send": "1"}
    assert sponsor.post(page(letter, "write"), given)["Location"] == page(letter)
    assert sponsor.post(page(letter, "write"), given)["Location"] == page(letter)  # pressed twice
    response = sponsor.get(page(letter))
    assert (response.status_code, saved(letter).way) == (200, "written")
    assert "Thank you" in text(response) and "Dear committee" in text(response)
    assert sponsor.get(page(letter, "write"))["Location"] == page(letter)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("  ", "Write your letter first"),
        ("word " * 1_501, "The letter has 1501 words of 1500. Take out 1 words."),
        ("x" * 20_001, "Shorten the letter: this page takes 20000 characters."),
    ],
)
def test_what_cannot_be_sent_stays_in_the_field(sponsor, letter, words, sentence):
    start(sponsor, letter)
    response = sponsor.post(page(letter, "write"), {"text": words, "version": 0, "send": "1"})
    assert sentence in text(response)
    assert words.strip()[:30] in text(response)
    assert saved(letter).done_at is None


def test_a_draft_may_be_too_long_in_words(sponsor, letter):
    start(sponsor, letter)
    sponsor.post(page(letter, "write"), {"text": "word " * 1_600, "version": 0})
    assert len(saved(letter).draft.split()) == 1_600


def test_signed(sponsor, letter):
    start(sponsor, letter)
    assert 'value="Sam Sponsor"' in text(sponsor.get(page(letter, "write")))
    response = sponsor.post(page(letter, "sign"), {"name": " ", "position": ""})
    assert "Enter your full name." in text(response) and "Enter your position" in text(response)
    sponsor.post(page(letter, "sign"), {"name": "Sam S. Sponsor", "position": "Chair"})
    assert (saved(letter).signed_name, saved(letter).signed_position) == ("Sam S. Sponsor", "Chair")
    assert "Sam S. Sponsor" in text(sponsor.get(page(letter)))


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (None, "Choose the file with the letter."),
        (("letter.txt", b"Dear committee"), "PDF, Word (.docx), PNG or JPEG"),
        (("letter.pdf", b"MZ\x90\x00 program"), "PDF, Word (.docx), PNG or JPEG"),
        (("letter.pdf", b""), "empty"),
    ],
)
def test_a_wrong_file_names_the_kinds(sponsor, letter, complete, upload, sentence):
    start(sponsor, letter)
    leader = Client()
    leader.force_login(complete.leader)
    own = reverse("applications:letter_upload", args=[complete.application.public_id])
    for client, address in ((sponsor, page(letter, "upload")), (leader, own)):
        data = {"file": file(upload[1], upload[0])} if upload else {}
        response = client.post(address, data)
        assert (response.status_code, saved(letter).done_at) == (200, None)
        assert sentence in text(response)


def test_uploaded(sponsor, letter):
    start(sponsor, letter)
    assert sponsor.post(page(letter, "upload"), {"file": file()})["Location"] == page(letter)
    assert "letter.pdf" in text(sponsor.get(page(letter)))


def test_declined(sponsor, letter):
    response = sponsor.post(page(letter, "decline"), {"said": "We lack the time."})
    assert "The team leader is told" in text(response)
    response = sponsor.post(page(letter, "decline"), {"said": "Once more."})
    assert "told today already" in text(response) and "Once more." in text(response)
    assert "Continue" in text(sponsor.get(page(letter)))
    assert "Shorten this to 500 characters." in text(sponsor.post(page(letter, "decline"), {"said": "x" * 501}))


def test_two_windows_the_second_is_told_and_loses_no_word(sponsor, letter):
    start(sponsor, letter)
    other = Client()
    sponsor.post(page(letter, "write"), {"text": "First window", "version": 0})
    response = other.post(page(letter, "write"), {"text": "Second window", "version": 0})
    assert response.status_code == 409
    assert "First window" in text(response) and ">\nSecond window</textarea>" in text(response)
    assert 'name="version" value="1"' in text(response)
    response = other.post(page(letter, "write"), {"text": "Both together", "version": 1})
    assert (response.status_code, saved(letter).draft) == (302, "Both together")


def test_two_windows_send_one_wins(sponsor, letter):
    start(sponsor, letter)
    sponsor.post(page(letter, "write"), {"text": "First window", "version": 0, "send": "1"})
    response = Client().post(page(letter, "write"), {"text": "Second window", "version": 0, "send": "1"})
    assert response.status_code == 409
    assert "was not sent" in text(response) and "Second window" in text(response)
    assert saved(letter).text == "First window"
    response = Client().post(page(letter, "sign"), {"name": "Sam", "position": "CMO"}, follow=True)
    assert "sent a moment ago" in text(response) and saved(letter).way == "written"


def test_a_draft_that_was_overtaken_is_shown_to_its_writer(sponsor, letter):
    start(sponsor, letter)
    sponsor.post(page(letter, "write"), {"text": "Half a letter", "version": 0})
    sponsor.post(page(letter, "sign"), {"name": "Sam", "position": "CMO"})
    assert "Half a letter" in text(sponsor.get(page(letter)))


def test_no_other_token_opens_it(sponsor, letter, complete):
    wrong = [
        links.token("letter", letter.pk + 1, 1),
        links.token("letter", letter.pk, 2),
        links.token(AttendanceCommitment.PURPOSE, letter.pk, 1),
        links.token(Invitation.PURPOSE, letter.pk, 1),
        "x",
        "é" * 43,
    ]
    for token in wrong:
        assert sponsor.get(page(letter, token=token)).status_code == 404
        for name in ("letter", "write", "upload", "sign", "decline"):
            assert sponsor.post(page(letter, name, token=token)).status_code == 404
    Letter.objects.filter(pk=letter.pk).update(generation=2)
    assert sponsor.get(page(letter)).status_code == 404
    assert saved(letter).started_at is None


def test_the_link_ends_with_a_page_that_says_what_to_do(sponsor, letter, complete):
    start(sponsor, letter)
    Milestone.objects.filter(code="deadline").update(late_policy=LatePolicy.CLOSED)
    with clock.at(DEADLINE + DAY):
        response = sponsor.get(page(letter))
        assert (response.status_code, "The call is closed" in text(response)) == (410, True)
        response = sponsor.post(page(letter, "write"), {"text": "Too late", "version": 0, "send": "1"})
        assert (response.status_code, "Too late" in text(response)) == (410, True)
        for name, data in (("letter", {}), ("sign", {"name": "S", "position": "C"}), ("decline", {"said": ""})):
            assert sponsor.post(page(letter, name), data).status_code == 410
    services.end_letter(letter, by=complete.leader)
    response = sponsor.get(page(letter))
    assert response.status_code == 410
    assert "Write to the team" in text(response)


# --- The applicants ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def leader(client, complete) -> Client:
    client.force_login(complete.leader)
    return client


def own(complete, name: str, letter: Letter | None = None) -> str:
    args = [complete.application.public_id] + ([letter.public_id] if letter else [])
    return reverse(f"applications:{name}", args=args)


def test_asking_and_following(leader, complete):
    response = leader.get(own(complete, "sponsor"))
    assert "Ask for the letter" in text(response) and "sam@test.example" in text(response)
    response = leader.post(own(complete, "letter_ask"), follow=True)
    assert "on its way" in text(response) and "You can send a reminder from" in text(response)
    letter = Letter.objects.get()
    assert "Ask for the letter" not in text(response)
    start(Client(), letter)
    assert "Started" in text(leader.get(own(complete, "sponsor")))
    assert "had a mail within the last day" in text(leader.post(own(complete, "letter_remind", letter), follow=True))
    with clock.at(APRIL + DAY):
        leader = Client()
        leader.force_login(complete.leader)
        assert "Send a reminder" in text(leader.get(own(complete, "sponsor")))
        assert "The reminder is on its way" in text(leader.post(own(complete, "letter_remind", letter), follow=True))


def test_another_sponsor_on_the_page(leader, complete):
    letter = services.ask_for_letter(complete.application, by=complete.leader)
    new = {"name": "Nora New", "email": "nora@test.example", "position": "CEO"}
    response = leader.post(own(complete, "sponsor"), new, follow=True)
    assert "Ask for the letter" in text(response)
    assert Client().get(page(letter)).status_code == 410


def test_the_address_is_shown_once_and_noted(leader, complete):
    letter = services.ask_for_letter(complete.application, by=complete.leader)
    address = own(complete, "letter_copy", letter)
    assert leader.get(address).status_code == 405
    response = leader.post(address)
    assert page(letter) in text(response) and "no-store" in response["Cache-Control"]
    response = leader.get(own(complete, "sponsor"))
    assert "Link handled by the applicant" in text(response) and "Link copied by Lena Leader" in text(response)
    assert links.token("letter", letter.pk, 1) not in text(response)


def test_reading_it(leader, complete, settings):
    letter = services.ask_for_letter(complete.application, by=complete.leader)
    services.save_draft(letter, "Half a letter", base_version=0)
    assert leader.get(own(complete, "letter", letter)).status_code == 404
    assert "Half a letter" not in text(leader.get(own(complete, "sponsor")))
    services.give_uploaded(letter, check(file()))
    response = leader.get(own(complete, "letter", letter))
    assert "letter.pdf" in text(response) and "Half a letter" not in text(response)
    download = leader.get(own(complete, "letter_file", letter))
    assert b"".join(download.streaming_content) == PDF
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    for person, status in (
        (complete.colleague, 200),
        (complete.staff, 200),
        (complete.stranger, 404),
        (complete.helper, 404),
    ):
        leader.force_login(person)
        assert leader.get(own(complete, "letter", letter)).status_code == status
        assert leader.get(own(complete, "letter_file", letter)).status_code == status


def test_a_letter_of_another_application_is_not_found(leader, complete, cast):
    foreign = services.start_application(
        complete.call, practice=cast.other_team.practice, team_name="Others", leader=cast.stranger, by=cast.stranger
    )
    name_sponsor(foreign.enrollment.team, name="Otto", email="otto@test.example", position="CMO", by=cast.stranger)
    letter = services.ask_for_letter(foreign, by=cast.stranger)
    for name in ("letter_remind", "letter_copy", "letter_end"):
        assert leader.post(own(complete, name, letter)).status_code == 404


def test_uploaded_by_the_team(leader, complete):
    response = leader.post(own(complete, "letter_upload"), {"file": file()}, follow=True)
    assert "Uploaded by the applicant, not confirmed yet" in text(response)
    assert "You have the letter yourself?" not in text(response)
    letter = Letter.objects.get()
    response = leader.post(own(complete, "letter_end", letter), follow=True)
    assert "You have the letter yourself?" in text(response)


def test_what_is_wrong_and_too_late_is_too_late(sponsor, letter):
    start(sponsor, letter)
    services.give_signed(letter, name="Sam", position="CMO")
    response = sponsor.post(page(letter, "write"), {"text": "word " * 1_501, "version": 0, "send": "1"})
    assert response.status_code == 409 and "word word" in text(response)
    for name, data in (("upload", {}), ("sign", {}), ("decline", {"said": "x" * 501})):
        response = sponsor.post(page(letter, name), data)
        assert (response.status_code, "Thank you" in text(response)) == (200, True)


def test_a_returned_part_opens_the_page_and_the_link_again(leader, complete):
    letter = services.ask_for_letter(complete.application, by=complete.leader)
    services.submit(complete.application, by=complete.leader, arrived_at=APRIL)
    assert leader.get(own(complete, "sponsor")).status_code == 403
    assert Client().get(page(letter)).status_code == 410
    complete.application.refresh_from_db()
    services.request_correction(
        complete.application, section="sponsor", message="The letter, please.", by=complete.staff
    )
    assert leader.get(own(complete, "sponsor")).status_code == 200
    assert Client().post(page(letter)).status_code == 302
    Client().post(page(letter, "sign"), {"name": "Sam", "position": "CMO"})
    assert saved(letter).way == "signed"
