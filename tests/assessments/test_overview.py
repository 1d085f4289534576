"""Who is where in a round, item by item; and the tables that leave the house."""

import csv
import io
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from assessments import exports, selectors, services
from assessments.models import Assessment, ReportState
from assessments.selectors.overview import Step, completeness_of, standings
from core import clock
from core.models import AuditEntry
from practices.models import Member
from programs.models import Enrollment, EnrollmentState
from tests.assessments.conftest import SMALL, answer_all, item_of, level_of, parsed, small
from tests.conftest import NOW, make_enrollment, make_practice, make_team, make_user

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EVIL = '=HYPERLINK("https://evil.example")'


@pytest.fixture(autouse=True)
def _at():
    with clock.at(NOW):
        yield


@pytest.fixture
def overview(cast):
    return reverse("assessments:overview", args=[cast.cohort.code])


def standing(cast):
    return next(one for one in standings(cast.baseline, now=NOW) if one.enrollment == cast.enrollment)


def finish(assessment, user, **levels):
    services.begin_turn(assessment, by=user)
    for one in selectors.items_of(assessment.version):
        level = level_of(assessment.version, one.code, levels.get(one.code, "high"))
        services.answer_alone(assessment, [services.OwnAnswer(one, "level", level)], by=user)
    services.finish_turn(assessment, by=user)


def more_teams(cast, count: int) -> list:
    made = []
    for number in range(count):
        leader = make_user(f"Leader {number}")
        team = make_team(make_practice(f"Practice {number}"), leader)
        made.append(make_enrollment(cast.cohort, team, leader))
    return made


def submitted(cast, enrollment, **levels):
    leader = Member.objects.get(team=enrollment.team, role="leader").user
    round_ = services.start_assessment(enrollment, cast.baseline, by=leader)
    answer_all(round_, leader, **levels)
    services.submit(round_, by=leader, arrived_at=clock.now())
    return round_


# --- Who is where -----------------------------------------------------------------------------------------------------


def test_a_team_step_by_step(cast, instrument):
    assert standing(cast).step is Step.NOT_STARTED
    assessment = services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)
    assert (standing(cast).step, standing(cast).words) == (Step.ALONE, "0 of 2 members finished")
    finish(assessment, cast.leader)
    assert standing(cast).words == "1 of 2 members finished"
    finish(assessment, cast.colleague, a="low")
    assert (standing(cast).step, standing(cast).words) == (Step.AGREEING, "0 of 3 items agreed")
    answer_all(assessment, cast.leader)
    assert standing(cast).words == "3 of 3 items agreed"
    services.submit(assessment, by=cast.leader, arrived_at=clock.now())
    assert (standing(cast).step, standing(cast).words, standing(cast).report) == (Step.SUBMITTED, "", None)
    services.draft_report(Assessment.objects.get(pk=assessment.pk), by=cast.staff)
    assert standing(cast).report.state == ReportState.DRAFT


def test_the_third_party_and_lateness(cast):
    services.load_instrument(small(**{"domains:": "asks_reviewer: true\ndomains:"}))
    with clock.at(NOW + timedelta(days=400)):
        late = [one.is_late for one in standings(cast.baseline, now=clock.now())]
    assert late == [True, True]
    assessment = submitted(cast, cast.enrollment)
    assessment = Assessment.objects.get(pk=assessment.pk)
    services.ask_reviewer(assessment, cast.reviewer, by=cast.staff)
    for one in selectors.items_of(assessment.version):
        level = level_of(assessment.version, one.code, "low")
        services.review(assessment, [services.OwnAnswer(one, "level", level)], by=cast.reviewer)
    services.finish_review(assessment, by=cast.reviewer)
    assert standing(cast).step is Step.REVIEWED


def test_item_by_item_counts_only_what_was_agreed(cast, assessment):
    finish(assessment, cast.leader)
    services.agree(assessment, item_of(assessment.version, "a"), kind="no_data", by=cast.leader)
    services.agree(
        assessment,
        item_of(assessment.version, "c"),
        kind="level",
        level=level_of(assessment.version, "c", "low"),
        by=cast.leader,
    )
    submitted(cast, cast.other_enrollment)
    ((version, items),) = completeness_of(cast.baseline)
    assert (version, version.n) == (assessment.version, 2)
    found = [(one.item.code, one.levels, one.no_data, one.not_applicable, one.unanswered, one.n) for one in items]
    assert found == [("a", 1, 1, 0, 0, 2), ("b", 1, 0, 0, 1, 2), ("c", 2, 0, 0, 0, 2)]


