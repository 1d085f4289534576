"""Every page of results in a real browser, light and wide, dark and narrow: axe finds nothing, nothing overflows sideways."""

from datetime import date

import pytest
from django.urls import reverse

from assessments import services
from assessments.models import AssessmentState
from core import clock
from programs.models import DueFrom, MilestoneKind
from tests.assessments.conftest import answer_all, item_of, level_of, small
from tests.browser.test_instruments import many_submitted
from tests.browser.test_staff_intake import signed_in
from tests.conftest import build_cast, make_milestone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [({"width": 1280, "height": 900}, "light"), ({"width": 320, "height": 800}, "dark")]
LONG = "Accessibility of care and social determinants of health"


def told():
    """Twenty-one teams with a baseline, whose comparison is frozen; of one a second round, moved, with an item open."""
    cast = build_cast()
    later = make_milestone(
        cast.cohort,
        "reassessment-1",
        MilestoneKind.ASSESSMENT,
        date(2025, 7, 31),
        DueFrom.ENROLLMENT,
        instrument="equity-illustrative",
    )
    words = {"Domain one": LONG, "is_illustrative: true": "is_illustrative: true\nasks_reviewer: true"}
    version = services.load_instrument(small(**words))
    for milestone, level in ((cast.baseline, "low"), (later, "high")):
        round_ = services.start_assessment(cast.enrollment, milestone, by=cast.leader)
        answer_all(round_, cast.leader, a=level, c="middle")
        if milestone is later:
            services.agree(round_, item_of(version, "b"), kind="no_data", by=cast.leader, evidence="Nobody counts it.")
        services.submit(round_, by=cast.leader, arrived_at=clock.now())
    many_submitted(cast, version)
    services.freeze_comparison(cast.baseline, by=cast.staff)
    services.ask_reviewer(round_, cast.reviewer, by=cast.staff)
    for code in ("a", "b", "c"):
        own = services.OwnAnswer(item_of(version, code), "level", level_of(version, code, "middle"), "A note.")
        services.review(round_, [own], by=cast.reviewer)
    services.finish_review(round_, by=cast.reviewer)
    return cast, round_


def pages_of(cast, round_) -> dict[str, list[str]]:
    """By who looks at them."""
    cohort, baseline = cast.cohort.code, cast.baseline.code
    comparison = reverse("assessments:comparison", args=[cohort, baseline])
    first = cast.enrollment.assessments.get(milestone=cast.baseline)
    return {
        "leader": [
            reverse("assessments:detail", args=[round_.public_id]),
            reverse("assessments:change", args=[round_.public_id]),
            reverse("assessments:change", args=[first.public_id]),  # nothing to compare
            comparison,
        ],
        "leadership": [comparison],
        "staff": [
            reverse("assessments:cohort_scores", args=[cohort]),
            reverse("assessments:overview", args=[cohort]) + f"?round={baseline}",
            reverse("assessments:overview", args=[cohort]) + f"?round={baseline}&step=alone",  # nobody stands there
            reverse("assessments:freeze", args=[cohort, baseline]),
            reverse("assessments:freeze", args=[cohort, round_.milestone.code]),
            reverse("admin:assessments_instrumentversion_statistics", args=[round_.version_id]),
        ],
    }


@pytest.mark.parametrize(("viewport", "scheme"), SIZES, ids=["wide", "narrow"])
def test_every_page_of_results(visitor, client, settings, viewport, scheme):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    cast, round_ = told()
    assert round_.state == AssessmentState.SUBMITTED
    for who, paths in pages_of(cast, round_).items():
        reader = visitor(viewport=viewport, color_scheme=scheme)
        signed_in(reader, client, getattr(cast, who))
        for number, path in enumerate(paths):
            reader.go(path)
            reader.shot(f"results-{who}-{number}-{scheme}")
            assert cut_off(reader) == []
        assert reader.examined == [path.partition("?")[0] for path in paths]


def cut_off(reader) -> list[str]:
    """The words of charts that begin or end outside of the page."""
    return reader.page.evaluate(
        """() => [...document.querySelectorAll("svg.chart text")]
            .filter(one => one.getBoundingClientRect().right > window.innerWidth || one.getBoundingClientRect().left < 0)
            .map(one => one.textContent)"""
    )


def test_the_points_of_a_chart_by_keyboard(visitor, client):
    """Each point takes the focus in the order of the rows and says its round and its score."""
    cast, round_ = told()
    reader = visitor(viewport=SIZES[1][0])
    signed_in(reader, client, cast.leader)
    reader.go(reverse("assessments:detail", args=[round_.public_id]))
    reader.page.focus("svg.chart [role=img]")
    said = []
    for _ in range(4):
        said.append(reader.page.evaluate("document.activeElement.getAttribute('aria-label')"))
        reader.page.keyboard.press("Tab")
    assert said == [
        f"{LONG}, {cast.baseline.title}: 50",
        f"{LONG}, {round_.milestone.title}: 100",
        f"Domain two, {cast.baseline.title}: 50",
        f"Domain two, {round_.milestone.title}: 50",
    ]
    table = reader.page.locator("details", has_text="The same as a table")
    table.locator("summary").focus()
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_selector("#figures", state="visible")
    reader.examine()
