"""Removing a person: nothing tells who it was, and no figure changes."""

import json
from dataclasses import asdict
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db.models import Count

from accounts.models import AccessLink, User
from accounts.services import PersonRefused, activate, issue_access_link
from applications import selectors as applications
from applications.models import Application, Submission
from assessments.models import AgreedAnswer
from core import clock
from core.models import AuditEntry
from dashboards.selectors import cohorts
from dashboards.selectors.board import board
from notifications.models import Item, ItemState, Kind, Message, Refusal, State
from notifications.services import Draft, enqueue, refusals, send_due
from notifications.services.digests import Line, enqueue_lines
from notifications.services.forgetting import BeingSent
from practices.models import Invitation, Member, MemberRole, Sponsor, Team
from practices.services import invite
from privacy import selectors, services
from privacy.models import Removal
from programs.models import CalendarFeed, Completion, Enrollment, Supporter
from programs.services import start_feed
from sessions_app.models import Attendance

WHY = "Asked for it."


def removed(person: User, by: User) -> User:
    services.anonymise(person, by=by, reason=WHY)
    return User.objects.get(pk=person.pk)


def line(person: User, key: str) -> Line:
    return Line(
        key=key, to=person, topic="t", subject=f"{person.name} owes", template="due", context={"name": person.name},
        due_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def known(full):
    """The colleague, of whom something is everywhere."""
    person, staff = full.colleague, full.staff
    Authenticator.objects.create(user=person, type="totp", data={})
    issue_access_link(person)
    start_feed(person)
    refusals.refuse(person, "news")
    enqueue(Draft(kind=Kind.RECEIPT, key="sent", subject="Dear Cora Colleague", to=person, text="Cora Colleague"))
    send_due()
    enqueue(Draft(kind=Kind.RECEIPT, key="waits", subject="Dear Cora Colleague", to=person, html="Cora Colleague"))
    enqueue(
        Draft(
            kind=Kind.SIGN_IN, key="code", subject="Code", address=person.email.upper(), text="1", erase_when_sent=True
        )
    )
    enqueue_lines([line(person, "line")])
    invite(full.other_team, email=person.email, role=MemberRole.CORE, by=full.stranger)
    Sponsor.objects.filter(team=full.other_team).delete()
    Sponsor.objects.create(
        team=full.other_team, name=person.name, email=person.email, position="Chief", since_on=full.cohort.starts_on
    )
    LogEntry.objects.create(user=staff, object_repr="Cora Colleague", action_flag=2)
    User.objects.filter(pk=person.pk).update(asco_member_number="777777", mail_failed_at=clock.now())
    person.refresh_from_db()
    return full


def figures(cast) -> dict[str, object]:
    """What the boards, the scores and the statistics are made of."""
    shown = board(cast.cohort, now=clock.now())
    return {
        "figures": str(cohorts.cohort_figures(now=clock.now())),
        "counts": str(cohorts.cohort_counts()),
        "teams": len(shown.teams),
        "late": len(cohorts.late_now(now=clock.now())),
        "professions": list(User.objects.order_by("profession").values("profession").annotate(n=Count("pk"))),
        "scores": list(AgreedAnswer.objects.order_by("pk").values_list("kind", "level__position")),
        "attendance": list(Attendance.objects.order_by("pk").values_list("member", "was_present")),
        "completions": list(Completion.objects.order_by("pk").values_list("milestone", "enrollment", "standing")),
        "applications": list(Application.objects.order_by("pk").values_list("state")),
        "submissions": list(Submission.objects.order_by("pk").values_list("standing", "sealed_sha256")),
        "mail": list(Message.objects.exclude(state=State.CANCELLED).order_by("pk").values_list("kind", "sent_at")),
    }


def everything() -> str:
    """Every column of every table, as one text."""
    rows = []
    for model in apps.get_models():
        rows += [str(row) for row in model._base_manager.values_list()]
    return "\n".join(rows)


def test_nothing_tells_who_it_was_and_no_figure_changes(known):
    person = known.colleague
    waiting = Message.objects.filter(recipient=person, state=State.PENDING)
    assert waiting.count() == 3  # a receipt, the reminder, and the invitation of the other team
    expected = asdict(selectors.footprint(person))
    assert (expected["waiting_mail"], expected["invitations"], expected["sponsorships"]) == (4, 1, 1)
    cancelled = set(waiting.values_list("pk", flat=True)) | {Message.objects.get(dedupe_key="code").pk}
    before = figures(known)
    before["mail"] = list(
        Message.objects.exclude(state=State.CANCELLED)
        .exclude(pk__in=cancelled)
        .order_by("pk")
        .values_list("kind", "sent_at")
    )
    told = ("Cora Colleague", "cora.colleague@test.example", "777777")
    text = everything()
    assert all(word in text for word in told)
    after = removed(person, known.staff)
    assert figures(known) == before
    text = everything()
    mine = [
        word for word in ("Cora Colleague", "cora.colleague@test.example", "777777") if word.lower() in text.lower()
    ]
    assert mine == []
    assert after.name == "Removed person"
    assert after.email == f"removed-{person.public_id}@removed.invalid"
    assert (after.is_active, after.profession, after.mail_failed_at) == (False, "nurse", None)
    assert not after.has_usable_password()


def test_what_hangs_from_the_account_alone_is_gone(known):
    person = removed(known.colleague, known.staff)
    for model in (EmailAddress, Authenticator, AccessLink, CalendarFeed, Refusal):
        assert not model.objects.filter(user=person).exists(), model
    assert not LogEntry.objects.exists()
    assert not Member.objects.current().filter(user=person).exists()
    assert list(Message.objects.filter(recipient=person, text__gt="")) == []
    assert {item.state for item in Item.objects.filter(message__recipient=person)} == {ItemState.CANCELLED}
    assert Invitation.objects.get(team=known.other_team).email.endswith("@removed.invalid")
    removal = Removal.objects.get(user=person)
    assert (removal.reason, removal.person) == (WHY, known.staff)
    assert AuditEntry.objects.filter(verb="user.removed", object_id=person.pk, actor_id=known.staff.pk).count() == 1


def test_the_sealed_copy_loses_the_person_alone(known):
    sent = Application.objects.get(state="submitted")
    other = [row["name"] for row in sent.submission.sealed["team"]["members"] if row["name"] != "Cora Colleague"]
    removed(known.colleague, known.staff)
    after = Application.objects.get(pk=sent.pk)
    members = [row["name"] for row in after.submission.sealed["team"]["members"]]
    assert sorted(members) == sorted([*other, "Removed person"])
    assert after.submission.sealed["sections"] == sent.submission.sealed["sections"]
    assert after.submission.sealed_sha256 == sent.submission.sealed_sha256
    assert "a person was removed" in applications.removal_words(after)
    assert "Removed person" in {row["name"] for row in after.submission.sealed["attendance"]}


def test_an_older_name_in_a_sealed_copy_goes_too(known):
    User.objects.filter(pk=known.colleague.pk).update(name="Cora Newname")
    removed(known.colleague, known.staff)
    assert "Cora" not in json.dumps(Application.objects.get(state="submitted").submission.sealed)


def test_nobody_signs_in_any_more(known, client):
    browser = client
    browser.force_login(known.colleague)
    assert browser.get("/profile/").status_code == 200
    person = removed(known.colleague, known.staff)
    assert browser.get("/profile/").status_code == 302
    assert not browser.login(email="cora.colleague@test.example", password="cast-password")
    with pytest.raises(PersonRefused):
        activate(person, by=known.staff)


def test_who_supported_a_team_does_not_any_more(cast):
    removed(cast.coach, cast.staff)
    assert not Supporter.objects.filter(user=cast.coach, until_on=None).exists()


def test_the_team_page_says_removed_person(cast, client):
    removed(cast.colleague, cast.staff)
    removed(cast.former, cast.staff)
    client.force_login(cast.staff)
    page = client.get(f"/admin/practices/team/{cast.team.pk}/change/").content.decode()
    assert "Removed person" in page
    assert "Fred Former" not in page


def refusal_of(person, by, reason=WHY) -> str:
    before = everything()
    with pytest.raises(services.RemovalRefused) as refused:
        services.anonymise(person, by=by, reason=reason)
    assert everything() == before
    return str(refused.value)


def test_who_cannot_be_removed(cast):
    other = User.objects.create(name="Second", email="second@test.example", role="staff", joined_at=clock.now())
    assert "Another member of the staff" in refusal_of(cast.staff, cast.staff)
    assert "Change the role first" in refusal_of(other, cast.staff)
    assert "Hand the lead over first" in refusal_of(cast.leader, cast.staff)
    assert "Say why" in refusal_of(cast.colleague, cast.staff, reason=" ")
    removed(cast.colleague, cast.staff)
    assert "removed already" in refusal_of(cast.colleague, cast.staff)


@pytest.mark.parametrize("state", ["withdrawn", "finished", "declined"])
def test_the_leader_of_a_team_that_is_over_may_be_removed(cast, state):
    Enrollment.objects.filter(pk=cast.enrollment.pk).update(state=state)
    removed(cast.leader, cast.staff)
    assert not Member.objects.current().filter(user=cast.leader).exists()
    assert Team.objects.filter(pk=cast.team.pk).exists()


def test_a_mail_that_is_being_sent_is_waited_for(cast):
    enqueue(Draft(kind=Kind.RECEIPT, key="begun", subject="x", to=cast.colleague, text="x"))
    held = {"state": State.CLAIMED, "token": "0" * 32, "lease_until": clock.now()}
    Message.objects.filter(dedupe_key="begun").update(**held, smtp_started_at=clock.now())
    with pytest.raises(BeingSent):
        services.anonymise(cast.colleague, by=cast.staff, reason=WHY)
    assert User.objects.get(pk=cast.colleague.pk).name == "Cora Colleague"
    assert Member.objects.current().filter(user=cast.colleague).exists()
    Message.objects.filter(dedupe_key="begun").update(smtp_started_at=None)
    removed(cast.colleague, cast.staff)
    assert Message.objects.get(dedupe_key="begun").state == State.CANCELLED


def test_the_command_looks_first(cast):
    out = StringIO()
    call_command("anonymise", cast.colleague.email, "--reason", WHY, stdout=out)
    assert "memberships: 1" in out.getvalue()
    assert "Nothing was changed" in out.getvalue()
    assert not Removal.objects.exists()
    call_command("anonymise", cast.colleague.email, "--reason", WHY, "--yes", stdout=out)
    assert Removal.objects.get().person is None
    for address in (cast.leader.email, "nobody@test.example"):
        with pytest.raises(CommandError):
            call_command("anonymise", address, "--reason", WHY, "--yes")
