"""How often somebody may do one thing: counted by the person, never by the address, for a whole hospital stands behind one."""

from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from core import clock


def seconds_to_wait(what: str, person: UUID, *, most: int, window: int = 60) -> int:
    """Count one more ``what`` of ``person``; 0: go on, else it is more than ``most`` since the window (in seconds) began.

    Where the counter is away, nobody waits: that words are kept is worth more than that they are counted.
    """
    number, gone = divmod(int(clock.now().timestamp()), window)
    key = f"pace:{what}:{person}:{number}"
    try:
        if cache.add(key, 1, timeout=window):
            return 0
        return window - gone if cache.incr(key) > most else 0
    except (RedisError, ValueError):  # a counter that went between the two begins anew
        return 0
