"""Reads on the spine: who owes what by when, and how a team's timeline stands."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from accounts.models import User
from core import clock
from practices.models import Member
from programs import timeline
from programs.models import (
    APPLICATION_KINDS,
    Cohort,
    Completion,
    DueFrom,
    Enrollment,
    EnrollmentState,
    Extension,
    LatePolicy,
    Milestone,
    MilestoneKind,
    Standing,
    Supporter,
    roles_that_owe,
)

# People are there from the first to the last day; everything else has one last moment.
HELD = (MilestoneKind.CALL, MilestoneKind.SESSION, MilestoneKind.ACTIVITY, MilestoneKind.OPENING)
# Nothing of a cohort's timeline concerns these teams any more.
OUT = (EnrollmentState.DECLINED, EnrollmentState.WITHDRAWN)


def deadline_from(milestone: Milestone, extension: Extension | None) -> timeline.Deadline:
    """The deadline of a milestone for an enrollment whose newest extension is ``extension``."""
    return timeline.Deadline(
        at=extension.ends_at if extension else milestone.ends_at,
        grace_minutes=milestone.grace_minutes,
        takes_late_work=milestone.late_policy == LatePolicy.ACCEPT,
    )


def extension_of(milestone: Milestone, enrollment: Enrollment) -> Extension | None:
    """The extension that counts: the newest."""
    return Extension.objects.filter(milestone=milestone, enrollment=enrollment).order_by("granted_at", "id").last()


def deadline_of(milestone: Milestone, enrollment: Enrollment) -> timeline.Deadline:
    """When this enrollment must have met ``milestone``, its extension applied."""
    return deadline_from(milestone, extension_of(milestone, enrollment))


@dataclass(frozen=True)
class Obligation:
    """One duty of one enrollment, or of one member where it is personal; met or not."""

    milestone: Milestone
    enrollment: Enrollment
    member: Member | None
    extension: Extension | None
    completion: Completion | None

    @property
    def deadline(self) -> timeline.Deadline:
        return deadline_from(self.milestone, self.extension)

    @property
    def due_at(self) -> datetime:
        """The deadline in UTC, the extension applied."""
        return self.deadline.at

    @property
    def due_on(self) -> date:
        """The local date of the deadline, the extension applied."""
        return self.extension.ends_on if self.extension else self.milestone.ends_on

    @property
    def zone(self) -> ZoneInfo:
        return self.extension.zone if self.extension else self.milestone.zone

    @property
    def is_done(self) -> bool:
        return self.completion is not None

    def is_late(self, now: datetime) -> bool:
        """Whether it was met late, or is unmet at ``now`` after deadline and grace."""
        if self.completion:
            return self.completion.standing == Standing.LATE
        return timeline.window(self.deadline, now) in (timeline.Window.LATE, timeline.Window.CLOSED)

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be met at ``now``."""
        return not self.is_done and timeline.window(self.deadline, now) != timeline.Window.CLOSED


def is_expected(enrollment: Enrollment, milestone: Milestone, *, is_done: bool = False) -> bool:
    """Whether ``enrollment`` owes (or owed) ``milestone``.

    What belongs to the application is owed while applying, and stays in the list once it is done. All else is owed where
    it falls between the days on which the team joined and left.
    """
    if milestone.due_from == DueFrom.NOBODY:
        return False
    return falls_to(enrollment, milestone) or (is_done and milestone.kind in APPLICATION_KINDS)


def falls_to(enrollment: Enrollment, milestone: Milestone) -> bool:
    """Whether ``milestone`` lies in the team's time: while it applies, or between the days on which it joined and left."""
    if milestone.kind in APPLICATION_KINDS:
        return enrollment.state == EnrollmentState.APPLYING
    if enrollment.joined_on is None:
        return False
    return _within(milestone.ends_on, enrollment.joined_on, enrollment.left_on)


def owes_personally(member: Member, milestone: Milestone) -> bool:
    """Whether the duty is one of this member's: by role, and by when the member was in the team."""
    return member.role in roles_that_owe(milestone.due_from) and _within(
        milestone.ends_on, member.joined_on, member.left_on
    )


def _within(day: date, first: date, last: date | None) -> bool:
    return first <= day and (last is None or day <= last)


