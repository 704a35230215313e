"""A park with a boundary and members; its operator enters what accounts do not feed, and it is held against the indicators."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from backend.demo.acting import acting
from backend.demo.plan import EnterprisePlan
from backend.demo.units.cast import Cast
from backend.kit.db import Write
from backend.parks import service as parks
from backend.parks.values import Document, Horizon, Level, ValueDraft

NAME = "零碳产业园（演示）"
YEAR = 2025
DOCUMENT = Document("零碳园区申报材料（演示，非官方文件）", "演示〔2026〕4号", date(2026, 3, 1))
CORNERS = (("0", "0"), ("0.021", "0.002"), ("0.024", "0.016"), ("0.009", "0.021"), ("-0.003", "0.012"), ("0", "0"))
PLACES = {
    "wuxi": ("120.36", "31.54"),
    "changzhou": ("119.96", "31.72"),
    "chengdu": ("104.27", "30.56"),
    "guizhou": ("106.66", "26.62"),
}
VALUES = (
    ("13", "93", "100"), ("14", "82", "100"), ("17", "7", "10"), ("18", "9", "10"), ("19", "3", "10"),
)  # fmt: skip


async def park(write: Write, cast: Cast, plans: Sequence[EnterprisePlan]) -> bool:
    """Enter a park with two members and values, compute what accounts feed, and evaluate it."""
    if await write.value(text("select id from park where name = :name limit 1"), {"name": NAME}) is not None:
        return False
    east, north = PLACES[write.scope.tenant]
    ring = [[str(Decimal(east) + Decimal(x)), str(Decimal(north) + Decimal(y))] for x, y in CORNERS]
    members = [cast.players[each.code] for each in plans[:2]]
    async with acting(write, cast.city, "clerk") as (played, clerk):
        made = await parks.register_park(
            played, clerk, name=NAME, division_code=plans[0].division, operator_id=members[0].party.id,
            boundary={"type": "Polygon", "coordinates": [ring]}, document=DOCUMENT,
        )  # fmt: skip
        for each in members:
            await parks.join_park(
                played, clerk, made.id, account_id=each.account_id, starts_on=date(2024, 1, 1), is_above_scale=True
            )
    async with acting(write, members[0].party, "officer") as (played, operator):
        drafts = [
            ValueDraft(item, None, Decimal(above), Decimal(below), note="演示数据") for item, above, below in VALUES
        ]
        await parks.record_values(played, operator, made.id, year=YEAR, drafts=drafts, document=DOCUMENT)
    async with acting(write, cast.city, "clerk") as (played, clerk):
        await parks.compute_values(played, clerk, made.id, year=YEAR)
        await parks.evaluate_park(played, clerk, made.id, year=YEAR, horizon=Horizon.NEAR, level=Level.MUNICIPAL)
    return True
