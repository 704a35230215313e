"""Before a new parameter version counts: which inventories would change, and by how much.

Every account that has an inventory is calculated twice from its records of today, by the calculation's own
set-wise code: with the parameters that count now, and with the drafts treated as active. Only the parameters
differ, so the difference is theirs alone; nothing is stored. "412 accounts change, 17 by more
than 2 %."
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.emissions.inventory.calculation import gather, make_lines, prepare, resolve_again
from backend.emissions.inventory.values import Request
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.scope import Kind, Scope

BATCH = 200
LARGE = Decimal(2)
"""Per cent from which a change is called large."""

SHOWN = 100
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)

NEWEST = text("""
select distinct on (v.account_id, v.year) v.account_id, v.year, v.state, a.name, a.number
from inventory v join carbon_account a on a.id = v.account_id
where v.state not in ('withdrawn', 'restated') and (cast(:year as bigint) is null or v.year = :year)
order by v.account_id, v.year, v.version desc""")

TOTALS = text("""
select account_id,
    trim_scale(coalesce(sum(co2e_t) filter (where scope < 3 and basis <> 'market'), 0)) as location,
    trim_scale(coalesce(sum(co2e_t) filter (where scope < 3 and basis <> 'location'), 0)) as market,
    trim_scale(coalesce(sum(co2e_t) filter (where scope = 3 and basis <> 'market'), 0)) as scope3
from calculation_line group by account_id""")

Tell = Callable[[int, int, str], Awaitable[None]]
Opening = Callable[[Scope], AbstractAsyncContextManager[Write]]
Totals = Mapping[UUID, tuple[Decimal, Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Change:
    """One account's year that would change: tCO2e of scope 1+2 on both bases and scope 3, before and after."""

    account_id: UUID
    number: str
    name: str
    year: int
    state: str
    before: tuple[Decimal, Decimal, Decimal]
    after: tuple[Decimal, Decimal, Decimal]

    @property
    def percent(self) -> Decimal | None:
        """The largest relative change of the three, in per cent with two decimals; None from zero."""
        found = [
            _WIDE.multiply(_WIDE.divide(after - before, before), Decimal(100))
            for before, after in zip(self.before, self.after, strict=True)
            if before != 0
        ]
        if not found:
            return None
        return max(found, key=abs).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def is_large(self) -> bool:
        """Whether it changes by more than 2 %; anything from zero is large."""
        percent = self.percent
        return percent is None or abs(percent) > LARGE


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of drafts on the newest inventories."""

    compared: int
    changes: tuple[Change, ...]

    @property
    def large(self) -> int:
        """How many change by more than 2 %."""
        return sum(each.is_large for each in self.changes)

    @property
    def zh(self) -> str:
        """The effect in a sentence."""
        return f"共比对 {self.compared} 份清单：{len(self.changes)} 个账户数值变化，其中 {self.large} 个变化超过 2 %。"

    @property
    def en(self) -> str:
        """The effect in a sentence."""
        return f"{len(self.changes)} accounts change, {self.large} by more than 2 % ({self.compared} compared)."

    def as_json(self) -> dict[str, Any]:
        """Return the effect as a job's result, the largest changes first."""
        ordered = sorted(self.changes, key=lambda each: abs(each.percent or Decimal("Infinity")), reverse=True)
        return {
            "compared": self.compared, "changed": len(self.changes), "large": self.large, "zh": self.zh, "en": self.en,
            "changes": [
                {
                    "account_id": str(each.account_id), "number": each.number, "name": each.name, "year": each.year,
                    "state": each.state, "before_t": format(each.before[0], "f"), "after_t": format(each.after[0], "f"),
                    "percent": None if each.percent is None else format(each.percent, "f"),
                }
                for each in ordered[:SHOWN]
            ],
        }  # fmt: skip


async def _silent(_done: int, _total: int, _note: str = "") -> None:
    """Tell nobody."""


async def preview(
    opening: Opening, scope: Scope, drafts: frozenset[UUID], *, year: int | None = None, tell: Tell = _silent
) -> Preview:
    """Compare every newest inventory the caller sees with the same calculation under the drafts.

    `opening` opens the transactions, one a batch: the door that asks lends its key. Only temporary tables are
    written, which end with each batch's transaction.

    Raises:
        Unauthenticated, Forbidden: without `factors:read`, or for a caller who is no authority nor operator.
    """
    scope.require("factors:read")
    if scope.kind is Kind.NOBODY:
        raise Unauthenticated
    if scope.kind not in (Kind.AUTHORITY, Kind.OPERATOR, Kind.SYSTEM):
        raise Forbidden(permission="factors:activate")
    # An operator decides for the tenant but sees no account: only counts leave this function then.
    seeing = scope.as_system() if scope.kind is Kind.OPERATOR else scope
    async with opening(seeing) as write:
        rows = await write.rows(NEWEST, {"year": year})
    by_year: dict[int, list[Any]] = {}
    for row in rows:
        by_year.setdefault(row.year, []).append(row)
    changes: list[Change] = []
    done = 0
    for one_year, inventories in sorted(by_year.items()):
        for start in range(0, len(inventories), BATCH):
            batch = inventories[start : start + BATCH]
            changes += await _batch(opening, seeing, one_year, batch, drafts)
            done += len(batch)
            await tell(done, len(rows), "")
    if scope.kind is Kind.OPERATOR:
        changes = [Change(each.account_id, "", "", each.year, each.state, each.before, each.after) for each in changes]
    return Preview(len(rows), tuple(changes))


async def _batch(
    opening: Opening, scope: Scope, year: int, inventories: Sequence[Any], drafts: frozenset[UUID]
) -> list[Change]:
    request = Request(year, "published", today())
    account_ids = [row.account_id for row in inventories]
    async with opening(scope) as write:
        instant = now()
        plain = await prepare(write, scope, request, instant, frozenset())
        drafted = await prepare(write, scope, request, instant, drafts)
        gathered = await gather(write, plain, account_ids)
        before = await _totals(write)
        await resolve_again(write, drafted, gathered.standings)
        after = await _totals(write)
    nothing = (Decimal(0), Decimal(0), Decimal(0))
    return [
        Change(
            row.account_id, row.number, row.name, row.year, row.state, before.get(row.account_id, nothing),
            after.get(row.account_id, nothing),
        )
        for row in inventories
        if before.get(row.account_id) != after.get(row.account_id)
    ]  # fmt: skip


async def _totals(write: Write) -> Totals:
    await make_lines(write)
    return {row.account_id: (row.location, row.market, row.scope3) for row in await write.rows(TOTALS)}
