"""The teams of a cohort beside each other: what may be shown of a round, what was frozen, and for staff alone every score."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from accounts.models import User
from assessments import comparison, scoring
from assessments.models import Assessment, AssessmentState, Comparison, InstrumentVersion
from assessments.selectors.scores import AssessmentScores, DomainResult, Figure, figures, scores_of
from assessments.selectors.shared import items_of
from practices.models import Member
from programs.models import TAKING_PART, Cohort, Enrollment, Milestone, MilestoneKind

TOO_FEW, AT_ONE_END = "too_few", "at_one_end"


@dataclass(frozen=True)
class PlannedDomain:
    """What a frozen comparison would say of a domain: a band, or why none (``TOO_FEW``, ``AT_ONE_END``). ``n`` have a score."""

    code: str
    title: str
    n: int
    band: comparison.Band | None
    why_not: str = ""


@dataclass(frozen=True)
class PlannedComparison:
    """``teams`` would be in it; ``other_version`` submitted too, but answered another version; ``not_submitted`` take part."""

    version: InstrumentVersion | None
    teams: int
    other_version: int
    not_submitted: int
    domains: tuple[PlannedDomain, ...]


def planned_comparison(milestone: Milestone) -> PlannedComparison:
    """What freezing the comparison of this round now would show. Of the version that most teams answered."""
    rows = list(
        Assessment.objects.filter(milestone=milestone, state=AssessmentState.SUBMITTED).select_related("version")
    )
    taking_part = Enrollment.objects.filter(cohort=milestone.cohort_id, state__in=TAKING_PART)
    missing = taking_part.exclude(pk__in=[one.enrollment_id for one in rows]).count()
    if not rows:
        return PlannedComparison(None, 0, 0, missing, ())
    counts = Counter(one.version_id for one in rows)
    version_id = max(counts, key=lambda pk: (counts[pk], pk))
    counted = [one for one in rows if one.version_id == version_id]
    domains = tuple(_planned_domains(counted))
    return PlannedComparison(counted[0].version, len(counted), len(rows) - len(counted), missing, domains)


def _planned_domains(assessments: Sequence[Assessment]) -> list[PlannedDomain]:
    widths = level_widths(assessments[0].version)
    scores = scores_of(assessments)
    planned = []
    for number, first in enumerate(scores[assessments[0].pk].domains):
        values = [scores[one.pk].domains[number].score for one in assessments]
        known = [value for value in values if value is not None]
        band = comparison.band(known, widths[first.domain.pk])
        why_not = "" if band else TOO_FEW if len(known) < comparison.FEWEST else AT_ONE_END
        planned.append(PlannedDomain(first.domain.code, first.domain.title, len(known), band, why_not))
    return planned


def level_widths(version: InstrumentVersion) -> dict[int, Fraction]:
    """The width of one level by domain, under the version's rule."""
    items: dict[int, list] = {}
    for item in items_of(version):
        items.setdefault(item.domain_id, []).append(item)
    return {
        domain: comparison.level_width(version.rule, [one.highest for one in own], [one.is_gate for one in own])
        for domain, own in items.items()
    }


@dataclass(frozen=True)
class ComparedDomain:
    """One frozen domain as figures; the strings are empty where nothing is shown. ``own`` is the reader's own team's."""

    code: str
    title: str
    band: comparison.Band | None
    lower: str
    median: str
    upper: str
    own: Fraction | None
    own_shown: str


@dataclass(frozen=True)
class Compared:
    frozen: Comparison
    milestone: Milestone
    display_max: int
    domains: tuple[ComparedDomain, ...]
    own: Assessment | None

    @property
    def hidden(self) -> int:
        return sum(one.band is None for one in self.domains)


def compared(frozen: Comparison, own: Assessment | None = None) -> Compared:
    """A frozen comparison, with the place of one team where ``own`` is that team's submitted round."""
    highest = frozen.content["display_max"]
    results = {one.domain.code: one for one in scores_of([own])[own.pk].domains} if own else {}
    domains = tuple(_compared(one, highest, results.get(one["code"])) for one in frozen.content["domains"])
    return Compared(frozen, frozen.milestone, highest, domains, own)


def _compared(one: dict, highest: int, own: DomainResult | None) -> ComparedDomain:
    plain, band = one["band"], None
    if plain:
        band = comparison.Band(plain["n"], *(Fraction(plain[name]) for name in ("lower", "median", "upper")))
    figures = [scoring.shown(value, highest) for value in (band.lower, band.median, band.upper)] if band else [""] * 3
    score = own.score if own else None
    return ComparedDomain(one["code"], one["title"], band, *figures, score, scoring.shown(score, highest))


def own_round(user: User, milestone: Milestone) -> Assessment | None:
    """The submitted round of the team to which ``user`` belongs; None for staff, coaches and leadership."""
    teams = Member.objects.current().filter(user=user).values("team")
    rows = Assessment.objects.filter(
        milestone=milestone, state=AssessmentState.SUBMITTED, enrollment__team__in=teams
    ).select_related("version", "enrollment__team")
    return rows.order_by("pk").first()


@dataclass(frozen=True)
class TeamLine:
    """A team's figures in one round, by domain and overall."""

    team: str
    assessment: Assessment
    figures: tuple[Figure, ...]

    @property
    def answered(self) -> str:
        return f"{self.figures[-1].answered}/{self.figures[-1].applicable}"


@dataclass(frozen=True)
class VersionTable:
    """The teams that answered one version: figures of two versions do not stand in one column."""

    version: InstrumentVersion
    domains: tuple[str, ...]
    rows: tuple[TeamLine, ...]


@dataclass(frozen=True)
class RoundScores:
    milestone: Milestone
    is_frozen: bool
    tables: tuple[VersionTable, ...]

    @property
    def submitted(self) -> int:
        return sum(len(table.rows) for table in self.tables)


def cohort_scores(cohort: Cohort) -> list[RoundScores]:
    """Every team that takes part, against every round of a cohort; for staff alone. Six queries, whatever the size."""
    milestones = list(Milestone.objects.filter(cohort=cohort, kind=MilestoneKind.ASSESSMENT).order_by("ends_on", "id"))
    submitted = Assessment.objects.filter(
        milestone__in=milestones, state=AssessmentState.SUBMITTED, enrollment__state__in=TAKING_PART
    ).select_related("version__instrument", "enrollment__team")
    rows = list(submitted.order_by("enrollment__team__name", "pk"))
    scores = scores_of(rows)
    frozen = set(Comparison.objects.filter(milestone__in=milestones).values_list("milestone", flat=True))
    return [
        RoundScores(
            milestone,
            milestone.pk in frozen,
            tuple(_tables([one for one in rows if one.milestone_id == milestone.pk], scores)),
        )
        for milestone in milestones
    ]


def _tables(rows: Sequence[Assessment], scores: dict[int, AssessmentScores]) -> list[VersionTable]:
    by_version: dict[int, list[Assessment]] = {}
    for one in rows:
        by_version.setdefault(one.version_id, []).append(one)
    tables = []
    for _, own in sorted(by_version.items()):
        lines = tuple(TeamLine(one.enrollment.team.name, one, figures(scores[one.pk])) for one in own)
        tables.append(VersionTable(own[0].version, tuple(one.title for one in lines[0].figures[:-1]), lines))
    return tables
