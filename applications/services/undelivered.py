"""A request that could not be delivered: the team's leader gets a word of it, once a mail."""

from datetime import datetime

from applications.models import AttendanceCommitment, Letter
from applications.selectors import Asked, Undelivered, waiting_undelivered
from notifications.models import Kind
from notifications.services import Draft, enqueue_all
from practices.selectors import leader_of


def tell_undelivered(*, now: datetime) -> int:
    """Write the mail to the leaders of what was refused for good; one that was told is not told again."""
    drafts = [_draft(asked, failed) for asked, failed in waiting_undelivered(now)]
    return enqueue_all(draft for draft in drafts if draft is not None)


def _draft(asked: Asked, failed: Undelivered) -> Draft | None:
    leader = leader_of(asked.application.enrollment.team)
    if leader is None or (isinstance(asked, AttendanceCommitment) and leader.pk == asked.member_id):
        return None  # nobody to tell; or it is their own mailbox that refuses
    what, name, page = _who(asked)
    return Draft(
        kind=Kind.NEWS,
        key=f"undelivered:{failed.message.pk}",
        subject=f"Your mail to {name} could not be delivered",
        to=leader.user,
        template="request-undelivered",
        context={
            "link": {"page": page, "args": [str(asked.application.public_id)]},
            "what": what,
            "name": name,
            "address": failed.address,
            "team": asked.application.enrollment.team.name,
            "cohort": asked.application.call.cohort.title,
        },
        topic=failed.message.topic,
    )


def _who(asked: Asked) -> tuple[str, str, str]:
    """What was asked for, of whom, and the page where it is put right."""
    if isinstance(asked, Letter):
        return "letter", asked.sponsor.name, "applications:sponsor"
    return "attendance", asked.member.user.name, "applications:detail"
