"""Figures no document publishes: proposed by one of the whole jurisdiction, approved by another, in force from their day.

They hold in the whole tenant: these tests set them where nobody else tests budgets, and take them away again.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from factories.budgets import PAPER, WHY, approved, line, own_year
from factories.identity import authority, colleague, enterprise
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from backend.budgets import queries_rules, service
from backend.budgets.errors import (
    BudgetDecided,
    BudgetDocumentInvalid,
    BudgetOfAuthorities,
    BudgetRuleInvalid,
    BudgetRuleNotFound,
    BudgetRuleOfTheWhole,
    BudgetSecondPerson,
    BudgetTextInvalid,
)
from backend.budgets.models import BudgetRuleDecision
from backend.budgets.values import Paper, Replacement, RuleKind, RuleState, RuleValue
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope

D = Decimal
TENANT = "changzhou"
ELASTIC, RATIO = RuleKind.ELASTIC_PERCENT, RuleKind.REPLACEMENT_RATIO


async def proposed(databases: Databases, scope: Scope, kind: RuleKind, value: str | None, **given) -> RuleValue:
    usual = {"document": PAPER, "effective_on": today(), "reason": WHY, **given}
    async with databases.write(scope) as write:
        return await service.propose_rule(write, scope, kind, None if value is None else D(value), **usual)


async def decided(databases: Databases, scope: Scope, rule: RuleValue, *, is_approved: bool = True) -> RuleValue:
    async with databases.write(scope) as write:
        return await service.decide_rule(write, scope, rule.id, is_approved=is_approved, reason=WHY)


async def in_force(databases: Databases, scope: Scope) -> tuple[Decimal | None, Decimal | None]:
    async with databases.read(scope) as read:
        rules = await service.budget_rules(read, scope)
    return rules.elastic_percent, rules.replacement_ratio


async def test_a_rule_holds_once_a_second_person_approves_it_and_until_it_is_taken_away(databases: Databases) -> None:
    city = await authority(databases, tenant=TENANT)
    officer, plant = await colleague(databases, city, "officer"), await enterprise(databases, tenant=TENANT)
    before = await in_force(databases, city.scope)
    rule = await proposed(databases, officer, ELASTIC, "2.5")
    assert rule.state is RuleState.PROPOSED
    assert await in_force(databases, city.scope) == before
    with pytest.raises(Forbidden):
        await decided(databases, officer, rule)
    assert (await decided(databases, city.scope, rule)).state is RuleState.APPROVED
    assert (await in_force(databases, plant.scope))[0] == D("2.5")
    for is_approved in (True, False):
        with pytest.raises(BudgetDecided):
            await decided(databases, city.scope, rule, is_approved=is_approved)
    later = await proposed(databases, officer, ELASTIC, "9", effective_on=today() + timedelta(days=3))
    await decided(databases, city.scope, later)
    refused = await proposed(databases, officer, ELASTIC, "50")
    assert (await decided(databases, city.scope, refused, is_approved=False)).state is RuleState.REJECTED
    assert (await in_force(databases, city.scope))[0] == D("2.5")
    await decided(databases, city.scope, await proposed(databases, officer, ELASTIC, None))
    assert (await in_force(databases, city.scope))[0] is None
    async with databases.read(city.scope) as read:
        listed = await queries_rules.rules(read, city.scope, limit=100)
    assert {rule.id, later.id, refused.id} <= {each.id for each in listed}
    # What takes effect in three days is taken away as well.
    gone = await proposed(databases, officer, ELASTIC, None, effective_on=today() + timedelta(days=3))
    await decided(databases, city.scope, gone)


async def test_a_reduced_replacement_takes_the_ratio_that_was_set(databases: Databases) -> None:
    city, year = await authority(databases, tenant=TENANT), own_year(TENANT)
    officer = await colleague(databases, city, "officer")
    giver, taker = "320402", "320404"
    await approved(databases, city, line(giver, year, "1000"), line(taker, year, "1000"))
    await decided(databases, city.scope, await proposed(databases, officer, RATIO, "1.25"))
    try:
        async with databases.write(city.scope) as write:
            await service.transfer(
                write, city.scope, giver, taker, [(year, D(100))], WHY, PAPER, replacement=Replacement.REDUCED
            )
        async with databases.read(city.scope) as read:
            found = await service.positions(read, city.scope, [giver, taker], [year])
        assert (found[giver, year].available, found[giver, year].retired) == (D(875), D(25))
        assert found[taker, year].available == D(1100)
    finally:
        await decided(databases, city.scope, await proposed(databases, officer, RATIO, None))
    assert (await in_force(databases, city.scope))[1] is None


async def test_who_may_and_what_cannot_be(databases: Databases) -> None:
    city = await authority(databases, tenant=TENANT)
    district = await authority(databases, tenant=TENANT, division="320402")
    with pytest.raises(BudgetRuleOfTheWhole):
        await proposed(databases, district.scope, ELASTIC, "1")
    with pytest.raises((Forbidden, BudgetOfAuthorities)):
        await proposed(databases, (await enterprise(databases, tenant=TENANT)).scope, ELASTIC, "1")
    wrong: list[tuple[type[CarbonError], RuleKind, str, dict]] = [
        (BudgetRuleInvalid, ELASTIC, "-1", {}), (BudgetRuleInvalid, ELASTIC, "100.1", {}),
        (BudgetRuleInvalid, ELASTIC, "1.00001", {}), (BudgetRuleInvalid, RATIO, "0.9", {}),
        (BudgetTextInvalid, ELASTIC, "1", {"reason": " "}),
        (BudgetDocumentInvalid, ELASTIC, "1", {"document": Paper("", today(), "标题")}),
    ]  # fmt: skip
    for refusal, kind, value, given in wrong:
        with pytest.raises(refusal):
            await proposed(databases, city.scope, kind, value, **given)
    rule = await proposed(databases, city.scope, ELASTIC, "1")
    with pytest.raises(BudgetSecondPerson):
        await decided(databases, city.scope, rule)
    with pytest.raises(BudgetRuleOfTheWhole):
        await decided(databases, district.scope, rule)
    unknown = RuleValue(new_id(), ELASTIC, None, "", today(), "", today(), "", now(), None)
    with pytest.raises(BudgetRuleNotFound):
        await decided(databases, city.scope, unknown)
    forged = {"rule_id": rule.id, "is_approved": True, "reason": WHY, "decided_at": now(), "decided_by": city.person_id}
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(city.scope) as write:
            await write.run(insert(BudgetRuleDecision).values(forged))
