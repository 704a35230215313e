"""Parks for tests, made by the service's own commands: with an operator, a boundary, and values that meet every target."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories import identity
from factories.accounts import Held
from factories.identity import Made

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.parks import catalogue, service
from backend.parks.values import (
    ApplicationRow,
    Document,
    EntryStatus,
    Finding,
    Horizon,
    Level,
    Outcome,
    ParkRow,
    ProgrammeKind,
    Step,
    ValueDraft,
)
from backend.wire.nodes import node_id

PAPER = Document("无锡市零碳园区申报材料", "锡发改〔2026〕9号", date(2026, 3, 1))
WHY = "按方案办理"
SQUARE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[["120.30", "31.50"], ["120.32", "31.50"], ["120.32", "31.52"], ["120.30", "31.52"], ["120.30", "31.50"]]],
}  # fmt: skip

MEETING: dict[str, tuple[str, ...]] = {
    "2": ("0.9",), "3": ("0.3",), "4": ("0.5",), "5": ("25", "100"), "6": ("1", "5"), "7": ("1", "2"), "8": ("1", "10"),
    "9": ("1", "2"), "10": ("1", "10"), "11": ("1", "10"), "12": ("1",), "13": ("96", "100"), "14": ("85", "100"),
    "15": ("95", "100"), "16": ("1", "2"), "17": ("8", "10"), "18": ("8", "10"), "19": ("3", "10"), "20": ("1", "2"),
    "21": ("35", "1000"),
}  # fmt: skip
"""Values that just meet the near-term targets of the mandatory and the reference indicators."""


def draft(item: str, *given: str, **more: Any) -> ValueDraft:
    """Draft a value: of one number a quantity, of two a numerator and a denominator."""
    numbers = [Decimal(each) for each in given]
    if len(numbers) == 1:
        return ValueDraft(item, numbers[0], **more)
    return ValueDraft(item, None, *numbers, **more)


@dataclass(frozen=True)
class Stage:
    """A park, the authority that oversees it (a clerk and its administrator), and its operator."""

    park: ParkRow
    clerk: Scope
    chief: Scope
    operator: Made
    bureau: Made


async def park_of(
    databases: Databases, *, division: str = "320206", operator: Made | None = None, name: str = "示范园区"
) -> Stage:
    """Enter a park."""
    bureau = await identity.authority(databases, division=division)
    clerk = await identity.colleague(databases, bureau, "officer")
    operator = operator or await identity.enterprise(databases, division=division)
    async with databases.write(clerk) as write:
        park = await service.register_park(
            write, clerk, name=name, division_code=division, operator_id=operator.id, boundary=SQUARE, document=PAPER
        )
    return Stage(park, clerk, bureau.scope, operator, bureau)


async def valued(
    databases: Databases, stage: Stage, year: int, *drafts: ValueDraft, scope: Scope | None = None
) -> None:
    """Enter values."""
    scope = scope or stage.operator.scope
    async with databases.write(scope) as write:
        await service.record_values(write, scope, stage.park.id, year=year, drafts=drafts, document=PAPER)


async def meeting(databases: Databases, stage: Stage, year: int, *but: str) -> None:
    """Enter values that meet every mandatory and reference indicator, but for some."""
    await valued(databases, stage, year, *(draft(item, *given) for item, given in MEETING.items() if item not in but))


async def evaluation_of(
    databases: Databases, stage: Stage, year: int, *, level: Level = Level.MUNICIPAL, horizon: Horizon = Horizon.NEAR
) -> UUID:
    """Keep an evaluation."""
    scope = stage.operator.scope
    async with databases.write(scope) as write:
        found = await service.evaluate_park(write, scope, stage.park.id, year=year, horizon=horizon, level=level)
    return found.id


async def applied(databases: Databases, stage: Stage, level: Level = Level.MUNICIPAL) -> ApplicationRow:
    """Apply as the operator."""
    scope = stage.operator.scope
    async with databases.write(scope) as write:
        return await service.apply_for_park(
            write, scope, stage.park.id, level=level, horizon=Horizon.NEAR, statement="申报零碳园区", document=PAPER
        )


async def proposed(
    databases: Databases, stage: Stage, application_id: UUID, step: Step, *, is_passed: bool = True,
    evaluation_id: UUID | None = None, scope: Scope | None = None, on: date | None = None,
    findings: Sequence[Finding] = (),
) -> ApplicationRow:  # fmt: skip
    """Propose a step as the clerk."""
    scope = scope or stage.clerk
    async with databases.write(scope) as write:
        return await service.propose_step(
            write, scope, application_id, step=step, is_passed=is_passed, happened_on=on or today(), reason=WHY,
            document=PAPER, evaluation_id=evaluation_id, findings=findings,
        )  # fmt: skip


def findings(kind: ProgrammeKind, **numbers: str | None) -> list[Finding]:
    """Tell every requirement of a programme of Wuxi's plan as met; a number just meets its limit unless another is given."""
    found: list[Finding] = []
    for each in catalogue.requirements("wuxi", kind):
        given = numbers.get(each.code, None if each.limit is None else str(each.limit))
        found.append(Finding(each.code, Outcome.PASS, "现场核查记录", None if given is None else Decimal(given)))
    return found


