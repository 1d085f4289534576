"""Submitting, to the second; replays; withdrawing and opening again."""

import uuid
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from applications import selectors
from applications.models import Application, ApplicationState, SignOff, Submission
from applications.services import ApplicationRefused, CallClosed, GapsRemain, answer, reopen, submit, withdraw
from core import clock
from core.models import AuditEntry
from core.transitions import TransitionRefused
from notifications.models import Message
from practices.services import update_practice
from programs.models import Completion, EnrollmentState, Milestone
from programs.services import DeadlinePassed, extend
from tests.applications.conftest import APRIL, DEADLINE, SECTIONS

SECOND = timedelta(seconds=1)


def sent(applying, arrived_at=APRIL):
    submit(applying.application, by=applying.leader, arrived_at=arrived_at, key=applying.application.submission_key)
    return applying.application


def test_submitting_seals_completes_and_writes_one_receipt(complete):
    before = AuditEntry.objects.count()
    application = sent(complete)
    stored = Application.objects.get()
    assert (stored.state, stored.submission.standing, stored.submission.arrived_at) == ("submitted", "open", APRIL)
    assert (stored.submitted_at, stored.submitted_by) == (APRIL, complete.leader)
    assert selectors.is_intact(stored)
    assert stored.submission.sealed["practice"]["name"] == complete.practice.name
    assert [member["name"] for member in stored.submission.sealed["team"]["members"]] == [
        complete.leader.name,
        complete.colleague.name,
        complete.helper.name,
    ]
    assert [item["name"] for item in stored.submission.sealed["attendance"]] == [
        complete.leader.name,
        complete.colleague.name,
    ]
    assert stored.submission.sealed["sections"][1]["questions"][0] == {
        "code": "hours",
        "kind": "number",
        "text": "Hours a week",
        "value": 2,
        "words": "2 hours",
        "shown_to_reviewers": True,
    }
    assert Completion.objects.get(enrollment=application.enrollment).milestone == complete.call.deadline
    assert list(
        Message.objects.filter(recipient=complete.leader, kind="receipt").values_list("template", flat=True)
    ) == ["application-received"]
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)[before:])
    assert verbs == ["completion.created", "application.signed_off", "application.submitted"]


def test_the_sealed_copy_does_not_change_with_the_practice(complete):
    sent(complete)
    update_practice(complete.practice, by=complete.staff, oncologists=99)
    stored = Application.objects.get()
    assert stored.submission.sealed["practice"]["oncologists"] == 6
    assert selectors.is_intact(stored)
    stored.submission.sealed["practice"]["oncologists"] = 99
    assert not selectors.is_intact(stored)


def test_gaps_refuse_it(draft):
    with pytest.raises(GapsRemain) as refusal:
        sent(draft)
    assert str(refusal.value) == "5 things are missing before you can submit: see the list."
    assert refusal.value.gaps == selectors.gaps(draft.application)
    assert (
        Application.objects.get().state,
        Completion.objects.count(),
        Message.objects.filter(kind="receipt").count(),
    ) == (
        "draft",
        0,
        0,
    )


@pytest.mark.parametrize(
    ("after", "grace", "standing"),
    [(0, 0, "open"), (1, 0, "late"), (600, 10, "grace"), (601, 10, "late")],
)
def test_on_time_grace_and_late_to_the_second(complete, after, grace, standing):
    Milestone.objects.filter(pk=complete.call.deadline_id).update(grace_minutes=grace)
    complete.application.refresh_from_db()
    assert sent(complete, DEADLINE + after * SECOND).submission.standing == standing


def test_a_call_without_late_work_is_closed_a_second_after(complete):
    Milestone.objects.filter(pk=complete.call.deadline_id).update(late_policy="closed")
    with pytest.raises(DeadlinePassed):
        sent(complete, DEADLINE + SECOND)
    assert Application.objects.get().state == "draft"
    complete.application.refresh_from_db()
    assert sent(complete, DEADLINE).submission.standing == "open"


def test_an_extension_counts_for_its_enrollment(complete):
    extend(
        complete.application.enrollment,
        complete.call.deadline,
        ends_on=complete.call.deadline.ends_on + timedelta(days=2),
        reason="Flood",
        by=complete.staff,
    )
    assert sent(complete, DEADLINE + timedelta(days=1)).submission.standing == "open"


