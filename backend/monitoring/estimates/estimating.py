"""Fit and estimate a group of accounts: models on verified months, estimates of the months not verified yet."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.months import Month
from backend.kit.scope import Scope
from backend.monitoring.estimates import fitting, observing
from backend.monitoring.estimates.models import CarbonEstimate, CarbonModel
from backend.monitoring.estimates.queries import fit_of
from backend.monitoring.estimates.terms import Terms
from backend.monitoring.estimates.values import METHOD, Fit, ModelState, Point

LOOKED_BACK = 60
"""Months before this one in which verified months are looked for."""
LOCK = 320260
"""The advisory lock of those who store models and estimates."""

_STANDING = text("""
select distinct on (account_id) * from carbon_model
where account_id = any(cast(:account_ids as uuid[])) order by account_id, version desc""").columns(points=JSONB)
_KNOWN = text("""
select distinct on (account_id, month) account_id, month, model_id, mwh, source from carbon_estimate
where account_id = any(cast(:account_ids as uuid[])) and month between :first and :last
order by account_id, month, estimated_at desc, id desc""")


@dataclass(frozen=True, slots=True)
class Counts:
    """What was stored for a group of accounts."""

    models: int = 0
    refused: int = 0
    estimates: int = 0


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A fit and what it was made from."""

    fit: Fit
    points: list[Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class Observed:
    """What a group's models and estimates are made from, read at one moment."""

    first: date
    last: date
    as_of: datetime
    histories: Mapping[UUID, observing.History]
    standing: Mapping[UUID, str]
    """The hash of each account's newest model."""


async def observe(read: Read, scope: Scope, account_ids: Sequence[UUID]) -> Observed:
    """Read what models are fitted on and asked about."""
    as_of = now()
    this = Month.of(today())
    first, last = this.plus(-LOOKED_BACK).first_day, this.plus(-1).first_day
    histories = await observing.histories(read, scope, account_ids, first, last, as_of)
    rows = await read.rows(_STANDING, {"account_ids": list(account_ids)})
    return Observed(first, last, as_of, histories, {row.account_id: row.sha256 for row in rows})


async def fitted(seen: Observed, asked: Terms) -> dict[UUID, _Fitted]:
    """Fit every account whose verified months or terms changed, in a thread."""

    def work() -> dict[UUID, _Fitted]:
        found: dict[UUID, _Fitted] = {}
        for account_id, history in seen.histories.items():
            points = _plain(history.points[-asked.fit.most_months :])
            seal = _seal(points, asked)
            if seen.standing.get(account_id) != seal and (points or account_id in seen.standing):
                found[account_id] = _Fitted(fitting.fit(history.points, asked.fit), points, seal)
        return found

    return await asyncio.to_thread(work)


async def store(write: Write, seen: Observed, made: Mapping[UUID, _Fitted], asked: Terms) -> Counts:
    """Store new versions of models, and estimates of the months that are not verified yet. Nothing is overwritten.

    The same input makes no new version, and the same model on the same electricity no new estimate.
    """
    await write.value(select(func.pg_advisory_xact_lock(LOCK)))
    account_ids, at = list(seen.histories), now()
    standing = {row.account_id: row for row in await write.rows(_STANDING, {"account_ids": account_ids})}
    models: list[dict[str, Any]] = []
    for account_id, each in made.items():
        before = standing.get(account_id)
        if before is None or before.sha256 != each.sha256:
            models.append(_model(account_id, 1 if before is None else before.version + 1, each, asked, at))
    if models:
        await write.run(insert(CarbonModel), models)
    asked_for = {"account_ids": account_ids, "first": seen.first, "last": seen.last}
    known = {(row.account_id, row.month): row for row in await write.rows(_KNOWN, asked_for)}
    usable = {key: (row.id, fit_of(row)) for key, row in standing.items()}
    usable |= {row["account_id"]: (row["id"], made[row["account_id"]].fit) for row in models}
    estimates = [
        row
        for account_id, (model_id, fit) in usable.items()
        if fit.state is ModelState.USABLE
        for row in _estimates(account_id, model_id, fit, seen, known, asked, at)
    ]
    if estimates:
        await write.run(insert(CarbonEstimate), estimates)
    return Counts(len(models), sum(row["state"] == "refused" for row in models), len(estimates))


def _estimates(
    account_id: UUID, model_id: UUID, fit: Fit, seen: Observed, known: Mapping[tuple[UUID, date], Any], asked: Terms,
    at: datetime,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the estimates of months after the model's last verified one, where anything is new."""
    found: list[dict[str, Any]] = []
    for month, reading in seen.histories[account_id].waiting.items():
        before = known.get((account_id, month))
        if fit.last_month is None or month <= fit.last_month or reading.mwh < 0:
            continue
        if before and (before.model_id, before.mwh, before.source) == (model_id, reading.mwh, reading.source):
            continue
        told = fitting.tell(fit, reading.mwh, asked.fit)
        found.append({
            "account_id": account_id, "id": new_id(), "month": month, "model_id": model_id, "mwh": reading.mwh,
            "source": reading.source, "state": told.state.value, "scope1": told.scope1, "scope2": told.scope2,
            "low": told.low, "high": told.high, "estimated_at": at,
        })  # fmt: skip
    return found


def _model(account_id: UUID, version: int, made: _Fitted, asked: Terms, at: datetime) -> dict[str, Any]:
    fit = made.fit
    return {
        "account_id": account_id, "id": new_id(), "version": version, "state": fit.state.value,
        "refusal": None if fit.refusal is None else fit.refusal.value, "method": METHOD, "library": fitting.library(),
        "terms_version": asked.version, "months": fit.months, "first_month": fit.first_month,
        "last_month": fit.last_month, "lowest_mwh": fit.lowest_mwh, "highest_mwh": fit.highest_mwh,
        "scope1_intercept": None if fit.scope1 is None else fit.scope1.intercept,
        "scope1_slope": None if fit.scope1 is None else fit.scope1.slope,
        "scope2_intercept": None if fit.scope2 is None else fit.scope2.intercept,
        "scope2_slope": None if fit.scope2 is None else fit.scope2.slope, "error_percent": fit.error_percent,
        "bias_percent": fit.bias_percent, "half_width": fit.half_width, "points": made.points, "sha256": made.sha256,
        "fitted_at": at,
    }  # fmt: skip


def _plain(points: Sequence[Point]) -> list[Any]:
    """Return points as they are kept: month, MWh, tCO2e of scope 1 and 2, the inventory they come from."""
    return [
        [f"{each.month:%Y-%m}", *(format(one, "f") for one in (each.mwh, each.scope1, each.scope2)), str(each.inventory_id)]
        for each in points
    ]  # fmt: skip


def _seal(points: list[Any], asked: Terms) -> str:
    return sha256(json.dumps([asked.code, asked.version, METHOD, points]).encode()).hexdigest()
