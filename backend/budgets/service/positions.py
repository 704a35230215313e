"""Where budgets stand: what came in, where it is, what was emitted and what the year will end with."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from backend.budgets import queries
from backend.budgets.service.tracking import tracked
from backend.budgets.values import ALL_SECTORS, Balance, BudgetPosition, LineValue, UnitTotal
from backend.kit.clock import now, today
from backend.kit.db import Read
from backend.kit.scope import Scope


async def positions(
    read: Read,
    scope: Scope,
    division_codes: Sequence[str],
    years: Sequence[int],
    sector: str | None = None,
    *,
    known_at: datetime | None = None,
    on: date | None = None,
) -> dict[tuple[str, int], BudgetPosition]:
    """Return where the annual budgets of divisions stand, by division and year; where there is none, no key.

    `known_at` and `on` read the ledger as it was recorded up to a moment, and as it was in effect on a day; what was
    emitted is told as it is known now.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
    """
    scope.require("budgets:read")
    lines = await queries.annual_lines(read, scope, years, division_codes=division_codes, sector=sector or ALL_SECTORS)
    found = await of_lines(read, scope, lines, known_at=known_at, on=on)
    return {(each.division_code, each.year): each for each in found.values()}


async def unit_positions(
    read: Read, scope: Scope, account_ids: Sequence[UUID], years: Sequence[int]
) -> dict[tuple[UUID, int], BudgetPosition]:
    """Return where the annual budgets of key units stand, by account and year; where there is none, no key.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
    """
    scope.require("budgets:read")
    lines = await queries.annual_lines(read, scope, years, account_ids=account_ids)
    found = await of_lines(read, scope, lines)
    return {(each.account_id, each.year): each for each in found.values() if each.account_id is not None}


async def unit_totals(
    read: Read, scope: Scope, account_ids: Sequence[UUID], years: Sequence[int], known_at: datetime
) -> dict[tuple[UUID, int], UnitTotal]:
    """Return what the annual budgets of key units amounted to at a moment, by account and year.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
    """
    scope.require("budgets:read")
    lines = await queries.annual_lines(read, scope, years, account_ids=account_ids)
    known = [each for each in lines if each.approved_at <= known_at]
    balances = await _balances(read, scope, known, known_at, None)
    return {
        (each.account_id, each.first_year): UnitTotal(
            each.id, each.account_id, each.first_year, balances.get(each.id, Balance()).total
        )
        for each in known
        if each.account_id is not None
    }


async def of_lines(
    read: Read,
    scope: Scope,
    lines: Sequence[LineValue],
    *,
    known_at: datetime | None = None,
    on: date | None = None,
) -> dict[UUID, BudgetPosition]:
    """Return where lines stand, by line; one that was not approved by then, or not in effect, is left out.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
    """
    scope.require("budgets:read")
    there = [
        each for each in lines
        if (known_at is None or each.approved_at <= known_at) and (on is None or each.effective_on <= on)
    ]  # fmt: skip
    balances = await _balances(read, scope, there, known_at, on)
    standing = {line.id: position(line, balances.get(line.id, Balance())) for line in there}
    return await tracked(read, scope, there, standing)


async def _balances(
    read: Read, scope: Scope, lines: Sequence[LineValue], known_at: datetime | None, on: date | None
) -> Mapping[UUID, Balance]:
    ids = [each.id for each in lines]
    if not ids:
        return {}
    if known_at is None and on is None:
        return await queries.balances(read, scope, ids)
    return await queries.balances_as_of(read, scope, ids, known_at=known_at or now(), on=on or today())


def position(line: LineValue, balance: Balance) -> BudgetPosition:
    """Return a line's position without what was emitted."""
    return BudgetPosition(
        line_id=line.id, division_code=line.division_code, account_id=line.account_id, sector=line.sector,
        year=line.first_year, approved=balance.approved, adjusted=balance.adjusted, moved=balance.moved,
        handed=balance.handed, withheld=balance.withheld, reserved=balance.reserved, posted=balance.posted,
        retired=balance.retired, available=balance.available, intensity_target=line.intensity_target,
    )  # fmt: skip
