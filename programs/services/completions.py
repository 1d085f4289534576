"""That a duty was met, was met after all, or may be met later. Each act cancels the reminders that it settles."""

from datetime import date, datetime, time

from django.db import transaction

from accounts.models import User
from core import clock
from core.refusals import Refused
from core.services import record
from notifications.services import cancel
from practices.models import Member
from programs import timeline
from programs.models import (
    APPLICATION_KINDS,
    Completion,
    Enrollment,
    EnrollmentState,
    Extension,
    Milestone,
    MilestoneKind,
    Standing,
)
from programs.selectors import deadline_of, obligations
from programs.services.moments import check_local
from programs.services.topics import topic_of

STANDINGS = {
    timeline.Window.OPEN: Standing.OPEN,
    timeline.Window.GRACE: Standing.GRACE,
    timeline.Window.LATE: Standing.LATE,
}


# What leaves no trace of its own in the software, so that staff note it. All else is met by what was filed or recorded.
NOTED_BY_HAND = (MilestoneKind.CALL, MilestoneKind.ACTIVITY, MilestoneKind.REPORT)


class DeadlinePassed(Refused):
    """The deadline is over and no late work is taken."""


@transaction.atomic
def complete(
    enrollment: Enrollment,
    milestone: Milestone,
    *,
    by: User,
    member: Member | None = None,
    arrived_at: datetime | None = None,
) -> Completion:
    """Note that a duty was met, and how that stands to its deadline. Done twice, it changes nothing and returns the first.

    Args:
        member: who met it, where the duty is personal; None where it is the team's.
        arrived_at: when it reached us (aware); now by default. ``timeline.window`` decides by it.

    Waiting reminders of this duty are cancelled; those of the whole team once its last member has met a personal one.

    Raises:
        DeadlinePassed: it arrived after deadline and grace, and no late work is taken.
        Refused: the milestone is not this enrollment's to meet.
    """
    # Of a withdrawal and a completion at the same moment the second sees what the first did.
    enrollment = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    _check_pair(enrollment, milestone, member)
    present = Completion.objects.filter(milestone=milestone, enrollment=enrollment, member=member).first()
    if present:
        return present
    _check_state(enrollment, milestone)
    arrived = arrived_at or clock.now()
    window = timeline.window(deadline_of(milestone, enrollment), arrived)
    if window == timeline.Window.CLOSED:
        raise DeadlinePassed(f"The deadline of “{milestone}” has passed, and no late work is taken.")
    completion = Completion.objects.create(
        milestone=milestone,
        enrollment=enrollment,
        member=member,
        arrived_at=arrived,
        standing=STANDINGS[window],
        completed_at=clock.now(),
        completed_by=by,
    )
    _cancel_settled(enrollment, milestone, member)
    record("completion.created", completion, by=by, fields=["standing"])
    return completion


@transaction.atomic
def complete_for_all(milestone: Milestone, *, by: User) -> int:
    """Note that every active team, and each of its members who owes it, met ``milestone`` in time: a call that was held.

    What arrived is taken to have arrived at the deadline, or now if that is still to come. Returns how many were new.

    Raises:
        Refused: it is met by what each team sends, or by the attendance list; or the call is still to come.
    """
    _check_noted_by_hand(milestone)
    if milestone.kind == MilestoneKind.CALL and milestone.starts_at > clock.now():
        raise Refused(f"“{milestone}” is still to come. Note it once it was held.")
    active = Enrollment.objects.filter(cohort=milestone.cohort_id, state=EnrollmentState.ACTIVE)
    unmet = [duty for duty in obligations(active) if duty.milestone.pk == milestone.pk and not duty.is_done]
    for duty in unmet:
        arrived_at = min(duty.due_at, clock.now())
        complete(duty.enrollment, duty.milestone, by=by, member=duty.member, arrived_at=arrived_at)
    return len(unmet)


def _check_noted_by_hand(milestone: Milestone) -> None:
    if milestone.is_for_applicants:
        raise Refused(f"“{milestone}” belongs to the application, which each team sends itself.")
    if milestone.kind == MilestoneKind.SESSION:
        raise Refused(f"Who was at “{milestone}” is recorded on its attendance list.")
    if milestone.kind not in NOTED_BY_HAND:
        raise Refused(f"“{milestone}” is met by what each team files, so it cannot be noted for them.")


