"""Where a simulation lives: in a database of its own that is dropped afterwards, or in this one if nobody real is in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError, ProgrammingError

from accounts.models import User
from core.refusals import Refused
from practices.models import Practice


class RealDataHere(Refused):
    """The database holds people or practices that nobody marked as synthetic."""


class NoDatabase(Refused):
    """The throw-away database could not be made."""


def refuse_real_data() -> None:
    """Raise RealDataHere if a single person or practice without the mark is here."""
    people, practices = (
        User.objects.filter(is_synthetic=False).count(),
        Practice.objects.filter(is_synthetic=False).count(),
    )
    if people or practices:
        raise RealDataHere(
            f"This database holds real data ({people} people, {practices} practices). Nothing was written. "
            "Leave --keep away, or point DATABASE_URL at an empty database."
        )


@contextmanager
def throw_away() -> Iterator[None]:
    """Migrate a fresh database, use it for the length of the ``with`` block, drop it.

    On SQLite it is in memory; on PostgreSQL it is a database called ``simulation_<process id>`` beside the configured one.

    Raises:
        NoDatabase: the database server does not let us make one.
        OperationalError: it cannot be reached.
    """
    if connection.vendor == "postgresql":
        connection.ensure_connection()  # a server that is away is to be called that, and not a missing right
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = (
        f"simulation_{os.getpid()}" if connection.vendor == "postgresql" else None
    )
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    except (OperationalError, ProgrammingError, SystemExit) as error:
        raise NoDatabase(
            "The throw-away database could not be made. Give the database user the right to create databases, "
            "or run with --keep on an empty one."
        ) from error
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        # Django never closes a database in memory, so whatever came next would still be in it.
        BaseDatabaseWrapper.close(connections[connection.alias])
