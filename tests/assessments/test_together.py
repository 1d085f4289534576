"""Two people at the same moment, with a connection each (PostgreSQL; SQLite has one writer anyway)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from assessments import services
from assessments.models import AgreedAnswer, AgreedRevision, Assessment, InstrumentVersion
from core import clock
from core.models import AuditEntry
from core.refusals import Refused
from programs.models import Completion
from tests.assessments.conftest import answer_all, item_of, say, small
from tests.conftest import NOW, build_cast

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")


def at_once(*acts) -> list[str]:
    """Run the acts side by side; what each came to: "done", or the name of its refusal."""
    barrier = Barrier(len(acts))

    def run(act) -> str:
        try:
            with clock.at(NOW):
                barrier.wait()
                act()
        except Refused as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def people(transactional_db, now):
    cast = build_cast()
    services.load_instrument(small())
    return cast


def test_two_start_one_round(people):
    def start(user):
        return lambda: services.start_assessment(people.enrollment, people.baseline, by=user)

    assert at_once(start(people.leader), start(people.colleague)) == ["done", "done"]
    assert Assessment.objects.count() == 1
    assert AuditEntry.objects.filter(verb="assessment.started").count() == 1


def test_two_answer_one_item(people):
    assessment = services.start_assessment(people.enrollment, people.baseline, by=people.leader)
    item = item_of(assessment.version, "a")

    def agree(user, kind):
        return lambda: services.agree(assessment, item, kind=kind, by=user, base_version=0)

    outcomes = at_once(agree(people.leader, "no_data"), agree(people.colleague, "not_applicable"))
    assert sorted(outcomes) == ["AnswersChanged", "done"]
    assert AgreedAnswer.objects.get().version == 1


def test_two_agree_on_one_domain(people):
    """Each item is agreed on once; the second is told, or finds what both wanted."""
    assessment = services.start_assessment(people.enrollment, people.baseline, by=people.leader)
    for person in (people.leader, people.colleague):
        say(assessment, person, a="low", b="high", c="low")
    (domain,) = assessment.version.domains.filter(code="one")
    shown = {item_of(assessment.version, code).pk for code in "ab"}

    def take(user):
        return lambda: services.take_domain(assessment, domain, shown, by=user)

    outcomes = at_once(take(people.leader), take(people.colleague))
    assert "done" in outcomes and set(outcomes) <= {"done", "AssessmentRefused"}
    assert sorted(AgreedAnswer.objects.values_list("item__code", "version")) == [("a", 1), ("b", 1)]
    assert AgreedRevision.objects.count() == 2


def test_two_submit(people):
    assessment = services.start_assessment(people.enrollment, people.baseline, by=people.leader)
    answer_all(assessment, people.leader)

    def submit(user):
        return lambda: services.submit(Assessment.objects.get(pk=assessment.pk), by=user, arrived_at=NOW)

    outcomes = at_once(submit(people.leader), submit(people.colleague))
    assert outcomes.count("done") == 1
    assert Completion.objects.count() == 1


def test_a_draft_is_not_replaced_under_a_round_that_starts(people):
    outcomes = at_once(
        lambda: services.start_assessment(people.enrollment, people.baseline, by=people.leader),
        lambda: services.load_instrument(small(**{"Item C.": "Item C reworded."})),
    )
    assert outcomes == ["done", "done"]
    # Either the draft was replaced and then frozen, or it was frozen and followed by a second version.
    used = Assessment.objects.get().version
    assert used.frozen_at == NOW
    assert (InstrumentVersion.objects.count(), item_of(used, "c").text) in [(1, "Item C reworded."), (2, "Item C.")]
