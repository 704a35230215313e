"""Commands on parks on the wire."""

import strawberry

from backend.kit.db import Write
from backend.parks import service
from backend.parks.schema_inputs import (
    AnswerParkObjectionInput,
    ApplyForParkInput,
    ApplyForParkProgrammeItemInput,
    AskParkWaiverInput,
    ComputeParkValuesInput,
    DecideParkStepInput,
    DecideParkWaiverInput,
    EvaluateParkInput,
    JoinParkInput,
    LeaveParkInput,
    ProposeParkStepInput,
    PublishParkNoticeInput,
    RecordParkObjectionInput,
    RecordParkValuesInput,
    RedrawParkInput,
    RegisterParkInput,
    RegisterParkProgrammeItemInput,
    UpdateParkProgrammeItemInput,
    read_boundary,
    read_evidence,
)
from backend.parks.schema_types import (
    EVALUATION,
    MEMBER,
    PARK,
    WAIVER,
    Park,
    ParkEvaluation,
    ParkMember,
    ParkValue,
    ParkWaiver,
    evaluation,
    member,
    park,
    value,
    waiver,
)
from backend.parks.schema_workflow import (
    APPLICATION,
    ITEM,
    NOTICE,
    OBJECTION,
    STEP,
    ParkApplication,
    ParkNotice,
    ParkObjection,
    ParkProgrammeItem,
    application,
    item,
    notice,
    objection,
)
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids

# The body of a command is a plain function that `command` turns into a field; `input` is the wire's word.
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805


@strawberry.type(description="The park as it is now.")
class ParkChanged:
    """A park was changed."""

    park: Park = strawberry.field(description="The park.")


@strawberry.type(description="The membership as it is now.")
class ParkMemberChanged:
    """A membership was changed."""

    member: ParkMember = strawberry.field(description="The membership.")


@strawberry.type(description="What stands of the park's year now.")
class ParkValuesRecorded:
    """Values were recorded."""

    values: list[ParkValue] = strawberry.field(description="Every value that stands.")


@strawberry.type(description="The request as it is now.")
class ParkWaiverChanged:
    """A request was changed."""

    waiver: ParkWaiver = strawberry.field(description="The request.")


@strawberry.type(description="The evaluation was made and kept.")
class ParkEvaluated:
    """A park was evaluated."""

    evaluation: ParkEvaluation = strawberry.field(description="The evaluation.")


@strawberry.type(description="The application as it is now.")
class ParkApplicationChanged:
    """An application was changed."""

    application: ParkApplication = strawberry.field(description="The application.")


@strawberry.type(description="The notice is public from its first day.")
class ParkNoticePublished:
    """A notice was published."""

    notice: ParkNotice = strawberry.field(description="The notice.")


@strawberry.type(description="The objection as it is now.")
class ParkObjectionChanged:
    """An objection was changed."""

    objection: ParkObjection = strawberry.field(description="The objection.")


@strawberry.type(description="The item as it stands now.")
class ParkProgrammeItemChanged:
    """An item was changed."""

    item: ParkProgrammeItem = strawberry.field(description="The item.")


