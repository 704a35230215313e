"""What an account's rows may refer to: its sites, sources, meters, evidence and open years, read in one statement.

A file of 100,000 rows is checked against these small tables in memory; only what rows say about each other and
about stored records is left to the database.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.emissions.activity.errors import AccountNotFound
from backend.emissions.methods import METHODS
from backend.emissions.rules import base_unit_of
from backend.emissions.values import Method
from backend.kit.db import Read
from backend.kit.errors import CarbonError
from backend.kit.quantities import Unit, units_into
from backend.kit.scope import Scope

# The tables below belong to the accounts noun and are reached through the account's own keys: one round trip for
# all of them is what lets a single entry, a bulk of 1,000 and a file share one check.
SELECT = text("""
select a.id, a.number, a.name, a.sector, a.method_pack, a.division_code, a.province_code, a.grid_region, a.organisation_id, a.has_separation_of_duties,
    a.closed_at is not null as is_closed,
    (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'code', s.code, 'name', s.name) order by s.code), '[]')
       from site s where s.account_id = a.id) as sites,
    (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'site_id', s.site_id, 'code', s.code, 'name', s.name,
            'method', s.method, 'key', s.key, 'unit', s.unit, 'parameters', s.parameters, 'ended_on', s.ended_on)
            order by s.code), '[]')
       from source s where s.account_id = a.id) as sources,
    (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'source_id', m.source_id, 'code', m.code,
            'name', m.name, 'unit', m.unit) order by m.code), '[]')
       from meter m where m.account_id = a.id) as meters,
    (select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'file_name', e.file_name, 'sha256', e.sha256)
            order by e.file_name, e.id), '[]')
       from evidence e where e.account_id = a.id) as evidence,
    (select coalesce(jsonb_agg(jsonb_build_object('year', y.year, 'is_closed',
            y.closed_at is not null or exists (
                select from inventory i where i.account_id = y.account_id and i.year = y.year and i.state = 'closed'
                and not exists (select from inventory n where n.account_id = i.account_id and n.year = i.year
                    and n.version > i.version)))
            order by y.year), '[]')
       from reporting_year y where y.account_id = a.id) as years
from carbon_account a where a.id = :account_id
""")


@dataclass(frozen=True, slots=True)
class Site:
    """A site of the account."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True)
class Source:
    """A source, with what its rows may say: the units it takes and its method's parameters."""

    id: UUID
    site: Site
    code: str
    name: str
    method: Method
    key: str
    unit: str
    parameters: Mapping[str, Any]
    ended_on: date | None
    meters: dict[str, "Meter"] = field(default_factory=dict["str", "Meter"])

    @cached_property
    def text_id(self) -> str:
        """The id as text."""
        return str(self.id)

    @cached_property
    def base_unit(self) -> str:
        """The method's base unit its quantities are converted to."""
        try:
            return base_unit_of(self.method, self.unit)
        except CarbonError:
            return self.unit

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units its rows may use, its own first."""
        return tuple(sorted(units_into(self.base_unit), key=lambda unit: unit.code != self.unit))

    @cached_property
    def accepted(self) -> str:
        """The units for a sentence."""
        return ", ".join(unit.code for unit in self.units)


@dataclass(frozen=True)
class Meter:
    """A meter of a source."""

    id: UUID
    code: str
    name: str
    unit: str

    @cached_property
    def text_id(self) -> str:
        """The id as text."""
        return str(self.id)


@dataclass(frozen=True)
class Directory:
    """An account and all that its rows may refer to. `years`: reporting year -> whether it is closed."""

    account_id: UUID
    number: str
    name: str
    sector: str
    method_pack: str
    places: tuple[str, ...]
    """Where a parameter for the account may be stated, nearest first: county, city, province, grid, nation, anywhere."""
    organisation_id: UUID
    has_separation_of_duties: bool
    is_closed: bool
    sources: Mapping[str, Source]
    evidence: Mapping[UUID, str]
    """Evidence id -> the label people choose it by."""
    evidence_spellings: Mapping[str, UUID | None]
    """Every accepted way to name an evidence file -> its id; None where a file name is not unique."""
    years: Mapping[int, bool]

    @cached_property
    def sites(self) -> dict[str, Site]:
        """The sites that have sources, by code."""
        return {source.site.code: source.site for source in self.sources.values()}

    @cached_property
    def source_by_id(self) -> dict[UUID, Source]:
        """The sources by id."""
        return {source.id: source for source in self.sources.values()}

    @cached_property
    def methods(self) -> frozenset[str]:
        """The methods in use."""
        return frozenset(source.method.code for source in self.sources.values())

    @cached_property
    def meter_codes(self) -> dict[UUID, str]:
        """Meter id -> code."""
        return {meter.id: meter.code for source in self.sources.values() for meter in source.meters.values()}


def evidence_label(file_name: str, sha256: str) -> str:
    """Return the name people choose an evidence file by: its own, and a check code that makes it unique."""
    return f"{file_name} [{sha256[:8]}]"


def _evidence(rows: list[dict[str, str]]) -> tuple[dict[UUID, str], dict[str, UUID | None]]:
    labels: dict[UUID, str] = {}
    spellings: dict[str, UUID | None] = {}
    for row in rows:
        key = UUID(row["id"])
        labels[key] = evidence_label(row["file_name"], row["sha256"])
        for spelling in (row["id"], row["sha256"], labels[key]):
            spellings[spelling] = key
        name = row["file_name"]
        spellings[name] = None if name in spellings else key
    return labels, spellings


def _sources(sites: list[Any], sources: list[Any], meters: list[Any]) -> dict[str, Source]:
    places = {site["id"]: Site(UUID(site["id"]), site["code"], site["name"]) for site in sites}
    found: dict[str, Source] = {}
    for row in sources:
        ended = date.fromisoformat(row["ended_on"]) if row["ended_on"] else None
        found[row["id"]] = Source(
            UUID(row["id"]), places[row["site_id"]], row["code"], row["name"], METHODS[row["method"]], row["key"],
            row["unit"], row["parameters"], ended,
        )  # fmt: skip
    for row in meters:
        meter = Meter(UUID(row["id"]), row["code"], row["name"], row["unit"])
        found[row["source_id"]].meters[meter.code] = meter
    return {source.code: source for source in found.values()}


def _places(row: Any) -> tuple[str, ...]:  # noqa: ANN401 - a row
    division = row.division_code
    return tuple(dict.fromkeys((division, division[:4] + "00", row.province_code, row.grid_region, "CN", "")))


async def directory(read: Read, scope: Scope, account_id: UUID) -> Directory:  # noqa: ARG001 - every read is scoped
    """Return the account's directory.

    Raises:
        AccountNotFound: there is none the caller sees.
    """
    row = await read.row(SELECT, {"account_id": account_id})
    if row is None:
        raise AccountNotFound(what="carbon account")
    sites, sources, meters, evidence, years = (
        json.loads(value, parse_float=Decimal) if isinstance(value, str) else value
        for value in (row.sites, row.sources, row.meters, row.evidence, row.years)
    )
    labels, spellings = _evidence(evidence)
    return Directory(
        row.id, row.number, row.name, row.sector, row.method_pack, _places(row), row.organisation_id,
        row.has_separation_of_duties, row.is_closed, _sources(sites, sources, meters), labels, spellings,
        {year["year"]: year["is_closed"] for year in years},
    )  # fmt: skip
