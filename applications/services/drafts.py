"""Starting an application, and working on it while it is a draft."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from applications import selectors
from applications.models import Application, ApplicationState, AttendanceCommitment, Call
from applications.selectors import CallStanding
from applications.services.refusals import ApplicationRefused, CallClosed
from core import clock
from core.services import record
from practices import services as practices
from practices.models import Member, Practice, Sponsor
from practices.selectors import core_team
from programs import services as programs
from questionnaires import services as questionnaires
from questionnaires.models import Answer


@transaction.atomic
def start_application(
    call: Call,
    *,
    practice: Practice | None = None,
    team_name: str,
    leader: User,
    by: User,
    new_practice: dict[str, object] | None = None,
    arrived_at: datetime | None = None,
) -> Application:
    """Begin an application: a team of ``practice`` with its leader, its enrollment (applying), and an empty response.

    ``new_practice`` holds the facts of a practice that is entered here, instead of ``practice``.

    Raises:
        CallClosed: the call is not open at ``arrived_at`` (now, unless given); nobody begins late.
        ApplicationRefused: the leader leads an application to this call that is still in play.
    """
    standing = selectors.standing_of(call, arrived_at or clock.now())
    if standing is CallStanding.UPCOMING:
        raise CallClosed("This call is not open yet.")
    if standing is not CallStanding.OPEN:
        raise CallClosed("The deadline of this call has passed, so no new application can be started.")
    User.objects.select_for_update(no_key=True).get(pk=leader.pk)  # two clicks on Start are one after the other
    if selectors.led_by(call, leader):
        raise ApplicationRefused(
            "You lead an application to this call already. Continue that one, or withdraw it first."
        )
    practice = practice or practices.create_practice(by=by, **(new_practice or {}))
    team = practices.create_team(practice, name=team_name, leader=leader, by=by)
    enrollment = programs.start_enrollment(call.cohort, team, by=by)
    response = questionnaires.start_response(call.form)
    application = Application.objects.create(
        call=call, enrollment=enrollment, response=response, created_at=clock.now()
    )
    record("application.started", application, by=by)
    return application


def lock_draft(application: Application, at: datetime) -> None:
    """Hold the row until the transaction ends, so that nothing is written into an application while it is sealed.

    Raises:
        ApplicationRefused: it is no draft.
        CallClosed: the call is closed and takes no late work.
    """
    row = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if row.state != ApplicationState.DRAFT:
        raise ApplicationRefused(f"This application is “{row.get_state_display()}”, so it cannot be edited.")
    if selectors.standing_for(application, at) is CallStanding.CLOSED:
        raise CallClosed("The call is closed, so the application can no longer be changed.")


def answer(
    application: Application,
    values: Mapping[int, object],
    *,
    by: User,
    base_versions: dict[int, int] | None = None,
    arrived_at: datetime | None = None,
) -> list[Answer]:
    """Save answers (by question pk) in a draft; see ``questionnaires.services.save_answers``.

    Raises:
        ApplicationRefused, CallClosed: it can no longer be edited; nothing is saved.
        questionnaires.services.AnswersRefused: an answer breaks a rule; nothing is saved.
        questionnaires.services.Conflict: somebody else changed the same answers; the others are saved.
    """
    conflict = None
    saved: list[Answer] = []
    with transaction.atomic():
        lock_draft(application, arrived_at or clock.now())
        try:
            saved = questionnaires.save_answers(application.response, values, by=by, base_versions=base_versions)
        except questionnaires.Conflict as error:
            conflict = error  # raised below: here it would take back what was saved
    if conflict:
        raise conflict
    return saved


@transaction.atomic
def edit_practice(
    application: Application, *, by: User, arrived_at: datetime | None = None, **facts: object
) -> Practice:
    """Change facts of the practice that applies, while the application can be edited.

    Raises:
        ApplicationRefused, CallClosed: it can no longer be edited.
    """
    lock_draft(application, arrived_at or clock.now())
    return practices.update_practice(application.enrollment.team.practice, by=by, **facts)


@transaction.atomic
def edit_sponsor(
    application: Application, *, name: str, email: str, position: str, by: User, arrived_at: datetime | None = None
) -> Sponsor:
    """Name the team's sponsor, while the application can be edited.

    Raises:
        ApplicationRefused, CallClosed: it can no longer be edited.
    """
    lock_draft(application, arrived_at or clock.now())
    return practices.name_sponsor(application.enrollment.team, name=name, email=email, position=position, by=by)


@transaction.atomic
def commit_to_sessions(application: Application, member: Member, *, by: User) -> AttendanceCommitment:
    """Note that ``member`` confirms to attend all sessions; a second time changes nothing.

    Raises:
        ApplicationRefused: the member is not in the application's core team now, or ``by`` is somebody else.
    """
    if not core_team(application.enrollment.team).filter(pk=member.pk).exists():
        raise ApplicationRefused(f"{member.user.name} is not in the core team of this application.")
    if member.user_id != by.pk:
        raise ApplicationRefused(f"Only {member.user.name} can confirm to attend all sessions.")
    given = {"confirmed_at": clock.now(), "confirmed_by": by}
    commitment, is_new = AttendanceCommitment.objects.get_or_create(
        application=application, member=member, defaults=given
    )
    row = AttendanceCommitment.objects.filter(pk=commitment.pk, confirmed_at=None)
    if is_new or row.update(**given):
        commitment.refresh_from_db()
        record("attendancecommitment.confirmed", commitment, by=by)
    return commitment
