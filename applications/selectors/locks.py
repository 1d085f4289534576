"""Which answers of an application can no longer be changed, although it is still a draft."""

from datetime import date, datetime

from applications.models import Application, ApplicationState
from programs.selectors import extension_of
from questionnaires.selectors import Lock, has_locks, locks_of


def locks(application: Application, at: datetime) -> dict[int, Lock]:
    """The questions that lock before the deadline, by their key, as they stand at ``at`` (aware).

    Days are counted back from the deadline in its own zone; an extension of this enrollment moves them with it. What staff
    returned for changes is not locked: they asked for it.
    """
    if application.state != ApplicationState.DRAFT or not has_locks(application.response.form):
        return {}
    milestone = application.call.deadline
    deadline = extension_of(milestone, application.enrollment) or milestone
    today = at.astimezone(deadline.zone).date()
    return locks_of(application.response.form, deadline_on=deadline.ends_on, today=today)


def locked_questions(application: Application, at: datetime) -> dict[int, date]:
    """Those of ``locks`` that can no longer be changed, each with the last day on which it could."""
    return {key: lock.last_day for key, lock in locks(application, at).items() if lock.is_on}
