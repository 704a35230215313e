"""Yearly figures of accounts, recorded by the service's own command.

await recorded(databases, held, 2025, figure("value_added", "1.2", "万CNY"), output("粗钢", "300"))
await recorded(databases, held, 2025, figure("revenue", None), reason="误填")
"""

from decimal import Decimal
from uuid import UUID

from factories.accounts import Held

from backend.accounts import service
from backend.accounts.values import FigureDraft, FigureKind, FigureValue
from backend.kit.db import Databases
from backend.kit.scope import Scope


def figure(kind: str, quantity: str | None, unit: str = "CNY") -> FigureDraft:
    """A figure of the whole account; without a quantity it is taken away."""
    return FigureDraft(FigureKind(kind), None if quantity is None else Decimal(quantity), unit)


def output(product: str, quantity: str | None, unit: str = "t", *, is_main: bool | None = None) -> FigureDraft:
    """The output of a product."""
    amount = None if quantity is None else Decimal(quantity)
    return FigureDraft(FigureKind.OUTPUT, amount, unit, product, is_main)


async def recorded(
    databases: Databases, held: Held, year: int, *drafts: FigureDraft, evidence_id: UUID | None = None,
    reason: str = "", scope: Scope | None = None,
) -> list[FigureValue]:  # fmt: skip
    """Record figures of a year as the holder."""
    caller = scope or held.scope
    async with databases.write(caller) as write:
        return await service.record_figures(
            write, caller, account_id=held.id, year=year, drafts=drafts, evidence_id=evidence_id, reason=reason
        )


async def figures_of(databases: Databases, held: Held, year: int, scope: Scope | None = None) -> list[FigureValue]:
    """The figures that stand for a year."""
    caller = scope or held.scope
    async with databases.read(caller) as read:
        return (await service.figures(read, caller, [held.id], [year])).get((held.id, year), [])
