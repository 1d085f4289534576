"""The life of an enrollment: applying, accepted, active, over. Every step goes through ``core.transitions.move``."""

from django.db import transaction

from accounts.models import User
from core import clock
from core.refusals import Refused
from core.services import record
from core.transitions import NotAllowed, move
from practices.models import Team
from programs.models import Cohort, Enrollment, EnrollmentState
from programs.services.topics import cancel_for_team


@transaction.atomic
def start_enrollment(cohort: Cohort, team: Team, *, by: User) -> Enrollment:
    """Enroll ``team`` as applying.

    Raises:
        Refused: the team is in this cohort already, in whatever state.
    """
    enrollment, is_new = Enrollment.objects.get_or_create(
        cohort=cohort, team=team, defaults={"started_at": clock.now(), "started_by": by}
    )
    if not is_new:
        state = enrollment.get_state_display().lower()
        raise Refused(f"The team “{team}” is in {cohort} already ({state}). Open its page to go on.")
    record("enrollment.created", enrollment, by=by, fields=["cohort", "team"])
    return enrollment


def accept_enrollment(enrollment: Enrollment, *, by: User) -> None:
    """Give the team a place. It takes part once it is active."""
    move(enrollment, EnrollmentState.ACCEPTED, by=by)


def put_on_alternate_list(enrollment: Enrollment, *, by: User) -> None:
    """Keep the team in case a place becomes free."""
    move(enrollment, EnrollmentState.ALTERNATE, by=by)


@transaction.atomic
def decline_enrollment(enrollment: Enrollment, *, by: User) -> None:
    """Say no. Waiting reminders are cancelled."""
    move(enrollment, EnrollmentState.DECLINED, by=by)
    cancel_for_team(enrollment, reason="The application was declined.")


def activate(enrollment: Enrollment, *, by: User) -> None:
    """Start the team's timeline: from the cohort's today on, its milestones are owed. Nothing is copied."""
    zone = enrollment.cohort.zone
    move(enrollment, EnrollmentState.ACTIVE, by=by, joined_on=clock.today(zone))


@transaction.atomic
def withdraw(enrollment: Enrollment, *, reason: str, by: User) -> None:
    """Take the team out as of the cohort's today; what falls later is not owed. Waiting reminders are cancelled.

    Raises:
        Refused: a team that takes part leaves without a reason.
        TransitionRefused: it is over already.
    """
    if enrollment.joined_on and not reason.strip():
        raise Refused("Say why the team leaves: teams are learned from even when they go.")
    today = clock.today(enrollment.cohort.zone)
    move(enrollment, EnrollmentState.WITHDRAWN, by=by, left_on=today, left_reason=reason.strip()[:200])
    cancel_for_team(enrollment, reason="The team has withdrawn.")


@transaction.atomic
def finish(enrollment: Enrollment, *, by: User) -> None:
    """End the team's time in the cohort with success, as of the cohort's today. Waiting reminders are cancelled."""
    move(enrollment, EnrollmentState.FINISHED, by=by, left_on=clock.today(enrollment.cohort.zone))
    cancel_for_team(enrollment, reason="The team has finished.")


def resume_application(enrollment: Enrollment, *, by: User) -> None:
    """Take back the withdrawal of an application.

    Raises:
        NotAllowed: the team took part before it withdrew; it starts anew in another cohort.
    """
    if enrollment.joined_on:
        raise NotAllowed(
            "This team had begun the program before it withdrew, so its application cannot be taken up again."
        )
    move(enrollment, EnrollmentState.APPLYING, by=by, left_on=None, left_reason="")
