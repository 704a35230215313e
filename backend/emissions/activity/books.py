"""The account's books: one writer at a time, and instants nobody can get in before any more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from backend.kit.db import Write

BOOKS = 6_203_114
"""Class of the advisory locks on activity books, so that they meet no other advisory lock."""

# hashtext may send two accounts to one lock: they then wait for each other, which costs time and nothing else.
LOCK = text("select pg_advisory_xact_lock(:books, hashtext(cast(:account_id as text)))")


async def enter(write: Write, account_ids: Sequence[UUID]) -> datetime:
    """Lock the accounts' activity books until the transaction ends; return the database's instant after that.

    Everything recorded or decided later gets a later instant, so a calculation `as_of` this one can be
    repeated for ever with the same records. Locks are taken in the order of the ids.
    """
    for account_id in sorted(account_ids):
        await write.run(LOCK, {"books": BOOKS, "account_id": str(account_id)})
    return await write.value(text("select clock_timestamp()"))