def obligations(enrollments: QuerySet[Enrollment] | Iterable[Enrollment]) -> list[Obligation]:
    """Everything the enrollments owe or owed, met or not, in the order of enrollments and deadlines.

    Five queries, however many enrollments there are; four for a list of instances whose team is loaded.
    """
    if isinstance(enrollments, QuerySet):
        enrollments = enrollments.select_related("cohort", "team")
    rows = list(enrollments)
    milestones, members = defaultdict(list), defaultdict(list)
    for milestone in Milestone.objects.filter(cohort__in={row.cohort_id for row in rows}):
        milestones[milestone.cohort_id].append(milestone)
    for member in Member.objects.filter(team__in={row.team_id for row in rows}).select_related("user"):
        members[member.team_id].append(member)
    facts = _Facts(rows)
    return [
        obligation
        for enrollment in rows
        for milestone in milestones[enrollment.cohort_id]
        for obligation in facts.duties(enrollment, milestone, members[enrollment.team_id])
    ]


class _Facts:
    """Completions and extensions of many enrollments, each found by its key."""

    def __init__(self, enrollments: list[Enrollment]) -> None:
        self.completions = {
            (row.milestone_id, row.enrollment_id, row.member_id): row
            for row in Completion.objects.filter(enrollment__in=enrollments)
        }
        self.extensions = {
            (row.milestone_id, row.enrollment_id): row
            for row in Extension.objects.filter(enrollment__in=enrollments).order_by("granted_at", "id")
        }

    def duties(self, enrollment: Enrollment, milestone: Milestone, members: list[Member]) -> Iterator[Obligation]:
        owing = (
            [member for member in members if owes_personally(member, milestone)] if milestone.is_personal else [None]
        )
        extension = self.extensions.get((milestone.pk, enrollment.pk))
        for member in owing:
            completion = self.completions.get((milestone.pk, enrollment.pk, member.pk if member else None))
            if is_expected(enrollment, milestone, is_done=completion is not None):
                yield Obligation(milestone, enrollment, member, extension, completion)


def supporters_of(enrollment: Enrollment) -> QuerySet[Supporter]:
    """Who supports the team now."""
    return enrollment.supporters.filter(until_on=None).select_related("user")


