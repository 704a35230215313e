"""The plan of the demonstration: the same numbers in every run, believable, one account in every state."""

from datetime import date
from decimal import Decimal

import pytest

from backend.demo import plan
from backend.emissions.methods import METHODS, PACKS
from backend.emissions.rules import accepted_units
from backend.kit.quantities import canonical
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
