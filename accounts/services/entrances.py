"""Signing in, and what was refused: a row of the trail each, and a word to the person where somebody seems to guess."""

from datetime import timedelta

from django.db import transaction

from accounts.models import User
from core import clock
from core.models import AuditEntry
from core.services import record

# So many refusals within an hour are more than slips of the finger; their owner is told at most once a day.
MANY, WITHIN, AT_MOST_EVERY = 5, timedelta(hours=1), timedelta(days=1)
NOBODY = -1  # has no rows


def note_sign_in(user: User, *, methods: list[str]) -> None:
    """``methods``: by what, in order: ``password``, ``totp``, ``webauthn``, ``recovery_codes``; none: a new account, a link."""
    record("user.signed_in", user, by=user, fields=methods)


@transaction.atomic
def note_refusal(user: User | None, *, method: str) -> bool:
    """Somebody was not let in as ``user``, for the ``method`` did not fit; returns whether the person is to be told now.

    None is an address without an account. That, too, is a row, of an account with the number 0, and is counted as long: how
    much time the answer takes must not say whether there is one.
    """
    record("user.sign_in_refused", user or User(pk=0), by=None, fields=[method])
    now = clock.now()
    of_owner = AuditEntry.objects.filter(
        object_type=User._meta.label_lower, object_id=user.pk if user else NOBODY, at__gt=now - AT_MOST_EVERY
    )
    refusals = of_owner.filter(verb="user.sign_in_refused", at__gt=now - WITHIN).count()
    is_told = of_owner.filter(verb="user.sign_ins_told").exists()
    if refusals < MANY or is_told or not user:
        return False
    record("user.sign_ins_told", user, by=None)
    return True
