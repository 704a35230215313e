"""The authority's registers of the demonstration: listed firms, a service body; and the firms' chief carbon officers."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import text

from backend.demo.acting import acting
from backend.demo.plan import EnterprisePlan
from backend.demo.standing.plan import DisclosurePlan
from backend.demo.units.cast import Cast
from backend.esg import service as esg
from backend.esg.city.values import Entered, RegisterKind
from backend.kit.db import Write

DOCUMENT = "演示登记，非官方文件"
BODY, BODY_NUMBER = "双碳服务中心（演示）", "DEMO-S01"
LISTED_ON, AT_WORK_SINCE, APPOINTED_ON = date(2019, 6, 18), date(2025, 9, 1), date(2025, 3, 1)
OFFICER, TITLE = "首席双碳官（演示）", "首席双碳官"


async def register(
    write: Write, cast: Cast, enterprises: Mapping[str, EnterprisePlan], plans: Sequence[DisclosurePlan]
) -> bool:
    """Enter the firms that disclose as listed, and a service body; let the firms appoint. False when it was done."""
    known = text("select id from esg_register_entry where document = :document limit 1")
    if await write.value(known, {"document": DOCUMENT}) is not None:
        return False
    listed = [
        Entered(
            RegisterKind.LISTED_FIRM, cast.players[each.enterprise].name, LISTED_ON, DOCUMENT, exchange=each.exchange,
            stock_code=each.stock_code, account_id=cast.players[each.enterprise].account_id,
            division_code=enterprises[each.enterprise].division, note="演示数据",
        )
        for each in plans
    ]  # fmt: skip
    body = Entered(RegisterKind.SERVICE_BODY, BODY, AT_WORK_SINCE, DOCUMENT, number=BODY_NUMBER, note="演示数据")
    async with acting(write, cast.city, "clerk") as (played, clerk):
        await esg.enter(played, clerk, [*listed, body])
    for each in plans:
        player = cast.players[each.enterprise]
        async with acting(write, player.party, "manager") as (played, manager):
            await esg.appoint(
                played, manager, account_id=player.account_id, person_name=OFFICER, title=TITLE,
                document="任命文件（演示）", starts_on=APPOINTED_ON, ends_on=None, evidence_id=None,
            )  # fmt: skip
    return True
