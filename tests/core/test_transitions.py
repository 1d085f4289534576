import pytest
from django.db import connection, transaction

from core import transitions
from core.models import ActorKind, AuditEntry
from programs.models import Enrollment, EnrollmentState

State = EnrollmentState


def test_a_move_changes_the_row_and_leaves_one_audit_row(cast):
    transitions.move(cast.enrollment, State.WITHDRAWN, by=cast.staff, left_on=cast.enrollment.joined_on)
    assert cast.enrollment.state == State.WITHDRAWN
    stored = Enrollment.objects.get(pk=cast.enrollment.pk)
    assert (stored.state, stored.left_on) == (State.WITHDRAWN, stored.joined_on)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_type, entry.object_id) == (
        "enrollment.withdrawn",
        "programs.enrollment",
        stored.pk,
    )
    assert (entry.from_state, entry.to_state, entry.fields) == ("active", "withdrawn", ["left_on"])
    assert (entry.actor_kind, entry.actor_id) == (ActorKind.USER, cast.staff.pk)


def test_the_software_itself_has_no_id(cast):
    transitions.move(cast.enrollment, State.FINISHED, by=None)
    assert AuditEntry.objects.values_list("actor_kind", "actor_id").get() == (ActorKind.SYSTEM, None)


def test_a_move_that_is_not_allowed_is_refused_in_words(cast):
    with pytest.raises(transitions.NotAllowed) as refusal:
        transitions.move(cast.enrollment, State.APPLYING, by=cast.staff)
    assert str(refusal.value) == "This enrollment is “Active”, so it cannot become “Applying”. Reload the page."
    assert not AuditEntry.objects.exists()


def test_of_two_people_one_wins(cast):
    hers, his = (Enrollment.objects.get(pk=cast.enrollment.pk) for _ in range(2))
    transitions.move(hers, State.WITHDRAWN, by=cast.leader)
    with pytest.raises(transitions.ChangedMeanwhile, match="a moment ago"):
        transitions.move(his, State.FINISHED, by=cast.staff)
    assert his.state == State.ACTIVE
    assert Enrollment.objects.get(pk=his.pk).state == State.WITHDRAWN
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("before", State.values)
@pytest.mark.parametrize("after", State.values)
def test_every_transition_of_an_enrollment_is_in_its_table(cast, before, after):
    Enrollment.objects.filter(pk=cast.enrollment.pk).update(state=before)
    enrollment = Enrollment.objects.get(pk=cast.enrollment.pk)
    if after in Enrollment.TRANSITIONS.get(before, set()):
        transitions.move(enrollment, after, by=cast.staff)
        assert enrollment.state == after
    else:
        with pytest.raises(transitions.NotAllowed):
            transitions.move(enrollment, after, by=cast.staff)


@pytest.mark.parametrize("statement", ["UPDATE core_auditentry SET verb = 'bent'", "DELETE FROM core_auditentry"])
def test_the_audit_trail_refuses_to_be_bent(cast, statement):
    transitions.move(cast.enrollment, State.FINISHED, by=cast.staff)
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().verb == "enrollment.finished"


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
def test_the_audit_trail_refuses_truncate(cast):
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_auditentry")
