"""Serials and claims on the wire: the life of one unit, and whether a benefit is used up."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from backend.ledger import queries_serials
from backend.ledger.claims import queries as claim_queries
from backend.ledger.claims.errors import BenefitMissing, SerialQuestionInvalid
from backend.ledger.claims.rules import Rule
from backend.ledger.claims.values import Extent, StandingClaim, Use, energy_subject, of_serials
from backend.ledger.errors import ProductionInvalid
from backend.ledger.rules import check_serials
from backend.ledger.schema_movements import Claim, ClaimExtent, UnitMovement, claim, extent, load_movement
from backend.ledger.schema_units import UnitBatch, load_batch
from backend.ledger.values import Bucket, PostingValue, Serials
from backend.wire.context import Info
from backend.wire.scalars import BigInt


@strawberry.input(description="A run of serials, both ends included.")
class SerialRangeInput:
    """A run of serials."""

    first: BigInt = strawberry.field(description="First serial.")
    last: BigInt = strawberry.field(description="Last serial; the same for one unit.")


@strawberry.input(description="One unit by its issuing registry's own code.")
class RegistryCodeInput:
    """One unit by its registry's own code."""

    registry: str = strawberry.field(description="The registry that issued it.")
    frame: str = strawberry.field(description="The part of the code that stays.")
    number: BigInt = strawberry.field(description="The number that counts on.")


@strawberry.input(description="The energy of a plant on some days.")
class PlantEnergyInput:
    """The energy of a plant on some days."""

    plant: str = strawberry.field(description="The plant's code.")
    first_day: date = strawberry.field(description="First day.")
    last_day: date = strawberry.field(description="Last day, included.")


@strawberry.type(description="Where a unit came to lie, and by which movement.")
class SerialStep:
    """Where a unit came to lie."""

    movement_id: strawberry.Private[UUID]
    bucket: Bucket = strawberry.field(description="In which bucket.")

    @strawberry.field(description="The movement: number, accounts, moment.")
    async def movement(self, info: Info) -> UnitMovement | None:
        """Return the movement."""
        return await load_movement(info.context, self.movement_id)


@strawberry.type(description="The whole life of one unit, as far as you may look.")
class SerialLife:
    """The whole life of one unit."""

    batch_id: strawberry.Private[UUID]
    left_id: strawberry.Private[UUID | None]
    serial: BigInt = strawberry.field(description="Its serial here.")
    steps: list[SerialStep] = strawberry.field(description="Where it came to lie, in order.")

    @strawberry.field(description="Its batch.")
    async def batch(self, info: Info) -> UnitBatch | None:
        """Return its batch."""
        return await load_batch(info.context, self.batch_id)

    @strawberry.field(
        description="The movement by which it went where you cannot look, such as the transfer to its new holder; null "
        "while it lies where the last step says."
    )
    async def left_by(self, info: Info) -> UnitMovement | None:
        """Return the movement by which it left."""
        return None if self.left_id is None else await load_movement(info.context, self.left_id)

    @strawberry.field(description="The claims that stand on it; those of others without saying whose.")
    async def claims(self, info: Info) -> "list[StandingUse]":
        """Return the claims that stand on it."""
        async with info.context.read() as read:
            run = (int(self.serial), int(self.serial))
            found = await claim_queries.claimed(read, info.context.scope, of_serials((run,)))
        return [_standing(each) for each in found]


@strawberry.type(description="A use that a benefit serves already.")
class StandingUse:
    """A use that a benefit serves already."""

    use: Use = strawberry.field(description="What for.")
    period: int | None = strawberry.field(description="For which year.")
    extent: ClaimExtent = strawberry.field(description="The part of what you asked for.")
    claim: Claim | None = strawberry.field(
        description="The claim, if you may see it; whose the others are is not told."
    )


@strawberry.type(description='The one answer to "already claimed?".')
class ClaimAnswer:
    """The one answer to "already claimed?"."""

    is_claimed: bool = strawberry.field(description="Whether any use stands on any part.")
    uses: list[StandingUse] = strawberry.field(description="Which, oldest first.")


@strawberry.type(description="A pair of uses that one benefit cannot serve both (互斥规则).")
class ClaimRule:
    """A pair of uses that exclude each other."""

    code: str = strawberry.field(description="Its code.")
    uses: list[Use] = strawberry.field(description="The two uses; one of them when it excludes itself.")
    test: str = strawberry.field(
        description="`repeat`: not twice; `any_owner`: never both; `other_owner`: both only by one account."
    )
    reason_zh: str = strawberry.field(description="理由。")
    reason_en: str = strawberry.field(description="Why.")
    document: str = strawberry.field(description="The document it comes from, or that it is a rule of this house.")
    confidence: str = strawberry.field(description="How sure that is.")


