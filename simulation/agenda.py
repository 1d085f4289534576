"""The virtual clock: acts in the order of their moments, with a sweep of the software once a day between them."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from core import clock

Act = Callable[[], None]
# A sweep of the software once a day of virtual time; in life it comes once a minute.
SWEEP_EVERY = timedelta(days=1)


class Agenda:
    """A queue of acts. ``run`` stops the product's clock at each act's moment and performs it."""

    def __init__(self, sweep: Act, every: timedelta = SWEEP_EVERY) -> None:
        self._queue: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._sweep = sweep
        self._every = every

    def at(self, moment: datetime, act: Act) -> None:
        """Put ``act`` on the agenda; acts of one moment happen in the order in which they were put there."""
        heapq.heappush(self._queue, (moment, next(self._order), act))

    def run(self, start: datetime, until: datetime) -> None:
        """Perform everything from ``start`` up to and including ``until``, and sweep once a day of virtual time."""
        tick = start
        while tick <= until:
            while self._queue and self._queue[0][0] <= tick:
                moment, _, act = heapq.heappop(self._queue)
                with clock.at(max(moment, start)):
                    act()
            with clock.at(tick):
                self._sweep()
            tick += self._every
