"""The jurisdiction's own books: figures with their invented document, and an energy balance that a second person accepts."""

from datetime import date
from decimal import Decimal

from sqlalchemy import text

from backend.demo.acting import acting
from backend.demo.units.cast import Cast
from backend.kit.db import Write
from backend.regions import service as regions
from backend.regions.balances.values import Cell, Flow
from backend.regions.values import Document, FigureDraft, FigureKind

SOURCE = Document("演示数据，非官方统计", "演示〔2026〕1号", date(2026, 3, 31))
FIGURES: dict[int, dict[FigureKind, tuple[str, str]]] = {
    2024: {
        FigureKind.GDP: ("1500000", "万CNY"), FigureKind.INDUSTRIAL_VALUE_ADDED: ("620000", "万CNY"),
        FigureKind.POPULATION: ("85000", "person"), FigureKind.FOREST_SINK: ("4200", ""),
    },
    2025: {
        FigureKind.GDP: ("1590000", "万CNY"), FigureKind.INDUSTRIAL_VALUE_ADDED: ("661000", "万CNY"),
        FigureKind.POPULATION: ("85300", "person"), FigureKind.FOREST_SINK: ("4300", ""),
    },
}  # fmt: skip
"""Invented: a jurisdiction as small as the demonstration's enterprises together, so that its sums can be compared."""
BALANCE_YEAR = 2025
CELLS = (
    Cell(Flow.INDUSTRY, "diesel", Decimal(3200), "t"),
    Cell(Flow.TRANSPORT, "diesel", Decimal(1800), "t"),
    Cell(Flow.INFLOW, "electricity", Decimal(310000), "MWh"),
)


async def figures(write: Write, cast: Cast, root: str) -> bool:
    """Enter two years of gross product, industry's value added, residents and the forests' removals."""
    known = text("select id from region_figure where document = :title limit 1")
    if await write.value(known, {"title": SOURCE.title}) is not None:
        return False
    async with acting(write, cast.city, "clerk") as (played, clerk):
        for year, given in FIGURES.items():
            drafts = [FigureDraft(kind, Decimal(quantity), unit) for kind, (quantity, unit) in given.items()]
            await regions.record_figures(
                played, clerk, division_code=root, year=year, drafts=drafts, document=SOURCE, note="演示"
            )
    return True


async def balance(write: Write, cast: Cast, root: str) -> bool:
    """Enter an energy balance as the clerk and have the administrator accept it."""
    async with acting(write, cast.city, "clerk") as (played, clerk):
        if await regions.top_down(played, clerk, root, BALANCE_YEAR) is not None:
            return False
        entered = await regions.record_balance(
            played, clerk, division_code=root, year=BALANCE_YEAR, cells=CELLS, document=SOURCE, note="演示"
        )
    async with acting(write, cast.city, "admin") as (played, chief):
        await regions.decide_balance(played, chief, entered.id, is_accepted=True, reason="已与统计部门核对（演示）")
    return True
