"""Citizens, scenes, rewards and events for tests, made by the services' own commands.

stage = await staged(databases)                       # Chengdu: authority, a second person, a scene's operator
scene = await stage.scene(points="1.5", cap_day="10") # drafted and approved
(one,) = await stage.citizens()
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from factories import identity
from factories.accounts import Held
from factories.identity import Made
from factories.ledger import issued, with_points
from sqlalchemy import insert

from backend.credits.citizens import service
from backend.credits.citizens.models import (
    Citizen,
    CitizenAct,
    CitizenPlace,
    CitizenRanking,
    CitizenRedemption,
    CitizenReward,
    CitizenRewardTaken,
    CitizenScene,
)
from backend.credits.citizens.values import (
    Act,
    CitizenDraft,
    CitizenValue,
    Document,
    RewardValue,
    RowOutcome,
    SceneKind,
    SceneTerms,
    SceneValue,
)
from backend.credits.events import service as events
from backend.credits.events.values import EventFacts, LineDraft, OwnFactor
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.tenants.values import Rounding
from backend.wire.nodes import node_id

PROGRAMME, POINT, DISTRICT = "tianfu_points", "TF_POINT", "510104"
PAPER = Document("成都市“碳惠天府”机制管理办法（试行）", "试〔2026〕1号", date(2026, 1, 5))
LONG_AGO = date(2020, 1, 1)


def key() -> str:
    """Return a key nobody has used."""
    return uuid4().hex


@dataclass(frozen=True)
class Stage:
    """The authority of a jurisdiction (`chief`), a second person of it (`second`), and an enterprise that runs scenes."""

    databases: Databases
    chief: Scope
    second: Scope
    operator: Made

    async def does(self, scope: Scope, verb: Any, **given: Any) -> Any:
        """Run a command in a transaction of its own."""
        async with self.databases.write(scope) as write:
            return await verb(write, scope, **given)

    def terms(self, **more: Any) -> SceneTerms:
        """Return terms of a scene; numbers may be text."""
        given: dict[str, Any] = {
            "name_zh": "绿色出行", "name_en": "Green travel", "kind": SceneKind.LIVING, "activity_unit": "km",
            "points_per_unit": "1", "rounding": Rounding.DOWN, "cap_day": None, "cap_year": None, "validity_months": 0,
            "late_days": 31, "operator_id": self.operator.id, "is_open": True, "valid_from": LONG_AGO, **more,
        }  # fmt: skip
        for name in ("points_per_unit", "cap_day", "cap_year"):
            given[name] = None if given[name] is None else Decimal(given[name])
        return SceneTerms(**given)

    async def scene(self, code: str | None = None, **more: Any) -> SceneValue:
        """Draft a scene and have it approved."""
        drafted = await self.does(
            self.chief, service.draft_scene, programme=PROGRAMME, code=code or f"S{key()[:12]}",
            terms=self.terms(**more), source=PAPER, reason="按管理办法设定",
        )  # fmt: skip
        return await self.does(self.second, service.decide_scene, scene_id=drafted.id, is_approved=True)

    async def citizens(self, count: int = 1, division: str = DISTRICT) -> list[CitizenValue]:
        """Open citizens."""
        drafts = [CitizenDraft(f"u{key()}", division, LONG_AGO) for _ in range(count)]
        return await self.does(self.chief, service.open_citizens, programme=PROGRAMME, drafts=drafts)

    async def told(self, scene: SceneValue, *rows: Act, scope: Scope | None = None) -> list[RowOutcome]:
        """Tell of acts, as the operator unless told otherwise."""
        return await self.does(
            scope or self.operator.scope, service.record_acts, programme=PROGRAMME, scene=scene.code, rows=rows
        )

    async def reward(self, **more: Any) -> RewardValue:
        """Draft a reward and have it approved."""
        given: dict[str, Any] = {
            "code": f"R{key()[:12]}", "names": ("地铁单程票", "Metro ticket"), "points": Decimal(10), "stock": 100,
            "yearly": None, "provider": "成都地铁", "days": (LONG_AGO, today() + timedelta(days=30)), "source": PAPER,
            **more,
        }  # fmt: skip
        drafted = await self.does(self.chief, service.draft_reward, programme=PROGRAMME, **given)
        return await self.does(self.second, service.decide_reward, reward_id=drafted.id, is_approved=True)


async def staged(databases: Databases) -> Stage:
    """Make Chengdu's authority with a second administrator, and an enterprise that runs scenes."""
    bureau = await identity.authority(databases, tenant="chengdu")
    second = await identity.colleague(databases, bureau, "administrator")
    return Stage(databases, bureau.scope, second, await identity.enterprise(databases, tenant="chengdu"))


def act(citizen: CitizenValue, quantity: str, day: date | None = None, with_key: str | None = None) -> Act:
    """Return an act of today, under a fresh key, unless told otherwise."""
    return Act(citizen.number, day or today(), Decimal(quantity), with_key or key())


FACTS = EventFacts(
    name="成都绿色马拉松", place="天府绿道", organiser="成都市体育局", boundary="赛事当日场地用电、工作车辆与参赛者交通",
    first_day=date(2026, 5, 16), last_day=date(2026, 5, 17), participants=20_000,
)  # fmt: skip
KILOMETRES = OwnFactor(Decimal("0.05"), "kgCO2e/pkm", "主办方委托测算报告")


