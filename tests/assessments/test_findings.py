"""The report of findings: what weighs most comes first, and a second person releases it."""

from fractions import Fraction as F

import pytest

from assessments import priorities, services
from assessments.definition import parse_strategies
from assessments.models import Finding, Report, Strategy
from assessments.services import AssessmentRefused, FindingText, ReportChanged
from assessments.services.sealing import digest
from core.models import AuditEntry
from core.transitions import TransitionRefused
from tests.assessments.conftest import answer_all, item_of, level_of
from tests.conftest import make_user


def test_what_weighs_most():
    """The worked example of ``Gap.weighed``, and the order."""
    wanted = priorities.Gap("x", F(1, 3), F(1, 10), priority=3)
    assert wanted.weighed == F(1, 5)
    others = [
        priorities.Gap("y", F(0), F(1, 10)),
        priorities.Gap("z", F(1), F(9, 10), 3),
        priorities.Gap("w", F(0), F(1, 10), 1),
    ]
    assert [one.code for one in priorities.in_order([*others, wanted])] == ["x", "y", "w"]


@pytest.mark.parametrize(
    ("number", "way", "order"),
    [
        (9, "up", [4, 9, 7]),
        (4, "down", [7, 4, 9]),
        (4, "up", [4, 7, 9]),
        (9, "down", [4, 7, 9]),
        (5, "in", [4, 7, 9, 5]),
        (7, "in", [4, 7, 9]),
        (7, "out", [4, 9]),
        (5, "up", [4, 7, 9]),
        (5, "down", [4, 7, 9]),
        (5, "out", [4, 7, 9]),
    ],
)
def test_one_step_in_the_order(number, way, order):
    """The ends stay where they are, and what has no rank moves by "in" alone."""
    ranked = [4, 7, 9]
    assert priorities.moved(ranked, number, way) == order
    assert ranked == [4, 7, 9]


def test_a_step_and_the_one_back():
    for number in (4, 7):
        assert priorities.moved(priorities.moved([4, 7, 9], number, "down"), number, "up") == [4, 7, 9]
    assert priorities.moved([], 4, "in") == [4]


def test_shares():
    found = priorities.shares([(F(1), [("a", F(1)), ("b", F(3))]), (F(3), [("c", F(1))])])
    assert found == {"a": F(1, 16), "b": F(3, 16), "c": F(3, 4)}
    assert sum(found.values()) == 1


@pytest.fixture
def strategies(instrument):
    for code, where in (("own", {"item_code": "a"}), ("wide", {"domain_code": "one"}), ("far", {"domain_code": "two"})):
        Strategy.objects.create(code=code, title=code, text=f"Try {code}.", instrument=instrument.instrument, **where)
    Strategy.objects.create(
        code="old", title="old", text="Try old.", instrument=instrument.instrument, item_code="b", is_retired=True
    )


@pytest.fixture
def submitted(assessment, cast, now, strategies):
    answer_all(assessment, cast.leader, a="middle", b="low", c="middle")
    item = item_of(assessment.version, "a")
    services.agree(
        assessment, item, kind="level", level=level_of(assessment.version, "a", "middle"), priority=3, by=cast.leader
    )
    services.submit(assessment, by=cast.leader, arrived_at=now)
    return assessment


@pytest.fixture
def report(submitted, cast) -> Report:
    return services.draft_report(submitted, by=cast.staff)


@pytest.fixture
def second(cast):
    return make_user("Second Staff", role="staff")


def told(report):
    rows = report.findings.order_by("position")
    return [(row.item.code, row.weighed, row.rank, [one.text for one in row.strategies.all()]) for row in rows]


def test_the_draft(report):
    """c: gap 1/2 of 3/4; a: gap 1/2 of 1/8, wanted now; b: gap 1 of 1/8. Its own strategy goes before the domain's."""
    assert told(report) == [
        ("c", "3/8", 1, ["Try far."]),
        ("a", "3/16", 2, ["Try own."]),
        ("b", "1/8", 3, ["Try wide."]),
    ]
    assert report.findings.first().text == "Today: Some.\n\nBest practice: All."


