"""The shipped market rules as a tenant's database answers them."""

from datetime import date
from decimal import Decimal

import pytest
from factories.quotas_rules import TODAY, shipped_versions

from backend.factors import service
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.quotas import rules
from backend.quotas.errors import QuotaRuleUnknown

KNOWN = {"verified-by-lookup", "verified-by-lookup(secondary)", "from-memory"}


async def test_a_tenants_parameters_answer_the_rules(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        book = await service.book(read, read.scope, published_by=TODAY, names=rules.FAMILIES)
    found = rules.power_quota(
        book,
        rules.PowerInputs(
            year=2022, unit_class=rules.UnitClass.COAL_GT300, mwh=Decimal(1200000), cooling=rules.Cooling.AIR,
            load=Decimal("0.78"),
        ),
    )  # fmt: skip
    assert found.quota == Decimal("1040811.0804")
    assert found.basis is rules.Basis.SUPPLIED
    assert rules.carry_over(book, rules.Sector.POWER, Decimal(40000)).maximum == 70000
    assert len(rules.duties(book, 2025, rules.Sector.STEEL)) == 17
    assert len(rules.price_scenarios(book, TODAY)) == 3
    assert rules.penalties(book, TODAY)


async def test_a_plan_is_not_known_before_it_is_published(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        book = await service.book(read, read.scope, published_by=date(2026, 8, 31), names=rules.FAMILIES)
    inputs = rules.PowerInputs(year=2025, unit_class=rules.UnitClass.GAS, mwh=Decimal(1))
    with pytest.raises(QuotaRuleUnknown):
        rules.power_quota(book, inputs)


def test_every_family_is_asked_for_and_every_row_has_its_proof() -> None:
    assert {version.name for version in shipped_versions()} - set(rules.FAMILIES) == {
        "ets.electricity_balance", "ets.heat_balance",
    }  # fmt: skip
    for version in shipped_versions():
        if version.dataset == "ets_rules":
            assert version.document, version.key
            assert version.source, version.key
            assert version.confidence in KNOWN
            assert version.label_zh, version.key
            assert version.label_en, version.key
            assert version.confidence != "from-memory" or "memory" in version.note, version.key
