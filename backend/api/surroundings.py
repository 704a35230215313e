"""Everything a request may need, opened once for the process."""

from dataclasses import dataclass, field
from typing import Any

import strawberry
from redis.asyncio import Redis

from backend.api.documents import Documents
from backend.api.metrics import Metrics
from backend.api.refusals import Refusals
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.tenants.values import Pack
from backend.wire.context import Context


@dataclass(slots=True)
class Surroundings:
    """The process's settings, servers, packs, schema and operations."""

    settings: Settings
    databases: Databases
    storage: Any
    redis: Redis | None
    packs: dict[str, Pack]
    schema: strawberry.Schema
    documents: Documents
    metrics: Metrics
    refusals: Refusals = field(default_factory=Refusals)

    def context(self, scope: Scope, request: Any = None) -> Context:  # noqa: ANN401 - Litestar's request or nothing
        """Return what resolvers are given for one request or subscription."""
        return Context(
            scope=scope, databases=self.databases, settings=self.settings, storage=self.storage, redis=self.redis,
            request=request,
        )  # fmt: skip
