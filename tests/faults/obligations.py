"""Teams that owe, by the thousand: ``python -m tests.faults.obligations TEAMS [MILESTONES]`` writes them into the database.

Every team has four members, and each owes every milestone alone: TEAMS x MILESTONES x 4 obligations, and of each the
reminder has come today and an older one is past its use. So each person is to get one mail with MILESTONES lines.
"""

import os
import sys
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import django

MEMBERS = 4
CHUNK = 1000
ZONE = ZoneInfo("America/New_York")
OFFSETS = (-14, -3)  # days; the first has been overtaken by the second


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "collaborative.settings"
    django.setup()
    write(int(sys.argv[1]), *(int(word) for word in sys.argv[2:]))


def write(teams: int, milestones: int = 1, offsets: tuple[int, ...] = OFFSETS) -> None:
    from django.db import transaction

    with transaction.atomic():
        cohort = _cohort(milestones, offsets)
        for first in range(0, teams, CHUNK):
            _teams(cohort, range(first, min(first + CHUNK, teams)))


def _cohort(milestones: int, offsets: tuple[int, ...]) -> object:
    from core import clock
    from programs.models import Cohort, DueFrom, Milestone, MilestoneKind, Program, Reminder, Source

    now = clock.now()
    today = now.astimezone(ZONE).date()
    sizes = {"length_months": 24, "core_team_min": 2, "core_team_max": 6}
    program = Program.objects.create(
        code="load", title="Load", summary="Many teams.", definition={}, loaded_at=now, **sizes
    )
    cohort = Cohort.objects.create(
        program=program, code="load-1", title="Load 1", zone=ZONE, starts_on=today - timedelta(days=90), created_at=now
    )
    due = {"starts_on": today + timedelta(days=3), "ends_on": today + timedelta(days=3), "zone": ZONE}
    rows = Milestone.objects.bulk_create(
        Milestone(
            cohort=cohort,
            code=f"report-{number}",
            kind=MilestoneKind.REPORT,
            title=f"Report {number}",
            due_from=DueFrom.CORE_TEAM,
            source=Source.STAFF,
            **due,
        )
        for number in range(milestones)
    )
    Reminder.objects.bulk_create(
        Reminder(milestone=row, offset_days=days, send_time=time(0, 0)) for row in rows for days in offsets
    )
    return cohort


def _teams(cohort: object, numbers: range) -> None:
    from accounts.models import User
    from core import clock
    from practices.models import Member, MemberRole, Practice, Team
    from programs.models import Enrollment, EnrollmentState

    now, since = clock.now(), cohort.starts_on
    people = User.objects.bulk_create(
        User(
            email=f"p{number}-{place}@synthetic.example",
            name=f"Person {number}-{place}",
            password="!",
            joined_at=now,
            is_synthetic=True,
        )
        for number in numbers
        for place in range(MEMBERS)
    )
    practices = Practice.objects.bulk_create(
        Practice(name=f"Practice {number}", city="Testville", created_at=now, is_synthetic=True) for number in numbers
    )
    teams = Team.objects.bulk_create(
        Team(practice=practice, name=f"Team of {practice.name}", created_at=now) for practice in practices
    )
    Member.objects.bulk_create(
        Member(
            team=teams[index // MEMBERS],
            user=person,
            role=MemberRole.CORE if index % MEMBERS else MemberRole.LEADER,
            joined_on=since,
        )
        for index, person in enumerate(people)
    )
    Enrollment.objects.bulk_create(
        Enrollment(
            cohort=cohort,
            team=team,
            state=EnrollmentState.ACTIVE,
            started_at=now,
            started_by=people[index * MEMBERS],
            joined_on=since,
        )
        for index, team in enumerate(teams)
    )


if __name__ == "__main__":
    main()
