"""What a request writes: the statements themselves, so that nothing it changes can be missed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

# Keeping somebody signed in is no change of anything.
NOT_COUNTED = ("accounts_browsersession", 'SET "last_login" =')
WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s", re.I)
# Public ids, digests, passwords, names of stored files, and moments of the machine's own clock.
RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|md5\$\S+|![A-Za-z0-9]{40}|[0-9]{4}/[0-9]{2}/[0-9a-f]+\.bin"
    r"|[0-9-]{10} [0-9:]{8}\.[0-9]{6}"
)


@contextmanager
def written() -> Iterator[list[str]]:
    """Inside, every INSERT, UPDATE and DELETE with its values is added to the list; what is random in them stands as ``*``."""
    found: list[str] = []

    def listen(execute, sql, params, many, context):
        if WRITES.match(sql) and not any(word in sql for word in NOT_COUNTED):
            rows = params if many else [params]
            found.extend(f"{sql} {[_value(one) for one in row or ()]}" for row in rows)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield found


def _value(value: object) -> str:
    return "*" if isinstance(value, UUID) else RANDOM.sub("*", str(value))
