"""Duties of the compliance year: what the books show by themselves, days that cannot be, words of the refusals."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from factories import quotas as make

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.ledger.values import CEA
from backend.quotas import errors, rules, service
from backend.quotas.schema_position import position
from backend.quotas.service import closing
from backend.quotas.service.surrendering import Part
from backend.quotas.values import Stage

D = date


async def stands(databases: Databases, plant: make.Regulated, duty: rules.DutyKind, year: int = 2024) -> Any:
    async with databases.read(plant.scope) as read:
        found = await service.calendar(read, plant.scope, plant.id, year)
    [only] = [each for each in found if each.duty.kind is duty and each.duty.month is None]
    return only


async def surrender(databases: Databases, plant: make.Regulated, quantity: int) -> Any:
    async with databases.write(plant.scope) as write:
        return await service.surrender(
            write, plant.scope, account_id=plant.id, year=2024, parts=[Part(CEA, Decimal(quantity))]
        )


async def test_an_allocation_is_done_when_it_is_issued_and_not_when_revoked(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.known_year(databases, plant, 2023, "1000000")
    await make.issued(databases, plant, 2024, Stage.PRE)
    assert (await stands(databases, plant, rules.DutyKind.ALLOCATION)).done_on is None
    await make.known_year(databases, plant, 2024, "1200000")
    final = await make.issued(databases, plant, 2024)
    assert (await stands(databases, plant, rules.DutyKind.ALLOCATION)).done_on == today()
    async with databases.write(plant.bureau) as write:
        await service.revoke(write, plant.bureau, account_id=plant.id, allocation_id=final.id, reason="基础数据错误")
    assert (await stands(databases, plant, rules.DutyKind.ALLOCATION)).done_on is None


async def test_a_surrender_is_done_when_nothing_is_owed_any_more(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.known_year(databases, plant, 2024, "1000")
    await make.given_units(databases, plant, 1000, vintage=2024)
    await surrender(databases, plant, 999)
    assert (await stands(databases, plant, rules.DutyKind.SURRENDER)).state is rules.DutyState.LATE
    last = await surrender(databases, plant, 1)
    found = await stands(databases, plant, rules.DutyKind.SURRENDER)
    assert (found.state, found.done_on) == (rules.DutyState.DONE_LATE, today())
    async with databases.read(plant.bureau) as read:
        seen = {each.account.id: each for each in await service.region(read, plant.bureau, 2024)}
    assert not [each for each in seen[plant.id].late if each.duty.kind is rules.DutyKind.SURRENDER]
    async with databases.write(plant.bureau) as write:
        await service.undo_surrender(
            write, plant.bureau, account_id=plant.id, receipt_id=last.value.id, reason="数量有误"
        )
    assert (await stands(databases, plant, rules.DutyKind.SURRENDER)).state is rules.DutyState.LATE


async def test_what_was_said_to_be_done_elsewhere_keeps_its_day(databases: Databases) -> None:
    plant = await make.regulated(databases)
    await make.known_year(databases, plant, 2024, "10")
    await make.given_units(databases, plant, 10, vintage=2024)
    async with databases.write(plant.scope) as write:
        await service.record_duty(
            write, plant.scope, account_id=plant.id, year=2024, duty=rules.DutyKind.SURRENDER, month=None,
            done_on=D(2025, 12, 20),
        )  # fmt: skip
    await surrender(databases, plant, 10)
    found = await stands(databases, plant, rules.DutyKind.SURRENDER)
    assert (found.state, found.done_on) == (rules.DutyState.DONE, D(2025, 12, 20))


@pytest.mark.parametrize(
    ("duty", "month", "first"),
    [
        (rules.DutyKind.MONTHLY_FILING, 2, D(2024, 3, 1)),
        (rules.DutyKind.MONTHLY_FILING, 12, D(2025, 1, 1)),
        (rules.DutyKind.ANNUAL_REPORT, None, D(2025, 1, 1)),
        (rules.DutyKind.VERIFICATION, None, D(2025, 1, 1)),
        (rules.DutyKind.SURRENDER, None, D(2025, 1, 1)),
        (rules.DutyKind.ALLOCATION, None, D(2024, 1, 1)),
        (rules.DutyKind.QUALITY_PLAN, None, D(2023, 1, 1)),
    ],
)
def test_nothing_is_done_before_it_can_be(duty: rules.DutyKind, month: int | None, first: date) -> None:
    assert rules.earliest(duty, 2024, month) == first


async def test_a_filing_before_its_month_is_over_is_refused(databases: Databases) -> None:
    plant = await make.regulated(databases)

    async def file(on: date, month: int | None = 2, duty: rules.DutyKind = rules.DutyKind.MONTHLY_FILING) -> None:
        async with databases.write(plant.scope) as write:
            await service.record_duty(
                write, plant.scope, account_id=plant.id, year=2024, duty=duty, month=month, done_on=on
            )

    with pytest.raises(errors.QuotaDatesInvalid) as refused:
        await file(D(2024, 2, 29))
    assert refused.value.details["first"] == "2024-03-01"
    with pytest.raises(errors.DutyMonthInvalid) as odd:
        await file(D(2025, 2, 1), 3, rules.DutyKind.SURRENDER)
    assert odd.value.message("zh") == "“配额清缴”不按月份填报。"
    await file(D(2024, 3, 1))
    async with databases.read(plant.scope) as read:
        found = await service.calendar(read, plant.scope, plant.id, 2024)
    assert [each.duty.month for each in found if each.done_on] == [2]
    [report] = [each.duty for each in found if each.duty.kind is rules.DutyKind.ANNUAL_REPORT]
    assert report.zh.startswith("2024 年度排放报告，")


async def test_a_load_of_months_is_asked_for_the_whole_year(databases: Databases) -> None:
    plant = await make.regulated(databases)
    for month in range(1, 13):
        await make.state(databases, plant, 2024, month=month, mwh=Decimal(100), gj=Decimal(10), load=Decimal("0.6"))
    async with databases.read(plant.scope) as read:
        draft = await service.preview(read, plant.scope, plant.id, 2024, Stage.FINAL)
    told = [en for _, en in draft.missing if "peaking" in en]
    assert "whole year" in next(iter(told), "")
    [line] = draft.lines
    assert line.quota is not None
    assert not [each for each in line.quota.notes_en if "basis" in each]


async def test_a_year_is_closed_on_the_day_it_is_in_china(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant = await make.regulated(databases)
    await make.verify(databases, plant, 2023, "7", of_facility=False)
    with monkeypatch.context() as patched:
        patched.setattr(closing, "now", lambda: datetime(2026, 3, 31, 18, 0, tzinfo=UTC))
        async with databases.write(plant.bureau) as write:
            await service.close_year(write, plant.bureau, account_id=plant.id, year=2023, reason="欠缴移交")
    with pytest.raises(errors.ComplianceYearClosed) as refused:
        async with databases.write(plant.bureau) as write:
            await service.close_year(write, plant.bureau, account_id=plant.id, year=2023, reason="再次")
    assert refused.value.details["closed_on"] == "2026-04-01"
    async with databases.read(plant.scope) as read:
        found = await service.position(read, plant.scope, plant.id, 2023)
    assert position(found).closed_at == D(2026, 4, 1)


@pytest.mark.parametrize("duty", sorted(rules.OFFICIAL))
async def test_what_the_authority_does_is_recorded_by_the_authority(databases: Databases, duty: rules.DutyKind) -> None:
    plant = await make.regulated(databases)
    told: dict[str, Any] = {"account_id": plant.id, "year": 2024, "duty": duty, "month": None, "done_on": D(2025, 7, 1)}
    async with databases.write(plant.scope) as write:
        with pytest.raises(errors.AuthorityOnly) as refused:
            await service.record_duty(write, plant.scope, **told)
    assert refused.value.path == ("input", "duty")
    assert (await stands(databases, plant, duty)).done_on is None
    async with databases.write(plant.authority.scope) as write:
        await service.record_duty(write, plant.authority.scope, **told)
    assert (await stands(databases, plant, duty)).done_on == D(2025, 7, 1)
