"""Reads of carbon accounts. Row-level security has decided what is visible before any condition here.

Batch functions answer for many parents in one statement, so that a page of accounts with all below it costs one
statement a level. A list below a parent is asked for with `ChildrenKey`: each parent has its own page.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, Uuid, column, func, literal, or_, select, true
from sqlalchemy import tuple_ as pair
from sqlalchemy.types import BigInteger, Date

from backend.accounts import rules
from backend.accounts.models import Calibration, CarbonAccount, Evidence, Meter, ReportingYear, Site, Source
from backend.accounts.values import (
    AccountFilter,
    AccountValue,
    CalibrationState,
    CalibrationValue,
    EvidenceValue,
    MeterValue,
    ReportingYearValue,
    SiteValue,
    SourceValue,
)
from backend.kit.db import Read
from backend.kit.orm import Base
from backend.kit.scope import Scope

V = TypeVar("V")
OwnKey = tuple[UUID, UUID]
"""(account, own id): the key of anything below an account."""


@dataclass(frozen=True, slots=True)
class ChildrenKey:
    """A page of what lies below one parent: `limit` rows after the row whose sort key is `after`."""

    account_id: UUID
    parent_id: UUID | None
    limit: int
    after: str | None


@dataclass(frozen=True, slots=True)
class StateKey:
    """A meter on a day."""

    account_id: UUID
    meter_id: UUID
    on: date


def columns_of(table: type[Base], value: type[Any]) -> list[Any]:
    """Return a table's columns in the order of a value's fields."""
    return [table.__table__.columns[each.name] for each in fields(value)]


ACCOUNT = select(*columns_of(CarbonAccount, AccountValue))
SITE = select(*columns_of(Site, SiteValue))
SOURCE = select(*columns_of(Source, SourceValue))
METER = select(*columns_of(Meter, MeterValue))
CALIBRATION = select(*columns_of(Calibration, CalibrationValue))
YEAR = select(*columns_of(ReportingYear, ReportingYearValue))
EVIDENCE = select(*columns_of(Evidence, EvidenceValue))


async def account(read: Read, scope: Scope, account_id: UUID) -> AccountValue | None:
    """Return the account, None when it is not there or not visible."""
    row = await read.row(ACCOUNT.where(CarbonAccount.id == account_id))
    return None if row is None else AccountValue(*row)


async def account_by_number(read: Read, scope: Scope, number: str) -> AccountValue | None:
    """Return the account with this number, None when it is not there or not visible."""
    row = await read.row(ACCOUNT.where(CarbonAccount.number == number.strip().upper()))
    return None if row is None else AccountValue(*row)


async def accounts_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[AccountValue | None]:
    """Return the account of each id, None for an invisible one; for a loader."""
    found = {row.id: AccountValue(*row) for row in await read.rows(ACCOUNT.where(CarbonAccount.id.in_(ids)))}
    return [found.get(one) for one in ids]


async def accounts(
    read: Read, scope: Scope, wanted: AccountFilter, *, after: str | None = None, limit: int | None = None
) -> list[AccountValue]:
    """Return visible accounts by number; `after` is the number of the last one seen."""
    statement = ACCOUNT.where(*_conditions(wanted)).order_by(CarbonAccount.number)
    if after is not None:
        statement = statement.where(CarbonAccount.number > after)
    return [AccountValue(*row) for row in await read.rows(statement.limit(limit))]


async def account_count(read: Read, scope: Scope, wanted: AccountFilter) -> int:
    """Return how many visible accounts fit."""
    return int(await read.value(select(func.count()).select_from(CarbonAccount).where(*_conditions(wanted))))


def _conditions(wanted: AccountFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.sector is not None:
        found.append(CarbonAccount.sector == wanted.sector)
    if wanted.division_path is not None:
        found.append(CarbonAccount.division_path.startswith(wanted.division_path, autoescape=True))
    if wanted.organisation_id is not None:
        found.append(CarbonAccount.organisation_id == wanted.organisation_id)
    if wanted.is_open is not None:
        found.append(CarbonAccount.closed_at.is_(None) if wanted.is_open else CarbonAccount.closed_at.is_not(None))
    if wanted.search is not None and wanted.search.strip():
        named = (CarbonAccount.number, CarbonAccount.name)
        found.append(or_(*(each.icontains(wanted.search.strip(), autoescape=True) for each in named)))
    return found


async def site(read: Read, scope: Scope, account_id: UUID, site_id: UUID) -> SiteValue | None:
    """Return a site of a visible account, or None."""
    return (await sites_by_id(read, scope, [(account_id, site_id)]))[0]


async def source(read: Read, scope: Scope, account_id: UUID, source_id: UUID) -> SourceValue | None:
    """Return a source of a visible account, or None."""
    return (await sources_by_id(read, scope, [(account_id, source_id)]))[0]


async def meter(read: Read, scope: Scope, account_id: UUID, meter_id: UUID) -> MeterValue | None:
    """Return a meter of a visible account, or None."""
    return (await meters_by_id(read, scope, [(account_id, meter_id)]))[0]


async def evidence(read: Read, scope: Scope, account_id: UUID, evidence_id: UUID) -> EvidenceValue | None:
    """Return evidence of a visible account, or None."""
    return (await evidence_by_id(read, scope, [(account_id, evidence_id)]))[0]


async def evidence_by_hash(read: Read, scope: Scope, account_id: UUID, sha256: str) -> EvidenceValue | None:
    """Return the account's file with this content, or None."""
    row = await read.row(EVIDENCE.where(Evidence.account_id == account_id, Evidence.sha256 == sha256))
    return None if row is None else EvidenceValue(*row)


