"""Who may see what concerns whole cohorts, or the machinery. A person's own home page needs no permission."""

from accounts.models import Role, User


def can_see_boards(user: User) -> bool:
    """Staff see teams by name; leadership sees counts only (``can_see_team_names``)."""
    return user.is_active and user.role in (Role.STAFF, Role.LEADERSHIP)


def can_see_team_names(user: User) -> bool:
    return user.is_active and user.is_staff


def can_make_cohorts(user: User) -> bool:
    """Opening a cohort, or cloning one, is for staff."""
    return user.is_active and user.is_staff


def can_see_status(user: User) -> bool:
    """How the machinery runs is for staff."""
    return user.is_active and user.is_staff


def can_see_rights(user: User) -> bool:
    """Who may do what is no secret of a team, but it is staff who answer for it."""
    return user.is_active and user.is_staff


def can_decide_on_mail(user: User) -> bool:
    """What becomes of mail that failed or is parked is for staff."""
    return user.is_active and user.is_staff
