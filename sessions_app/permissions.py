"""Who may do what with a session. Seeing one is ``Session.objects.visible_to``."""

from accounts.models import User
from sessions_app.models import Session


def can_record(user: User, session: Session) -> bool:
    """Staff keep the attendance list."""
    return user.is_active and user.is_staff
