"""Commands that arrive together travel together: one transaction for many, each with its own answer.

The commit rate of a disk bounds how many transactions a second there can be, and one hot row bounds it further. Items
that wait while a flight is under way go with the next one, so that a lone item waits for nobody and a crowd shares one
commit.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 48
"""Items in a flight: PostgreSQL keeps 64 savepoints of a transaction at hand."""
FLIGHTS = 2
"""Flights at once: while the database works on one, the next one is filled."""


class Gatherer(Generic[T, R]):
    """Gathers items and hands them to `fly`, which returns an answer or an exception for each, in order.

    When `fly` itself raises, everybody in the flight is told so.
    """

    def __init__(self, fly: Callable[[Sequence[T]], Awaitable[Sequence[R | BaseException]]]) -> None:
        self._fly = fly
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._flights: set[asyncio.Task[None]] = set()

    async def submit(self, item: T) -> R:
        """Wait for the item's own answer; a caller that goes away does not stop its item."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if len(self._flights) < FLIGHTS:
            flight = asyncio.create_task(self._depart())
            self._flights.add(flight)
            flight.add_done_callback(self._flights.discard)
        return await answer

    async def _depart(self) -> None:
        await asyncio.sleep(0)  # whoever is ready in this turn of the loop comes along
        while self._waiting:
            aboard = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            try:
                answers: Sequence[R | BaseException] = await self._fly([item for item, _ in aboard])
            except Exception as error:  # noqa: BLE001 - told to each caller, who knows what to make of it
                answers = [error] * len(aboard)
            for (_, future), answer in zip(aboard, answers, strict=True):
                if future.done():
                    continue
                if isinstance(answer, BaseException):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
