"""Whether a CCER may offset has one answer, whichever door is asked: its own noun, the calculator, the surrender."""

from datetime import date
from typing import Any

import pytest
from factories import quotas as make
from factories.accounts import Held, held_account
from factories.ledger import issued

from backend.credits.ccer import service as ccer
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.ledger import service as ledger
from backend.ledger.methods import offset_unit
from backend.ledger.values import CCER
from backend.quotas import rules
from backend.quotas.service.common import book_of
from backend.quotas.service.position import holdings

NEW = {"registered_on": "2025-06-01", "methodology": "CCER-14-001-V01", "is_ets_managed": False, "old_scheme": False}
OLD = {"registered_on": "2016-01-01", "methodology": "CM-001", "is_ets_managed": False, "old_scheme": True}
SILENT = {"methodology": "CCER-14-001-V01", "is_ets_managed": False}
BETWEEN = {**SILENT, "registered_on": "2023-12-01"}
NOW, THEN, AFTER = date(2026, 11, 1), date(2024, 12, 31), date(2025, 1, 1)

CASES: list[tuple[dict[str, Any], date | None, int | None, int, date, str, str]] = [
    (NEW, date(2022, 1, 1), None, 2025, NOW, "pass", "registered_after"),
    (NEW, date(2022, 1, 1), None, 2026, date(2027, 11, 1), "pass", "registered_after"),
    (NEW, date(2022, 1, 1), None, 2027, NOW, "cannot_tell", "registration_rule_unknown"),
    # A unit of the new scheme does not pass as one of the old, and no rule on it is recorded for those days.
    (NEW, date(2022, 1, 1), None, 2023, THEN, "cannot_tell", "registration_rule_unknown"),
    (NEW, date(2022, 1, 1), None, 2023, AFTER, "pass", "registered_after"),
    (NEW, date(2022, 1, 1), None, 2024, NOW, "pass", "registered_after"),
    (OLD, date(2015, 1, 1), None, 2023, THEN, "pass", "old_market"),
    (OLD, date(2015, 1, 1), None, 2019, THEN, "pass", "old_market"),
    (OLD, date(2015, 1, 1), None, 2023, AFTER, "fail", "old_market"),
    (OLD, date(2015, 1, 1), None, 2024, NOW, "fail", "old_market"),
    (OLD, date(2015, 1, 1), None, 2025, THEN, "fail", "registered_after"),
    ({**OLD, "old_scheme": None}, date(2015, 1, 1), None, 2023, THEN, "pass", "old_market"),
    ({**OLD, "is_ets_managed": True}, date(2015, 1, 1), None, 2023, THEN, "fail", "old_market"),
    ({**OLD, "is_ets_managed": None}, date(2015, 1, 1), None, 2023, THEN, "cannot_tell", "old_market"),
    (BETWEEN, date(2022, 1, 1), None, 2024, THEN, "cannot_tell", "registration_rule_unknown"),
    (BETWEEN, date(2022, 1, 1), None, 2024, NOW, "fail", "registered_after"),
    (BETWEEN, date(2022, 1, 1), None, 2025, NOW, "fail", "registered_after"),
    (SILENT, date(2022, 1, 1), None, 2023, THEN, "cannot_tell", "registration_unknown"),
    (SILENT, date(2022, 1, 1), None, 2025, NOW, "cannot_tell", "registration_unknown"),
    ({**NEW, "registered_on": "somewhen"}, date(2022, 1, 1), None, 2025, NOW, "cannot_tell", "registration_unknown"),
    ({**NEW, "registered_on": "2024-01-22"}, date(2022, 1, 1), None, 2025, NOW, "fail", "registered_after"),
    ({**NEW, "registered_on": "2024-01-23"}, date(2022, 1, 1), None, 2025, NOW, "pass", "registered_after"),
    (NEW, date(2020, 9, 22), None, 2025, NOW, "fail", "registered_after"),
    (NEW, date(2020, 9, 23), None, 2025, NOW, "pass", "registered_after"),
    (NEW, None, 2021, 2025, NOW, "pass", "registered_after"),
    (NEW, None, 2020, 2025, NOW, "cannot_tell", "registered_after"),
    (NEW, None, 2019, 2025, NOW, "fail", "registered_after"),
    (NEW, None, None, 2025, NOW, "cannot_tell", "registered_after"),
    ({**NEW, "methodology": "CM-001"}, date(2022, 1, 1), None, 2025, NOW, "cannot_tell", "registered_after"),
    ({**NEW, "methodology": ""}, date(2022, 1, 1), None, 2025, NOW, "cannot_tell", "registered_after"),
    ({**NEW, "is_ets_managed": True}, date(2022, 1, 1), None, 2025, NOW, "fail", "registered_after"),
    ({**NEW, "is_ets_managed": "no"}, date(2022, 1, 1), None, 2025, NOW, "cannot_tell", "registered_after"),
]  # fmt: skip


@pytest.fixture(scope="module")
async def held(databases: Databases) -> Held:
    return await held_account(databases)


@pytest.mark.parametrize(("attributes", "produced_from", "vintage", "year", "on", "outcome", "code"), CASES)
async def test_both_doors_give_the_same_answer(
    databases: Databases, held: Held, attributes: dict[str, Any], produced_from: date | None, vintage: int | None,
    year: int, on: date, outcome: str, code: str,
) -> None:  # fmt: skip
    batch = {"attributes": attributes, "produced_from": produced_from, "vintage": vintage}
    (batch_id,) = (await issued(databases, held.id, CCER, 1, **batch)).batch_ids
    async with databases.read(held.scope) as read:
        (own,) = await ccer.eligibility(read, held.scope, [batch_id], year, on)
        found = (await ledger.batches(read, held.scope, [batch_id]))[batch_id]
        unit = offset_unit(found.attributes, found.produced_from, found.vintage)
        other = rules.offset_check(await book_of(read, held.scope), unit, year, on)
    assert (own.outcome.value, own.findings[0].code) == (outcome, code)
    assert other.outcome.value == outcome
    assert [(each.outcome.value, each.code, each.zh, each.en) for each in own.findings] == [
        (each.outcome.value, each.code, each.zh, each.en) for each in other.findings
    ]


async def test_the_surrender_asks_the_same(databases: Databases) -> None:
    plant = await make.regulated(databases)
    for attributes, produced_from, vintage, *_ in CASES:
        batch = {"attributes": attributes, "produced_from": produced_from, "vintage": vintage}
        await issued(databases, plant.id, CCER, 1, **batch)
    async with databases.read(plant.scope) as read:
        for year in (2019, 2023, 2024, 2025, 2026):
            held = await holdings(read, plant.scope, await book_of(read, plant.scope), plant.id, year, [CCER])
            own = await ccer.eligibility(read, plant.scope, [each.lot.batch_id for each in held], year, today())
            assert len(held) == len(CASES)
            assert [each.outcome.value for each in held] == [each.outcome.value for each in own]
