"""What the account's own books say of some years: inventories, yearly figures, units, compliance.

The number of statements does not grow with the account's data; years are few (a disclosure's own and the one before).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.accounts import service as accounts
from backend.emissions import service as emissions
from backend.esg.rules.facts import Compliance, Facts, Moved
from backend.kit.clock import now, today
from backend.kit.db import Read
from backend.kit.quantities import EXACT
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.service import Flows
from backend.ledger.values import CCER, CEA, Bucket
from backend.quotas import service as quotas
from backend.quotas.service import YearStanding

MOST_MOVEMENTS = 2_000
"""Movements of one class that are added up one by one; with more a figure cannot be told here."""
HELD = frozenset({Bucket.AVAILABLE, Bucket.OFFERED, Bucket.PLEDGED, Bucket.RESERVED})


async def gather(read: Read, scope: Scope, account_id: UUID, years: Sequence[int]) -> dict[int, Facts]:
    """Return what the books say of some years, as the caller sees them now.

    Raises:
        Unauthenticated, Forbidden: without `accounts:read`, `emissions:read`, `ledger:read`, `quotas:read`.
        AccountNotFound, AccountUnknown: not there, or not visible.
    """
    wide = range(min(years) - 1, max(years) + 1)
    inventories = await emissions.inventory_facts(read, scope, [account_id], list(wide))
    keys = {year: (account_id, one.inventory_id) for year in years if (one := inventories.get((account_id, year)))}
    lines = await emissions.line_facts(read, scope, list(keys.values()))
    figures = await accounts.figures(read, scope, [account_id], list(years))
    compliance = await _compliance(read, scope, account_id, list(wide))
    found: dict[int, Facts] = {}
    for year in years:
        span = ledger.Span(date(year, 1, 1), date(year, 12, 31), now())
        flows = await ledger.flows(read, scope, account_id, span, most=MOST_MOVEMENTS)
        found[year] = Facts(
            year=year,
            today=today(),
            inventory=inventories.get((account_id, year)),
            prior=inventories.get((account_id, year - 1)),
            lines=lines[keys[year]] if year in keys else (),
            figures=figures.get((account_id, year), []),
            movements=_moved(flows),
            held=_held(flows),
            compliance=compliance,
        )
    return found


def _moved(flows: Flows) -> list[Moved] | None:
    """Return the movements of allowances and CCER, None where there are more than come one by one."""
    for class_code in (CEA, CCER):
        there = sum(each.movements for each in flows.kinds if each.class_code == class_code)
        if there > sum(1 for each in flows.movements if each.class_code == class_code):
            return None
    return [
        Moved(
            each.id, each.number, each.kind.value, each.class_code, each.quantity, each.change,
            is_undone=each.undone_by is not None or each.reverses is not None,
        )
        for each in flows.movements
        if each.class_code in {CEA, CCER}
    ]  # fmt: skip


def _held(flows: Flows) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for each in flows.batches:
        if each.bucket in HELD:
            found[each.class_code] = EXACT.add(found.get(each.class_code, Decimal(0)), each.closing)
    return found


async def _compliance(read: Read, scope: Scope, account_id: UUID, years: Sequence[int]) -> Mapping[int, Compliance]:
    direct = {
        year: one
        for year in years
        if (one := (await emissions.direct_emissions(read, scope, [account_id], year)).get(account_id)) is not None
    }
    standings = await quotas.year_standings(read, scope, account_id, years, now(), direct=direct, available={})
    moved = [one.movement_id for each in standings for one in each.settled]
    movements = await ledger.movements_by_id(read, scope, moved) if moved else {}
    days = {own: each.effective_on for own, each in movements.items()}
    return {each.year: _year(each, days) for each in standings}


def _year(standing: YearStanding, days: Mapping[UUID, date]) -> Compliance:
    owed = standing.owed
    ids = tuple(each.movement_id for each in standing.settled)
    return Compliance(
        year=standing.year,
        emissions=owed.emissions,
        obligation=owed.obligation,
        is_final=owed.is_verified,
        basis=owed.basis.value,
        inventory_id=owed.inventory_id,
        verified_ids=standing.verified_ids,
        settled=EXACT.add(standing.settled_with(CEA), standing.settled_with(CCER)),
        remaining=standing.remaining,
        surrender_ids=ids,
        last_on=max((days[each] for each in ids if each in days), default=None),
        due=standing.due,
    )
