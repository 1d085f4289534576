"""Making and cloning cohorts, and who supports a team."""

from datetime import date, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import AuditEntry
from core.refusals import Refused
from practices.models import Member
from programs import services
from programs.definition import catalog, read
from programs.models import Cohort, Enrollment, Milestone, MilestoneKind, Program, Reminder, SupporterRole
from programs.timeline import is_quarter_end
from tests.conftest import make_cohort, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def health_equity():
    services.load_program(read(catalog()["health-equity-2024"]))
    return Cohort.objects.get(code="health-equity-2024")


def test_a_clone_has_everything_but_the_teams(health_equity, cast):
    services.start_enrollment(health_equity, cast.team, by=cast.leader)
    clone = services.clone_cohort(health_equity, code="next", title="Next", weeks=52, by=cast.staff)
    assert clone.starts_on == health_equity.starts_on + timedelta(weeks=52)
    assert not clone.enrollments.exists()
    same = ["code", "kind", "title", "place", "due_from", "instrument", "starts_time", "ends_time", "zone"]
    assert list(clone.milestones.order_by("id").values_list(*same)) == list(
        health_equity.milestones.order_by("ends_on", "id").values_list(*same)
    )
    plan = ["milestone__code", "offset_days", "offset_hours", "send_time", "audience"]
    assert sorted(Reminder.objects.filter(milestone__cohort=clone).values_list(*plan), key=str) == sorted(
        Reminder.objects.filter(milestone__cohort=health_equity).values_list(*plan), key=str
    )
    assert set(clone.milestones.values_list("source", flat=True)) == {"default"}  # ASCO published none of these dates
    assert AuditEntry.objects.filter(verb="cohort.cloned", object_id=clone.pk, actor_id=cast.staff.pk).count() == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-150, 150).filter(bool))
def test_a_clone_keeps_weekdays_and_quarter_ends(health_equity, weeks):
    code = f"clone-{weeks}-{Cohort.objects.count()}"
    clone = services.clone_cohort(health_equity, code=code, title="Clone", weeks=weeks)
    old = {row.code: row for row in health_equity.milestones.all()}
    for row in clone.milestones.all():
        if row.kind == MilestoneKind.UPDATE:
            assert is_quarter_end(row.ends_on)
        else:
            assert row.ends_on - old[row.code].ends_on == timedelta(weeks=weeks)
    updates = list(clone.milestones.filter(kind=MilestoneKind.UPDATE).values_list("ends_on", flat=True))
    assert len(set(updates)) == 8


def test_a_clone_that_falls_into_a_gap_is_refused(cast):
    cohort = make_cohort(cast.program, "gap")
    Milestone.objects.create(
        cohort=cohort,
        code="night",
        kind=MilestoneKind.CALL,
        title="Night call",
        source="seed",
        zone=cohort.zone,
        starts_on=date(2024, 3, 3),
        ends_on=date(2024, 3, 3),
        starts_time=time(2, 30),
    )
    with pytest.raises(Refused, match=r"skip 02:30\. Choose 01:59 or 03:00\."):
        services.clone_cohort(cohort, code="gap-2", title="Gap", weeks=1, by=cast.staff)
    assert not Cohort.objects.filter(code="gap-2").exists()


def test_a_code_is_used_once(health_equity):
    with pytest.raises(Refused, match="There is a cohort with the code “health-equity-2024” already"):
        services.clone_cohort(health_equity, code="health-equity-2024", title="Again", weeks=1)


@pytest.mark.parametrize("code", ["Bad Code!", "", "a" * 81, "naïve"])
def test_a_code_stands_in_addresses(health_equity, code):
    with pytest.raises(Refused, match="Give the cohort a code of letters, digits and hyphens"):
        services.clone_cohort(health_equity, code=code, title="Title", weeks=1)


@pytest.mark.parametrize("title", ["", "  ", "t" * 201])
def test_a_title_is_words_of_some_length(health_equity, title):
    with pytest.raises(Refused, match="Give the cohort a title"):
        services.create_cohort(health_equity.program, code="new", title=title, starts_on=date(2027, 1, 4))


