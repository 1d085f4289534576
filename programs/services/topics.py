"""What a reminder is about, so that whatever settles the matter can cancel it.

The widest thing comes first: ``team:<id>:enrollment:<id>:milestone:<id>``. Whose duty it is, is the mail's recipient.
"""

from notifications.services import cancel, cancel_by_key
from programs.models import Enrollment, Milestone

# What the keys of mail about a milestone begin with; its id follows.
REMINDER, MOVED = "rem", "moved"


def topic_of(milestone: Milestone, enrollment: Enrollment) -> str:
    """The topic of all mail about one duty of one team."""
    return f"{topic_of_enrollment(enrollment)}milestone:{milestone.pk}"


def topic_of_enrollment(enrollment: Enrollment) -> str:
    """What the topics of all mail about one enrollment begin with."""
    return f"team:{enrollment.team_id}:enrollment:{enrollment.pk}:"


def cancel_for_team(enrollment: Enrollment, *, reason: str) -> int:
    """Cancel all that waits about one enrollment, whoever would get it."""
    return cancel(topic_of_enrollment(enrollment), below=True, reason=reason)


def cancel_for_all(milestone: Milestone, *, reason: str) -> int:
    """Cancel all that waits about one milestone, whichever team owes it."""
    return sum(cancel_by_key(f"{start}:{milestone.pk}:", reason=reason) for start in (REMINDER, MOVED))
