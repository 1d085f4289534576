"""What a report of findings is made of: the gaps with their weights, and the strategies that staff can suggest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Prefetch, QuerySet

from accounts.models import User
from assessments import priorities, scoring
from assessments.models import AgreedAnswer, Assessment, Finding, FindingStrategy, Item, Priority, Report, Strategy
from assessments.selectors.shared import items_of


@dataclass(frozen=True)
class Weight:
    """How one item was weighed, in words and figures. ``is_as_drafted``: the answers give the same weight as at the drafting."""

    gap: Fraction
    share: Fraction
    factor: int
    weighed: Fraction
    level: str
    steps: int
    highest: int
    wanted: str
    is_as_drafted: bool = True

    @property
    def gap_percent(self) -> str:
        return scoring.shown(self.gap, 100)

    @property
    def share_percent(self) -> str:
        """Of the overall score, with one decimal: shares are small."""
        return scoring.shown(self.share * 10, 10)

    @property
    def weighed_percent(self) -> str:
        return scoring.shown(self.weighed * 10, 10)


@dataclass(frozen=True)
class Offer:
    """The strategies that can be added to a finding: for its item, for its domain, and all others of the instrument."""

    own: list[Strategy]
    domain: list[Strategy]
    others: list[Strategy]


def gaps_of(items: Mapping[str, Item], answers: Mapping[str, AgreedAnswer]) -> list[priorities.Gap]:
    """Every item with a level, by code, with its distance from best practice and its share of the overall score."""
    by_domain: dict[int, tuple[Fraction, list[tuple[str, Fraction]]]] = {}
    for item in items.values():
        _, inside = by_domain.setdefault(item.domain_id, (Fraction(item.domain.weight), []))
        inside.append((item.code, Fraction(item.weight)))
    shares = priorities.shares(by_domain.values())
    return [
        priorities.Gap(code, Fraction(answer.level.position, items[code].highest), shares[code], answer.priority)
        for code, answer in answers.items()
        if answer.level is not None
    ]


def weights(report: Report, findings: Iterable[Finding]) -> dict[int, Weight]:
    """By finding, how it was weighed; a finding whose item has no level any more has none. Three queries."""
    assessment = report.assessment
    items = {item.code: item for item in items_of(assessment.version)}
    answers = {answer.item.code: answer for answer in assessment.answers.select_related("level", "item")}
    gaps = {gap.code: gap for gap in gaps_of(items, answers)}
    return {
        finding.pk: _weight(finding, gaps[finding.item.code], items[finding.item.code], answers[finding.item.code])
        for finding in findings
        if finding.item and finding.item.code in gaps
    }


def _weight(finding: Finding, gap: priorities.Gap, item: Item, answer: AgreedAnswer) -> Weight:
    return Weight(
        gap=gap.gap,
        share=gap.share,
        factor=priorities.FACTORS[gap.priority],
        weighed=gap.weighed,
        level=answer.level.title or answer.level.anchor,
        steps=item.highest - answer.level.position,
        highest=item.highest,
        wanted=Priority(gap.priority).label,
        is_as_drafted=str(gap.weighed) == finding.weighed,
    )


def findings_of(report: Report) -> list[Finding]:
    """In the order in which they were drafted, with domain, item and strategies. Two queries."""
    rows = report.findings.select_related("domain", "item").order_by("position")
    return list(rows.prefetch_related(Prefetch("strategies", FindingStrategy.objects.order_by("position"))))


def by_rank(findings: Iterable[Finding]) -> list[Finding]:
    """The recommended priorities, the first one first."""
    return sorted((one for one in findings if one.rank is not None), key=lambda one: one.rank or 0)


def library_of(report: Report) -> list[Strategy]:
    """What can be suggested at present for the instrument of this report."""
    instrument = report.assessment.version.instrument_id
    return list(Strategy.objects.filter(instrument=instrument, is_retired=False).order_by("title", "code"))


def offer(finding: Finding, library: Iterable[Strategy]) -> Offer:
    """The library as seen from one finding, without what it suggests already."""
    suggested = {row.text for row in finding.strategies.all()}
    found = Offer([], [], [])
    for one in library:
        if one.text in suggested:
            continue
        if finding.item and one.item_code == finding.item.code:
            found.own.append(one)
        elif not one.item_code and one.domain_code == finding.domain.code:
            found.domain.append(one)
        else:
            found.others.append(one)
    return found


def with_uses(strategies: QuerySet[Strategy]) -> QuerySet[Strategy]:
    """``uses``: in how many reports a strategy stands in its own words."""
    return strategies.annotate(uses=Count("suggested__finding__report", distinct=True))


def report_of(assessment: Assessment, reader: User) -> Report | None:
    """The report of a round, where ``reader`` may see it."""
    return Report.objects.visible_to(reader).filter(assessment=assessment).first()
