"""The look-up interface to the sink's log: what ``RELAY_LOG`` names in the tests under fault."""

import os
from pathlib import Path

from notifications.services.claims import Fate
from tests.faults.sink import taken


def look_up(message_id: str) -> Fate:
    """What the relay's log, named by ``SINK_LOG``, says of a Message-ID."""
    return Fate.DELIVERED if message_id in set(taken(Path(os.environ["SINK_LOG"]))) else Fate.NOT_SEEN
