"""Writing people: accounts, profiles, roles, confirmed memberships."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts import selectors
from accounts.models import AccessLink, Membership, Role, User
from accounts.services.sessions import end_sessions
from core import clock
from core.refusals import Refused
from core.services import record

PROFILE_FIELDS = ("name", "profession", "asco_membership", "asco_member_number", "time_zone")
# What staff confirmed; a change of either takes the confirmation away.
CONFIRMED_FIELDS = {"asco_membership", "asco_member_number"}


class AddressRefused(Refused):
    """The address is not one, or it has an account."""


class PersonRefused(Refused):
    """The act on this person's account may not be done."""


@transaction.atomic
def create_person(
    *,
    email: str,
    name: str,
    role: str = Role.PARTICIPANT,
    profession: str = "",
    asco_membership: str = "",
    asco_member_number: str = "",
    time_zone: str = "America/New_York",
    password: str | None = None,
    is_synthetic: bool = False,
    by: User | None = None,
) -> User:
    """Make an account whose address counts as verified. Without ``password`` nobody can sign in with one.

    Raises:
        AddressRefused: not an address, or it has an account (without regard to case).
        PersonRefused: no name, or a longer one than the column holds.
    """
    email, name = _free_address(email), name.strip()
    if not 0 < len(name) <= User._meta.get_field("name").max_length:
        raise PersonRefused("Enter the person's full name, in at most 150 characters.")
    user = User(
        email=email,
        name=name,
        role=role,
        profession=profession,
        asco_membership=asco_membership,
        asco_member_number=asco_member_number,
        time_zone=time_zone,
        is_synthetic=is_synthetic,
        joined_at=clock.now(),
    )
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    except IntegrityError:  # somebody else took the address since _free_address looked
        raise _taken(email) from None
    record("user.created", user, by=by)
    return user


def _free_address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise AddressRefused(f"“{email}” is not an e-mail address. Enter one like name@example.org.") from None
    if selectors.is_address_used(email):
        raise _taken(email)
    return email


def _taken(email: str) -> AddressRefused:
    return AddressRefused(f"{email} has an account already. Use another address, or change that account's role.")


@transaction.atomic
def update_profile(user: User, *, by: User, **fields: object) -> list[str]:
    """Change what ``PROFILE_FIELDS`` names; return what changed. A changed membership must be confirmed anew.

    Raises:
        ValueError: a field that is not part of the profile.
    """
    unknown = set(fields) - set(PROFILE_FIELDS)
    if unknown:
        raise ValueError(f"Not part of a profile: {', '.join(sorted(unknown))}.")
    stored = User.objects.select_for_update().get(pk=user.pk)
    changed = sorted(name for name, value in fields.items() if getattr(stored, name) != value)
    for name, value in fields.items():
        setattr(user, name, value)
    if not changed:
        return []
    columns = list(changed)
    if CONFIRMED_FIELDS & set(changed):
        user.membership_confirmed_at = user.membership_confirmed_by = None
        columns += ["membership_confirmed_at", "membership_confirmed_by"]
    user.save(update_fields=columns)
    record("user.updated", user, by=by, fields=changed)
    return changed


@transaction.atomic
def confirm_membership(user: User, *, by: User) -> None:
    """Note that staff looked the person's ASCO membership up and found it as stated.

    Raises:
        PersonRefused: none is stated, or it is confirmed already.
    """
    if user.asco_membership not in (Membership.MEMBER, Membership.FELLOW):
        raise PersonRefused(f"{user.name} states no ASCO membership, so there is none to confirm.")
    now = clock.now()
    rows = User.objects.filter(pk=user.pk, membership_confirmed_at=None, asco_membership=user.asco_membership)
    if not rows.update(membership_confirmed_at=now, membership_confirmed_by=by):
        raise PersonRefused(f"The membership of {user.name} is confirmed already, or was changed a moment ago.")
    user.membership_confirmed_at, user.membership_confirmed_by = now, by
    record("user.membership_confirmed", user, by=by, fields=["membership_confirmed_at", "membership_confirmed_by"])


@transaction.atomic
def change_role(user: User, role: str, *, by: User) -> None:
    """Give ``user`` another global role; it counts from their next request.

    Raises:
        PersonRefused: one's own role; a role that somebody else changed first.
    """
    if user.pk == by.pk:
        raise PersonRefused("Another member of the staff has to change your role.")
    before = user.role
    if not User.objects.filter(pk=user.pk, role=before).exclude(role=role).update(role=role):
        raise PersonRefused(f"The role of {user.name} is no longer what this page showed. Reload it.")
    user.role = role
    record("user.role_changed", user, by=by, from_state=before, to_state=role, fields=["role"])


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """Close the account: no sign-in, no page, from the next request on; open access links end. Nothing is deleted.

    Raises:
        PersonRefused: oneself; an account that is closed already.
    """
    if user.pk == by.pk:
        raise PersonRefused("Another member of the staff has to deactivate your account.")
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise PersonRefused(f"The account of {user.name} is deactivated already.")
    AccessLink.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=clock.now())
    end_sessions(user)
    user.is_active = False
    record("user.deactivated", user, by=by, fields=["is_active"])


@transaction.atomic
def activate(user: User, *, by: User) -> None:
    """Open a closed account again, with the role and the teams it had.

    Raises:
        PersonRefused: an account that is open; one whose person was removed.
    """
    if user.is_removed:
        raise PersonRefused("This person was removed for good. Whoever comes back makes a new account.")
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise PersonRefused(f"The account of {user.name} is active already.")
    user.is_active = True
    record("user.activated", user, by=by, fields=["is_active"])


@transaction.atomic
def note_bounce(user: User) -> bool:
    """Flag the person's address as one that refuses mail, once; return whether it was new."""
    if not User.objects.filter(pk=user.pk, mail_failed_at=None).update(mail_failed_at=clock.now()):
        return False
    record("user.mail_failed", user, by=None, fields=["mail_failed_at"])
    return True


@transaction.atomic
def note_arrival(user: User) -> bool:
    """Take the flag of a refused address away: the person has just read a mail there. Return whether it was set."""
    user.mail_failed_at = None
    if not User.objects.filter(pk=user.pk, mail_failed_at__isnull=False).update(mail_failed_at=None):
        return False
    record("user.mail_arrived", user, by=user, fields=["mail_failed_at"])
    return True
