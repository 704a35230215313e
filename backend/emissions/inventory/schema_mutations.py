"""The steps of an inventory's life as mutations: one command each, answered by the inventory or the job it made."""

# `command` makes static functions whose argument is called `input` on the wire.
# ruff: noqa: A002, N805
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false

from datetime import date
from uuid import UUID

import strawberry

from backend.emissions.inventory import queries, service
from backend.emissions.inventory.schema import MOST_DRAFTS, TooManyAtOnce
from backend.emissions.inventory.schema_objects import (
    Finding,
    Inventory,
    finding_shown,
    inventory_shown,
)
from backend.emissions.inventory.schema_types import (
    ACCOUNT,
    EVIDENCE,
    FINDING,
    INVENTORY,
    LINE,
    PARAMETER,
    SeverityEnum,
    one_id,
    pair,
)
from backend.kit.db import Write
from backend.kit.outbox import enqueue
from backend.wire.commands import command
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id

JOB = "Job"


@strawberry.input(description="Compute a year's inventory anew.")
class ComputeInventoryInput:
    """What to compute."""

    account_id: strawberry.ID
    year: int
    factor_policy: str = strawberry.field(
        default="published", description="`published`: the newest published by `factorDate`; or `data_year:YYYY`."
    )
    factor_date: date | None = strawberry.field(default=None, description="Default: today.")
    reason: str = ""


@strawberry.input(description="Compute a year for every account that reports on it.")
class ComputeAllInventoriesInput:
    """What to compute."""

    year: int
    factor_policy: str = "published"


@strawberry.input(description="A step on an inventory, with words where the step needs them.")
class InventoryStepInput:
    """An inventory and words."""

    id: strawberry.ID
    reason: str = strawberry.field(
        default="", description="Required to return and to verify (the statement); kept with the step."
    )


@strawberry.input(description="Correct a verified or closed inventory by a new version.")
class RestateInventoryInput:
    """What to restate, and why."""

    id: strawberry.ID
    reason: str = strawberry.field(description="What changed and why; kept with both versions.")
    factor_policy: str | None = strawberry.field(default=None, description="Default: the old version's.")
    factor_date: date | None = strawberry.field(default=None, description="Default: today.")


@strawberry.input(description="A finding on a submitted inventory or one of its lines.")
class RaiseFindingInput:
    """A finding."""

    inventory_id: strawberry.ID
    line_id: strawberry.ID | None = None
    severity: SeverityEnum  # type: ignore[valid-type]
    text: str


@strawberry.input(description="The enterprise's answer to a finding.")
class AnswerFindingInput:
    """An answer."""

    id: strawberry.ID
    text: str
    evidence_id: strawberry.ID | None = None


@strawberry.input(description="The verifier's word on an answer.")
class ResolveFindingInput:
    """A resolution, or a reopening."""

    id: strawberry.ID
    is_resolved: bool = strawberry.field(default=True, description="False opens the finding again.")
    text: str


@strawberry.input(description="Draft parameter versions to preview.")
class RequestActivationPreviewInput:
    """Drafts."""

    ids: list[strawberry.ID]


@strawberry.type(description="A job does the work; watch it by `job(id:)` or `jobProgress(id:)`.")
class InventoryWorkRequested:
    """A job was asked for."""

    job_id: strawberry.ID


@strawberry.type(description="The step is done; fetch the inventory to see it.")
class InventoryChanged:
    """A step was done."""

    inventory_id: strawberry.ID

    @strawberry.field(description="The inventory after the step.")
    async def inventory(self, info: Info) -> Inventory | None:
        """Fetch the inventory."""
        key = pair(self.inventory_id, INVENTORY)
        row = await info.context.loader(queries.inventory_batch).load(key)
        return None if row is None else inventory_shown(row)


@strawberry.type(description="The finding changed; fetch it to see its thread.")
class FindingChanged:
    """A finding changed."""

    finding_id: strawberry.ID

    @strawberry.field(description="The finding after the step.")
    async def finding(self, info: Info) -> Finding | None:
        """Fetch the finding."""
        key = pair(self.finding_id, FINDING)
        row = await info.context.loader(queries.finding_batch).load(key)
        return None if row is None else finding_shown(row)


def _asked(job_id: UUID) -> InventoryWorkRequested:
    return InventoryWorkRequested(job_id=node_id(JOB, job_id))


