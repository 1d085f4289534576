"""The staff's decisions. Each is one act: the application moves, its enrollment moves with it, and one letter is written."""

from django.db import transaction

from accounts.models import User
from applications.models import Application, ApplicationState, Screening, Verdict
from applications.services.corrections import close_corrections
from applications.services.refusals import ApplicationRefused
from applications.services.submission import decision_topic
from core.transitions import move
from notifications.models import Kind
from notifications.services import Draft, cancel, enqueue
from practices.selectors import leader_of
from programs import services as programs

SUBJECTS = {
    ApplicationState.ACCEPTED: "Your team has been accepted: {cohort}",
    ApplicationState.ALTERNATE: "Your team is on the alternate list: {cohort}",
    ApplicationState.DECLINED: "Decision on your application: {cohort}",
}


@transaction.atomic
def accept(application: Application, *, by: User, note: str = "") -> None:
    """Accept the application. Its enrollment becomes accepted and at once active: the team's timeline starts, nothing is copied.

    The decision letter goes to the leader. ``note`` is for staff.

    Raises:
        ApplicationRefused: it was screened as not eligible.
        core.transitions.TransitionRefused: it is not submitted or on the alternate list, or somebody else decided first.
    """
    _decide(application, ApplicationState.ACCEPTED, by, note)
    programs.accept_enrollment(application.enrollment, by=by)
    programs.activate(application.enrollment, by=by)


@transaction.atomic
def put_on_alternate_list(application: Application, *, by: User, note: str = "") -> None:
    """Put a submitted application on the alternate list, with a letter to the leader.

    Raises:
        ApplicationRefused: it was screened as not eligible.
        core.transitions.TransitionRefused: it is not submitted, or somebody else decided first.
    """
    _decide(application, ApplicationState.ALTERNATE, by, note)
    programs.put_on_alternate_list(application.enrollment, by=by)


@transaction.atomic
def decline(application: Application, *, by: User, note: str = "") -> None:
    """Decline a submitted application or one on the alternate list, with a letter to the leader.

    Raises:
        core.transitions.TransitionRefused: it was decided or withdrawn, or somebody else decided first.
    """
    _decide(application, ApplicationState.DECLINED, by, note)
    programs.decline_enrollment(application.enrollment, by=by)


def _decide(application: Application, to: str, by: User, note: str) -> None:
    """What is still returned for changes is closed with the decision. Screening alone decides nothing and writes to nobody."""
    before = application.state
    if to != ApplicationState.DECLINED:
        _check_eligible(application)
    move(application, to, by=by, decision_note=note)
    close_corrections(application, by=by)
    if before == ApplicationState.ALTERNATE:
        cancel(decision_topic(application), reason="A later decision replaced this one.")
    _mail_decision(application, to, is_second=before == ApplicationState.ALTERNATE)


def _check_eligible(application: Application) -> None:
    if Screening.objects.filter(application=application, verdict=Verdict.NOT_ELIGIBLE).exists():
        raise ApplicationRefused("It was screened as not eligible. Screen it again first, or decline it.")


def _mail_decision(application: Application, to: str, *, is_second: bool) -> None:
    """One letter a decision. Only an alternate is decided twice, so a second key is all it takes."""
    leader = leader_of(application.enrollment.team).user
    cohort = application.call.cohort
    page = "programs:enrollment" if to == ApplicationState.ACCEPTED else "applications:detail"
    row = application.enrollment if to == ApplicationState.ACCEPTED else application
    context = {
        "recipient_name": leader.name,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "team": application.enrollment.team.name,
        "link": {"page": page, "args": [str(row.public_id)]},
    }
    enqueue(
        Draft(
            kind=Kind.DECISION,
            key=f"decision:{application.pk}" + (":after-alternate" if is_second else ""),
            subject=SUBJECTS[to].format(cohort=cohort.title),
            to=leader,
            template=f"decision-{to}",
            context=context,
            topic=decision_topic(application),
        )
    )
