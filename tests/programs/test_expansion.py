"""What the shipped files mean for a cohort, date by date, and what a shift keeps."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.definition import catalog, expand, modes, planned, read, shifted
from programs.timeline import is_quarter_end

HEALTH_EQUITY = read(catalog()["health-equity-2024"])
QTP = read(catalog()["quality-training-program"])
WEEKS = st.integers(-200, 200)


def dates(plan) -> list[tuple]:
    return [(row.code, row.kind, row.starts_on, row.ends_on, row.due_from, row.source) for row in plan.milestones]


def test_health_equity_2024_expands_to_exactly_this():
    plan = planned(HEALTH_EQUITY, HEALTH_EQUITY.cohorts[0])

    def day(year, month, day_of_month):
        return date(year, month, day_of_month), date(year, month, day_of_month)

    assert dates(plan) == [
        ("opening", "opening", *day(2024, 3, 1), "nobody", "default"),
        ("deadline", "deadline", *day(2024, 5, 1), "leader", "seed"),
        ("preparatory-call", "call", *day(2024, 6, 26), "core_team", "seed"),
        ("baseline", "assessment", *day(2024, 7, 10), "enrollment", "default"),
        ("qtp-1", "session", date(2024, 7, 11), date(2024, 7, 12), "core_team", "seed"),
        ("qtp-2", "session", date(2024, 9, 19), date(2024, 9, 20), "core_team", "seed"),
        ("update-1", "update", *day(2024, 9, 30), "enrollment", "default"),
        ("qtp-3", "session", *day(2024, 12, 13), "core_team", "seed"),
        ("update-2", "update", *day(2024, 12, 31), "enrollment", "default"),
        ("update-3", "update", *day(2025, 3, 31), "enrollment", "default"),
        ("update-4", "update", *day(2025, 6, 30), "enrollment", "default"),
        ("reassessment-1", "assessment", *day(2025, 7, 31), "enrollment", "default"),
        ("update-5", "update", *day(2025, 9, 30), "enrollment", "default"),
        ("update-6", "update", *day(2025, 12, 31), "enrollment", "default"),
        ("update-7", "update", *day(2026, 3, 31), "enrollment", "default"),
        ("update-8", "update", *day(2026, 6, 30), "enrollment", "default"),
        ("reassessment-2", "assessment", *day(2026, 7, 31), "enrollment", "default"),
    ]
    rows = {row.code: row for row in plan.milestones}
    assert {row.place for row in plan.milestones if row.kind == "session"} == {"Alexandria, VA"}
    assert {row.zone for row in plan.milestones} == {ZoneInfo("America/New_York")}
    assert rows["deadline"].ends_time == time(23, 59)
    assert [rule.days for rule in rows["update-1"].reminders] == [-14, -3, 1]
    assert [rule.days for rule in rows["qtp-1"].reminders] == [-14, -3]  # what was held cannot be made up for
    assert rows["opening"].reminders == ()
    assert {rule.at for row in plan.milestones for rule in row.reminders} == {time(9)}


def test_health_equity_2024_says_what_the_seed_says():
    facts = HEALTH_EQUITY.program
    assert (facts.length.months, facts.core_team.min, facts.core_team.max, facts.seats.min, facts.seats.max) == (
        24,
        2,
        4,
        10,
        14,
    )
    assert [(cost.code, cost.payer) for cost in facts.costs] == [("tuition", "asco"), ("travel", "practice")]
    assert (facts.sessions[0].mode, facts.sessions[0].count, facts.sessions[0].days) == ("in_person", 3, 5)


def test_the_quality_training_program_runs_twice_in_parallel():
    sessions = {
        cohort.code: [
            (row.starts_on, row.ends_on, row.place) for row in planned(QTP, cohort).milestones if row.kind == "session"
        ]
        for cohort in QTP.cohorts
    }
    assert sessions == {
        "qtp-2018-dallas": [
            (date(2018, 4, 5), date(2018, 4, 6), "Dallas, TX"),
            (date(2018, 7, 19), date(2018, 7, 20), "Dallas, TX"),
            (date(2018, 10, 4), date(2018, 10, 4), "Dallas, TX"),
        ],
        "qtp-2018-portland": [
            (date(2018, 4, 20), date(2018, 4, 21), "Portland, OR"),
            (date(2018, 6, 28), date(2018, 6, 29), "Portland, OR"),
            (date(2018, 10, 18), date(2018, 10, 18), "Portland, OR"),
        ],
    }
    assert {row.source for cohort in QTP.cohorts for row in planned(QTP, cohort).milestones} == {"default"}
    assert [cohort.zone for cohort in QTP.cohorts] == ["America/Chicago", "America/Los_Angeles"]
    assert {cost.payer for cost in QTP.program.costs} == {"practice"}


@pytest.mark.parametrize(("code", "months", "seats"), [("underserved-communities", 24, 4), ("rural-and-urban", 36, 10)])
def test_the_grants_carry_offsets_and_no_invented_dates(code, months, seats):
    file = read(catalog()[code])
    assert (file.program.length.months, file.program.seats.min, file.program.seats.max) == (months, seats, seats)
    assert file.cohorts == []
    plan = expand(file, date(2027, 1, 4))
    assert {row.source for row in plan.milestones} == {"default"}
    assert all(row.starts_on.weekday() == 3 for row in plan.milestones if row.kind == "session")
    assert set(modes(file).values()) == {"on_site"} if months == 24 else {"in_person", "on_site"}


def test_offsets_are_counted_from_the_start():
    plan = {row.code: row for row in expand(read(catalog()["underserved-communities"]), date(2016, 1, 4)).milestones}
    assert plan["deadline"].ends_on == date(2015, 10, 4)
    assert plan["readiness"].ends_on == date(2016, 2, 4)
    assert plan["qtp-1"].starts_on == date(2016, 7, 7)
    assert (plan["qopi-baseline"].starts_on, plan["qopi-baseline"].ends_on) == (date(2016, 2, 4), date(2016, 3, 4))


def test_a_dated_plan_starts_on_its_own_weekday_nearest_to_what_was_asked():
    assert expand(HEALTH_EQUITY, date(2026, 7, 4)).starts_on == date(2026, 7, 1)
    assert expand(HEALTH_EQUITY, date(2026, 7, 5)).starts_on == date(2026, 7, 8)
    assert expand(QTP, date(2019, 4, 19), like="qtp-2018-portland").starts_on == date(2019, 4, 19)
    with pytest.raises(
        ValueError, match="There is no cohort “x” in the file; it has qtp-2018-dallas, qtp-2018-portland"
    ):
        expand(QTP, date(2019, 4, 19), like="x")


def test_a_shift_by_nothing_is_the_plan_itself():
    plan = planned(HEALTH_EQUITY, HEALTH_EQUITY.cohorts[0])
    assert shifted(plan, 0) == plan


@given(WEEKS)
def test_a_shift_keeps_weekdays_quarter_ends_and_lengths(weeks):
    for file in (HEALTH_EQUITY, QTP):
        for cohort in file.cohorts:
            before = planned(file, cohort)
            after = shifted(before, weeks)
            for old, new in zip(before.milestones, after.milestones, strict=True):
                assert new.ends_on - new.starts_on == old.ends_on - old.starts_on
                if old.kind == "update":
                    assert is_quarter_end(new.ends_on)
                else:
                    assert new.starts_on - old.starts_on == timedelta(weeks=weeks)
                assert new.source == ("default" if weeks else old.source)
            updates = [row.ends_on for row in after.milestones if row.kind == "update"]
            assert updates == sorted(set(updates))
