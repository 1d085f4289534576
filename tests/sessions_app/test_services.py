"""Sessions are made of milestones; attendance on all days meets them, and a correction takes that back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock
from core.models import AuditEntry
from practices.models import Member
from programs.models import Completion, DueFrom, EnrollmentState, Milestone, Standing
from sessions_app import selectors, services
from sessions_app.models import Attendance, Segment, Session
from tests.conftest import make_cohort, make_enrollment, make_user
from tests.sessions_app.conftest import AFTERWARDS, FIRST_DAY, days_of, member_of


def met_by(milestone) -> set[str]:
    return set(Completion.objects.filter(milestone=milestone).values_list("member__user__name", flat=True))


def offsets(session) -> list[int]:
    return list(session.days.order_by("offset_days").values_list("offset_days", flat=True))


# --- schedule ----------------------------------------------------------------------------------------------------------
def test_a_session_has_a_day_for_each_date(cast):
    session = services.schedule_session(cast.session, mode="virtual")
    again = services.schedule_session(cast.session, mode="in_person")
    assert again == session
    assert (Session.objects.get().mode, offsets(session)) == ("virtual", [0, 1])
    assert [selectors.date_of(day) for day in days_of(session)] == [date(2024, 7, 11), date(2024, 7, 12)]
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["session.scheduled"]


def test_only_sessions_are_scheduled(cast):
    with pytest.raises(services.SessionRefused, match="“Milestone baseline” is not a session"):
        services.schedule_session(cast.baseline, mode="virtual")


def test_days_follow_a_milestone_that_changed_its_length(cast, session):
    cast.session.ends_on += timedelta(days=1)
    services.schedule_session(cast.session, mode="in_person")
    assert offsets(session) == [0, 1, 2]
    last = session.days.get(offset_days=2)
    Attendance.objects.create(
        day=session.days.get(offset_days=1),
        enrollment=cast.enrollment,
        member=member_of(cast.leader),
        was_present=True,
        recorded_at=FIRST_DAY,
        recorded_by=cast.staff,
    )
    Segment.objects.create(day=last, title="Welcome", starts_time="09:00", ends_time="10:00")
    cast.session.ends_on = cast.session.starts_on
    services.schedule_session(cast.session, mode="in_person")
    assert offsets(session) == [0, 1]  # a day with attendance stays


def test_the_mode_is_changed_by_people(cast, session):
    services.change_mode(session, mode="virtual", by=cast.staff)
    services.change_mode(session, mode="virtual", by=cast.staff)
    assert Session.objects.get().mode == "virtual"
    assert list(AuditEntry.objects.filter(verb="session.changed").values_list("actor_id", flat=True)) == [cast.staff.pk]


# --- one entry ---------------------------------------------------------------------------------------------------------
def record(cast, day, user, was_present=True):
    return services.record_attendance(day, cast.enrollment, member_of(user), was_present=was_present, by=cast.staff)


def test_present_on_all_days_meets_the_milestone_on_time(cast, session, afterwards):
    first, second = days_of(session)
    record(cast, first, cast.leader)
    record(cast, first, cast.colleague)
    assert met_by(cast.session) == set()
    record(cast, second, cast.leader)
    record(cast, second, cast.colleague, was_present=False)
    assert met_by(cast.session) == {"Lena Leader"}
    completion = Completion.objects.get()
    assert (completion.arrived_at, completion.standing) == (cast.session.ends_at, Standing.OPEN)
    assert completion.completed_at == AFTERWARDS


def test_a_correction_takes_it_back(cast, session, afterwards):
    first, second = days_of(session)
    for day in (first, second):
        record(cast, day, cast.leader)
    before = AuditEntry.objects.count()
    assert record(cast, second, cast.leader).was_present  # the same again: nothing happens
    assert AuditEntry.objects.count() == before
    assert record(cast, second, cast.leader, was_present=False).was_present is False
    assert met_by(cast.session) == set()
    record(cast, second, cast.leader)
    assert met_by(cast.session) == {"Lena Leader"}
    assert Attendance.objects.count() == 2


def test_whoever_does_not_owe_it_meets_nothing(cast, session, afterwards):
    for day in days_of(session):
        record(cast, day, cast.helper)  # the larger team may come; the core team owes
    assert Attendance.objects.count() == 2
    assert Completion.objects.count() == 0


@pytest.mark.parametrize(
    ("due_from", "members"), [(DueFrom.ENROLLMENT, [None]), (DueFrom.LEADER, []), (DueFrom.NOBODY, [])]
)
def test_a_session_that_is_not_personal(cast, session, afterwards, due_from, members):
    Milestone.objects.filter(pk=cast.session.pk).update(due_from=due_from)
    for day in days_of(session):
        record(cast, day, cast.colleague)
    assert list(Completion.objects.values_list("member", flat=True)) == members
    record(cast, days_of(session)[0], cast.colleague, was_present=False)
    assert Completion.objects.count() == 0


def test_a_day_that_has_not_come_is_refused(cast, session):
    first, second = days_of(session)
    midnight = datetime(2024, 7, 11, 4, 0, tzinfo=UTC)  # in New York
    with clock.at(midnight - timedelta(seconds=1)), pytest.raises(services.AttendanceRefused, match="has not come yet"):
        record(cast, first, cast.leader)
    with clock.at(midnight):
        record(cast, first, cast.leader)
        with pytest.raises(services.AttendanceRefused, match="has not come yet"):
            record(cast, second, cast.leader)
    assert Attendance.objects.count() == 1


def test_another_team_or_cohort_is_refused(cast, session, afterwards):
    day = days_of(session)[0]
    elsewhere = make_enrollment(make_cohort(cast.program, "other-cohort"), cast.team, cast.leader)
    cases = [
        (cast.enrollment, cast.stranger, "Stan Stranger is not a member of this team"),
        (elsewhere, cast.leader, "does not take part"),
    ]
    for enrollment, user, message in cases:
        with pytest.raises(services.AttendanceRefused, match=message):
            services.record_attendance(day, enrollment, member_of(user), was_present=True, by=cast.staff)
    assert Attendance.objects.count() == 0


@pytest.mark.parametrize("state", [EnrollmentState.APPLYING, EnrollmentState.ACCEPTED, EnrollmentState.WITHDRAWN])
def test_a_team_that_takes_no_part_is_refused(cast, session, afterwards, state):
    cast.enrollment.state = state
    with pytest.raises(services.AttendanceRefused, match="does not take part"):
        record(cast, days_of(session)[0], cast.leader)


# --- the whole list ----------------------------------------------------------------------------------------------------
def everybody(cast, session) -> set:
    return {(day, member_of(user)) for day in days_of(session) for user in (cast.leader, cast.colleague, cast.stranger)}


def test_the_list_records_everybody_at_once(cast, session, afterwards):
    first, _ = days_of(session)
    presence = everybody(cast, session) - {(first, member_of(cast.stranger))}
    assert services.record_all(session, presence, by=cast.staff) == 6
    assert met_by(cast.session) == {"Lena Leader", "Cora Colleague"}
    assert Attendance.objects.filter(was_present=False).get().member == member_of(cast.stranger)
    assert AuditEntry.objects.filter(verb="session.attendance_recorded").count() == 1
    assert services.record_all(session, presence, by=cast.staff) == 0
    assert AuditEntry.objects.filter(verb="session.attendance_recorded").count() == 1
    corrected = presence - {(first, member_of(cast.leader))}
    assert services.record_all(session, corrected, by=cast.staff) == 1
    assert met_by(cast.session) == {"Cora Colleague"}


def test_on_the_first_day_the_second_is_not_recorded(cast, session):
    first, second = days_of(session)
    with clock.at(FIRST_DAY):
        assert services.record_all(session, {(first, member_of(cast.leader))}, by=cast.staff) == 3
        with pytest.raises(services.AttendanceRefused, match="Lena Leader cannot be recorded there"):
            services.record_all(session, {(second, member_of(cast.leader))}, by=cast.staff)
    assert set(Attendance.objects.values_list("day", flat=True)) == {first.pk}
    assert Completion.objects.count() == 0


def test_two_lists_open_at_once(cast, session, afterwards):
    whole = everybody(cast, session)
    services.record_all(session, whole, by=cast.staff)
    leader = {(day, member_of(cast.leader)) for day in days_of(session)}
    colleague = {(day, member_of(cast.colleague)) for day in days_of(session)}
    assert services.record_all(session, whole - leader, by=cast.staff, seen=whole) == 2
    # The second list was opened before that: it takes the colleague out and leaves the leader as recorded meanwhile.
    assert services.record_all(session, whole - colleague, by=cast.staff, seen=whole) == 2
    assert met_by(cast.session) == {"Stan Stranger"}


def test_somebody_who_is_not_on_the_list_is_refused(cast, session, afterwards):
    outsider = Member.objects.create(
        team=make_enrollment_elsewhere(cast), user=make_user("Oscar Outsider"), role="core", joined_on=date(2024, 3, 1)
    )
    with pytest.raises(services.AttendanceRefused, match="Oscar Outsider cannot be recorded there"):
        services.record_all(session, {(days_of(session)[0], outsider)}, by=cast.staff)
    assert Attendance.objects.count() == 0


def make_enrollment_elsewhere(cast):
    team = type(cast.team).objects.create(practice=cast.practice, name="Team elsewhere", created_at=AFTERWARDS)
    make_enrollment(make_cohort(cast.program, "other-cohort"), team, cast.leader)
    return team


def test_a_member_who_left_stays_on_the_list_only_with_a_record(cast, session, afterwards):
    listed = selectors.presences(session, days_of(session), [cast.enrollment])
    assert [one.member.user.name for one in listed] == ["Cora Colleague", "Lena Leader"]
    assert [one.marks for one in listed] == [(None, None), (None, None)]
    record(cast, days_of(session)[0], cast.former)
    record(cast, days_of(session)[0], cast.helper, was_present=False)
    listed = selectors.presences(session, days_of(session), [cast.enrollment])
    assert [(one.member.user.name, one.marks) for one in listed] == [
        ("Cora Colleague", (None, None)),
        ("Fred Former", (True, None)),
        ("Hal Helper", (False, None)),
        ("Lena Leader", (None, None)),
    ]
