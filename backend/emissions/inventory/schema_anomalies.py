"""What stands out in an account's year, on the wire."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts import service as accounts
from backend.emissions.inventory.anomalies import Anomaly, AnomalyCount, anomalies
from backend.emissions.inventory.schema_types import ACCOUNT, METER, RECORD, SOURCE, OutcomeEnum, one_id
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import node_id
from backend.wire.scalars import JSON, Month


@strawberry.type(
    description="A record that stands out, or months of a source (and meter) that share a doubt (异常数据). It does not "
    "block submission; the inventory's checks do."
)
class ActivityAnomaly:
    """Something that stands out."""

    code: str = strawberry.field(description="Stable, e.g. `unit_slip`.")
    outcome: OutcomeEnum = strawberry.field(description="Fail, or cannot tell; what passes is not listed.")  # type: ignore[valid-type]
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="In English.")
    source_id: strawberry.ID
    source_code: str
    source_name: str
    meter_id: strawberry.ID | None
    meter_code: str | None
    months: list[Month] = strawberry.field(description="The months it is about, oldest first.")
    record_ids: list[strawberry.ID] = strawberry.field(description="The records; none where months are missing.")
    quantity: Decimal | None = strawberry.field(description="Of a single record, in `baseUnit`, multiplier included.")
    usual: Decimal | None = strawberry.field(description="The median of the other months, in `baseUnit`.")
    base_unit: str
    details: JSON = strawberry.field(description="The facts behind it, with the limits used and how sure they are.")


@strawberry.type(description="How many things stand out in an account's year, in a sentence.")
class ActivityAnomalyCount:
    """How many stand out."""

    total: int
    fail: int
    cannot_tell: int
    text_zh: str
    text_en: str


def count_shown(found: AnomalyCount) -> ActivityAnomalyCount:
    """Return the count as the wire has it."""
    total = found.fails + found.untold
    zh, en = "没有发现异常数据。", "Nothing stands out."
    if total:
        zh = f"有 {total} 处异常数据，提交前请查看。"
        en = (
            "1 anomaly to look at before submission."
            if total == 1
            else f"{total} anomalies to look at before submission."
        )
    return ActivityAnomalyCount(total=total, fail=found.fails, cannot_tell=found.untold, text_zh=zh, text_en=en)


def _shown(account_id: UUID, found: Anomaly) -> ActivityAnomaly:
    source, outcome = found.source, found.outcome
    return ActivityAnomaly(
        code=outcome.code, outcome=outcome.outcome, message_zh=outcome.zh, message_en=outcome.en,
        source_id=node_id(SOURCE, account_id, source.id), source_code=source.code, source_name=source.name,
        meter_id=node_id(METER, account_id, found.meter_id) if found.meter_id else None, meter_code=found.meter_code,
        months=[Month(each) for each in found.months],
        record_ids=[node_id(RECORD, account_id, each) for each in found.record_ids],
        quantity=found.quantity, usual=found.usual, base_unit=source.base_unit, details=JSON(dict(outcome.details)),
    )  # fmt: skip


@strawberry.type
class AnomalyQuery:
    """Reading what stands out."""

    @strawberry.field(
        description="What stands out in an account's year before it is submitted (提交前异常数据): against its own history, "
        "its sector, meters and invoices, missing months, calibrations, evidence. What fails comes first."
    )
    async def activity_anomalies(
        self, info: Info, account_id: strawberry.ID, year: int, first: int = 50, after: str | None = None
    ) -> Connection[ActivityAnomaly]:
        """Return a page of what stands out."""
        account, asked = one_id(account_id, ACCOUNT, path=("accountId",)), page(first, after)
        place = asked.key(int, str, str, date.fromisoformat, str, UUID)
        async with info.context.read() as read:
            found = await anomalies(
                read, info.context.scope, account, year, limit_to=asked.fetch,
                after=place,
            )  # fmt: skip
            if not found:  # nothing there, or nothing there for the caller: the second is not found
                await accounts.account(read, info.context.scope, account)
        return connect(found, asked, key=lambda each: each.place, make=lambda each: _shown(account, each))
