"""A whole year of accounts, batch by batch.

Two transactions run side by side, so that one's arithmetic in Python overlaps with the other's in the database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from uuid import UUID

from backend.emissions.inventory.calculation import open_book
from backend.emissions.inventory.resolve import Book
from backend.emissions.inventory.service import compute_many
from backend.emissions.inventory.values import Request
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.scope import Scope

BATCH = 200
"""Accounts in one transaction: long enough for set-wise speed, short enough for progress and cancelling."""

SIDE_BY_SIDE = 2

Tell = Callable[[int, int, str], Awaitable[None]]


async def compute_batches(
    databases: Databases, scope: Scope, accounts: Sequence[UUID], request: Request, tell: Tell
) -> int:
    """Compute every account that may have a new version; return how many did. Each batch commits by itself.

    `tell` hears (accounts done, accounts, note) before every batch and may raise to stop: what is committed stays,
    and the same request run again leaves it out.
    """
    async with databases.read(scope) as read:
        book = await open_book(read, scope, request, now())
    batches = iter([accounts[start : start + BATCH] for start in range(0, len(accounts), BATCH)])
    counts = {"done": 0, "computed": 0}

    async def work() -> None:
        await _work(databases, scope, batches, request, book, counts, len(accounts), tell)

    tasks = [asyncio.create_task(work()) for _ in range(SIDE_BY_SIDE)]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    return counts["computed"]


async def _work(
    databases: Databases, scope: Scope, batches: Iterator[Sequence[UUID]], request: Request, book: Book,
    counts: dict[str, int], total: int, tell: Tell,
) -> None:  # fmt: skip
    """Take the next batch until none is left."""
    for batch in batches:
        await tell(counts["done"], total, f"{counts['computed']} computed")
        async with databases.write(scope) as write:
            computed = await compute_many(write, scope, batch, request, book=book)
        counts["done"] += len(batch)
        counts["computed"] += len(computed)
