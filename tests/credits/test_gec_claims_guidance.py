"""Which certificates serve which need: pure verdicts with three answers, and the list a holder asks for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from factories.gec_claims import certified, consumer

from backend.credits.gec.claim_errors import ClaimYearInvalid
from backend.credits.gec.claim_values import Guidance, Wanted
from backend.credits.gec.claiming import claim_certificates
from backend.credits.gec.claiming_rules import (
    Certificates,
    Electricity,
    Need,
    Setting,
    claimable,
    first_blocking,
    serves,
    worst,
)
from backend.credits.gec.guidance import guidance, place
from backend.kit.db import Databases

ON = date(2026, 11, 1)
WIND = Certificates(
    UUID(int=1), date(2026, 3, 1), date(2028, 2, 29), is_transferable=True, is_bundled=False, kind="grid_fed",
    project="P", project_owner="风电公司", technology="wind", self_use_contract="", is_mechanism_energy=False,
)  # fmt: skip
SETTING = Setting(2026, ON, "示例企业", is_same_year=True)
PLENTY = Electricity(Decimal(100), Decimal(40), is_open=True)


def changed(**given: object) -> Certificates:
    return replace(WIND, **given)


@pytest.mark.parametrize(
    ("given", "setting", "code", "outcome"),
    [
        ({}, {}, None, "pass"),
        ({"valid_until": ON}, {}, None, "pass"),
        ({"valid_until": date(2026, 10, 31)}, {}, "certificate_validity", "fail"),
        ({"valid_until": None}, {}, "certificate_validity", "cannot_tell"),
        ({"produced": date(2025, 12, 1)}, {}, "certificate_year", "fail"),
        ({"produced": date(2025, 12, 1)}, {"is_same_year": False}, None, "pass"),
        ({"produced": None}, {}, "certificate_year", "cannot_tell"),
        ({"produced": None}, {"is_same_year": False}, None, "pass"),
        ({}, {"is_same_year": None}, "certificate_year", "cannot_tell"),
        # Produced after the electricity was used: the rule of the year of production counts.
        ({}, {"year": 2025, "is_same_year": False, "later": {2026: True}}, "certificate_year", "fail"),
        ({}, {"year": 2025, "is_same_year": False, "later": {2026: False}}, None, "pass"),
        ({}, {"year": 2025, "is_same_year": False}, "certificate_year", "cannot_tell"),
        ({"kind": "off_grid"}, {}, "certificate_holder", "fail"),
        ({"kind": "off_grid", "project_owner": ""}, {}, "certificate_holder", "cannot_tell"),
        ({"kind": "off_grid"}, {"holder": "风电公司"}, None, "pass"),
        ({"kind": "self_use", "self_use_contract": "EMC-1"}, {}, None, "pass"),
        ({"kind": "off_grid", "self_use_contract": "EMC-1"}, {}, "certificate_holder", "fail"),
        ({"kind": "", "is_transferable": False}, {}, "certificate_holder", "cannot_tell"),
        ({"kind": "", "is_transferable": False, "is_bundled": True}, {}, None, "pass"),
        ({"is_mechanism_energy": True}, {}, "certificate_holder", "fail"),
        # A failure decides before what cannot be told.
        ({"valid_until": None, "produced": date(2025, 1, 1)}, {}, "certificate_year", "fail"),
    ],
)
def test_a_claim_passes_all_checks_or_says_which_does_not(
    given: dict[str, object], setting: dict[str, object], code: str | None, outcome: str
) -> None:
    checks = claimable(changed(**given), replace(SETTING, **setting))
    blocking = first_blocking(checks)
    assert (blocking.code if blocking else None, worst(checks).value) == (code, outcome)


@pytest.mark.parametrize(
    ("need", "electricity", "is_known", "outcome"),
    [
        (Need.MARKET_SCOPE2, PLENTY, True, "pass"),
        (Need.MARKET_SCOPE2, Electricity(Decimal(40), Decimal(40), is_open=True), True, "fail"),
        (Need.MARKET_SCOPE2, Electricity(Decimal(0), Decimal(0), is_open=False), True, "cannot_tell"),
        (Need.MARKET_SCOPE2, replace(PLENTY, is_closed=True), True, "fail"),
        (Need.RENEWABLE_DUTY, replace(PLENTY, is_closed=True), True, "pass"),
        (Need.RENEWABLE_DUTY, Electricity(Decimal(0), Decimal(0), is_open=False), True, "pass"),
        (Need.RENEWABLE_DUTY, PLENTY, False, "cannot_tell"),
        (Need.PARK_INDICATOR, PLENTY, True, "cannot_tell"),
        (Need.EXPORT, PLENTY, False, "cannot_tell"),
    ],
)
def test_a_need_adds_its_own_check(need: Need, electricity: Electricity, *, is_known: bool, outcome: str) -> None:
    assert worst(serves(need, WIND, SETTING, electricity, is_rule_known=is_known)).value == outcome
    assert (
        worst(serves(need, changed(valid_until=date(2020, 1, 1)), SETTING, electricity, is_rule_known=is_known)).value
        == "fail"
    )


async def asked(databases: Databases, held, year: int, limit: int = 50, after=None) -> list[Guidance]:
    async with databases.read(held.scope) as read:
        return await guidance(read, held.scope, held.id, year, limit=limit, after=after)


async def test_a_holder_is_told_of_each_batch_with_sources(databases: Databases) -> None:
    held = await consumer(databases, "1")
    old = await certified(databases, held, 9, produced_from=date(2025, 5, 1), valid_until=date(2097, 4, 30))
    new = await certified(databases, held, 20)
    found = await asked(databases, held, 2026)
    assert [(each.batch_id, each.quantity) for each in found] == [(old.id, 9), (new.id, 20)]
    outcomes = [{each.need.value: each.outcome.value for each in one.verdicts} for one in found]
    assert outcomes == [
        dict.fromkeys(Need, "fail"),
        {"market_scope2": "pass", "renewable_duty": "pass", "park_indicator": "cannot_tell", "export": "cannot_tell"},
    ]
    verdicts = {each.need: each for each in found[1].verdicts}
    assert verdicts[Need.MARKET_SCOPE2].document == "GB/T 32150-2025"
    assert (verdicts[Need.MARKET_SCOPE2].confidence, verdicts[Need.MARKET_SCOPE2].is_uncertain) == ("from-memory", True)
    assert verdicts[Need.PARK_INDICATOR].document.startswith("无锡市零碳园区")
    assert (verdicts[Need.EXPORT].document, verdicts[Need.EXPORT].is_uncertain) == ("", True)
    assert [each.batch_id for each in await asked(databases, held, 2026, 1, place(old.valid_until, old.id))] == [new.id]
    async with databases.write(held.scope) as write:
        await claim_certificates(write, held.scope, account_id=held.id, year=2026, wanted=Wanted(Decimal(12)))
    later = (await asked(databases, held, 2026))[1]
    assert later.quantity == 8
    assert {each.need.value: each.outcome.value for each in later.verdicts}["market_scope2"] == "fail"
    with pytest.raises(ClaimYearInvalid):
        await asked(databases, held, 2999)
