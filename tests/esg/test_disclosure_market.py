"""What the books say of trading, compliance, figures and scope 3: exactly, or why it cannot be told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from factories import quotas
from factories.standards import content

from backend.accounts.values import FigureKind, FigureValue
from backend.emissions.values import InventoryFacts, LineFacts
from backend.esg import rules, service
from backend.esg.rules import reading
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.ledger import service as ledger
from backend.ledger.values import Accepts, Selection
from backend.quotas import service as compliance

METRICS = reading.metrics(content("metrics", "metrics"))
ACCOUNT = new_id()
AT = datetime(2026, 3, 1, tzinfo=UTC)
INVENTORY = InventoryFacts(
    account_id=ACCOUNT, inventory_id=new_id(), year=2025, version=2, state="verified", as_of=AT, computed_at=AT,
    state_at=AT, factor_policy="published", factor_date=date(2026, 3, 1), scope1=Decimal("100.5"),
    scope2_location=Decimal("49.5"), scope2_market=Decimal(40), scope3=Decimal(7), energy_tce=Decimal("30.25"),
    electricity_mwh=Decimal(300), claimed_mwh=Decimal(60), quality_score=Decimal(80), tier_shares={}, months_covered=12,
    record_count=12, excluded_count=0, verifier_id=new_id(), verified_at=AT, restates_id=None, green_mwh=Decimal(40),
)  # fmt: skip
YEAR = rules.Compliance(
    year=2025, emissions=Decimal("999.4"), obligation=Decimal("999.4"), is_final=True, basis="entered",
    inventory_id=None, verified_ids=(new_id(),), settled=Decimal(0), remaining=Decimal(1000), surrender_ids=(),
    last_on=None, due=date(2026, 12, 31),
)  # fmt: skip


def facts(**given: Any) -> rules.Facts:
    usual: dict[str, Any] = {
        "year": 2025, "today": date(2026, 6, 1), "inventory": INVENTORY, "prior": None, "lines": (), "figures": (),
        "movements": (), "held": {}, "compliance": {},
    }  # fmt: skip
    return rules.Facts(**{**usual, **given})


def told(metric: str, **given: Any):
    return rules.prefill(METRICS[metric], facts(**given))


def figure(kind: FigureKind, quantity: str, unit: str, **given: Any) -> FigureValue:
    usual: dict[str, Any] = {"product": "", "evidence_id": None, "note": "", "recorded_by": None, "supersedes_id": None}
    return FigureValue(ACCOUNT, new_id(), 2025, kind, quantity=Decimal(quantity), unit=unit, recorded_at=AT,
                       **{**usual, **given})  # fmt: skip


def line(scope: int, category: str, co2e: str) -> LineFacts:
    empty = dict.fromkeys(LineFacts.__slots__, "")
    return LineFacts(**{**empty, "scope": scope, "category": category, "co2e_t": Decimal(co2e), "gas": "CO2",
                        "formula_source": "指南"})  # fmt: skip


def moved(kind: str, class_code: str, quantity: int, change: int, *, is_undone: bool = False) -> rules.Moved:
    return rules.Moved(new_id(), quantity, kind, class_code, Decimal(quantity), Decimal(change), is_undone)


def test_intensities_stand_on_the_inventory_and_the_figure() -> None:
    value_added = figure(FigureKind.VALUE_ADDED, "70000000", "CNY")
    found = told("ghg.intensity_value_added", figures=[value_added])
    assert (found.value, found.unit) == (Decimal("0.021428571429"), "tCO2e/万CNY")
    assert {(each.kind, each.id) for each in found.sources} == {
        ("inventory", str(INVENTORY.inventory_id)), ("figure", str(value_added.id)),
    }  # fmt: skip
    output = figure(FigureKind.OUTPUT, "30", "t", product="钢", is_main=True)
    other = figure(FigureKind.OUTPUT, "5", "t", product="渣")
    found = told("ghg.intensity_output", figures=[other, output])
    assert (found.value, found.unit) == (Decimal(5), "tCO2e/t")
    two = [replace(output, is_main=False), other]
    assert told("ghg.intensity_output", figures=two).value is None, "which product is not told"
    negative = replace(value_added, quantity=Decimal(-1))
    assert told("ghg.intensity_value_added", figures=[negative]).value is None


def test_scope_3_is_told_by_category_and_never_as_zero() -> None:
    lines = [line(3, "waste", "3"), line(3, "waste", "4"), line(1, "combustion", "100.5")]
    assert told("ghg.scope3", lines=lines).value == 7
    assert told("ghg.scope3.waste", lines=lines).value == 7
    unknown = told("ghg.scope3.commuting", lines=lines)
    assert (unknown.value, unknown.reason and unknown.reason.en) == (
        None,
        "The inventory has nothing of this category.",
    )
    assert told("ghg.scope3", lines=lines[2:]).value is None
    named = told("ghg.scope3_categories", lines=lines).text
    assert named is not None
    assert named.zh == "运营中产生的废弃物"


def test_green_power_is_what_was_bought_green_and_what_certificates_cover() -> None:
    assert told("energy.green_share").value == Decimal("33.333333333333")
    assert told("energy.certificates").value == 60
    none_bought = replace(INVENTORY, electricity_mwh=Decimal(0))
    assert told("energy.green_share", inventory=none_bought).value is None


def test_the_change_on_the_prior_year_names_both_inventories() -> None:
    prior = replace(INVENTORY, inventory_id=new_id(), year=2024, scope1=Decimal(120))
    found = told("ghg.change_on_prior_year", prior=prior)
    assert found.value == Decimal("-19.5")
    assert len(found.sources) == 2


def test_trading_counts_what_changed_hands_and_was_not_taken_back() -> None:
    movements = [
        moved("transfer", "CEA", 100, +100), moved("accept", "CEA", 30, +30), moved("accept", "CEA", 50, -50),
        moved("transfer", "CEA", 7, +7, is_undone=True), moved("issue", "CEA", 1000, +1000),
        moved("import", "CEA", 500, +500), moved("retire", "CCER", 9, -9), moved("transfer", "CCER", 4, +4),
    ]  # fmt: skip
    for metric, amount, sources in (
        ("market.cea_bought", 130, 2), ("market.cea_sold", 50, 1), ("market.ccer_bought", 4, 1),
        ("market.ccer_sold", 0, 1), ("units.ccer_retired", 9, 1),
    ):  # fmt: skip
        found = told(metric, movements=movements)
        assert (found.value, len(found.sources)) == (amount, sources), metric
    assert told("market.cea_bought", movements=None).value is None
    held = {"CEA": Decimal(12)}
    assert told("market.cea_held", held=held).value == 12
    assert told("market.cea_held", held=held, today=date(2025, 12, 31)).value is None, "the year has not ended"


@pytest.mark.parametrize(
    ("given", "english"),
    [
        ({}, "not due yet (2026-12-31), 1000 t to go"),
        ({"due": date(2026, 5, 31)}, "not settled by 2026-05-31, 1000 t lacking"),
        ({"remaining": Decimal(0), "last_on": date(2026, 5, 1)}, "settled in full and on time on 2026-05-01"),
        (
            {"remaining": Decimal(0), "last_on": date(2026, 5, 1), "due": date(2026, 4, 1)},
            "settled in full, late: on 2026-05-01, due 2026-04-01",
        ),
        ({"remaining": Decimal(0), "obligation": Decimal(0)}, "nothing to settle"),
    ],
)
def test_compliance_is_told_in_full_and_on_time_or_not(given: Any, english: str) -> None:
    found = told("ets.compliance", compliance={2025: replace(YEAR, **given)})
    assert found.text is not None
    assert found.text.en == english


@pytest.mark.parametrize("given", [{"is_final": False}, {"obligation": None, "remaining": None}, {"due": None}])
def test_compliance_that_cannot_be_told_is_not_told(given: Any) -> None:
    found = told("ets.compliance", compliance={2025: replace(YEAR, **given)})
    assert (found.text, found.value) == (None, None)
    assert found.reason is not None


def test_the_order_asks_for_the_compliance_year_before() -> None:
    before = replace(YEAR, year=2024, remaining=Decimal(0), last_on=date(2025, 12, 1), due=date(2025, 12, 31))
    found = told("ets.previous_compliance", compliance={2024: before})
    assert found.text is not None
    assert found.text.en == "settled in full and on time on 2025-12-01"
    assert told("ets.previous_emissions", compliance={2024: before}).value == Decimal("999.4")
    assert told("ets.emissions", compliance={2024: before}).reason is not None


def test_a_note_alone_restates_nothing_a_version_does() -> None:
    stored = told("ghg.scope1")
    later = told("ghg.scope1", inventory=replace(INVENTORY, state="closed"))
    assert rules.is_same(stored, later)
    assert not rules.is_same(stored, told("ghg.scope1", inventory=replace(INVENTORY, version=3)))
    assert not rules.is_same(stored, told("ghg.scope1", inventory=replace(INVENTORY, scope1=Decimal(1))))


async def test_a_regulated_firms_books_are_read_as_they_are(databases: Databases) -> None:
    plant, buyer = await quotas.regulated(databases), await quotas.regulated(databases)
    await quotas.known_year(databases, plant, 2024, "100.2")
    await quotas.given_units(databases, plant, 200, vintage=2024)
    async with databases.write(buyer.scope) as write:
        await ledger.choose_acceptance(write, buyer.scope, buyer.id, Accepts.AUTOMATICALLY)
    async with databases.write(plant.scope) as write:
        await ledger.transfer(write, plant.scope, plant.id, Selection("CEA", Decimal(30)), to_account_id=buyer.id)
    async with databases.write(plant.scope) as write:
        await compliance.surrender(
            write, plant.scope, account_id=plant.id, year=2024, parts=[compliance.Part("CEA", Decimal(101))]
        )
    this = datetime.now(UTC).year
    async with databases.read(plant.scope) as read:
        found = await service.gather(read, plant.scope, plant.id, [2024, this])
    now, then = found[this], found[2024]
    assert rules.prefill(METRICS["market.cea_sold"], now).value == 30
    assert rules.prefill(METRICS["market.cea_bought"], now).value == 0
    assert now.held["CEA"] == 69
    assert rules.prefill(METRICS["ets.obligation"], then).value == Decimal("100.2")
    surrendered = rules.prefill(METRICS["ets.surrendered"], then)
    assert (surrendered.value, [each.kind for each in surrendered.sources]) == (101, ["movement"])
    late = rules.prefill(METRICS["ets.compliance"], then).text
    assert late is not None
    assert late.en.startswith("settled in full, late: on ")
    assert late.en.endswith("due 2025-12-31")
    async with databases.read(buyer.scope) as read:
        theirs = await service.gather(read, buyer.scope, buyer.id, [this])
    assert rules.prefill(METRICS["market.cea_bought"], theirs[this]).value == 30


def doubtful(
    scope: int, *parameters: tuple[str, str], method: str = "fuel_combustion", basis: str = "both"
) -> LineFacts:
    named = [{"code": code, "confidence": confidence} for code, confidence in parameters]
    return replace(line(scope, "combustion", "1"), method=method, basis=basis, parameters=named)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([doubtful(1, ("ncv", "from-memory"))], {"ghg.scope1": "unconfirmed", "ghg.change_on_prior_year": "unconfirmed"}),
        ([doubtful(1, ("ncv", "placeholder"))], {"ghg.scope1": "placeholder", "ghg.change_on_prior_year": "placeholder"}),
        ([doubtful(1, ("ncv", "verified-by-lookup"))], {}),
        ([doubtful(1, ("standard_coal", "from-memory"))], {"energy.total_tce": "unconfirmed"}),
        ([doubtful(1, method="aluminium_anode")], {"ghg.scope1": "unconfirmed", "ghg.change_on_prior_year": "unconfirmed"}),
        ([doubtful(2, ("factor", "from-memory"), basis="market")], {"ghg.scope2_market": "unconfirmed"}),
        ([doubtful(3, ("factor", "from-memory"))], {"ghg.scope3": "unconfirmed"}),
    ],
)  # fmt: skip
def test_what_is_not_confirmed_is_said_of_the_figures_it_makes(
    lines: list[LineFacts], expected: dict[str, str]
) -> None:
    metrics = ("ghg.scope1", "ghg.scope2_location", "ghg.scope2_market", "ghg.scope3", "ghg.change_on_prior_year",
               "energy.total_tce", "energy.electricity")  # fmt: skip
    found = {each: told(each, lines=lines, prior=INVENTORY) for each in metrics}
    notes = {each: one.sources[0].note.removeprefix("verified, 12/12") for each, one in found.items() if one.sources}
    assert {each: note.removeprefix(", ") for each, note in notes.items() if note} == expected


def test_the_rule_of_factors_is_told_in_words_and_a_source_once() -> None:
    lines = [
        replace(line(1, "combustion", "1"), formula_source=each, parameters=[]) for each in ("甲; 乙", "甲", "乙; 丙")
    ]
    method, factors = told("ghg.method", lines=lines), told("ghg.factors")
    assert method.text is not None
    assert method.text.zh == "; ".join(sorted(("甲", "乙", "丙")))
    assert factors.text is not None
    assert factors.text.zh == "采用截止日前已发布的最新因子，截至 2026-03-01"
    of_year = told("ghg.factors", inventory=replace(INVENTORY, factor_policy="data_year:2023"))
    assert of_year.text is not None
    assert of_year.text.en == "factors of the data year 2023, as of 2026-03-01"