def test_a_second_draft_is_the_first(report, submitted, cast):
    assert services.draft_report(submitted, by=cast.staff) == report
    assert Finding.objects.count() == 3


def test_not_before_the_team_has_submitted(assessment, cast):
    with pytest.raises(AssessmentRefused, match="once the team has submitted"):
        services.draft_report(assessment, by=cast.staff)


def edited(report, **ranks):
    """All findings with these ranks by item."""
    rows = {row.item.code: row for row in report.findings.all()}
    return [
        FindingText(rows[code], f"Title {code}", f"Text {code}", rank, ["One.", " "]) for code, rank in ranks.items()
    ]


def test_staff_change_words_and_order(report, cast):
    after = services.edit_report(
        report, introduction="Dear team", findings=edited(report, c=2, a=1, b=None), base_version=1, by=cast.staff
    )
    assert (after.version, after.introduction) == (2, "Dear team")
    assert [(code, rank, texts) for code, _, rank, texts in told(after)] == [
        ("c", 2, ["One."]),
        ("a", 1, ["One."]),
        ("b", None, ["One."]),
    ]


def test_two_who_edit(report, cast):
    services.edit_report(report, introduction="Mine", findings=[], base_version=1, by=cast.staff)
    with pytest.raises(ReportChanged, match="Somebody else changed"):
        services.edit_report(report, introduction="Yours", findings=[], base_version=1, by=cast.staff)
    assert Report.objects.get().introduction == "Mine"


def test_a_rank_is_there_once(report, cast):
    with pytest.raises(AssessmentRefused, match="same rank"):
        services.edit_report(report, introduction="", findings=edited(report, c=1, a=1), base_version=1, by=cast.staff)
    assert Report.objects.get().version == 1


def test_a_second_person_releases(report, cast, second):
    with pytest.raises(TransitionRefused):
        services.release(report, by=second)
    services.hand_over(report, by=cast.staff)
    with pytest.raises(AssessmentRefused, match="A second person"):
        services.release(report, by=cast.staff)
    with pytest.raises(AssessmentRefused, match="cannot be changed"):
        services.edit_report(report, introduction="", findings=[], base_version=1, by=cast.staff)
    services.release(report, by=second)
    stored = Report.objects.get()
    assert (stored.state, stored.released_by) == ("released", second)
    assert stored.sealed_sha256 == digest(stored.sealed)
    assert [one["rank"] for one in stored.sealed["findings"]] == [1, 2, 3]
    assert [(one["title"], one["score"]) for one in stored.sealed["domains"]] == [
        ("Domain one", "25"),
        ("Domain two", "50"),
    ]
    services.send_back(stored, by=second)
    assert (stored.state, stored.sealed, stored.released_at) == ("draft", None, None)


def test_no_priority_no_release(report, cast, second):
    services.edit_report(report, introduction="", findings=[], base_version=1, by=cast.staff)
    services.hand_over(report, by=cast.staff)
    with pytest.raises(AssessmentRefused, match="at least one priority"):
        services.release(report, by=second)


def test_the_shipped_strategies_are_added_once(instrument, cast):
    found = parse_strategies(
        "instrument: equity-illustrative\nstrategies:\n  - {code: x, item: a, title: T, text: W}\n", "x.yaml"
    )
    assert (services.load_strategies(found), services.load_strategies(found)) == (1, 0)
    strategy = Strategy.objects.get()
    strategy.text = "Ours."
    services.write_strategy(strategy, by=cast.staff)
    services.load_strategies(found)
    services.retire_strategy(strategy, by=cast.staff)
    services.retire_strategy(strategy, by=cast.staff)
    stored = Strategy.objects.get()
    assert (stored.text, stored.is_retired, stored.written_by) == ("Ours.", True, cast.staff)
    verbs = AuditEntry.objects.filter(verb__startswith="strategy.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["strategy.changed", "strategy.retired"]