async def reporting_year(read: Read, scope: Scope, account_id: UUID, year: int) -> ReportingYearValue | None:
    """Return one reporting year, or None when the account does not report on it."""
    row = await read.row(YEAR.where(ReportingYear.account_id == account_id, ReportingYear.year == year))
    return None if row is None else ReportingYearValue(*row)


async def _by_id(
    read: Read,
    statement: Select[*tuple[Any, ...]],
    table: Any,  # noqa: ANN401 - a table class
    make: type[V],
    keys: Sequence[OwnKey],
) -> list[V | None]:
    rows = await read.rows(statement.where(pair(table.account_id, table.id).in_(keys)))
    found = {(row.account_id, row.id): make(*row) for row in rows}
    return [found.get(key) for key in keys]


async def sites_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[SiteValue | None]:
    """Return the site of each (account, site), None for an invisible one; for a loader."""
    return await _by_id(read, SITE, Site, SiteValue, keys)


async def sources_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[SourceValue | None]:
    """Return the source of each (account, source), None for an invisible one; for a loader."""
    return await _by_id(read, SOURCE, Source, SourceValue, keys)


async def meters_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[MeterValue | None]:
    """Return the meter of each (account, meter), None for an invisible one; for a loader."""
    return await _by_id(read, METER, Meter, MeterValue, keys)


async def calibrations_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[CalibrationValue | None]:
    """Return the calibration of each (account, calibration), None for an invisible one; for a loader."""
    return await _by_id(read, CALIBRATION, Calibration, CalibrationValue, keys)


async def evidence_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[EvidenceValue | None]:
    """Return the evidence of each (account, evidence), None for an invisible one; for a loader."""
    return await _by_id(read, EVIDENCE, Evidence, EvidenceValue, keys)


async def sources(read: Read, scope: Scope, account_ids: Iterable[UUID]) -> list[SourceValue]:
    """Return every source of the accounts, by account and code."""
    ids = list(account_ids)
    rows = await read.rows(SOURCE.where(Source.account_id.in_(ids)).order_by(Source.account_id, Source.code))
    return [SourceValue(*row) for row in rows]


async def sites(read: Read, scope: Scope, account_ids: Iterable[UUID]) -> list[SiteValue]:
    """Return every site of the accounts, by account and code."""
    ids = list(account_ids)
    rows = await read.rows(SITE.where(Site.account_id.in_(ids)).order_by(Site.account_id, Site.code))
    return [SiteValue(*row) for row in rows]


async def meters(read: Read, scope: Scope, account_ids: Iterable[UUID]) -> list[MeterValue]:
    """Return every meter of the accounts, by account and code."""
    ids = list(account_ids)
    rows = await read.rows(METER.where(Meter.account_id.in_(ids)).order_by(Meter.account_id, Meter.code))
    return [MeterValue(*row) for row in rows]


async def reporting_years(read: Read, scope: Scope, account_ids: list[UUID]) -> list[list[ReportingYearValue]]:
    """Return the reporting years of each account, newest first; for a loader."""
    rows = await read.rows(YEAR.where(ReportingYear.account_id.in_(account_ids)).order_by(ReportingYear.year.desc()))
    grouped: defaultdict[UUID, list[ReportingYearValue]] = defaultdict(list)
    for row in rows:
        grouped[row.account_id].append(ReportingYearValue(*row))
    return [grouped[one] for one in account_ids]