def test_a_replay_returns_the_first_receipt(complete):
    key = complete.application.submission_key
    first = sent(complete)
    before = AuditEntry.objects.count(), Message.objects.count()
    again = submit(Application.objects.get(), by=complete.leader, arrived_at=APRIL + timedelta(hours=1), key=str(key))
    assert again.submission == first.submission
    assert before == (AuditEntry.objects.count(), Message.objects.count())


def test_without_a_key_a_second_submission_is_refused(complete):
    sent(complete)
    with pytest.raises(ApplicationRefused, match="“Submitted”"):
        submit(complete.application, by=complete.leader, arrived_at=APRIL)


@pytest.mark.parametrize("key", [uuid.uuid4(), "nonsense", ""])
def test_a_key_of_nobody_is_refused(complete, key):
    with pytest.raises(ApplicationRefused):
        submit(complete.application, by=complete.leader, arrived_at=APRIL, key=key)
    assert Application.objects.get().state == "draft"


def test_opening_again_gives_a_new_key_and_a_second_receipt(complete):
    old = complete.application.submission_key
    application = sent(complete)
    reopen(application, by=complete.leader)
    assert (application.state, Completion.objects.count()) == ("draft", 0)
    with pytest.raises(ApplicationRefused):
        submit(application, by=complete.leader, arrived_at=APRIL, key=old)
    answer(application, {complete.question("hours").pk: 3}, by=complete.colleague)
    sent(complete)
    assert Application.objects.get().submission.sealed["sections"][1]["questions"][0]["value"] == 3
    assert Message.objects.filter(kind="receipt").count() == 2


def test_a_sent_application_cannot_be_edited(complete):
    application = sent(complete)
    with pytest.raises(ApplicationRefused, match="“Submitted”"):
        answer(application, {complete.question("hours").pk: 3}, by=complete.colleague)


def test_a_closed_call_cannot_be_edited_and_a_late_one_can(complete):
    values = {complete.question("hours").pk: 3}
    answer(complete.application, values, by=complete.leader, arrived_at=DEADLINE + SECOND)
    Milestone.objects.filter(pk=complete.call.deadline_id).update(late_policy="closed")
    complete.application.refresh_from_db()
    with pytest.raises(CallClosed):
        answer(complete.application, values, by=complete.leader, arrived_at=DEADLINE + SECOND)


@pytest.mark.parametrize("is_sent", [False, True])
def test_withdrawing_and_taking_it_up_again(complete, is_sent):
    application = sent(complete) if is_sent else complete.application
    withdraw(application, by=complete.leader)
    application.refresh_from_db()
    assert (application.state, application.enrollment.state) == ("withdrawn", "withdrawn")
    reopen(application, by=complete.leader)
    application.refresh_from_db()
    assert (application.state, application.enrollment.state) == ("draft", "applying")
    assert Completion.objects.count() == 0
    sent(complete)


def test_after_the_deadline_nothing_is_opened_again(complete):
    application = sent(complete)
    with clock.at(DEADLINE + SECOND), pytest.raises(CallClosed):
        reopen(application, by=complete.leader)


def test_transitions_that_are_refused(complete):
    application = complete.application
    with pytest.raises(TransitionRefused):
        reopen(application, by=complete.leader)  # a draft
    withdraw(application, by=complete.leader)
    with pytest.raises(TransitionRefused):
        withdraw(application, by=complete.leader)
    with pytest.raises(ApplicationRefused, match="“Withdrawn”"):
        submit(application, by=complete.leader, arrived_at=APRIL)
    assert application.enrollment.state == EnrollmentState.WITHDRAWN


def test_a_hundred_submissions_at_once_are_one(transactional_db, request):
    """Twenty people press five times each, all with the key of one page."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("an in-memory database has one connection")
    complete = request.getfixturevalue("complete")
    key, outcomes, barrier = complete.application.submission_key, [], Barrier(20)

    def press():
        barrier.wait()
        try:
            with clock.at(APRIL):
                for _ in range(5):
                    found = submit(Application.objects.get(), by=complete.leader, arrived_at=APRIL, key=key)
                    outcomes.append(found.submission.sealed_sha256)
        finally:
            connections.close_all()

    threads = [Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [Application.objects.get().submission.sealed_sha256] * 100
    assert Message.objects.filter(kind="receipt").count() == 1
    assert (Submission.objects.count(), SignOff.objects.count()) == (1, 1)
    assert Application.objects.get().state == ApplicationState.SUBMITTED
    assert len(SECTIONS) == len(Application.objects.get().submission.sealed["sections"])
