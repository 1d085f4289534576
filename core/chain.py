"""The arithmetic of the audit chain: which bytes stand for an entry, and the macs over them. Pure Python.

A *note* is what the writer of an entry puts beside it: a mac over the entry alone. A *seal* gives the entry its place
behind the seal before it: a mac over both. Both are HMAC-SHA256 in hexadecimal, and begin with a name of their own, so that
one can never be taken for the other.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

# Every column of an entry, in the order in which they are hashed. A column that is added goes to the end.
COLUMNS = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "verb",
    "object_type",
    "object_id",
    "from_state",
    "to_state",
    "fields",
)
NOTE, SEAL = "collaborative audit note 1", "collaborative audit seal 1"
NOTHING_BEFORE = ""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = Sequence[object]


def note_mac(key: str, entry: Row) -> str:
    """The writer's mac over the columns of one entry."""
    return _mac(key, NOTE, entry)


def seal_mac(key: str, previous: str, sequence: int, sealed_at: datetime, entry: Row) -> str:
    """The mac of seal number ``sequence``, behind the one whose mac is ``previous`` (NOTHING_BEFORE for the first)."""
    return _mac(key, SEAL, previous, sequence, sealed_at, entry)


def is_same(mac: object, expected: str) -> bool:
    """Whether ``mac``, which may be anything that stood in a database, is the expected one."""
    return isinstance(mac, str) and hmac.compare_digest(mac.encode("utf-8", "surrogatepass"), expected.encode())


def encoded(*parts: object) -> bytes:
    """The same bytes for the same values, whichever database they came from.

    JSON in ASCII with sorted keys and no spaces; a moment is ``{"utc": microseconds since 1970}``.

    Raises:
        ValueError: a number is not finite, or a moment has no zone.
        TypeError: a value is nothing that a column can hold.
    """
    return json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_moment).encode("ascii")


def _mac(key: str, *parts: object) -> str:
    return hmac.new(key.encode(), encoded(*parts), hashlib.sha256).hexdigest()


def _moment(value: object) -> dict[str, int]:
    if not isinstance(value, datetime):
        raise TypeError(f"No column of the audit trail holds {type(value).__name__}.")
    if value.tzinfo is None:
        raise ValueError("A moment without a zone is no moment.")
    return {"utc": (value - _EPOCH) // timedelta(microseconds=1)}
