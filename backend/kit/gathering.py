"""Commands that arrive together travel together: one transaction for many, each with its own answer.

The commit rate of a disk bounds how many transactions a second there can be, and one hot row bounds it further. Items
that wait while a flight is under way go with the next one, so that a lone item waits for nobody and a crowd shares one
commit. One flight at a time: two would only wait for each other's locks.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Answer = R | BaseException | asyncio.Task[R]

MOST = 16
"""Items in a flight, unless told otherwise: PostgreSQL keeps 64 savepoints of a transaction at hand."""


class Gatherer(Generic[T, R]):
    """Gathers items and hands them to `fly`, which returns an answer or an exception for each, in order.

    A task in the place of an answer is awaited by its own caller alone: the next flight does not wait for it. When `fly`
    itself raises, everybody in the flight is told so.
    """

    def __init__(self, fly: Callable[[Sequence[T]], Awaitable[Sequence[Answer[R]]]], *, most: int = MOST) -> None:
        self._fly, self._most = fly, most
        self._waiting: deque[tuple[T, asyncio.Future[Any]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()  # the loop itself keeps tasks by weak references only
        self._is_flying = False

    async def submit(self, item: T) -> R:
        """Wait for the item's own answer; a caller that goes away does not stop its item."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if not self._is_flying:
            self._is_flying = True
            flight = asyncio.create_task(self._depart())
            self._tasks.add(flight)
            flight.add_done_callback(self._tasks.discard)
        found = await answer
        return await asyncio.shield(found) if isinstance(found, asyncio.Task) else found

    async def _depart(self) -> None:
        try:
            await asyncio.sleep(0)  # whoever is ready in this turn of the loop comes along
            await self._fly_all()
        finally:
            # In the same turn of the loop as the last look at who waits: an item that comes later departs anew.
            self._is_flying = False

    async def _fly_all(self) -> None:
        while self._waiting:
            aboard = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            try:
                answers: Sequence[Answer[R]] = await self._fly([item for item, _ in aboard])
            except Exception as error:  # noqa: BLE001 - told to each caller, who knows what to make of it
                answers = [error] * len(aboard)
            for (_, future), answer in zip(aboard, answers, strict=True):
                if future.done():
                    continue
                if isinstance(answer, BaseException):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
