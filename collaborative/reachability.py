"""Is what this installation stands on there? One sentence that says what to do, instead of a traceback."""

import sqlite3

import kombu.exceptions
import psycopg2
import redis.exceptions
from celery import Celery
from django.conf import settings
from django.db import connection
from django.db.utils import OperationalError

BROKER_ERRORS = (kombu.exceptions.OperationalError, redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)


class Unreachable(Exception):
    """Something that the product needs does not answer. The message is a sentence for the person at the terminal."""


def check_database() -> None:
    """Open a connection, or raise Unreachable."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise Unreachable(sentence_for(error) or f"The database cannot be used: {_first_line(error)}.") from error


def check_broker(app: Celery) -> None:
    """Open a connection to the queue, or raise Unreachable. Waits three seconds at most for each try."""
    try:
        with app.connection_for_write(connect_timeout=3) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=3)
    except (*BROKER_ERRORS, OSError) as error:
        raise Unreachable(_broker_sentence(error)) from error


def sentence_for(error: BaseException) -> str | None:
    """What to tell the person, or None where ``error`` is no failure to connect (a real defect keeps its traceback)."""
    if isinstance(error, BROKER_ERRORS):
        return _broker_sentence(error)
    if not isinstance(error, OperationalError):
        return None
    cause = error.__cause__
    # The server gave no SQLSTATE: it never answered, refused us at the door, or went away.
    if isinstance(cause, psycopg2.OperationalError) and cause.pgcode is None:
        place = f"{settings.DATABASES['default']['HOST']}:{settings.DATABASES['default']['PORT'] or 5432}"
        return f"The database at {place} cannot be reached ({_first_line(error)}). Start or create it, or correct DATABASE_URL."
    if isinstance(cause, sqlite3.OperationalError) and cause.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN:
        path = settings.DATABASES["default"]["NAME"]
        return f"The database file {path} cannot be opened. Check that its folder exists and can be written to."
    return None


def _broker_sentence(error: BaseException) -> str:
    if settings.REDIS_URL:
        place = settings.REDIS_URL.rpartition("@")[2].removeprefix("redis://").removeprefix("rediss://")
        return f"Redis at {place} cannot be reached ({_first_line(error)}). Start it, or correct REDIS_URL."
    return f"The queue's folder in {settings.VAR_DIR} cannot be used ({_first_line(error)})."


def _first_line(error: BaseException) -> str:
    """The reason alone; the drivers' longer advice would bury our own."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".: ")
