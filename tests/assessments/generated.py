"""Rounds made up at random, each of an instrument of its own, and the figures that their answers alone must show."""

import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from assessments import definition, scoring, services
from assessments.models import AgreedAnswer, Assessment, Item
from programs.models import DueFrom, MilestoneKind
from tests.conftest import NOW, make_milestone

Figures = dict[tuple[str, str], str]
PARTS = ("score", "low", "high", "answered", "applicable", "total")
TREATMENTS = ("unanswered", "left_out", "lowest")


@dataclass(frozen=True)
class Round:
    """``answers``: by item code the position of the level, "not_applicable" or "no_data"."""

    assessment: Assessment
    plan: definition.InstrumentFile
    answers: dict[str, int | str]

    @property
    def figures(self) -> Figures:
        return figures(self.plan, self.answers)


def figures(plan: definition.InstrumentFile, answers: dict[str, int | str]) -> Figures:
    """What a round shows, by code of the domain ("" is the whole) and part: by exact arithmetic, from the answers alone."""
    found, results = {}, []
    for domain in plan.domains:
        minimum = domain.minimum_answered_percent
        one = scoring.domain_score(
            [_mark(plan, item, answers[item.code]) for item in domain.items],
            rule=plan.rule,
            minimum_answered_percent=plan.minimum_answered_percent if minimum is None else minimum,
            weight=Fraction(domain.weight),
        )
        results.append(one)
        found |= _told(domain.code, one, plan.display_max)
    return found | _told("", scoring.overall_score(results), plan.display_max)


def _mark(plan, item, answer: int | str) -> scoring.ItemMark:
    weight = Fraction(item.weight)
    if isinstance(answer, int):
        return scoring.ItemMark(Fraction(answer, len(item.levels) - 1), weight, is_gate=item.is_gate)
    treatment = plan.no_data_as if answer == "no_data" else plan.not_applicable_as
    return scoring.treated(treatment, weight, is_gate=item.is_gate)


def _told(code: str, one: scoring.DomainScore | scoring.OverallScore, display_max: int) -> Figures:
    low, high = (_decimal(getattr(one.interval, end, None), display_max) for end in ("low", "high"))
    known = one.completeness
    said = (
        _decimal(one.score, display_max),
        *(("", "") if low == high else (low, high)),
        *map(str, (known.answered, known.applicable, known.total)),
    )
    return {(code, part): words for part, words in zip(PARTS, said, strict=True)}


def _decimal(score: Fraction | None, display_max: int) -> str:
    """As people round by hand: whole numbers from 100 on, else one decimal, halves up. No line in common with the product."""
    if score is None:
        return ""
    with localcontext(prec=60):
        exact = Decimal(score.numerator) * display_max / Decimal(score.denominator)
        return str(exact.quantize(Decimal(1) if display_max >= 100 else Decimal("0.1"), ROUND_HALF_UP))


def plan_of(seed: int) -> definition.InstrumentFile:
    """An instrument of any rule, scale and treatment: up to four domains with up to five items of two to five levels."""
    draw = random.Random(seed)
    rule = list(scoring.RULES)[seed % len(scoring.RULES)]
    weights = (1, 2, 3, 0.5, 3.125)

    def item(domain: int, number: int) -> dict[str, object]:
        levels = [{"code": f"l{at}", "anchor": f"Anchor {at}."} for at in range(draw.randint(2, 5))]
        is_gate = rule == "gate_and_points" and (number == 0 if domain == 0 else draw.random() < 0.3)
        code = f"d{domain}-i{number}"
        return {
            "code": code, "text": f"Item {code}.", "weight": draw.choice(weights), "is_gate": is_gate, "levels": levels
        }  # fmt: skip

    domains = [
        {
            "code": f"d{at}",
            "title": f"Domain d{at}",
            "weight": draw.choice(weights),
            "minimum_answered_percent": draw.choice([None, None, 0, 100]),
            "items": [item(at, number) for number in range(draw.randint(1, 5))],
        }
        for at in range(draw.randint(1, 4))
    ]
    return definition.InstrumentFile.model_validate(
        {
            "code": f"generated-{seed}",
            "title": f"Generated {seed}",
            "rule": rule,
            "display_max": draw.choice([1, 5, 10, 99, 100, 1000]),
            "minimum_answered_percent": draw.choice([0, 50, 80]),
            "not_applicable_as": draw.choice(TREATMENTS),
            "no_data_as": draw.choice(TREATMENTS),
            "domains": domains,
        }
    )


def answers_of(plan: definition.InstrumentFile, seed: int) -> dict[str, int | str]:
    """An answer to every item; in some rounds most are at the top, so that rules without partial credit have a score too."""
    draw = random.Random(f"answers of {seed}")
    top, silent = draw.choice([0.2, 0.9, 1]), draw.choice([0, 0.1, 0.5])

    def answer(item: definition.ItemDefinition) -> int | str:
        if draw.random() < silent:
            return draw.choice(["no_data", "not_applicable"])
        highest = len(item.levels) - 1
        return highest if draw.random() < top else draw.randint(0, highest)

    return {item.code: answer(item) for item in plan.items}


def make_round(cast, seed: int) -> Round:
    """The team of the cast has answered and submitted it, by way of the services where a rule could refuse."""
    plan = plan_of(seed)
    version, answers = services.load_instrument(plan), answers_of(plan, seed)
    on = NOW.date() + timedelta(days=30 + seed)
    code = f"round-{seed}"
    milestone = make_milestone(
        cast.cohort, code, MilestoneKind.ASSESSMENT, on, DueFrom.ENROLLMENT, instrument=plan.code
    )
    assessment = services.start_assessment(cast.enrollment, milestone, by=cast.leader)
    items = Item.objects.filter(domain__version=version).prefetch_related("levels")
    AgreedAnswer.objects.bulk_create(_row(assessment, item, answers[item.code], cast.leader) for item in items)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    return Round(assessment, plan, answers)


def _row(assessment: Assessment, item: Item, answer: int | str, by) -> AgreedAnswer:
    row = AgreedAnswer(assessment=assessment, item=item, kind="level", saved_at=NOW, saved_by=by)
    if isinstance(answer, int):
        row.level = item.levels.all()[answer]
    else:
        row.kind = answer
    return row
