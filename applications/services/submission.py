"""Submitting an application, taking it back, and opening it again."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import User
from applications import selectors
from applications.models import Application, ApplicationState, Submission
from applications.selectors import CallStanding
from applications.services.refusals import ApplicationRefused, CallClosed, GapsRemain
from applications.services.sealing import seal
from applications.services.signing import settle_sign_off
from core import clock, wording
from core.transitions import move
from notifications.models import Kind
from notifications.services import Draft, cancel, enqueue
from practices.selectors import leader_of
from programs import services as programs
from programs.models import Standing

RECEIVED = (
    ApplicationState.SUBMITTED,
    ApplicationState.ACCEPTED,
    ApplicationState.ALTERNATE,
    ApplicationState.DECLINED,
)


def decision_topic(application: Application) -> str:
    """What the decision letters of one application are cancelled by."""
    return f"application:{application.pk}:decision"


@transaction.atomic
def submit(
    application: Application, *, by: User, arrived_at: datetime, key: uuid.UUID | str | None = None
) -> Application:
    """Submit a complete draft: the deadline's milestone is completed, everything is sealed with its SHA-256, a receipt is mailed.

    A leader who submits signs off in the same act; anybody else sends what the leader has signed off, word for word.

    ``key`` is the ``submission_key`` that the check page carried: a replay returns the first submission untouched, with no second
    mail. ``arrived_at`` (aware) decides how the application stands to its deadline.

    Raises:
        GapsRemain: something is missing.
        NotSignedOff: ``by`` is not the leader, who has not signed off what stands there now.
        programs.services.DeadlinePassed: the deadline has passed and the call takes no late work.
        ApplicationRefused: the key belongs to an earlier submission that was opened again; or it is no draft, and this is
            no replay.
    """
    Application.objects.select_for_update().get(pk=application.pk)
    application.refresh_from_db(from_queryset=selectors.with_context(Application.objects.all()))
    if key is not None and str(key) != str(application.submission_key):
        raise ApplicationRefused(
            "This application was opened again after that page was shown. Check your answers once more."
        )
    if key is not None and application.state in RECEIVED:
        return application
    if application.state != ApplicationState.DRAFT:
        raise ApplicationRefused(f"This application is “{application.get_state_display()}”, so it cannot be submitted.")
    if missing := selectors.gaps(application):
        raise GapsRemain(missing)
    completion = programs.complete(application.enrollment, application.call.deadline, by=by, arrived_at=arrived_at)
    submission = keep_sealed(application, by=by, arrived_at=arrived_at, standing=completion.standing)
    settle_sign_off(application, submission.sealed, by=by)
    move(application, ApplicationState.SUBMITTED, by=by, submission=submission)
    _mail_receipt(application)
    return application


def keep_sealed(
    application: Application, *, by: User, arrived_at: datetime, standing: str, is_correction: bool = False
) -> Submission:
    """Write the application as it stands now down as its next submission. Call it in a transaction that holds the row."""
    sealed = seal(application, by=by, arrived_at=arrived_at, standing=standing)
    return Submission.objects.create(
        application=application,
        number=application.submissions.count() + 1,
        key=application.submission_key,
        arrived_at=arrived_at,
        standing=standing,
        is_correction=is_correction,
        sealed=sealed,
        sealed_sha256=selectors.digest(sealed),
        sealed_at=clock.now(),
        sealed_by=by,
    )


def _mail_receipt(application: Application) -> None:
    """The mail carries when, the fingerprint, and the address of receipt and PDF, not the file itself.

    What the application says of people stays behind the sign-in and under the rules of retention; in mail boxes it would be
    under neither. The fingerprint is what any copy can be held against.
    """
    leader = leader_of(application.enrollment.team).user
    cohort, zone = application.call.cohort, application.call.deadline.zone
    context = {
        "recipient_name": leader.name,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "team": application.enrollment.team.name,
        "arrived": f"{wording.moment(application.submission.arrived_at, zone)} {wording.zone_name(zone)}",
        "is_late": application.submission.standing == Standing.LATE,
        "sha256": application.submission.sealed_sha256,
        "link": {"page": "applications:receipt", "args": [str(application.public_id)]},
    }
    enqueue(
        Draft(
            kind=Kind.RECEIPT,
            key=f"receipt:application:{application.pk}:{application.submission_key}",
            subject=f"We have received your application to {cohort.title}",
            to=leader,
            template="application-received",
            context=context,
            topic=f"application:{application.pk}",
        )
    )


@transaction.atomic
def withdraw(application: Application, *, by: User, reason: str = "") -> None:
    """Take the application back; its enrollment is withdrawn with it, and a decision letter that still waits is cancelled.

    Raises:
        core.transitions.TransitionRefused: it was decided already, or withdrawn.
    """
    move(application, ApplicationState.WITHDRAWN, by=by)
    programs.withdraw(application.enrollment, reason=reason or "Application withdrawn", by=by)
    cancel(decision_topic(application), reason="The application was withdrawn.")


@transaction.atomic
def reopen(application: Application, *, by: User, arrived_at: datetime | None = None) -> None:
    """Make a submitted or withdrawn application a draft again, while the call is open for it.

    The deadline's milestone is owed again, and a new submission needs a new key. The sealed copy of the last submission stays
    until the next one.

    Raises:
        CallClosed: the deadline has passed.
        core.transitions.TransitionRefused: it is a draft, or was decided.
    """
    if selectors.standing_for(application, arrived_at or clock.now()) is not CallStanding.OPEN:
        raise CallClosed("The deadline has passed, so the application can no longer be opened again.")
    before, enrollment, deadline = application.state, application.enrollment, application.call.deadline
    move(application, ApplicationState.DRAFT, by=by, submission_key=uuid.uuid4())
    if before == ApplicationState.WITHDRAWN:
        programs.resume_application(enrollment, by=by)
    if enrollment.completions.filter(milestone=deadline).exists():  # not where a draft was withdrawn
        programs.reopen(enrollment, deadline, by=by)
