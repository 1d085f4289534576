"""Assessments: scoring and drawing 10,000 rounds of 60 items, and a cohort's page of scores at 4, 14 and 28 teams.

    python -m benchmarks.assessments [ASSESSMENTS]

Every team has five submitted rounds. Beside each figure stands its floor in the same run: reading the same answers from the
same PostgreSQL as plain tuples. Of the cohort's page it counts the queries and asks PostgreSQL for the plan of each
(``EXPLAIN``): neither may grow with teams. It takes a machine that does nothing else.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from benchmarks.stand import machine, stand

ASSESSMENTS, SIZES, TIMES = 10_000, (4, 14, 28), 15
AT_ONCE = 200  # assessments that are scored together, as the exports do


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median_of(act: Callable[[], object]) -> float:
    """Seconds, after one call that nobody counts."""
    act()
    return statistics.median(timed(act) for _ in range(TIMES))


def write_rounds(assessments: int) -> dict[int, object]:
    """Cohorts of every size, then more of 28 teams until there are so many assessments; the first ones by size."""
    from django.db import connection

    from benchmarks.rounds import ROUNDS, fill_cohort, load_sixty
    from tests.conftest import make_program, make_user

    program, by, version = make_program(), make_user("Bench Mark"), load_sixty()
    found = {size: fill_cohort(program, f"size-{size}", version, size, by) for size in SIZES}
    missing = assessments // ROUNDS - sum(SIZES)
    for number, first in enumerate(range(0, missing, SIZES[-1])):
        fill_cohort(program, f"more-{number}", version, min(SIZES[-1], missing - first), by)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return found


def plain(**which: object) -> int:
    """The floor: the answers with their levels as tuples, and nothing made of them."""
    from assessments.models import AgreedAnswer

    rows = AgreedAnswer.objects.filter(**which)
    return len(list(rows.values_list("assessment_id", "item_id", "kind", "level__position")))


def chunks() -> Iterator[list]:
    from assessments.models import Assessment

    rows = Assessment.objects.select_related("version__instrument").order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        yield list(rows.filter(pk__in=keys[start : start + AT_ONCE]))


def measure_scores(assessments: int) -> None:
    """Score all rounds, then draw every team's picture of its five, each beside its floor."""
    from assessments import selectors
    from assessments.models import Assessment
    from benchmarks.rounds import ROUNDS

    floor = timed(lambda: [plain(assessment__in=[one.pk for one in rows]) for rows in chunks()])
    scored = timed(lambda: [selectors.scores_of(rows) for rows in chunks()])
    told(f"score {assessments:,} assessments", assessments, scored, floor)
    last = Assessment.objects.filter(milestone__code=f"round-{ROUNDS - 1}").select_related("version__instrument")
    last = list(last.select_related("version__instrument", "milestone", "enrollment"))
    floor = timed(lambda: [plain(assessment__enrollment=one.enrollment_id) for one in last])
    drawn = timed(lambda: [selectors.profile(one) for one in last])
    told(f"profile of {len(last):,} teams, {ROUNDS} rounds each", len(last), drawn, floor)


def told(name: str, count: int, seconds: float, floor: float) -> None:
    print(f"| {name} | {seconds:.1f} s | {count / seconds:,.0f} | {floor:.1f} s | {seconds / floor:.1f} |", flush=True)


def measure_page(cohorts: dict[int, object]) -> None:
    """A cohort's page of scores at every size: queries, time beside the floor, and what PostgreSQL does for each query."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from assessments import selectors
    from tests.conftest import make_user

    call_command("collectstatic", interactive=False, verbosity=0)
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
    client.force_login(
        make_user("Staff Person", role="staff"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    plans, counts = {}, {}
    print("\n| a cohort's page of scores | queries | median | plain reading | ratio |\n|---|---|---|---|---|")
    for size, cohort in cohorts.items():
        address = reverse("assessments:cohort_scores", args=[cohort.code])
        page = lambda address=address: client.get(address, secure=True)  # noqa: E731
        assert page().status_code == 200
        seconds = median_of(page)
        floor = median_of(lambda cohort=cohort: plain(assessment__milestone__cohort=cohort))
        counts[size] = len(asked_by(page))
        plans[size] = [plan_of(*one) for one in asked_by(lambda cohort=cohort: selectors.cohort_scores(cohort))]
        print(
            f"| {size} teams, 5 rounds | {counts[size]} | {1000 * seconds:.0f} ms | {1000 * floor:.0f} ms "
            f"| {seconds / floor:.1f} |",
            flush=True,
        )
    compare_plans(plans)
    assert len(set(counts.values())) == 1, counts


def asked_by(act: Callable[[], object]) -> list[tuple[str, tuple]]:
    """The queries of an act, with their values."""
    from django.db import connection

    found = []

    def note(execute, sql, params, many, context):
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return found


def plan_of(sql: str, params: tuple) -> list[str]:
    """The steps of the plan, from the outside in: what each does and to which table."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (found,) = cursor.fetchone()
    top = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    steps, waiting = [], [top]
    while waiting:
        step = waiting.pop()
        steps.append(" ".join(filter(None, (step["Node Type"], step.get("Relation Name")))))
        waiting += reversed(step.get("Plans", []))
    return steps


def compare_plans(plans: dict[int, list[list[str]]]) -> None:
    """How many steps each query takes at every size; the steps themselves where they differ."""
    print(f"\n| query | {' | '.join(f'steps at {size} teams' for size in plans)} | same steps |")
    print(f"|---|{'---|' * len(plans)}---|")
    for number, steps in enumerate(zip(*plans.values(), strict=True), 1):
        is_same = all(one == steps[0] for one in steps)
        print(f"| {number} | {' | '.join(str(len(one)) for one in steps)} | {'yes' if is_same else 'no'} |")
        if not is_same:
            for size, one in zip(plans, steps, strict=True):
                print(f"  {size} teams: {' > '.join(one)}")


def main(assessments: int = ASSESSMENTS) -> None:
    with stand():
        began = time.perf_counter()
        cohorts = write_rounds(assessments)
        print(f"{machine()}; {assessments:,} assessments written in {time.perf_counter() - began:.0f} s\n")
        print("| what | time | a second | reading the answers plainly | ratio |\n|---|---|---|---|---|")
        measure_scores(assessments)
        measure_page(cohorts)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
