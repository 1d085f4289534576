"""A team's rounds beside each other: the profile, what moved it, and the pages of both."""

from datetime import timedelta
from fractions import Fraction as F

import pytest
from django.urls import reverse

from assessments import selectors, services
from assessments.models import Assessment, ReviewerAnswer
from assessments.templatetags.pictures import domain_chart, finding, heat_finding
from core import clock
from tests.assessments.conftest import answer_all, item_of, level_of, small
from tests.conftest import NOW

YEAR = timedelta(days=365)


def submitted(assessment, by, **levels: str) -> Assessment:
    answer_all(assessment, by, **levels)
    services.submit(assessment, by=by, arrived_at=NOW)
    return assessment


@pytest.fixture
def two_rounds(cast, assessment, reassessment):
    """Item a from the lowest level to the highest, b back by one, c as it was."""
    submitted(assessment, cast.leader, a="low", b="high", c="middle")
    with clock.at(NOW + YEAR):
        later = services.start_assessment(cast.enrollment, reassessment, by=cast.leader)
        submitted(later, cast.leader, a="high", b="middle", c="middle")
    return assessment, later


def change_url(assessment, query: str = "") -> str:
    return reverse("assessments:change", args=[assessment.public_id]) + query


# --- the profile -------------------------------------------------------------------------------------------------------
def test_an_open_round_has_no_picture(assessment):
    assert selectors.profile(assessment) is None


def test_one_round_is_one_point(cast, assessment):
    submitted(assessment, cast.leader, a="low", b="high")
    profile = selectors.profile(assessment)
    assert [len(line.results) for line in profile.domains] == [1, 1]
    assert [line.moved for line in profile.domains] == [None, None]
    assert finding(profile) == "Of 100: highest in Domain two (100), lowest in Domain one (50)"
    chart = domain_chart(profile)
    assert chart.count('role="img"') == 2 and "chart-link" not in chart


def test_two_rounds_say_what_moved(two_rounds):
    profile = selectors.profile(two_rounds[1])
    assert [line.moved for line in profile.domains] == [F(1, 4), F(0)]
    assert finding(profile) == "Moved most since “Milestone baseline”: Domain one (+25)"
    assert heat_finding(profile) == "Items at the highest level: 1 of 3; at the lowest: 0"
    assert [(cell.number, cell.words, cell.step) for cell in profile.items[0].cells] == [
        ("Level 1 of 3", "Low", 0),
        ("Level 3 of 3", "High", 4),
    ]
    chart = domain_chart(profile)
    assert 'aria-label="Domain one, Milestone baseline: 50"' in chart
    assert 'aria-label="Domain one, Milestone reassessment-1: 75"' in chart
    assert "50 → 75 (+25) · 2 of 2 items" in chart


def test_the_first_round_looks_as_it_did_then(two_rounds):
    assert selectors.profile(two_rounds[0]).rounds == (two_rounds[0],)


def test_what_has_no_level_says_so_and_leaves_the_score_open(cast, assessment):
    answer_all(assessment, cast.leader, a="middle")
    services.agree(
        assessment, item_of(assessment.version, "b"), kind="no_data", level=None, base_version=1, by=cast.leader
    )
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    profile = selectors.profile(assessment)
    assert [(cell.words, cell.step) for cell in profile.items[1].cells] == [("No data", None)]
    assert "open from 25 to 75" in domain_chart(profile)


def test_another_version_is_not_counted_as_a_change(cast, assessment, reassessment):
    submitted(assessment, cast.leader, a="low")
    other = "levels: [{code: low, title: Low, anchor: None.}, {code: high, title: High, anchor: All of it.}]"
    services.load_instrument(small(**{"        levels: *three": f"        {other}"}))
    with clock.at(NOW + YEAR):
        later = submitted(services.start_assessment(cast.enrollment, reassessment, by=cast.leader), cast.leader)
    profile = selectors.profile(later)
    assert not profile.is_one_version
    assert [line.moved for line in profile.domains] == [None, None]
    assert profile.items[0].cells[0].words == "Asked with other levels"


