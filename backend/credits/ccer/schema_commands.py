"""Commands of CCER on the wire."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.credits.ccer import service
from backend.credits.ccer.schema_types import (
    CcerComment,
    CcerProject,
    CcerReduction,
    comment,
    own_key,
    project,
    reduction,
)
from backend.credits.ccer.values import Action, HoldingRow, ProjectFacts, Step
from backend.kit.db import Write
from backend.ledger import service as ledger
from backend.ledger.values import CCER
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import node_id, split, uuids
from backend.wire.scalars import BigInt

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

MOVEMENT = "UnitMovement"
"""The node of a movement of the ledger."""
DAY = "The day it happened; today if left out. Not in the future, nor before the step before."


@strawberry.input(description="What the owner says of a CCER project.")
class CcerProjectFactsInput:
    """What the owner says of a project."""

    name: str = strawberry.field(description="1 to 200 characters.")
    methodology: str = strawberry.field(description="Code with version; `ccerMethodologies` lists them.")
    started_on: date = strawberry.field(description="The day the project started; after 2012-11-08.")
    starts_on: date = strawberry.field(description="First day of the crediting period.")
    ends_on: date = strawberry.field(description="Last day of the crediting period.")
    plant_code: str = strawberry.field(
        default="",
        description="The 17 positions its green certificates begin with; needed for offshore wind and solar thermal, empty "
        "where no plant's energy is concerned. Certificates and CCER of a plant's energy exclude each other.",
    )
    is_ets_managed: bool | None = strawberry.field(
        default=None, description="Whether the trading market manages it; unknown blocks the publicity."
    )
    is_legal_duty: bool | None = strawberry.field(
        default=None, description="Whether reducing is a legal duty; unknown blocks the publicity."
    )
    old_registered_on: date | None = strawberry.field(
        default=None, description="Its registration under the old scheme (before 2017-03-14), if any."
    )


@strawberry.input(description="Record a CCER project as a draft.")
class DraftCcerProjectInput:
    """Record a project as a draft."""

    account_id: strawberry.ID = strawberry.field(description="The owner's account.")
    code: str = strawberry.field(description="Its code, once for all projects; never changes.")
    facts: CcerProjectFactsInput = strawberry.field(description="What it is.")


@strawberry.input(description="Change what a draft of a CCER project says; all of it is replaced.")
class ChangeCcerProjectInput:
    """Change a draft."""

    project_id: strawberry.ID = strawberry.field(description="The project.")
    facts: CcerProjectFactsInput = strawberry.field(description="What it is.")


@strawberry.input(description="A step of a CCER project.")
class CcerProjectStepInput:
    """A step of a project."""

    project_id: strawberry.ID = strawberry.field(description="The project.")
    on: date | None = strawberry.field(default=None, description=DAY)
    reference: str = strawberry.field(default="", description="An outside number: report, decision, registry entry.")
    note: str = strawberry.field(default="", description="Why, in words; needed to return, withdraw, de-register.")


@strawberry.input(description="Report what a registered project reduced in a monitoring period.")
class ReportCcerReductionInput:
    """Report a reduction."""

    project_id: strawberry.ID = strawberry.field(description="The project.")
    period_from: date = strawberry.field(description="First day; after 2020-09-22, within the crediting period.")
    period_to: date = strawberry.field(description="Last day; before today.")
    tonnes: Decimal = strawberry.field(description="Whole tCO2e.")


@strawberry.input(description="A step of a reduction.")
class CcerReductionStepInput:
    """A step of a reduction."""

    reduction_id: strawberry.ID = strawberry.field(description="The reduction.")
    on: date | None = strawberry.field(default=None, description=DAY)
    reference: str = strawberry.field(default="", description="An outside number: report, decision, registry entry.")
    note: str = strawberry.field(default="", description="Why, in words; needed to return, annul and withdraw.")


@strawberry.input(description="Verify a reduction as an engaged body, other than the one that validated the project.")
class VerifyCcerReductionInput:
    """Verify a reduction."""

    reduction_id: strawberry.ID = strawberry.field(description="The reduction.")
    tonnes: Decimal | None = strawberry.field(
        default=None, description="What was verified, whole tCO2e, at most what was reported; as reported if left out."
    )
    on: date | None = strawberry.field(default=None, description=DAY)
    reference: str = strawberry.field(default="", description="The number of the verification report.")
    note: str = strawberry.field(default="", description="Remarks.")


@strawberry.input(description="Issue a registered reduction under the registry's serials.")
class IssueCcerReductionInput:
    """Issue a reduction."""

    reduction_id: strawberry.ID = strawberry.field(description="The reduction.")
    first_serial: str = strawberry.field(description="The first serial in full, as the registry prints it.")
    last_serial: str = strawberry.field(description="The last serial; as many serials as verified tonnes.")
    on: date | None = strawberry.field(default=None, description=DAY)
    reference: str = strawberry.field(default="", description="The number of the registry's entry.")
    note: str = strawberry.field(default="", description="Remarks.")


@strawberry.input(description="Record what the public said while a project or a reduction is publicised.")
class RecordCcerCommentInput:
    """Record a comment."""

    subject_id: strawberry.ID = strawberry.field(description="The project, or the reduction.")
    author: str = strawberry.field(description="Who said it, 1 to 200 characters.")
    text: str = strawberry.field(description="What was said, at most 4,000 characters.")
    received_on: date | None = strawberry.field(default=None, description="When it was received; today if left out.")


@strawberry.input(description="Answer a comment as the project's owner.")
class AnswerCcerCommentInput:
    """Answer a comment."""

    comment_id: strawberry.ID = strawberry.field(description="The comment.")
    text: str = strawberry.field(description="The answer, at most 4,000 characters.")


@strawberry.input(description="A run of CCER as the registry's export tells it.")
class CcerHoldingInput:
    """A run of CCER."""

    first_serial: str = strawberry.field(description="The first serial in full, as printed.")
    last_serial: str = strawberry.field(description="The last serial in full.")
    project_code: str = strawberry.field(description="The project's code.")
    methodology: str = strawberry.field(
        description="Code with version, or Chinese name, of a published methodology; `ccerMethodologies` lists them. Units "
        "registered before 2017-03-14 (the old scheme) may have another."
    )
    produced_from: date = strawberry.field(description="First day of the monitoring period.")
    produced_to: date = strawberry.field(description="Last day of the monitoring period.")
    registered_on: date = strawberry.field(description="When the reduction was registered.")
    project_name: str = strawberry.field(default="", description="The project's name.")
    plant_code: str = strawberry.field(
        default="",
        description="The 17 positions its certificates begin with; needed for offshore wind and solar thermal, empty where "
        "no plant's energy is concerned. Certificates and CCER of a plant's energy exclude each other.",
    )
    is_ets_managed: bool | None = strawberry.field(
        default=None, description="Whether the trading market manages the project; unknown blocks the offset."
    )


@strawberry.input(description="Import CCER from the registry's export into your account, all rows or none.")
class ImportCcerInput:
    """Import CCER."""

    account_id: strawberry.ID = strawberry.field(description="Your account.")
    rows: list[CcerHoldingInput] = strawberry.field(description="1 to 500 runs of serials.")
    reference: str = strawberry.field(default="", description="The export's number or date.")


@strawberry.type(description="The project as it is now.")
class CcerProjectChanged:
    """The project as it is now."""

    project: CcerProject = strawberry.field(description="With its state.")


@strawberry.type(description="The reduction as it is now.")
class CcerReductionChanged:
    """The reduction as it is now."""

    reduction: CcerReduction = strawberry.field(description="With its state.")


@strawberry.type(description="The reduction was issued.")
class CcerIssued:
    """The reduction was issued."""

    reduction: CcerReduction = strawberry.field(description="With its state.")
    movement_id: strawberry.ID = strawberry.field(description="The ledger's movement.")
    movement_number: BigInt = strawberry.field(description="Its lasting number.")
    quantity: Decimal = strawberry.field(description="Units issued, one a tCO2e.")


@strawberry.type(description="The comment was recorded, or answered.")
class CcerCommentRecorded:
    """The comment was recorded, or answered."""

    comment: CcerComment = strawberry.field(description="With its text; a comment's page shows its answer beside it.")


@strawberry.type(description="A run that was imported.")
class CcerImportedRow:
    """A run that was imported."""

    movement_id: strawberry.ID = strawberry.field(description="The ledger's movement.")
    movement_number: BigInt = strawberry.field(description="Its lasting number.")
    batch_id: strawberry.ID = strawberry.field(description="The batch of units.")
    quantity: Decimal = strawberry.field(description="Units imported, one a tCO2e.")


@strawberry.type(description="The units were imported.")
class CcerImported:
    """The units were imported."""

    rows: list[CcerImportedRow] = strawberry.field(description="One for each row, in its order.")


def _facts(given: CcerProjectFactsInput, code: str = "") -> ProjectFacts:
    return ProjectFacts(
        code=code,
        name=given.name,
        methodology=given.methodology,
        started_on=given.started_on,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        plant_code=given.plant_code,
        is_ets_managed=given.is_ets_managed,
        is_legal_duty=given.is_legal_duty,
        old_registered_on=given.old_registered_on,
    )


async def _project(context: Context, write: Write, given: CcerProjectStepInput, action: Action) -> CcerProjectChanged:
    account_id, project_id = own_key(given.project_id, "CcerProject", path=("input", "projectId"))
    value = await service.advance_project(
        write, context.scope, account_id=account_id, project_id=project_id, action=action,
        step=Step(given.on, given.reference, given.note),
    )  # fmt: skip
    return CcerProjectChanged(project=project(value))


async def _reduction(
    context: Context,
    write: Write,
    given: CcerReductionStepInput | VerifyCcerReductionInput,
    action: Action,
    tonnes: Decimal | None = None,
) -> CcerReductionChanged:
    account_id, reduction_id = own_key(given.reduction_id, "CcerReduction", path=("input", "reductionId"))
    value = await service.advance_reduction(
        write, context.scope, account_id=account_id, reduction_id=reduction_id, action=action,
        step=Step(given.on, given.reference, given.note), tonnes=tonnes,
    )  # fmt: skip
    return CcerReductionChanged(reduction=reduction(value))


@strawberry.type
class CcerMutation:
    """Commands on CCER."""

    @command("credits:ccer_draft")
    async def draft_ccer_project(context: Context, write: Write, input: DraftCcerProjectInput) -> CcerProjectChanged:
        """Record a CCER project as a draft of yours."""
        (account_id, *_) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        value = await service.draft_project(
            write, context.scope, account_id=account_id, facts=_facts(input.facts, input.code)
        )
        return CcerProjectChanged(project=project(value))

    @command("credits:ccer_change")
    async def change_ccer_project(context: Context, write: Write, input: ChangeCcerProjectInput) -> CcerProjectChanged:
        """Change what a draft says; its code stays."""
        account_id, project_id = own_key(input.project_id, "CcerProject", path=("input", "projectId"))
        value = await service.change_project(
            write, context.scope, account_id=account_id, project_id=project_id, facts=_facts(input.facts)
        )
        return CcerProjectChanged(project=project(value))

    @command("credits:ccer_publicise")
    async def publicise_ccer_project(context: Context, write: Write, input: CcerProjectStepInput) -> CcerProjectChanged:
        """Record that the project's design document was publicised (公示): 20 working days."""
        return await _project(context, write, input, Action.PUBLICISE)

    @command("credits:ccer_validate")
    async def validate_ccer_project(context: Context, write: Write, input: CcerProjectStepInput) -> CcerProjectChanged:
        """Validate a project (审定) as an engaged body, after its publicity, when every comment is answered."""
        return await _project(context, write, input, Action.VALIDATE)

    @command("credits:ccer_apply")
    async def apply_for_ccer_project(context: Context, write: Write, input: CcerProjectStepInput) -> CcerProjectChanged:
        """Apply for a project's registration; the registry answers within 15 working days."""
        return await _project(context, write, input, Action.APPLY)

    @command("credits:ccer_return")
    async def return_ccer_project(context: Context, write: Write, input: CcerProjectStepInput) -> CcerProjectChanged:
        """Return an application to the project's owner, with a reason."""
        return await _project(context, write, input, Action.RETURN)

    @command("credits:ccer_register")
    async def register_ccer_project(context: Context, write: Write, input: CcerProjectStepInput) -> CcerProjectChanged:
        """Register a project (项目登记)."""
        return await _project(context, write, input, Action.REGISTER)

    @command("credits:ccer_deregister")
    async def deregister_ccer_project(
        context: Context, write: Write, input: CcerProjectStepInput
    ) -> CcerProjectChanged:
        """De-register a project for good, with a reason: it cannot apply again."""
        return await _project(context, write, input, Action.DEREGISTER)

    @command("credits:ccer_withdraw")
    async def withdraw_ccer_project(context: Context, write: Write, input: CcerProjectStepInput) -> CcerProjectChanged:
        """Withdraw a project that has not been applied for, with a reason; its code becomes free."""
        return await _project(context, write, input, Action.WITHDRAW)

    @command("credits:ccer_report")
    async def report_ccer_reduction(
        context: Context, write: Write, input: ReportCcerReductionInput
    ) -> CcerReductionChanged:
        """Report what a registered project reduced in a monitoring period."""
        account_id, project_id = own_key(input.project_id, "CcerProject", path=("input", "projectId"))
        value = await service.report_reduction(
            write, context.scope, account_id=account_id, project_id=project_id, period_from=input.period_from,
            period_to=input.period_to, tonnes=input.tonnes,
        )  # fmt: skip
        return CcerReductionChanged(reduction=reduction(value))

    @command("credits:ccer_publicise")
    async def publicise_ccer_reduction(
        context: Context, write: Write, input: CcerReductionStepInput
    ) -> CcerReductionChanged:
        """Record that the reduction report was publicised (公示): 20 working days."""
        return await _reduction(context, write, input, Action.PUBLICISE)

    @command("credits:ccer_verify")
    async def verify_ccer_reduction(
        context: Context, write: Write, input: VerifyCcerReductionInput
    ) -> CcerReductionChanged:
        """Verify a reduction (核查) as another body than the one that validated the project."""
        return await _reduction(context, write, input, Action.VERIFY, input.tonnes)

    @command("credits:ccer_apply")
    async def apply_for_ccer_reduction(
        context: Context, write: Write, input: CcerReductionStepInput
    ) -> CcerReductionChanged:
        """Apply for a reduction's registration, within five years; the registry answers within 15 working days."""
        return await _reduction(context, write, input, Action.APPLY)

    @command("credits:ccer_return")
    async def return_ccer_reduction(
        context: Context, write: Write, input: CcerReductionStepInput
    ) -> CcerReductionChanged:
        """Return an application to the project's owner, with a reason."""
        return await _reduction(context, write, input, Action.RETURN)

    @command("credits:ccer_register")
    async def register_ccer_reduction(
        context: Context, write: Write, input: CcerReductionStepInput
    ) -> CcerReductionChanged:
        """Register a reduction (减排量登记)."""
        return await _reduction(context, write, input, Action.REGISTER)

    @command("credits:ccer_withdraw")
    async def withdraw_ccer_reduction(
        context: Context, write: Write, input: CcerReductionStepInput
    ) -> CcerReductionChanged:
        """Withdraw a reduction that has not been applied for, with a reason; its period becomes free."""
        return await _reduction(context, write, input, Action.WITHDRAW)

    @command("credits:ccer_issue")
    async def issue_ccer_reduction(context: Context, write: Write, input: IssueCcerReductionInput) -> CcerIssued:
        """Issue a registered reduction: one CCER a tonne, under the registry's serials, into the owner's account."""
        account_id, reduction_id = own_key(input.reduction_id, "CcerReduction", path=("input", "reductionId"))
        scope, step = context.scope, Step(input.on, input.reference, input.note)
        batch = await service.issue_ahead(
            write, scope, account_id=account_id, reduction_id=reduction_id, first_serial=input.first_serial,
            last_serial=input.last_serial, step=step,
        )  # fmt: skip
        async with ledger.cleared(context.databases, context.settings, scope, account_id, CCER, [batch]) as reserved:
            value, movement = await service.issue_reduction(
                write, scope, account_id=account_id, reduction_id=reduction_id, first_serial=input.first_serial,
                last_serial=input.last_serial, step=step,
            )  # fmt: skip
            await reserved.keep(write, [movement])
        return CcerIssued(
            reduction=reduction(value),
            movement_id=node_id(MOVEMENT, movement.id),
            movement_number=BigInt(movement.number),
            quantity=movement.quantity,
        )

    @command("credits:ccer_annul")
    async def annul_ccer_reduction(
        context: Context, write: Write, input: CcerReductionStepInput
    ) -> CcerReductionChanged:
        """Take an issuance back, as the registrar, with a reason; the reduction can be issued again."""
        account_id, reduction_id = own_key(input.reduction_id, "CcerReduction", path=("input", "reductionId"))
        value = await service.annul_reduction(
            write, context.scope, account_id=account_id, reduction_id=reduction_id,
            step=Step(input.on, input.reference, input.note),
        )  # fmt: skip
        return CcerReductionChanged(reduction=reduction(value))

    @command("credits:ccer_comment")
    async def record_ccer_comment(context: Context, write: Write, input: RecordCcerCommentInput) -> CcerCommentRecorded:
        """Record what the public said during publicity."""
        path = ("input", "subjectId")
        is_reduction = _is_reduction(input.subject_id)
        account_id, own = own_key(input.subject_id, "CcerReduction" if is_reduction else "CcerProject", path=path)
        value = await service.record_comment(
            write, context.scope, account_id=account_id, project_id=None if is_reduction else own,
            reduction_id=own if is_reduction else None, author=input.author, text=input.text,
            received_on=input.received_on,
        )  # fmt: skip
        return CcerCommentRecorded(comment=comment(value))

    @command("credits:ccer_answer")
    async def answer_ccer_comment(context: Context, write: Write, input: AnswerCcerCommentInput) -> CcerCommentRecorded:
        """Answer a comment of the public, once."""
        account_id, own = own_key(input.comment_id, "CcerComment", path=("input", "commentId"))
        value = await service.answer_comment(
            write, context.scope, account_id=account_id, comment_id=own, text=input.text
        )
        return CcerCommentRecorded(comment=comment(value))

    @command("credits:ccer_import")
    async def import_ccer(context: Context, write: Write, input: ImportCcerInput) -> CcerImported:
        """Import CCER from the registry's export into your account, all rows or none."""
        (account_id, *_) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        rows = [
            HoldingRow(
                first_serial=each.first_serial,
                last_serial=each.last_serial,
                project_code=each.project_code,
                methodology=each.methodology,
                produced_from=each.produced_from,
                produced_to=each.produced_to,
                registered_on=each.registered_on,
                project_name=each.project_name,
                plant_code=each.plant_code,
                is_ets_managed=each.is_ets_managed,
            )
            for each in input.rows
        ]
        scope = context.scope
        ahead = await service.holdings_ahead(write, scope, account_id=account_id, rows=rows)
        async with ledger.cleared(context.databases, context.settings, scope, account_id, CCER, ahead) as reserved:
            movements = await service.import_holdings(
                write, scope, account_id=account_id, rows=rows, reference=input.reference
            )
            await reserved.keep(write, movements)
        return CcerImported(
            rows=[
                CcerImportedRow(
                    movement_id=node_id(MOVEMENT, each.id),
                    movement_number=BigInt(each.number),
                    batch_id=node_id("UnitBatch", each.batch_ids[0]),
                    quantity=each.quantity,
                )
                for each in movements
            ]
        )


def _is_reduction(subject: str) -> bool:
    """Tell whether a global id is a reduction's. Raises NodeIdInvalid when it is none of ours."""
    return split(subject)[0] == "CcerReduction"