@strawberry.type
class ParksMutation:
    """Commands of parks."""

    @command("parks:register")
    async def register_park(context: Context, write: Write, input: RegisterParkInput) -> ParkChanged:
        """Enter a park with its boundary."""
        operator = None
        if input.operator_id is not None:
            (operator, *_) = uuids(input.operator_id, "Organisation", path=("input", "operatorId"))
        return ParkChanged(
            park=park(
                await service.register_park(
                    write, context.scope, name=input.name, division_code=input.division_code, operator_id=operator,
                    boundary=read_boundary(input.boundary), document=input.document.read(),
                )
            )
        )  # fmt: skip

    @command("parks:redraw")
    async def redraw_park(context: Context, write: Write, input: RedrawParkInput) -> ParkChanged:
        """Give a park another boundary; the one before stays on record."""
        (own_id, *_) = uuids(input.park_id, PARK, path=("input", "parkId"))
        return ParkChanged(
            park=park(
                await service.redraw_park(
                    write, context.scope, own_id, boundary=read_boundary(input.boundary),
                    document=input.document.read(),
                )
            )
        )  # fmt: skip

    @command("parks:join")
    async def join_park(context: Context, write: Write, input: JoinParkInput) -> ParkMemberChanged:
        """Put an account into a park from a day."""
        (own_id, *_) = uuids(input.park_id, PARK, path=("input", "parkId"))
        (account_id, *_) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        found = await service.join_park(
            write, context.scope, own_id, account_id=account_id, starts_on=input.starts_on, ends_on=input.ends_on,
            is_above_scale=input.is_above_scale,
        )  # fmt: skip
        return ParkMemberChanged(member=member(found))

    @command("parks:leave")
    async def leave_park(context: Context, write: Write, input: LeaveParkInput) -> ParkMemberChanged:
        """End a membership of a park."""
        (own_id, *_) = uuids(input.member_id, MEMBER, path=("input", "memberId"))
        return ParkMemberChanged(
            member=member(await service.leave_park(write, context.scope, own_id, ends_on=input.ends_on))
        )

    @command("parks:record")
    async def record_park_values(context: Context, write: Write, input: RecordParkValuesInput) -> ParkValuesRecorded:
        """Enter, correct or take away values of a park's year, with the document they were taken from."""
        (own_id, *_) = uuids(input.park_id, PARK, path=("input", "parkId"))
        found = await service.record_values(
            write, context.scope, own_id, year=input.year, drafts=[each.read() for each in input.values],
            document=input.document.read(),
        )  # fmt: skip
        return ParkValuesRecorded(values=[value(each) for each in found])

    @command("parks:compute")
    async def compute_park_values(context: Context, write: Write, input: ComputeParkValuesInput) -> ParkValuesRecorded:
        """Compute the values the members' accounts can feed."""
        (own_id, *_) = uuids(input.park_id, PARK, path=("input", "parkId"))
        found = await service.compute_values(write, context.scope, own_id, year=input.year)
        return ParkValuesRecorded(values=[value(each) for each in found])

    @command("parks:ask_waiver")
    async def ask_park_waiver(context: Context, write: Write, input: AskParkWaiverInput) -> ParkWaiverChanged:
        """Ask to leave a reference indicator out, for want of the objective conditions."""
        (own_id, *_) = uuids(input.park_id, PARK, path=("input", "parkId"))
        found = await service.ask_waiver(
            write, context.scope, own_id, year=input.year, indicator=input.indicator, explanation=input.explanation,
            document=input.document.read(), evidence=read_evidence(input.evidence_id),
        )  # fmt: skip
        return ParkWaiverChanged(waiver=waiver(found))

    @command("parks:decide_waiver")
    async def decide_park_waiver(context: Context, write: Write, input: DecideParkWaiverInput) -> ParkWaiverChanged:
        """Approve or refuse to leave an indicator out; another person than asked for it."""
        (own_id, *_) = uuids(input.waiver_id, WAIVER, path=("input", "waiverId"))
        found = await service.decide_waiver(
            write, context.scope, own_id, is_approved=input.is_approved, reason=input.reason
        )
        return ParkWaiverChanged(waiver=waiver(found))

    @command("parks:evaluate")
    async def evaluate_park(context: Context, write: Write, input: EvaluateParkInput) -> ParkEvaluated:
        """Hold a park's year against all 31 indicators, and keep what it came to."""
        (own_id, *_) = uuids(input.park_id, PARK, path=("input", "parkId"))
        found = await service.evaluate_park(
            write, context.scope, own_id, year=input.year, horizon=input.horizon, level=input.level
        )
        return ParkEvaluated(evaluation=evaluation(found))

    @command("parks:apply")
    async def apply_for_park(context: Context, write: Write, input: ApplyForParkInput) -> ParkApplicationChanged:
        """Apply for a park at a level of the ladder (组织申报)."""
        (own_id, *_) = uuids(input.park_id, PARK, path=("input", "parkId"))
        found = await service.apply_for_park(
            write, context.scope, own_id, level=input.level, horizon=input.horizon, statement=input.statement,
            document=input.document.read(),
        )  # fmt: skip
        return ParkApplicationChanged(application=application(found))

    @command("parks:apply_for_item")
    async def apply_for_park_programme_item(
        context: Context, write: Write, input: ApplyForParkProgrammeItemInput
    ) -> ParkApplicationChanged:
        """Apply for a factory, project, virtual power plant or service body (组织申报)."""
        (own_id, *_) = uuids(input.item_id, ITEM, path=("input", "itemId"))
        found = await service.apply_for_item(
            write, context.scope, own_id, level=input.level, statement=input.statement, document=input.document.read()
        )
        return ParkApplicationChanged(application=application(found))

    @command("parks:propose_step")
    async def propose_park_step(context: Context, write: Write, input: ProposeParkStepInput) -> ParkApplicationChanged:
        """Propose what the next of the seven steps came to."""
        (own_id, *_) = uuids(input.application_id, APPLICATION, path=("input", "applicationId"))
        evaluation_id = None
        if input.evaluation_id is not None:
            (evaluation_id, *_) = uuids(input.evaluation_id, EVALUATION, path=("input", "evaluationId"))
        found = await service.propose_step(
            write, context.scope, own_id, step=input.step, is_passed=input.is_passed, happened_on=input.happened_on,
            reason=input.reason, document=input.document.read(), evaluation_id=evaluation_id,
            findings=[each.read() for each in input.findings],
        )  # fmt: skip
        return ParkApplicationChanged(application=application(found))

    @command("parks:decide_step")
    async def decide_park_step(context: Context, write: Write, input: DecideParkStepInput) -> ParkApplicationChanged:
        """Confirm or reject what another person proposed of a step."""
        (own_id, *_) = uuids(input.step_id, STEP, path=("input", "stepId"))
        found = await service.decide_step(
            write, context.scope, own_id, is_confirmed=input.is_confirmed, reason=input.reason
        )
        return ParkApplicationChanged(application=application(found))

    @command("parks:publish_notice")
    async def publish_park_notice(context: Context, write: Write, input: PublishParkNoticeInput) -> ParkNoticePublished:
        """Publish a notice of an application whose review was passed (公示)."""
        (own_id, *_) = uuids(input.application_id, APPLICATION, path=("input", "applicationId"))
        found = await service.publish_notice(
            write, context.scope, own_id, opens_on=input.opens_on, closes_on=input.closes_on, text=input.text,
            contact=input.contact, document=input.document.read(),
        )  # fmt: skip
        return ParkNoticePublished(notice=notice(found))

    @command("parks:object")
    async def record_park_objection(
        context: Context, write: Write, input: RecordParkObjectionInput
    ) -> ParkObjectionChanged:
        """Record an objection an official received within the days of a notice."""
        (own_id, *_) = uuids(input.notice_id, NOTICE, path=("input", "noticeId"))
        found = await service.record_objection(
            write, context.scope, own_id, objector=input.objector, contact=input.contact, text=input.text
        )
        return ParkObjectionChanged(objection=objection(found))

    @command("parks:answer_objection")
    async def answer_park_objection(
        context: Context, write: Write, input: AnswerParkObjectionInput
    ) -> ParkObjectionChanged:
        """Answer an objection, once."""
        (own_id, *_) = uuids(input.objection_id, OBJECTION, path=("input", "objectionId"))
        found = await service.answer_objection(
            write, context.scope, own_id, is_upheld=input.is_upheld, answer=input.answer
        )
        return ParkObjectionChanged(objection=objection(found))

    @command("parks:register_item")
    async def register_park_programme_item(
        context: Context, write: Write, input: RegisterParkProgrammeItemInput
    ) -> ParkProgrammeItemChanged:
        """Put something on its register: taken over with a document, or as a candidate for the seven steps."""
        account_id = park_id = None
        if input.account_id is not None:
            (account_id, *_) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        if input.park_id is not None:
            (park_id, *_) = uuids(input.park_id, PARK, path=("input", "parkId"))
        found = await service.register_item(
            write, context.scope, kind=input.kind, name=input.name, division_code=input.division_code,
            status=input.status, effective_on=input.effective_on,
            document=None if input.document is None else input.document.read(), capacity=input.capacity, account_id=account_id, park_id=park_id, remark=input.remark,
        )  # fmt: skip
        return ParkProgrammeItemChanged(item=item(found))

    @command("parks:update_item")
    async def update_park_programme_item(
        context: Context, write: Write, input: UpdateParkProgrammeItemInput
    ) -> ParkProgrammeItemChanged:
        """Say where an item of a programme stands from a day on."""
        (own_id, *_) = uuids(input.item_id, ITEM, path=("input", "itemId"))
        found = await service.update_item(
            write, context.scope, own_id, status=input.status, effective_on=input.effective_on,
            document=input.document.read(), capacity=input.capacity, remark=input.remark,
        )  # fmt: skip
        return ParkProgrammeItemChanged(item=item(found))
