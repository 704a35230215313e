"""Guizhou's numbered trees: limits on both sides, sold once for a year, paid in full to the household; the calculator."""

import asyncio
import itertools
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from factories import accounts, identity
from factories.accounts import Held
from factories.api import Client
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import text

from backend.credits.programmes import errors, queries, service
from backend.credits.programmes.rules import tree_payment
from backend.credits.programmes.values import HouseholdValue, Listed, PaymentState
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.scope import Scope
from backend.tenants.values import RetirementPurpose

EXAMPLES = [
    case
    for case in json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text(encoding="utf-8"))
    if case["kind"] == "tree_payment"
]
PROGRAMME = "single_tree_sink"
COUNTY = "520423"
NUMBERS = itertools.count(1)
YEAR = today().year


async def put(databases: Databases, scope: Scope, verb: Any, **given: Any) -> Any:
    async with databases.write(scope) as write:
        return await verb(write, scope, **given)


async def refused(databases: Databases, scope: Scope, kind: type[CarbonError], verb: Any, **given: Any) -> CarbonError:
    with pytest.raises(kind) as caught:
        await put(databases, scope, verb, **given)
    assert type(caught.value) is kind
    return caught.value


@pytest.fixture(scope="module")
async def bureau(databases: Databases) -> identity.Made:
    return await identity.authority(databases, tenant="guizhou")


@pytest.fixture
async def buyer(databases: Databases) -> Held:
    return await accounts.held_account(databases, tenant="guizhou")


async def household(databases: Databases, bureau: identity.Made, mu: str = "2") -> HouseholdValue:
    return await put(
        databases, bureau.scope, service.register_household, programme=PROGRAMME, code=f"H{next(NUMBERS):06d}",
        name="张家", division_code=COUNTY, mu=Decimal(mu),
    )  # fmt: skip


def block(count: int) -> tuple[int, int]:
    """Return numbers no other test uses."""
    first = next(NUMBERS) * 1_000_000
    return first, first + count - 1


async def planted(databases: Databases, bureau: identity.Made, owner: HouseholdValue, run: tuple[int, int]) -> Any:
    return await put(
        databases, bureau.scope, service.register_trees, household_id=owner.id, numbers=[run], first_year=YEAR,
        photographs="照片档案 2026-01",
    )  # fmt: skip


def purchase(buyer: Held, *runs: tuple[int, int], **changed: Any) -> dict[str, Any]:
    return {
        "holder_id": buyer.id, "programme": PROGRAMME, "year": YEAR, "numbers": runs,
        "purpose": RetirementPurpose.EVENT, "beneficiary": "年会", **changed,
    }  # fmt: skip


async def test_land_and_trees_on_both_sides_of_the_limits(databases: Databases, bureau: identity.Made) -> None:
    given = {"programme": PROGRAMME, "name": "李家", "division_code": COUNTY}
    for mu, kind in (("2.01", errors.LandExceeded), ("0", errors.HouseholdsInvalid), ("-1", errors.HouseholdsInvalid)):
        await refused(
            databases, bureau.scope, kind, service.register_household, **given, code=f"H{next(NUMBERS):06d}", mu=Decimal(mu)
        )  # fmt: skip
    owner = await household(databases, bureau)
    run = block(450)
    over = {"household_id": owner.id, "first_year": YEAR, "photographs": "照片"}
    await refused(
        databases, bureau.scope, errors.TreesPerHouseholdExceeded, service.register_trees, **over,
        numbers=[(run[0], run[1] + 1)],
    )  # fmt: skip
    (stand,) = await planted(databases, bureau, owner, run)
    assert (stand.trees, stand.first_year, stand.last_year) == (450, YEAR, YEAR + 4)
    await refused(
        databases, bureau.scope, errors.TreesPerHouseholdExceeded, service.register_trees, **over, numbers=[block(1)]
    )
    small = await household(databases, bureau, "1")
    await refused(
        databases, bureau.scope, errors.TreesPerMuExceeded, service.register_trees, **{**over, "household_id": small.id},
        numbers=[block(226)],
    )  # fmt: skip
    await planted(databases, bureau, small, block(225))


