"""Limits and slips through the public API: what cannot be told or cannot be is a named error, never another number."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from factories import identity
from factories.api import Client
from factories.working import app, http  # noqa: F401 - fixtures

from backend.kit.db import Databases

D = Decimal
LONG = "1234567890123456789012345678901234567890"


@pytest.fixture(scope="module")
async def works(databases: Databases) -> identity.Made:
    return await identity.enterprise(databases, sector="power")


@pytest.fixture
async def caller(http: httpx.AsyncClient, works: identity.Made) -> Client:  # noqa: F811
    return await Client(http, "wuxi").signed_in(works)


async def asked(caller: Client, field: str) -> dict[str, Any]:
    """Return a field's answer, or its error's code and path. Neither is ever told by an HTTP 5xx."""
    answer = await caller.send({"query": "{ found: " + field + " }"})
    assert answer.status_code in {200, 400}, answer.text
    body = answer.json()
    if "errors" not in body:
        return body["data"]["found"]
    told = body["errors"][0]["extensions"]
    return {"code": told["code"], "path": told["path"]}


POWER = 'powerQuota(input: {{ year: {year}, unitClass: {of}, mwh: "{mwh}" {more} }}) {{ quota displayed }}'


def power(mwh: str = "1", year: int = 2025, of: str = "GAS", more: str = "") -> str:
    return POWER.format(year=year, of=of, mwh=mwh, more=more)


@pytest.mark.parametrize(
    ("field", "code"),
    [
        *((power(year=year), "quota_rule_unknown") for year in (2018, 2027, -1, 99999)),
        *((power(mwh), "quota_input_impossible") for mwh in ("-1", LONG, "1E20", "1E999999999", "1E-999999999")),
        *((power(mwh), "graphql_invalid") for mwh in ("NaN", "Infinity", "", "abc")),
        (power(of="OIL"), "graphql_invalid"),
        (power(more='load: "1.0001"'), "quota_input_impossible"),
        (power(more='gj: "-1"'), "quota_input_impossible"),
        (power(year=2022, more='heatRatio: "1.1"'), "quota_input_impossible"),
        (power(year=2022, more='gj: "1", isPureCondensing: true'), "heat_contradicted"),
        (power(year=2019, of="COAL_LE300", more="cooling: BACK_PRESSURE"), "cooling_not_covered"),
        ('industryQuota(input: { year: 2024, sector: POWER, verified: "1" }) { quota }', "sector_without_lines"),
        ('industryQuota(input: { year: 2023, sector: STEEL, verified: "1" }) { quota }', "quota_rule_unknown"),
        ('industryQuota(input: { year: 2027, sector: STEEL, verified: "1" }) { quota }', "quota_rule_unknown"),
        ('quotaBorrowing(year: 2027, allocation: "800", obligation: "1000") { value }', "quota_rule_unknown"),
        ('quotaBorrowing(year: 2018, allocation: "800", obligation: "1000") { value }', "quota_rule_unknown"),
        ('quotaBorrowing(year: 2021, allocation: "-1", obligation: "1000") { value }', "quota_input_impossible"),
        ('quotaBorrowing(year: 2021, allocation: "0", obligation: "1E9999999") { value }', "quota_input_impossible"),
        ("quotaSettlement(year: 2018, units: []) { allocation }", "quota_rule_unknown"),
        ('ccerCap(obligation: "100", year: 2018) { value }', "quota_rule_unknown"),
        ('ccerCap(obligation: "100", year: 2027) { value }', "quota_rule_unknown"),
        ('preAllocation(year: 2027, verifiedBefore: "1") { value }', "quota_rule_unknown"),
        (
            'preAllocation(year: 2019, output2018: { year: 2018, unitClass: GAS, mwh: "1", basis: GROSS }) { value }',
            "electricity_basis_wrong",
        ),
        ('averagePrice(value: "1", volume: "0") { value }', "nothing_traded"),
        ('averagePrice(value: "-1", volume: "1") { value }', "quota_input_impossible"),
        ('treePayment(treesPerHousehold: 0, yuanPerTree: "3") { yuan }', "tree_counts_invalid"),
        ('treePayment(treesPerHousehold: 1, yuanPerTree: "-3") { yuan }', "tree_counts_invalid"),
        (
            'treePayment(treesPerHousehold: 2147483647, households: 2, yuanPerTree: "3") { trees yuan }',
            "tree_counts_invalid",
        ),
    ],
)
async def test_what_cannot_be_is_named(caller: Client, field: str, code: str) -> None:
    assert (await asked(caller, field)).get("code") == code


async def test_the_path_names_the_field_as_the_wire_does(caller: Client) -> None:
    found = await asked(caller, power(year=2022, more='heatRatio: "1.1"'))
    assert found["path"] == ["input", "heatRatio"]


async def test_long_decimals_are_calculated_and_shown_to_the_cent(caller: Client) -> None:
    found = await asked(caller, power("0." + LONG))
    assert found == {"quota": "0.04059259222725925922272592592227259259222", "displayed": "0.04"}
    assert (await asked(caller, power("99999999999999999999.99")))["displayed"] == "32880000000000000000.00"


async def test_no_unit_is_left_out_of_a_settlement(caller: Client) -> None:
    unit = '{ unitClass: GAS, allocation: "1", verified: "2" }'

    async def settled(units: int) -> dict[str, Any]:
        together = ", ".join([unit] * units)
        return await asked(caller, f"quotaSettlement(year: 2024, units: [{together}]) {{ allocation exempted }}")

    found = await settled(200)
    assert (D(found["allocation"]), D(found["exempted"])) == (400, 200)
    assert (await settled(201))["code"] == "settlement_too_large"


@pytest.mark.parametrize(
    ("year", "allocation", "expected"),
    [
        # allocation, obligation, top up, relief: the obligation is cut until 2020, the allocation topped up from 2021.
        *((year, "799.9999", ("799.9999", "999.9999", "0", "0.0001")) for year in (2019, 2020)),
        *((year, "800", ("800", "1000", "0", "0")) for year in range(2019, 2027)),
        *((year, "800.0001", ("800.0001", "1000", "0", "0")) for year in range(2019, 2027)),
        *((year, "799.9999", ("800", "1000", "0.0001", "0")) for year in range(2021, 2027)),
    ],
)
async def test_the_twenty_per_cent_rule_on_both_sides(
    caller: Client, year: int, allocation: str, expected: tuple[str, ...]
) -> None:
    unit = f'{{ unitClass: COAL_LE300, allocation: "{allocation}", verified: "1000" }}'
    found = await asked(
        caller, f"quotaSettlement(year: {year}, units: [{unit}]) {{ allocation obligation topUp relief }}"
    )
    assert [D(each) for each in found.values()] == [D(each) for each in expected]


@pytest.mark.parametrize("sector", ["STEEL", "CEMENT", "ALUMINIUM"])
@pytest.mark.parametrize(
    ("balance", "intensity", "expected"),
    [
        ("0.7", "0.56", "103"), ("0.7", "0.5599", "103"), ("0.7", "0.84", "97"), ("0.7", "0.8401", "97"),
        ("1", "0.8001", "102.9985"), ("1", "1.1999", "97.0015"), ("1", "1", "100"),
    ],
)  # fmt: skip
async def test_the_band_of_lines_on_both_sides(
    caller: Client, sector: str, balance: str, intensity: str, expected: str
) -> None:
    line = f'year: 2026, sector: {sector}, verified: "100", balance: "{balance}", intensity: "{intensity}"'
    assert D((await asked(caller, f"industryQuota(input: {{ {line} }}) {{ quota }}"))["quota"]) == D(expected)


@pytest.mark.parametrize(
    ("sector", "sales", "held", "maximum", "usable"),
    [
        ("POWER", "40000", None, 70000, None), ("POWER", "40000", "69999", 70000, 69999),
        ("POWER", "40000", "70001", 70000, 70000), ("POWER", "-40000", "10001", 10000, 10000),
        ("STEEL", "0", "0", 100000, 0), ("CEMENT", "2", "100003", 100003, 100003),
        ("ALUMINIUM", "-1", "99999.5", 100000, "99999.5"),
    ],
)  # fmt: skip
async def test_carrying_over_is_limited_by_the_rule_and_by_holdings(
    caller: Client, sector: str, sales: str, held: str | None, maximum: int, usable: int | str | None
) -> None:
    found = (await caller.named("CarryOverMaximum", sector=sector, netSales=sales, held=held))["carryOverMaximum"]
    assert D(found["maximum"]) == maximum
    assert (None if found["usable"] is None else D(found["usable"])) == (None if usable is None else D(usable))


async def test_the_cap_is_never_rounded_up_to_a_unit(caller: Client) -> None:
    for obligation, whole in (("20", 1), ("19.99", 0), ("19." + "9" * 50, 0), ("1000000", 50000), ("0", 0)):
        assert D((await asked(caller, f'ccerCap(obligation: "{obligation}") {{ whole }}'))["whole"]) == whole


async def test_allowances_of_years_without_a_plan_cannot_be_told(caller: Client) -> None:
    for year, outcome in ((2026, "PASS"), (2027, "UNKNOWN"), (2050, "UNKNOWN")):
        found = await asked(caller, f"vintageCheck(vintage: {year}, year: {year}) {{ outcome }}")
        assert found["outcome"] == outcome


async def test_borrowing_begins_at_ten_per_cent(caller: Client) -> None:
    expected = {"899.9999": "50.00005", "900": "50", "900.0001": "0", "2000": "0"}
    for year in (2021, 2022):
        for allocation, most in expected.items():
            field = f'quotaBorrowing(year: {year}, allocation: "{allocation}", obligation: "1000") {{ value }}'
            assert D((await asked(caller, field))["value"]) == D(most)
    for year in (2019, 2020, 2023, 2026):
        field = f'quotaBorrowing(year: {year}, allocation: "0", obligation: "1000") {{ value }}'
        assert D((await asked(caller, field))["value"]) == 0


async def test_pre_allocation_of_every_plan(caller: Client) -> None:
    output = '{ year: 2018, unitClass: GAS, mwh: "1000", gj: "10" }'
    for year in (2019, 2020):
        found = await asked(caller, f"preAllocation(year: {year}, output2018: {output}) {{ value isMaximum }}")
        assert (D(found["value"]), found["isMaximum"]) == (D("0.7") * (1000 * D("0.392") + 10 * D("0.059")), False)
    for year in range(2021, 2027):
        found = await asked(caller, f'preAllocation(year: {year}, verifiedBefore: "1000.01") {{ value isMaximum }}')
        is_later = year >= 2025
        assert (D(found["value"]), found["isMaximum"]) == (D("500.005") if is_later else D("700.007"), is_later)
