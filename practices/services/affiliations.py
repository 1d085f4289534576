"""Who may apply for a practice: its teams' members, and whom one of them, or staff, let in."""

from django.db import transaction

from accounts.models import User
from core import clock
from core.services import record
from practices.models import Affiliation, Practice
from practices.services.practices import hold_kept
from practices.services.refusals import TeamRefused


@transaction.atomic
def let_in(practice: Practice, user: User, *, by: User, host: User | None = None) -> Affiliation:
    """Let ``user`` apply for the practice; a second time changes nothing. Whether ``by`` may, the caller has asked.

    ``host`` is who let them in, where somebody else acts: whoever accepts an invitation. Of a practice that was merged, the
    kept one is meant.

    Raises:
        TeamRefused: the account is deactivated.
    """
    if not user.is_active:
        raise TeamRefused(f"The account of {user.name} is deactivated.")
    given = {"let_in_at": clock.now(), "let_in_by": host or by}
    affiliation, is_new = Affiliation.objects.get_or_create(
        practice=hold_kept(practice), user=user, ended_at=None, defaults=given
    )
    if is_new:
        record("affiliation.let_in", affiliation, by=by)
    return affiliation


@transaction.atomic
def end_affiliation(affiliation: Affiliation, *, by: User | None) -> None:
    """From now on the person applies for the practice only as a member of one of its teams.

    Without ``by`` (the software itself ends it) the person stands as the one who went.
    """
    now = clock.now()
    row = Affiliation.objects.filter(pk=affiliation.pk, ended_at=None)
    if row.update(ended_at=now, ended_by=by or affiliation.user):
        affiliation.refresh_from_db()
        record("affiliation.ended", affiliation, by=by)