async def test_a_number_is_one_tree(databases: Databases, bureau: identity.Made) -> None:
    run = block(10)
    await planted(databases, bureau, await household(databases, bureau), run)
    other = await household(databases, bureau)
    given = {"household_id": other.id, "first_year": YEAR, "photographs": "照片"}
    await refused(
        databases, bureau.scope, errors.NumbersTaken, service.register_trees, **given, numbers=[(run[1], run[1] + 5)]
    )
    for numbers in ([], [(5, 4)], [(0, 3)], [(10, 20), (20, 30)]):
        await refused(databases, bureau.scope, errors.NumbersInvalid, service.register_trees, **given, numbers=numbers)
    await refused(
        databases, bureau.scope, errors.TreeYearInvalid, service.register_trees,
        **{**given, "first_year": YEAR + 2}, numbers=[block(1)],
    )  # fmt: skip


async def test_a_purchase_pays_each_household_in_full(databases: Databases, bureau: identity.Made, buyer: Held) -> None:
    first, second = await household(databases, bureau), await household(databases, bureau)
    start = block(300)[0]
    await planted(databases, bureau, first, (start, start + 99))
    await planted(databases, bureau, second, (start + 100, start + 299))
    made = await put(databases, buyer.scope, service.buy_trees, **purchase(buyer, (start + 50, start + 149)))
    assert (made.trees, made.yuan_per_tree, made.yuan) == (100, Decimal(3), Decimal(300))
    async with databases.read(buyer.scope) as read:
        payments = await queries.payments(read, buyer.scope, Listed(account_id=buyer.id))
        (parts,) = await queries.parts_of(read, buyer.scope, [(buyer.id, made.id)])
        hidden = await queries.households_by_id(read, buyer.scope, [first.id])
    assert {(each.household_id, each.trees, each.yuan, each.state) for each in payments} == {
        (first.id, 50, Decimal(150), PaymentState.DUE), (second.id, 50, Decimal(150), PaymentState.DUE),
    }  # fmt: skip
    assert [(each.first_number, each.last_number) for each in parts] == [
        (start + 50, start + 99), (start + 100, start + 149),
    ]  # fmt: skip
    assert hidden == [None]
    due = payments[0]
    given = {
        "account_id": buyer.id,
        "payment_id": due.id,
        "yuan": Decimal(150),
        "paid_on": today(),
        "reference": "转账1",
    }
    await refused(databases, buyer.scope, Forbidden, service.record_payment, **given)
    for changed in ({"yuan": Decimal("149.99")}, {"yuan": Decimal(151)}, {"paid_on": today() + timedelta(days=1)}):
        await refused(databases, bureau.scope, errors.PaymentWrong, service.record_payment, **{**given, **changed})
    paid = await put(databases, bureau.scope, service.record_payment, **given)
    assert (paid.state, paid.paid_on, paid.reference) == (PaymentState.PAID, today(), "转账1")
    await refused(databases, bureau.scope, errors.AlreadyPaid, service.record_payment, **given)
    elsewhere = await identity.authority(databases, tenant="guizhou", division="520100")
    await refused(databases, elsewhere.scope, errors.PaymentNotFound, service.record_payment, **given)


async def test_a_tree_is_sold_once_for_a_year(databases: Databases, bureau: identity.Made, buyer: Held) -> None:
    run = block(20)
    await planted(databases, bureau, await household(databases, bureau), run)
    await put(databases, buyer.scope, service.buy_trees, **purchase(buyer, (run[0], run[0] + 9)))
    other = await accounts.held_account(databases, tenant="guizhou")
    for changed, kind in (
        ({"numbers": [(run[0] + 9, run[1])]}, errors.TreesSold),
        ({"numbers": [(run[0] + 10, run[1] + 1)]}, errors.TreesNotForSale),
        ({"year": YEAR + 5}, errors.TreesNotForSale),
        ({"year": YEAR - 1}, errors.TreesNotForSale),
        ({"purpose": RetirementPurpose.REDEEM}, errors.PurposeNotAllowed),
        ({"beneficiary": ""}, errors.BeneficiaryMissing),
    ):
        await refused(databases, other.scope, kind, service.buy_trees, **{**purchase(other, run), **changed})
    async with databases.read(other.scope) as read:
        assert await queries.purchases(read, other.scope, other.id) == []
    assert (await put(databases, other.scope, service.buy_trees, **purchase(other, run, year=YEAR + 1))).trees == 20
    assert (await put(databases, other.scope, service.buy_trees, **purchase(other, (run[0] + 10, run[1])))).trees == 10


