"""Starting an application, and working on it while it is a draft."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from applications import selectors
from applications.eligibility import check
from applications.models import Application, ApplicationState, Call, EligibilityAnswer
from applications.selectors import CallStanding
from applications.services.refusals import ApplicationRefused, CallClosed, NotEligible
from applications.services.visits import note_visit
from core import clock
from core.services import record
from practices import services as practices
from practices.models import Practice, Team
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
    eligibility: Mapping[str, str] | None = None,
    arrived_at: datetime | None = None,
) -> Application:
    """Begin an application: a team of ``practice`` with its leader, its enrollment (applying), and an empty response.

    ``new_practice`` holds the facts of a practice that is entered here, instead of ``practice``. ``eligibility`` (code of a
    question -> code of a choice) is what the person said before; without it nothing was asked (a rehearsal, a simulation).

    Raises:
        CallClosed: the call is not open at ``arrived_at`` (now, unless given); nobody begins late.
        NotEligible: an answer is missing or does not fit.
        ApplicationRefused: the leader leads an application to this call that is still in play.
    """
    check_start(call, leader, eligibility, arrived_at or clock.now())
    practice = practice or practices.create_practice(by=by, **(new_practice or {}))
    team = practices.create_team(practice, name=team_name, leader=leader, by=by)
    return begin(call, team, eligibility, by=by)


def check_start(call: Call, leader: User, eligibility: Mapping[str, str] | None, at: datetime) -> None:
    """Raise as ``start_application`` does; hold the leader's row, so that two clicks on Start are one after the other."""
    standing = selectors.standing_of(call, at)
    if standing is CallStanding.UPCOMING:
        raise CallClosed("This call is not open yet.")
    if standing is not CallStanding.OPEN:
        raise CallClosed("The deadline of this call has passed, so no new application can be started.")
    if eligibility is not None and not check(selectors.asked_of(call), eligibility).fits:
        raise NotEligible("Answer the questions on who can apply first; each answer has to fit this call.")
    User.objects.select_for_update(no_key=True).get(pk=leader.pk)
    if selectors.led_by(call, leader):
        raise ApplicationRefused(
            "You lead an application to this call already. Continue that one, or withdraw it first."
        )


def begin(
    call: Call,
    team: Team,
    eligibility: Mapping[str, str] | None,
    *,
    by: User,
    copied_from: Application | None = None,
) -> Application:
    """The rows of an application that ``team`` begins. Call it in a transaction, behind ``check_start``."""
    enrollment = programs.start_enrollment(call.cohort, team, by=by)
    response = questionnaires.start_response(call.form)
    application = Application.objects.create(
        call=call, enrollment=enrollment, response=response, copied_from=copied_from, created_at=clock.now()
    )
    said = eligibility or {}
    EligibilityAnswer.objects.bulk_create(
        EligibilityAnswer(application=application, question=question, choice=said[question.code])
        for question in call.eligibility_questions.all()
        if question.code in said
    )
    record("application.started", application, by=by)
    return application


def lock_draft(application: Application, at: datetime, *, part: str = "", questions: Iterable[int] = ()) -> None:
    """Hold the row until the transaction ends, so that nothing is written into an application while it is sealed.

    ``part`` or ``questions`` say what is written. A part that staff returned for changes can be written although the
    application is submitted, whatever the deadline.

    Raises:
        ApplicationRefused: it is no draft.
        CallClosed: the call is closed and takes no late work.
    """
    row = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if selectors.is_returned(row, part=part, questions=questions):
        return
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
    seen: tuple[str, datetime] | None = None,
    is_burst: bool = False,
) -> list[Answer]:
    """Save answers (by question pk) in a draft; see ``questionnaires.services.save_answers``.

    ``seen``: the section that the person has before them, and as of when; noted unless there is a conflict. ``is_burst``: the
    page saved by itself, and with what it saved within a minute this is one revision of each answer.

    Raises:
        ApplicationRefused, CallClosed: it can no longer be edited; nothing is saved.
        questionnaires.services.AnswersRefused: an answer breaks a rule, or can no longer be changed so shortly before the
            deadline; nothing is saved.
        questionnaires.services.Conflict: somebody else changed the same answers; the others are saved.
    """
    at = arrived_at or clock.now()
    conflict = None
    saved: list[Answer] = []
    with transaction.atomic():
        lock_draft(application, at, questions=values)
        questionnaires.hold(application.response)  # another edition of the form may have been taken up meanwhile
        try:
            saved = questionnaires.save_answers(
                application.response,
                values,
                by=by,
                base_versions=base_versions,
                locked=selectors.locked_questions(application, at),
                burst_since=selectors.burst_since(application, clock.now()) if is_burst else None,
                is_held=True,
            )
        except questionnaires.Conflict as error:
            conflict = error  # raised below: here it would take back what was saved
        else:
            if seen:
                note_visit(application, seen[0], by=by, at=seen[1])
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
    lock_draft(application, arrived_at or clock.now(), part="practice")
    return practices.update_practice(application.enrollment.team.practice, by=by, **facts)
