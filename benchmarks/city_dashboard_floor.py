"""The floor of `city_dashboard.py`: Litestar and Strawberry, documents cached, the screen's shape from memory.

Served by granian like the product: `granian --interface asgi city_dashboard_floor:app`. `FLOOR_DOCUMENT` names the file
with the JSON that the product's SQL statement shaped.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import strawberry
from graphql import DocumentNode, execute, parse, validate
from litestar import Litestar, post

from backend.regions.dashboard.queries import Screen
from backend.regions.schema_dashboard import CityDashboard, dashboard_shown
from backend.wire import scalars

DIVISION = "320200"
GIVEN = json.loads(Path(os.environ["FLOOR_DOCUMENT"]).read_text())
KEPT = dashboard_shown(DIVISION, Screen(GIVEN["path"], GIVEN["document"]))


@strawberry.type
class Query:
    """The one field."""

    @strawberry.field
    async def city_dashboard(self, division_code: str, month: scalars.Month | None = None) -> CityDashboard:
        """Return the screen kept in memory."""
        assert division_code == DIVISION
        assert month is None
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