@transaction.atomic
def take_back(completion: Completion, *, by: User) -> None:
    """Take back what staff noted by mistake: the duty is owed again (see ``reopen``).

    Raises:
        Refused: it was met by what the team filed or by attendance, which is given back or corrected where it stands.
    """
    _check_noted_by_hand(completion.milestone)
    reopen(completion.enrollment, completion.milestone, by=by, member=completion.member)


@transaction.atomic
def reopen(enrollment: Enrollment, milestone: Milestone, *, by: User, member: Member | None = None) -> None:
    """Take a completion back: the duty is owed again. Reminders whose time comes from now on are sent again.

    Raises:
        Refused: it had not been met.
    """
    completion = Completion.objects.filter(milestone=milestone, enrollment=enrollment, member=member).first()
    if completion is None:
        raise Refused(f"“{milestone}” is open already.")
    record("completion.reopened", completion, by=by)
    completion.delete()


@transaction.atomic
def extend(
    enrollment: Enrollment, milestone: Milestone, *, ends_on: date, ends_time: time | None = None, reason: str, by: User
) -> Extension:
    """Give one enrollment more time, in the milestone's zone. The newest extension counts.

    Waiting reminders of the old date are cancelled; the next sweep plans those of the new one.

    Raises:
        Refused: without a reason, not later than the present deadline, at a local time that does not exist or comes
            twice, or for a duty that is met already.
    """
    check_extension(enrollment, milestone, ends_on=ends_on, ends_time=ends_time, reason=reason)
    extension = Extension.objects.create(
        milestone=milestone,
        enrollment=enrollment,
        ends_on=ends_on,
        ends_time=ends_time,
        zone=milestone.zone,
        reason=reason.strip()[:300],
        granted_at=clock.now(),
        granted_by=by,
    )
    cancel(topic_of(milestone, enrollment), reason="The team was given more time.")
    record("extension.granted", extension, by=by, fields=["ends_on", "ends_time"])
    return extension


def check_extension(
    enrollment: Enrollment, milestone: Milestone, *, ends_on: date, ends_time: time | None = None, reason: str
) -> None:
    """Whether ``extend`` would take this; for forms, which ask before they save. Raises Refused."""
    _check_pair(enrollment, milestone, None, is_person_needed=False)
    if not reason.strip():
        raise Refused("Say why this team gets more time.")
    if not milestone.is_personal and Completion.objects.filter(milestone=milestone, enrollment=enrollment).exists():
        raise Refused(f"The team has met “{milestone}” already, so there is nothing to extend.")
    check_local(ends_on, ends_time, milestone.zone)
    new_end = timeline.resolve(ends_on, ends_time or timeline.END_OF_DAY, milestone.zone)
    if new_end <= deadline_of(milestone, enrollment).at:
        raise Refused("An extension must end later than the present deadline. Choose a later date.")


def _check_pair(
    enrollment: Enrollment, milestone: Milestone, member: Member | None, *, is_person_needed: bool = True
) -> None:
    if milestone.cohort_id != enrollment.cohort_id:
        raise Refused(f"“{milestone}” belongs to another cohort than this team's.")
    if not is_person_needed:
        return
    if milestone.is_personal and (member is None or member.team_id != enrollment.team_id):
        raise Refused(f"“{milestone}” is met by each member alone. Say which member of the team met it.")
    if member is not None and not milestone.is_personal:
        raise Refused(f"“{milestone}” is met by the team as a whole, not by one member.")


def _check_state(enrollment: Enrollment, milestone: Milestone) -> None:
    needed = EnrollmentState.APPLYING if milestone.kind in APPLICATION_KINDS else EnrollmentState.ACTIVE
    if enrollment.state != needed:
        state = enrollment.get_state_display().lower()
        raise Refused(
            f"“{milestone}” cannot be met while the team's enrollment is {state}. It must be {needed.label.lower()}."
        )


def _cancel_settled(enrollment: Enrollment, milestone: Milestone, member: Member | None) -> None:
    reason = "It was met in time for this mail to be needless."
    if member is not None:
        cancel(topic_of(milestone, enrollment), recipient=member.user, reason=reason)
        still_owed = [
            duty for duty in obligations([enrollment]) if duty.milestone.pk == milestone.pk and not duty.is_done
        ]
        if still_owed:
            return
    cancel(topic_of(milestone, enrollment), reason=reason)
