"""Who may take a person's name out. Everybody downloads their own data, and nobody else's."""

from accounts.models import User


def can_remove_people(user: User) -> bool:
    return user.is_active and user.is_staff