def test_a_team_that_left_is_counted_nowhere(cast, assessment):
    answer_all(assessment, cast.leader)
    submitted(cast, cast.other_enrollment)
    Enrollment.objects.filter(pk=cast.other_enrollment.pk).update(state=EnrollmentState.WITHDRAWN)
    assert [one.enrollment for one in standings(cast.baseline, now=NOW)] == [cast.enrollment]
    ((version, items),) = completeness_of(cast.baseline)
    assert [(version.n, one.levels, one.n) for one in items] == [(1, 1, 1)] * 3


def test_scores_and_who_is_where_lead_to_each_other(staff, overview, cast, assessment):
    scores = reverse("assessments:cohort_scores", args=[cast.cohort.code])
    assert f'href="{scores}#round-{cast.baseline.code}"' in staff.get(overview).content.decode()
    page = staff.get(scores).content.decode()
    assert f'href="{overview}?round={cast.baseline.code}"' in page
    assert f'id="round-{cast.baseline.code}"' in page


def test_the_page_filters_sorts_and_never_shows_what_was_answered_alone(staff, overview, cast, assessment):
    services.begin_turn(assessment, by=cast.leader)
    level = level_of(assessment.version, "a", "low")
    own = services.OwnAnswer(item_of(assessment.version, "a"), "level", level, "Said alone in confidence")
    services.answer_alone(assessment, [own], by=cast.leader)
    page = staff.get(overview).content.decode()
    assert "0 of 2 members finished" in page
    assert "Said alone in confidence" not in page
    assert cast.leader.email not in page

    def teams(query: str) -> list:
        return [one.enrollment for one in staff.get(f"{overview}?{query}").context["teams"]]

    assert teams("step=alone") == [cast.enrollment]
    assert teams("step=not-started") == [cast.other_enrollment]
    assert teams("step=submitted") == []
    assert teams("sort=behind") == [cast.other_enrollment, cast.enrollment]
    assert teams("sort=ahead") == [cast.enrollment, cast.other_enrollment]
    assert len(teams("step=nonsense&sort=nonsense&round=nonsense")) in (0, 2)


def test_the_board_leads_there(staff, cast, overview):
    assert overview in staff.get(reverse("cohort_board", args=[cast.cohort.code])).content.decode()


def test_it_costs_the_same_whatever_the_number_of_teams(
    staff, overview, cast, instrument, django_assert_max_num_queries
):
    def queries() -> int:
        with django_assert_max_num_queries(60) as caught:
            assert staff.get(overview).status_code == 200
        return len(caught)

    submitted(cast, cast.enrollment)
    staff.get(overview)
    few = queries()
    for enrollment in more_teams(cast, 3):
        submitted(cast, enrollment, a="low")
    assert queries() == few


def test_a_cohort_without_rounds(staff, cast, overview):
    cast.baseline.delete()
    assert "No milestone of this cohort is an assessment" in staff.get(overview).content.decode()


# --- The tables -------------------------------------------------------------------------------------------------------


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_wide_has_the_figures_of_the_page_and_the_exact_fraction(staff, cast, assessment):
    answer_all(assessment, cast.leader, a="middle")
    services.agree(assessment, item_of(assessment.version, "b"), kind="no_data", by=cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=clock.now())
    (row,) = table(exports.wide_csv(exports.shape_of(cast.cohort, cast.baseline)))
    scores = selectors.scores(assessment)
    assert (row["overall"], row["overall.max"]) == (scores.shown, "100")
    assert (int(row["overall.numerator"]), int(row["overall.denominator"])) == scores.overall.as_integer_ratio()
    for one in scores.domains:
        key = f"domain.equity-illustrative.{one.domain.code}"
        assert row[key] == one.shown
        assert (int(row[f"{key}.numerator"]), int(row[f"{key}.denominator"])) == one.score.as_integer_ratio()
    page = staff.get(reverse("assessments:detail", args=[assessment.public_id])).content.decode()
    assert f">{row['overall']}<" in page or row["overall"] in page
    assert [row[f"item.equity-illustrative.{code}"] for code in "abc"] == ["middle", "no_data", "high"]
    assert (row["state"], row["items"], row["items_with_level"]) == ("Submitted", "3", "2")
    assert row["illustrative"] == "yes"


def test_no_score_is_an_empty_cell(cast, assessment):
    (row,) = table(exports.wide_csv(exports.shape_of(cast.cohort)))
    assert (row["overall"], row["overall.numerator"], row["overall.max"]) == ("", "", "100")


