"""Two rounds beside each other: only what both ask in the same way is compared."""

from fractions import Fraction as F

import pytest

from assessments import selectors, services
from assessments.models import AgreedRevision
from core import clock
from tests.assessments.conftest import SMALL, answer_all, item_of, level_of, parsed, small
from tests.conftest import NOW


@pytest.fixture
def later(assessment, cast, reassessment):
    """Submit the baseline, load another edition, and start the reassessment."""

    def go(text: str | None = None, **levels: str):
        answer_all(assessment, cast.leader, **levels)
        services.submit(assessment, by=cast.leader, arrived_at=clock.now())
        if text:
            services.load_instrument(parsed(text, "next.yaml"))
        return services.start_assessment(cast.enrollment, reassessment, by=cast.leader)

    with clock.at(NOW):
        yield go


def test_the_same_edition_shares_everything(assessment, later, cast):
    second = later(a="low", b="middle", c="low")
    answer_all(second, cast.leader, a="high", b="middle", c="low")
    change = selectors.change(assessment, second)
    assert change.left_out == ()
    one, two = change.domains
    assert (one.domain.code, one.before.score, one.after.score, one.moved_shown) == ("one", F(1, 4), F(3, 4), "+50")
    assert [(row.item.code, row.moved) for row in one.items] == [("a", F(1)), ("b", F(0))]
    assert (two.moved, two.moved_shown) == (F(0), "0")


def test_reworded_guidance_keeps_an_item_and_a_changed_anchor_does_not(assessment, later, cast):
    text = SMALL.replace("Guidance of A.", "Other guidance.").replace(
        "{code: c, text: Item C., allows_no_data: false, levels: *three}",
        "{code: c, text: Item C., levels: [{code: low, anchor: Nothing.}, {code: high, anchor: Everything.}]}",
    )
    second = later(text, a="low")
    assert second.version.number == 2
    answer_all(second, cast.leader)
    change = selectors.change(assessment, second)
    assert [one.domain.code for one in change.domains] == ["one"]
    assert [(item.code, item.domain.version_id) for item in change.left_out] == [
        ("c", assessment.version_id),
        ("c", second.version_id),
    ]


def test_a_new_item_is_left_out_and_moves_nothing(assessment, later, cast):
    text = SMALL.replace("      - {code: b,", "      - {code: new, text: New., levels: *three}\n      - {code: b,")
    second = later(text)
    answer_all(second, cast.leader, new="low")
    change = selectors.change(assessment, second)
    assert [item.code for item in change.left_out] == ["new"]
    assert [one.moved for one in change.domains] == [F(0), F(0)]
    assert selectors.scores(second).domains[0].score == F(2, 3)


def test_what_has_no_score_has_no_change(assessment, later, cast):
    second = later()
    item = item_of(second.version, "a")
    services.agree(second, item, kind="no_data", by=cast.leader)
    change = selectors.change(assessment, second)
    row = next(row for row in change.domains[0].items if row.item.code == "a")
    assert (row.moved, change.domains[1].moved, change.domains[1].moved_shown) == (None, None, "")


@pytest.mark.parametrize(
    ("moved", "text"), [(F(1, 8), "+13"), (F(-1, 8), "−13"), (F(1, 1000), "0"), (F(0), "0"), (None, "")]
)
def test_signed(moved, text):
    assert selectors.signed(moved, 100) == text


def test_what_moves_an_item_between_domains_is_refused(assessment):
    line = "      - {code: b, text: Item B., allows_not_applicable: false, levels: *three}\n"
    text = SMALL.replace(line, "") + line
    with pytest.raises(
        services.InstrumentRefused, match="Item b stands in domain two, and in an earlier version in one"
    ):
        services.load_instrument(parsed(text, "moved.yaml"))
    assert services.load_instrument(small()).number == 1


def test_every_agreed_answer_is_kept(assessment, cast):
    item = item_of(assessment.version, "a")
    for level, priority in (("low", None), ("low", 2), ("high", None)):
        chosen = level_of(assessment.version, "a", level)
        services.agree(assessment, item, kind="level", level=chosen, priority=priority, by=cast.leader)
    rows = AgreedRevision.objects.order_by("version").values_list("version", "level__code", "priority")
    assert list(rows) == [(1, "low", 0), (2, "low", 2), (3, "high", 2)]
