"""Yearly figures of the demonstration's enterprises: invented, believable for their sector, the same in every run."""

import random
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import text

from backend.accounts import service as accounts
from backend.accounts.values import FigureDraft, FigureKind
from backend.demo.acting import acting
from backend.demo.plan import EnterprisePlan
from backend.demo.standing.proving import evidence
from backend.demo.units.cast import Cast
from backend.kit.db import Write
from backend.kit.storage import Storage

YEARS = (2024, 2025)
GROWTH_PER_MILLE = (5, 62)
"""How much more a year's value added is than the last one's; output grows by less."""
OUTPUT_SHARE = Decimal("0.4")
MONEY = "万CNY"
PROVEN = frozenset({"verified", "closed", "restated", "main_job"})


async def figures(write: Write, cast: Cast, storage: Storage, plans: Sequence[EnterprisePlan]) -> bool:
    """Record both years of every enterprise that has none; False when all have.

    Who is far enough to have its inventory verified proves them by a file; the others' rest on their word.
    """
    rows = await write.rows(
        text("select distinct account_id from year_figure where account_id = any(:ids)"),
        {"ids": [each.account_id for each in cast.players.values()]},
    )  # fmt: skip
    known = {row.account_id for row in rows}
    missing = [each for each in plans if cast.players[each.code].account_id not in known]
    for plan in missing:
        player = cast.players[plan.code]
        async with acting(write, player.party, "manager") as (played, manager):
            file = await evidence(played, storage, player, "审计报告") if plan.state in PROVEN else None
            for year in YEARS:
                await accounts.record_figures(
                    played, manager, account_id=player.account_id, year=year,
                    drafts=drafts(write.scope.tenant, plan, year), evidence_id=file,
                )  # fmt: skip
    return bool(missing)


def drafts(tenant: str, plan: EnterprisePlan, year: int) -> list[FigureDraft]:
    """Return an enterprise's figures of a year: of its scale, with what it earns beside others, grown since the first."""
    generator = random.Random(f"{tenant}/{plan.code}/figures")  # noqa: S311 - not a secret
    growth = Decimal(generator.randint(*GROWTH_PER_MILLE)) / 1000 * (year - YEARS[0])
    base, earned = plan.figures, plan.scale * plan.worth

    def money(kind: FigureKind, amount: Decimal, factor: Decimal) -> FigureDraft:
        return FigureDraft(kind, _whole(amount * factor), MONEY)

    return [
        money(FigureKind.VALUE_ADDED, base.value_added, earned * (1 + growth)),
        money(FigureKind.REVENUE, base.revenue, earned * (1 + growth)),
        FigureDraft(
            FigureKind.OUTPUT, _whole(base.output * plan.scale * (1 + growth * OUTPUT_SHARE)), base.unit,
            base.product, is_main=True,
        ),
        money(FigureKind.TOTAL_ASSETS, base.total_assets, plan.scale),
        money(FigureKind.EQUITY, base.equity, plan.scale),
        money(FigureKind.DEBT, base.debt, plan.scale),
        FigureDraft(FigureKind.EMPLOYEES, _whole(base.employees * plan.scale), "person"),
    ]  # fmt: skip


def _whole(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1), ROUND_HALF_UP)
