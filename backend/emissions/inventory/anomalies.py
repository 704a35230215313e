"""What stands out in an account's year, to be looked at before it is submitted.

Nothing here blocks: the inventory's own checks do.

unit_slip         a quantity outside all its history by a ratio units or decimal points make      fail
quantity_history  a quantity far from its own history, counted robustly, and not its season       fail
quantity_band     more than a source of the sector can use in a month                             fail
metered_invoiced  the meters and the invoices of a source's month differ                          fail
quantity_zero     a zero of a source that otherwise runs                                          cannot tell
completeness      months of a source without any record, up to the last full month                cannot tell
calibration       months metered without a valid calibration                                      cannot tell
evidence          months whose tier needs a document and has none                                 cannot tell
history_short     too few months to compare with (said by `quantity_history`)                     cannot tell
band_unknown      no ceiling for the sector in this unit (said by `quantity_band`)                cannot tell

What passes is not listed. Three statements, however large the account: its directory, the limits, the list.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.emissions import rules
from backend.emissions.activity.directory import Directory, Source, directory
from backend.emissions.activity.sectors import CEILING, LIMIT, ceilings, limit
from backend.emissions.activity.sql import parameters_of
from backend.emissions.activity.values import Limit
from backend.emissions.inventory import anomalies_sql as sql
from backend.emissions.rules.checks import SLIPS
from backend.emissions.values import CheckOutcome, Outcome, Tier
from backend.factors import service as factors
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.months import Month
from backend.kit.quantities import conversion
from backend.kit.scope import Scope

HISTORY_YEARS = 2
"""Years before the one looked at that count as history."""

EVIDENCE = "check.evidence"
LARGEST_ROOM = Decimal("0.5")
"""Half of the median is where a slip of the unit begins to be suspected, whatever the other limits."""

Place = tuple[int, str, str, date, str, UUID]
"""A row's place in the list, see `anomalies_sql.PLACE`."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One thing that stands out: a record, or the months of a source (and meter) that share a doubt.

    `quantity` is in the source's base unit, with the meter's multiplier; None where no single quantity is meant.
    """

    place: Place
    outcome: CheckOutcome
    source: Source
    meter_id: UUID | None
    meter_code: str | None
    months: tuple[date, ...]
    record_ids: tuple[UUID, ...]
    quantity: Decimal | None
    usual: Decimal | None
    """The median of the other months, in the base unit."""


@dataclass(frozen=True, slots=True)
class AnomalyCount:
    """How many stand out in an account's year: what fails, what cannot be told."""

    fails: int
    untold: int


@dataclass(frozen=True, slots=True)
class _Limits:
    """The limits with their parameters: by key of `check.limit`, by tier, by base unit."""

    checks: Mapping[str, Limit]
    evidence: Mapping[str, Limit]
    ceilings: Mapping[str, Limit]

    @property
    def as_rules(self) -> rules.CheckLimits:
        """The limits as the rules take them."""
        return rules.check_limits({(LIMIT, key): each.value for key, each in self.checks.items()})


@dataclass(frozen=True, slots=True)
class _Asked:
    account: Directory
    limits: _Limits
    bound: dict[str, Any]


async def anomalies(
    read: Read, scope: Scope, account_id: UUID, year: int, *, limit_to: int, after: Place | None = None
) -> list[Anomaly]:
    """Return what stands out in the account's year: what fails first, then what cannot be told, by source and month.

    A year the account does not report on has nothing.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
        AccountNotFound: not there, or not visible.
        CheckLimitMissing: a limit of the checks is not among the reference parameters.
    """
    asked = await _asked(read, scope, account_id, year)
    if asked is None:
        return []
    bound = {**asked.bound, "limit": limit_to}
    if after is not None:
        bound |= dict(zip(sql.PLACE.split(", "), after, strict=True))
    rows = await read.rows(text(sql.PAGE if after is None else sql.NEXT_PAGE), bound)
    judged = asked.limits.as_rules
    return [_anomaly(row, asked.account, asked.limits, judged) for row in rows]


async def anomaly_count(read: Read, scope: Scope, account_id: UUID, year: int) -> AnomalyCount:
    """Return how many stand out.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
        AccountNotFound: not there, or not visible.
        CheckLimitMissing: a limit of the checks is not among the reference parameters.
    """
    asked = await _asked(read, scope, account_id, year)
    if asked is None:
        return AnomalyCount(0, 0)
    row = (await read.rows(text(sql.COUNT), asked.bound))[0]
    return AnomalyCount(row.fails, row.untold)


async def _asked(read: Read, scope: Scope, account_id: UUID, year: int) -> _Asked | None:
    scope.require("emissions:read")
    account = await directory(read, scope, account_id)
    if year not in account.years:
        return None
    as_of = now()
    limits = await _limits(read, scope, account, as_of.date())
    return _Asked(account, limits, _bound(account, limits, year, as_of))


async def _limits(read: Read, scope: Scope, account: Directory, on: date) -> _Limits:
    book = await factors.book(read, scope, published_by=on, names=[LIMIT, EVIDENCE, CEILING])
    return _Limits(
        {key: limit(book, account, LIMIT, key, on) for key in rules.CheckLimits.__dataclass_fields__},
        {tier.value: limit(book, account, EVIDENCE, tier.value, on) for tier in Tier},
        ceilings(book, account, on),
    )


