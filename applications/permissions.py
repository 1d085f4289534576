"""What somebody may do with an application they see. Whether the call is still open is the services' question."""

from accounts.models import User
from applications.models import Application, ApplicationState, Export
from practices.models import Access, Member, MemberQuerySet, MemberRole


def _memberships(user: User, application: Application) -> MemberQuerySet:
    """Those by which ``user`` belongs to the application's team now; none for a closed account."""
    members = Member.objects.current().filter(user=user, team__enrollments__application=application)
    return members if user.is_active else members.none()


def can_start(user: User) -> bool:
    """Anybody with an account but the staff, who decide about applications."""
    return user.is_active and not user.is_staff


def can_work_on(user: User, application: Application) -> bool:
    """The leader, the core team, and whom the leader asked to edit write the application, while it is a draft."""
    return _memberships(user, application).writers().exists()


def can_edit(user: User, application: Application) -> bool:
    """``can_work_on``, and the application is a draft."""
    return application.state == ApplicationState.DRAFT and can_work_on(user, application)


def can_sign_off(user: User, application: Application) -> bool:
    """The leader alone gives the word that this is what the team sends."""
    return _memberships(user, application).filter(role=MemberRole.LEADER).exists()


def can_submit(user: User, application: Application) -> bool:
    """The leader, and whom the leader asked to edit and submit; these send what the leader has signed off."""
    return can_sign_off(user, application) or _memberships(user, application).filter(access=Access.SUBMIT).exists()


def can_answer_correction(user: User, application: Application) -> bool:
    """“Changes made” sends the part anew, so it is the leader's word."""
    return can_sign_off(user, application)


def can_withdraw(user: User, application: Application) -> bool:
    """Only the leader takes the team out of a call."""
    return can_sign_off(user, application)


def can_reopen(user: User, application: Application) -> bool:
    """Only the leader takes back what was sent."""
    return can_sign_off(user, application)


def can_run_intake(user: User) -> bool:
    """Staff screen, return parts, write notes, confirm what was stated, and take the table of a call."""
    return user.is_active and user.is_staff


def can_take_export(user: User, export: Export) -> bool:
    """Whoever asked for a table takes its file, as long as they run the intake: what it holds is for all of them."""
    return can_run_intake(user) and export.asked_by_id == user.pk


def can_decide(user: User) -> bool:
    """Staff accept, decline and put on the alternate list."""
    return user.is_active and user.is_staff


def can_set_up(user: User) -> bool:
    """Staff prepare calls: their form, the questions before it, and the pre-flight."""
    return user.is_active and user.is_staff


def can_confirm_letter(user: User) -> bool:
    """Staff make sure that a letter of support is the sponsor's."""
    return user.is_active and user.is_staff
