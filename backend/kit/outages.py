"""Telling an outage (try again) from a fault (tell somebody)."""

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from backend.kit.errors import Unavailable

SQLSTATES = ("08", "53", "57P", "40001", "40P01", "55P03")
"""Connection lost, resources exhausted, server shutting down; serialization, deadlock, lock timeout."""

NOT_TEXT = ("22021", "22P05")
"""A sign PostgreSQL keeps in no text: NUL, plain or inside JSON."""


def sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's five-letter code of a database error, or nothing."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")


def is_outage(error: BaseException) -> bool:
    """Tell whether the same thing may succeed in a moment: a server is away, or two transactions collided."""
    if isinstance(error, Unavailable | PoolTimeoutError | ConnectionError | RedisConnectionError | RedisTimeoutError):
        return True
    if isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, InterfaceError)):
        return True
    return sqlstate(error).startswith(SQLSTATES)


def is_not_text(error: BaseException) -> bool:
    """Tell whether the database refused a text because of a sign no text can hold; the caller sent it."""
    return sqlstate(error) in NOT_TEXT
