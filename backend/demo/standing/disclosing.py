"""Disclosures of the demonstration: one published and assured, so that it has a rating; one draft with its gaps.

Texts say that they are invented. The energy manager fills, the carbon officer reviews and publishes.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from backend.demo.acting import acting
from backend.demo.standing.plan import TOPICS, DisclosurePlan
from backend.demo.standing.proving import evidence
from backend.demo.units.cast import Cast, Player
from backend.esg import service as esg
from backend.esg.values import AssuranceLevel, DisclosureView, PointValue, RequirementKind
from backend.kit.db import Write
from backend.kit.storage import Storage

MATERIAL = frozenset({1, 6})
"""Climate change and energy use: what the demonstration's firms judge to matter."""
STANDARDS = ("exchanges", "basic")
ASSIGNED = 4
"""Gaps of the draft somebody answers for."""

Key = tuple[UUID, UUID]


async def disclose(write: Write, cast: Cast, storage: Storage, plan: DisclosurePlan) -> bool:
    """Take one disclosure as far as the plan says; False when the year has one."""
    player = cast.players[plan.enterprise]
    known = text("select id from esg_disclosure where account_id = :account and year = :year limit 1")
    if await write.value(known, {"account": player.account_id, "year": plan.year}) is not None:
        return False
    async with acting(write, player.party, "manager") as (played, manager):
        await esg.record_profile(
            played, manager, account_id=player.account_id, exchange=plan.exchange, stock_code=plan.stock_code,
            indices=plan.indices, is_dual_listed=False, is_key_discharger=False, is_state_owned=None,
            is_foreign_invested=None, as_of=date(plan.year, 12, 31), evidence_id=None, note_text="演示数据",
        )  # fmt: skip
        one = await esg.open_disclosure(
            played, manager, account_id=player.account_id, year=plan.year, standards=STANDARDS
        )
    key = (player.account_id, one.id)
    if plan.is_published:
        await _publish(write, cast, storage, player, key)
    else:
        await _begin(write, player, key)
    return True


async def _publish(write: Write, cast: Cast, storage: Storage, player: Player, key: Key) -> None:
    """Fill it, have it approved by the second person and published, and assured by the verifier."""
    async with acting(write, player.party, "manager") as (played, manager):
        await esg.assess(
            played, manager, key=key, judged=[_judged(topic) for topic in range(1, TOPICS + 1)]
        )  # fmt: skip
        file = await evidence(played, storage, player, "披露")
        view = await esg.view(played, manager, key)
        for point in lacking(view):
            if point.kind is RequirementKind.QUANTITATIVE:
                await esg.omit(played, manager, key=key, point=point.point, reason="本年度未统计（演示）")
                continue
            await esg.answer(
                played, manager, key=key, point=point.point, value=None, unit="",
                text_zh=f"{point.name.zh}：演示文本，非真实企业披露。", text_en=f"{point.name.en}: invented text.",
                evidence_ids=[file],
            )  # fmt: skip
        await esg.submit(played, manager, key=key, note_text="提交复核（演示）")
    async with acting(write, player.party, "officer") as (played, officer):
        await esg.approve(played, officer, key=key, note_text="同意（演示）")
        published = await esg.publish(played, officer, key=key)
    async with acting(write, cast.parties["verifier"], "admin") as (played, verifier):
        await esg.assure(
            played, verifier, key=(player.account_id, published.id), level=AssuranceLevel.LIMITED,
            standard="ISAE 3000（演示）", extent="范围一、范围二排放量", opinion="未发现重大错报（演示）。", evidence_ids=[],
        )  # fmt: skip


async def _begin(write: Write, player: Player, key: Key) -> None:
    """Judge some topics, answer one point, and give others to somebody, one day of them past."""
    async with acting(write, player.party, "manager") as (played, manager):
        await esg.assess(played, manager, key=key, judged=[_judged(topic) for topic in sorted(MATERIAL)])
        gaps = lacking(await esg.view(played, manager, key))
        texts = [each for each in gaps if each.kind is not RequirementKind.QUANTITATIVE]
        for point in texts[:1]:
            await esg.answer(
                played, manager, key=key, point=point.point, value=None, unit="",
                text_zh=f"{point.name.zh}：演示文本，非真实企业披露。", text_en="", evidence_ids=[],
            )  # fmt: skip
        if texts[1:]:
            await esg.assign(
                played, manager, key=key, points=[each.point for each in texts[1 : 1 + ASSIGNED]],
                owner_id=player.party.people["officer"], due_on=date(2026, 4, 15),
            )  # fmt: skip


def lacking(view: DisclosureView) -> list[PointValue]:
    """Return the points whose gap blocks a publication, in the disclosure's order."""
    blocking = {each.point for each in view.gaps if each.is_blocking and each.point is not None}
    return [each for each in view.points if each.point in blocking]


def _judged(topic: int) -> esg.Judged:
    impact = Decimal(4) if topic in MATERIAL else Decimal(2)
    return esg.Judged(topic, impact, Decimal(2), "按影响程度评估（演示）", "对财务影响有限（演示）")