def _bound(account: Directory, limits: _Limits, year: int, as_of: datetime) -> dict[str, Any]:
    judged = limits.as_rules
    last_full_month = (as_of.date().replace(day=1) - timedelta(days=1)).replace(day=1)
    known = parameters_of([account.account_id], date(year - HISTORY_YEARS, 1, 1), date(year, 12, 1), as_of)
    return {
        **known,
        "units": json.dumps(_units(account, limits)),
        "year_start": date(year, 1, 1),
        "until": min(last_full_month, date(year, 12, 1)),
        "codes": list(sql.RANKS),
        "slips": [size for size, _, _ in SLIPS],
        "needing": [tier for tier, each in limits.evidence.items() if each.value],
        "room": min(judged.robust_z * judged.spread_floor, LARGEST_ROOM),
        "minimum_history": judged.minimum_history,
        "robust_z": judged.robust_z,
        "spread_floor": judged.spread_floor,
        "slip_tolerance": judged.slip_tolerance,
        "invoice_tolerance": judged.invoice_tolerance,
        "season_tolerance": judged.season_tolerance,
    }


def _units(account: Directory, limits: _Limits) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = []
    for source in account.sources.values():
        most = limits.ceilings.get(source.base_unit)
        ceiling = format(most.value, "f") if most else None
        found.extend(
            {"source_id": source.text_id, "unit": unit.code, "ceiling": ceiling,
             "factor": format(conversion(unit.code, source.base_unit), "f")}
            for unit in source.units
        )  # fmt: skip
    return found


def _anomaly(row: Any, account: Directory, limits: _Limits, judged: rules.CheckLimits) -> Anomaly:  # noqa: ANN401 - a row
    source = account.source_by_id[row.source_id]
    is_single = row.code in ("unit_slip", "quantity_history", "quantity_zero", "quantity_band")
    return Anomaly(
        place=(row.rank, row.source_code, row.meter_code, row.month, row.tier, row.first_id),
        outcome=_told(row, source, limits, judged),
        source=source,
        meter_id=row.meter_id,
        meter_code=row.meter_code or None,
        months=tuple(row.months),
        record_ids=tuple(row.record_ids),
        quantity=_plain(row.base) if is_single else None,
        usual=_plain(rules.median([_plain(each) for each in row.others])) if row.others else None,
    )


def _told(row: Any, source: Source, limits: _Limits, judged: rules.CheckLimits) -> CheckOutcome:  # noqa: ANN401, PLR0911 - a row; one branch a check
    """Say what a row says, by the rule that says it of one record."""
    others = [_plain(each) for each in row.others or ()]
    months = [Month.of(each) for each in row.months]
    match row.code:
        case "unit_slip":
            found = rules.unit_slip(_plain(row.base), others, judged)
            return _with(found, source, limits.checks["slip_tolerance"])
        case "quantity_history":
            season = [_plain(each) for each in row.season]
            found = rules.quantity_history(_plain(row.base), others, judged, season)
            used = (limits.checks[key] for key in ("robust_z", "spread_floor", "season_tolerance"))
            return _with(found, source, *used)
        case "quantity_zero":
            return _with(rules.quantity_zero(Decimal(0), others), source)
        case "quantity_band":
            most = limits.ceilings[source.base_unit]
            return _with(rules.quantity_band(_plain(row.base), Decimal(0), _plain(most.value)), source, most)
        case "metered_invoiced":
            found = rules.metered_invoiced(_plain(row.metered), _plain(row.invoiced), judged)
            return _with(found, source, limits.checks["invoice_tolerance"])
        case "completeness":
            return rules.months_missing(months)
        case "calibration":
            return _calibration(row.tier, months)
        case "evidence":
            found = rules.evidence(Tier(row.tier), months, is_needed=True, is_there=False)
            return _with(found, None, limits.evidence[row.tier])
        case "history_short":
            known = [Decimal(0)] * int(row.base)
            return _with(rules.quantity_history(Decimal(0), known, judged), None, limits.checks["minimum_history"])
        case _:
            return _with(rules.quantity_band(Decimal(0), None, None), source)


def _calibration(state: str, months: list[Month]) -> CheckOutcome:
    named = ", ".join(map(str, months))
    details = {"state": state, "months": str(len(months))}
    if state == "expired":
        zh = f"计量器具在以下月份未处于检定有效期内，读数是否准确无法判断：{named}。"
        en = f"The meter's calibration does not cover these months, whether its readings hold cannot be told: {named}."
    else:
        zh = f"没有计量器具检定记录，{len(months)} 个月的读数是否准确无法判断。"
        en = f"No calibration is recorded for the meter of {len(months)} months' readings: cannot tell."
    return CheckOutcome("calibration", Outcome.CANNOT_TELL, zh, en, details)


def _with(found: CheckOutcome, source: Source | None, *used: Limit) -> CheckOutcome:
    """Add the unit and the limits used, with how sure they are."""
    details = dict(found.details)
    if source is not None:
        details["unit"] = source.base_unit
    if used:
        details["limits"] = "; ".join(f"{each.parameter} = {_plain(each.value)}" for each in used)
        details["limit_confidence"] = ", ".join(dict.fromkeys(each.confidence for each in used))
    return CheckOutcome(found.code, found.outcome, found.zh, found.en, details)


def _plain(value: Decimal) -> Decimal:
    """Return the same number written out: the driver reads 1000000 as 1.00E+6."""
    return Decimal(format(value, "f"))