def test_long_has_a_row_an_answer_and_nothing_that_was_said_alone(cast, assessment):
    finish(assessment, cast.leader)
    services.agree(
        assessment,
        item_of(assessment.version, "a"),
        kind="level",
        level=level_of(assessment.version, "a", "middle"),
        evidence=EVIL,
        priority=3,
        by=cast.leader,
    )
    (row,) = table(exports.long_csv(exports.shape_of(cast.cohort)))
    expected = {"by": "team", "domain": "one", "item": "a", "answer": "middle", "position": "1", "highest": "2"}
    assert {name: row[name] for name in expected} == expected
    assert (row["evidence"], row["priority"]) == (f"'{EVIL}", "Now")


def test_two_versions_in_one_table_share_their_columns(cast, assessment, reassessment):
    answer_all(assessment, cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=clock.now())
    line = "      - {code: c, text: Item C., allows_no_data: false, levels: *three}\n"
    services.load_instrument(parsed(SMALL.replace(line, line + line.replace("code: c", "code: d"))))
    again = services.start_assessment(cast.enrollment, reassessment, by=cast.leader)
    answer_all(again, cast.leader, d="low")
    first, second = table(exports.wide_csv(exports.shape_of(cast.cohort)))
    assert [first["version"], second["version"]] == ["1", "2"]
    assert [first["item.equity-illustrative.d"], second["item.equity-illustrative.d"]] == ["", "low"]
    assert len(table(exports.wide_csv(exports.shape_of(cast.cohort, reassessment)))) == 1
    assert len(table(exports.long_csv(exports.shape_of(cast.cohort)))) == 7


def test_the_workbook_has_data_and_codebook(cast, assessment):
    answer_all(assessment, cast.leader)
    services.agree(
        assessment,
        item_of(assessment.version, "a"),
        kind="level",
        level=level_of(assessment.version, "a", "low"),
        evidence=EVIL,
        by=cast.leader,
    )
    book = zipfile.ZipFile(io.BytesIO(exports.excel(exports.shape_of(cast.cohort))))
    assert b'name="Assessments"' in book.read("xl/workbook.xml")
    parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}
    assert "<f>" not in "".join(parts.values())
    rows = [
        ["".join(cell.itertext()) for cell in row.iter(f"{SPACE}c")]
        for row in ElementTree.fromstring(parts["xl/worksheets/sheet3.xml"]).iter(f"{SPACE}row")
    ]
    known = {row[1]: row for row in rows}
    assert known["item.equity-illustrative.a"][2:5] == [
        "Item A.",
        "level",
        "0 low=Low | 1 middle=Middle | 2 high=High | not_applicable=Not applicable | no_data=No data",
    ]
    wide = [column.code for column in exports.shape_of(cast.cohort).wide]
    assert set(wide) <= set(known)


@pytest.mark.parametrize(("what", "ending"), [("wide", "csv"), ("long", "csv"), ("excel", "xlsx")])
@pytest.mark.parametrize("named", ["baseline", ""])
def test_a_table_is_taken_and_that_is_written_down(staff, cast, assessment, what, ending, named):
    code = cast.baseline.code if named else ""
    address = reverse("assessments:export", args=[cast.cohort.code])
    answer = staff.post(address, {"what": what, "round": code})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{ending}"')
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.object_id) == ("cohort.exported", cast.cohort.pk)
    assert entry.fields == ["assessments", what, code or "all"]
    assert staff.get(address).status_code == 405


@pytest.mark.parametrize("values", [{"what": "pdf"}, {"what": "wide", "round": "nothing"}])
def test_a_table_that_there_is_not(staff, cast, values):
    assert staff.post(reverse("assessments:export", args=[cast.cohort.code]), values).status_code == 404
    assert not AuditEntry.objects.filter(verb="cohort.exported").exists()


def test_tables_cost_the_same_whatever_the_number_of_assessments(cast, instrument, django_assert_max_num_queries):
    def queries() -> int:
        with django_assert_max_num_queries(40) as caught:
            exports.excel(exports.shape_of(cast.cohort))
        return len(caught)

    submitted(cast, cast.enrollment)
    few = queries()
    for enrollment in more_teams(cast, 3):
        submitted(cast, enrollment)
    assert queries() == few


def test_chunks_end_where_they_should(cast, instrument, monkeypatch):
    for enrollment in more_teams(cast, 5):
        submitted(cast, enrollment)
    whole = exports.long_csv(exports.shape_of(cast.cohort)), exports.wide_csv(exports.shape_of(cast.cohort))
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    assert whole == (exports.long_csv(exports.shape_of(cast.cohort)), exports.wide_csv(exports.shape_of(cast.cohort)))
