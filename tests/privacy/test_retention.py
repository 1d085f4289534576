"""Each rule takes what is over its time, leaves what is not, and finds nothing the second time."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.models import AccessLink, BrowserSession, User
from accounts.services import issue_access_link
from applications import selectors as applications
from applications.exports import make_waiting
from applications.models import Application, Call, Format, Part
from applications.services import ask_for_export, decline, open_call, submit
from applications.services import withdraw as withdraw_application
from collaborative.tasks import run_sweep
from core import clock
from core.models import AuditEntry, Heartbeat
from core.services import beat_once
from documents.models import StoredFile
from documents.services import store
from notifications.models import Item, Kind, Message, State
from notifications.services import Draft, enqueue
from practices.models import Invitation, MemberRole, Sponsor
from practices.services import invite
from privacy import services
from privacy.models import RetentionRun
from privacy.selectors import RULES, due, rule_of
from programs.models import Enrollment
from questionnaires.models import Answer, AnswerRevision, FormVersion
from questionnaires.services import load_form
from sessions_app.models import Attendance, SessionDay
from sessions_app.services import schedule_session
from tests.applications.conftest import SECTIONS
from tests.conftest import NOW, make_team, make_user

ENDED = [rule for rule in RULES if rule.find]


def mail(key: str, state: str, at) -> Message:
    enqueue(Draft(kind=Kind.NEWS, key=key, subject="News", address="a@test.example", text="Hello"))
    ends = {"sent_at": at} if state == State.SENT else {"reason": "The relay said no."}
    Message.objects.filter(dedupe_key=key).update(state=state, created_at=at, **ends)
    return Message.objects.get(dedupe_key=key)


def a_session(cast, at):
    return BrowserSession.objects.create(session_key=f"key{at:%s}", session_data="x", expire_date=at)


def a_loose_file(cast, at):
    return store(SimpleUploadedFile("a.txt", b"words"), by=cast.leader, quota_key="test")


def an_unverified_account(cast, at):
    return User.objects.create(name="Nobody", email=f"n{at:%s}@test.example", joined_at=at)


def an_access_link(cast, at):
    link = issue_access_link(cast.leader)
    AccessLink.objects.filter(pk=link.pk).update(expires_at=at)
    return link


def an_invitation(cast, at):
    invitation = invite(cast.team, email=f"i{at:%s}@test.example", role=MemberRole.CORE, by=cast.leader)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=at)
    return invitation


def an_unsent_mail(cast, at):
    return mail(f"unsent-{at:%s}", State.FAILED, at)


def a_log_entry(cast, at):
    entry = LogEntry.objects.create(user=cast.staff, object_repr="Lena", action_flag=1)
    LogEntry.objects.filter(pk=entry.pk).update(action_time=at)
    return entry


def a_sent_mail(cast, at):
    message = mail(f"sent-{at:%s}", State.SENT, at)
    Item.objects.create(message=message, key=f"i{at:%s}", topic="t", subject="s", template="t", due_at=at)
    return message


def a_former_sponsor(cast, at):
    team = make_team(cast.practice, make_user(f"Boss {at:%s}"))
    return Sponsor.objects.create(
        team=team, name="Sue", email="sue@test.example", position="CEO", since_on=date(2020, 1, 1), until_on=at.date()
    )


def a_quiet_person(cast, at):
    return make_user(f"Quiet {at:%s}", last_login=at)


def a_table(cast, at):
    form = FormVersion.objects.filter(code="tables").first() or load_form("tables", "Form", SECTIONS)
    call = Call.objects.first() or open_call(cast.cohort, form=form)
    with clock.at(at):
        export = ask_for_export(call, part=Part.ALL, form=Format.CSV, by=cast.staff)
        assert make_waiting() == 1
    return export


MAKERS = {
    "expired-sessions": a_session,
    "loose-files": a_loose_file,
    "unverified-accounts": an_unverified_account,
    "access-links": an_access_link,
    "invitations": an_invitation,
    "mail-not-sent": an_unsent_mail,
    "admin-log": a_log_entry,
    "sent-mail": a_sent_mail,
    "former-sponsors": a_former_sponsor,
    "quiet-people": a_quiet_person,
    "tables": a_table,
}
# Those about applications and answers have tests of their own below.
OWN_TESTS = {"abandoned-applications", "declined-applications", "earlier-answers"}


def found(code: str) -> list[object]:
    return list(due(rule_of(code), clock.now()))


def test_every_rule_has_a_test():
    assert set(MAKERS) | OWN_TESTS == {rule.code for rule in ENDED}


@pytest.mark.parametrize("code", sorted(MAKERS))
def test_a_rule_takes_what_is_over_its_time_and_nothing_else(cast, code):
    rule, a_week = rule_of(code), timedelta(days=7)
    with clock.at(NOW - timedelta(days=rule.days + 7)):
        old = MAKERS[code](cast, NOW - timedelta(days=rule.days) - a_week)
    with clock.at(NOW + timedelta(hours=1)):
        young = MAKERS[code](cast, NOW - timedelta(days=rule.days) + a_week)
    assert found(code) == [old]
    assert services.dry_run((rule,))[0].count == 1
    assert type(old)._base_manager.filter(pk=old.pk).exists()
    before = AuditEntry.objects.count()
    assert services.apply_rule(rule, by=None) == 1
    assert found(code) == []
    assert services.apply_rule(rule, by=None) == 0
    assert [(run.rule, run.days, run.found) for run in RetentionRun.objects.order_by("pk")] == [
        (code, rule.days, 1),
        (code, rule.days, 0),
    ]
    assert AuditEntry.objects.filter(verb="retentionrun.applied", id__gt=0).count() == 2
    assert AuditEntry.objects.count() >= before + 2
    stored = type(young)._base_manager.get(pk=young.pk)
    if rule.act.name == "DELETE":
        assert not type(old)._base_manager.filter(pk=old.pk).exists()
    else:
        old.refresh_from_db()
        assert (old.name, stored.name) == ("Removed person", young.name)


def test_mail_goes_with_its_lines(cast):
    a_sent_mail(cast, NOW - timedelta(days=800))
    kept = a_sent_mail(cast, NOW)
    services.apply_rule(rule_of("sent-mail"), by=None)
    assert [item.message for item in Item.objects.all()] == [kept]


def test_a_file_goes_with_its_content(cast, tmp_path):
    with clock.at(NOW - timedelta(days=3)):
        a_loose_file(cast, NOW)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] != []
    services.apply_rule(rule_of("loose-files"), by=None)
    assert not StoredFile.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_more_than_a_chunk(cast, monkeypatch):
    monkeypatch.setattr("privacy.services.retention.CHUNK", 2)
    for hours in range(5):
        a_session(cast, NOW - timedelta(hours=hours + 1))
    assert services.apply_rule(rule_of("expired-sessions"), by=None) == 5
    assert RetentionRun.objects.get().found == 5


def test_an_account_to_which_something_refers_stays(cast):
    old = an_unverified_account(cast, NOW - timedelta(days=90))
    Enrollment.objects.filter(pk=cast.enrollment.pk).update(started_by=old)
    assert found("unverified-accounts") == []


@pytest.mark.parametrize("who", ["leader", "coach", "staff"])
def test_whoever_is_needed_is_not_gone_quiet(cast, who):
    person = getattr(cast, who)
    User.objects.filter(pk=person.pk).update(joined_at=NOW - timedelta(days=4000))
    assert person not in found("quiet-people")


def test_attendance_keeps_its_name_for_six_years(cast):
    person = cast.former
    User.objects.filter(pk=person.pk).update(joined_at=NOW - timedelta(days=4000))
    assert found("quiet-people") == [person]
    day = SessionDay.objects.filter(session=schedule_session(cast.session, mode="in_person")).first()
    member = person.memberships.get()
    row = Attendance.objects.create(
        day=day,
        enrollment=cast.enrollment,
        member=member,
        was_present=True,
        recorded_at=NOW - timedelta(days=5 * 365),
        recorded_by=cast.staff,
    )
    assert found("quiet-people") == []
    Attendance.objects.filter(pk=row.pk).update(recorded_at=NOW - timedelta(days=6 * 365 + 3))
    assert found("quiet-people") == [person]


def later(years: float):
    return clock.at(NOW + timedelta(days=365 * years))


def test_an_application_never_submitted_loses_its_answers(complete):
    application = complete.application
    with later(0.7):
        assert found("abandoned-applications") == []
    with later(1.1):
        assert found("abandoned-applications") == [application]
        assert services.apply_rule(rule_of("abandoned-applications"), by=None) == 1
        assert found("abandoned-applications") == []
    application.refresh_from_db()
    assert application.state == "draft"
    assert not Answer.objects.filter(response=application.response).exists()
    assert not AnswerRevision.objects.exists()
    assert AuditEntry.objects.filter(verb="application.emptied", object_id=application.pk).count() == 1


def test_a_declined_application_keeps_its_decision_and_the_practice(complete, client):
    application, staff = complete.application, complete.staff
    submit(application, by=complete.leader, arrived_at=clock.now())
    decline(Application.objects.get(pk=application.pk), by=staff, note="Too few people.")
    before = Application.objects.get(pk=application.pk)
    with later(2.5):
        assert found("declined-applications") == []
    with later(3):
        assert services.apply_rule(rule_of("declined-applications"), by=staff) == 1
        assert found("declined-applications") == []
    after = Application.objects.get(pk=application.pk)
    assert (after.state, after.decided_at, after.submission.sealed_sha256) == (
        before.state,
        before.decided_at,
        before.submission.sealed_sha256,
    )
    assert after.submission.sealed["practice"] == before.submission.sealed["practice"]
    assert after.decision_note == ""
    told = json.dumps(after.submission.sealed)
    assert all(word not in told for word in ("Lena Leader", "@test.example", "Delays", "000001"))
    assert "removed on" in applications.removal_words(after)
    assert RetentionRun.objects.get().person == staff
    client.force_login(complete.leader)
    page = client.get(f"/applications/{after.public_id}/receipt/")
    assert page.status_code == 200
    assert "the content was removed on" in page.content.decode()
    assert after.submission.sealed_sha256 in page.content.decode()


def test_a_withdrawn_application_loses_its_sealed_copy_too(complete):
    submit(complete.application, by=complete.leader, arrived_at=clock.now())
    withdraw_application(Application.objects.get(pk=complete.application.pk), by=complete.leader)
    with later(1.1):
        services.apply_rule(rule_of("abandoned-applications"), by=None)
        assert found("abandoned-applications") == []
    assert Application.objects.get().submission.sealed["sections"] == []


def test_the_present_version_of_an_answer_is_never_an_earlier_one(complete):
    answer = Answer.objects.get(response=complete.application.response, question=complete.question("problem"))
    Answer.objects.filter(pk=answer.pk).update(version=2)
    AnswerRevision.objects.create(
        answer=answer, version=2, value="Later", saved_at=answer.saved_at, saved_by=answer.saved_by
    )
    with later(2.5):
        assert found("earlier-answers") == []
    with later(3):
        assert services.apply_rule(rule_of("earlier-answers"), by=None) == 1
    assert list(answer.revisions.values_list("version", flat=True)) == [2]


def test_the_sponsor_of_a_team_that_came_to_nothing(cast):
    sponsor = Sponsor.objects.get(team=cast.team)
    with later(9):
        assert found("former-sponsors") == []
    Enrollment.objects.filter(pk=cast.enrollment.pk).update(state="finished", left_on=date(2026, 6, 1))
    with later(4):
        assert found("former-sponsors") == []
    with later(5):
        assert found("former-sponsors") == [sponsor]


def run(*words: str) -> str:
    out = StringIO()
    call_command("retention", *words, stdout=out)
    return out.getvalue()


def test_the_command_looks_first(cast):
    a_sent_mail(cast, NOW - timedelta(days=800))
    said = run()
    assert "sent-mail: 1 to be deleted" in said
    assert "audit: kept" in said
    assert "Nothing was changed" in said
    assert Message.objects.count() == 1
    assert not RetentionRun.objects.exists()
    told = {row["rule"]: row["rows"] for row in json.loads(run("--json"))}
    assert told == {rule.code: (None if not rule.find else int(rule.code == "sent-mail")) for rule in RULES}
    assert "sent-mail: 1 deleted" in run("--apply", "--rule", "sent-mail")
    assert Message.objects.count() == 0
    assert RetentionRun.objects.count() == 1
    run("--apply")
    assert RetentionRun.objects.count() == 1 + len(ENDED)


@pytest.mark.parametrize("code", ["audit", "nothing"])
def test_the_command_refuses_what_it_cannot_act_on(cast, code):
    with pytest.raises(CommandError):
        run("--apply", "--rule", code)


# --- By itself, once a night --------------------------------------------------------------------------------------------

TEN = NOW.replace(hour=10)  # 7:00 UTC is past


@pytest.fixture
def over_time(cast):
    """Seven sent mails and one file whose time is over."""
    for days in range(7):
        a_sent_mail(cast, NOW - timedelta(days=800 + days))
    with clock.at(NOW - timedelta(days=3)):
        a_loose_file(cast, NOW)
    return cast


def sweep(at) -> int:
    """How many mails are left after a sweep."""
    with clock.at(at):
        run_sweep()
    return Message.objects.filter(sent_at__lt=NOW - timedelta(days=730)).count()


def test_off_until_somebody_has_looked(over_time, settings):
    assert settings.RETENTION is False
    assert sweep(TEN) == 7
    assert not RetentionRun.objects.exists()
    assert not Heartbeat.objects.filter(name="retention").exists()


def test_on_the_sweep_removes_what_is_due(over_time, settings):
    settings.RETENTION = True
    assert sweep(TEN) == 0
    assert dict(RetentionRun.objects.values_list("rule", "found")) == {"loose-files": 1, "sent-mail": 7}
    assert not StoredFile.objects.exists()


def test_once_a_day(over_time, settings, monkeypatch):
    settings.RETENTION = True
    monkeypatch.setattr("privacy.services.retention.MOST_A_DAY", 3)
    night = TEN.replace(hour=7)
    assert sweep(night) == 4
    assert sweep(night + timedelta(minutes=1)) == 4
    assert sweep(night + timedelta(hours=23, minutes=59)) == 4
    assert sweep(night + timedelta(days=1)) == 1
    assert sweep(night + timedelta(days=5, hours=11)) == 0  # the machine was off for days, and at seven
    assert sweep(night + timedelta(days=6)) == 0
    assert list(RetentionRun.objects.filter(rule="sent-mail").order_by("pk").values_list("found", flat=True)) == [
        3,
        3,
        1,
    ]


def test_of_two_sweeps_at_once_one_does_it(over_time, settings):
    settings.RETENTION = True
    with clock.at(TEN):
        assert beat_once("retention", since=TEN.replace(hour=7))
        assert services.retain_daily() == []
    assert sweep(TEN + timedelta(days=1)) == 0


def test_chunks_of_a_day_end_where_the_day_does(over_time, settings, monkeypatch):
    settings.RETENTION = True
    monkeypatch.setattr("privacy.services.retention.CHUNK", 2)
    monkeypatch.setattr("privacy.services.retention.MOST_A_DAY", 5)
    assert sweep(TEN) == 2


def test_status_shows_what_is_due(over_time, client, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client.force_login(over_time.staff)
    page = client.get("/status").text.partition("What is kept no longer")[2].partition("Failed and parked")[0]
    assert "Nothing is removed by itself." in page
    assert '<th scope="row">Mail that this site sent, with its text.</th><td class="num">7</td><td>deleted</td>' in page
    assert page.count('<th scope="row">') == 2
    settings.RETENTION = True
    sweep(TEN)
    page = client.get("/status").text
    assert "What is due is removed by itself once a night." in page
    assert "Nothing is due today." in page
    assert "Retention: removes what is kept no longer" in page
