"""A small instrument: two domains, three items, two or three levels."""

from datetime import date

import pytest

from assessments import definition, services
from assessments.models import Item, Level
from practices.selectors import core_team
from programs.models import DueFrom, MilestoneKind
from tests.conftest import make_milestone

SMALL = """\
code: equity-illustrative
title: Small instrument (illustrative)
is_illustrative: true
introduction: Answer for today.
source: The tests.
domains:
  - code: one
    title: Domain one
    items:
      - code: a
        text: Item A.
        guidance: Guidance of A.
        levels: *three
      - {code: b, text: Item B., allows_not_applicable: false, levels: *three}
  - code: two
    title: Domain two
    weight: 3
    items:
      - {code: c, text: Item C., allows_no_data: false, levels: *three}
"""


# Files take no aliases: what a line of the tests calls *three is written out before it is read.
THREE = (
    "["
    + ", ".join(
        f"{{code: {code}, title: {title}, anchor: {anchor}}}"
        for code, title, anchor in (("low", "Low", "Nothing."), ("middle", "Middle", "Some."), ("high", "High", "All."))
    )
    + "]"
)


def parsed(text: str, name: str = "small.yaml") -> definition.InstrumentFile:
    return definition.parse(text.replace("*three", THREE), name)


def small(**replaced: str) -> definition.InstrumentFile:
    text = SMALL
    for old, new in replaced.items():
        text = text.replace(old, new)
    return parsed(text)


@pytest.fixture
def instrument(cast):
    return services.load_instrument(small())


@pytest.fixture
def assessment(cast, instrument):
    return services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)


@pytest.fixture
def reassessment(cast):
    """The milestone a year later."""
    return make_milestone(
        cast.cohort,
        "reassessment-1",
        MilestoneKind.ASSESSMENT,
        date(2025, 7, 31),
        DueFrom.ENROLLMENT,
        instrument="equity-illustrative",
    )


def item_of(version, code: str) -> Item:
    return Item.objects.get(domain__version=version, code=code)


def level_of(version, item: str, code: str) -> Level:
    return Level.objects.get(item__domain__version=version, item__code=item, code=code)


def answer_all(assessment, by, **levels: str) -> None:
    """Answer every item, with ``high`` where ``levels`` says nothing."""
    for item in Item.objects.filter(domain__version=assessment.version_id):
        level = item.levels.get(code=levels.get(item.code, "high"))
        services.agree(assessment, item, kind="level", level=level, by=by)


def say(assessment, person, *, finish: bool = True, note: str = "", **levels: str) -> None:
    """Save a member's levels by item code, and finish."""
    version = assessment.version
    answers = [
        services.OwnAnswer(item_of(version, code), "level", level_of(version, code, at), note)
        for code, at in levels.items()
    ]
    services.answer_alone(assessment, answers, by=person)
    if finish:
        services.finish_turn(assessment, by=person)


def pass_all(assessment) -> None:
    """The whole core team says that it will not answer alone."""
    for member in core_team(assessment.enrollment.team):
        services.pass_turn(assessment, by=member.user)


def posted(boxes, **changes: str) -> dict[str, str]:
    """What a browser would send of these boxes: every field as it stands, with ``changes`` by item and part."""
    data = {}
    for box in boxes:
        data[f"base__{box.name}"] = str(box.version)
        for part in ("answer", "words", "priority"):
            bound = getattr(box, part)
            if bound is not None:
                value = changes.get(f"{box.item.code}_{part}", bound.value())
                data[bound.html_name] = "" if value is None else str(value)
    return data
