"""The audit trail in the admin: readable in words, found by person and object, and never written."""

from datetime import UTC, datetime

from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize

from core.admin import words_of
from core.models import AuditEntry, AuditSeal
from core.services import beat, record

LIST = "admin:core_auditentry_changelist"


def found(client, **query):
    return [entry.verb for entry in client.get(reverse(LIST), query).context["cl"].result_list]


def test_an_entry_reads_in_words_and_leads_to_actor_and_object(staff, cast):
    entry = record("enrollment.withdrawn", cast.enrollment, by=cast.staff, from_state="active", to_state="withdrawn")
    assert words_of(entry) == "Enrollment withdrawn"
    page = staff.get(reverse(LIST)).content.decode()
    assert f'<a href="/admin/accounts/user/{cast.staff.pk}/change/">Stella Staff</a>' in page
    assert f'<a href="/admin/programs/enrollment/{cast.enrollment.pk}/change/">' in page
    assert "active → withdrawn" in page


def test_the_software_a_link_and_somebody_gone_have_words_too(staff, cast):
    record("cohort.created", cast.cohort, by=None)
    record("team.created", cast.team, by=cast.team, by_link=True)
    AuditEntry.objects.create(
        at=cast.cohort.created_at,
        actor_kind="user",
        actor_id=10**9,
        verb="old.act",
        object_type="gone.thing",
        object_id=1,
    )
    page = staff.get(reverse(LIST)).content.decode()
    assert "The software itself" in page
    assert f"Somebody with a link (number {cast.team.pk})" in page
    assert "Person 1000000000" in page
    assert "gone.thing 1" in page


def test_entries_are_found_by_person_verb_number_and_object(staff, cast):
    record("team.created", cast.team, by=cast.leader)
    record("cohort.dates_moved", cast.cohort, by=cast.staff)
    assert found(staff, q="Lena") == ["team.created"]
    assert found(staff, q="dates moved") == ["cohort.dates_moved"]
    assert found(staff, object_type="practices.team", object_id=cast.team.pk) == ["team.created"]
    assert found(staff, q="9" * 40) == []
    assert found(staff, q="²") == []


def test_nothing_of_the_trail_can_be_written(staff, cast):
    entry = record("team.created", cast.team, by=cast.leader)
    beat("sweep")
    for model, pk in (("auditentry", entry.pk), ("heartbeat", "sweep")):
        assert staff.get(reverse(f"admin:core_{model}_add")).status_code == 403
        assert staff.post(reverse(f"admin:core_{model}_change", args=[pk]), {}).status_code == 403
        assert staff.post(reverse(f"admin:core_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    assert not admin.site.is_registered(AuditSeal)


def test_the_list_asks_as_often_for_three_as_for_one(staff, cast):
    def ask():
        with CaptureQueriesContext(connection) as queries:
            staff.get(reverse(LIST))
        return len(queries)

    record("team.created", cast.team, by=cast.leader)
    ask()  # the first request of a session writes when it began
    one = ask()
    record("cohort.created", cast.cohort, by=cast.staff)
    record("practice.created", cast.practice, by=cast.colleague)
    assert ask() == one


def test_the_admin_has_the_name_of_the_site_in_its_titles(staff):
    page = staff.get("/admin/").content.decode()
    assert "Quality Collaboratives</title>" in page and "Django" not in page.split("</title>")[0]


def test_the_admin_writes_a_moment_as_every_page_does():
    with timezone.override("America/New_York"):
        assert localize(timezone.localtime(datetime(2026, 11, 30, 12, 27, tzinfo=UTC))) == "November 30, 2026, 7:27 AM"


def test_an_object_s_page_leads_to_its_part_of_the_trail(staff, cast):
    page = staff.get(reverse("admin:practices_team_change", args=[cast.team.pk])).content.decode()
    assert f"{reverse(LIST)}?object_type=practices.team&amp;object_id={cast.team.pk}" in page


def test_what_was_done_to_an_account_is_found_by_its_person(staff, cast):
    record("user.sign_in_refused", cast.leader, by=None, fields=["password"])
    record("cohort.created", cast.cohort, by=None)
    assert found(staff, q=cast.leader.email) == ["user.sign_in_refused"]
