"""The compliance year by its commands: data, two persons, units in the ledger, receipts, and every refusal by name."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from factories import accounts, identity
from factories import quotas as make
from sqlalchemy import text

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Conflict, Forbidden, NotFound
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.errors import AlreadyClaimed
from backend.ledger.values import CCER, CEA, Bucket, Selection
from backend.quotas import errors, queries, rules, service
from backend.quotas.service.gathering import facility_years
from backend.quotas.service.surrendering import Part
from backend.quotas.values import AllocationState, ObligationBasis, Stage

TABLES = (
    "quota_facility", "quota_output", "quota_verified", "quota_allocation", "quota_allocation_line", "quota_duty_entry",
    "quota_surrender", "quota_surrender_line", "quota_carry_over", "quota_closing",
)  # fmt: skip


async def counts(databases: Databases, account_id: Any) -> dict[str, int]:
    """How many rows an account has in every table, and in the ledger."""
    async with databases.read(Scope.system("wuxi")) as read:
        found = {
            name: await read.value(text(f"select count(*) from {name} where account_id = :id"), {"id": account_id})
            for name in (*TABLES, "ledger_posting")
        }
        found["converted"] = await read.value(text("select count(*) from quota_converted"))
    return found


async def refused(databases: Databases, plant: make.Regulated, scope: Scope, command: Any, **given: Any) -> CarbonError:
    """Run a command that must be refused, and see that nothing changed."""
    before = await counts(databases, plant.id)
    with pytest.raises(CarbonError) as caught:
        async with databases.write(scope) as write:
            await command(write, scope, account_id=plant.id, **given)
    assert await counts(databases, plant.id) == before
    return caught.value


async def available(databases: Databases, plant: make.Regulated, class_code: str = CEA) -> Decimal:
    async with databases.read(plant.scope) as read:
        found = await ledger.balances(read, plant.scope, [plant.id], class_code)
    return sum((each.amount for each in found if each.bucket is Bucket.AVAILABLE), Decimal(0))


async def position(databases: Databases, plant: make.Regulated, year: int, **given: Any) -> service.Position:
    async with databases.read(plant.scope) as read:
        return await service.position(read, plant.scope, plant.id, year, **given)


async def surrender(databases: Databases, plant: make.Regulated, year: int, *parts: Part) -> service.Receipt:
    async with databases.write(plant.scope) as write:
        return await service.surrender(write, plant.scope, account_id=plant.id, year=year, parts=parts)


def cea(quantity: int) -> Part:
    return Part(CEA, Decimal(quantity))


async def test_months_make_a_year_only_when_all_are_there_and_the_newest_entry_counts(databases: Databases) -> None:
    plant = await make.regulated(databases)
    for month in range(1, 12):
        await make.state(databases, plant, 2024, month=month, mwh=Decimal(100), gj=Decimal(10), load=None)

    async def year() -> Any:
        async with databases.read(plant.scope) as read:
            [found] = await facility_years(read, plant.scope, plant.id, 2024)
        return found

    found = await year()
    assert (found.mwh, found.missing_months, found.is_summed) == (None, (12,), True)
    await make.state(databases, plant, 2024, month=12, mwh=Decimal(100), gj=Decimal(10), load=None)
    await make.state(databases, plant, 2024, month=12, mwh=Decimal("150.5"), gj=Decimal(10), load=None)
    found = await year()
    assert (found.mwh, found.gj, found.missing_months) == (Decimal("1250.5"), Decimal(120), ())
    await make.state(databases, plant, 2024)
    assert (await year()).mwh == 1_300_000
    async with databases.read(plant.scope) as read:
        key = queries.HistoryKey(plant.id, plant.facility.id, 2024, 100, None)
        [history] = await queries.output_histories(read, plant.scope, [key])
    assert len(history) == 14


async def test_entry_is_refused_by_name(databases: Databases) -> None:
    plant = await make.regulated(databases, since=date(2022, 5, 1))
    own = {"facility_id": plant.facility.id, "year": 2024, "month": None}

    async def record(scope: Scope = plant.scope, *, stated: service.Output | None = None, **given: Any) -> CarbonError:
        asked = {**own, "stated": stated or service.Output(gj=Decimal(1)), **given}
        return await refused(databases, plant, scope, service.record_output, **asked)

    gross, supplied = rules.Basis.GROSS, rules.Basis.SUPPLIED
    assert isinstance(await record(stated=service.Output()), errors.QuotaDataEmpty)
    for odd in (
        service.Output(gj=Decimal(-1)),
        service.Output(load=Decimal("1.01")),
        service.Output(gj=Decimal("1." + "1" * 40)),
    ):
        assert isinstance(await record(stated=odd), errors.QuotaInputImpossible)
    assert isinstance(await record(stated=service.Output(mwh=Decimal(1))), errors.QuotaTextMissing)
    wrong = service.Output(mwh=Decimal(1), basis=supplied)
    assert isinstance(await record(stated=wrong), errors.ElectricityBasisWrong)
    right = service.Output(mwh=Decimal(1), basis=gross)
    assert isinstance(await record(stated=right, year=2022), errors.ElectricityBasisWrong)
    assert isinstance(await record(year=2021), errors.QuotaDatesInvalid)
    for odd in ({"year": 2022, "month": 4}, {"month": 13}):
        assert isinstance(await record(**odd), errors.QuotaDatesInvalid)
    assert isinstance(await record(year=2017), errors.QuotaYearOutOfRange)
    assert isinstance(await record(stated=service.Output(output=Decimal(1))), errors.QuotaTextMissing)
    await make.state(databases, plant, 2024)
    assert isinstance(await record(), errors.QuotaTextMissing)  # a later entry says why
    other = await make.regulated(databases)
    assert isinstance(await record(facility_id=other.facility.id, year=2023), errors.FacilityNotFound)
    assert isinstance(await record(other.scope, year=2023), NotFound)
    assert isinstance(await record(plant.bureau, year=2023), Forbidden)
    verifier = await identity.verifier(databases)
    given = {"year": 2024, "facility_id": None, "emissions": Decimal(1), "document": "报告"}
    for scope in (plant.scope, replace(verifier.scope)):
        assert isinstance(
            await refused(databases, plant, scope, service.enter_verified, **given), (Forbidden, NotFound)
        )
    await identity.engaged(databases, plant.held.holder, verifier)
    async with databases.write(verifier.scope) as write:
        entered = await service.enter_verified(write, verifier.scope, account_id=plant.id, **given)
    assert entered.entered_kind == "verifier"


async def test_a_balance_value_is_the_whole_jurisdictions_and_the_newest_counts(databases: Databases) -> None:
    plant = await make.regulated(databases, is_power=False)
    await make.verify(databases, plant, 2026, "1000000", intensity=Decimal("1.8"))
    city = await identity.authority(databases)
    given = {"sector": rules.Sector.STEEL, "year": 2026, "unit": "tCO2/t", "document": "国家平台公布"}
    power = {**given, "sector": rules.Sector.POWER}
    wrong = (plant.bureau, given, errors.WholeJurisdictionOnly), (city.scope, power, errors.SectorWithoutLines)
    for scope, asked, refusal in wrong:
        with pytest.raises(refusal):
            async with databases.write(scope) as write:
                await service.enter_balance_value(write, scope, value=Decimal(2), **asked)
    async with databases.read(plant.bureau) as read:
        draft = await service.preview(read, plant.bureau, plant.id, 2026, Stage.FINAL)
    assert [each.problem.code for each in draft.lines if each.problem] == ["balance_value_missing"]
    propose = {"year": 2026, "stage": Stage.FINAL, "document": "x"}
    found = await refused(databases, plant, plant.bureau, service.propose, **propose)
    assert isinstance(found, errors.AllocationIncomplete)
    for value in (Decimal(3), Decimal(2)):
        async with databases.write(city.scope) as write:
            await service.enter_balance_value(write, city.scope, value=value, **given)
    made = await make.issued(databases, plant, 2026)
    assert made.computed == 1_015_000  # X = (2 - 1.8) / 2 = 0.1, alpha = 0.015
    assert await available(databases, plant) == 1_015_000


async def test_two_persons_allocate_and_the_units_are_in_the_ledger(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.verify(databases, plant, 2023, "1000000")
    await make.state(databases, plant, 2023)
    pre = await make.issued(databases, plant, 2024, Stage.PRE)
    assert (pre.quantity, pre.state) == (700_000, AllocationState.ISSUED)
    assert await available(databases, plant) == 700_000
    missing = await refused(databases, plant, plant.bureau, service.propose, year=2024, stage=Stage.FINAL, document="x")
    assert "U1" in missing.message("en")
    await make.known_year(databases, plant, 2024, "1200000")
    made = await make.proposed(databases, plant, 2024)
    assert made.computed == 1_079_950  # the worked example R9; above 80 % of 1,200,000
    assert (made.quantity, made.issued_before, made.return_due) == (379_950, 700_000, 0)
    again = {"year": 2024, "stage": Stage.FINAL, "document": "x"}
    assert isinstance(await refused(databases, plant, plant.bureau, service.propose, **again), errors.AllocationStands)
    named = {"allocation_id": made.id}
    assert isinstance(await refused(databases, plant, plant.bureau, service.issue, **named), errors.OtherPersonNeeded)
    assert isinstance(await refused(databases, plant, plant.scope, service.issue, **named), Forbidden)
    elsewhere = await identity.authority(databases, division="320205")
    assert isinstance(
        await refused(databases, plant, elsewhere.scope, service.issue, **named), errors.AllocationNotFound
    )
    await make.verify(databases, plant, 2024, "1400000")
    assert isinstance(await refused(databases, plant, plant.second, service.issue, **named), errors.AllocationOutdated)
    async with databases.write(plant.second) as write:
        await service.reject(write, plant.second, account_id=plant.id, decision="基础数据变化", **named)
    made = await make.issued(databases, plant, 2024)
    assert made.computed == 1_120_000  # topped up to 80 % of 1,400,000
    assert await available(databases, plant) == 1_120_000
    async with databases.read(plant.scope) as read:
        movement = (await ledger.movements_by_id(read, plant.scope, [made.movement_id]))[made.movement_id]
        batch = (await ledger.batches(read, plant.scope, movement.batch_ids))[movement.batch_ids[0]]
        [lines] = await queries.lines_of(read, plant.scope, [(plant.id, made.id)])
    assert (batch.class_code, batch.vintage, batch.quantity) == (CEA, 2024, 420_000)
    steps = lines[0].explanation["factors"]
    assert {step["code"] for step in steps} >= {"electricity_benchmark", "heat_benchmark"}
    assert all(step["figure"]["document"] for step in steps if step["figure"])
    assert isinstance(
        await refused(databases, plant, plant.second, service.issue, allocation_id=made.id), errors.AllocationDecided
    )


async def test_a_pre_allocation_that_was_too_much_is_due_back(databases: Databases) -> None:
    plant = await make.regulated(databases, unit_class=rules.UnitClass.COAL_GT300)
    await make.known_year(databases, plant, 2024, "1600000")
    too_much = await refused(
        databases, plant, plant.bureau, service.propose, year=2025, stage=Stage.PRE, document="x", quantity=Decimal(900_000)
    )  # fmt: skip
    assert isinstance(too_much, errors.AllocationOutdated)
    pre = await make.issued(databases, plant, 2025, Stage.PRE)
    assert pre.quantity == 800_000
    await make.state(databases, plant, 2025, mwh=Decimal(500_000), gj=Decimal(0))
    await make.verify(databases, plant, 2025, "400000")
    final = await make.issued(databases, plant, 2025)
    assert (final.quantity, final.movement_id) == (0, None)
    assert final.return_due == 800_000 - rules.issuable(final.computed)
    assert await available(databases, plant) == 800_000


async def test_an_assumption_is_shown_and_nothing_is_issued_on_it(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.state(databases, plant, 2024, load=None)
    await make.verify(databases, plant, 2024, "1000000")
    async with databases.read(plant.scope) as read:
        draft = await service.preview(read, plant.scope, plant.id, 2024, Stage.FINAL)
    assert draft.lines[0].quota is not None
    assert draft.lines[0].quota.is_assumed
    assert draft.computed is None
    assert len(draft.missing) == 1
    given = {"year": 2024, "stage": Stage.FINAL, "document": "x"}
    assert isinstance(
        await refused(databases, plant, plant.bureau, service.propose, **given), errors.AllocationIncomplete
    )


async def test_a_year_is_settled_with_a_receipt_and_nothing_beyond_what_is_owed(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.given_units(databases, plant, 1000, vintage=2024)
    await make.given_units(databases, plant, 500, vintage=2023)
    assert isinstance(
        await refused(databases, plant, plant.scope, service.surrender, year=2024, parts=[cea(1)]),
        errors.ObligationNotVerified,
    )
    await make.verify(databases, plant, 2024, "1200.25", of_facility=False)
    stands = await position(databases, plant, 2024)
    assert stands.standing.owed.basis is ObligationBasis.ENTERED
    assert (stands.standing.remaining, stands.usable_cea, stands.gap) == (1201, 1500, -299)
    over = await refused(databases, plant, plant.scope, service.surrender, year=2024, parts=[cea(1202)])
    assert isinstance(over, errors.OverSurrender)
    for odd in (
        (),
        (cea(0),),
        (Part(CEA, Decimal("1.5")),),
        (Part("GEC", Decimal(1)),),
        (Part(CEA),),
        (Part(CEA, None, None, ((5, 4),)),),
    ):
        found = await refused(databases, plant, plant.scope, service.surrender, year=2024, parts=odd)
        assert isinstance(found, errors.SettlementEmpty)
    first = await surrender(databases, plant, 2024, cea(600))
    assert first.value.number.startswith("QS-2024-")
    assert [(each.vintage, each.quantity) for each in first.lines] == [(2023, 500), (2024, 100)]
    second = await surrender(databases, plant, 2024, cea(601))
    assert (second.value.settled_before, second.value.cea) == (600, 601)
    done = await refused(databases, plant, plant.scope, service.surrender, year=2024, parts=[cea(1)])
    assert isinstance(done, errors.OverSurrender)
    async with databases.read(plant.scope) as read:
        rows = await queries.surrenders(read, plant.scope, number=second.value.number)
        [lines] = await queries.surrender_lines(read, plant.scope, [(plant.id, rows[0].id)])
    assert sum(last - start + 1 for line in lines for start, last in line.serials) == 601


async def test_two_surrenders_at_once_never_settle_more_than_is_owed(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.given_units(databases, plant, 1000, vintage=2024)
    await make.verify(databases, plant, 2024, "100", of_facility=False)

    async def attempt() -> int:
        try:
            made = await surrender(databases, plant, 2024, cea(30))
        except Conflict:
            return 0
        return int(made.value.cea)

    assert sorted(await asyncio.gather(*(attempt() for _ in range(8)))) == [0, 0, 0, 0, 0, 30, 30, 30]
    assert await available(databases, plant) == 910


async def test_what_the_registrar_takes_back_is_owed_again_and_its_claims_are_gone(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.given_units(databases, plant, 100, vintage=2025)
    await make.given_units(databases, plant, 5, vintage=2023, class_code=CCER, **make.GOOD_CCER)
    await make.verify(databases, plant, 2025, "100", of_facility=False)
    parts = (Part(CCER, Decimal(5)), cea(95))
    made = await surrender(databases, plant, 2025, *parts)
    named = {"receipt_id": made.value.id, "reason": "误操作"}
    assert isinstance(await refused(databases, plant, plant.scope, service.undo_surrender, **named), Forbidden)
    async with databases.write(plant.bureau) as write:
        await service.undo_surrender(write, plant.bureau, account_id=plant.id, **named)
    again = await refused(databases, plant, plant.bureau, service.undo_surrender, **named)
    assert isinstance(again, errors.SurrenderUndone)
    stands = await position(databases, plant, 2025)
    assert (stands.standing.settled_cea, stands.standing.settled_ccer, stands.standing.remaining) == (0, 0, 100)
    async with databases.read(plant.scope) as read:
        [lines] = await queries.surrender_lines(read, plant.scope, [(plant.id, made.value.id)])
    assert all(each.is_reversed for each in lines)
    assert (await surrender(databases, plant, 2025, *parts)).value.settled_before == 0


async def test_old_vintages_settle_2025_only_when_they_were_carried_over(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.given_units(databases, plant, 300, vintage=2022)
    own = await make.given_units(databases, plant, 50, vintage=2025)
    await make.verify(databases, plant, 2025, "200", of_facility=False)
    refusal = await refused(databases, plant, plant.scope, service.surrender, year=2025, parts=[cea(100)])
    assert isinstance(refusal, errors.VintageNotUsable)
    evidence = await accounts.evidence_of(databases, plant.held)
    lodged = {"sector": rules.Sector.POWER, "document": "交易所净卖出证明", "lodged_on": date(2026, 6, 10)}
    given = {**lodged, "net_sales": Decimal(0), "quantity": Decimal(120), "evidence_id": evidence.id}

    async def apply_refused(**changed: Any) -> CarbonError:
        return await refused(databases, plant, plant.scope, service.apply, **{**given, **changed})

    assert isinstance(await apply_refused(lodged_on=date(2026, 6, 11)), errors.CarryOverTooLate)
    assert isinstance(await apply_refused(lodged_on=None), errors.CarryOverTooLate)
    assert isinstance(await apply_refused(evidence_id=None), errors.QuotaEvidenceNeeded)
    assert isinstance(await apply_refused(lodged_on=today() + timedelta(days=1)), errors.QuotaDatesInvalid)
    assert isinstance(await apply_refused(quantity=Decimal("1.5")), errors.SettlementEmpty)
    assert isinstance(await apply_refused(quantity=Decimal(301)), errors.NotEnoughUnits)
    assert isinstance(await apply_refused(quantity=Decimal(10_001)), errors.CarryOverTooMuch)
    assert isinstance(await apply_refused(sector=rules.Sector.STEEL), errors.QuotaInputImpossible)
    async with databases.write(plant.scope) as write:
        applied = await service.apply(write, plant.scope, account_id=plant.id, **given)
    assert applied.maximum == 10_000
    named = {"carry_over_id": applied.id, "is_approved": True}
    assert isinstance(await refused(databases, plant, plant.scope, service.decide, **named), Forbidden)
    still = await refused(databases, plant, plant.scope, service.surrender, year=2025, parts=[cea(100)])
    assert isinstance(still, errors.VintageNotUsable)
    async with databases.write(plant.bureau) as write:
        await service.decide(write, plant.bureau, account_id=plant.id, **named)
    assert isinstance(await refused(databases, plant, plant.bureau, service.decide, **named), errors.CarryOverDecided)
    stands = await position(databases, plant, 2025)
    assert stands.usable_cea == 170
    named_serials = Part(CEA, None, None, ((applied.serials[-1][1] + 1, applied.serials[-1][1] + 10),))
    unconverted = await refused(databases, plant, plant.scope, service.surrender, year=2025, parts=[named_serials])
    assert isinstance(unconverted, errors.VintageNotUsable)
    made = await surrender(databases, plant, 2025, cea(170))
    assert {each.vintage: each.quantity for each in made.lines} == {2022: 120, 2025: 50}
    assert own.serials[0] in {run for each in made.lines for run in each.serials}
    assert await available(databases, plant) == 180


async def test_units_sold_meanwhile_are_not_carried_over(databases: Databases) -> None:
    plant, buyer = await make.regulated(databases), await make.regulated(databases)
    await make.given_units(databases, plant, 100, vintage=2022)
    evidence = await accounts.evidence_of(databases, plant.held)
    async with databases.write(plant.scope) as write:
        applied = await service.apply(
            write, plant.scope, account_id=plant.id, sector=rules.Sector.POWER, net_sales=Decimal(-5), document="证明",
            quantity=Decimal(100), lodged_on=date(2026, 6, 1), evidence_id=evidence.id,
        )  # fmt: skip
    async with databases.write(plant.scope) as write:
        await ledger.transfer(
            write, plant.scope, plant.id, Selection(CEA, Decimal(40)), to_account_id=buyer.id
        )  # offered: locked for the buyer
    gone = await refused(databases, plant, plant.bureau, service.decide, carry_over_id=applied.id, is_approved=True)
    assert isinstance(gone, errors.CarryOverUnitsGone)
    assert gone.details["missing"] == 40


async def test_offsets_are_capped_eligible_and_claimed_once(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.given_units(databases, plant, 1000, vintage=2025)
    await make.verify(databases, plant, 2025, "1000", of_facility=False)
    await make.given_units(
        databases, plant, 20, vintage=2023, class_code=CCER, **{**make.GOOD_CCER, "registered_on": "2024-01-22"}
    )
    part = Part(CCER, Decimal(10))
    assert isinstance(
        await refused(databases, plant, plant.scope, service.surrender, year=2025, parts=[part]),
        errors.OffsetNotEligible,
    )
    silent = {"registered_on": "2025-06-01", "methodology": "CCER-01-001-V01"}
    unknown = await make.given_units(databases, plant, 5, vintage=2023, class_code=CCER, **silent)
    part = Part(CCER, Decimal(5), unknown.batch_ids[0])
    assert isinstance(
        await refused(databases, plant, plant.scope, service.surrender, year=2025, parts=[part]),
        errors.OffsetNotEligible,
    )
    await make.given_units(databases, plant, 60, vintage=2023, class_code=CCER, **make.GOOD_CCER)
    over = await refused(
        databases, plant, plant.scope, service.surrender, year=2025, parts=[Part(CCER, Decimal(51)), cea(1)]
    )
    assert isinstance(over, errors.OffsetCapExceeded)
    stands = await position(databases, plant, 2025)
    assert (stands.standing.ccer_room, stands.usable_ccer, stands.gap) == (50, 60, -50)
    made = await surrender(databases, plant, 2025, Part(CCER, Decimal(50)), cea(950))
    assert (made.value.cea, made.value.ccer) == (950, 50)
    async with databases.read(plant.scope) as read:
        line = next(each for each in made.lines if each.class_code == CCER)
        claims = await ledger.claims_of_movements(read, plant.scope, [line.movement_id])
    [claim] = claims[line.movement_id]
    assert (claim.use, claim.period, claim.owner_id) == (ledger.Use.ETS_OFFSET, 2025, plant.id)
    assert sum(each.last - each.first + 1 for each in claim.extents) == 50
    with pytest.raises(AlreadyClaimed):
        async with databases.write(plant.scope) as write:
            await ledger.claim(write, plant.scope, ledger.Use.FOOTPRINT, plant.id, ledger.of_serials(line.serials))
    assert await available(databases, plant, CCER) == 35


async def test_the_cheapest_plan_uses_what_is_held_first(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.given_units(databases, plant, 900, vintage=2025)
    await make.given_units(databases, plant, 30, vintage=2023, class_code=CCER, **make.GOOD_CCER)
    await make.verify(databases, plant, 2025, "1000", of_facility=False)
    custom = service.Prices("custom", Decimal(100), Decimal(80))
    stands = await position(databases, plant, 2025, custom=custom)
    assert [each.prices.code for each in stands.plans] == ["low", "central", "high", "custom"]
    plan = stands.plans[-1].plan
    assert {line.source.code: line.quantity for line in plan.lines} == {
        "held:CEA:2025": 900, "held:CCER:2023": 30, "buy:CCER": 20, "buy:CEA": 50,
    }  # fmt: skip
    assert (plan.cash, plan.missing) == (20 * 80 + 50 * 100, 0)


async def test_duties_have_owner_state_and_warnings(databases: Databases) -> None:
    plant = await make.regulated(databases)
    own = {"account_id": plant.id, "year": 2025}
    async with databases.write(plant.scope) as write:
        monthly = {"duty": rules.DutyKind.MONTHLY_FILING, **own}
        await service.name_owner(write, plant.scope, month=None, owner="首席双碳官", **monthly)
        await service.name_owner(write, plant.scope, month=3, owner="张工", **monthly)
        await service.record_duty(write, plant.scope, month=1, done_on=date(2025, 3, 10), **monthly)
        await service.record_duty(write, plant.scope, month=2, done_on=date(2025, 6, 1), **monthly)

    async def standing() -> dict[tuple[str, int | None], service.DutyStanding]:
        async with databases.read(plant.scope) as read:
            found = await service.calendar(read, plant.scope, plant.id, 2025)
        return {(each.duty.kind.value, each.duty.month): each for each in found}

    found = await standing()
    assert len(found) == 17
    assert found["monthly_filing", 1].duty.due == date(2025, 3, 12)
    assert found["monthly_filing", 1].state is rules.DutyState.DONE
    assert found["monthly_filing", 2].state is rules.DutyState.DONE_LATE
    assert found["monthly_filing", 3].state is rules.DutyState.LATE
    assert (found["monthly_filing", 3].owner, found["monthly_filing", 4].owner) == ("张工", "首席双碳官")
    assert found["surrender", None].duty.due == date(2026, 12, 31)
    assert found["quality_plan", None].state is rules.DutyState.UNKNOWN
    async with databases.write(plant.scope) as write:
        await service.record_duty(write, plant.scope, month=1, done_on=None, note_text="误登记", **monthly)
    assert (await standing())["monthly_filing", 1].state is rules.DutyState.LATE
    wrong = {"year": 2025, "duty": rules.DutyKind.ANNUAL_REPORT, "month": 1, "done_on": date(2026, 1, 1)}
    assert isinstance(
        await refused(databases, plant, plant.scope, service.record_duty, **wrong), errors.DutyMonthInvalid
    )
    late = {"year": 2025, "duty": rules.DutyKind.ANNUAL_REPORT, "month": None, "done_on": today() + timedelta(days=1)}
    assert isinstance(
        await refused(databases, plant, plant.scope, service.record_duty, **late), errors.QuotaDatesInvalid
    )
    async with databases.read(plant.bureau) as read:
        seen = {each.account.id: each for each in await service.region(read, plant.bureau, 2025)}
    assert {each.duty.month for each in seen[plant.id].late if each.duty.month} == {1, *range(3, 13)} - {
        each.duty.month for each in seen[plant.id].soon
    }
    elsewhere = await identity.authority(databases, division="320205")
    async with databases.read(elsewhere.scope) as read:
        assert plant.id not in {each.account.id for each in await service.region(read, elsewhere.scope, 2025)}


async def test_a_closed_year_takes_nothing_more(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.given_units(databases, plant, 100, vintage=2025)
    await make.verify(databases, plant, 2025, "100", of_facility=False)
    close = {"year": 2025, "reason": "履约完成"}
    running = await refused(databases, plant, plant.bureau, service.close_year, **close)
    assert isinstance(running, errors.ComplianceYearRunning)
    assert isinstance(await refused(databases, plant, plant.scope, service.close_year, **close), Forbidden)
    await surrender(databases, plant, 2025, cea(100))
    async with databases.write(plant.bureau) as write:
        closed = await service.close_year(write, plant.bureau, account_id=plant.id, **close)
    assert (closed.obligation, closed.settled) == (100, 100)
    verified = {"year": 2025, "facility_id": None, "emissions": Decimal(1), "document": "x"}
    for scope, command, given in (
        (plant.scope, service.surrender, {"year": 2025, "parts": [cea(1)]}),
        (plant.bureau, service.close_year, close),
        (plant.bureau, service.enter_verified, verified),
        (plant.bureau, service.propose, {"year": 2025, "stage": Stage.FINAL, "document": "x"}),
    ):
        found = await refused(databases, plant, scope, command, **given)
        assert isinstance(found, errors.ComplianceYearClosed)
    await make.verify(databases, plant, 2023, "7", of_facility=False)
    async with databases.write(plant.bureau) as write:
        arrears = await service.close_year(write, plant.bureau, account_id=plant.id, year=2023, reason="欠缴移交")
    assert (arrears.obligation, arrears.settled) == (7, 0)
