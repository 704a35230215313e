"""What a resolver is given: the caller's scope and the way to the data."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from backend.kit.db import Databases, Read
from backend.kit.scope import Scope
from backend.kit.settings import Settings

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class Context:
    """One request's (or one subscription's) surroundings; loaders live as long as it does."""

    scope: Scope
    databases: Databases
    settings: Settings
    storage: Any = None
    redis: Any = None
    request: Any = None
    _loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict[Any, DataLoader[Any, Any]])

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Read]:
        """Open a short read of its own: resolvers run side by side and may not share a connection."""
        async with self.databases.read(self.scope) as read:
            yield read

    def loader(self, batch: Callable[[Read, Scope, list[K]], Awaitable[list[V]]]) -> DataLoader[K, V]:
        """Return this request's DataLoader over a noun's batch query."""
        if batch not in self._loaders:

            async def load(keys: list[K]) -> list[V]:
                async with self.read() as read:
                    return await batch(read, self.scope, keys)

            self._loaders[batch] = DataLoader(load_fn=load)
        return self._loaders[batch]


Info = strawberry.Info[Context, None]
