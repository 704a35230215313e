"""Movements, holds and claims on the wire: each has its lasting page, and each leads to the others."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.identity.schema_types import Organisation, Person, load_organisation, load_person
from backend.ledger import queries_movements
from backend.ledger.claims import queries as claim_queries
from backend.ledger.claims.values import ClaimValue, Use
from backend.ledger.journal.queries import load_positions
from backend.ledger.queries_movements import PartValue
from backend.ledger.schema_units import (
    A_FEW,
    After,
    First,
    RegistryCodes,
    SerialRange,
    UnitBatch,
    UnitKind,
    batch,
    codes_page,
    load_batch,
    load_class,
    ranges,
)
from backend.ledger.values import (
    ORIGIN,
    Bucket,
    HoldKind,
    HoldState,
    HoldValue,
    MovementKind,
    MovementValue,
    PostingValue,
    Serials,
)
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader
from backend.wire.scalars import JSON, BigInt

strawberry.enum(MovementKind, name="UnitMovementKind", description="What a movement did.")
strawberry.enum(HoldKind, name="UnitHoldKind", description="Why units are locked: OFFER, PLEDGE, RESERVATION.")
strawberry.enum(
    HoldState,
    name="UnitHoldState",
    description="OPEN; SETTLED (accepted, or used by a retirement or surrender); RELEASED; LAPSED.",
)
strawberry.enum(Use, name="ClaimUse", description="What an environmental benefit is used for (环境权益用途).")
NUMBERS = ("from_number", "to_number")
"""Facts every movement has; shown as fields of their own."""


@strawberry.type(description="What a claim covers: serials of the books, or days of a plant's energy.")
class ClaimExtent:
    """What a claim covers."""

    subject: str = strawberry.field(description="`serials`, or `energy:` and the plant's code.")
    serials: SerialRange | None = strawberry.field(description="The serials; null for energy.")
    first_day: date | None = strawberry.field(description="First day of the energy; null for serials.")
    last_day: date | None = strawberry.field(description="Last day of the energy; null for serials.")


@strawberry.type(description="One use of environmental benefits by one account (环境权益声明): each benefit once.")
class Claim(Node):
    """One use of environmental benefits by one account."""

    owner_id: strawberry.Private[UUID]
    movement_id: strawberry.Private[UUID | None]
    use: Use = strawberry.field(description="What for.")
    period: int | None = strawberry.field(description="The year it is claimed for.")
    extents: list[ClaimExtent] = strawberry.field(description="What it covers.")
    claimed_at: datetime = strawberry.field(description="When.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn; null while it stands.")
    facts: JSON = strawberry.field(description="What else was said, by name.")

    @strawberry.field(description="The account that claims.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account that claims."""
        return await load_account(info.context, self.owner_id)

    @strawberry.field(description="The movement behind it, if there is one.")
    async def movement(self, info: Info) -> "UnitMovement | None":
        """Return the movement behind it."""
        return await load_movement(info.context, self.movement_id)


@strawberry.type(description="One line of a movement on an account you may look into.")
class UnitPosting:
    """One line of a movement."""

    batch_id: strawberry.Private[UUID]
    account_number: str | None = strawberry.field(description="The account's number; null where units come from.")
    bucket: Bucket = strawberry.field(description="The bucket that changed.")
    amount: Decimal = strawberry.field(description="What came (positive) or went (negative).")
    balance: Decimal = strawberry.field(description="What the bucket then held of this batch.")
    serials: list[SerialRange] = strawberry.field(description="Which units.")

    @strawberry.field(description="Of which batch.")
    async def batch(self, info: Info) -> UnitBatch | None:
        """Return the batch."""
        return await load_batch(info.context, self.batch_id)


