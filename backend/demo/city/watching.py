"""The list of key units by the figures of last year, confirmed by a second person; and the warnings of its last month."""

from datetime import date

from sqlalchemy import text

from backend.demo.acting import acting
from backend.demo.units.cast import Cast
from backend.keyunits import service as keyunits
from backend.keyunits.values import Document
from backend.kit.db import Write
from backend.monitoring import service as monitoring
from backend.regions import service as regions

DOCUMENT = Document("重点用能和碳排放单位名录（演示，非官方文件）", "演示〔2026〕3号", date(2026, 4, 1))
YEAR, MONTH = 2025, date(2025, 12, 1)


async def _rolled(write: Write) -> None:
    """Bring the roll-ups up to what was entered, unless the worker does."""
    while await regions.roll(write, write.scope):
        pass


async def key_units(write: Write, cast: Cast) -> bool:
    """Hold every account against the thresholds as the clerk, confirm the list as the administrator."""
    if await write.value(text("select id from key_unit_proposal limit 1")) is not None:
        return False
    await _rolled(write)
    async with acting(write, cast.city, "clerk") as (played, clerk):
        proposed = await keyunits.propose_units(played, clerk, year=YEAR)
    if not proposed.proposals:
        return False
    async with acting(write, cast.city, "admin") as (played, chief):
        await keyunits.decide_units(
            played, chief, [each.id for each in proposed.proposals], is_confirmed=True, reason="名录已公示（演示）",
            document=DOCUMENT,
        )  # fmt: skip
    return True


async def warnings(write: Write, cast: Cast) -> bool:
    """Look at the last month of the demonstration's data as the clerk."""
    # The worker may have looked at the month that is over before there was any data; that is another month.
    known = text("select id from monitoring_evaluation where month = :month limit 1")
    if await write.value(known, {"month": MONTH}) is not None:
        return False
    await _rolled(write)
    async with acting(write, cast.city, "clerk") as (played, clerk):
        await monitoring.evaluate(played, clerk, MONTH)
    return True
