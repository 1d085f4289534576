"""What happened to an object, in words on its own page: who reads what, and no verb without words."""

import ast
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from accounts.services import people
from accounts.services.forgetting import forget
from core import clock
from core.models import ActorKind, AuditEntry
from core.services import record, record_read
from dashboards.selectors.history import MOST, acts_on
from dashboards.selectors.verbs import ENDINGS, WORDS, words_for
from improvement import services as improvement
from practices import services as practices
from practices.models import MemberRole
from programs import services as programs
from tests.architecture.rules import product
from tests.conftest import NOW, make_user

# Where the verb is put together from parts: what may come out.
PUT_TOGETHER = {
    ("core/transitions.py", "f'{model._meta.model_name}.{to}'"): "states",
    ("core/services.py", "f'{obj._meta.model_name}.exported'"): {"application.exported"},
    ("programs/services/previews.py", "f'{about._meta.model_name}.test_mail_sent'"): {"milestone.test_mail_sent"},
    ("programs/services/plans.py", "f'milestone.{act}'"): {
        "milestone.reminder_added",
        "milestone.reminder_changed",
        "milestone.reminder_removed",
    },
    ("notifications/services/verdicts.py", "f'message.{state}'"): {
        "message.pending",
        "message.sent",
        "message.cancelled",
    },
    ("notifications/services/verdicts.py", "f'message.{State.PENDING}'"): {"message.pending"},
    ("improvement/services/projects.py", "verb"): {"datapoint.recorded", "datapoint.corrected"},
    ("privacy/services/downloads.py", "VERB"): {"user.exported"},
}
NOT_BY_MOVE = {"message", "item"}  # the outbox keeps its states itself


def verbs():
    """(verb, where) of every call of record, record_all and record_read in the product."""
    for source in product():
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if getattr(node.func, "id", "") not in {"record", "record_all"}:
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield first.value, source.path
            else:
                made = PUT_TOGETHER[source.path, ast.unparse(first)]
                yield from ((verb, source.path) for verb in (states() if made == "states" else made))


def states():
    for model in apps.get_models():
        if hasattr(model, "TRANSITIONS") and model._meta.model_name not in NOT_BY_MOVE:
            yield from {f"{model._meta.model_name}.{to}" for targets in model.TRANSITIONS.values() for to in targets}


def test_every_verb_has_words():
    found = set(verbs())
    assert len(found) > 70
    missing = sorted(
        f"{verb} ({path})" for verb, path in found if verb not in WORDS and not verb.endswith(tuple(ENDINGS))
    )
    assert missing == [], "give these words in dashboards/selectors/verbs.py"


def test_words_of_a_verb_that_nobody_knows():
    assert words_for("letter.asked_again") == "letter: asked again"
    assert words_for("cohort.exported") == "took a copy out"


def said(obj, reader):
    return [f"{act.words}: {act.about}" if act.about else act.words for act in acts_on(obj, reader)]


def test_a_team_reads_of_its_members_its_practice_and_its_name(cast):
    practices.rename_team(cast.team, name="The Others", by=cast.leader)
    member = practices.add_member(cast.team, make_user("Nora New"), MemberRole.CORE, by=cast.leader)
    practices.end_membership(member, reason="Moved", by=member.user)
    practices.update_practice(cast.practice, city="Elsewhere", by=cast.staff)
    practices.rename_team(cast.other_team, name="Not theirs", by=cast.stranger)
    assert said(cast.team, cast.colleague) == [
        "ASCO staff changed facts of the practice",
        "Nora New left the team",
        "Lena Leader added a member to the team: Nora New",
        "Lena Leader renamed the team",
    ]
    assert said(cast.team, cast.leader)[-1] == "You renamed the team"
    assert said(cast.team, cast.staff)[0] == "You changed facts of the practice"
    assert acts_on(cast.team, cast.leader)[0].fields == "city"


def test_an_enrollment_reads_of_what_was_done_for_it(cast):
    programs.complete(cast.enrollment, cast.baseline, by=cast.leader, arrived_at=NOW)
    assert said(cast.enrollment, cast.coach) == [f"Lena Leader recorded as done: {cast.baseline.title}"]
    assert said(cast.other_enrollment, cast.staff) == []


def test_staff_are_named_to_staff_alone_and_so_is_who_was_staff_then(cast):
    other = make_user("Otto Office", Role.STAFF)
    record("team.renamed", cast.team, by=other)
    assert said(cast.team, cast.staff) == ["Otto Office renamed the team"]
    assert said(cast.team, cast.leader) == ["ASCO staff renamed the team"]
    people.change_role(other, Role.PARTICIPANT, by=cast.staff)
    assert said(cast.team, cast.leader) == ["ASCO staff renamed the team"]


