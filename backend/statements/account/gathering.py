"""Reading what a statement is made of, as it was known at the moment. The number of SQL statements is constant."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backend.accounts import service as accounts
from backend.accounts.values import FigureKind
from backend.budgets import service as budgets
from backend.budgets.values import UnitTotal
from backend.emissions import service as emissions
from backend.emissions.service import DirectEmissions
from backend.emissions.values import InventoryFacts, LineFacts
from backend.esg import service as esg
from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.quantities import EXACT
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.ledger import service as ledger
from backend.ledger.values import Bucket
from backend.quotas import service as quotas
from backend.scores import service as scores
from backend.scores.values import ScoreValue, Words
from backend.statements.account import composing
from backend.statements.account.gathered import Gathered, Period, SectorMean
from backend.statements.account.periods import period_of
from backend.statements.account.units import MOST_LINES
from backend.statements.account.values import Issuer, StatementData
from backend.statements.errors import NothingToState
from backend.tenants import service as tenants

INTENSITY = "value_added_intensity"
"""The fact of a score that is the statement's own intensity over value added."""
MOST_CLAIMS = 10_000
"""Claims of certificates an account has ever made, more than anybody makes."""


async def account_statement(
    read: Read, scope: Scope, settings: Settings, account_id: UUID, period_from: date, period_to: date,
    as_of: datetime | None = None,
) -> StatementData:  # fmt: skip
    """Return an account's statement for a period, as it was known at `as_of` (None: now).

    Raises:
        Unauthenticated, Forbidden: without `statements:read`.
        MomentInFuture, PeriodInvalid, PeriodNotOver: in this order.
        AccountNotFound: not there, or not visible.
        NothingToState: nothing of the account in the period was known.
    """
    scope.require("statements:read")
    period = period_of(period_from, period_to, as_of, now())
    data = composing.compose(await gather(read, scope, settings, account_id, period))
    if composing.states_nothing(data):
        raise NothingToState(account=data.subject.number)
    return data


async def gather(read: Read, scope: Scope, _settings: Settings, account_id: UUID, period: Period) -> Gathered:
    """Return everything a statement is made of.

    Raises:
        AccountNotFound: not there, or not visible.
    """
    account = await accounts.account(read, scope, account_id)
    pack = await tenants.pack_in_force(read, scope)
    holder = await identity.organisation(read, scope, account.organisation_id)
    # The market settles a year in the next one, so the year before the period counts as well.
    market_years = [period.first.year - 1, *period.years]
    found = await emissions.inventory_facts(read, scope, [account_id], period.history, period.known_at)
    inventories = {year: facts for (_, year), facts in found.items()}
    wanted = {year: (account_id, facts.inventory_id) for year, facts in inventories.items()}
    lines = await emissions.line_facts(read, scope, list(wanted.values()))
    months = await emissions.month_facts(read, scope, list(wanted.values()))
    by_year = {year: lines[key] for year, key in wanted.items()}
    activity = await accounts.figures(read, scope, [account_id], period.history, period.known_at)
    flows = await ledger.flows(
        read, scope, account_id, ledger.Span(period.first, period.last, period.known_at), most=MOST_LINES
    )
    available: dict[UUID, Decimal] = defaultdict(Decimal)
    for each in flows.batches:
        if each.bucket is Bucket.AVAILABLE:
            available[each.batch_id] += each.known
    claims = await emissions.energy_claims(read, scope, account_id, None, limit=MOST_CLAIMS, after=None)
    score = (await scores.latest(read, scope, [account_id], period.known_at)).get(account_id)
    return Gathered(
        issuer=Issuer(scope.tenant, Words(pack.name_zh, pack.name_en), pack.division_code),
        account=account,
        holder=holder,
        period=period,
        inventories=inventories,
        months={year: months[key] for year, key in wanted.items()},
        lines=by_year,
        activity={year: rows for (_, year), rows in activity.items()},
        sector_means=await _sector_means(read, scope, account_id, score, period),
        classes={each.code: each for each in await ledger.unit_classes(read, scope)},
        flows=flows,
        claims=[
            each
            for each in reversed(claims)
            if each.recorded_at <= period.known_at
            and (each.withdrawn_at is None or each.withdrawn_at > period.known_at)
        ],
        quotas=await quotas.year_standings(
            read, scope, account_id, market_years, period.known_at, available=available,
            direct={year: _direct(inventories[year], by_year[year]) for year in market_years if year in by_year},
        ),
        disclosures=(await esg.duties(read, scope, [account_id], period.day)).get(account_id, []),
        score=score,
        budgets=await _budgets(read, scope, account_id, period),
    )  # fmt: skip


async def _budgets(read: Read, scope: Scope, account_id: UUID, period: Period) -> dict[int, UnitTotal] | None:
    """Return the account's budgets as a key unit, by year; None where the reader may not see them."""
    if scope.kind not in {Kind.ENTERPRISE, Kind.AUTHORITY, Kind.SYSTEM} or not scope.allows("budgets:read"):
        return None
    found = await budgets.unit_totals(read, scope, [account_id], period.years, period.known_at)
    return {each.year: each for each in found.values()}


def _direct(facts: InventoryFacts, lines: Sequence[LineFacts]) -> DirectEmissions:
    """Return the direct emissions of an inventory by category and gas, as the market reads them."""
    parts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in lines:
        if each.scope == 1 and each.basis != "market":
            key = (each.category, each.gas)
            parts[key] = EXACT.add(parts[key], each.co2e_t)
    return emissions.direct_of(
        facts.account_id, facts.inventory_id, facts.version, facts.state,
        [(category, gas, amount) for (category, gas), amount in sorted(parts.items())],
    )  # fmt: skip


async def _sector_means(
    read: Read, scope: Scope, account_id: UUID, score: ScoreValue | None, period: Period
) -> list[SectorMean]:
    """Return the sector's mean intensity as the account's last run was told it; of groups below five nothing is told.

    The runs keep what they were told with the account's newest score alone: knowledge before it has no mean.
    """
    if score is None or score.computed_at > period.known_at:
        return []
    newest = (await scores.latest(read, scope, [account_id])).get(account_id)
    if newest is None or newest.id != score.id:
        return []
    return [
        SectorMean(score.year, FigureKind.VALUE_ADDED.value, "", each.mean, each.unit, each.published_on)
        for each in await scores.positions(read, scope, account_id)
        if each.fact == INTENSITY and each.mean is not None and each.published_on is not None
    ]
