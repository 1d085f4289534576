"""The same figure is the same wherever it stands. ``WAYS`` names every way in which a round's figures leave the house.

A way takes what staff have been given (``Given``) and says its figures by domain code ("" is the whole) and part (``PARTS``).
``TOLD`` names the parts that each has to say of a domain and of the whole. Whoever builds another way adds it to both.

The rounds are made up at random (``generated``): ``SAME_FIGURES`` of them, 10 if nothing is said. What they must show is
worked out from their answers alone.
"""

import csv
import io
import json
import os
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import pytest
from django.test import Client
from django.urls import reverse

from assessments import scoring, services
from assessments.models import AgreedAnswer, Level, Release, Report
from tests.assessments import generated
from tests.assessments.conftest import answer_all
from tests.assessments.generated import PARTS, Figures, make_round
from tests.conftest import NOW, make_user
from tests.reading import sheet_of, tables_in, words_in

ROUNDS = int(os.environ.get("SAME_FIGURES", "10"))
COUNTS = ("answered", "applicable", "total")


# --- The ways ---------------------------------------------------------------------------------------------------------


@dataclass
class Given:
    """All that leaves the house of one round, each asked for once, as staff take it."""

    client: Client
    round: generated.Round

    @cached_property
    def page(self) -> str:
        return self._get("detail", self.round.assessment.public_id).decode()

    @cached_property
    def data(self) -> dict:
        return json.loads(self._get("results", self.round.assessment.public_id))

    @cached_property
    def report(self) -> str:
        return self._get("report", report_of(self.round).public_id).decode()

    @cached_property
    def pdf(self) -> bytes:
        return self._get("report_pdf", report_of(self.round).public_id)

    @cached_property
    def wide(self) -> bytes:
        return self._table("wide")

    @cached_property
    def long(self) -> bytes:
        return self._table("long")

    @cached_property
    def excel(self) -> bytes:
        return self._table("excel")

    def _get(self, name: str, public_id: object) -> bytes:
        return self.client.get(reverse(f"assessments:{name}", args=[public_id])).content

    def _table(self, what: str) -> bytes:
        one = self.round.assessment
        form = {"what": what, "round": one.milestone.code}
        return self.client.post(reverse("assessments:export", args=[one.enrollment.cohort.code]), form).content


def from_page(given: Given) -> Figures:
    """The table behind the picture."""
    table = given.page.split('id="figures"')[1].split("</table>")[0]
    found = {}
    for code, row in re.findall(r'<tr data-code="([^"]*)">(.*?)</tr>', table, re.S):
        score, still_open, *counts = re.findall(r'<td class="num">(.*?)</td>', row)[-5:]
        low, high = still_open.split("–") if still_open != "–" else ("", "")
        found |= named(code, PARTS, (bare(score), low, high, *counts))
    return found


def from_head_of_page(given: Given) -> Figures:
    """The large figures above the picture."""
    score, share = re.findall(r'<p class="stat-value">(.*?)</p>', given.page)[:2]
    return named("", ("score", "answered", "applicable"), (score if score != "No score" else "", *share.split(" of ")))


def from_picture(given: Given) -> Figures:
    """What the picture says to whoever does not see it."""
    said = re.findall(r'aria-label="Domain (\w+), Milestone round-\d+: ([^"]+)"', given.page)
    return {(code, "score"): score for code, score in said}


def from_data(given: Given) -> Figures:
    return {(row["code"], part): row[part] for row in given.data["figures"] for part in PARTS}


def from_report(given: Given) -> Figures:
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', given.report.split('id="profile"')[1], re.S)
    return from_rows(
        [[title, *re.findall(r'<td class="num">(.*?)</td>', cells)] for title, cells in rows], given.report
    )


def from_pdf(given: Given) -> Figures:
    (table,) = tables_in(given.pdf)
    return from_rows(table[1:], words_in(given.pdf))


def from_rows(rows: list[list[str]], text: str) -> Figures:
    """The rows of a report's profile, and its sentence about the whole."""
    found = {}
    for title, score, *counts in rows:
        found |= named(title.removeprefix("Domain "), ("score", *COUNTS), (bare(score), *counts))
    whole = re.search(r"Overall: ([0-9.]+) of", text)
    assert whole or "No overall score" in text
    return found | {("", "score"): whole[1] if whole else ""}


def from_wide(given: Given) -> Figures:
    return from_columns(dict(zip(*csv_rows(given.wide), strict=True)), given.round)


def from_excel(given: Given) -> Figures:
    return from_columns(dict(zip(*sheet_of(given.excel, 1), strict=True)), given.round)


def from_columns(row: dict[str, str], one: generated.Round) -> Figures:
    stems = {domain.code: f"domain.{one.plan.code}.{domain.code}" for domain in one.plan.domains} | {"": "overall"}
    found = {}
    for code, stem in stems.items():
        found[code, "score"] = row[stem]
        assert row[f"{stem}.max"] == str(one.plan.display_max)
        if row[f"{stem}.denominator"]:
            exact = Fraction(int(row[f"{stem}.numerator"]), int(row[f"{stem}.denominator"]))
            assert scoring.shown(exact, one.plan.display_max) == row[stem]
    return found | named("", COUNTS, (row["items_with_level"], row["items_applicable"], row["items"]))


def from_long(given: Given) -> Figures:
    """What somebody finds who scores the answers again as they left."""
    return scored_again(csv_rows(given.long), given.round)