def enrollments_for_list(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """With everything a row of a list shows."""
    return enrollments.select_related("cohort__program", "team__practice")


def in_progress() -> Q:
    """Enrollments to which anything may still be due."""
    return Q(state__in=[EnrollmentState.APPLYING, EnrollmentState.ACTIVE])


@dataclass(frozen=True)
class Entry:
    """One milestone on a team's timeline. ``state`` is done, current, late or upcoming."""

    milestone: Milestone
    obligations: tuple[Obligation, ...]
    state: str
    state_label: str
    at: datetime
    zone: ZoneInfo

    @property
    def title(self) -> str:
        return self.milestone.title

    @property
    def is_extended(self) -> bool:
        return any(duty.extension for duty in self.obligations)


def entries_for(enrollment: Enrollment, *, now: datetime | None = None) -> list[Entry]:
    """The whole timeline of one enrollment, in order. The first thing still to come is ``current``. Five queries."""
    now = now or clock.now()
    duties = defaultdict(list)
    for duty in obligations([enrollment]):
        duties[duty.milestone.pk].append(duty)
    entries, seen_next = [], False
    for milestone in Milestone.objects.filter(cohort=enrollment.cohort_id):
        mine = tuple(duties[milestone.pk])
        state, label = _state(milestone, mine, now)
        if state == "upcoming" and not seen_next:
            state, seen_next = "current", True
        at = mine[0].due_at if mine else milestone.ends_at
        entries.append(Entry(milestone, mine, state, label, at, mine[0].zone if mine else milestone.zone))
    return entries


def _state(milestone: Milestone, duties: tuple[Obligation, ...], now: datetime) -> tuple[str, str]:
    done = sum(duty.is_done for duty in duties)
    share = f"{done} of {len(duties)} done" if milestone.is_personal and duties else ""
    if duties and done == len(duties):
        return "done", "Completed late" if any(duty.is_late(now) for duty in duties) else "Completed"
    if any(duty.is_late(now) and not duty.is_done for duty in duties):
        return "late", share or "Overdue"
    if not duties and milestone.ends_at < now:
        return "done", "Past"
    return "upcoming", share


def due_next(entries: list[Entry], user: User, *, now: datetime, ahead: int = 3) -> list[Obligation]:
    """What is overdue and the next few things to come, as ``user`` sees them: of personal duties a member's own.

    Whoever is not in the team sees a personal duty once, for the first member who still owes it.
    """
    found: list[Obligation] = []
    for entry in entries:
        unmet = [duty for duty in entry.obligations if not duty.is_done]
        own = [duty for duty in unmet if duty.member is None or duty.member.user_id == user.pk]
        is_member = any(duty.member and duty.member.user_id == user.pk for duty in entry.obligations)
        found += own or ([] if is_member else unmet[:1])
    found.sort(key=lambda duty: duty.due_at)
    late = [duty for duty in found if duty.is_late(now)]
    return late + [duty for duty in found if not duty.is_late(now)][:ahead]


def members_of(enrollment: Enrollment) -> QuerySet[Member]:
    """Everybody in the team now."""
    return Member.objects.current().filter(team=enrollment.team_id).select_related("user")


@dataclass(frozen=True)
class CalendarDate:
    """A milestone in somebody's calendar. ``enrollment`` is None for staff; ``is_own``: the reader is in that team."""

    milestone: Milestone
    enrollment: Enrollment | None
    extension: Extension | None
    is_own: bool


def cohorts_with_dates(user: User) -> QuerySet[Cohort]:
    """The cohorts whose dates concern ``user``: those of their teams; for staff, all that still have a date to come."""
    if not user.is_active:
        return Cohort.objects.none()
    if user.is_staff:
        return Cohort.objects.filter(milestones__ends_on__gte=clock.now().date()).distinct()
    return Cohort.objects.filter(enrollments__in=_with_dates(user)).distinct()


def _with_dates(user: User) -> QuerySet[Enrollment]:
    return Enrollment.objects.visible_to(user).exclude(state__in=OUT)


def calendar_dates(user: User, cohort: Cohort | None = None) -> list[CalendarDate]:
    """What stands in a person's calendar. Four queries, two for staff.

    Without ``cohort``, what is asked of them: what falls to their teams and those they support, of personal duties in their
    own teams only theirs. With it, the cohort's whole timeline, as its teams see it. Staff see every milestone on the date
    that all teams share.
    """
    if user.is_staff:
        cohorts = [cohort] if cohort else cohorts_with_dates(user)
        found = Milestone.objects.filter(cohort__in=cohorts).select_related("cohort") if user.is_active else []
        return [CalendarDate(milestone, None, None, is_own=False) for milestone in found]
    enrollments = _with_dates(user).select_related("cohort", "team")
    enrollments = list(enrollments.filter(cohort=cohort) if cohort else enrollments)
    places = {member.team_id: member for member in Member.objects.current().filter(user=user)}
    enrollments.sort(key=lambda row: row.team_id not in places)
    milestones = defaultdict(list)
    for milestone in Milestone.objects.filter(cohort__in={row.cohort_id for row in enrollments}):
        milestones[milestone.cohort_id].append(milestone)
    newest = Extension.objects.filter(enrollment__in=enrollments).exclude(milestone__kind__in=HELD)
    extensions = {(row.milestone_id, row.enrollment_id): row for row in newest.order_by("granted_at", "id")}
    return [
        CalendarDate(milestone, row, extensions.get((milestone.pk, row.pk)), is_own=row.team_id in places)
        for row in enrollments
        for milestone in milestones[row.cohort_id]
        if (_is_in_time(row, milestone) if cohort else _is_asked(row, milestone, places.get(row.team_id)))
    ]


def _is_in_time(enrollment: Enrollment, milestone: Milestone) -> bool:
    return enrollment.left_on is None or milestone.ends_on <= enrollment.left_on


def _is_asked(enrollment: Enrollment, milestone: Milestone, place: Member | None) -> bool:
    if place and milestone.is_personal and not owes_personally(place, milestone):
        return False
    return falls_to(enrollment, milestone)
