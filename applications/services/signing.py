"""The leader's word that this is what the team sends: it holds for one content, and any change makes it void."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from applications import selectors
from applications.models import Application, SignOff
from applications.services.drafts import lock_draft
from applications.services.refusals import ApplicationRefused, GapsRemain, NotSignedOff
from applications.services.sealing import content_of, seal
from core import clock
from core.services import record
from practices.models import MemberRole
from practices.selectors import current_members, leader_of


@dataclass(frozen=True)
class SignOffState:
    """How the sign-off stands: the newest one, whether it holds for what stands there now, and if not, what changed since."""

    sign_off: SignOff | None
    holds: bool
    changed: tuple[str, ...] = ()


def sign_off_state(application: Application) -> SignOffState:
    """Reads only. It stands with the services because the content is what the seal would hold."""
    newest = _newest(application)
    if newest is None:
        return SignOffState(None, False)
    if newest.content_sha256 == content_digest(application):
        return SignOffState(newest, True)
    return SignOffState(newest, False, tuple(selectors.changed_since(application, newest.signed_at)))


def _newest(application: Application) -> SignOff | None:
    """The newest word of whoever leads the team now; a former leader's is worth nothing any more."""
    leader = current_members(application.enrollment.team).filter(role=MemberRole.LEADER)
    found = application.sign_offs.filter(signed_by__in=leader.values("user")).select_related("signed_by")
    return found.order_by("-id").first()


def content_digest(application: Application) -> str:
    """SHA-256 of everything that would be sealed now, without its times."""
    leader, now = leader_of(application.enrollment.team), clock.now()
    by = leader.user if leader else User()
    return selectors.digest(content_of(seal(application, by=by, arrived_at=now, standing="")))


@transaction.atomic
def sign_off(application: Application, *, by: User, arrived_at: datetime | None = None) -> SignOff:
    """The leader's word for the application as it stands now, so that somebody else of the team may send it.

    A second word for the same content changes nothing.

    Raises:
        GapsRemain: something is missing.
        ApplicationRefused, CallClosed: ``by`` does not lead the team; it can no longer be edited.
    """
    lock_draft(application, arrived_at or clock.now())
    application.refresh_from_db()  # what was read before the lock may have been changed
    if not _leads(application, by):
        raise ApplicationRefused("Only the team leader signs the application off.")
    if missing := selectors.gaps(application):
        raise GapsRemain(missing)
    return _sign(application, content_digest(application), by)


def settle_sign_off(application: Application, sealed: dict, *, by: User) -> SignOff:
    """The sign-off under which ``sealed`` is sent. A leader who submits gives it in the same act.

    Raises:
        NotSignedOff: somebody else submits, and the leader has not signed this content off.
    """
    digest = selectors.digest(content_of(sealed))
    if _leads(application, by):
        return _sign(application, digest, by)
    newest = _newest(application)
    if newest is None:
        raise NotSignedOff("The team leader has not signed the application off yet. Ask the leader to do so.")
    if newest.content_sha256 != digest:
        changed = selectors.changed_since(application, newest.signed_at)
        what = f" since the sign-off: {', '.join(changed)}" if changed else " since the sign-off"
        raise NotSignedOff(f"The application was changed{what}. Ask the team leader to sign it off once more.")
    return newest


def _sign(application: Application, digest: str, by: User) -> SignOff:
    newest = _newest(application)
    if newest is not None and newest.content_sha256 == digest:
        return newest
    row = SignOff.objects.create(application=application, content_sha256=digest, signed_at=clock.now(), signed_by=by)
    record("application.signed_off", application, by=by)
    return row


def _leads(application: Application, user: User) -> bool:
    leader = leader_of(application.enrollment.team)
    return leader is not None and leader.user_id == user.pk
