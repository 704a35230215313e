"""What borrowers could pledge, on the wire. Pledges themselves are `unitHolds`, `pledgeUnits` and `releasePledge`."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First, id_after
from backend.lending import service
from backend.lending.pledging.values import PledgeableValue
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import node_id, uuids


@strawberry.type(description="Units of one batch that a borrower could pledge to you (可质押持有量).")
class PledgeableHolding:
    """Units of one batch that a borrower could pledge."""

    batch_id: strawberry.ID = strawberry.field(description="Global id of the batch; the holder pledges by it.")
    unit_class: str = strawberry.field(description="Code of the class, such as `CCER` or `CEA`.")
    class_name_zh: str = strawberry.field(description="类别名称。")
    class_name_en: str = strawberry.field(description="The class's name.")
    unit: str = strawberry.field(description="What one of them is of.")
    quantity: Decimal = strawberry.field(description="How many are available: not pledged, offered or reserved.")
    vintage: int | None = strawberry.field(description="Year of the benefit.")
    produced_from: date | None = strawberry.field(description="First day the benefit arose.")
    produced_to: date | None = strawberry.field(description="Last day the benefit arose.")
    valid_until: date | None = strawberry.field(description="Last day they can be used; a pledge does not prolong it.")
    project_code: str | None = strawberry.field(description="The project they are from.")


def pledgeable_holding(value: PledgeableValue) -> PledgeableHolding:
    """Return units that could be pledged as the wire has them."""
    batch, kind = value.batch, value.unit_class
    return PledgeableHolding(
        batch_id=node_id("UnitBatch", batch.id), unit_class=kind.code, class_name_zh=kind.name_zh,
        class_name_en=kind.name_en, unit=kind.unit, quantity=value.quantity, vintage=batch.vintage,
        produced_from=batch.produced_from, produced_to=batch.produced_to, valid_until=batch.valid_until,
        project_code=batch.project_code,
    )  # fmt: skip


@strawberry.type
class PledgingQuery:
    """What could be pledged."""

    @strawberry.field(
        description="What a borrower's account could pledge to you now, the oldest batch first, under a consent for "
        "`pledge`. The enterprise sees the read in its log; pledges made to you are `unitHolds`."
    )
    async def pledgeable_holdings(
        self, info: Info, account_id: strawberry.ID, first: First = 50, after: After = None
    ) -> Connection[PledgeableHolding]:
        """List what could be pledged."""
        scope = info.context.scope
        asked = page(first, after)
        last = id_after(asked)
        account = uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.databases.write(scope) as write:
            found = await service.pledgeable(write, scope, account)
        rows = [each for each in found if last is None or each.batch.id > UUID(last)]
        return connect(rows[: asked.fetch], asked, key=lambda row: [row.batch.id], make=pledgeable_holding)
