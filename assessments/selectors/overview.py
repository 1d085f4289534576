"""A round of a cohort for staff: who is where, and which items are answered how. Never what a member answered alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from fractions import Fraction

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import (
    AgreedAnswer,
    AnswerKind,
    Assessment,
    AssessmentState,
    InstrumentVersion,
    Item,
    MemberTurn,
    Report,
)
from practices.models import Member
from programs.models import TAKING_PART, Cohort, Enrollment, Milestone, MilestoneKind
from programs.selectors import Obligation, obligations


class Step(Enum):
    """How far a team has come, in order."""

    NOT_STARTED = "not-started"
    ALONE = "alone"
    AGREEING = "agreeing"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"

    @property
    def label(self) -> str:
        return str(STEPS[self])


STEPS = {
    Step.NOT_STARTED: gettext_lazy("Not started"),
    Step.ALONE: gettext_lazy("Answering alone"),
    Step.AGREEING: gettext_lazy("Agreeing"),
    Step.SUBMITTED: gettext_lazy("Submitted"),
    Step.REVIEWED: gettext_lazy("Reviewed by the third party"),
}


@dataclass(frozen=True)
class TeamStanding:
    """One team in the round. ``finished`` of ``members`` have answered alone; ``agreed`` of ``items`` are settled."""

    enrollment: Enrollment
    assessment: Assessment | None
    step: Step
    members: int
    finished: int
    agreed: int
    items: int
    report: Report | None
    duty: Obligation | None
    is_late: bool

    @property
    def words(self) -> str:
        if self.step is Step.ALONE:
            return _("%(k)s of %(n)s members finished") % {"k": self.finished, "n": self.members}
        if self.step is Step.AGREEING:
            return _("%(x)s of %(y)s items agreed") % {"x": self.agreed, "y": self.items}
        return ""

    @property
    def tone(self) -> str:
        if self.is_late and self.step in (Step.NOT_STARTED, Step.ALONE, Step.AGREEING):
            return "error"
        tones = {Step.NOT_STARTED: "neutral", Step.SUBMITTED: "success", Step.REVIEWED: "success"}
        return tones.get(self.step, "info")

    @property
    def done(self) -> Fraction:
        """For sorting: the step, then how much of it."""
        share = {
            Step.ALONE: Fraction(self.finished, self.members or 1),
            Step.AGREEING: Fraction(self.agreed, self.items or 1),
        }
        return list(Step).index(self.step) + min(share.get(self.step, Fraction(0)), Fraction(99, 100))


@dataclass(frozen=True)
class ItemCompleteness:
    """How many of the ``n`` rounds that have begun with a version gave an item which kind of answer."""

    item: Item
    n: int
    levels: int
    no_data: int
    not_applicable: int

    @property
    def unanswered(self) -> int:
        return self.n - self.levels - self.no_data - self.not_applicable


def assessment_rounds(cohort: Cohort) -> list[Milestone]:
    """The cohort's assessment milestones in order: baseline, then reassessments."""
    return list(cohort.milestones.filter(kind=MilestoneKind.ASSESSMENT).order_by("ends_on", "ends_time", "id"))


def standings(milestone: Milestone, *, now: datetime) -> list[TeamStanding]:
    """Every team that takes part and owes the round, or has begun it. Ten queries, however many teams."""
    rows = Enrollment.objects.filter(cohort=milestone.cohort_id, state__in=TAKING_PART)
    enrollments = list(rows.select_related("team__practice", "cohort").order_by("team__name", "pk"))
    found = Assessment.objects.filter(milestone=milestone, enrollment__in=enrollments)
    begun = {row.enrollment_id: row for row in found.select_related("version", "report")}
    duties = {one.enrollment.pk: one for one in obligations(enrollments) if one.milestone.pk == milestone.pk}
    facts = _Facts(enrollments, begun.values(), milestone)
    return [
        facts.standing(one, begun.get(one.pk), duties.get(one.pk), now)
        for one in enrollments
        if one.pk in begun or one.pk in duties
    ]


class _Facts:
    """Counts of many rounds, each found by its key."""

    def __init__(self, enrollments: list[Enrollment], begun: Iterable[Assessment], milestone: Milestone) -> None:
        keys = [row.pk for row in begun]
        core = Member.objects.current().core().filter(team__in=[one.team_id for one in enrollments])
        pairs = list(core.values_list("team", "user"))
        self.members = Counter(team for team, _user in pairs)
        self.core = set(pairs)
        self.finished: dict[int, list[int]] = defaultdict(list)
        turns = MemberTurn.objects.filter(assessment__in=keys, finished_at__isnull=False)
        for assessment, user in turns.values_list("assessment", "user"):
            self.finished[assessment].append(user)
        agreed = AgreedAnswer.objects.filter(assessment__in=keys).values("assessment")
        self.agreed = dict(agreed.annotate(n=Count("pk")).values_list("assessment", "n"))
        items = Item.objects.filter(domain__version__assessments__milestone=milestone).values("domain__version")
        self.items = dict(items.annotate(n=Count("pk", distinct=True)).values_list("domain__version", "n"))

    def standing(
        self, enrollment: Enrollment, assessment: Assessment | None, duty: Obligation | None, now: datetime
    ) -> TeamStanding:
        key, team = assessment.pk if assessment else 0, enrollment.team_id
        members, agreed = self.members[team], self.agreed.get(key, 0)
        finished = sum((team, user) in self.core for user in self.finished[key])
        return TeamStanding(
            enrollment=enrollment,
            assessment=assessment,
            step=_step(assessment, is_alone=not agreed and finished < members),
            members=members,
            finished=finished,
            agreed=agreed,
            items=self.items.get(assessment.version_id, 0) if assessment else 0,
            report=getattr(assessment, "report", None) if assessment else None,
            duty=duty,
            is_late=duty is not None and duty.is_late(now),
        )


def _step(assessment: Assessment | None, *, is_alone: bool) -> Step:
    if assessment is None:
        return Step.NOT_STARTED
    if assessment.state == AssessmentState.SUBMITTED:
        return Step.REVIEWED if assessment.review_done_at else Step.SUBMITTED
    return Step.ALONE if is_alone else Step.AGREEING


def completeness_of(milestone: Milestone) -> list[tuple[InstrumentVersion, list[ItemCompleteness]]]:
    """What the teams that take part agreed on, item by item, for each version that is used in the round. Three queries."""
    begun = Q(assessments__milestone=milestone, assessments__enrollment__state__in=TAKING_PART)
    versions = InstrumentVersion.objects.filter(begun).annotate(n=Count("assessments", filter=begun))
    answers = AgreedAnswer.objects.filter(
        assessment__milestone=milestone, assessment__enrollment__state__in=TAKING_PART
    ).values("item", "kind")
    counts = {(item, kind): n for item, kind, n in answers.annotate(n=Count("pk")).values_list("item", "kind", "n")}
    found = list(versions.select_related("instrument").order_by("instrument", "number"))
    items = Item.objects.filter(domain__version__in=found).select_related("domain")
    by_version: dict[int, list[Item]] = defaultdict(list)
    for item in items.order_by("domain__position", "position"):
        by_version[item.domain.version_id].append(item)
    return [(version, [_completeness(item, version.n, counts) for item in by_version[version.pk]]) for version in found]


def _completeness(item: Item, n: int, counts: dict[tuple[int, str], int]) -> ItemCompleteness:
    kinds = (AnswerKind.LEVEL, AnswerKind.NO_DATA, AnswerKind.NOT_APPLICABLE)
    return ItemCompleteness(item, n, *(counts.get((item.pk, kind), 0) for kind in kinds))
