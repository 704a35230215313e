"""An allocation that was issued is revoked by the registrar: the ledger and the record of it change together."""

from decimal import Decimal
from typing import Any

import pytest
from factories import quotas as make

from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.errors import MovementNotReversible, MovementOwned
from backend.ledger.values import CEA, Bucket, Reason, Selection
from backend.quotas import errors, queries, service
from backend.quotas.values import AllocationState, Stage


async def available(databases: Databases, plant: make.Regulated) -> Decimal:
    async with databases.read(plant.scope) as read:
        found = await ledger.balances(read, plant.scope, [plant.id], CEA)
    return sum((each.amount for each in found if each.bucket is Bucket.AVAILABLE), Decimal(0))


async def stands(databases: Databases, plant: make.Regulated) -> Any:
    async with databases.read(plant.scope) as read:
        return await queries.allocations(read, plant.scope, account_id=plant.id), await available(databases, plant)


async def refused(databases: Databases, plant: make.Regulated, scope: Scope, command: Any, **given: Any) -> CarbonError:
    """Run a command that must be refused, and see that no allocation and no unit changed."""
    before = await stands(databases, plant)
    with pytest.raises(CarbonError) as caught:
        async with databases.write(scope) as write:
            await command(write, scope, account_id=plant.id, **given)
    assert await stands(databases, plant) == before
    return caught.value


async def test_an_issued_allocation_is_revoked_here_and_not_in_the_ledger_alone(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.known_year(databases, plant, 2023, "1000000")
    pre = await make.issued(databases, plant, 2024, Stage.PRE)
    await make.known_year(databases, plant, 2024, "1200000")
    final = await make.issued(databases, plant, 2024)
    before = await available(databases, plant)
    for made in (pre, final):
        with pytest.raises(MovementOwned) as told:
            async with databases.write(plant.bureau) as write:
                await ledger.correct(write, plant.bureau, made.movement_id, Reason(note="误发"))
        assert told.value.details["undo"] == "revokeAllocation"
    named = {"allocation_id": pre.id, "reason": "基础数据错误"}
    assert isinstance(await refused(databases, plant, plant.scope, service.revoke, **named), Forbidden)
    assert isinstance(await refused(databases, plant, plant.bureau, service.revoke, **named), errors.AllocationBuiltOn)
    silent = {"allocation_id": final.id, "reason": " "}
    assert isinstance(await refused(databases, plant, plant.bureau, service.revoke, **silent), errors.QuotaTextMissing)
    assert await available(databases, plant) == before
    for made in (final, pre):
        async with databases.write(plant.bureau) as write:
            revoked = await service.revoke(
                write, plant.bureau, account_id=plant.id, allocation_id=made.id, reason="基础数据错误"
            )
        assert (revoked.state, revoked.revocation, revoked.movement_id) == (
            AllocationState.REVOKED, "基础数据错误", made.movement_id,
        )  # fmt: skip
    assert await available(databases, plant) == 0
    again = await refused(databases, plant, plant.bureau, service.revoke, **named)
    assert isinstance(again, errors.AllocationDecided)
    anew = await make.issued(databases, plant, 2024)
    assert (anew.computed, anew.quantity, anew.issued_before) == (final.computed, 1_079_950, 0)
    async with databases.write(plant.scope) as write:
        await ledger.reserve(write, plant.scope, plant.id, Selection(CEA, Decimal(1)))
    moved = {"allocation_id": anew.id, "reason": "基础数据错误"}
    assert isinstance(await refused(databases, plant, plant.bureau, service.revoke, **moved), MovementNotReversible)
    assert await available(databases, plant) == 1_079_949


async def test_a_surrender_is_not_reversed_in_the_ledger_alone(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.given_units(databases, plant, 100, vintage=2024)
    await make.verify(databases, plant, 2024, "60", of_facility=False)
    async with databases.write(plant.scope) as write:
        parts = [service.Part(CEA, Decimal(60))]
        made = await service.surrender(write, plant.scope, account_id=plant.id, year=2024, parts=parts)
    with pytest.raises(MovementOwned) as told:
        async with databases.write(plant.bureau) as write:
            await ledger.correct(write, plant.bureau, made.lines[0].movement_id, Reason(note="误操作"))
    assert told.value.details["undo"] == "undoSurrender"
    assert await available(databases, plant) == 40
