"""The intake of a call on one screen: how many came how far, and who is stuck where."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from applications.models import Application, ApplicationState, Call, Correction, EligibilityAnswer, Letter, Verdict
from applications.selectors.progress import LETTER, Progress, Step, progress_of, steps_of
from applications.selectors.standing import CallStanding, calls, standing_of
from practices.models import Member, MemberRole
from programs.models import Standing

DECIDED = (ApplicationState.ACCEPTED, ApplicationState.ALTERNATE, ApplicationState.DECLINED)
RECEIVED = (ApplicationState.SUBMITTED, *DECIDED)

# A call that takes late work never closes; so long after its deadline it is no work of the day any more.
LATE_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Bar:
    """One line of the funnel: how many of ``total`` came so far. ``missing`` is the step that filters the list of the others."""

    label: str
    count: int
    total: int
    missing: str = ""

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all of them."""
        return self.count * 100 // self.total if self.total else 0

    @property
    def left(self) -> int:
        return self.total - self.count


class Stuck(NamedTuple):
    """A draft, what is missing in it, and for how long nobody has changed it."""

    pk: int
    progress: Progress
    quiet: timedelta

    @property
    def days(self) -> int:
        return self.quiet.days


@dataclass(frozen=True)
class Intake:
    """The counts of one call. Withdrawn applications are counted apart, and in no line of the funnel."""

    by_state: Mapping[str, int]
    late: int
    verdicts: Mapping[str, int]
    asked_back: int
    answered_back: int
    bars: tuple[Bar, ...]
    stuck: tuple[Stuck, ...]
    steps: tuple[Step, ...]

    @property
    def started(self) -> int:
        return sum(self.by_state.values()) - self.withdrawn

    @property
    def withdrawn(self) -> int:
        return self.by_state.get(ApplicationState.WITHDRAWN, 0)

    @property
    def drafts(self) -> int:
        return self.by_state.get(ApplicationState.DRAFT, 0)

    @property
    def received(self) -> int:
        return sum(self.by_state.get(state, 0) for state in RECEIVED)

    @property
    def decided(self) -> int:
        return sum(self.by_state.get(state, 0) for state in DECIDED)

    @property
    def unscreened(self) -> int:
        """Submitted, not decided, and nobody has given a verdict."""
        return self.by_state.get(ApplicationState.SUBMITTED, 0) - self.verdicts.get("submitted", 0)


def intake_of(call: Call, *, now: datetime) -> Intake:
    """The same number of queries whatever the number of applications, however far they are."""
    applications = Application.objects.filter(call=call)
    by_state = dict(applications.order_by().values_list("state").annotate(n=Count("pk")))
    progress, steps = progress_of(applications), steps_of(call)
    verdicts = _verdicts(applications)
    corrections = Correction.objects.filter(
        application__call=call, application__state=ApplicationState.SUBMITTED, settled_at=None
    )
    back = corrections.aggregate(
        asked=Count("application", distinct=True, filter=Q(answered_at=None)),
        answered=Count("application", distinct=True, filter=Q(answered_at__isnull=False)),
    )
    stuck = sorted(
        (Stuck(pk, one, now - one.changed_at) for pk, one in progress.items()),
        key=lambda one: (one.progress.changed_at, one.pk),  # quiet the longest
    )
    late = applications.filter(state__in=RECEIVED, submission__standing=Standing.LATE).count()
    return Intake(
        by_state=by_state,
        late=late,
        verdicts=verdicts,
        asked_back=back["asked"],
        answered_back=back["answered"],
        bars=tuple(_bars(call, by_state, progress, steps, verdicts)),
        stuck=tuple(stuck),
        steps=steps,
    )


def _bars(
    call: Call,
    by_state: Mapping[str, int],
    progress: Mapping[int, Progress],
    steps: Sequence[Step],
    verdicts: Mapping[str, int],
) -> list[Bar]:
    """What was submitted had every step; of the drafts each counts where the step is not missing."""
    received = sum(by_state.get(state, 0) for state in RECEIVED)
    total = received + by_state.get(ApplicationState.DRAFT, 0)
    missing: Counter[str] = Counter()
    for steps_left, count in Counter(one.missing for one in progress.values()).items():
        missing.update({step.code: count for step in steps_left})
    bars = [Bar("Started", total, total)]
    if call.eligibility_questions.exists():
        bars.append(Bar("Answered the eligibility questions, and fit", _eligible(call), total))
    for step in steps:
        if step.code == LETTER:
            bars += _letters(call, total)
        bars.append(Bar(step.title, total - missing[step.code], total, step.code))
    decided = sum(by_state.get(state, 0) for state in DECIDED)
    return [
        *bars,
        Bar("Submitted", received, total),
        Bar("Screened", verdicts.get("received", 0), received),
        Bar("Decided", decided, received),
    ]