def from_second_sheet(given: Given) -> Figures:
    return scored_again(sheet_of(given.excel, 2), given.round)


def scored_again(table: list[list[str]], one: generated.Round) -> Figures:
    rows = [dict(zip(table[0], cells, strict=True)) for cells in table[1:]]
    highest = {item.code: str(len(item.levels) - 1) for item in one.plan.items}
    assert {row["item"]: row["highest"] for row in rows} == highest
    answers = {row["item"]: int(row["position"]) if row["position"] else row["answer"] for row in rows}
    return generated.figures(one.plan, answers)


def bare(shown: str) -> str:
    return "" if shown == "–" else shown


def named(code: str, parts, said) -> Figures:
    return {(code, part): words for part, words in zip(parts, said, strict=True)}


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


WAYS = {
    "page": from_page,
    "head of the page": from_head_of_page,
    "picture": from_picture,
    "data": from_data,
    "report": from_report,
    "PDF": from_pdf,
    "wide": from_wide,
    "long": from_long,
    "Excel": from_excel,
    "Excel, answers": from_second_sheet,
}
TOLD = {
    "page": (PARTS, PARTS),
    "head of the page": ((), ("score", "answered", "applicable")),
    "picture": (("score",), ()),
    "data": (PARTS, PARTS),
    "report": (("score", *COUNTS), ("score",)),
    "PDF": (("score", *COUNTS), ("score",)),
    "wide": (("score",), ("score", *COUNTS)),
    "long": (PARTS, PARTS),
    "Excel": (("score",), ("score", *COUNTS)),
    "Excel, answers": (PARTS, PARTS),
}


# --- The rounds -------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(client, cast, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client.force_login(cast.staff)
    return client


@pytest.fixture
def second(cast):
    return make_user("Second Staff", role="staff")


def report_of(one: generated.Round) -> Report:
    return Report.objects.get(assessment=one.assessment)


def released(cast, second, seed: int) -> generated.Round:
    one = make_round(cast, seed)
    report = services.draft_report(one.assessment, by=cast.staff)
    services.hand_over(report, by=cast.staff)
    services.release(report, by=second)
    return one


def differing(client: Client, one: generated.Round) -> set[str]:
    """The ways which say anything else than they should, or leave anything out."""
    right, given = one.figures, Given(client, one)
    wanted = {
        way: {key: words for key, words in right.items() if key[1] in (of_domain if key[0] else of_whole)}
        for way, (of_domain, of_whole) in TOLD.items()
    }
    return {name for name, way in WAYS.items() if way(given) != _said(name, wanted[name])}


def _said(name: str, wanted: Figures) -> Figures:
    """The picture draws no line where there is no score."""
    return {key: words for key, words in wanted.items() if words} if name == "picture" else wanted


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_way_says_anything_else(staff, cast, second, now, seed):
    assert differing(staff, released(cast, second, seed)) == set()


def test_the_rounds_are_of_every_kind():
    """Else 0 differences would say little: every rule and treatment, scores that are there and not, scales with a decimal."""
    plans = [generated.plan_of(seed) for seed in range(10)]
    assert {plan.rule for plan in plans} == set(scoring.RULES)
    assert (
        {plan.no_data_as for plan in plans} == {plan.not_applicable_as for plan in plans} == set(generated.TREATMENTS)
    )
    shown = [generated.figures(plan, generated.answers_of(plan, seed)) for seed, plan in enumerate(plans)]
    for part in ("score", "low"):
        assert {bool(figures["", part]) for figures in shown} == {True, False}
    assert {"." in figures["", "score"] for figures in shown} == {True, False}


# --- It can fail ------------------------------------------------------------------------------------------------------


def test_another_figure_in_the_seal_is_found(staff, cast, second, now):
    """The report and its PDF say what was sealed."""
    one = released(cast, second, 1)
    report = report_of(one)
    report.sealed["domains"][0]["answered"] += 1
    Report.objects.filter(pk=report.pk).update(sealed=report.sealed)
    Release.objects.filter(report=report).update(sealed=report.sealed)
    assert differing(staff, one) == {"report", "PDF"}


def test_another_answer_after_the_release_is_found(staff, cast, second, now):
    """All the others say what is agreed."""
    one = released(cast, second, 1)
    answer = AgreedAnswer.objects.filter(assessment=one.assessment, level__position__gt=0).first()
    lowest = Level.objects.get(item=answer.item, position=0)
    AgreedAnswer.objects.filter(pk=answer.pk).update(level=lowest)
    assert differing(staff, one) == WAYS.keys() - {"report", "PDF"}


def test_halves_that_go_down_are_found(staff, cast, second, now, monkeypatch):
    """Every way but the two which leave the score to the reader."""
    monkeypatch.setattr(scoring, "shown", lambda score, most: "" if score is None else f"{float(score * most):.2f}")
    assert differing(staff, released(cast, second, 1)) == WAYS.keys() - {"long", "Excel, answers"}


def test_the_picture_says_the_same_scores(client, cast, assessment):
    answer_all(assessment, cast.leader, a="low", b="middle", c="middle")
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    client.force_login(cast.coach)
    html = client.get(reverse("assessments:detail", args=[assessment.public_id])).content.decode()
    said = re.findall(r'aria-label="(Domain \w+), Milestone baseline: ([^"]+)"', html)
    assert said == [("Domain one", "25"), ("Domain two", "50")]
