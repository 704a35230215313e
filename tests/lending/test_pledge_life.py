"""A pledge from the bank's side: what could be pledged under a consent, the pledge it sees, its release."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from factories import identity
from factories.api import Client
from factories.ledger import held, issued
from factories.lending import Lent, counted, lent, revoked

from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.ids import new_id
from backend.ledger.service.holding import reserve
from backend.ledger.values import BatchValue, Dimension, Selection, UnitClass
from backend.lending import service
from backend.lending.errors import BanksOnly, ConsentMissing
from backend.lending.pledging.listing import is_pledgeable
from backend.wire.nodes import node_id

D = Decimal


async def listed(databases: Databases, world: Lent, bank: Any = None) -> list[Any]:
    scope = (bank or world.bank).scope
    async with databases.write(scope) as write:
        return await service.pledgeable(write, scope, world.held.id)


async def reads(databases: Databases, world: Lent) -> list[str]:
    scope = world.held.holder.scope
    async with databases.read(scope) as read:
        return [each.what for each in await service.reads_of(read, scope, limit=50)]


async def test_a_bank_lists_what_is_available_and_could_be_pledged(databases: Databases) -> None:
    world = await lent(databases, scopes=("pledge",), is_scored=False)
    first = await issued(databases, world.held.id, "CCER", 100, vintage=2024, project_code="P-1")
    await issued(databases, world.held.id, "CEA", 50, vintage=2025)
    ending = await issued(databases, world.held.id, "CCER", 7, valid_until=today())
    async with databases.write(world.held.scope) as write:
        await reserve(write, world.held.scope, world.held.id, Selection("CCER", D(40), batch_id=first.batch_ids[0]))
    found = await listed(databases, world)
    assert [(each.unit_class.code, each.quantity, each.batch.project_code) for each in found] == [
        ("CCER", D(60), "P-1"), ("CEA", D(50), None), ("CCER", D(7), None),
    ]  # fmt: skip
    assert found[2].batch.id == ending.batch_ids[0]
    assert await reads(databases, world) == ["pledge"]


def test_the_books_take_no_pledge_of_a_frozen_class_or_past_the_last_day() -> None:
    kind = UnitClass("X", "试", "Test", Dimension.TONNE, "tCO2e", 0, is_serialised=True)
    day = today()

    def batch(until: Any) -> BatchValue:
        return BatchValue(
            id=new_id(), class_code="X", origin="issue", quantity=D(1), vintage=None, produced_from=None,
            produced_to=None, valid_until=until, is_transferable=True, transfers_used=0, project_code=None, attributes={},
            serials=None, created_at=now(),
        )  # fmt: skip

    assert is_pledgeable(kind, batch(None), day)
    assert is_pledgeable(kind, batch(day), day)
    assert not is_pledgeable(kind, batch(day - timedelta(days=1)), day)
    frozen = UnitClass(
        "X", "试", "Test", Dimension.TONNE, "tCO2e", 0, is_serialised=True, frozen_at=now(), frozen_reason="查"
    )
    assert not is_pledgeable(frozen, batch(None), day)


@pytest.mark.parametrize("scopes", [("account",), ("score", "indicators", "statement")])
async def test_another_scope_opens_nothing_and_leaves_no_read(databases: Databases, scopes: tuple[str, ...]) -> None:
    world = await lent(databases, scopes=scopes, is_scored=False)
    await issued(databases, world.held.id, "CCER", 3)
    with pytest.raises(ConsentMissing):
        await listed(databases, world)
    assert await reads(databases, world) == []


async def test_only_the_bank_of_the_consent_lists(databases: Databases) -> None:
    world = await lent(databases, scopes=("pledge",), is_scored=False)
    with pytest.raises(ConsentMissing):
        await listed(databases, world, await identity.bank(databases))
    refusals: list[type[CarbonError]] = [Forbidden, BanksOnly]
    for made in (world.held.holder, await identity.authority(databases)):
        with pytest.raises(tuple(refusals)):
            await listed(databases, world, made)
    assert await reads(databases, world) == []


async def test_the_whole_life_of_a_pledge_through_the_api(databases: Databases, client: Client) -> None:
    """Listed, pledged by the holder, seen, kept through the end of the consent, released by the bank alone."""
    world = await lent(databases, scopes=("pledge",), is_scored=False)
    await issued(databases, world.held.id, "CCER", 100)
    bank, holder = await client.signed_in(world.bank), await client.signed_in(world.held.holder)
    other = await client.signed_in(await identity.bank(databases))
    account = str(node_id("CarbonAccount", world.held.id))
    (offered,) = (await bank.named("PledgeableHoldings", accountId=account))["pledgeableHoldings"]["nodes"]
    assert (offered["unitClass"], D(offered["quantity"])) == ("CCER", D(100))
    asked = {
        "accountId": account, "bankId": str(node_id("Organisation", world.bank.id)), "reason": {"reference": "L-7"},
        "units": {"unitClass": "CCER", "batchId": offered["batchId"], "quantity": "40"},
    }  # fmt: skip
    assert (await holder.named("PledgeUnits", input=asked))["pledgeUnits"]["movement"]["kind"] == "PLEDGE"
    (rest,) = (await bank.named("PledgeableHoldings", accountId=account))["pledgeableHoldings"]["nodes"]
    assert D(rest["quantity"]) == D(60)
    await revoked(databases, world)
    answer = await bank.send({"operationName": "PledgeableHoldings", "variables": {"accountId": account}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "consent_missing"
    # The pledge is the bank's security: the end of the consent does not take it away.
    (seen,) = (await bank.named("UnitHolds", kind="PLEDGE", state="OPEN"))["unitHolds"]["nodes"]
    assert (D(seen["quantity"]), seen["reference"], seen["account"]) == (D(40), "L-7", None)
    # The holder's own act needs no consent; it is open to the bank by itself.
    more = {**asked, "units": {"unitClass": "CCER", "batchId": offered["batchId"], "quantity": "10"}}
    assert (await holder.named("PledgeUnits", input=more))["pledgeUnits"]["movement"]["kind"] == "PLEDGE"
    for someone in (holder, other):
        refused = (await someone.named("ReleasePledge", input={"holdId": seen["id"]}))["releasePledge"]
        assert refused["code"] in {"forbidden", "hold_unknown"}, refused
    assert await held(databases, world.held.id, "CCER") == {"available": D(50), "pledged": D(50)}
    released = (await bank.named("ReleasePledge", input={"holdId": seen["id"], "note": "结清"}))["releasePledge"]
    assert released["movement"]["kind"] == "RELEASE"
    assert await held(databases, world.held.id, "CCER") == {"available": D(90), "pledged": D(10)}
    again = (await bank.named("ReleasePledge", input={"holdId": seen["id"]}))["releasePledge"]
    assert again["code"] == "hold_not_open"
    assert await reads(databases, world) == ["pledge", "pledge"]


async def test_the_listing_costs_the_same_however_many_batches(databases: Databases) -> None:
    world = await lent(databases, scopes=("pledge",), is_scored=False)
    await issued(databases, world.held.id, "CCER", 1)
    with counted(databases) as one:
        await listed(databases, world)
    for _ in range(5):
        await issued(databases, world.held.id, "CCER", 1)
    with counted(databases) as six:
        assert len(await listed(databases, world)) == 6
    assert len(one) == len(six)
