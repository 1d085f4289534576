"""Who was there. A member who was there on every day has met the milestone; a correction takes that back."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from core import clock
from core.refusals import Refused
from core.services import record
from practices.models import Member
from programs import services as programs
from programs.models import TAKING_PART, Completion, DueFrom, Enrollment, roles_that_owe
from sessions_app import selectors
from sessions_app.models import Attendance, Session, SessionDay

Cell = tuple[SessionDay, Member]


class AttendanceRefused(Refused):
    """This attendance cannot be recorded."""


@transaction.atomic
def record_attendance(
    day: SessionDay, enrollment: Enrollment, member: Member, *, was_present: bool, by: User
) -> Attendance:
    """Record, or correct, whether a member was there on a day; completes or reopens the session's milestone.

    Recording the same again changes nothing.

    Raises:
        AttendanceRefused: the day has not come; the team is of another cohort or takes no part; the member is of
            another team.
    """
    _refuse(day, enrollment, member)
    present = Attendance.objects.select_for_update().filter(day=day, enrollment=enrollment, member=member).first()
    if present is not None and present.was_present == was_present:
        return present
    attendance, _ = Attendance.objects.update_or_create(
        day=day,
        enrollment=enrollment,
        member=member,
        defaults={"was_present": was_present, "recorded_at": clock.now(), "recorded_by": by},
    )
    record("attendance.recorded", attendance, by=by, fields=["was_present"])
    _settle(day.session, [enrollment], by=by)
    return attendance


@transaction.atomic
def record_all(session: Session, presence: set[Cell], *, by: User, seen: set[Cell] | None = None) -> int:
    """Record a whole list at once: whoever is not in ``presence`` was absent. Returns the number of rows changed.

    The list covers the days that have come and the members of ``selectors.presences``. ``seen`` holds the boxes that
    were ticked when the person opened the list: what they left as it was keeps what somebody else recorded meanwhile.

    Raises:
        AttendanceRefused: ``presence`` names a day that has not come, or somebody who is not on the list.
    """
    Session.objects.select_for_update().get(pk=session.pk)  # two lists saved at once come one after the other
    days = [day for day in selectors.days_of(session) if selectors.has_come(day)]
    enrollments = selectors.enrollments_at(session, by)
    listed = selectors.presences(session, days, enrollments)
    cells = {
        (day, one.member): (one.enrollment, mark) for one in listed for day, mark in zip(days, one.marks, strict=True)
    }
    if foreign := presence - set(cells):
        raise AttendanceRefused(f"{next(iter(foreign))[1].user.name} cannot be recorded there. Reload the list.")
    rows = []
    for (day, member), (enrollment, mark) in cells.items():
        ticked = (day, member) in presence
        is_untouched = seen is not None and ticked == ((day, member) in seen) and mark is not None
        if mark != ticked and not is_untouched:
            rows.append(_row(day, enrollment, member, ticked, by))
    if not rows:
        return 0
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["day", "enrollment", "member"],
        update_fields=["was_present", "recorded_at", "recorded_by"],
    )
    record("session.attendance_recorded", session, by=by, fields=["attendances"])
    touched = {row.enrollment_id for row in rows}
    _settle(session, [one for one in enrollments if one.pk in touched], by=by)
    return len(rows)


def _row(day: SessionDay, enrollment: Enrollment, member: Member, was_present: bool, by: User) -> Attendance:
    return Attendance(
        day=day,
        enrollment=enrollment,
        member=member,
        was_present=was_present,
        recorded_at=clock.now(),
        recorded_by=by,
    )


def _refuse(day: SessionDay, enrollment: Enrollment, member: Member) -> None:
    if enrollment.cohort_id != day.session.milestone.cohort_id or enrollment.state not in TAKING_PART:
        raise AttendanceRefused("This team does not take part in the session's cohort.")
    if member.team_id != enrollment.team_id:
        raise AttendanceRefused(f"{member.user.name} is not a member of this team.")
    if not selectors.has_come(day):
        raise AttendanceRefused("This day has not come yet. Record attendance on the day or afterwards.")


def _settle(session: Session, enrollments: Iterable[Enrollment], *, by: User) -> None:
    """Bring the completions of these teams in line with their attendance.

    A personal duty is met by each member alone; one that the team or its leader owes, by anybody of those who owe it.
    """
    milestone = session.milestone
    owing = roles_that_owe(milestone.due_from)
    enrollments = list(enrollments)
    if milestone.due_from == DueFrom.NOBODY or not enrollments:
        return
    met = set(
        Completion.objects.filter(milestone=milestone, enrollment__in=enrollments).values_list("enrollment", "member")
    )
    throughout: dict[tuple[int, int | None], tuple[Enrollment, Member | None, bool]] = {}
    for one in selectors.presences(session, selectors.days_of(session), enrollments):
        if one.member.role not in owing:
            continue
        member = one.member if milestone.is_personal else None
        key = (one.enrollment.pk, member.pk if member else None)
        before = throughout.get(key, (one.enrollment, member, False))[2]
        throughout[key] = (one.enrollment, member, before or one.was_there_throughout)
    arrived_at = min(clock.now(), milestone.ends_at)  # they were there on time, whenever the list is typed in
    for key, (enrollment, member, is_met) in throughout.items():
        if is_met and key not in met:
            programs.complete(enrollment, milestone, by=by, member=member, arrived_at=arrived_at)
        elif not is_met and key in met:
            programs.reopen(enrollment, milestone, by=by, member=member)
