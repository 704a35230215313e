"""A compliance year of the demonstration: data, verified figures, allocation by two persons, surrender; and its CCER.

Each function is one transaction's work and does nothing when it was done before.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import text

from backend.credits.ccer import service as ccer
from backend.credits.ccer.values import HoldingRow
from backend.demo.acting import acting
from backend.demo.units.cast import Cast, Player
from backend.demo.units.plan import CompliancePlan, UnitsPlan
from backend.kit.clock import now
from backend.kit.db import Write
from backend.ledger import service as ledger
from backend.ledger.values import CCER, CEA, Reason, Selection
from backend.quotas import rules
from backend.quotas import service as quotas
from backend.quotas.values import Stage

DOCUMENT = "配额分配通知（演示，非官方文件）"
REPORT = "核查报告（演示），排放量按整吨载明"
OFFER_LASTS = timedelta(days=365)
"""A year, so that the demonstration shows an open offer for a while."""


async def compliance(write: Write, cast: Cast, whole: UnitsPlan) -> bool:
    """Let the enterprise that owes allowances be allocated, and surrender for a past year."""
    plan = whole.compliance
    player = cast.players[plan.enterprise]
    known = text("select id from quota_facility where account_id = :account and code = :code")
    if await write.value(known, {"account": player.account_id, "code": plan.code}) is not None:
        return False
    async with acting(write, player.party, "manager") as (played, manager):
        facility = await quotas.add_facility(
            played, manager, account_id=player.account_id, code=plan.code, name=plan.name,
            sector=rules.Sector(plan.sector), since=plan.since,
            unit_class=rules.UnitClass(plan.unit_class) if plan.unit_class else None,
            cooling=rules.Cooling(plan.cooling) if plan.cooling else None,
            line=rules.LineKind(plan.line) if plan.line else None, capacity=plan.capacity,
            capacity_unit=plan.capacity_unit,
        )  # fmt: skip
        for made in plan.outputs:
            await quotas.record_output(
                played, manager, account_id=player.account_id, facility_id=facility.id, year=made.year, month=None,
                stated=quotas.Output(basis=rules.Basis.GROSS, mwh=made.mwh, gj=made.gj, load=made.load),
                note_text="演示数据",
            )  # fmt: skip
    owed: dict[int, Decimal] = {}
    for year in sorted({plan.surrendered, *plan.allocated}):
        emissions = await _verified(write, player, year)
        if emissions is None:
            continue
        owed[year] = emissions
        async with acting(write, cast.parties["verifier"], "admin") as (played, verifier):
            await quotas.enter_verified(
                played, verifier, account_id=player.account_id, year=year, facility_id=facility.id,
                emissions=emissions, document=REPORT,
            )  # fmt: skip
    issued = {year: await _allocate(write, cast, player, year) for year in plan.allocated if year in owed}
    await _surrender(write, player, plan, min(owed[plan.surrendered], issued[plan.surrendered]))
    return True


async def _verified(write: Write, player: Player, year: int) -> Decimal | None:
    """Return the verified inventory's emissions inside the market's boundary, in whole tCO2; None where unverified."""
    scope = write.scope
    book = await quotas.book_of(write, scope)
    years = await quotas.facility_years(write, scope, player.account_id, year)
    found = await quotas.obligation(write, scope, book, player.account_id, year, years)
    if not found.is_verified or found.emissions is None:
        return None
    return found.emissions.quantize(Decimal(1), ROUND_HALF_UP)


async def _allocate(write: Write, cast: Cast, player: Player, year: int) -> Decimal:
    """Have a year's allocation proposed by one person of the authority and issued by another; return its units."""
    async with acting(write, cast.city, "clerk") as (played, clerk):
        proposed = await quotas.propose(
            played, clerk, account_id=player.account_id, year=year, stage=Stage.FINAL, document=DOCUMENT,
            note_text="演示数据",
        )  # fmt: skip
    async with acting(write, cast.city, "admin") as (played, admin):
        issued = await quotas.issue(
            played, admin, account_id=player.account_id, allocation_id=proposed.id, decision="同意（演示）"
        )
    return issued.quantity


async def _surrender(write: Write, player: Player, plan: CompliancePlan, quantity: Decimal) -> None:
    async with acting(write, player.party, "officer") as (played, officer):
        await quotas.surrender(
            played, officer, account_id=player.account_id, year=plan.surrendered, parts=[quotas.Part(CEA, quantity)]
        )


async def reductions(write: Write, cast: Cast, whole: UnitsPlan) -> bool:
    """Bring CCER in, sell some, offer some, pledge some."""
    plan = whole.reductions
    player, buyer = cast.players[plan.enterprise], cast.players[plan.buyer]
    if await ledger.balances(write, write.scope, [player.account_id], CCER):
        return False
    frame = f"DEMO-{plan.project}-"
    row = HoldingRow(
        first_serial=f"{frame}{1:09d}", last_serial=f"{frame}{plan.imported:09d}", project_code=plan.project,
        project_name=plan.project_name, methodology=plan.methodology, produced_from=date(2024, 1, 1),
        produced_to=date(2024, 12, 31), registered_on=date(2025, 6, 3), is_ets_managed=False,
    )  # fmt: skip
    why = Reason(purpose="sale", reference="演示合同", note="演示数据")
    async with acting(write, player.party, "officer") as (played, officer):
        await ccer.import_holdings(
            played, officer, account_id=player.account_id, rows=[row], reference="登记簿导出（演示）"
        )
        sale = await ledger.transfer(
            played, officer, player.account_id, Selection(CCER, Decimal(plan.sold)), to_account_id=buyer.account_id,
            reason=why,
        )  # fmt: skip
        await ledger.transfer(
            played, officer, player.account_id, Selection(CCER, Decimal(plan.offered)),
            to_account_id=buyer.account_id, expires_at=now() + OFFER_LASTS, reason=why,
        )  # fmt: skip
        await ledger.pledge(
            played, officer, player.account_id, Selection(CCER, Decimal(plan.pledged)), cast.parties["bank"].id,
            Reason(purpose="pledge", reference="DEMO-LOAN-001", note="演示数据"),
        )  # fmt: skip
    if sale.hold_id is not None:
        async with acting(write, buyer.party, "officer") as (played, officer):
            await ledger.accept(played, officer, sale.hold_id, Reason(note="演示数据"))
    return True
