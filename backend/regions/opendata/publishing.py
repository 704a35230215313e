"""Make a year's table for everybody, look at it, publish it once."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, text

from backend.emissions.methods.arithmetic import WORKING, add
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.regions.balances.rules import trimmed
from backend.regions.errors import OpenDataOfTheWhole, OpenYearNotOver, OpenYearPublished, OpenYearUnknown
from backend.regions.opendata import rules
from backend.regions.opendata.models import RegionOpenYear
from backend.regions.opendata.rules import TOTAL, Group, Place
from backend.regions.opendata.values import DATASET_LICENCE_EN, DATASET_LICENCE_ZH, OpenYear
from backend.regions.values import FIRST_YEAR
from backend.tenants import service as tenants

ZERO = Decimal(0)
SUMS = ("scope1", "scope2_location", "scope2_market", "energy_tce")
# By division directly below the whole and by sector: what each account adds to a year.
ACCOUNTS = text("""
select :under || case when division_path = :under then ''
        else split_part(substr(division_path, length(:under) + 1), '/', 1) || '/' end as child, sector, account_id,
    sum(scope1) as scope1, sum(scope2_location) as scope2_location, sum(scope2_market) as scope2_market,
    sum(energy_tce) as energy_tce
from region_account_month
where starts_with(division_path, :under) and year = :year
group by 1, 2, 3""")
YEARS = text("select year, content, sha256, hidden, published_at from region_open_year order by year desc")
ONE = text("select year, content, sha256, hidden, published_at from region_open_year where year = :year")
LOCK = text("select pg_advisory_xact_lock(320243)")


@dataclass(slots=True)
class _Sum:
    """A group being summed."""

    accounts: int
    sums: dict[str, Decimal]
    weight: Decimal
    largest: Decimal

    @classmethod
    def empty(cls) -> "_Sum":
        return cls(0, dict.fromkeys(SUMS, ZERO), ZERO, ZERO)

    def put(self, row: Any) -> None:  # noqa: ANN401 - a row of an account
        weight = add(row.scope1.copy_abs(), row.scope2_location.copy_abs())
        self.accounts += 1
        self.sums = {name: add(self.sums[name], getattr(row, name)) for name in SUMS}
        self.weight, self.largest = add(self.weight, weight), max(self.largest, weight)

    @property
    def group(self) -> Group:
        """What the rules look at."""
        return Group(self.accounts, WORKING.divide(self.largest, self.weight) if self.weight else ZERO)


async def whole(read: Read, scope: Scope) -> tuple[str, str]:
    """Return path and code of the whole jurisdiction, for its own authority.

    Raises:
        OpenDataOfTheWhole: the caller is of a part of it, or no authority.
    """
    pack = await tenants.pack_in_force(read, scope)
    path = (await tenants.required_division(read, scope, pack.division_code)).path
    if scope.kind is not Kind.SYSTEM and (scope.kind is not Kind.AUTHORITY or scope.region != path):
        raise OpenDataOfTheWhole
    return path, pack.division_code


async def open_table(read: Read, scope: Scope, year: int) -> OpenYear:
    """Return a year's table as it would be published now, for the eyes of the authority of the whole.

    Raises:
        Unauthenticated, Forbidden: without `regions:record`.
        OpenDataOfTheWhole: not the authority of the whole jurisdiction.
        OpenYearNotOver: the year is not over, or before 2005.
    """
    scope.require("regions:record")
    path, code = await whole(read, scope)
    if not FIRST_YEAR <= year < today().year:
        raise OpenYearNotOver(year=year, first=FIRST_YEAR, last=today().year - 1, path=("year",))
    sums: defaultdict[Place, _Sum] = defaultdict(_Sum.empty)
    for row in await read.rows(ACCOUNTS, {"under": path, "year": year}):
        child = code if row.child == path else row.child.rstrip("/").rpartition("/")[2]
        for place in ((child, row.sector), (child, TOTAL), (TOTAL, row.sector), (TOTAL, TOTAL)):
            sums[place].put(row)
    closed = rules.hidden({place: each.group for place, each in sums.items()})
    content = _content(year, code, sums, closed)
    return OpenYear(year, content, hashlib.sha256(content.encode()).hexdigest(), len(closed), now())


def _content(year: int, code: str, sums: Mapping[Place, _Sum], closed: set[Place]) -> str:
    groups: list[dict[str, Any]] = []
    for place in sorted(sums):
        division, sector = place
        told = {name: format(trimmed(sums[place].sums[name]), "f") for name in SUMS}
        is_hidden = place in closed
        groups.append({
            "division": division or "total", "sector": sector or "total", "is_hidden": is_hidden,
            "accounts": None if is_hidden else sums[place].accounts,
            **(dict.fromkeys(SUMS) if is_hidden else told),
        })  # fmt: skip
    found = {
        "year": year,
        "jurisdiction": code,
        "units": {"scope1": "tCO2e", "scope2_location": "tCO2e", "scope2_market": "tCO2e", "energy_tce": "tce"},
        "note_zh": DATASET_LICENCE_ZH,
        "note_en": DATASET_LICENCE_EN,
        "groups": groups,
    }
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


async def publish_year(write: Write, scope: Scope, year: int) -> OpenYear:
    """Publish a year's table for everybody, once and for good.

    Raises:
        Unauthenticated, Forbidden: without `regions:publish`.
        OpenDataOfTheWhole, OpenYearNotOver: as `open_table`.
        OpenYearPublished: it is published already; another table of it would tell by the difference what changed.
    """
    scope.require("regions:publish")
    made = await open_table(write, scope, year)
    await write.value(LOCK)
    if await write.row(ONE, {"year": year}) is not None:
        raise OpenYearPublished(year=year)
    await write.run(
        insert(RegionOpenYear).values(
            year=made.year, content=made.content, sha256=made.sha256, hidden=made.hidden,
            published_at=made.published_at, published_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit("regions:publish", object_type="open_year", object_id=year, sha256=made.sha256, hidden=made.hidden)
    return made


async def open_years(read: Read, _scope: Scope) -> Sequence[OpenYear]:
    """Return what is published, the newest year first. For everybody."""
    return [OpenYear(*row) for row in await read.rows(YEARS)]


async def open_year(read: Read, _scope: Scope, year: int) -> OpenYear:
    """Return a published year. For everybody. Raises OpenYearUnknown."""
    row = await read.row(ONE, {"year": year})
    if row is None:
        raise OpenYearUnknown(year=year)
    return OpenYear(*row)
