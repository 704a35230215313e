"""The demonstration: the same numbers in every run, believable, labelled, one account in every state."""

import dataclasses
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from backend.demo import plan, seeding
from backend.emissions.methods import METHODS, PACKS
from backend.emissions.rules import accepted_units
from backend.kit.db import Databases
from backend.kit.quantities import canonical
from backend.kit.scope import Scope
from backend.tenants.packs import load_packs

TENANTS = ("wuxi", "changzhou", "chengdu", "guizhou")
STATES = {"open", "computed", "submitted", "verified", "closed", "restated"}


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_tenant_has_its_sectors_and_states(tenant: str) -> None:
    found, pack = plan.load(tenant), load_packs(None)[tenant]
    assert found is not None
    assert len([each for each in found.enterprises if each.state != "main_job"]) >= 6
    assert {each.state for each in found.enterprises} - {"main_job"} == STATES
    assert {each.kind for each in found.organisations} == {"authority", "verifier", "bank"}
    assert len([each for each in found.organisations if each.kind == "authority"]) == 2
    for enterprise in found.enterprises:
        assert pack.sector(enterprise.sector) is not None, enterprise.sector
        assert pack.division(enterprise.division) is not None
        assert "演示" in enterprise.name
        for source in enterprise.sources:
            assert source.method in PACKS[enterprise.method_pack].methods
            assert canonical(source.unit) in {unit.code for unit in accepted_units(METHODS[source.method])}


def test_readings_are_the_same_in_every_run_and_have_seasons() -> None:
    found = plan.load("wuxi")
    assert found is not None
    steel = found.enterprises[0]
    first, again = list(plan.readings("wuxi", steel)), list(plan.readings("wuxi", steel))
    assert first == again
    assert len(first) == 24 * sum(len(plan.meters(source)) or 1 for source in steel.sources)
    power = [each for each in first if each.meter == "E01-M1"]
    assert (power[0].month, power[0].quantity) == (date(2024, 1, 1), Decimal("12752.04"))
    by_month = {each.month: each.quantity for each in power}
    assert by_month[date(2025, 8, 1)] > by_month[date(2025, 2, 1)] * Decimal("1.2")
    # Noise: the same month of two years is never the same number.
    assert all(by_month[date(2024, month, 1)] != by_month[date(2025, month, 1)] for month in range(1, 13))


async def test_seeding_makes_everything_once(databases: Databases, servers) -> None:
    assert await seeding.seed_tenant(databases, servers.settings, "chengdu") == 10
    assert await seeding.seed_tenant(databases, servers.settings, "chengdu") == 0
    async with databases.read(Scope.system("chengdu")) as read:
        states = await read.rows(
            text("select o.name, i.year, i.version, i.state, i.excluded_count from inventory i"
                 " join carbon_account a on a.id = i.account_id join organisation o on o.id = a.organisation_id"
                 " where o.is_demonstration order by o.name, i.year, i.version")
        )  # fmt: skip
        unlabelled = await read.value(
            text("select count(*) from carbon_account a join organisation o on o.id = a.organisation_id"
                 " where o.is_demonstration and not a.is_demonstration")
        )  # fmt: skip
        pending = await read.value(
            text("select count(*) from activity_record r join carbon_account a on a.id = r.account_id"
                 " join organisation o on o.id = a.organisation_id where o.name like '成都天府数据中心%'"
                 " and not exists (select from approval p where p.account_id = r.account_id and p.batch_id = r.batch_id)")
        )  # fmt: skip
    assert unlabelled == 0
    assert pending == 24 * 5
    newest = Counter(row.state for row in states if row.year == 2025)
    assert newest == {"closed": 1, "verified": 1, "submitted": 1, "computed": 2, "restated": 1}
    assert {row.state for row in states if row.year == 2024} == {"closed"}
    assert all(row.excluded_count == 0 for row in states)


async def test_an_interrupted_seeding_goes_on(databases: Databases, servers, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = plan.load("changzhou")
    assert whole is not None
    monkeypatch.setattr(seeding, "load", lambda _: dataclasses.replace(whole, enterprises=whole.enterprises[:1]))
    assert await seeding.seed_tenant(databases, servers.settings, "changzhou") == 5
    monkeypatch.setattr(seeding, "load", lambda _: dataclasses.replace(whole, enterprises=whole.enterprises[:2]))
    assert await seeding.seed_tenant(databases, servers.settings, "changzhou") == 1
