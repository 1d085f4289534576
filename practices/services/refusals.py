"""What the services of this room say no with."""

from core.refusals import Refused


class TeamRefused(Refused):
    """The act on this team may not be done."""


class AlreadyMember(TeamRefused):
    """The person is in the team now."""


class PracticeRefused(Refused):
    """The act on this practice may not be done."""


class PracticeMerged(PracticeRefused):
    """The practice was merged into another one, which goes on instead of it."""


class FactsChanged(PracticeRefused):
    """Somebody else changed the facts since the person looked at them."""


class MergeRefused(PracticeRefused):
    """These two practices cannot be made one."""
