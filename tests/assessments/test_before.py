"""The last round beside the new one: only where both ask in the same way."""

import pytest

from assessments import selectors, services
from tests.assessments.conftest import answer_all, item_of, small
from tests.conftest import NOW


@pytest.fixture
def second(assessment, cast, reassessment):
    """The baseline is submitted; the next round has a new item D, and other levels of C."""
    answer_all(assessment, cast.leader, a="low")
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    changed = "levels: [{code: low, anchor: Nothing at all.}, {code: high, anchor: All.}]"
    services.load_instrument(
        small(
            **{
                "allows_no_data: false, levels: *three": f"allows_no_data: false, {changed}",
                "- {code: b, text: Item B.": "- {code: d, text: Item D., levels: *three}\n      - {code: b, text: Item B.",
            }
        )
    )
    return services.start_assessment(cast.enrollment, reassessment, by=cast.leader)


def test_a_baseline_has_none(assessment):
    assert selectors.last_round(assessment) is None
    assert selectors.before(assessment, selectors.items_of(assessment.version)) is None


def test_shared_new_and_changed(second, assessment):
    found = selectors.before(second, selectors.items_of(second.version))
    by_code = {item.code: found.by_item[item.pk] for item in selectors.items_of(second.version)}
    assert found.assessment == assessment
    assert {code: (one.is_new, one.is_changed) for code, one in by_code.items()} == {
        "a": (False, False),
        "b": (False, False),
        "c": (False, True),
        "d": (True, False),
    }
    assert (by_code["a"].answer.level.code, by_code["c"].answer, by_code["d"].answer) == ("low", None, None)


def test_the_page_says_which_are_new_and_which_have_changed(client, cast, second):
    client.force_login(cast.leader)
    url = f"/assessments/{second.public_id}/alone/domains"
    assert "This item is new" in client.get(f"{url}/one/").content.decode()
    assert "The levels of this item have changed" in client.get(f"{url}/two/").content.decode()


def test_removed_evidence_does_not_stand_beside(second, assessment, cast):
    item = item_of(second.version, "a")
    services.reopen(assessment, by=cast.staff)
    old = item_of(assessment.version, "a")
    kept = services.add_evidence(assessment, old, title="Kept", url="https://policy.example/1", by=cast.leader)
    gone = services.add_evidence(assessment, old, title="Gone", url="https://policy.example/2", by=cast.leader)
    services.remove_evidence(gone, by=cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    assert selectors.before(second, [item_with_levels(second, item)]).by_item[item.pk].evidence == (kept,)


def item_with_levels(assessment, item):
    return next(one for one in selectors.items_of(assessment.version) if one == item)