async def sites_below(read: Read, scope: Scope, keys: list[ChildrenKey]) -> list[list[SiteValue]]:
    """Return a page of sites of each account, by code."""
    return await _below(read, SITE, Site, SiteValue, keys, parent=None, order=Site.code)


async def sources_below(read: Read, scope: Scope, keys: list[ChildrenKey]) -> list[list[SourceValue]]:
    """Return a page of sources of each account (or, with a parent, of a site), by code."""
    return await _below(read, SOURCE, Source, SourceValue, keys, parent=Source.site_id, order=Source.code)


async def meters_below(read: Read, scope: Scope, keys: list[ChildrenKey]) -> list[list[MeterValue]]:
    """Return a page of meters of each account (or, with a parent, of a source), by code."""
    return await _below(read, METER, Meter, MeterValue, keys, parent=Meter.source_id, order=Meter.code)


async def calibrations_below(read: Read, scope: Scope, keys: list[ChildrenKey]) -> list[list[CalibrationValue]]:
    """Return a page of calibrations of each account (or, with a parent, of a meter), in the order recorded."""
    return await _below(
        read, CALIBRATION, Calibration, CalibrationValue, keys, parent=Calibration.meter_id, order=Calibration.id
    )


async def evidence_below(read: Read, scope: Scope, keys: list[ChildrenKey]) -> list[list[EvidenceValue]]:
    """Return a page of evidence of each account, in the order uploaded."""
    return await _below(read, EVIDENCE, Evidence, EvidenceValue, keys, parent=None, order=Evidence.id)


async def _below(
    read: Read,
    statement: Select[*tuple[Any, ...]],
    table: Any,  # noqa: ANN401 - a table class
    make: type[V],
    keys: Sequence[ChildrenKey],
    *,
    parent: Any,  # noqa: ANN401 - the column that names the parent, if the list can hang below one
    order: Any,  # noqa: ANN401 - the column that sorts
) -> list[list[V]]:
    """Return a page for each key, in one statement: a lateral sub-select runs once a key, by index."""
    kind = order.type
    asked = (
        func.unnest(
            literal([key.account_id for key in keys], ARRAY(Uuid())),
            literal([key.parent_id for key in keys], ARRAY(Uuid())),
            literal([_typed(kind, key.after) for key in keys], ARRAY(kind)),
            literal([key.limit for key in keys], ARRAY(BigInteger())),
        )
        .table_valued(
            column("of_account", Uuid()), column("of_parent", Uuid()), column("after", kind),
            column("most", BigInteger()), with_ordinality="place", name="asked",
        )
        .render_derived()
    )  # fmt: skip
    conditions = [table.account_id == asked.c.of_account, or_(asked.c.after.is_(None), order > asked.c.after)]
    if parent is not None:
        conditions.append(or_(asked.c.of_parent.is_(None), parent == asked.c.of_parent))
    page = statement.where(*conditions).order_by(order).limit(asked.c.most).lateral("page")
    rows = await read.rows(
        select(asked.c.place, page).select_from(asked.join(page, true())).order_by(asked.c.place, page.c[order.name])
    )
    pages: list[list[V]] = [[] for _ in keys]
    for row in rows:
        pages[row[0] - 1].append(make(*row[1:]))
    return pages


def _typed(kind: Any, after: str | None) -> Any:  # noqa: ANN401 - a text or an id
    if after is None or isinstance(kind, Text):
        return after
    return UUID(after)


async def calibration_states(read: Read, scope: Scope, keys: list[StateKey]) -> list[CalibrationState]:
    """Return the calibration state of each meter on each day; for a loader."""
    asked = (
        func.unnest(
            literal([key.account_id for key in keys], ARRAY(Uuid())),
            literal([key.meter_id for key in keys], ARRAY(Uuid())),
            literal([key.on for key in keys], ARRAY(Date())),
        )
        .table_valued(
            column("of_account", Uuid()), column("of_meter", Uuid()), column("day", Date()),
            with_ordinality="place", name="asked",
        )
        .render_derived()
    )  # fmt: skip
    latest = (
        select(func.max(Calibration.valid_until))
        .where(
            Calibration.account_id == asked.c.of_account,
            Calibration.meter_id == asked.c.of_meter,
            Calibration.calibrated_on <= asked.c.day,
        )
        .scalar_subquery()
    )
    rows = await read.rows(select(asked.c.day, latest.label("latest")).order_by(asked.c.place))
    return [rules.calibration_state(row.latest, row.day) for row in rows]