@strawberry.type
class InventoryMutation:
    """Commands on inventories."""

    @command("emissions:compute", description="Compute a year's inventory: a job makes a new version.")
    async def compute_inventory(context: Context, write: Write, input: ComputeInventoryInput) -> InventoryWorkRequested:
        """Ask for a computation."""
        account_id = one_id(input.account_id, ACCOUNT, path=("input", "accountId"))
        return _asked(await service.request_computation(
            write, context.scope, account_id=account_id, year=input.year, factor_policy=input.factor_policy,
            factor_date=input.factor_date, reason=input.reason,
        ))  # fmt: skip

    @command(
        "emissions:compute_all", description="Compute a year for every account (the operator): one job, in batches."
    )
    async def compute_all_inventories(
        context: Context, write: Write, input: ComputeAllInventoriesInput
    ) -> InventoryWorkRequested:
        """Ask for the computation of a whole year."""
        return _asked(
            await service.request_all(write, context.scope, year=input.year, factor_policy=input.factor_policy)
        )

    @command("emissions:submit", description="Put the newest computed version before the verifier.")
    async def submit_inventory(context: Context, write: Write, input: InventoryStepInput) -> InventoryChanged:
        """Submit."""
        account_id, inventory_id = pair(input.id, INVENTORY, path=("input", "id"))
        await service.submit(write, context.scope, account_id=account_id, inventory_id=inventory_id, note=input.reason)
        return InventoryChanged(inventory_id=input.id)

    @command("emissions:raise_finding", description="Raise a finding on a submitted inventory or one of its lines.")
    async def raise_finding(context: Context, write: Write, input: RaiseFindingInput) -> FindingChanged:
        """Raise a finding."""
        account_id, inventory_id = pair(input.inventory_id, INVENTORY, path=("input", "inventoryId"))
        line = pair(input.line_id, LINE, path=("input", "lineId"))[-1] if input.line_id else None
        finding_id = await service.raise_finding(
            write, context.scope, account_id=account_id, inventory_id=inventory_id, line_id=line,
            severity=input.severity, message=input.text,
        )  # fmt: skip
        return FindingChanged(finding_id=node_id(FINDING, account_id, finding_id))

    @command("emissions:answer_finding", description="Answer a finding, with evidence if there is any.")
    async def answer_finding(context: Context, write: Write, input: AnswerFindingInput) -> FindingChanged:
        """Answer a finding."""
        account_id, finding_id = pair(input.id, FINDING, path=("input", "id"))
        evidence = pair(input.evidence_id, EVIDENCE, path=("input", "evidenceId"))[-1] if input.evidence_id else None
        await service.answer_finding(
            write, context.scope, account_id=account_id, finding_id=finding_id, message=input.text,
            evidence_id=evidence,
        )  # fmt: skip
        return FindingChanged(finding_id=input.id)

    @command("emissions:resolve_finding", description="Settle a finding, or open it again.")
    async def resolve_finding(context: Context, write: Write, input: ResolveFindingInput) -> FindingChanged:
        """Resolve or reopen a finding."""
        account_id, finding_id = pair(input.id, FINDING, path=("input", "id"))
        await service.resolve_finding(
            write, context.scope, account_id=account_id, finding_id=finding_id, is_resolved=input.is_resolved,
            message=input.text,
        )  # fmt: skip
        return FindingChanged(finding_id=input.id)

    @command(
        "emissions:return", description="Return a submitted inventory for correction; its enterprise takes it back."
    )
    async def return_inventory(context: Context, write: Write, input: InventoryStepInput) -> InventoryChanged:
        """Return for correction."""
        account_id, inventory_id = pair(input.id, INVENTORY, path=("input", "id"))
        await service.return_inventory(
            write, context.scope, account_id=account_id, inventory_id=inventory_id, reason=input.reason
        )
        return InventoryChanged(inventory_id=input.id)

    @command("emissions:verify", description="Verify a submitted inventory, with a statement in words.")
    async def verify_inventory(context: Context, write: Write, input: InventoryStepInput) -> InventoryChanged:
        """Verify."""
        account_id, inventory_id = pair(input.id, INVENTORY, path=("input", "id"))
        await service.verify(
            write, context.scope, account_id=account_id, inventory_id=inventory_id, statement=input.reason
        )
        return InventoryChanged(inventory_id=input.id)

    @command("emissions:close", description="Close a verified inventory (the authority of the region).")
    async def close_inventory(context: Context, write: Write, input: InventoryStepInput) -> InventoryChanged:
        """Close."""
        account_id, inventory_id = pair(input.id, INVENTORY, path=("input", "id"))
        await service.close(write, context.scope, account_id=account_id, inventory_id=inventory_id, note=input.reason)
        return InventoryChanged(inventory_id=input.id)

    @command("emissions:restate", description="Correct a verified or closed inventory: a job makes a new version.")
    async def restate_inventory(context: Context, write: Write, input: RestateInventoryInput) -> InventoryWorkRequested:
        """Ask for a restatement."""
        account_id, inventory_id = pair(input.id, INVENTORY, path=("input", "id"))
        return _asked(await service.request_restatement(
            write, context.scope, account_id=account_id, inventory_id=inventory_id, reason=input.reason,
            factor_policy=input.factor_policy, factor_date=input.factor_date,
        ))  # fmt: skip

    @command("factors:preview", description="Compute in a job what activating draft parameter versions would change.")
    async def request_activation_preview(
        context: Context, write: Write, input: RequestActivationPreviewInput
    ) -> InventoryWorkRequested:
        """Ask for a preview."""
        context.scope.require("factors:read")
        if len(input.ids) > MOST_DRAFTS:
            raise TooManyAtOnce(limit=MOST_DRAFTS, path=("input", "ids"))
        drafts = [str(one_id(each, PARAMETER, path=("input", "ids"))) for each in input.ids]
        return _asked(await enqueue(write, "factors:preview", {"version_ids": drafts}))
