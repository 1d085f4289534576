"""Letters of support: what each side does, what is refused, and what the other side sees."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import selectors, services
from applications.models import Application, Letter, LetterWay, Submission
from applications.selectors import LetterLink, LetterState, letter_link, letter_state, letters_of
from applications.services import ApplicationRefused, CallClosed, DraftConflict, GapsRemain, LetterClosed
from applications.services.forgetting import remove_content
from core import clock, links
from core.models import ActorKind, AuditEntry
from documents.services import check
from notifications.models import Message
from notifications.services import render, send_due
from practices.models import Sponsor
from practices.services import name_sponsor
from privacy.exports import export_person
from privacy.selectors import rule_of
from privacy.services import anonymise, apply_rule
from programs.models import LatePolicy, Milestone, Program
from programs.services import extend
from tests.applications.conftest import APRIL, DEADLINE, fill
from tests.conftest import make_user

DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LETTER_RULE = {
    "required": True,
    "text": "A letter of the sponsor makes the application complete.",
    "statement": "I stand behind this team.",
    "source": "default",
}


@pytest.fixture
def asked(complete) -> Letter:
    return services.ask_for_letter(complete.application, by=complete.colleague)


def fresh(letter: Letter) -> Letter:
    return Letter.objects.select_related("sponsor", "application__call__deadline", "application__enrollment").get(
        pk=letter.pk
    )


def state(letter: Letter) -> LetterState:
    return letter_state(fresh(letter))


def mails(template: str) -> list[Message]:
    return list(Message.objects.filter(template=template).order_by("pk"))


def upload(content: bytes = PDF, name: str = "letter.pdf"):
    return check(SimpleUploadedFile(name, content))


def need_letter() -> None:
    definition = {"program": {"sponsor": {"required": True, "letter": LETTER_RULE}}}
    Program.objects.update(definition=definition)


# --- The applicants -----------------------------------------------------------------------------------------------------


def test_asking_mails_a_link_whose_token_is_nowhere_stored(asked, complete):
    assert state(asked) is LetterState.ASKED
    (mail,) = mails("letter-request")
    assert (mail.address, mail.recipient, mail.topic) == ("sam@test.example", None, f"letter:{asked.pk}")
    token = links.token("letter", asked.pk, 1)
    assert token in render(mail).text and token in render(mail).html
    assert token not in str(vars(mail))
    assert "May 1, 2024, 11:59 PM Eastern" in render(mail).text.splitlines()[0]
    with pytest.raises(ApplicationRefused, match="Sam Sponsor has been asked already"):
        services.ask_for_letter(complete.application, by=complete.leader)


def test_without_a_sponsor_nobody_is_asked(draft):
    with pytest.raises(ApplicationRefused, match="Name the sponsor first"):
        services.ask_for_letter(draft.application, by=draft.leader)
    with pytest.raises(ApplicationRefused, match="Name the sponsor first"):
        services.upload_letter(draft.application, upload(), by=draft.leader)


def test_a_reminder_a_day_and_no_more(asked, complete):
    with pytest.raises(ApplicationRefused, match="had a mail within the last day"):
        services.remind_sponsor(asked, by=complete.leader)
    with clock.at(APRIL + DAY):
        services.remind_sponsor(asked, by=complete.leader)
        with pytest.raises(ApplicationRefused, match="April 12, 2024, 11:00 AM Eastern"):
            services.remind_sponsor(asked, by=complete.colleague)
    with clock.at(APRIL + 2 * DAY):
        services.remind_sponsor(asked, by=complete.colleague)
    subjects = [mail.subject for mail in mails("letter-request")]
    assert subjects == [
        "Cora Colleague asks you for a letter of support",
        "Reminder: Lena Leader asks you for a letter of support",
        "Reminder: Cora Colleague asks you for a letter of support",
    ]


def test_another_person_ends_the_request_and_keeps_what_is_done(asked, complete):
    application, by = complete.application, complete.leader
    services.edit_sponsor(application, name="Nora New", email="nora@test.example", position="CEO", by=by)
    assert state(asked) is LetterState.ENDED
    assert [mail.state for mail in mails("letter-request")] == ["cancelled"]
    second = services.ask_for_letter(application, by=by)
    services.give_signed(second, name="Nora New", position="CEO")
    services.edit_sponsor(application, name="Tim Third", email="tim@test.example", position="COO", by=by)
    assert state(second) is LetterState.DONE
    third = services.ask_for_letter(application, by=by)
    found = [(one.letter.sponsor.name, one.state) for one in letters_of(application)]
    assert found == [("Nora New", LetterState.DONE), ("Tim Third", LetterState.ASKED)]
    assert state(third) is LetterState.ASKED


def test_the_same_person_with_another_position_keeps_the_request(asked, complete):
    words = {"name": "Samuel Sponsor", "email": "SAM@test.example", "position": "Chair"}
    services.edit_sponsor(complete.application, **words, by=complete.leader)
    assert state(asked) is LetterState.ASKED


def test_a_sponsor_changed_on_the_teams_page_ends_the_link_as_well(asked, complete):
    name_sponsor(asked.sponsor.team, name="Nora New", email="nora@test.example", position="CEO", by=complete.leader)
    assert letter_link(fresh(asked), APRIL) is LetterLink.ENDED


def test_who_took_the_link_is_kept_until_staff_make_sure(asked, complete):
    address = services.copy_link(asked, by=complete.colleague)
    assert address.endswith(f"/letters/{asked.public_id}/{links.token('letter', asked.pk, 1)}/")
    with clock.at(APRIL + DAY):
        services.copy_link(asked, by=complete.leader)
    letter = fresh(asked)
    assert (letter.link_copied_at, letter.link_copied_by) == (APRIL, complete.colleague)
    services.give_signed(asked, name="Sam Sponsor", position="CMO")
    (standing,) = letters_of(complete.application)
    assert standing.counts and standing.is_handled
    services.confirm_letter(fresh(asked), by=complete.staff)
    (standing,) = letters_of(complete.application)
    assert not standing.is_handled
    assert standing.letter.link_copied_by == complete.colleague
    with pytest.raises(ApplicationRefused):
        services.confirm_letter(fresh(asked), by=complete.staff)
    with pytest.raises(ApplicationRefused):
        services.copy_link(asked, by=complete.leader)


def test_what_is_not_done_cannot_be_confirmed(asked, complete):
    with pytest.raises(ApplicationRefused):
        services.confirm_letter(asked, by=complete.staff)


def test_an_upload_meets_the_request_and_is_marked(asked, complete):
    services.save_draft(asked, "Half a letter", base_version=0)
    letter = services.upload_letter(complete.application, upload(), by=complete.leader)
    assert letter.pk == asked.pk
    (standing,) = letters_of(complete.application)
    assert (standing.letter.way, standing.is_handled) == (LetterWay.APPLICANT, True)
    assert standing.letter.uploaded_by == complete.leader
    assert fresh(asked).draft == "Half a letter"  # the sponsor's words are not lost to the sponsor
    with pytest.raises(ApplicationRefused, match="is here already"):
        services.upload_letter(complete.application, upload(), by=complete.leader)
    services.end_letter(letter, by=complete.leader)
    again = services.upload_letter(complete.application, upload(), by=complete.colleague)
    assert [one.letter.pk for one in letters_of(complete.application)] == [again.pk]
    with pytest.raises(ApplicationRefused, match="taken back already"):
        services.end_letter(letter, by=complete.leader)


def test_an_upload_without_a_request(complete):
    letter = services.upload_letter(complete.application, upload(), by=complete.leader)
    assert (letter.asked_at, state(letter)) == (None, LetterState.DONE)
    with pytest.raises(ApplicationRefused, match="nothing to remind"):
        services.remind_sponsor(letter, by=complete.leader)


def test_sponsors_are_not_written_to_without_end(complete):
    application, by = complete.application, complete.leader
    for number in range(10):
        words = {"name": f"S {number}", "email": f"s{number}@test.example", "position": "CMO"}
        services.edit_sponsor(application, **words, by=by)
        services.ask_for_letter(application, by=by)
    services.edit_sponsor(application, name="S 11", email="s11@test.example", position="CMO", by=by)
    with pytest.raises(ApplicationRefused, match="Go on tomorrow"):
        services.ask_for_letter(application, by=by)


def test_a_sent_application_takes_no_act(asked, complete):
    services.submit(complete.application, by=complete.leader, arrived_at=APRIL)
    by = complete.leader
    for act in (
        lambda: services.ask_for_letter(complete.application, by=by),
        lambda: services.remind_sponsor(asked, by=by),
        lambda: services.copy_link(asked, by=by),
        lambda: services.end_letter(asked, by=by),
        lambda: services.upload_letter(complete.application, upload(), by=by),
    ):
        with pytest.raises(ApplicationRefused, match="Submitted"):
            act()
    assert letter_link(fresh(asked), APRIL) is LetterLink.SENT
    with pytest.raises(LetterClosed):
        services.give_signed(asked, name="Sam", position="CMO")


# --- The sponsor --------------------------------------------------------------------------------------------------------


def test_the_three_ways(complete):
    application, by = complete.application, complete.leader
    ways = {
        "written": lambda one: services.give_written(one, "Dear committee", base_version=0),
        "signed": lambda one: services.give_signed(one, name="Sam S. Sponsor", position="Chief"),
        "uploaded": lambda one: services.give_uploaded(one, upload()),
    }
    for way, give in ways.items():
        letter = services.ask_for_letter(application, by=by)
        services.start_letter(letter)
        give(letter)
        letter = fresh(letter)
        assert (letter.way, letter.done_at) == (way, APRIL)
        services.end_letter(letter, by=by)
    written, signed, uploaded = Letter.objects.order_by("pk")
    assert (written.text, written.signed_name) == ("Dear committee", "Sam Sponsor")
    assert (signed.text, signed.signed_name) == (selectors.STATEMENT, "Sam S. Sponsor")
    assert (uploaded.file.original_name, uploaded.file.uploaded_by) == ("letter.pdf", None)
    assert uploaded.file.quota_key == f"letter:{uploaded.pk}"


def test_a_letter_is_signed_under_the_programs_own_statement(complete):
    need_letter()
    letter = services.ask_for_letter(complete.application, by=complete.leader)
    services.give_signed(letter, name="Sam", position="CMO")
    assert fresh(letter).text == "I stand behind this team."


def test_both_sides_hear_of_it_once(asked, complete):
    services.give_written(asked, "Dear committee", base_version=0)
    with pytest.raises(LetterClosed) as refused:
        services.give_signed(asked, name="Sam", position="CMO")
    assert refused.value.link is LetterLink.DONE
    (receipt,), (news,) = mails("letter-received"), mails("letter-news")
    assert receipt.address == "sam@test.example" and "Dear committee" in render(receipt).text
    assert (news.recipient, news.subject) == (complete.leader, "Sam Sponsor has given the letter of support")
    assert "/sponsor/" in render(news).text
    assert [mail.state for mail in mails("letter-request")] == ["cancelled"]
    send_due()
    assert {mail.state for mail in (*mails("letter-received"), *mails("letter-news"))} == {"sent"}


def test_drafts_go_by_version(asked):
    assert services.save_draft(asked, "One", base_version=0) == 1
    assert services.save_draft(asked, "One", base_version=0) == 1  # the same words again are no conflict
    with pytest.raises(DraftConflict) as conflict:
        services.save_draft(asked, "Other", base_version=0)
    assert (conflict.value.theirs, conflict.value.version) == ("One", 1)
    with pytest.raises(DraftConflict):
        services.give_written(asked, "Other", base_version=0)
    assert fresh(asked).draft == "One"
    services.give_written(asked, "Other", base_version=1)
    assert (fresh(asked).text, fresh(asked).draft) == ("Other", "")


def test_starting_is_noted_once_and_undoes_a_no(asked, complete):
    services.start_letter(asked)
    with clock.at(APRIL + DAY):
        services.start_letter(asked)
    assert fresh(asked).started_at == APRIL
    assert services.decline_letter(asked, said="We have no time.")
    assert state(asked) is LetterState.DECLINED
    with clock.at(APRIL + 2 * DAY), pytest.raises(ApplicationRefused, match="nothing to remind"):
        services.remind_sponsor(asked, by=complete.leader)
    (mail,) = mails("letter-news")
    assert "We have no time." in render(mail).text and "Name another sponsor" in render(mail).text
    assert not services.decline_letter(asked, said="Again")  # one mail a day
    services.start_letter(asked)
    assert state(asked) is LetterState.STARTED


def test_what_is_done_by_a_link_names_the_link_as_its_actor(asked, complete):
    services.start_letter(asked)
    services.give_signed(asked, name="Sam", position="CMO")
    entries = AuditEntry.objects.filter(object_type="applications.letter", object_id=asked.pk).order_by("id")
    by_link = [(entry.verb, entry.actor_id) for entry in entries if entry.actor_kind == ActorKind.LINK]
    assert by_link == [("letter.started", asked.pk), ("letter.given", asked.pk)]
    by_user = [(entry.verb, entry.actor_id) for entry in entries if entry.actor_kind == ActorKind.USER]
    assert by_user == [("letter.asked", complete.colleague.pk)]


# --- The end of a link ----------------------------------------------------------------------------------------------------


def close_for_good(grace: int = 0) -> None:
    Milestone.objects.filter(code="deadline").update(late_policy=LatePolicy.CLOSED, grace_minutes=grace)


@pytest.mark.parametrize(
    ("seconds", "grace", "found"),
    [
        (0, 0, LetterLink.OPEN),
        (1, 0, LetterLink.CLOSED),
        (1, 5, LetterLink.OPEN),
        (300, 5, LetterLink.OPEN),
        (301, 5, LetterLink.CLOSED),
    ],
)
def test_it_ends_with_the_call_to_the_second(asked, seconds, grace, found):
    close_for_good(grace)
    at = DEADLINE + timedelta(seconds=seconds)
    assert letter_link(fresh(asked), at) is found
    if found is LetterLink.CLOSED:
        with pytest.raises(LetterClosed):
            services.give_signed(asked, name="Sam", position="CMO", arrived_at=at)
        with pytest.raises(CallClosed):
            services.remind_sponsor(fresh(asked), by=asked.asked_by, arrived_at=at)
    else:
        services.give_signed(asked, name="Sam", position="CMO", arrived_at=at)


def test_late_work_keeps_it_open_and_a_closed_call_ends_a_done_one(asked):
    late = DEADLINE + DAY
    assert letter_link(fresh(asked), late) is LetterLink.OPEN
    services.give_signed(asked, name="Sam", position="CMO", arrived_at=late)
    assert letter_link(fresh(asked), late) is LetterLink.DONE
    close_for_good()
    assert letter_link(fresh(asked), late) is LetterLink.CLOSED
    assert letters_of(fresh(asked).application)[0].counts


def test_mail_does_not_leave_after_the_end(asked, complete):
    assert mails("letter-request")[0].not_after is None
    close_for_good(grace=10)
    services.end_letter(asked, by=complete.leader)
    complete.application.refresh_from_db()
    services.ask_for_letter(complete.application, by=complete.leader)
    assert mails("letter-request")[1].not_after == DEADLINE + timedelta(minutes=10)


def test_an_extension_is_the_letters_as_well(asked, complete):
    close_for_good()
    letter = fresh(asked)
    end = (DEADLINE + 2 * DAY).astimezone(complete.deadline.zone)
    extend(
        letter.application.enrollment, letter.application.call.deadline, ends_on=end.date(), ends_time=end.time(),
        reason="Flood", by=complete.staff,
    )  # fmt: skip
    assert letter_link(fresh(asked), DEADLINE + DAY) is LetterLink.OPEN


# --- The application ------------------------------------------------------------------------------------------------------


def test_without_the_letter_nothing_is_sent_where_the_program_needs_it(draft):
    need_letter()
    draft.application = Application.objects.get(pk=draft.application.pk)
    texts = [gap.text for gap in selectors.gaps(draft.application)]
    words = "A letter of the sponsor makes the application complete."
    assert f"{words} Name the sponsor first, then ask for it." in texts
    fill(draft)
    draft.application = Application.objects.get(pk=draft.application.pk)
    assert [gap.text for gap in selectors.gaps(draft.application)] == [
        f"{words} Ask your sponsor for it, or upload it."
    ]
    letter = services.ask_for_letter(draft.application, by=draft.leader)
    (gap,) = selectors.gaps(draft.application)
    assert gap.text.startswith(f"{words} Sam Sponsor has been asked")
    assert gap.url.endswith("/sponsor/#letter")
    with pytest.raises(GapsRemain):
        services.submit(draft.application, by=draft.leader, arrived_at=APRIL)
    services.give_signed(letter, name="Sam", position="CMO")
    services.submit(draft.application, by=draft.leader, arrived_at=APRIL)


def test_a_done_letter_counts_after_the_sponsor_has_changed(complete):
    need_letter()
    complete.application = Application.objects.get(pk=complete.application.pk)
    letter = services.ask_for_letter(complete.application, by=complete.leader)
    services.give_signed(letter, name="Sam", position="CMO")
    words = {"name": "Nora New", "email": "nora@test.example", "position": "CEO"}
    services.edit_sponsor(complete.application, **words, by=complete.leader)
    assert selectors.gaps(complete.application) == []


def test_it_is_in_the_sealed_copy(asked, complete):
    services.copy_link(asked, by=complete.colleague)
    services.give_uploaded(asked, upload())
    services.submit(complete.application, by=complete.leader, arrived_at=APRIL)
    complete.application.refresh_from_db()
    file = fresh(asked).file
    assert complete.application.submission.sealed["letters"] == [
        {
            "state": "done",
            "name": "Sam Sponsor",
            "email": "sam@test.example",
            "position": "CMO",
            "done_at": APRIL.isoformat(),
            "way": "uploaded",
            "text": "",
            "file": {"name": "letter.pdf", "size": len(PDF), "sha256": file.sha256},
            "signed_name": "",
            "signed_position": "",
            "handled_by": "Cora Colleague",
        }
    ]


def test_what_a_sponsor_promises_comes_from_the_program(complete):
    found = selectors.commitments_of(complete.cohort)
    assert (found.length, found.promises, found.costs) == ("2 years", (), ())
    assert [(held.title, held.when, held.place) for held in found.sessions] == [
        ("Milestone qtp-1", "July 11, 2024 to July 12, 2024", "Alexandria, VA")
    ]
    assert Sponsor.objects.filter(team=complete.application.enrollment.team).count() == 1


# --- What is kept ---------------------------------------------------------------------------------------------------------


def test_a_forgotten_sponsor_is_not_named_on_the_letter_either(asked, complete):
    services.save_draft(asked, "A draft", base_version=0)
    services.give_signed(asked, name="Sam Sponsor", position="CMO")
    services.submit(complete.application, by=complete.leader, arrived_at=APRIL)
    Sponsor.objects.update(until_on=APRIL.date())
    with clock.at(APRIL + 4 * 365 * DAY):
        assert apply_rule(rule_of("former-sponsors"), by=None) == 1 + Sponsor.objects.filter(team=complete.team).count()
    letter = fresh(asked)
    assert (letter.signed_name, letter.signed_position, letter.draft) == ("", "", "")
    assert letter.text and letter.sponsor.name == "Removed person"


def test_a_removed_person_is_taken_out_of_the_letter_and_its_sealed_copy(asked, complete):
    person = make_user("Samuel Sponsor", email="sam@test.example")
    services.copy_link(asked, by=complete.colleague)
    services.give_signed(asked, name="Samuel Sponsor", position="CMO")
    services.submit(complete.application, by=complete.leader, arrived_at=APRIL)
    anonymise(person, by=complete.staff, reason="Asked for it.")
    complete.application.refresh_from_db()
    (sealed,) = Submission.objects.get(application=complete.application).sealed["letters"]
    assert (sealed["name"], sealed["position"], sealed["signed_name"]) == ("Removed person", "", "")
    assert "sam@test.example" not in str(sealed) and sealed["handled_by"] == "Cora Colleague"
    assert fresh(asked).signed_name == ""


def test_an_applicants_export_holds_nothing_of_the_sponsor(asked, complete):
    services.save_draft(asked, "Words of the draft", base_version=0)
    services.copy_link(asked, by=complete.colleague)
    told = json.dumps(export_person(complete.colleague))
    assert "applications.Letter" in told
    services.give_signed(asked, name="Sam S. Sponsor", position="Chair of medicine")
    told += json.dumps(export_person(complete.colleague))
    for words in ("Words of the draft", "Sam S. Sponsor", "Chair of medicine", selectors.STATEMENT, "sam@test.example"):
        assert words not in told


def test_emptied_with_its_application(asked, complete):
    remove_content([complete.application.pk], by=None)
    assert not Letter.objects.exists()
