"""Citizens' points under haste: no cap is passed, no key counts twice, no reward or point is given twice; all is conserved."""

import asyncio
import random
from decimal import Decimal
from typing import Any

import pytest
from factories.citizens import POINT, PROGRAMME, Stage, act, staged
from factories.ledger import held

from backend.credits.citizens import errors, rules, service
from backend.credits.citizens.values import CitizenValue, RedemptionValue
from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.ledger.errors import InsufficientUnits


@pytest.fixture
async def stage(databases: Databases) -> Stage:
    return await staged(databases)


async def points(stage: Stage, citizen: CitizenValue) -> dict[str, Decimal]:
    found = await held(stage.databases, citizen.id, POINT, tenant="chengdu")
    return {name: amount for name, amount in found.items() if amount}


async def test_a_cap_holds_when_all_tell_at_once(stage: Stage) -> None:
    scene = await stage.scene(cap_day="10")
    citizens = await stage.citizens(3)
    # Everybody tells of everybody, in an order of their own: whoever locked in that order would wait for each other.
    batches = [random.sample([act(each, "3") for each in citizens], 3) for _ in range(6)]
    done = await asyncio.gather(*(stage.told(scene, *batch) for batch in batches))
    assert sum(each.points for rows in done for each in rows) == 30
    assert [await points(stage, each) for each in citizens] == [{"available": Decimal(10)}] * 3


async def test_a_key_sent_twice_at_once_counts_once(stage: Stage) -> None:
    scene = await stage.scene()
    (citizen,) = await stage.citizens()
    once = act(citizen, "7")
    done = await asyncio.gather(*(stage.told(scene, once) for _ in range(5)))
    assert sorted(rows[0].outcome.value for rows in done) == ["earned", *["repeated"] * 4]
    assert len({rows[0].act_id for rows in done}) == 1
    assert await points(stage, citizen) == {"available": Decimal(7)}


async def test_points_are_not_spent_twice(stage: Stage) -> None:
    scene, reward, other = await stage.scene(), await stage.reward(), await stage.reward()
    (citizen,) = await stage.citizens()
    await stage.told(scene, act(citizen, "25"))
    wanted = [reward.id, other.id] * 3
    done = await asyncio.gather(
        *(stage.does(stage.chief, service.redeem, reward_id=each, number=citizen.number) for each in wanted),
        return_exceptions=True,
    )
    assert [type(each) for each in done].count(RedemptionValue) == 2
    assert [type(each) for each in done].count(InsufficientUnits) == 4
    assert await points(stage, citizen) == {"available": Decimal(5), "retired": Decimal(20)}


async def test_the_last_of_a_reward_goes_to_one(stage: Stage) -> None:
    scene, reward = await stage.scene(), await stage.reward(stock=1)
    citizens = await stage.citizens(4)
    await stage.told(scene, *(act(each, "10") for each in citizens))
    done = await asyncio.gather(
        *(stage.does(stage.chief, service.redeem, reward_id=reward.id, number=each.number) for each in citizens),
        return_exceptions=True,
    )
    assert [type(each) for each in done].count(RedemptionValue) == 1
    assert [type(each) for each in done].count(errors.RewardGone) == 3


@pytest.mark.parametrize("seed", range(3))
async def test_points_are_conserved_whatever_happens(stage: Stage, seed: int) -> None:
    """Earned = redeemed + cancelled + expired + held, by the records and by the ledger, after every step of a random life."""
    chance, division = random.Random(seed), ("510183", "510184", "510185")[seed]
    scene, reward = await stage.scene(cap_day="40"), await stage.reward(points=Decimal(7), stock=1000)
    citizens = await stage.citizens(4, division=division)
    acts: list[tuple[Any, Any]] = []
    redemptions: list[RedemptionValue] = []
    for _ in range(40):
        citizen, move = chance.choice(citizens), chance.random()
        try:
            if move < 0.45:
                (row,) = await stage.told(scene, act(citizen, str(chance.randint(1, 12))))
                acts.append((citizen.id, row.act_id))
            elif move < 0.7:
                given = {"reward_id": reward.id, "number": citizen.number}
                redemptions.append(await stage.does(stage.chief, service.redeem, **given))
            elif move < 0.8 and redemptions:
                one = chance.choice(redemptions)
                given = {"account_id": one.account_id, "redemption_id": one.id, "reason": "试"}
                await stage.does(stage.chief, service.cancel_redemption, **given)
            elif move < 0.95 and acts:
                account_id, act_id = chance.choice(acts)
                if act_id is not None:
                    given = {"account_id": account_id, "act_id": act_id, "reason": "试"}
                    await stage.does(stage.chief, service.revoke_act, **given)
            elif move >= 0.95:
                given = {"programme": PROGRAMME, "number": citizen.number, "reason": "试"}
                await stage.does(stage.chief, service.close_citizen, **given)
        except CarbonError:
            pass  # refused: nothing may have changed
        async with stage.databases.read(stage.chief) as read:
            found = await service.standing(read, stage.chief, programme=PROGRAMME, division_code=division)
        assert found.difference == 0, found
        assert found.earned == found.redeemed + found.cancelled + found.expired + found.held
    assert found.earned > 0


def test_places_share_and_leave_nobody_out_by_chance() -> None:
    earned = [(name, Decimal(points)) for name, points in zip("abcdef", (5, 9, 5, 1, 9, 5), strict=True)]
    assert rules.places(earned, 3) == [
        (1, "b", Decimal(9)), (1, "e", Decimal(9)), (3, "a", Decimal(5)), (3, "c", Decimal(5)), (3, "f", Decimal(5)),
    ]  # fmt: skip
    assert [place for place, _, _ in rules.places(earned, 1)] == [1, 1]
    assert rules.places([], 3) == []


def test_a_masked_number_tells_nothing_but_to_its_owner() -> None:
    assert rules.masked("C-7K3M-9Q2X-4D") == "C-7K******4D"
    assert rules.masked(rules.fresh("C", rules.NUMBER_SIGNS)).count("*") == rules.NUMBER_SIGNS - 4
