"""The only clock of the product.

Everything asks ``clock.now()``; tests and the simulation set it with ``clock.at(moment)``. Leases alone use the database's
own clock, because they compare moments seen by several machines.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo

_fixed: ContextVar[datetime | None] = ContextVar("fixed_clock", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today(zone: tzinfo) -> date:
    """The calendar date of ``now()`` in ``zone``."""
    return now().astimezone(zone).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at ``moment`` (aware) for the length of a ``with`` block.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("clock.at() needs a moment with a time zone.")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
