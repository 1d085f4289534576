"""What staff make sure of about a letter."""

from django.db import transaction

from accounts.models import User
from applications.models import Letter
from applications.services.refusals import ApplicationRefused
from core import clock
from core.services import record


@transaction.atomic
def confirm_letter(letter: Letter, *, by: User) -> None:
    """Note that staff made sure that the letter is the sponsor's; whoever handled its link or file stays on record.

    Raises:
        ApplicationRefused: it is not done, was set aside, or was confirmed already.
    """
    now = clock.now()
    rows = Letter.objects.filter(pk=letter.pk, done_at__isnull=False, ended_at=None, confirmed_at=None)
    if not rows.update(confirmed_at=now, confirmed_by=by):
        raise ApplicationRefused("This letter is not there, or was confirmed already. Reload the page.")
    letter.confirmed_at, letter.confirmed_by = now, by
    record("letter.confirmed", letter, by=by, fields=["confirmed_at", "confirmed_by"])
