"""Citizens' points: scenes with two persons, acts capped exactly, each key once, rewards, leaving, the year's first."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from factories import identity
from factories.citizens import LONG_AGO, PAPER, POINT, PROGRAMME, Stage, act, key, staged
from factories.ledger import held
from sqlalchemy import event

from backend.credits.citizens import errors, queries, service
from backend.credits.citizens.values import Act, ActOutcome, CitizenDraft, CitizenValue, RowOutcome, State
from backend.credits.programmes.errors import JurisdictionOnly, PointsOnly
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.errors import InsufficientUnits, MovementNotReversible, MovementOwned
from backend.ledger.values import Reason

SYSTEM = Scope.system("chengdu")
RANKED = "510181"
"""A district no other test has citizens in."""


@pytest.fixture
async def stage(databases: Databases) -> Stage:
    return await staged(databases)


async def points(stage: Stage, citizen: CitizenValue) -> dict[str, Decimal]:
    found = await held(stage.databases, citizen.id, POINT, tenant="chengdu")
    return {name: amount for name, amount in found.items() if amount}


def told(rows: list[RowOutcome]) -> list[tuple[str, str, str]]:
    return [(each.outcome.value, format(each.points.normalize(), "f"), each.code) for each in rows]


async def test_terms_need_a_second_person_and_are_never_overwritten(stage: Stage) -> None:
    code = f"S{key()[:12]}"
    given = {"programme": PROGRAMME, "code": code, "source": PAPER, "reason": "试"}
    drafted = await stage.does(stage.chief, service.draft_scene, terms=stage.terms(), **given)
    assert (drafted.version, drafted.state) == (1, State.DRAFT)
    (citizen,) = await stage.citizens()
    with pytest.raises(errors.SceneUnknown):
        await stage.told(drafted, act(citizen, "1"))
    with pytest.raises(errors.SecondPersonNeeded):
        await stage.does(stage.chief, service.decide_scene, scene_id=drafted.id, is_approved=True)
    approved = await stage.does(stage.second, service.decide_scene, scene_id=drafted.id, is_approved=True)
    assert (approved.state, approved.decided_by) == (State.APPROVED, stage.second.actor_id)
    with pytest.raises(errors.AlreadyJudged):
        await stage.does(stage.second, service.decide_scene, scene_id=drafted.id, is_approved=False, reason="试")
    dearer = stage.terms(points_per_unit="3", valid_from=today())
    newer = await stage.does(stage.chief, service.draft_scene, terms=dearer, **given)
    assert newer.version == 2
    yesterday = today() - timedelta(days=1)
    assert told(await stage.told(approved, act(citizen, "2"))) == [("earned", "2", "")]
    await stage.does(stage.second, service.decide_scene, scene_id=newer.id, is_approved=True)
    rows = await stage.told(approved, act(citizen, "2"), act(citizen, "2", yesterday))
    assert told(rows) == [("earned", "6", ""), ("earned", "2", "")]
    assert await points(stage, citizen) == {"available": Decimal(10)}


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"points_per_unit": "0"}, "pointsPerUnit"), ({"cap_day": "-1"}, "capDay"), ({"cap_day": "1.5"}, "capDay"),
        ({"cap_day": "5", "cap_year": "4"}, "capDay"), ({"late_days": 367}, "lateDays"),
        ({"validity_months": -1}, "validityMonths"),
    ],
)  # fmt: skip
async def test_figures_that_cannot_be_terms(stage: Stage, terms: dict[str, object], field: str) -> None:
    with pytest.raises(errors.SceneTermsInvalid) as caught:
        await stage.scene(**terms)
    assert caught.value.details["field"] == field


async def test_only_the_jurisdictions_own_authority_sets_terms_and_only_for_points(
    stage: Stage, databases: Databases
) -> None:
    district = await identity.authority(databases, tenant="chengdu", division="510104")
    given = {"code": "X", "terms": stage.terms(), "source": PAPER, "reason": "试"}
    with pytest.raises(JurisdictionOnly):
        await stage.does(district.scope, service.draft_scene, programme=PROGRAMME, **given)
    with pytest.raises(PointsOnly):
        await stage.does(stage.chief, service.draft_scene, programme="tianfu_reductions", **given)


async def test_caps_of_day_and_year_are_exact(stage: Stage) -> None:
    scene = await stage.scene(points_per_unit="1.5", cap_day="10", cap_year="14", late_days=2)
    (citizen,) = await stage.citizens()
    day = today()
    rows = await stage.told(scene, act(citizen, "3.9"), act(citizen, "5"), act(citizen, "1"))
    assert told(rows) == [("earned", "5", ""), ("capped", "5", ""), ("capped", "0", "")]
    async with stage.databases.read(SYSTEM) as read:
        found = await queries.acts(read, SYSTEM, scene_code=scene.code)
    assert [(each.computed, each.points, each.movement_id is None) for each in reversed(found)] == [
        (Decimal("5.85"), Decimal(5), False), (Decimal("7.5"), Decimal(5), False), (Decimal("1.5"), Decimal(0), True),
    ]  # fmt: skip
    other = day - timedelta(days=1)
    if other.year == day.year:
        assert told(await stage.told(scene, act(citizen, "100", other))) == [("capped", "4", "")]
        assert await points(stage, citizen) == {"available": Decimal(14)}


async def test_each_row_stands_for_itself_and_a_key_counts_once(stage: Stage) -> None:
    scene, other = await stage.scene(late_days=3), await stage.scene()
    citizen, leaver = await stage.citizens(2)
    await stage.does(stage.chief, service.close_citizen, programme=PROGRAMME, number=leaver.number, reason="本人申请")
    once = act(citizen, "7")
    rows = [
        once, once, Act(citizen.number, once.day, Decimal(8), once.key), act(citizen, "0"), act(leaver, "1"),
        Act("C-0000-0000-00", today(), Decimal(1), key()), act(citizen, "1", today() + timedelta(days=1)),
        act(citizen, "1", today() - timedelta(days=4)), act(citizen, "1", LONG_AGO - timedelta(days=1)),
        Act(citizen.number, today(), Decimal(1), " "), Act(citizen.number, today(), Decimal("1e30"), key()),
    ]  # fmt: skip
    first = await stage.told(scene, *rows)
    assert told(first) == [
        ("earned", "7", ""), ("repeated", "7", ""), ("refused", "0", "key_used"), ("refused", "0", "quantity_invalid"),
        ("refused", "0", "citizen_closed"), ("refused", "0", "citizen_not_found"), ("refused", "0", "day_not_in_time"),
        ("refused", "0", "day_not_in_time"), ("refused", "0", "scene_not_open"), ("refused", "0", "key_invalid"),
        ("refused", "0", "quantity_invalid"),
    ]  # fmt: skip
    assert all(bool(each.zh and each.en) == (each.outcome is ActOutcome.REFUSED) for each in first)
    again = await stage.told(scene, once)
    assert (again[0].outcome, again[0].act_id) == (ActOutcome.REPEATED, first[0].act_id)
    assert told(await stage.told(other, once)) == [("earned", "7", "")]
    assert await points(stage, citizen) == {"available": Decimal(14)}


async def test_only_the_operator_and_the_authority_tell_of_acts(stage: Stage, databases: Databases) -> None:
    scene = await stage.scene()
    (citizen,) = await stage.citizens(division="510104")
    stranger = await identity.enterprise(databases, tenant="chengdu")
    with pytest.raises(errors.SceneOperatorOnly):
        await stage.told(scene, act(citizen, "1"), scope=stranger.scope)
    near = await identity.authority(databases, tenant="chengdu", division="510104")
    far = await identity.authority(databases, tenant="chengdu", division="510105")
    assert told(await stage.told(scene, act(citizen, "1"), scope=near.scope)) == [("earned", "1", "")]
    assert told(await stage.told(scene, act(citizen, "1"), scope=far.scope)) == [("refused", "0", "citizen_not_found")]
    with pytest.raises(errors.BatchInvalid):
        await stage.told(scene)


async def test_keys_of_persons_are_refused(stage: Stage) -> None:
    for subject in ("13800000000", "510104199001011234", "51010419900101123X", "short", "with space inside 123"):
        with pytest.raises(errors.SubjectInvalid):
            await stage.does(
                stage.chief, service.open_citizens, programme=PROGRAMME,
                drafts=[CitizenDraft(subject, "510104", LONG_AGO)],
            )  # fmt: skip
    draft = CitizenDraft(f"u{key()}", "510104", LONG_AGO)
    (opened,) = await stage.does(stage.chief, service.open_citizens, programme=PROGRAMME, drafts=[draft])
    assert opened.number.startswith("C-")
    for drafts in ([draft], [replaced := CitizenDraft(f"u{key()}", "510104", LONG_AGO), replaced]):
        with pytest.raises(errors.SubjectKnown):
            await stage.does(stage.chief, service.open_citizens, programme=PROGRAMME, drafts=drafts)


async def test_points_are_redeemed_and_come_back_when_cancelled(stage: Stage) -> None:
    scene, reward = await stage.scene(), await stage.reward(points=Decimal(10), stock=2, yearly=1)
    first, second, third = await stage.citizens(3)
    await stage.told(scene, *(act(each, "25") for each in (first, second, third)))
    redeem = {"reward_id": reward.id}
    done = await stage.does(stage.chief, service.redeem, number=first.number, **redeem)
    assert (done.points, await points(stage, first)) == (
        Decimal(10), {"available": Decimal(15), "retired": Decimal(10)},
    )  # fmt: skip
    with pytest.raises(errors.RewardLimitReached):
        await stage.does(stage.chief, service.redeem, number=first.number, **redeem)
    await stage.does(stage.chief, service.redeem, number=second.number, **redeem)
    with pytest.raises(errors.RewardGone):
        await stage.does(stage.chief, service.redeem, number=third.number, **redeem)
    with pytest.raises(MovementOwned):
        async with stage.databases.write(SYSTEM) as write:
            await ledger.reverse(write, SYSTEM, done.movement_id, Reason(note="试"))
    back = {"account_id": first.id, "redemption_id": done.id, "reason": "门店缺货"}
    await stage.does(stage.chief, service.cancel_redemption, **back)
    assert await points(stage, first) == {"available": Decimal(25)}
    with pytest.raises(errors.RedemptionCancelled):
        await stage.does(stage.chief, service.cancel_redemption, **back)
    await stage.does(stage.chief, service.redeem, number=third.number, **redeem)
    assert await points(stage, third) == {"available": Decimal(15), "retired": Decimal(10)}


async def test_what_is_not_offered_or_not_covered_is_not_redeemed(stage: Stage) -> None:
    (citizen,) = await stage.citizens()
    over = await stage.reward(days=(LONG_AGO, today() - timedelta(days=1)))
    with pytest.raises(errors.RewardNotOffered):
        await stage.does(stage.chief, service.redeem, reward_id=over.id, number=citizen.number)
    dear = await stage.reward(points=Decimal(10_000), stock=1)
    with pytest.raises(InsufficientUnits):
        await stage.does(stage.chief, service.redeem, reward_id=dear.id, number=citizen.number)
    async with stage.databases.read(SYSTEM) as read:
        assert await queries.taken(read, SYSTEM, [dear.id]) == [0]
        assert await queries.redemptions(read, SYSTEM, reward_id=dear.id) == []


async def test_an_act_is_revoked_while_its_points_are_held(stage: Stage) -> None:
    scene, reward = await stage.scene(cap_day="10"), await stage.reward(points=Decimal(10))
    (citizen,) = await stage.citizens()
    (row,) = await stage.told(scene, act(citizen, "30"))
    gone = {"account_id": citizen.id, "act_id": row.act_id, "reason": "误报"}
    revoked = await stage.does(stage.chief, service.revoke_act, **gone)
    assert (revoked.revocation, await points(stage, citizen)) == ("误报", {})
    with pytest.raises(errors.ActRevoked):
        await stage.does(stage.chief, service.revoke_act, **gone)
    assert told(await stage.told(scene, act(citizen, "30", with_key=revoked.key))) == [("refused", "0", "act_revoked")]
    (again,) = await stage.told(scene, act(citizen, "30"))
    assert again.points == Decimal(10)
    await stage.does(stage.chief, service.redeem, reward_id=reward.id, number=citizen.number)
    with pytest.raises(MovementNotReversible):
        await stage.does(stage.chief, service.revoke_act, **(gone | {"act_id": again.act_id}))
    assert await points(stage, citizen) == {"retired": Decimal(10)}


async def test_who_leaves_is_forgotten_and_their_points_are_cancelled(stage: Stage) -> None:
    scene = await stage.scene()
    (citizen,) = await stage.citizens()
    await stage.told(scene, act(citizen, "12"))
    left = await stage.does(
        stage.chief, service.close_citizen, programme=PROGRAMME, number=citizen.number, reason="本人申请"
    )
    assert (left.subject, left.cancelled_points) == (None, Decimal(12))
    assert await points(stage, citizen) == {"retired": Decimal(12)}
    with pytest.raises(errors.CitizenClosed):
        await stage.does(
            stage.chief, service.close_citizen, programme=PROGRAMME, number=citizen.number, reason="本人申请"
        )


async def test_the_years_first_are_told_without_persons(stage: Stage) -> None:
    scene = await stage.scene(late_days=366)
    last = date(today().year - 1, 12, 31)
    given = {
        "programme": PROGRAMME,
        "year": last.year,
        "division_code": RANKED,
        "incentive": "颁发证书",
        "source": PAPER,
    }
    with pytest.raises(errors.RankingInvalid):
        await stage.does(stage.chief, service.draft_ranking, **(given | {"year": today().year}), places=3)
    four = await stage.citizens(4, division=RANKED)
    await stage.told(scene, *(act(each, "5", last) for each in four))
    with pytest.raises(errors.TooFewCitizens):
        await stage.does(stage.chief, service.draft_ranking, **given, places=3)
    fifth, away = *await stage.citizens(1, division=RANKED), *await stage.citizens(1)
    rows = await stage.told(
        scene, act(fifth, "9", last), act(away, "100", last), act(four[0], "2", last), act(four[3], "2", last),
        act(four[1], "50"), act(four[2], "90", last),
    )  # fmt: skip
    await stage.does(stage.chief, service.revoke_act, account_id=four[2].id, act_id=rows[5].act_id, reason="误报")
    drafted = await stage.does(stage.chief, service.draft_ranking, **given, places=2)
    assert (drafted.citizens, drafted.points) == (5, Decimal(33))
    async with stage.databases.read(stage.chief) as read:
        (found,) = await queries.places_of(read, stage.chief, [drafted.id])
    assert [(each.place, each.points) for each in found] == [(1, Decimal(9)), (2, Decimal(7)), (2, Decimal(7))]
    assert Counter(each.number for each in found[1:]) == Counter([four[0].number, four[3].number])
    with pytest.raises(errors.SecondPersonNeeded):
        await stage.does(stage.chief, service.decide_ranking, ranking_id=drafted.id, is_approved=True)
    approved = await stage.does(stage.second, service.decide_ranking, ranking_id=drafted.id, is_approved=True)
    assert approved.state is State.APPROVED


async def test_what_was_earned_is_redeemed_cancelled_expired_or_held(stage: Stage) -> None:
    scene, short = await stage.scene(), await stage.scene(validity_months=1)
    reward = await stage.reward(points=Decimal(4))
    division = "510182"
    one, two, three = await stage.citizens(3, division=division)
    await stage.told(scene, act(one, "10"), act(two, "7"), act(three, "3"))
    await stage.told(short, act(one, "5"))
    await stage.does(stage.chief, service.redeem, reward_id=reward.id, number=one.number)
    await stage.does(stage.chief, service.close_citizen, programme=PROGRAMME, number=two.number, reason="本人申请")
    async with stage.databases.write(SYSTEM) as write:
        await ledger.expire(write, SYSTEM, today() + timedelta(days=32))
    async with stage.databases.read(stage.chief) as read:
        found = await service.standing(read, stage.chief, programme=PROGRAMME, division_code=division)
    parts = (found.citizens, found.earned, found.redeemed, found.cancelled, found.expired, found.held, found.difference)
    # The points that end first are redeemed first: 4 of the 5 that last a month.
    assert parts == (3, 25, 4, 7, 1, 13, 0)


async def test_a_batch_costs_as_many_statements_as_a_row(stage: Stage) -> None:
    scene = await stage.scene()
    citizens = await stage.citizens(20)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    engine = stage.databases.engine("chengdu").sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        await stage.told(scene, act(citizens[0], "1"))
        alone = len(statements)
        await stage.told(scene, *(act(each, "1") for each in citizens))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) - alone <= alone, statements


async def test_every_refusal_names_itself_in_both_languages() -> None:
    for each in vars(errors).values():
        if isinstance(each, type) and issubclass(each, CarbonError) and each.__module__ == errors.__name__:
            assert each.zh
            assert each.en
