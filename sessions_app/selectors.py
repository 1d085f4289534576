"""Reads of sessions: days with their dates, and who was there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import User
from core import clock
from practices.models import CORE_ROLES, Member
from programs.models import TAKING_PART, Enrollment
from sessions_app.models import Attendance, Session, SessionDay


@dataclass(frozen=True)
class Presence:
    """One member's days. ``marks`` follow the session's days: True present, False absent, None not recorded."""

    enrollment: Enrollment
    member: Member
    marks: tuple[bool | None, ...]

    @property
    def was_there_throughout(self) -> bool:
        return bool(self.marks) and all(self.marks)


def date_of(day: SessionDay) -> date:
    """The local date of a day, in the session's own zone."""
    return day.session.milestone.starts_on + timedelta(days=day.offset_days)


def has_come(day: SessionDay) -> bool:
    """Whether the day has begun where the session takes place."""
    return date_of(day) <= clock.today(day.session.milestone.zone)


def days_of(session: Session) -> list[SessionDay]:
    """The days in order, with ``session`` and agenda at hand: two queries."""
    days = list(session.days.prefetch_related("segments").order_by("offset_days"))
    for day in days:
        day.session = session
    return days


def enrollments_at(session: Session, user: User) -> list[Enrollment]:
    """The teams of the session's cohort that take part and that ``user`` may see."""
    visible = Enrollment.objects.visible_to(user).filter(cohort=session.milestone.cohort_id, state__in=TAKING_PART)
    return list(visible.select_related("team").order_by("team__name", "id"))


def presences(session: Session, days: Iterable[SessionDay], enrollments: Iterable[Enrollment]) -> list[Presence]:
    """The core members of these teams and whoever else was recorded, by team, with their marks: two queries."""
    days = list(days)
    teams = {one.team_id: one for one in enrollments}
    recorded: dict[int, dict[int, bool]] = defaultdict(dict)
    rows = Attendance.objects.filter(day__session=session, enrollment__in=teams.values())
    for member_id, day_id, was_present in rows.values_list("member_id", "day_id", "was_present"):
        recorded[member_id][day_id] = was_present
    by_team: dict[int, list[Presence]] = {team: [] for team in teams}
    for member in Member.objects.filter(team__in=list(teams)).select_related("user").order_by("user__name", "id"):
        if member.pk in recorded or (member.left_on is None and member.role in CORE_ROLES):
            marks = tuple(recorded[member.pk].get(day.pk) for day in days)
            by_team[member.team_id].append(Presence(teams[member.team_id], member, marks))
    return [presence for team in by_team.values() for presence in team]