def lines(*more: LineDraft) -> list[LineDraft]:
    """Return lines that tell of every group: travel of 1,234,567 pkm, everything else left out, and what is added."""
    told = {each.category for each in more}
    rest = [each for each in ("fuel", "energy", "stay", "materials", "waste") if each not in told]
    return [
        LineDraft("transport", "参赛者往返交通", Decimal(1_234_567), "pkm", factor=KILOMETRES), *more,
        *(LineDraft(each, "未发生", exclusion="活动中未发生") for each in rest),
    ]  # fmt: skip


async def drafted_event(databases: Databases, held: Held, drafts: list[LineDraft] | None = None, **facts: Any) -> Any:
    """Draft an event of an account, with lines."""
    scope = held.scope
    async with databases.write(scope) as write:
        made = await events.draft_event(write, scope, account_id=held.id, facts=replace(FACTS, **facts))
    async with databases.write(scope) as write:
        return await events.set_lines(
            write, scope, account_id=held.id, event_id=made.id, drafts=lines() if drafts is None else drafts
        )


async def submitted_event(databases: Databases, held: Held, **facts: Any) -> Any:
    """Draft an event and submit it."""
    made = await drafted_event(databases, held, **facts)
    async with databases.write(held.scope) as write:
        return await events.submit_event(write, held.scope, account_id=held.id, event_id=made.id)


async def confirmed_event(databases: Databases, held: Held, authority: Scope, **facts: Any) -> Any:
    """Draft and submit an event, and have it confirmed."""
    made = await submitted_event(databases, held, **facts)
    async with databases.write(authority) as write:
        return await events.decide_event(write, authority, account_id=held.id, event_id=made.id, is_confirmed=True)


async def of_the_victim(databases: Databases, held: Held, division: str) -> dict[str, str]:
    """Put a citizen's things and two events beside a victim's account; return them by name.

    A jurisdiction whose programmes give no points has no command for the first: they are put into the tables.
    """
    tenant = held.scope.tenant
    system, keeper = Scope.system(tenant), await identity.authority(databases, tenant=tenant, division=division)
    await with_points(databases, tenant)
    number, programme, path = f"C-{key()[:10]}", "carbon_inclusive", held.account.division_path
    async with databases.write(keeper.scope) as write:
        citizen = await ledger.open_participant(write, keeper.scope, number, path)
    movement = await issued(databases, citizen, "TEST_POINT", 5, tenant=tenant)
    paper = {"document_title": "试", "document_number": "", "document_dated": LONG_AGO}
    drafted = {"state": "draft", "drafted_at": now(), **paper}
    scene, act_id, reward, redemption, ranking = (new_id() for _ in range(5))
    code = key()
    at = {"programme": programme, "division_path": path}
    async with databases.write(system) as write:
        for table, values in (
            (CitizenScene, {
                "id": scene, "programme": programme, "code": code, "version": 1, "name_zh": "试", "name_en": "try",
                "kind": "living", "activity_unit": "km", "points_per_unit": 1, "rounding": "down", "validity_months": 0,
                "late_days": 31, "operator_id": held.holder.id, "is_open": True, "valid_from": LONG_AGO, "reason": "试",
                **drafted, "state": "approved", "decided_at": now(),
            }),
            (Citizen, {
                "id": citizen, "number": number, "subject": f"受害者{key()}", "division_code": held.account.division_code,
                "organisation_id": keeper.id, "consented_on": LONG_AGO, "opened_at": now(), **at,
            }),
            (CitizenAct, {
                "account_id": citizen, "id": act_id, "scene": code, "scene_version_id": scene, "number": number,
                "day": LONG_AGO, "quantity": 5, "computed": 5, "points": 5, "is_capped": False, "key": key(),
                "organisation_id": held.holder.id, "movement_id": movement.id, "recorded_at": now(), **at,
            }),
            (CitizenReward, {
                "id": reward, "programme": programme, "code": key(), "name_zh": "试", "name_en": "try", "points": 1,
                "stock": 1, "provider": "试", "first_day": LONG_AGO, "last_day": LONG_AGO, **drafted,
            }),
            (CitizenRewardTaken, {"reward_id": reward, "taken": 1}),
            (CitizenRedemption, {
                "account_id": citizen, "id": redemption, "reward_id": reward, "number": number, "points": 1,
                "voucher": key(), "movement_id": movement.id, "redeemed_at": now(), **at,
            }),
            (CitizenRanking, {
                "id": ranking, "year": 2020, "division_code": held.account.division_code, "places": 1, "citizens": 1,
                "points": 5, "incentive": "受害者的激励", **at, **drafted,
            }),
            (CitizenPlace, {"ranking_id": ranking, "account_id": citizen, "place": 1, "number": number, "points": 5}),
        ):  # fmt: skip
            await write.run(insert(table).values(values))
    draft, waiting = await drafted_event(databases, held), await submitted_event(databases, held)
    ids: dict[str, tuple[str, tuple[UUID, ...]]] = {
        "citizen_scene": ("CitizenScene", (scene,)), "citizen": ("Citizen", (citizen,)),
        "green_act": ("GreenAct", (citizen, act_id)), "citizen_reward": ("CitizenReward", (reward,)),
        "citizen_redemption": ("CitizenRedemption", (citizen, redemption)),
        "citizen_ranking": ("CitizenRanking", (ranking,)), "carbon_event": ("CarbonEvent", (held.id, draft.id)),
        "submitted_event": ("CarbonEvent", (held.id, waiting.id)),
    }  # fmt: skip
    return {name: str(node_id(kind, *uuids)) for name, (kind, uuids) in ids.items()} | {
        "citizen_number": number, "citizen_scene_code": code,
    }  # fmt: skip
