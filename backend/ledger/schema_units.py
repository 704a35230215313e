"""Units on the wire: classes, serials, registry codes, batches, what lies in which bucket."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.ledger import queries_movements, queries_serials
from backend.ledger.queries_serials import CodesKey, CodeValue
from backend.ledger.queries_statement import Amounts
from backend.ledger.values import BatchValue, Bucket, Dimension, Serials, UnitClass
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader
from backend.wire.scalars import JSON, BigInt

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="A cursor from an earlier answer.")]
A_FEW = 20
"""The usual page of a list below another list."""
NOTHING = Decimal(0)
HELD = (Bucket.AVAILABLE, Bucket.OFFERED, Bucket.PLEDGED, Bucket.RESERVED)

strawberry.enum(
    Dimension,
    name="UnitDimension",
    description="What a unit measures: tonnes, certificates (MWh) or points. They are never added to each other.",
)
strawberry.enum(
    Bucket,
    name="UnitBucket",
    description="Where units lie: ORIGIN (where they come from), AVAILABLE, OFFERED, PLEDGED, RESERVED; and for good "
    "RETIRED, SURRENDERED, EXPIRED.",
)


@strawberry.type(name="UnitClass", description="A kind of unit with a book of its own (单位种类): CEA, CCER, GEC, ...")
class UnitKind:
    """A kind of unit with a book of its own."""

    code: str = strawberry.field(description="E.g. `CEA`, `CCER`, `GEC`.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    dimension: Dimension = strawberry.field(description="What a unit measures.")
    unit: str = strawberry.field(description="The unit of its quantities, e.g. `tCO2e`, `MWh`.")
    scale: int = strawberry.field(description="Decimals a quantity may have; 0 for whole units.")
    is_serialised: bool = strawberry.field(description="Whether every unit has a serial of its own.")
    max_transfers: int | None = strawberry.field(description="How often a unit may change hands; null for no limit.")
    programme: str | None = strawberry.field(
        description="The regional programme it belongs to; null for national ones."
    )
    source: str = strawberry.field(description="The document that defines it.")
    confidence: str = strawberry.field(description="How sure that document is; `placeholder` where it is not known.")
    frozen_at: datetime | None = strawberry.field(description="Since when nothing moves in its book; null while open.")
    frozen_reason: str = strawberry.field(description="Why it is frozen; empty while open.")


@strawberry.type(description="A run of serials of this jurisdiction, both ends included.")
class SerialRange:
    """A run of serials, both ends included."""

    first: BigInt = strawberry.field(description="First serial.")
    last: BigInt = strawberry.field(description="Last serial.")


@strawberry.type(description="Serials in one bucket.")
class BucketSerials:
    """Serials in one bucket."""

    bucket: Bucket = strawberry.field(description="Where they lie.")
    serials: list[SerialRange] = strawberry.field(description="In order, neighbours joined.")


@strawberry.type(
    description="A run of the issuing registry's own codes (登记机构编码): the part that stays, the numbers that count "
    "on, and the serials they have here."
)
class RegistryCodes:
    """A run of the issuing registry's own codes."""

    registry: str = strawberry.field(description="The registry that issued them.")
    frame: str = strawberry.field(description="The part of the code that stays.")
    first_number: BigInt = strawberry.field(description="The first number that counts on.")
    last_number: BigInt = strawberry.field(description="The last one, included.")
    serials: SerialRange = strawberry.field(description="The serials of these units here, in the same order.")


@strawberry.type(description="Units of one class by bucket. What is final (retired, surrendered, expired) is not held.")
class UnitAmounts:
    """Units of one class by bucket."""

    available: Decimal = strawberry.field(description="Free to use.")
    offered: Decimal = strawberry.field(description="Locked by offers nobody has accepted yet.")
    pledged: Decimal = strawberry.field(description="Pledged to banks (质押).")
    reserved: Decimal = strawberry.field(description="Kept for a purpose.")
    retired: Decimal = strawberry.field(description="Retired (注销/核销), for good.")
    surrendered: Decimal = strawberry.field(description="Surrendered for an obligation (清缴), for good.")
    expired: Decimal = strawberry.field(description="Past their last day, for good.")
    held: Decimal = strawberry.field(description="Available, offered, pledged and reserved together.")
    total: Decimal = strawberry.field(description="All of the above that ever came and did not leave.")