def serial_runs(given: Sequence[SerialRangeInput] | None) -> tuple[Serials, ...]:
    """Return runs of serials as the books take them."""
    return tuple((int(each.first), int(each.last)) for each in given or ())


def _energy(given: PlantEnergyInput) -> Extent:
    first, last = given.first_day.toordinal(), given.last_day.toordinal()
    if first > last:
        raise ProductionInvalid(first=given.first_day, last=given.last_day, path=("energy", "lastDay"))
    if not given.plant.strip():
        raise BenefitMissing(path=("energy", "plant"))
    return Extent(energy_subject(given.plant), first, last)


def _standing(value: StandingClaim) -> StandingUse:
    return StandingUse(
        use=value.use, period=value.period, extent=extent(value.extent.subject, (value.extent.first, value.extent.last)),
        claim=None if value.claim is None else claim(value.claim),
    )  # fmt: skip


def _rule(value: Rule) -> ClaimRule:
    return ClaimRule(
        code=value.code, uses=sorted({Use(value.use_a), Use(value.use_b)}), test=value.test, reason_zh=value.reason_zh,
        reason_en=value.reason_en, document=value.document, confidence=value.confidence,
    )  # fmt: skip


def _life(serial: int, steps: Sequence[tuple[UUID, PostingValue]], left_id: UUID | None) -> SerialLife:
    return SerialLife(
        batch_id=steps[0][1].batch_id, left_id=left_id, serial=BigInt(serial),
        steps=[SerialStep(movement_id=movement_id, bucket=each.bucket) for movement_id, each in steps],
    )  # fmt: skip


@strawberry.type
class ClaimsQuery:
    """Reads of serials and claims."""

    @strawberry.field(
        description="The whole life of a unit, by its serial here or by its registry's code; empty when no part of it is "
        "yours to see. A code that was imported, reversed and imported again has a life for each time."
    )
    async def serial_life(
        self,
        info: Info,
        serial: Annotated[BigInt | None, strawberry.argument(description="Its serial here.")] = None,
        registry_code: Annotated[
            RegistryCodeInput | None, strawberry.argument(description="Its issuing registry's code.")
        ] = None,
    ) -> list[SerialLife]:
        """Return the lives of a unit."""
        scope = info.context.scope
        scope.require("ledger:read")
        if (serial is None) == (registry_code is None):
            raise SerialQuestionInvalid(path=("serial",))
        async with info.context.read() as read:
            serials = [int(serial)] if serial is not None else []
            if registry_code is not None:
                serials = await queries_serials.serials_of_code(
                    read, scope, registry_code.registry, registry_code.frame, int(registry_code.number)
                )
            lives = [(each, await queries_serials.arrivals(read, scope, each)) for each in serials[:10]]
            return [
                _life(each, steps, await queries_serials.departure(read, scope, steps, each))
                for each, steps in lives
                if steps
            ]

    @strawberry.field(
        description='"Already claimed?" (是否已声明) has one answer: every use that stands on these units or this energy. '
        "For claims of others it tells use and year, never whose."
    )
    async def already_claimed(
        self,
        info: Info,
        serials: Annotated[
            list[SerialRangeInput] | None, strawberry.argument(description="Units; at most 1,000 ranges.")
        ] = None,
        energy: Annotated[PlantEnergyInput | None, strawberry.argument(description="Energy of a plant.")] = None,
    ) -> ClaimAnswer:
        """Tell whether benefits are used up."""
        scope = info.context.scope
        scope.require("ledger:read")
        runs = serial_runs(serials)
        check_serials(runs, "serials")
        extents = of_serials(runs)
        if energy is not None:
            extents = (*extents, _energy(energy))
        if not extents:
            raise BenefitMissing(path=("serials",))
        async with info.context.read() as read:
            found = await claim_queries.claimed(read, scope, extents)
        return ClaimAnswer(is_claimed=bool(found), uses=[_standing(each) for each in found])

    @strawberry.field(description="The matrix of uses that exclude each other, with source and confidence.")
    async def claim_rules(self, info: Info) -> list[ClaimRule]:
        """Return the matrix of uses."""
        async with info.context.read() as read:
            return [_rule(each) for each in await claim_queries.claim_rules(read, info.context.scope)]
