"""An open line to a bank: each change is looked at under the consent of the second it is pushed, one by one.

Word of a change carries the moment it was written, and is seen when its transaction has ended, which may be later. So each
look covers the last minute, every thirtieth one the last hour, and what was seen is remembered as long as that. A night's run
changes thousands of scores: to go through all of them each second for an hour would cost more than telling of them.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import select

from backend.kit.clock import now
from backend.kit.db import Databases, Read
from backend.kit.scope import Scope
from backend.lending.reading.opening import check_bank, told
from backend.lending.values import BorrowerScore, ReadKind
from backend.lending.webhooks.models import BankEvent
from backend.lending.webhooks.values import EventKind

POLL_SECONDS = 1.0
WINDOW = timedelta(hours=1)
"""The longest transaction whose changes are not missed."""
NEAR = timedelta(minutes=1)
"""The longest transaction whose changes are told at the next look."""
WIDE_EVERY = 30
"""Looks until one covers the whole window."""


@dataclass(frozen=True, slots=True)
class ScoreNews:
    """A score that changed, when, and the borrower as the bank may see it now."""

    id: UUID
    at: datetime
    borrower: BorrowerScore


async def _changes(read: Read, scope: Scope, since: datetime) -> list[tuple[UUID, datetime, UUID]]:
    """Return changes of borrowers' scores since a moment, oldest first: event, when, account."""
    rows = await read.rows(
        select(BankEvent.id, BankEvent.at, BankEvent.account_id)
        .where(
            BankEvent.bank_id == scope.organisation_id, BankEvent.kind == EventKind.SCORE_CHANGED.value,
            BankEvent.at > since,
        )
        .order_by(BankEvent.at, BankEvent.id)
    )  # fmt: skip
    return [(row.id, row.at, row.account_id) for row in rows]


async def score_changes(databases: Databases, scope: Scope) -> AsyncGenerator[ScoreNews]:
    """Yield each change of a borrower's score from now on, until the caller closes this generator.

    What no consent opens at that second is left out, and never told later. Each push is a read in the enterprise's log.

    Raises, at the first step: Unauthenticated, Forbidden, BanksOnly.
    """
    check_bank(scope)
    async with databases.read(scope) as read:
        seen = {key: at for key, at, _ in await _changes(read, scope, now() - WINDOW)}
    for look in count():
        async with databases.read(scope) as read:
            found = await _changes(read, scope, now() - (NEAR if look % WIDE_EVERY else WINDOW))
        if look % WIDE_EVERY == 0:
            seen = {key: at for key, at in seen.items() if at > now() - 2 * WINDOW}
        for key, at, account_id in found:
            if key in seen:
                continue
            seen[key] = at
            async with databases.write(scope) as write:
                known = await told(write, scope, [str(account_id)], what=ReadKind.SUBSCRIPTION)
            for each in known:
                yield ScoreNews(key, at, each)
        await asyncio.sleep(POLL_SECONDS)
