"""Open data at the network's door, for anybody.

    GET /open-data                 which years are published
    GET /open-data/{year}.json     a year's table, byte for byte as it was published; also .csv and .xlsx

Nobody signs in. What is published never changes, so it may be kept by whoever passes it on.
"""

import asyncio
import csv
import io
import json
from decimal import Decimal
from typing import Any, ClassVar

import msgspec
from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from backend.api.door import CORRELATION, ROUTE, TENANT
from backend.api.downloads import MEDIA_TYPES, DownloadNotFound
from backend.api.files import disposition
from backend.api.languages import Asked, language_of
from backend.api.surroundings import Surroundings
from backend.kit.scope import Scope
from backend.regions import service
from backend.regions.opendata.values import OpenYear
from backend.wire.workbooks import Heading, Sheet, workbook

AnyRequest = Request[Any, Any, State]
SECONDS = 86_400
COLUMNS = (
    "division", "sector", "is_hidden", "accounts", "scope1", "scope2_location", "scope2_market", "energy_tce",
)  # fmt: skip
_HEADINGS = (
    Heading("区划代码", "Division"), Heading("行业", "Sector"), Heading("是否隐去", "Hidden"), Heading("账户数", "Accounts"),
    Heading("范围一", "Scope 1", "tCO2e"), Heading("范围二（位置法）", "Scope 2, location-based", "tCO2e"),
    Heading("范围二（市场法）", "Scope 2, market-based", "tCO2e"), Heading("能源消费", "Energy", "tce"),
)  # fmt: skip
_YEAR_DIGITS = 4


class Published(msgspec.Struct, rename="camel"):
    """A published year and where it is fetched."""

    year: int
    sha256: str
    hidden: int
    published_at: str
    url: str


class OpenData(Controller):
    """Published years."""

    path = "/open-data"
    tags: ClassVar[list[str]] = ["open data"]

    @get("/")
    async def index(self, request: AnyRequest, state: State) -> Response[list[Published]]:
        """List the published years, the newest first."""
        here, asgi = _here(request, state, "/open-data")
        scope = _scope(asgi)
        async with here.databases.read(scope) as read:
            found = await service.open_years(read, scope)
        return Response(
            [
                Published(
                    each.year, each.sha256, each.hidden, each.published_at.isoformat(),
                    f"/{scope.tenant}/open-data/{each.year}.json",
                )
                for each in found
            ]
        )  # fmt: skip

    @get("/{file:str}")
    async def year(self, request: AnyRequest, state: State, file: FromPath[str], lang: Asked = None) -> Response[bytes]:
        """Give a published year as JSON, CSV or a workbook."""
        here, asgi = _here(request, state, "/open-data/{file}")
        scope, language = _scope(asgi), language_of(lang)
        name, _, ending = file.partition(".")
        is_year = name.isascii() and name.isdigit() and len(name) == _YEAR_DIGITS
        if not is_year or ending not in {"json", "csv", "xlsx"}:
            raise DownloadNotFound
        async with here.databases.read(scope) as read:
            found = await service.open_year(read, scope, int(name))
        content = await asyncio.to_thread(_made, found, ending, language)
        headers = {
            "cache-control": f"public, max-age={SECONDS}", "x-content-type-options": "nosniff",
            "access-control-allow-origin": "*", "content-disposition": disposition(f"carbon-{name}.{ending}"),
        }  # fmt: skip
        return Response(content, media_type=MEDIA_TYPES[f".{ending}"], headers=headers)


def _here(request: AnyRequest, state: State, route: str) -> tuple[Surroundings, Any]:
    asgi: Any = request.scope
    asgi[ROUTE] = route
    return state.here, asgi


def _scope(asgi: Any) -> Scope:  # noqa: ANN401 - ASGI's own shape
    return Scope.nobody(str(asgi[TENANT]), correlation_id=asgi[CORRELATION])


def _made(found: OpenYear, ending: str, language: str) -> bytes:
    if ending == "json":
        return found.content.encode()
    document = json.loads(found.content)
    rows = [[each[name] for name in COLUMNS] for each in document["groups"]]
    if ending == "csv":
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(["" if each is None else each for each in row] for row in rows)
        return out.getvalue().encode("utf-8-sig")
    numbers = [[*row[:4], *(None if each is None else Decimal(each) for each in row[4:])] for row in rows]
    note = (document["note_zh"], document["note_en"])
    return workbook([Sheet(str(found.year), str(found.year), _HEADINGS, numbers, [note])], language)


CONTROLLERS = (OpenData,)
"""What the application mounts."""
