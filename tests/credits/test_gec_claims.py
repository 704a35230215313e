"""Claiming certificates: cancelled, claimed and set against electricity at once, or not at all."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from factories import identity, inventory, ledger
from factories.gec_claims import Consumer, certified, consumer, ended, holder_name
from sqlalchemy import text

from backend.accounts.errors import AccountNotFound, AccountNotYours
from backend.credits.gec import claiming
from backend.credits.gec.claim_errors import (
    CertificateClaimNotFound,
    CertificatesNotEnough,
    CertificatesUnsuitable,
    ClaimBeneficiaryInvalid,
    ClaimSelectionInvalid,
    ClaimUsesInvalid,
    ClaimYearInvalid,
)
from backend.credits.gec.claim_values import Claimed, Wanted
from backend.emissions import service as emissions
from backend.emissions.claims.errors import ClaimExceedsPurchase, ClaimYearClosed
from backend.emissions.inventory.errors import YearNotOpen
from backend.emissions.inventory.reproduce import reproduce
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.scope import Scope
from backend.ledger import errors as ledger_errors
from backend.ledger import service as ledger_service
from backend.ledger.values import Selection

RESIDUAL = Decimal("0.6096")
GRID = Decimal("0.5827")
TABLES = ("ledger_movement", "ledger_posting", "claim", "claim_extent", "claim_guard", "energy_claim")


async def claim(
    databases: Databases, held: Consumer, wanted: Wanted | int, year: int = 2026, **given: Any
) -> list[Claimed]:
    asked = Wanted(Decimal(wanted)) if isinstance(wanted, int) else wanted
    scope = given.pop("scope", held.scope)
    async with databases.write(scope) as write:
        return await claiming.claim_certificates(write, scope, account_id=held.id, year=year, wanted=asked, **given)


async def reverse(databases: Databases, held: Consumer, movement_id: UUID, scope: Scope | None = None) -> Any:
    registrar = scope or held.place.authority()
    async with databases.write(registrar) as write:
        return await claiming.reverse_claim(write, registrar, movement_id=movement_id, note="误操作更正")


async def counted(databases: Databases) -> dict[str, int]:
    async with databases.read(Scope.system("wuxi")) as read:
        return {table: await read.value(text(f"select count(*) from {table}")) for table in TABLES}


async def refused(
    databases: Databases, error: type[CarbonError], held: Consumer, *given: Any, **more: Any
) -> CarbonError:
    """The claim is refused by this error, and nothing at all has changed."""
    before = await counted(databases), await ledger.held(databases, held.id, "GEC")
    with pytest.raises(error) as told:
        await claim(databases, held, *given, **more)
    assert (await counted(databases), await ledger.held(databases, held.id, "GEC")) == before
    return told.value


async def test_a_claim_cancels_claims_and_covers(databases: Databases) -> None:
    held = await consumer(databases)
    batch = await certified(databases, held, 300)
    [one] = await claim(databases, held, 250)
    assert await ledger.held(databases, held.id, "GEC") == {"available": 50, "retired": 250}
    assert (one.movement.kind, one.movement.quantity, one.movement.period) == ("retire", 250, 2026)
    assert one.movement.beneficiary == await holder_name(databases, held)
    assert one.movement.purpose == "market_scope2"
    assert [each.use.value for each in one.claims] == ["market_scope2"]
    assert batch.serials is not None
    first = batch.serials[0]
    assert [(each.first, each.last) for each in one.claims[0].extents] == [(first, first + 249)]
    assert one.energy is not None
    assert one.energy.mwh == 250
    [part] = one.energy.parts
    assert (part.produced, part.serials, part.project, part.technology) == (
        date(2026, 3, 1), ((first, first + 249),), "11320000000000001", "wind",
    )  # fmt: skip
    computed = await inventory.compute(databases, held.place, 2026, date(2026, 11, 1))
    stored = await inventory.inventory_of(databases, held.place, computed)
    assert stored.scope2_market == (1200 - 250) * RESIDUAL
    assert stored.scope2_location == 1200 * GRID
    async with databases.read(held.scope) as read:
        again = await reproduce(read, held.scope, held.id, computed.inventory_id)
    assert again.differences == []


async def test_a_quantity_takes_the_suitable_that_expire_first(databases: Databases) -> None:
    held = await consumer(databases)
    late = await certified(databases, held, 10, valid_until=date(2098, 6, 30))
    soon = await certified(databases, held, 10, valid_until=date(2098, 1, 31), produced_from=date(2026, 2, 1))
    await certified(
        databases, held, 10, valid_until=date(2097, 12, 31), produced_from=date(2025, 12, 1), vintage=2025
    )  # another year's
    found = await claim(databases, held, 15, uses=("market_scope2", "renewable_duty"))
    assert [(each.movement.batch_ids[0], each.movement.quantity) for each in found] == [(soon.id, 10), (late.id, 5)]
    assert len({each.movement.group_id for each in found}) == 1
    assert [[one.use.value for one in each.claims] for each in found] == [["market_scope2", "renewable_duty"]] * 2
    short = await refused(databases, CertificatesNotEnough, held, 6)
    assert (short.details["asked"], short.details["suitable"], short.details["held"]) == ("6", "5", "15")
    assert short.details["check"] == "certificate_year"
    await refused(databases, ledger_errors.InsufficientUnits, await consumer(databases), 1)


async def test_before_2026_only_validity_counts(databases: Databases) -> None:
    held = await consumer(databases)
    old = await certified(
        databases, held, 10, valid_until=date(2096, 12, 31), produced_from=date(2024, 12, 1), vintage=2024
    )
    await refused(databases, CertificatesUnsuitable, held, Wanted(batch_id=old.id), 2026)
    [one] = await claim(databases, held, Wanted(batch_id=old.id), 2025)
    assert one.movement.quantity == 10
    unknown = await certified(databases, held, 5, produced_from=None, produced_to=None)
    told = await refused(databases, CertificatesUnsuitable, held, Wanted(batch_id=unknown.id), 2026)
    assert told.details["outcome"] == "cannot_tell"


@pytest.mark.parametrize("kind", ["self_use", "off_grid", "older_hydro"])
async def test_what_is_not_traded_is_claimed_by_its_generator_alone(databases: Databases, kind: str) -> None:
    held = await consumer(databases)
    own = await holder_name(databases, held)
    foreign = await certified(
        databases, held, 5, is_transferable=False, attributes={"kind": kind, "project_owner": "别家电厂"}
    )
    told = await refused(databases, CertificatesUnsuitable, held, Wanted(batch_id=foreign.id))
    assert (told.details["check"], told.details["outcome"]) == ("certificate_holder", "fail")
    nameless = await certified(databases, held, 5, is_transferable=False, attributes={"kind": kind})
    told = await refused(databases, CertificatesUnsuitable, held, Wanted(batch_id=nameless.id))
    assert told.details["outcome"] == "cannot_tell"
    mine = await certified(databases, held, 5, is_transferable=False, attributes={"kind": kind, "project_owner": own})
    assert len(await claim(databases, held, Wanted(batch_id=mine.id))) == 1


async def test_bundled_and_contracted_certificates_are_the_holders(databases: Databases) -> None:
    held = await consumer(databases)
    bundled = await certified(databases, held, 5, is_transferable=False, attributes={"is_bundled": True})
    contracted = await certified(
        databases, held, 5, is_transferable=False,
        attributes={"kind": "self_use", "project_owner": "别家电厂", "self_use_contract": "EMC-2026-1"},
    )  # fmt: skip
    for batch in (bundled, contracted):
        assert len(await claim(databases, held, Wanted(batch_id=batch.id))) == 1
    mechanism = await certified(databases, held, 5, attributes={"mechanism_energy": True})
    await refused(databases, CertificatesUnsuitable, held, Wanted(batch_id=mechanism.id))
    mystery = await certified(databases, held, 5, is_transferable=False, attributes={"kind": ""})
    await refused(databases, CertificatesUnsuitable, held, Wanted(batch_id=mystery.id))


async def test_serials_are_claimed_as_named_and_once(databases: Databases) -> None:
    held = await consumer(databases)
    batch = await certified(databases, held, 100)
    assert batch.serials is not None
    first = batch.serials[0]
    [one] = await claim(databases, held, Wanted(serials=((first + 10, first + 19), (first + 40, first + 40))))
    assert one.movement.serials == ((first + 10, first + 19), (first + 40, first + 40))
    assert one.energy is not None
    assert one.energy.mwh == 11
    await refused(databases, ledger_errors.SerialsNotHere, held, Wanted(serials=((first + 15, first + 20),)))
    await refused(databases, ledger_errors.SerialsUnknown, held, Wanted(serials=((2**60, 2**60 + 1),)))


async def test_more_than_the_electricity_is_refused(databases: Databases) -> None:
    held = await consumer(databases, "10")
    await certified(databases, held, 500)
    told = await refused(databases, ClaimExceedsPurchase, held, 121)
    assert told.details["room"] == "120"
    await claim(databases, held, 121, uses=("renewable_duty",))
    assert len(await claim(databases, held, 120)) == 1
    await refused(databases, ClaimExceedsPurchase, held, 1)


async def test_input_that_cannot_be_right_is_refused_by_name(databases: Databases) -> None:
    held = await consumer(databases)
    batch = await certified(databases, held, 10)
    await refused(databases, ClaimUsesInvalid, held, 1, uses=())
    await refused(databases, ClaimUsesInvalid, held, 1, uses=("ccer",))
    await refused(databases, ClaimYearInvalid, held, 1, 2022)
    await refused(databases, ClaimYearInvalid, held, 1, 2999)
    await refused(databases, ClaimSelectionInvalid, held, Wanted())
    await refused(databases, ClaimSelectionInvalid, held, Wanted(serials=((1, 1),), batch_id=batch.id))
    await refused(databases, ClaimBeneficiaryInvalid, held, 1, beneficiary="别家企业")
    await refused(databases, ledger_errors.QuantityNotPositive, held, 0)
    await refused(databases, ledger_errors.QuantityNotPositive, held, -3)
    await refused(databases, ledger_errors.UnitsNotWhole, held, Wanted(Decimal("0.5")))
    await refused(databases, YearNotOpen, held, 1, 2024)
    [one] = await claim(databases, held, 1, uses=("renewable_duty",), beneficiary="子公司")
    assert one.movement.beneficiary == "子公司"
    assert one.energy is None


async def test_only_whoever_may_claims_and_only_the_own(databases: Databases) -> None:
    held, other = await consumer(databases), await consumer(databases)
    await certified(databases, held, 10)
    await refused(
        databases, Forbidden, held, 1, scope=await identity.colleague(databases, held.held.holder, "energy_manager")
    )
    await refused(databases, AccountNotFound, held, 1, scope=other.scope)
    district = replace(held.place.authority(), permissions=held.scope.permissions)
    await refused(databases, AccountNotYours, held, 1, scope=district)


async def test_expired_certificates_are_refused(databases: Databases, servers: Any) -> None:
    held = await consumer(databases)
    batch = await certified(databases, held, 10)
    await ended(servers, batch.id, -2)
    await refused(databases, ledger_errors.UnitsExpired, held, Wanted(batch_id=batch.id))
    assert (await refused(databases, CertificatesNotEnough, held, 1)).details["check"] == "certificate_validity"


async def test_the_registrar_takes_everything_back_at_once(databases: Databases) -> None:
    held = await consumer(databases)
    await certified(databases, held, 100)
    [one] = await claim(databases, held, 100, uses=("market_scope2", "renewable_duty"))
    with pytest.raises(Forbidden):
        await reverse(databases, held, one.movement.id, held.scope)
    elsewhere = await identity.authority(databases, division="320205")
    with pytest.raises(CertificateClaimNotFound):
        await reverse(databases, held, one.movement.id, elsewhere.scope)
    found = await reverse(databases, held, one.movement.id)
    assert found.claims == 2
    assert found.energy is not None
    assert found.movement.reverses_id == one.movement.id
    assert await ledger.held(databases, held.id, "GEC") == {"available": 100}
    async with databases.read(held.scope) as read:
        assert await emissions.claimed_energy(read, held.scope, [held.id], 2026) == {held.id: 0}
    with pytest.raises(CertificateClaimNotFound):
        await reverse(databases, held, one.movement.id)
    [again] = await claim(databases, held, 100)
    assert again.energy is not None


async def test_a_reversal_in_a_closed_year_is_refused_and_changes_nothing(databases: Databases) -> None:
    held = await consumer(databases)
    await certified(databases, held, 100)
    [one] = await claim(databases, held, 100)
    async with databases.write(held.place.system) as write:
        await write.run(
            text("update reporting_year set closed_at = now() where account_id = :id and year = 2026"), {"id": held.id}
        )
    before = await counted(databases)
    with pytest.raises(ClaimYearClosed):
        await reverse(databases, held, one.movement.id)
    assert await counted(databases) == before
    assert await ledger.held(databases, held.id, "GEC") == {"retired": 100}


async def test_claims_at_the_same_moment_never_cover_more_than_was_bought(databases: Databases) -> None:
    held = await consumer(databases)
    await certified(databases, held, 2000)
    found = await asyncio.gather(*(claim(databases, held, 170) for _ in range(10)), return_exceptions=True)
    refusals = [each for each in found if isinstance(each, BaseException)]
    assert {type(each) for each in refusals} == {ClaimExceedsPurchase}
    assert len(refusals) == 3  # seven times 170 of 1,200
    assert await ledger.held(databases, held.id, "GEC") == {"available": 2000 - 7 * 170, "retired": 7 * 170}
    async with databases.read(held.scope) as read:
        assert await emissions.claimed_energy(read, held.scope, [held.id], 2026) == {held.id: 7 * 170}


async def test_what_is_claimed_elsewhere_or_not_at_all_is_not_taken_back_here(databases: Databases) -> None:
    held = await consumer(databases)
    batch = await certified(databases, held, 10)
    async with databases.write(held.scope) as write:
        [gone] = await ledger_service.retire(write, held.scope, held.id, [Selection("GEC", Decimal(3))])
        extents = ledger_service.of_serials(gone.serials)
        await ledger_service.claim(
            write, held.scope, ledger_service.Use.DISCLOSURE, held.id, extents, movement_id=gone.id
        )
    for movement_id in (gone.id, batch.id):
        with pytest.raises(CertificateClaimNotFound):
            await reverse(databases, held, movement_id)
    assert await ledger.held(databases, held.id, "GEC") == {"available": 7, "retired": 3}