def test_reviewers_stay_unnamed(cast):
    record("team.renamed", cast.team, by=cast.reviewer)
    assert said(cast.team, cast.leader) == ["A reviewer renamed the team"]
    assert said(cast.team, cast.staff) == ["Rita Reviewer renamed the team"]


def test_the_software_a_link_and_somebody_gone(cast):
    record("team.renamed", cast.team, by=None)
    record("team.renamed", cast.team, by=cast.practice, by_link=True)
    fields = {"at": NOW, "verb": "team.renamed", "object_type": "practices.team", "object_id": cast.team.pk}
    AuditEntry.objects.create(actor_kind=ActorKind.USER, actor_id=10**9, **fields)
    leaving = make_user("Xaver Gone")
    record("team.renamed", cast.team, by=leaving)
    forget(leaving, by=cast.staff)
    assert said(cast.team, cast.leader) == [
        "Somebody who has been removed renamed the team",
        "Somebody who has been removed renamed the team",
        "Somebody with a link renamed the team",
        "The software renamed the team",
    ]


def test_copies_that_staff_took_are_told_to_staff_alone(cast):
    record_read(cast.team, by=cast.staff, fields=["csv"])
    record("team.test_mail_sent", cast.team, by=cast.staff)
    assert said(cast.team, cast.staff) == ["You sent a test mail", "You took a copy out"]
    assert said(cast.team, cast.leader) == []


def test_fields_that_no_longer_exist_are_told_as_they_were_written(cast):
    record("project.changed", cast.team, by=cast.leader, fields=["old_name"])
    record("project.changed", cast.team, by=cast.leader, fields={"not": "a list"})
    assert [act.fields for act in acts_on(cast.team, cast.leader)] == ["not", "old name"]


def test_a_long_history_costs_as_much_as_a_short_one_and_is_cut(cast):
    def ask():
        with CaptureQueriesContext(connection) as queries:
            found = acts_on(cast.team, cast.leader)
        return len(found), len(queries)

    record("team.renamed", cast.team, by=cast.leader)
    assert ask() == (1, 7)
    for number in range(MOST):
        member = practices.add_member(cast.team, make_user(f"P {number}"), MemberRole.LARGER, by=cast.colleague)
        record("member.left", member, by=cast.staff)
    assert ask() == (MOST, 7)


# --- On the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pages(cast):
    """Address -> the object whose history stands on it, with one act of its own."""
    project = improvement.start_project(
        cast.enrollment, title="Shorter waits", problem="Long waits", aim="", by=cast.leader
    )
    improvement.add_measure(project, title="Waits", by=cast.leader, **MEASURE)
    update = improvement.start_update(cast.enrollment, cast.first_update, by=cast.leader)
    record("team.renamed", cast.team, by=cast.staff)
    record("enrollment.active", cast.enrollment, by=cast.staff)
    return {
        reverse("practices:team", args=[cast.team.public_id]): "ASCO staff renamed the team",
        reverse("programs:enrollment", args=[cast.enrollment.public_id]): "ASCO staff started the team in the program",
        reverse("improvement:project", args=[project.public_id]): "Lena Leader started the project",
        reverse("improvement:update", args=[update.public_id]): "Lena Leader started the update",
    }


MEASURE = {"kind": "process", "numerator": "long waits", "denominator": "all waits", "direction": "down"}


def test_each_page_tells_its_history(client, cast, pages):
    client.force_login(cast.colleague)
    for address, words in pages.items():
        text = client.get(address).content.decode()
        assert (address, "What happened here" in text, words in text) == (address, True, True)
        assert "Stella Staff" not in text


def test_moments_are_in_the_readers_zone(client, cast):
    User.objects.filter(pk=cast.colleague.pk).update(time_zone="America/Los_Angeles")
    with clock.at(NOW - timedelta(days=3)):
        record("team.renamed", cast.team, by=cast.leader)
    client.force_login(User.objects.get(pk=cast.colleague.pk))
    assert (
        "June 28, 2024, 8:00 AM" in client.get(reverse("practices:team", args=[cast.team.public_id])).content.decode()
    )


def test_the_admin_s_history_button_shows_the_trail(client, cast, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    practices.rename_team(cast.team, name="<b>Bold</b>", by=cast.leader)
    client.force_login(cast.staff)
    address = reverse("admin:practices_team_history", args=[cast.team.pk])
    assert (
        f'href="{address}"' in client.get(reverse("admin:practices_team_change", args=[cast.team.pk])).content.decode()
    )
    text = client.get(address).content.decode()
    assert "Lena Leader renamed the team" in text
    assert "<b>Bold</b>" not in text
    empty = client.get(reverse("admin:practices_team_history", args=[cast.other_team.pk])).content.decode()
    assert "Nothing is recorded of this object." in empty
