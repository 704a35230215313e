"""Tasks by deadline, and the verification desk, on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, CarbonAccount, First, load_account
from backend.console.schema_assigning import AssignmentStateEnum, VerificationAssignment, load_assignment
from backend.console.tasks import gathering
from backend.console.values import TASK_NAMES, DeskRow, DeskState, TaskKind, TaskValue
from backend.console.verification import queries
from backend.console.verification.queries import DeskCount, DeskFilter
from backend.kit.clock import now, today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.tenants import service as tenants
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import node_id

TaskKindEnum = strawberry.enum(
    TaskKind, name="TaskKind",
    description="; ".join(f"{kind.name} ({names[0]})" for kind, names in TASK_NAMES.items()) + ".",
)  # fmt: skip
DeskStateEnum = strawberry.enum(
    DeskState, name="VerificationDeskState",
    description="How far an account's inventory of a year is: MISSING (未编制), COMPUTED (已核算未提交), SUBMITTED (待核查), "
    "VERIFIED (已核查), CLOSED (已关闭).",
)  # fmt: skip


@strawberry.type(description="Something you are expected to do (待办事项).")
class Task:
    """Something to do."""

    about_account_id: strawberry.Private[UUID | None]
    key: str = strawberry.field(description="What tells it apart from every other of your tasks.")
    kind: TaskKindEnum = strawberry.field(description="What it is.")  # type: ignore[valid-type]
    title_zh: str = strawberry.field(description="What to do, in Chinese.")
    title_en: str = strawberry.field(description="What to do, in English.")
    about: str = strawberry.field(description="Whom or what it is about.")
    detail_zh: str = strawberry.field(description="What of it, in Chinese.")
    detail_en: str = strawberry.field(description="What of it, in English.")
    due_on: date | None = strawberry.field(description="By which day; null where no document fixes one.")
    days_left: int | None = strawberry.field(description="Days until then; negative when it is late.")
    is_late: bool = strawberry.field(description="Whether its day is over.")
    since: datetime | None = strawberry.field(description="When it came up; null for what a calendar says.")
    subject_type: str = strawberry.field(description="The type of the thing it is done to.")
    subject_id: strawberry.ID = strawberry.field(description="That thing's global id.")

    @strawberry.field(description="The account it is about; null where it is about none, or none you may see.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return None if self.about_account_id is None else await load_account(info.context, self.about_account_id)


def task_shown(value: TaskValue) -> Task:
    """Return a task as the wire has it."""
    left = None if value.due_on is None else (value.due_on - today()).days
    return Task(
        about_account_id=value.account_id, key=value.key, kind=value.kind, title_zh=TASK_NAMES[value.kind][0],
        title_en=TASK_NAMES[value.kind][1], about=value.about, detail_zh=value.detail_zh, detail_en=value.detail_en,
        due_on=value.due_on, days_left=left, is_late=left is not None and left < 0, since=value.since,
        subject_type=value.subject, subject_id=node_id(value.subject, *value.ids),
    )  # fmt: skip


@strawberry.type(description="How many of your tasks are of a kind.")
class TaskCount:
    """How many tasks are of a kind."""

    kind: TaskKindEnum = strawberry.field(description="The kind.")  # type: ignore[valid-type]
    title_zh: str = strawberry.field(description="Its name in Chinese.")
    title_en: str = strawberry.field(description="Its name in English.")
    tasks: int = strawberry.field(description="All of them.")
    late: int = strawberry.field(description="Those whose day is over.")
    next_due_on: date | None = strawberry.field(description="The earliest day that is still to come.")


@strawberry.type(description="An account on the verification desk.")
class VerificationDeskRow:
    """An account on the verification desk."""

    own_account_id: strawberry.Private[UUID]
    assignment_key: strawberry.Private[tuple[UUID, UUID] | None]
    number: str = strawberry.field(description="The account's number.")
    name: str = strawberry.field(description="Its name.")
    division_code: str = strawberry.field(description="Where it is.")
    sector: str = strawberry.field(description="Its sector.")
    state: DeskStateEnum = strawberry.field(description="How far its inventory of the year is.")  # type: ignore[valid-type]
    inventory_id: strawberry.ID | None = strawberry.field(description="The inventory that counts; null without one.")
    version: int | None = strawberry.field(description="Its version.")
    since: datetime | None = strawberry.field(description="Since when it is in this state.")
    age_days: int | None = strawberry.field(description="Whole days since then.")
    findings_open: int = strawberry.field(description="Findings the enterprise has to answer.")
    findings_answered: int = strawberry.field(description="Answers the verifier has to judge.")
    verifier_name: str | None = strawberry.field(description="The verifier proposed or engaged; null without one.")
    assignment_state: AssignmentStateEnum | None = strawberry.field(  # type: ignore[valid-type]
        description="How far its assignment is; null without one."
    )
    due_on: date | None = strawberry.field(description="The day the assignment is to be done by.")
    is_late: bool = strawberry.field(description="Whether that day is over and the inventory is not verified.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.own_account_id)

    @strawberry.field(description="Its newest assignment that was not withdrawn.")
    async def assignment(self, info: Info) -> VerificationAssignment | None:
        """Return the assignment."""
        return None if self.assignment_key is None else await load_assignment(info.context, *self.assignment_key)


WAITING = frozenset({DeskState.MISSING, DeskState.COMPUTED, DeskState.SUBMITTED})
"""States in which an inventory is not verified."""


def desk_shown(row: DeskRow) -> VerificationDeskRow:
    """Return a row of the desk as the wire has it."""
    inventory = row.inventory_id
    return VerificationDeskRow(
        own_account_id=row.account_id,
        assignment_key=None if row.assignment_id is None else (row.account_id, row.assignment_id),
        number=row.number, name=row.name, division_code=row.division_code, sector=row.sector, state=row.state,
        inventory_id=None if inventory is None else node_id("Inventory", row.account_id, inventory),
        version=row.version, since=row.since, age_days=None if row.since is None else (now() - row.since).days,
        findings_open=row.findings_open, findings_answered=row.findings_answered, verifier_name=row.verifier_name,
        assignment_state=row.assignment_state, due_on=row.due_on,
        is_late=row.due_on is not None and row.due_on < today() and row.state in WAITING,
    )  # fmt: skip


@strawberry.type(description="How many accounts of a year are in a state.")
class VerificationDeskCount:
    """How many accounts are in a state."""

    state: DeskStateEnum = strawberry.field(description="The state.")  # type: ignore[valid-type]
    accounts: int = strawberry.field(description="Accounts in it.")
    late: int = strawberry.field(description="Of these, not verified though their day is over.")
    unassigned: int = strawberry.field(description="Of these, without a verifier proposed or engaged.")
    findings_open: int = strawberry.field(description="Findings their enterprises have to answer.")
    oldest: datetime | None = strawberry.field(description="Since when the longest waiting of them is in it.")


def count_shown(value: DeskCount) -> VerificationDeskCount:
    """Return a count as the wire has it."""
    return VerificationDeskCount(
        state=value.state, accounts=value.accounts, late=value.late, unassigned=value.unassigned,
        findings_open=value.findings_open, oldest=value.oldest,
    )  # fmt: skip


Code = Annotated[str | None, strawberry.argument(description="Only of this division and those below it.")]
Year = Annotated[int, strawberry.argument(description="The year of the inventories.")]


async def _under(read: Read, scope: Scope, code: str | None) -> str | None:
    return None if code is None else (await tenants.required_division(read, scope, code)).path


@strawberry.type
class TasksQuery:
    """Reading tasks and the verification desk."""

    @strawberry.field(
        description="What you have to do (待办事项) across the whole product, the earliest due first; what has no day comes "
        "last, the oldest first."
    )
    async def tasks(
        self,
        info: Info,
        kinds: Annotated[
            list[TaskKindEnum] | None,  # type: ignore[valid-type]
            strawberry.argument(description="Only these kinds."),
        ] = None,
        due_before: Annotated[date | None, strawberry.argument(description="Only what is due before this day.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Task]:
        """List tasks."""
        asked = page(first, after)
        key = asked.key(str, str, str)
        async with info.context.read() as read:
            found = await gathering.tasks(read, info.context.scope, kinds=kinds or (), due_before=due_before)
        rest = [each for each in found if key is None or gathering.order(each) > key]
        return connect(rest[: asked.fetch], asked, key=gathering.order, make=task_shown)

    @strawberry.field(description="How many tasks you have of each kind, the most urgent kind first.")
    async def task_counts(self, info: Info) -> list[TaskCount]:
        """Count tasks."""
        async with info.context.read() as read:
            found = await gathering.tasks(read, info.context.scope)
        day, kinds = today(), list(dict.fromkeys(each.kind for each in found))
        return [
            TaskCount(
                kind=kind, title_zh=TASK_NAMES[kind][0], title_en=TASK_NAMES[kind][1],
                tasks=sum(each.kind is kind for each in found),
                late=sum(each.kind is kind and each.due_on is not None and each.due_on < day for each in found),
                next_due_on=min(
                    (each.due_on for each in found if each.kind is kind and each.due_on and each.due_on >= day),
                    default=None,
                ),
            )
            for kind in kinds
        ]  # fmt: skip

    @strawberry.field(
        description="The verification desk (核查工作台): every open account you see with its inventory of a year, its findings "
        "and its verifier; the earliest deadline first, then by number."
    )
    async def verification_desk(
        self,
        info: Info,
        year: Year,
        states: Annotated[
            list[DeskStateEnum] | None,  # type: ignore[valid-type]
            strawberry.argument(description="Only these states."),
        ] = None,
        division_code: Code = None,
        is_late: Annotated[  # noqa: FBT002 - arguments are named on the wire
            bool, strawberry.argument(description="Only those not verified though their day is over.")
        ] = False,
        is_unassigned: Annotated[  # noqa: FBT002 - arguments are named on the wire
            bool, strawberry.argument(description="Only those without a verifier proposed or engaged.")
        ] = False,
        first: First = 50,
        after: After = None,
    ) -> Connection[VerificationDeskRow]:
        """List the desk."""
        scope, asked = info.context.scope, page(first, after)
        scope.require("emissions:read")
        key = asked.key(date.fromisoformat, str)
        async with info.context.read() as read:
            under = await _under(read, scope, division_code)
            wanted = DeskFilter(tuple(states or ()), under, is_late, is_unassigned)
            rows = await queries.desk(
                read, scope, year, wanted, limit=asked.fetch, after=None if key is None else (key[0], key[1])
            )
        return connect(rows, asked, key=lambda row: [row.due_on or queries.NO_DAY, row.number], make=desk_shown)

    @strawberry.field(description="How many accounts of a year are in each state of verification.")
    async def verification_desk_counts(
        self, info: Info, year: Year, division_code: Code = None
    ) -> list[VerificationDeskCount]:
        """Count the desk."""
        scope = info.context.scope
        scope.require("emissions:read")
        async with info.context.read() as read:
            found = await queries.counts(read, scope, year, await _under(read, scope, division_code))
        return [count_shown(each) for each in found]