@strawberry.type(description="Units alike, issued or imported at once (批次): vintage, production, validity, project.")
class UnitBatch(Node):
    """Units alike, issued or imported at once."""

    own_id: strawberry.Private[UUID]
    class_code: strawberry.Private[str]
    origin: str = strawberry.field(description="`issued` here, or `imported` from the registry that issued them.")
    vintage: int | None = strawberry.field(description="Year the benefit belongs to.")
    produced_from: date | None = strawberry.field(description="First day of production.")
    produced_to: date | None = strawberry.field(description="Last day of production.")
    valid_until: date | None = strawberry.field(description="Last day the units can be used; null for no limit.")
    is_transferable: bool = strawberry.field(description="Whether they may change hands.")
    transfers_used: int = strawberry.field(description="How often they had changed hands before they came here.")
    project_code: str | None = strawberry.field(description="The project they come from.")
    attributes: JSON = strawberry.field(description="What else is known of them, by name.")
    created_at: datetime = strawberry.field(description="When they came into the books.")

    @strawberry.field(description="Their class.")
    async def unit_class(self, info: Info) -> UnitKind | None:
        """Return their class."""
        return await load_class(info.context, self.class_code)

    @strawberry.field(description="The registry's codes of those units that ever lay where you may look.")
    async def registry_codes(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[RegistryCodes]:
        """Return the registry's codes."""
        seen = await info.context.loader(queries_serials.load_seen).load(self.own_id)
        return await codes_page(info.context, (self.own_id,), seen, page(first, after))


def kind(value: UnitClass) -> UnitKind:
    """Return a class as the wire has it."""
    return UnitKind(
        code=value.code, name_zh=value.name_zh, name_en=value.name_en, dimension=value.dimension, unit=value.unit,
        scale=value.scale, is_serialised=value.is_serialised, max_transfers=value.max_transfers,
        programme=value.programme, source=value.source, confidence=value.confidence, frozen_at=value.frozen_at,
        frozen_reason=value.frozen_reason,
    )  # fmt: skip


def ranges(serials: Sequence[Serials]) -> list[SerialRange]:
    """Return runs of serials as the wire has them."""
    return [SerialRange(first=BigInt(first), last=BigInt(last)) for first, last in serials]


def amounts(value: Amounts) -> UnitAmounts:
    """Return what lies in each bucket as the wire has it."""
    by_name = {each.value: value.get(each, NOTHING) for each in Bucket if each is not Bucket.ORIGIN}
    held = sum((value.get(each, NOTHING) for each in HELD), NOTHING)
    return UnitAmounts(**by_name, held=held, total=sum(by_name.values(), NOTHING))


def batch(value: BatchValue) -> UnitBatch:
    """Return a batch as the wire has it."""
    return UnitBatch(
        id=node_id("UnitBatch", value.id), own_id=value.id, class_code=value.class_code, origin=value.origin,
        vintage=value.vintage, produced_from=value.produced_from, produced_to=value.produced_to,
        valid_until=value.valid_until, is_transferable=value.is_transferable, transfers_used=value.transfers_used,
        project_code=value.project_code, attributes=JSON(value.attributes), created_at=value.created_at,
    )  # fmt: skip


def _codes(value: CodeValue) -> RegistryCodes:
    origin = value.origin
    return RegistryCodes(
        registry=origin.registry, frame=origin.frame, first_number=BigInt(origin.first),
        last_number=BigInt(origin.last), serials=ranges([value.serials])[0],
    )  # fmt: skip


async def codes_page(
    context: Context, batch_ids: Sequence[UUID], serials: Sequence[Serials], asked: Page
) -> Connection[RegistryCodes]:
    """Return a page of the registry's codes of serials, by serial."""
    key = asked.key(int)
    after = 0 if key is None else key[0]
    rows = await context.loader(queries_serials.load_codes).load(
        CodesKey(tuple(batch_ids), tuple(serials), after, asked.fetch)
    )
    return connect(rows, asked, key=lambda row: [row.serials[0]], make=_codes)


async def load_class(context: Context, code: str) -> UnitKind | None:
    """Return a class through the request's loader."""
    found = await context.loader(queries_movements.load_classes).load(code)
    return None if found is None else kind(found)


async def load_batch(context: Context, *ids: UUID) -> UnitBatch | None:
    """Return a batch through the request's loader, None when the caller sees none."""
    context.scope.require("ledger:read")
    if len(ids) != 1:
        return None
    found = await context.loader(queries_movements.load_batches).load(ids[0])
    return None if found is None else batch(found)


node_loader("UnitBatch")(load_batch)