async def decided(
    databases: Databases, stage: Stage, application: ApplicationRow, *, is_confirmed: bool = True,
    scope: Scope | None = None,
) -> ApplicationRow:  # fmt: skip
    """Decide on the newest step as the administrator."""
    scope = scope or stage.chief
    async with databases.write(scope) as write:
        return await service.decide_step(write, scope, application.steps[-1].id, is_confirmed=is_confirmed, reason=WHY)


async def reviewed(databases: Databases, stage: Stage, year: int, level: Level = Level.MUNICIPAL) -> ApplicationRow:
    """Apply and pass the review."""
    found = await decided(databases, stage, await applied(databases, stage, level))
    kept = await evaluation_of(databases, stage, year, level=level)
    return await decided(databases, stage, await proposed(databases, stage, found.id, Step.REVIEW, evaluation_id=kept))


async def notice_of(databases: Databases, stage: Stage, application_id: UUID, *, closes_on: date | None = None) -> UUID:
    """Publish a notice that opens today."""
    async with databases.write(stage.chief) as write:
        found = await service.publish_notice(
            write, stage.chief, application_id, opens_on=today(), closes_on=closes_on or today(),
            text="拟纳入零碳园区培育建设名单，现予公示。", contact="市发展改革委 0510-0000000", document=PAPER,
        )  # fmt: skip
    return found.id


async def objected(databases: Databases, stage: Stage, notice_id: UUID) -> UUID:
    """Record an objection."""
    async with databases.write(stage.clerk) as write:
        found = await service.record_objection(
            write, stage.clerk, notice_id, objector="受害者某甲", contact="13800000000", text="面积与实际不符"
        )
    return found.id


async def parked(databases: Databases, held: Held) -> dict[str, str]:
    """Give an account's holder a park with one of everything; return the global ids."""
    stage = await park_of(databases, operator=held.holder, name="受害者园区")
    async with databases.write(stage.clerk) as write:
        member = await service.join_park(
            write, stage.clerk, stage.park.id, account_id=held.id, starts_on=date(2025, 1, 1), is_above_scale=True
        )
    await valued(databases, stage, 2025, draft("2", "0.876543"), draft("enterprises", "1"))
    async with databases.write(held.scope) as write:
        waiver = await service.ask_waiver(
            write, held.scope, stage.park.id, year=2025, indicator=15, explanation="园区无工业余热", document=PAPER
        )
    async with databases.write(stage.clerk) as write:
        await service.compute_values(write, stage.clerk, stage.park.id, year=2025)
    found = await reviewed(databases, stage, 2025)
    kept = await evaluation_of(databases, stage, 2025)
    notice = await notice_of(databases, stage, found.id)
    objection = await objected(databases, stage, notice)
    async with databases.write(stage.clerk) as write:
        item = await service.register_item(
            write, stage.clerk, kind=ProgrammeKind.FACTORY, name="受害者零碳工厂", division_code="320206",
            status=EntryStatus.BUILDING, effective_on=date(2025, 6, 1), document=PAPER, account_id=held.id,
        )  # fmt: skip
    waiting = await proposed(databases, stage, found.id, Step.PUBLICISE, is_passed=False)
    return {
        "park": str(node_id("Park", stage.park.id)), "park_member": str(node_id("ParkMember", member.id)),
        "park_waiver": str(node_id("ParkWaiver", waiver.id)), "park_evaluation": str(node_id("ParkEvaluation", kept)),
        "park_application": str(node_id("ParkApplication", found.id)),
        "park_step": str(node_id("ParkStep", waiting.steps[-1].id)), "park_notice": str(node_id("ParkNotice", notice)),
        "park_objection": str(node_id("ParkObjection", objection)),
        "park_item": str(node_id("ParkProgrammeItem", item.id)),
    }  # fmt: skip
