"""Who owes what, at a constant number of queries."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs import services
from programs.models import Enrollment, EnrollmentState
from programs.selectors import due_next, entries_for, obligations
from tests.conftest import NOW, make_enrollment, make_practice, make_team, make_user


def owed(enrollment) -> list[tuple[str, str]]:
    return [(duty.milestone.code, duty.member.user.name if duty.member else "") for duty in obligations([enrollment])]


BASE = [("baseline", ""), ("qtp-1", "Lena Leader"), ("qtp-1", "Cora Colleague"), ("update-1", "")]


def test_an_active_team_owes_what_falls_into_its_time(cast):
    assert owed(cast.enrollment) == BASE


@pytest.mark.parametrize(
    ("joined", "left", "expected"),
    [
        (date(2024, 7, 10), None, BASE),
        (date(2024, 7, 11), None, BASE[1:]),
        (date(2024, 7, 13), None, BASE[3:]),
        (date(2024, 6, 1), date(2024, 7, 12), BASE[:3]),
        (date(2024, 6, 1), date(2024, 7, 11), BASE[:1]),
    ],
)
def test_joining_and_leaving_bound_what_is_owed(cast, joined, left, expected):
    Enrollment.objects.filter(pk=cast.enrollment.pk).update(joined_on=joined, left_on=left)
    cast.enrollment.refresh_from_db()
    assert owed(cast.enrollment) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [("applying", [("deadline", "")]), ("accepted", []), ("alternate", []), ("declined", []), ("withdrawn", [])],
)
def test_an_applicant_owes_the_application_alone(cast, state, expected):
    Enrollment.objects.filter(pk=cast.enrollment.pk).update(state=state, joined_on=None)
    cast.enrollment.refresh_from_db()
    assert owed(cast.enrollment) == expected


def test_what_was_met_while_applying_stays_in_the_list(cast):
    team = make_team(cast.practice, cast.leader, name="Second")
    row = make_enrollment(cast.cohort, team, cast.leader, EnrollmentState.APPLYING)
    services.complete(row, cast.deadline, by=cast.leader, arrived_at=datetime(2024, 4, 1, tzinfo=UTC))
    services.accept_enrollment(row, by=cast.staff)
    assert owed(row) == [("deadline", "")]


def test_a_member_owes_what_falls_into_their_time(cast):
    cast.team.members.filter(user=cast.colleague).update(joined_on=date(2024, 7, 13))
    assert ("qtp-1", "Cora Colleague") not in owed(cast.enrollment)


def test_an_obligation_knows_its_deadline(cast):
    services.extend(cast.enrollment, cast.baseline, ends_on=date(2024, 8, 1), reason="Illness", by=cast.staff)
    duty = obligations([cast.enrollment])[0]
    assert (duty.due_at, duty.due_on, duty.zone) == (
        datetime(2024, 8, 2, 3, 59, 59, tzinfo=UTC),
        date(2024, 8, 1),
        cast.baseline.zone,
    )
    assert not duty.is_late(duty.due_at)
    assert duty.is_late(datetime(2024, 8, 2, 4, tzinfo=UTC))
    assert duty.is_open(datetime(2024, 8, 2, 4, tzinfo=UTC))


def count(act) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_queries_do_not_grow_with_the_teams(cast):
    one = count(lambda: obligations(Enrollment.objects.filter(pk=cast.enrollment.pk)))
    person = make_user("Third Leader")
    make_enrollment(cast.cohort, make_team(make_practice("Third"), person), person)
    assert Enrollment.objects.count() == 3
    assert count(lambda: obligations(Enrollment.objects.all())) == one == 5


def test_the_timeline_shows_what_is_next(cast):
    entries = entries_for(cast.enrollment, now=NOW)
    assert [(entry.milestone.code, entry.state, entry.state_label) for entry in entries] == [
        ("opening", "done", "Past"),
        ("deadline", "done", "Past"),
        ("baseline", "current", ""),
        ("qtp-1", "upcoming", "0 of 2 done"),
        ("update-1", "upcoming", ""),
    ]
    services.complete(cast.enrollment, cast.session, by=cast.staff, member=cast.team.members.get(user=cast.leader))
    later = entries_for(cast.enrollment, now=datetime(2024, 8, 1, tzinfo=UTC))
    assert [(entry.state, entry.state_label) for entry in later[2:]] == [
        ("late", "Overdue"),
        ("late", "1 of 2 done"),
        ("current", ""),
    ]


def test_what_is_due_next_is_ones_own(cast):
    entries = entries_for(cast.enrollment, now=NOW)

    def shown(user):
        return [
            (duty.milestone.code, duty.member.user.name if duty.member else "")
            for duty in due_next(entries, user, now=NOW)
        ]

    assert shown(cast.leader) == [BASE[0], BASE[1], BASE[3]]
    assert shown(cast.colleague) == [BASE[0], BASE[2], BASE[3]]
    assert shown(cast.coach) == [BASE[0], BASE[1], BASE[3]]  # for the whole team, once