@pytest.mark.parametrize("weeks", [420_000, -90_000, 10_000, 10**12])
def test_dates_stay_in_the_calendar(health_equity, weeks):
    with pytest.raises(Refused, match="out of the calendar"):
        services.clone_cohort(health_equity, code="far", title="Far", weeks=weeks)


@pytest.mark.parametrize("code", ["health-equity-2024", "rural-and-urban"])
def test_a_cohort_at_the_end_of_time_is_refused(code):
    services.load_program(read(catalog()[code]))
    with pytest.raises(Refused, match="out of the calendar"):
        services.create_cohort(Program.objects.get(code=code), code="far", title="Far", starts_on=date(9999, 12, 1))


def test_a_plan_is_what_would_be_made(health_equity):
    plan = services.planned_clone(health_equity, 52)
    clone = services.clone_cohort(health_equity, code="next", title="Next", weeks=52)
    made = list(clone.milestones.order_by("ends_on", "id").values_list("code", "starts_on", "ends_on"))
    assert sorted((row.code, row.starts_on, row.ends_on) for row in plan.milestones) == sorted(made)
    assert plan.starts_on == clone.starts_on


def test_a_cohort_is_made_from_offsets():
    services.load_program(read(catalog()["rural-and-urban"]))
    program = Program.objects.get(code="rural-and-urban")
    assert not program.cohorts.exists()
    cohort = services.create_cohort(program, code="ru", title="RU", starts_on=date(2027, 1, 4))
    assert cohort.starts_on == date(2027, 1, 4)
    assert cohort.milestones.get(code="deadline").ends_on == date(2026, 11, 4)
    assert cohort.milestones.get(code="workshop").starts_on.weekday() == 3


def test_a_cohort_is_made_from_dates(health_equity):
    cohort = services.create_cohort(health_equity.program, code="later", title="Later", starts_on=date(2026, 7, 3))
    assert cohort.starts_on == date(2026, 7, 1)
    assert cohort.milestones.get(code="qtp-1").starts_on == date(2026, 7, 16)
    assert cohort.milestones.get(code="update-1").ends_on == date(2026, 9, 30)


def test_a_program_without_a_file_makes_no_cohort():
    with pytest.raises(Refused, match=r"Load it again: manage\.py load_program test-program"):
        services.create_cohort(make_program(), code="x", title="X", starts_on=date(2026, 7, 3))


def test_supporters_come_and_go(cast):
    enrollment = cast.enrollment
    first = services.add_supporter(enrollment, cast.reviewer, SupporterRole.FACULTY, by=cast.staff)
    assert services.add_supporter(enrollment, cast.reviewer, SupporterRole.FACULTY, by=cast.staff) == first
    assert first.since_on == date(2024, 7, 1)
    assert enrollment in Enrollment.objects.visible_to(cast.reviewer)
    services.end_supporter(first, by=cast.staff)
    assert enrollment not in Enrollment.objects.visible_to(cast.reviewer)
    with pytest.raises(Refused, match="does not support this team any more"):
        services.end_supporter(first, by=cast.staff)
    assert list(
        AuditEntry.objects.filter(object_type="programs.supporter").order_by("id").values_list("verb", flat=True)
    ) == [
        "supporter.added",
        "supporter.ended",
    ]
    assert Member.objects.filter(user=cast.reviewer).count() == 0


def test_a_moved_clone_does_not_claim_published_dates(health_equity):
    published = health_equity.milestones.get(code="deadline")
    health_equity.milestones.filter(code="baseline").update(note="Bring the figures of the last quarter.")
    moved = services.clone_cohort(health_equity, code="moved", title="Moved", weeks=52)
    same = services.clone_cohort(health_equity, code="same", title="Same", weeks=0)
    made = services.create_cohort(health_equity.program, code="made", title="Made", starts_on=date(2030, 1, 7))
    assert "ASCO named the day" in published.note
    assert same.milestones.get(code="deadline").note == published.note
    for cohort in (moved, made):
        assert not cohort.milestones.filter(note__contains="ASCO").exists()
    # A note of staff beside a date of our own goes with it.
    assert moved.milestones.get(code="baseline").note == "Bring the figures of the last quarter."