@strawberry.type(
    description="A movement of units (流水), for ever under its number: what, how much, which serials, from whom to whom, "
    "by whose order, why."
)
class UnitMovement(Node):
    """A movement of units."""

    value: strawberry.Private[MovementValue]
    number: BigInt = strawberry.field(description="Its lasting number within the jurisdiction.")
    kind: MovementKind = strawberry.field(description="What it did.")
    quantity: Decimal = strawberry.field(description="How many units, always positive; the class names the unit.")
    class_code: str = strawberry.field(description="Code of its class; `unitClass` has the rest.")
    from_number: str | None = strawberry.field(
        description="Number of the account that gave; null where units come from."
    )
    to_number: str | None = strawberry.field(description="Number of the account that received.")
    serials: list[SerialRange] = strawberry.field(
        description="Which units, as far as you see a side of it; empty for units without serials."
    )
    effective_on: date = strawberry.field(description="The day it was true.")
    recorded_at: datetime = strawberry.field(description="When the books took it.")
    purpose: str = strawberry.field(description="What for, in a word.")
    beneficiary: str = strawberry.field(description="For whom units are used.")
    period: int | None = strawberry.field(description="The year they are used for.")
    reference: str = strawberry.field(description="An outside number: contract, settlement, loan.")
    note: str = strawberry.field(description="In words.")
    group_id: strawberry.ID | None = strawberry.field(
        description="Ties the movements of one operation together; `unitGroup` has their statement."
    )
    hold_id: strawberry.ID | None = strawberry.field(
        description="The offer, pledge or reservation it opened or acted on; `hold` has the rest."
    )
    facts: JSON = strawberry.field(description="What the ordering command kept with it, by name.")

    @strawberry.field(description="Its class.")
    async def unit_class(self, info: Info) -> UnitKind | None:
        """Return its class."""
        return await load_class(info.context, self.value.class_code)

    @strawberry.field(description="The account that gave; null where you may not look.")
    async def from_account(self, info: Info) -> CarbonAccount | None:
        """Return the account that gave."""
        return await _account(info.context, self.value.from_account_id)

    @strawberry.field(description="The account that received; null where you may not look.")
    async def to_account(self, info: Info) -> CarbonAccount | None:
        """Return the account that received."""
        return await _account(info.context, self.value.to_account_id)

    @strawberry.field(description="Its place in the journal's chain; `journalProof` proves it.")
    async def journal_position(self, info: Info) -> BigInt | None:
        """Return its place in the journal."""
        found = await info.context.loader(load_positions).load(self.value.id)
        return None if found is None else BigInt(found)

    @strawberry.field(description="The batches its units are of, as far as you see a side of it.")
    async def batches(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[UnitBatch]:
        """Return the batches."""
        asked = page(first, after)
        start = _start(asked)
        ids = self.value.batch_ids[start : start + asked.fetch]
        found = await info.context.loader(queries_movements.load_batches).load_many(ids)
        return _numbered(asked, start, found, batch)

    @strawberry.field(description="The issuing registry's codes of its units, by serial.")
    async def registry_codes(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[RegistryCodes]:
        """Return the registry's codes."""
        return await codes_page(info.context, self.value.batch_ids, self.value.serials, page(first, after))

    @strawberry.field(description="The offer, pledge or reservation it opened or acted on.")
    async def hold(self, info: Info) -> "UnitHold | None":
        """Return the hold."""
        return await load_hold(info.context, self.value.hold_id)

    @strawberry.field(description="Its lines on accounts you may look into.")
    async def postings(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[UnitPosting]:
        """Return its lines."""
        asked = page(first, after)
        start = _start(asked)
        lines = await info.context.loader(queries_movements.load_postings).load(self.value.id)
        found = lines[start : start + asked.fetch]
        return _numbered(asked, start, found, lambda each: _posting(self.value, each))

    @strawberry.field(description="The claims it made, if any.")
    async def claims(self, info: Info) -> list[Claim]:
        """Return the claims it made."""
        found = await info.context.loader(claim_queries.load_claims_of_movements).load(self.value.id)
        return [claim(each) for each in found]

    @strawberry.field(description="The movement it undoes.")
    async def reverses(self, info: Info) -> "UnitMovement | None":
        """Return the movement it undoes."""
        return await load_movement(info.context, self.value.reverses_id)

    @strawberry.field(description="The movement that undid it; null while it stands.")
    async def reversed_by(self, info: Info) -> "UnitMovement | None":
        """Return the movement that undid it."""
        return _maybe(movement, await info.context.loader(queries_movements.load_reversals).load(self.value.id))

    @strawberry.field(
        description="The organisation that ordered it; null for the service, or where you may not know it."
    )
    async def ordered_by(self, info: Info) -> Organisation | None:
        """Return the organisation that ordered it."""
        return (
            None if (ordered := self.value.organisation_id) is None else await load_organisation(info.context, ordered)
        )

    @strawberry.field(description="The person who ordered it; null for a program, or where you may not know them.")
    async def person(self, info: Info) -> Person | None:
        """Return who ordered it."""
        return await load_person(info.context, self.value.actor_id)


@strawberry.type(description="What an open hold keeps of one batch.")
class UnitHoldPart:
    """What an open hold keeps of one batch."""

    batch_id: strawberry.Private[UUID]
    quantity: Decimal = strawberry.field(description="How many.")
    serials: list[SerialRange] = strawberry.field(description="Which.")

    @strawberry.field(description="Of which batch.")
    async def batch(self, info: Info) -> UnitBatch | None:
        """Return the batch."""
        return await load_batch(info.context, self.batch_id)

    @strawberry.field(description="The issuing registry's codes of these units.")
    async def registry_codes(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[RegistryCodes]:
        """Return the registry's codes."""
        serials = tuple((int(each.first), int(each.last)) for each in self.serials)
        return await codes_page(info.context, (self.batch_id,), serials, page(first, after))


@strawberry.type(
    description="Units kept locked: an offer (要约) to another account, a pledge (质押) to a bank, a reservation (预留)."
)
class UnitHold(Node):
    """Units kept locked."""

    value: strawberry.Private[HoldValue]
    kind: HoldKind = strawberry.field(description="Why they are locked.")
    state: HoldState = strawberry.field(description="How it stands.")
    quantity: Decimal = strawberry.field(description="How many it keeps now; `openedBy` tells how many it began with.")
    reference: str = strawberry.field(description="An outside number: contract, loan.")
    expires_at: datetime | None = strawberry.field(description="When an offer lapses.")
    opened_at: datetime = strawberry.field(description="Since when.")
    closed_at: datetime | None = strawberry.field(description="Until when; null while open.")

    @strawberry.field(description="Class of the units.")
    async def unit_class(self, info: Info) -> UnitKind | None:
        """Return the class."""
        return await load_class(info.context, self.value.class_code)

    @strawberry.field(description="The account whose units they are; null where you may not look.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.value.account_id)

    @strawberry.field(description="The bank of a pledge.")
    async def bank(self, info: Info) -> Organisation | None:
        """Return the bank."""
        return None if (bank := self.value.beneficiary_id) is None else await load_organisation(info.context, bank)

    @strawberry.field(description="What it keeps now, batch by batch.")
    async def parts(self, info: Info) -> list[UnitHoldPart]:
        """Return what it keeps."""
        found = await info.context.loader(queries_movements.load_parts).load(self.value.id)
        return [_part(each) for each in found]

    @strawberry.field(description="The movement that opened it: it tells both accounts' numbers and the serials.")
    async def opened_by(self, info: Info) -> UnitMovement | None:
        """Return the movement that opened it."""
        return await load_movement(info.context, self.value.opened_by)

    @strawberry.field(description="The movement that ended it; null while open.")
    async def closed_by(self, info: Info) -> UnitMovement | None:
        """Return the movement that ended it."""
        return await load_movement(info.context, self.value.closed_by)


def movement(value: MovementValue) -> UnitMovement:
    """Return a movement as the wire has it."""
    return UnitMovement(
        id=node_id("UnitMovement", value.id), value=value, number=BigInt(value.number), kind=value.kind,
        class_code=value.class_code, quantity=value.quantity, from_number=value.facts.get("from_number") or None,
        to_number=value.facts.get("to_number") or None, serials=ranges(value.serials), effective_on=value.effective_on,
        recorded_at=value.recorded_at, purpose=value.purpose, beneficiary=value.beneficiary, period=value.period,
        reference=value.reference, note=value.note,
        group_id=None if value.group_id is None else strawberry.ID(str(value.group_id)),
        hold_id=None if value.hold_id is None else node_id("UnitHold", value.hold_id),
        facts=JSON({name: each for name, each in value.facts.items() if name not in NUMBERS}),
    )  # fmt: skip


def hold(value: HoldValue) -> UnitHold:
    """Return a hold as the wire has it."""
    return UnitHold(
        id=node_id("UnitHold", value.id), value=value, kind=value.kind, state=value.state, quantity=value.quantity,
        reference=value.reference, expires_at=value.expires_at, opened_at=value.opened_at, closed_at=value.closed_at,
    )  # fmt: skip


def claim(value: ClaimValue) -> Claim:
    """Return a claim as the wire has it."""
    return Claim(
        id=node_id("Claim", value.id), owner_id=value.owner_id, movement_id=value.movement_id, use=value.use,
        period=value.period, extents=[extent(each.subject, (each.first, each.last)) for each in value.extents],
        claimed_at=value.claimed_at, withdrawn_at=value.withdrawn_at, facts=JSON(value.facts),
    )  # fmt: skip


def extent(subject: str, run: Serials) -> ClaimExtent:
    """Return what a claim covers as the wire has it."""
    if subject == "serials":
        return ClaimExtent(subject=subject, serials=ranges([run])[0], first_day=None, last_day=None)
    first, last = (date.fromordinal(each) for each in run)
    return ClaimExtent(subject=subject, serials=None, first_day=first, last_day=last)


def _posting(of: MovementValue, line: PostingValue) -> UnitPosting:
    side = "from_number" if line.account_id == of.from_account_id else "to_number"
    return UnitPosting(
        batch_id=line.batch_id, account_number=of.facts.get(side) or None, bucket=line.bucket, amount=line.amount,
        balance=line.balance, serials=ranges(line.serials),
    )  # fmt: skip


def _part(value: PartValue) -> UnitHoldPart:
    return UnitHoldPart(batch_id=value.batch_id, quantity=value.quantity, serials=ranges(value.serials))


def _start(asked: Page) -> int:
    """Return the place a page of a list that never changes begins at. Raises PageInvalid."""
    key = asked.key(int)
    return 0 if key is None else max(key[0], 0) + 1


def _numbered(asked: Page, start: int, found: Sequence[Any], make: Any) -> Connection[Any]:  # noqa: ANN401 - any of the pairs above
    """Return a page whose cursors are places; what the caller does not see is left out."""
    rows = [(start + place, each) for place, each in enumerate(found) if each is not None]
    return connect(rows, asked, key=lambda row: [row[0]], make=lambda row: make(row[1]))


def _maybe(make: Any, value: Any) -> Any:  # noqa: ANN401 - any of the pairs above
    return None if value is None else make(value)


async def _account(context: Context, account_id: UUID | None) -> CarbonAccount | None:
    return None if account_id in (None, ORIGIN) else await load_account(context, account_id)


async def load_movement(context: Context, movement_id: UUID | None) -> UnitMovement | None:
    """Return a movement through the request's loader, None when the caller sees none."""
    if movement_id is None:
        return None
    return _maybe(movement, await context.loader(queries_movements.load_movements).load(movement_id))


async def load_hold(context: Context, hold_id: UUID | None) -> UnitHold | None:
    """Return a hold through the request's loader, None when the caller sees none."""
    return None if hold_id is None else _maybe(hold, await context.loader(queries_movements.load_holds).load(hold_id))


async def load_claim(context: Context, claim_id: UUID) -> Claim | None:
    """Return a claim through the request's loader, None when the caller sees none."""
    return _maybe(claim, await context.loader(claim_queries.load_claims).load(claim_id))


def _register(type_name: str, load: Any) -> None:  # noqa: ANN401 - one of the loaders above
    async def fetch(context: Context, *ids: UUID) -> Node | None:
        context.scope.require("ledger:read")
        return await load(context, ids[0]) if len(ids) == 1 else None

    node_loader(type_name)(fetch)


_register("UnitMovement", load_movement)
_register("UnitHold", load_hold)
_register("Claim", load_claim)
