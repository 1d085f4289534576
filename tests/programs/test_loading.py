"""Loading a file twice, changed, and after staff have moved something."""

from datetime import date, time

import pytest

from core.models import AuditEntry
from core.refusals import Refused
from programs import services
from programs.definition import read
from programs.models import Cohort, Milestone, Program, Reminder
from tests.conftest import make_program
from tests.programs.files import VALID, changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def load(text: str) -> list[str]:
    return [" ".join(str(change).split()) for change in services.load_program(read(text))]


def told(text: str) -> list[str]:
    return [line for line in load(text) if not line.startswith("unchanged")]


def test_the_first_load_makes_rows():
    assert load(VALID) == [
        "added program tiny",
        "added cohort tiny-2024",
        "added milestone tiny-2024/opening",
        "added milestone tiny-2024/deadline",
        "added milestone tiny-2024/session-1",
        "added milestone tiny-2024/update-1",
    ]
    program = Program.objects.get()
    assert (program.title, program.length_months, program.core_team_min, program.teams_min) == (
        "Tiny program",
        6,
        2,
        None,
    )
    deadline = Milestone.objects.get(code="deadline")
    assert (deadline.ends_on, deadline.ends_time) == (date(2024, 5, 1), time(23, 59))
    assert (deadline.source, deadline.version) == ("seed", 1)
    assert sorted(Reminder.objects.values_list("milestone__code", "offset_days")) == [
        ("deadline", -3),
        ("deadline", 1),
        ("session-1", -3),
        ("update-1", -3),
        ("update-1", 1),
    ]


def test_loading_again_changes_nothing():
    load(VALID)
    before = (
        list(Milestone.objects.order_by("pk").values()),
        list(Program.objects.values()),
        list(Reminder.objects.values()),
    )
    audited = AuditEntry.objects.count()
    assert told(VALID) == []
    after = (
        list(Milestone.objects.order_by("pk").values()),
        list(Program.objects.values()),
        list(Reminder.objects.values()),
    )
    assert before == after
    assert AuditEntry.objects.count() == audited


def test_a_changed_fact_is_told_with_old_and_new():
    load(VALID)
    assert told(changed("length: {months: 6", "length: {months: 9")) == [
        "changed program tiny: program.length.months: 6 -> 9"
    ]
    assert Program.objects.get().length_months == 9


def test_a_moved_date_raises_the_version():
    load(VALID)
    assert told(changed("starts: 2024-05-01", "starts: 2024-05-08")) == [
        "changed milestone tiny-2024/deadline: ends_on: 2024-05-01 -> 2024-05-08",
        "changed milestone tiny-2024/deadline: starts_on: 2024-05-01 -> 2024-05-08",
    ]
    deadline = Milestone.objects.get(code="deadline")
    assert (deadline.starts_on, deadline.ends_on) == (date(2024, 5, 8), date(2024, 5, 8))
    assert (deadline.source, deadline.version) == ("seed", 2)


def test_a_changed_title_and_plan_leave_the_version_alone():
    load(VALID)
    old, new = (f"+{days}d at 09:00:00 to owing, -3d at 09:00:00 to owing" for days in (1, 2))
    text = changed("title: Deadline", "title: Last day").replace("  - {days: 1,", "  - {days: 2,")
    assert told(text) == [
        "changed program tiny: reminders[1].days: 1 -> 2",
        "changed milestone tiny-2024/deadline: title: Deadline -> Last day",
        f"changed milestone tiny-2024/deadline: reminders: {old} -> {new}",
        f"changed milestone tiny-2024/update-1: reminders: {old} -> {new}",
    ]
    assert Milestone.objects.get(code="deadline").version == 1
    assert told(text) == []


def test_what_staff_moved_is_kept(cast):
    load(VALID)
    deadline = Milestone.objects.get(code="deadline", cohort__code="tiny-2024")
    services.move_milestone(deadline, starts_on=date(2024, 5, 10), ends_on=date(2024, 5, 10), by=cast.staff)
    text = changed("starts: 2024-05-01", "starts: 2024-05-08")
    assert told(text) == ["kept milestone tiny-2024/deadline (moved by staff)"]
    deadline.refresh_from_db()
    assert (deadline.ends_on, deadline.source) == (date(2024, 5, 10), "staff")


def test_what_the_file_no_longer_has_is_kept():
    load(VALID)
    start, end = VALID.index("      - code: update-1"), VALID.index("form:")
    assert told(VALID[:start] + VALID[end:]) == ["kept milestone tiny-2024/update-1 (not in the file)"]
    assert Milestone.objects.filter(code="update-1").exists()


def test_a_new_milestone_is_added():
    start, end = VALID.index("      - code: update-1"), VALID.index("form:")
    load(VALID[:start] + VALID[end:])
    assert told(VALID) == ["added milestone tiny-2024/update-1"]


def test_a_cohort_of_another_program_is_refused_and_nothing_is_loaded():
    Cohort.objects.create(
        program=make_program(),
        code="tiny-2024",
        title="Other",
        starts_on=date(2024, 1, 1),
        created_at="2024-01-01T00:00Z",
    )
    with pytest.raises(Refused, match="belongs to Test Learning Collaborative"):
        load(VALID)
    assert not Program.objects.filter(code="tiny").exists()
