"""What somebody may do with an application they see. Whether the call is still open is the services' question."""

from accounts.models import User
from applications.models import Application, ApplicationState
from practices.models import CORE_ROLES, Member, MemberRole


def _is_in_team(user: User, application: Application, roles: tuple[str, ...]) -> bool:
    if not user.is_active:
        return False
    members = Member.objects.current().filter(user=user, role__in=roles)
    return members.filter(team__enrollments__application=application).exists()


def can_start(user: User) -> bool:
    """Anybody with an account but the staff, who decide about applications."""
    return user.is_active and not user.is_staff


def can_work_on(user: User, application: Application) -> bool:
    """Leader and core team write the application, while it is a draft."""
    return _is_in_team(user, application, CORE_ROLES)


def can_edit(user: User, application: Application) -> bool:
    """``can_work_on``, and the application is a draft."""
    return application.state == ApplicationState.DRAFT and can_work_on(user, application)


def can_submit(user: User, application: Application) -> bool:
    """Only the leader submits; so does only the leader withdraw and reopen."""
    return _is_in_team(user, application, (MemberRole.LEADER,))


def can_withdraw(user: User, application: Application) -> bool:
    return can_submit(user, application)


def can_reopen(user: User, application: Application) -> bool:
    return can_submit(user, application)


def can_decide(user: User) -> bool:
    """Staff accept, decline and put on the alternate list."""
    return user.is_active and user.is_staff
