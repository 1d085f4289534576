"""Taking out of an account what tells who its person is. The row stays: figures and other people's history refer to it."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Q

from accounts.models import REMOVED_DOMAIN, REMOVED_NAME, AccessLink, BrowserSession, User
from core.services import record

FIELDS = ("asco_member_number", "email", "is_active", "mail_failed_at", "name", "password")


def removed_address(public_id: object) -> str:
    """An address that is nobody's, one for each row."""
    return f"removed-{public_id}@{REMOVED_DOMAIN}"


@transaction.atomic
def forget(person: User, *, by: User | None) -> None:
    """Blank the account, end every way to sign in, and delete what hangs from it alone. Profession and dates stay."""
    _forget_admin_log(person)
    for model in (EmailAddress, Authenticator, AccessLink, BrowserSession):
        model.objects.filter(user=person).delete()
    person.name, person.email = REMOVED_NAME, removed_address(person.public_id)
    person.asco_member_number, person.mail_failed_at, person.is_active = "", None, False
    person.set_unusable_password()  # the password's hash is part of each session's: all of them end
    person.save(update_fields=FIELDS)
    record("user.removed", person, by=by, fields=list(FIELDS))


def _forget_admin_log(person: User) -> None:
    """Django's own log of the admin keeps names; the audit trail says the same without them."""
    about = Q(content_type__app_label="accounts", content_type__model="user", object_id=str(person.pk))
    named = Q(object_repr__icontains=person.name) | Q(object_repr__icontains=person.email)
    LogEntry.objects.filter(about | named).delete()
