"""The floor of `overview.py`: Litestar and Strawberry, documents cached, the overview's shape from memory.

Served by granian like the product: `granian --interface asgi overview_floor:app`. `FLOOR_DOCUMENT` names the file with
the JSON that the product's one SQL statement shaped.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import strawberry
from graphql import DocumentNode, execute, parse, validate
from litestar import Litestar, post

from backend.emissions.inventory.schema_overview import AccountOverview, overview_shown
from backend.wire import scalars

YEAR = 2025
KEPT = overview_shown(json.loads(Path(os.environ["FLOOR_DOCUMENT"]).read_text()), YEAR)


@strawberry.type
class Query:
    """The one field."""

    @strawberry.field
    async def account_overview(self, account_id: strawberry.ID, year: int) -> AccountOverview | None:
        """Return the overview kept in memory."""
        assert account_id
        assert year
        return KEPT


SCHEMA = strawberry.Schema(query=Query, config=scalars.configuration())


@cache
def prepared(query: str) -> DocumentNode:
    """Parse and validate once."""
    document = parse(query)
    assert not validate(SCHEMA._schema, document)  # noqa: SLF001 - graphql-core's schema
    return document


@post("/graphql", status_code=200)
async def graphql(data: dict[str, Any]) -> dict[str, Any]:
    """Answer a query."""
    result: Any = execute(SCHEMA._schema, prepared(data["query"]), variable_values=data["variables"])  # noqa: SLF001
    if not hasattr(result, "data"):
        result = await result
    assert not result.errors, result.errors
    return {"data": result.data}


app = Litestar(route_handlers=[graphql], openapi_config=None)
