"""One person's data: all of it, whatever room it lies in, and nothing that is another's or a secret."""

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import AccessLink, User
from core import links
from core.models import AuditEntry
from notifications.models import Message
from practices.models import Member, Sponsor
from privacy import exports, services
from programs.models import CalendarFeed

# A table of each room, and a word that it holds of the leader.
ROOMS = {
    "account.EmailAddress": "lena.leader@test.example",
    "mfa.Authenticator": "totp",
    "accounts.User": "Lena Leader",
    "accounts.AccessLink": "you",
    "documents.StoredFile": "chart.txt",
    "questionnaires.Answer": "Which problem",
    "questionnaires.AnswerRevision": "you",
    "notifications.Message": "News",
    "practices.Member": "Team of Lena Leader",
    "practices.Affiliation": "somebody else",
    "practices.Invitation": "somebody else",
    "programs.Enrollment": "you",
    "programs.CalendarFeed": "you",
    "programs.Completion": "deadline",
    "applications.Application": "submitted",
    "applications.AttendanceCommitment": "you",
    "assessments.Assessment": "Small instrument",
    "assessments.AgreedAnswer": "level",
    "improvement.Project": "Screen",
    "improvement.DataPoint": "numerator",
    "improvement.QuarterlyUpdate": "A nurse asks at check-in.",
}


@pytest.fixture
def told(full) -> dict:
    Authenticator.objects.create(user=full.leader, type="totp", data={"secret": "TOTP-SECRET"})
    return exports.export_person(User.objects.get(pk=full.leader.pk))


def test_every_room_is_in_it(told):
    assert set(ROOMS) - set(told["tables"]) == set()
    missing = {
        label for label, word in ROOMS.items() if word not in json.dumps(told["tables"][label], ensure_ascii=False)
    }
    # Answers are told by their questions, which are in the file by name.
    assert missing <= {"questionnaires.Answer"}
    assert {act["by"] for act in told["acts"]} >= {"you"}
    assert "application.submitted" in {act["verb"] for act in told["acts"]}


def test_every_row_that_points_at_the_person_is_in_it(told, full):
    """Counted by the database, apart from what the file itself says it leaves out."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if f"{model._meta.label}.{field.name}" in exports.NOT_FOLLOWED or not field.is_relation:
                continue
            to = {User: {field.name: full.leader}, Member: {f"{field.name}__user": full.leader}}
            if field.related_model in to:
                count = model._base_manager.filter(**to[field.related_model]).count()
                assert len(told["tables"].get(model._meta.label, [])) >= count, f"{model._meta.label}.{field.name}"


def test_no_secret_and_nobody_else_is_in_it(told, full):
    text = json.dumps(told, ensure_ascii=False)
    link, feed = AccessLink.objects.get(user=full.leader), CalendarFeed.objects.get(user=full.leader)
    secrets = [
        User.objects.get(pk=full.leader.pk).password,
        "TOTP-SECRET",
        links.token(AccessLink.PURPOSE, link.pk, link.generation),
        links.token(CalendarFeed.PURPOSE, feed.pk, feed.generation),
        str(feed.public_id),
    ]
    others = User.objects.exclude(pk=full.leader.pk).values_list("name", "email")
    assert len(others) > 9
    named = [word for pair in others for word in pair] + ["sam@test.example", "new@test.example"]
    assert [word for word in secrets + named if word in text] == []


def test_other_peoples_answers_are_not_in_it(full):
    """The colleague answered the application's questions; the leader did not."""
    told = exports.export_person(full.colleague)
    assert "Delays" in json.dumps(told)
    assert "Delays" not in json.dumps(exports.export_person(full.stranger))
    assert not [
        row for row in exports.export_person(full.leader)["tables"]["questionnaires.Answer"] if row["value"] == "Delays"
    ]


def test_mail_and_sponsorships_by_address(cast):
    Message.objects.create(
        dedupe_key="a", message_id="a", address=cast.coach.email.upper(), subject="Code", text="123456",
        erase_when_sent=True, created_at=cast.cohort.created_at, not_before=cast.cohort.created_at,
    )  # fmt: skip
    Sponsor.objects.filter(team=cast.team).update(email=cast.coach.email)
    told = exports.export_person(cast.coach)
    assert [row["subject"] for row in told["tables"]["notifications.Message"]] == ["Code"]
    assert "123456" not in json.dumps(told)
    assert [row["name"] for row in told["tables"]["practices.Sponsor"]] == ["Sam Sponsor"]


def test_what_is_left_out_exists_and_has_a_reason():
    fields = {
        f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.concrete_fields
    }
    everywhere = {f"*.{name.rpartition('.')[2]}" for name in fields}
    assert set(exports.LEFT_OUT) - fields - everywhere == set()
    assert set(exports.NOT_FOLLOWED) - fields == set()
    assert all(exports.LEFT_OUT.values()) and all(exports.NOT_FOLLOWED.values())
    labels = {model._meta.label for model in apps.get_models()}
    assert exports.NAMED | set(exports.BY_ADDRESS) | set(exports.BY_LOOKUP) <= labels


def test_it_is_noted_and_limited(cast):
    for _ in range(services.MOST_AN_HOUR):
        services.note_export(cast.leader, by=cast.leader)
    with pytest.raises(services.TooManyDownloads):
        services.note_export(cast.leader, by=cast.leader)
    services.note_export(cast.stranger, by=cast.stranger)
    found = AuditEntry.objects.filter(verb="user.exported", object_id=cast.leader.pk, actor_id=cast.leader.pk)
    assert found.count() == services.MOST_AN_HOUR


def test_the_command(cast):
    out = StringIO()
    call_command("export_person", "LENA.leader@test.example", stdout=out)
    assert json.loads(out.getvalue())["person"]["name"] == "Lena Leader"
    assert AuditEntry.objects.filter(verb="user.exported", actor_id=None).count() == 1
    with pytest.raises(CommandError):
        call_command("export_person", "nobody@test.example")