def _eligible(call: Call) -> int:
    """Applications in which every question of the call is answered by a choice that fits."""
    questions = {
        row.pk: {one["code"] for one in row.choices if one["fits"]} for row in call.eligibility_questions.all()
    }
    fits = Q()
    for question, codes in questions.items():
        fits |= Q(question=question, choice__in=codes)
    rows = EligibilityAnswer.objects.filter(application__call=call, application__state__in=_in_funnel()).filter(fits)
    whole = rows.order_by().values("application").annotate(n=Count("pk")).filter(n=len(questions))
    return whole.count()


def _in_funnel() -> list[str]:
    return [ApplicationState.DRAFT, *RECEIVED]


def _letters(call: Call, total: int) -> list[Bar]:
    """Asked for, and begun; a letter that is done was both. What was taken back, or asked of a former sponsor, is neither."""
    alive = Letter.objects.filter(application__call=call, application__state__in=_in_funnel(), ended_at=None)
    counts = alive.filter(Q(done_at__isnull=False) | Q(sponsor__until_on=None)).aggregate(
        n_asked=Count("application", distinct=True),
        n_begun=Count("application", distinct=True, filter=Q(done_at__isnull=False) | Q(started_at__isnull=False)),
    )
    return [
        Bar("Letter of support: asked for", counts["n_asked"], total),
        Bar("Letter of support: opened by the sponsor", counts["n_begun"], total),
    ]


def _verdicts(applications: QuerySet[Application]) -> dict[str, int]:
    """By verdict, among what was received; ``received`` and ``submitted`` (not decided) are how many have any."""
    rows = applications.filter(state__in=RECEIVED, screening__isnull=False).order_by()
    counts: Counter[str] = Counter()
    for state, verdict, n in rows.values_list("state", "screening__verdict").annotate(n=Count("pk")):
        counts["received"] += n
        counts[verdict] += n
        if state == ApplicationState.SUBMITTED:
            counts["submitted"] += n
    return {name: counts[name] for name in ("received", "submitted", *Verdict.values)}


def running(*, now: datetime) -> list[Call]:
    """The calls that are open or closed a month ago at most and take late work, and those with applications to decide.

    Each with ``drafts`` and ``to_decide``; one query.
    """
    rows = calls().annotate(
        drafts=Count("applications", filter=Q(applications__state=ApplicationState.DRAFT)),
        to_decide=Count("applications", filter=Q(applications__state=ApplicationState.SUBMITTED)),
    )
    return [call for call in rows.defer("cohort__program__definition") if call.to_decide or _is_ongoing(call, now)]


def _is_ongoing(call: Call, now: datetime) -> bool:
    standing = standing_of(call, now)
    return standing is CallStanding.OPEN or (standing is CallStanding.LATE and now < call.deadline.ends_at + LATE_FOR)


@dataclass(frozen=True)
class Named:
    """A stuck draft with the application, its team and who leads it."""

    stuck: Stuck
    application: Application


def named(stuck: Iterable[Stuck]) -> list[Named]:
    """For a page of the list; one query."""
    listed = list(stuck)
    rows = with_leader(Application.objects.filter(pk__in=[one.pk for one in listed]))
    found = {row.pk: row for row in rows.select_related("enrollment__team__practice")}
    return [Named(one, found[one.pk]) for one in listed if one.pk in found]


def with_leader(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Add the name, address and key of who leads each team now: ``leader_name``, ``leader_email``, ``leader_id``."""
    leaders = Member.objects.current().filter(role=MemberRole.LEADER, team=OuterRef("enrollment__team"))
    return applications.annotate(
        leader_name=Subquery(leaders.values("user__name")[:1]),
        leader_email=Subquery(leaders.values("user__email")[:1]),
        leader_id=Subquery(leaders.values("user")[:1]),
    )
