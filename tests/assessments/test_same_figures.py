"""The same figure is the same wherever it stands. ``WAYS`` names every way in which a round's figures leave the house.

A way takes the client of somebody who may read the round, and gives by domain code ("" is the whole) what it says: score,
items with a level, applicable items, all items. Whoever builds another way (PDF, export) adds it here.
"""

import re

import pytest
from django.urls import reverse

from assessments import selectors, services
from tests.assessments.conftest import answer_all, item_of
from tests.conftest import NOW

Figures = dict[str, tuple[str, ...]]


def from_page(client, assessment) -> Figures:
    html = client.get(reverse("assessments:detail", args=[assessment.public_id])).content.decode()
    table = html.split('id="figures"')[1].split("</table>")[0]
    found = {}
    for code, row in re.findall(r'<tr data-code="([^"]*)">(.*?)</tr>', table, re.S):
        cells = re.findall(r'<td class="num">(.*?)</td>', row)
        score, still_open, *counts = cells[-5:]
        low, high = still_open.split("–") if still_open != "–" else ("", "")
        found[code] = ("" if score == "–" else score, low, high, *counts)
    return found


def from_data(client, assessment) -> Figures:
    data = client.get(reverse("assessments:results", args=[assessment.public_id])).json()
    names = ("score", "low", "high", "answered", "applicable", "total")
    return {one["code"]: tuple(one[name] for name in names) for one in data["figures"]}


WAYS = {"page": from_page, "data": from_data}


def expected(assessment) -> Figures:
    return {
        one.code: (one.score, one.low, one.high, one.answered, one.applicable, one.total)
        for one in selectors.figures(selectors.scores(assessment))
    }


CASES = {
    "all at the top": {},
    "a third": {"a": "low", "b": "middle", "c": "middle"},
    "no data": {"a": "middle", "b": "no_data"},
    "no score": {"a": "no_data", "b": "no_data"},
    "not applicable": {"c": "not_applicable"},
}


@pytest.mark.parametrize("case", CASES)
def test_no_way_says_anything_else(client, cast, assessment, case):
    levels = {code: level for code, level in CASES[case].items() if level not in ("no_data", "not_applicable")}
    answer_all(assessment, cast.leader, **levels)
    for code in CASES[case].keys() - levels.keys():
        services.agree(
            assessment, item_of(assessment.version, code), kind=CASES[case][code], base_version=1, by=cast.leader
        )
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    client.force_login(cast.coach)
    assert {name: way(client, assessment) for name, way in WAYS.items()} == dict.fromkeys(WAYS, expected(assessment))


def test_the_picture_says_the_same_scores(client, cast, assessment):
    answer_all(assessment, cast.leader, a="low", b="middle", c="middle")
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    client.force_login(cast.coach)
    html = client.get(reverse("assessments:detail", args=[assessment.public_id])).content.decode()
    said = re.findall(r'aria-label="(Domain \w+), Milestone baseline: ([^"]+)"', html)
    assert said == [("Domain one", "25"), ("Domain two", "50")]
