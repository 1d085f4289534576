"""A table that is too large to be made while one waits: asked for, made by whoever comes, taken by whoever asked, removed."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from applications import exports, services
from applications.exports import csv_of, making
from applications.models import Export, ExportState, Format, Part
from applications.services import exporting, start_application, submit
from applications.tasks import make_exports
from collaborative.tasks import run_sweep
from core import clock
from core.models import AuditEntry
from documents.models import StoredFile
from privacy.selectors import rule_of
from privacy.services import apply_rule
from tests.applications.conftest import APRIL
from tests.conftest import make_practice, make_user


@pytest.fixture
def staff(complete, settings, monkeypatch) -> Client:
    """Signed in, where a table of more than one application is made in the background."""
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    monkeypatch.setattr("applications.admin.tables.AT_ONCE", 1)
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    other = complete.stranger
    start_application(complete.call, practice=make_practice("Second"), team_name="Drafting", leader=other, by=other)
    client = Client()
    client.force_login(complete.staff)
    return client


def address(cast, page, *further) -> str:
    return reverse(f"admin:applications_call_{page}", args=[cast.call.pk, *further])


def ask(cast, part=Part.ALL, form=Format.CSV, by=None) -> Export:
    return services.ask_for_export(cast.call, part=part, form=form, by=by or cast.staff)


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def let_the_lease_run_out(export) -> None:
    ago = "now() - interval '1 second'" if connection.vendor == "postgresql" else "datetime('now', '-1 second')"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE applications_export SET lease_until = {ago} WHERE id = %s", [export.pk])


@pytest.mark.parametrize(("page", "form"), [("intake_csv", Format.CSV), ("intake_excel", Format.EXCEL)])
def test_from_asking_to_the_file(complete, staff, page, form):
    answered = staff.post(address(complete, page), {"part": "all"})
    export = Export.objects.get()
    waits = address(complete, "intake_table", export.pk)
    assert answered.url == waits
    assert (export.state, export.format, export.part, export.asked_by) == ("waiting", form, "all", complete.staff)
    page = staff.get(waits).content.decode()
    assert "The table is being made." in page
    assert 'data-waiting="yes"' in page
    assert staff.post(address(complete, "intake_table_file", export.pk)).url == waits
    make_exports()
    page = staff.get(waits).content.decode()
    assert "It has 2 applications." in page
    assert 'data-waiting="no"' in page
    assert f"{export}, " in staff.get(address(complete, "intake")).content.decode()
    taken = staff.post(address(complete, "intake_table_file", export.pk))
    assert taken["Content-Disposition"] == f'attachment; filename="applications-test-cohort-2024-04-10.{form}"'
    assert "no-store" in taken["Cache-Control"]
    found = content(taken)
    assert found == csv_of(complete.call) if form == Format.CSV else found.startswith(b"PK")
    told = AuditEntry.objects.filter(verb__in=["call.export_asked", "call.exported"]).order_by("pk")
    what = ["applications", "all", form]
    assert [(one.verb, one.fields, one.actor_id) for one in told] == [
        ("call.export_asked", what, complete.staff.pk),
        ("call.exported", what, complete.staff.pk),
    ]


def test_a_file_cannot_be_taken_by_a_get(complete, staff):
    export = ask(complete)
    exports.make_waiting()
    assert staff.get(address(complete, "intake_table_file", export.pk)).status_code == 405


def test_few_applications_come_at_once(complete, staff):
    answered = staff.post(address(complete, "intake_csv"), {"part": "drafts"})
    assert (answered.status_code, Export.objects.count()) == (200, 0)
    (row,) = csv.DictReader(io.StringIO(answered.content.decode("utf-8-sig")))
    assert (row["team"], row["state"]) == ("Drafting", "Draft")
    assert "no-store" in answered["Cache-Control"]


@pytest.mark.parametrize(("part", "teams"), [("all", 2), ("received", 1), ("drafts", 1)])
def test_which_applications(complete, staff, part, teams):
    export = ask(complete, Part(part))
    assert exports.make_waiting() == 1
    export.refresh_from_db()
    assert (export.state, export.rows) == (ExportState.DONE, teams)


def test_a_part_that_is_not_on_the_page_is_refused(complete, staff):
    page = staff.post(address(complete, "intake_csv"), {"part": "secret"}, follow=True)
    assert "Choose one of the tables that the page offers, and take it again." in page.text
    assert not Export.objects.exists()


def test_asking_twice_waits_once(complete, staff):
    assert ask(complete) == ask(complete)
    assert AuditEntry.objects.filter(verb="call.export_asked").count() == 1
    exports.make_waiting()
    assert ask(complete) != Export.objects.earliest("pk")


def test_the_sweep_makes_what_nobody_was_woken_for(complete, staff):
    export = ask(complete)
    run_sweep()
    run_sweep()
    export.refresh_from_db()
    assert (export.state, StoredFile.objects.filter(quota_key=f"export:{export.pk}").count()) == ("done", 1)


def test_what_a_dead_worker_held_is_made_after_its_lease(complete, staff):
    export = ask(complete)
    dead = services.claim_export()
    assert dead == export
    assert exports.make_waiting() == 0
    let_the_lease_run_out(export)
    assert exports.make_waiting() == 1
    assert not services.hold_on(dead)
    assert not services.finish_export(dead, None, rows=1)
    assert StoredFile.objects.filter(quota_key=f"export:{export.pk}").count() == 1


def test_whoever_lost_it_stops_in_the_middle(complete, staff, monkeypatch):
    monkeypatch.setattr(making, "AT_ONCE", 1)
    export = ask(complete)
    held = services.claim_export()
    Export.objects.filter(pk=export.pk).update(token=None)
    assert not making._make(held)
    export.refresh_from_db()
    assert (export.state, export.file) == ("waiting", None)


def test_after_three_deaths_it_is_given_up_and_says_so(complete, staff):
    export = ask(complete)
    for _ in range(exporting.MOST_TRIES):
        assert services.claim_export() == export
        let_the_lease_run_out(export)
    assert exports.make_waiting() == 0
    page = staff.get(address(complete, "intake_table", export.pk)).content.decode()
    assert "The table could not be made." in page
    assert "never came to an end" in page


def test_what_cannot_be_written_is_tried_again(complete, staff, monkeypatch):
    """Where there is no folder to write in, as where the disk is full."""
    export = ask(complete)
    for number in range(1, exporting.MOST_TRIES + 1):
        with monkeypatch.context() as patched:
            patched.setattr("django.conf.settings.FILE_UPLOAD_TEMP_DIR", "/nowhere/at/all")
            assert exports.make_waiting() == 0
        export.refresh_from_db()
        assert (export.tries, export.state) == (number, "waiting" if number < exporting.MOST_TRIES else "failed")
        if number < exporting.MOST_TRIES:
            assert exports.make_waiting() == 0  # not at once
            let_the_lease_run_out(export)
    assert "FileNotFoundError" in export.reason


def test_only_who_asked_takes_it(complete, staff):
    export = ask(complete)
    exports.make_waiting()
    colleague = make_user("Second Staff", role=Role.STAFF)
    for user, status in ((colleague, 403), (complete.leader, 302), (complete.coach, 302), (complete.leadership, 302)):
        client = Client()
        client.force_login(user)
        for page, method in (("intake_table", client.get), ("intake_table_file", client.post)):
            assert method(address(complete, page, export.pk)).status_code == status, (user, page)
    complete.staff.role = Role.PARTICIPANT
    complete.staff.save()
    assert staff.post(address(complete, "intake_table_file", export.pk)).status_code == 302
    assert not AuditEntry.objects.filter(verb="call.exported").exists()


def test_a_table_of_another_call_is_not_found(complete, staff, cast):
    export = ask(complete)
    url = reverse("admin:applications_call_intake_table", args=[complete.call.pk + 1, export.pk])
    assert staff.get(url).status_code == 404


def test_after_a_week_it_is_not_offered_and_is_removed_with_its_file(complete, staff):
    old = ask(complete)
    exports.make_waiting()
    old.refresh_from_db()
    path = Path(old.file.file.path)
    assert path.exists()
    week = timedelta(days=rule_of("tables").days)
    with clock.at(APRIL + week / 2):
        new = ask(complete, form=Format.EXCEL)
        exports.make_waiting()
    with clock.at(APRIL + week - timedelta(seconds=1)):
        assert apply_rule(rule_of("tables"), by=None) == 0
    with clock.at(APRIL + week + timedelta(seconds=1)):
        assert staff.post(address(complete, "intake_table_file", old.pk)).status_code == 404
        assert apply_rule(rule_of("tables"), by=None) == 1
        assert apply_rule(rule_of("tables"), by=None) == 0
    assert list(Export.objects.all()) == [new]
    assert not StoredFile.objects.filter(pk=old.file_id).exists()
    assert not path.exists()
    new.refresh_from_db()
    assert Path(new.file.file.path).exists()