async def test_of_many_buyers_one_gets_the_tree(databases: Databases, bureau: identity.Made) -> None:
    run = block(5)
    await planted(databases, bureau, await household(databases, bureau), run)
    buyers = [await accounts.held_account(databases, tenant="guizhou") for _ in range(5)]

    async def attempt(each: Held) -> str:
        try:
            await put(databases, each.scope, service.buy_trees, **purchase(each, run))
        except errors.TreesSold:
            return "sold"
        return "bought"

    answers = await asyncio.gather(*(attempt(each) for each in buyers))
    assert sorted(answers) == ["bought", "sold", "sold", "sold", "sold"]
    async with databases.read(Scope.system("guizhou")) as read:
        sold = await read.value(
            text(
                "select sum(last_number - first_number + 1) from tree_purchase_part where first_number between :a and :b"
            ),
            {"a": run[0], "b": run[1]},
        )
    assert sold == 5


async def test_only_an_authority_keeps_households(databases: Databases, bureau: identity.Made, buyer: Held) -> None:
    given = {"programme": PROGRAMME, "code": "H-1", "name": "王家", "division_code": COUNTY, "mu": Decimal(1)}
    await refused(databases, buyer.scope, Forbidden, service.register_household, **given)
    elsewhere = await identity.authority(databases, tenant="guizhou", division="520100")
    await refused(databases, elsewhere.scope, errors.AuthorityOnly, service.register_household, **given)
    owner = await household(databases, bureau)
    await refused(
        databases, elsewhere.scope, errors.HouseholdNotFound, service.register_trees, household_id=owner.id,
        numbers=[block(1)], first_year=YEAR, photographs="照片",
    )  # fmt: skip


def test_a_payment_is_a_product_and_never_rounded() -> None:
    assert tree_payment(450, Decimal(3), 128) == Decimal(172800)
    assert tree_payment(7, Decimal("0.333"), 3, 2) == Decimal("13.986")
    for trees, price, count in ((0, "3", 1), (1, "0", 1), (1, "3", 0), (1, "-1", 1)):
        with pytest.raises(errors.HouseholdsInvalid):
            tree_payment(trees, Decimal(price), count)


QUERY = """query Payment($trees: Int!, $households: Int!, $price: Decimal) {
  treePayment(treesPerHousehold: $trees, households: $households, yuanPerTree: $price) {
    trees yuanPerTree yuan programme isPriceGiven confidence
  }
}"""


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["id"])
async def test_worked_examples_through_the_api(
    databases: Databases,
    http: httpx.AsyncClient,  # noqa: F811 - pytest's way of asking for the fixture
    case: dict[str, Any],
) -> None:
    given, expected = case["inputs"], Decimal(case["expected"]["yuan"])
    client = await Client(http, "guizhou").signed_in(await identity.enterprise(databases, tenant="guizhou"))
    asked = {"trees": given["trees_per_household"], "households": given["households"]}
    answer = (await client.ask(QUERY, **asked, price=given["yuan_per_tree"]))["data"]["treePayment"]
    assert Decimal(answer["yuan"]) == expected
    assert answer["isPriceGiven"]
    own = (await client.ask(QUERY, **asked))["data"]["treePayment"]
    assert own == {
        "trees": asked["trees"] * asked["households"], "yuanPerTree": "3", "yuan": case["expected"]["yuan"],
        "programme": PROGRAMME, "isPriceGiven": False, "confidence": "verified-by-lookup",
    }  # fmt: skip
