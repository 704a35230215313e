"""CCER projects and the parties around them, moved by their own commands.

    stage = await staged(databases)                              # owner, two bodies, authority
    project = await registered(databases, stage)                 # a registered project
    reduction = await to(databases, stage, reduction, "register")

Days lie in 2026 before the autumn, whose calendar is known whole.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from factories import identity
from factories.accounts import Held, held_account

from backend.credits.ccer import service
from backend.credits.ccer.values import Action, CommentValue, ProjectFacts, ProjectValue, ReductionValue, Step
from backend.kit.db import Databases
from backend.kit.scope import Scope

D = date
DAYS = {
    Action.PUBLICISE: D(2026, 3, 2),
    Action.VALIDATE: D(2026, 3, 31),
    Action.APPLY: D(2026, 4, 1),
    Action.RETURN: D(2026, 4, 2),
    Action.REGISTER: D(2026, 4, 20),
    Action.DEREGISTER: D(2026, 5, 6),
    Action.WITHDRAW: D(2026, 4, 3),
}
REDUCTION_DAYS = {
    Action.PUBLICISE: D(2026, 5, 11),
    Action.VERIFY: D(2026, 6, 10),
    Action.APPLY: D(2026, 6, 11),
    Action.RETURN: D(2026, 6, 12),
    Action.REGISTER: D(2026, 6, 30),
    Action.ISSUE: D(2026, 7, 1),
    Action.WITHDRAW: D(2026, 6, 15),
}
TUNNEL = "CCER-07-001-V01"
OFFSHORE = "CCER-01-002-V01"


@dataclass(frozen=True, slots=True)
class Stage:
    """The parties of a project."""

    owner: Held
    validator: Scope
    verifier: Scope
    authority: Scope

    @property
    def id(self) -> UUID:
        """The owner's account."""
        return self.owner.id


async def staged(databases: Databases) -> Stage:
    """Make an owner with two engaged bodies, and the authority of the city."""
    owner = await held_account(databases)
    bodies = [await identity.verifier(databases) for _ in range(2)]
    for body in bodies:
        await identity.engaged(databases, owner.holder, body)
    bureau = await identity.authority(databases)
    return Stage(owner, bodies[0].scope, bodies[1].scope, bureau.scope)


def facts(**given: object) -> ProjectFacts:
    """Facts of a project that qualifies."""
    usual = ProjectFacts(
        code=f"PRJ-{uuid4().hex[:12]}",
        name=f"隧道照明节能 {uuid4().hex[:6]}",
        methodology=TUNNEL,
        started_on=D(2021, 3, 1),
        starts_on=D(2021, 6, 1),
        ends_on=D(2031, 5, 31),
        is_ets_managed=False,
        is_legal_duty=False,
    )
    return replace(usual, **given)  # type: ignore[arg-type]


def offshore(**given: object) -> ProjectFacts:
    """Facts of an offshore wind project."""
    return facts(
        **{
            "methodology": OFFSHORE,
            "plant_code": uuid4().hex[:17].upper(),
            "name": f"海风 {uuid4().hex[:6]}",
            **given,
        }
    )


async def drafted(databases: Databases, stage: Stage, given: ProjectFacts | None = None) -> ProjectValue:
    """Draft a project."""
    async with databases.write(stage.owner.scope) as write:
        return await service.draft_project(write, stage.owner.scope, account_id=stage.id, facts=given or facts())


def actor(stage: Stage, action: Action) -> Scope:
    """Who takes a step."""
    if action is Action.VALIDATE:
        return stage.validator
    if action is Action.VERIFY:
        return stage.verifier
    if action in {Action.PUBLICISE, Action.APPLY, Action.WITHDRAW}:
        return stage.owner.scope
    return stage.authority


async def take(
    databases: Databases, stage: Stage, project: ProjectValue, action: Action, *, by: Scope | None = None,
    on: date | None = None,
) -> ProjectValue:  # fmt: skip
    """Take a project's step on its usual day."""
    scope = by or actor(stage, action)
    async with databases.write(scope) as write:
        return await service.advance_project(
            write, scope, account_id=stage.id, project_id=project.id, action=action,
            step=Step(on or DAYS[action], "R-1", "理由"),
        )  # fmt: skip


async def registered(databases: Databases, stage: Stage, given: ProjectFacts | None = None) -> ProjectValue:
    """Take a project up to its registration."""
    project = await drafted(databases, stage, given)
    for action in (Action.PUBLICISE, Action.VALIDATE, Action.APPLY, Action.REGISTER):
        project = await take(databases, stage, project, action)
    return project


async def reported(
    databases: Databases, stage: Stage, project: ProjectValue, tonnes: Decimal | int = 1000,
    period: tuple[date, date] = (D(2025, 1, 1), D(2025, 12, 31)),
) -> ReductionValue:  # fmt: skip
    """Report a reduction."""
    async with databases.write(stage.owner.scope) as write:
        return await service.report_reduction(
            write, stage.owner.scope, account_id=stage.id, project_id=project.id, period_from=period[0],
            period_to=period[1], tonnes=Decimal(tonnes),
        )  # fmt: skip


async def move(
    databases: Databases, stage: Stage, reduction: ReductionValue, action: Action, *, by: Scope | None = None,
    on: date | None = None, tonnes: Decimal | None = None,
) -> ReductionValue:  # fmt: skip
    """Take a reduction's step on its usual day."""
    scope = by or actor(stage, action)
    async with databases.write(scope) as write:
        return await service.advance_reduction(
            write, scope, account_id=stage.id, reduction_id=reduction.id, action=action,
            step=Step(on or REDUCTION_DAYS[action], "R-2", "理由"), tonnes=tonnes,
        )  # fmt: skip


async def registered_reduction(
    databases: Databases, stage: Stage, project: ProjectValue, tonnes: int = 1000,
    period: tuple[date, date] = (D(2025, 1, 1), D(2025, 12, 31)),
) -> ReductionValue:  # fmt: skip
    """Take a reduction up to its registration."""
    reduction = await reported(databases, stage, project, tonnes, period)
    for action in (Action.PUBLICISE, Action.VERIFY, Action.APPLY, Action.REGISTER):
        reduction = await move(databases, stage, reduction, action)
    return reduction


async def commented(databases: Databases, stage: Stage) -> tuple[ProjectValue, ReductionValue, CommentValue]:
    """Make a registered project with a comment and a reported reduction."""
    project = await drafted(databases, stage)
    project = await take(databases, stage, project, Action.PUBLICISE)
    async with databases.write(stage.authority) as write:
        comment = await service.record_comment(
            write, stage.authority, account_id=stage.id, project_id=project.id, author="居民", text="意见",
            received_on=D(2026, 3, 3),
        )  # fmt: skip
    async with databases.write(stage.owner.scope) as write:
        await service.answer_comment(write, stage.owner.scope, account_id=stage.id, comment_id=comment.id, text="答复")
    for action in (Action.VALIDATE, Action.APPLY, Action.REGISTER):
        project = await take(databases, stage, project, action)
    return project, await reported(databases, stage, project), comment
