"""What the acts of this room say when they say no."""

from collections.abc import Sequence

from applications.selectors import Gap
from core.refusals import Refused


class ApplicationRefused(Refused):
    """The act on this call or application may not be done."""


class CallClosed(ApplicationRefused):
    """The call is not open yet, or no longer."""


class NotEligible(ApplicationRefused):
    """What the person said before an application does not fit the call."""


class NotSignedOff(ApplicationRefused):
    """The leader has not signed off what somebody else of the team is about to send."""


class GapsRemain(ApplicationRefused):
    """The application is not complete. ``gaps`` lists what is missing."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        self.gaps = list(gaps)
        count = "One thing is" if len(self.gaps) == 1 else f"{len(self.gaps)} things are"
        super().__init__(f"{count} missing before you can submit: see the list.")
