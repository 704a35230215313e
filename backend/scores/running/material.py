"""What the facts of an account and a year are made from, gathered for many accounts in a constant number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue, FigureValue
from backend.emissions import service as emissions
from backend.emissions.service import DirectEmissions
from backend.emissions.values import InventoryFacts
from backend.esg import service as esg
from backend.esg.values import RatingValue
from backend.kit.clock import CHINA, now
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.service import RetiredValue
from backend.quotas import service as quotas
from backend.quotas.service import ComplianceRecord
from backend.scores.running import sql
from backend.scores.running.gaming import Mix, Pool, Turn
from backend.scores.running.terms import terms
from backend.scores.values import Source

PRESENT = timedelta(minutes=10)
"""A moment so near is the present: holdings are asked for as they are now."""
TURN_MONTHS = 3
SLOTS = 3


@dataclass(frozen=True, slots=True)
class Override:
    """A fact as an accepted appeal corrects it; `value` as the stored text.

    `corrects` are the records the fact was made from when it was corrected. It holds for these and no others; None where
    they are not known. `is_new` while the appeal is being answered: then it is of the records there are.
    """

    id: UUID
    fact: str
    value: str
    unit: str
    document: str
    reason: str
    recorded_at: datetime
    corrects: tuple[Source, ...] | None = None
    is_new: bool = False


@dataclass(slots=True)
class Material:
    """What is known of an account and a year. `turns`, `pools` and `mixes` are None where a year is not known.

    `is_first` where the account has an inventory of the year and nothing at all of any year before.
    """

    account: AccountValue
    year: int
    day: date
    inventory: InventoryFacts | None = None
    before: InventoryFacts | None = None
    is_first: bool = False
    figures: Sequence[FigureValue] = ()
    figures_before: Sequence[FigureValue] = ()
    retired: Sequence[RetiredValue] = ()
    claims: Sequence[UUID] = ()
    compliance: ComplianceRecord | None = None
    penalties: Sequence[Any] = ()
    turns: list[Turn] | None = None
    pools: list[Pool] | None = None
    mixes: tuple[Mix, Mix] | None = None
    accepted: Mapping[tuple[str, str], UUID] = field(default_factory=dict[tuple[str, str], UUID])
    overrides: Sequence[Override] = ()
    rating: RatingValue | None = None


async def basics(
    read: Read, scope: Scope, account_ids: Sequence[UUID], year: int, as_of: datetime | None
) -> dict[UUID, Material]:
    """Return inventories, yearly figures and retirements: what comparisons with the sector need."""
    known_at = as_of or now()
    day = known_at.astimezone(CHINA).date()
    found = {
        each.id: Material(each, year, day)
        for each in await accounts.accounts_by_id(read, scope, list(account_ids))
        if each is not None
    }
    ids = list(found)
    inventories = await emissions.inventory_facts(read, scope, ids, [year - 1, year], as_of)
    figures = await accounts.figures(read, scope, ids, [year - 1, year], as_of)
    retired = await ledger.retired(read, scope, ids, [year], as_of)
    for account_id, each in found.items():
        each.inventory, each.before = inventories.get((account_id, year)), inventories.get((account_id, year - 1))
        each.figures = figures.get((account_id, year), ())
        each.figures_before = figures.get((account_id, year - 1), ())
        each.retired = retired.get((account_id, year), ())
    return found


async def material(
    read: Read, scope: Scope, account_ids: Sequence[UUID], year: int, as_of: datetime | None
) -> dict[UUID, Material]:
    """Return everything facts are made from; accounts that are not visible are left out."""
    known_at = as_of or now()
    found = await basics(read, scope, account_ids, year, as_of)
    if not found:
        return {}
    after = await emissions.inventory_facts(read, scope, list(found), [year + 1], as_of)
    keys = _keys(found, after)
    kinds = await _kinds(read, keys)
    await _signs(read, found, keys, kinds, known_at)
    direct = {one: direct_of(each.inventory, kinds[one, 1]) for one, each in found.items() if each.inventory}
    await _first_years(read, found, year, known_at)
    compliance = await quotas.compliance_records(
        read, scope, list(found), year, known_at, direct=direct, is_present=now() - known_at < PRESENT
    )
    asked = {"accounts": list(found), "year": year, "known_at": known_at}
    for row in await read.rows(text(sql.CLAIMS), asked):
        found[row.account_id].claims = row.movements
    penalties: dict[UUID, list[Any]] = defaultdict(list)
    day = known_at.astimezone(CHINA).date()
    for row in await read.rows(text(sql.PENALTIES), {"accounts": list(found), "known_at": known_at, "day": day}):
        penalties[row.account_id].append(row)
    accepted: dict[UUID, dict[tuple[str, str], UUID]] = defaultdict(dict)
    for row in await read.rows(text(sql.ACCEPTED), asked):
        accepted[row.account_id][row.kind, row.fingerprint] = row.id
    overrides: dict[UUID, list[Override]] = defaultdict(list)
    for row in await read.rows(text(sql.OVERRIDES).columns(corrects=JSONB), asked):
        corrects = None if row.corrects is None else tuple(Source(**each) for each in row.corrects)
        overrides[row.account_id].append(
            Override(
                row.id, row.fact, row.value, row.unit, row.document, row.reason, row.recorded_at, corrects, row.is_new
            )
        )
    ratings = await esg.rating(read, scope, list(found), year, as_of)
    for account_id, each in found.items():
        each.compliance, each.rating = compliance.get(account_id), ratings.get(account_id)
        each.penalties, each.accepted = penalties[account_id], accepted[account_id]
        each.overrides = overrides[account_id]
    return found


Kinds = Mapping[tuple[UUID, int], list[tuple[int, str, str, Decimal]]]
"""By account and slot: scope, category, gas, tCO2e (location-based)."""


def _keys(found: Mapping[UUID, Material], after: Mapping[tuple[UUID, int], InventoryFacts]) -> dict[str, list[Any]]:
    keys: dict[str, list[Any]] = {"accounts": [], "inventories": [], "slots": []}
    for account_id, each in found.items():
        for slot, one in enumerate((each.before, each.inventory, after.get((account_id, each.year + 1)))):
            if one is not None:
                keys["accounts"].append(account_id)
                keys["inventories"].append(one.inventory_id)
                keys["slots"].append(slot)
    return keys


async def _kinds(read: Read, keys: dict[str, list[Any]]) -> Kinds:
    found: dict[tuple[UUID, int], list[tuple[int, str, str, Decimal]]] = defaultdict(list)
    for row in await read.rows(text(sql.KINDS), keys):
        found[row.account_id, row.slot].append((row.scope, row.category, row.gas, row.co2e))
    return found


def direct_of(inventory: InventoryFacts, kinds: Sequence[tuple[int, str, str, Decimal]]) -> DirectEmissions:
    """Return the direct emissions of an inventory as the rules of quotas read them."""
    parts = tuple((category, gas, co2e) for scope, category, gas, co2e in kinds if scope == 1)
    return emissions.direct_of(inventory.account_id, inventory.inventory_id, inventory.version, inventory.state, parts)


async def _signs(
    read: Read, found: Mapping[UUID, Material], keys: dict[str, list[Any]], kinds: Kinds, known_at: datetime
) -> None:
    """Fill in what the checks for shifted, split and moved data look at."""
    months: dict[UUID, list[Any]] = defaultdict(lambda: [None] * SLOTS)
    for row in await read.rows(text(sql.MONTHS), keys):
        months[row.account_id][row.slot] = row
    year = next(iter(found.values())).year
    begins = datetime(year, 1, 1, tzinfo=CHINA)
    asked = {
        **keys, "new_sources": terms().split_new_sources, "least_share": terms().split_least_share,
        "year_begins": begins, "known_at": known_at,
    }  # fmt: skip
    pools: dict[UUID, list[Pool]] = defaultdict(list)
    for row in await read.rows(text(sql.POOLS), asked):
        pools[row.account_id].append(Pool(*list(row)[1:]))
    for account_id, each in found.items():
        each.turns = _turns(each.year, months[account_id])
        if each.before is not None and each.inventory is not None:
            each.pools = pools[account_id]
            each.mixes = (
                _mix(kinds[account_id, 0], each.figures_before),
                _mix(kinds[account_id, 1], each.figures),
            )


async def _first_years(read: Read, found: Mapping[UUID, Material], year: int, known_at: datetime) -> None:
    alone = [account_id for account_id, each in found.items() if each.before is None and each.inventory is not None]
    asked = {"accounts": alone, "year": year, "known_at": known_at, "year_begins": date(year, 1, 1)}
    for row in await read.rows(text(sql.FIRST_YEARS), asked) if alone else ():
        found[row.account_id].is_first = True


def _turns(year: int, slots: Sequence[Any]) -> list[Turn]:
    found: list[Turn] = []
    for place, (earlier, later) in enumerate(pairwise(slots)):
        if earlier is None or later is None:
            continue
        if earlier.last_months == TURN_MONTHS and later.first_months == TURN_MONTHS:
            found.append(
                Turn(year + place, earlier.before_december, earlier.december, later.january, later.after_january,
                     earlier.total if later.months < earlier.months else min(earlier.total, later.total))
            )  # fmt: skip
    return found


def _mix(kinds: Sequence[tuple[int, str, str, Decimal]], figures: Sequence[FigureValue]) -> Mix:
    def total(scope: int, category: str | None) -> Decimal:
        return sum((co2e for own, what, _, co2e in kinds if own == scope and category in (None, what)), Decimal(0))

    made = next((each for each in figures if each.kind == "output" and each.is_main), None)
    made = made or next((each for each in figures if each.kind == "value_added"), None)
    unit = "" if made is None else f"{made.product} {made.unit}".strip()
    return Mix(total(1, "combustion"), total(2, "heat"), total(3, None), None if made is None else made.quantity, unit)
