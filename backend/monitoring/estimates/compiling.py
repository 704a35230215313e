"""Compile a quick report: every open account of a division, what its month rests on, and the same month a year before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from backend.emissions import service as emissions
from backend.emissions.service import EnergyMonth
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.months import Month
from backend.kit.scope import Scope
from backend.monitoring.estimates import observing, rules
from backend.monitoring.estimates.models import QuickReport, QuickReportAccount
from backend.monitoring.estimates.observing import Subject
from backend.monitoring.estimates.terms import Terms
from backend.monitoring.estimates.values import Basis, Standing
from backend.regions import service as regions

INSERTED = 1000
"""Rows in one statement."""

_ESTIMATES = text("""
select distinct on (account_id) account_id, id, state, scope1, scope2, low, high, estimated_at from carbon_estimate
where account_id = any(cast(:account_ids as uuid[])) and month = :month and estimated_at <= :as_of
order by account_id, estimated_at desc, id desc""")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report: of which division's month, by what is known when."""

    division_code: str
    division_path: str
    month: date
    known_at: datetime
    prepared_by: UUID | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a group of accounts."""

    energy: Mapping[tuple[UUID, date], EnergyMonth]
    usual: Mapping[UUID, frozenset[UUID]]
    estimates: Mapping[UUID, Any]
    before: Mapping[UUID, EnergyMonth]
    before_whole: Mapping[UUID, tuple[Decimal, Decimal]]
    """The same month a year before: of its energy, and of the whole inventory (with what is no energy)."""


async def rows_of(
    read: Read, scope: Scope, subjects: Sequence[Subject], asked: Asked, terms: Terms
) -> list[dict[str, Any]]:
    """Return the report's rows of a group of accounts; those that are not large industry are left out.

    Eight statements, whatever the number of accounts.
    """
    account_ids = [each.id for each in subjects]
    listed = await observing.listed(read, account_ids, asked.known_at)
    revenues = await observing.revenues(read, scope, account_ids, asked.month.year, asked.known_at)
    standings = {
        each.id: rules.standing(each.sector, listed.get(each.id), revenues.get(each.id), terms) for each in subjects
    }
    counted = [each for each in subjects if standings[each.id] is not Standing.SMALL]
    known = await _known(read, scope, [each.id for each in counted], asked)
    return [_row(each, standings[each.id], known, asked) for each in counted]


async def _known(read: Read, scope: Scope, account_ids: Sequence[UUID], asked: Asked) -> _Known:
    if not account_ids:
        return _Known({}, {}, {}, {}, {})
    month, as_of = asked.month, asked.known_at
    year_before = Month.of(month).plus(-12).first_day
    estimates = await read.rows(_ESTIMATES, {"account_ids": list(account_ids), "month": month, "as_of": as_of})
    before = await emissions.energy_months(read, scope, account_ids, year_before, year_before, as_of)
    whole = await regions.account_months(read, scope, account_ids, year_before, year_before)
    return _Known(
        await emissions.energy_months(read, scope, account_ids, month, month, as_of),
        await emissions.usual_energy_sources(read, scope, account_ids, month, as_of),
        {row.account_id: row for row in estimates if row.state == "told"},
        {account_id: each for (account_id, _), each in before.items() if not each.unresolved},
        {key: (each[0].scope1, each[0].scope2_location) for key, each in whole.items() if each},
    )


def _before(account_id: UUID, basis: Basis, known: _Known) -> tuple[Decimal | None, Decimal | None]:
    """Return the month a year before by the same measure: an estimate is of the whole inventory, what was entered of energy."""
    if basis is Basis.ESTIMATED:
        return known.before_whole.get(account_id, (None, None))
    energy = known.before.get(account_id)
    return (energy.scope1, energy.scope2_location) if energy else (None, None)


def _row(subject: Subject, standing: Standing, known: _Known, asked: Asked) -> dict[str, Any]:
    energy, estimate = known.energy.get((subject.id, asked.month)), known.estimates.get(subject.id)
    sources, unresolved = (energy.sources, energy.unresolved) if energy else (frozenset[UUID](), frozenset[UUID]())
    basis = rules.basis(known.usual[subject.id], sources, unresolved, has_estimate=estimate is not None)
    before = _before(subject.id, basis, known)
    row: dict[str, Any] = {
        "account_id": subject.id, "division_code": subject.division_code, "division_path": subject.division_path,
        "sector": subject.sector, "standing": standing.value, "basis": basis.value, "scope1": None, "scope2": None,
        "low": None, "high": None, "energy_tce": None, "estimate_id": None, "before_scope1": before[0],
        "before_scope2": before[1], "pending": energy.pending if energy else 0,
        "latest_input_at": energy.latest_at if energy else None,
    }  # fmt: skip
    if basis is Basis.ESTIMATED and estimate is not None:
        row |= {
            "estimate_id": estimate.id, "scope1": estimate.scope1, "scope2": estimate.scope2, "low": estimate.low,
            "high": estimate.high,
        }  # fmt: skip
    elif basis is not Basis.MISSING and energy is not None:
        row |= {"scope1": energy.scope1, "scope2": energy.scope2_location, "energy_tce": energy.energy_tce}
    return row


async def store(write: Write, asked: Asked, rows: Sequence[Mapping[str, Any]], terms: Terms) -> UUID:
    """Store a report as prepared; return its id."""
    report_id = new_id()
    await write.run(
        insert(QuickReport).values(
            id=report_id, division_code=asked.division_code, division_path=asked.division_path, month=asked.month,
            terms_version=terms.version, is_placeholder=terms.is_placeholder, known_at=asked.known_at,
            prepared_by=asked.prepared_by,
        )
    )  # fmt: skip
    for start in range(0, len(rows), INSERTED):
        given = [{**each, "report_id": report_id} for each in rows[start : start + INSERTED]]
        await write.run(insert(QuickReportAccount), given)
    write.audit(
        "monitoring:quick_report_prepared", object_type="QuickReport", object_id=report_id,
        division=asked.division_code, month=f"{asked.month:%Y-%m}", accounts=len(rows),
    )  # fmt: skip
    return report_id