# --- the pages ---------------------------------------------------------------------------------------------------------
def test_the_key_names_only_what_the_picture_shows(client, cast, assessment):
    client.force_login(cast.leader)
    submitted(assessment, cast.leader)
    url = reverse("assessments:detail", args=[assessment.public_id])
    assert "still open: what" not in client.get(url).content.decode()


def test_the_key_names_what_is_open_where_it_is_drawn(client, cast, assessment):
    client.force_login(cast.leader)
    answer_all(assessment, cast.leader, a="middle")
    item = item_of(assessment.version, "b")
    services.agree(assessment, item, kind="no_data", level=None, base_version=1, by=cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    url = reverse("assessments:detail", args=[assessment.public_id])
    assert "still open: what" in client.get(url).content.decode()


def test_the_result_page_leads_to_the_change(client, cast, two_rounds):
    client.force_login(cast.leader)
    html = client.get(reverse("assessments:detail", args=[two_rounds[1].public_id])).content.decode()
    assert "Moved most since" in html and change_url(two_rounds[1]) in html
    first = client.get(reverse("assessments:detail", args=[two_rounds[0].public_id])).content.decode()
    assert change_url(two_rounds[0]) not in first


def test_largest_change_first_with_evidence_and_third_party(client, cast, two_rounds):
    after = two_rounds[1]
    answer = after.answers.get(item__code="a")
    type(answer).objects.filter(pk=answer.pk).update(evidence="Minutes of June")
    item = item_of(after.version, "a")
    ReviewerAnswer.objects.create(
        assessment=after,
        item=item,
        kind="level",
        level=level_of(after.version, "a", "middle"),
        saved_at=NOW,
        saved_by=cast.staff,
    )
    client.force_login(cast.coach)
    page = client.get(change_url(after))
    one, two = page.context["movement"].domains
    assert [(row.item.code, row.moved_shown) for row in one.items] == [("a", "+100"), ("b", "−50")]
    assert [row.moved for row in two.items] == [0]
    html = page.content.decode()
    assert "Minutes of June" in html and "Moved most: Domain one (+25)" in html
    assert "Third party:" not in html  # the review is not finished
    Assessment.objects.filter(pk=after.pk).update(review_done_at=NOW, review_done_by=cast.staff)
    assert "Third party: Level 2 of 3, Middle" in " ".join(client.get(change_url(after)).content.decode().split())


def test_what_is_left_out_is_named_with_its_reason(client, cast, assessment, reassessment):
    submitted(assessment, cast.leader)
    services.load_instrument(small(**{"code: c, text": "code: d, text", "- {code: b,": "- {code: b2,"}))
    with clock.at(NOW + YEAR):
        later = submitted(services.start_assessment(cast.enrollment, reassessment, by=cast.leader), cast.leader)
    client.force_login(cast.leader)
    found = client.get(change_url(later)).context["movement"].left_out
    assert {(one.item.code, one.reason) for one in found} == {
        ("b", "Asked in “Milestone baseline” only"),
        ("c", "Asked in “Milestone baseline” only"),
        ("b2", "Asked in “Milestone reassessment-1” only"),
        ("d", "Asked in “Milestone reassessment-1” only"),
    }


def test_which_rounds_can_be_compared(client, cast, two_rounds):
    client.force_login(cast.leader)
    assert client.get(change_url(two_rounds[1], "?from=baseline")).context["movement"].before == two_rounds[0]
    assert client.get(change_url(two_rounds[1], "?from=reassessment-1")).status_code == 404
    assert "There is nothing to compare yet" in client.get(change_url(two_rounds[0])).content.decode()


def test_queries_do_not_grow_with_rounds(cast, two_rounds, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        selectors.profile(two_rounds[0])
    with django_assert_max_num_queries(7):
        selectors.profile(two_rounds[1])
