"""Commands on key units on the wire."""

from uuid import UUID

import strawberry

from backend.accounts.schema_evidence import own_key
from backend.keyunits import service
from backend.keyunits.schema_inputs import (
    CompareKeyUnitSectorsInput,
    DecideKeyUnitSavingInput,
    DecideKeyUnitsInput,
    FileKeyUnitReportInput,
    FollowKeyUnitFindingInput,
    GiveKeyUnitCodesInput,
    MoveKeyUnitRetrofitInput,
    PlanKeyUnitRetrofitInput,
    ProposeKeyUnitInput,
    ProposeKeyUnitsInput,
    RecordKeyUnitFindingInput,
    RecordKeyUnitPostInput,
    RecordKeyUnitReferenceInput,
    RecordKeyUnitSavingInput,
    ShowUnitPassportInput,
    WithdrawUnitPassportInput,
)
from backend.keyunits.schema_references import KeyUnitReference, reference
from backend.keyunits.schema_types import (
    PROPOSAL,
    KeyUnitBenchmark,
    KeyUnitPost,
    KeyUnitProposal,
    KeyUnitReport,
    UnitPassport,
    benchmark,
    passport,
    post,
    proposal,
    report,
)
from backend.keyunits.schema_work import (
    FINDING,
    RETROFIT,
    SAVING,
    KeyUnitFinding,
    KeyUnitRetrofit,
    KeyUnitSaving,
    finding,
    retrofit,
    saving,
)
from backend.keyunits.values_work import RetrofitDraft, SavingDraft
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids

# The body of a command is a plain function that `command` turns into a field; `input` is the wire's word.
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805


@strawberry.type(description="What the year's figures propose.")
class KeyUnitsProposed:
    """The list was proposed."""

    proposals: list[KeyUnitProposal] = strawberry.field(description="Proposals that are new.")
    unknown: int = strawberry.field(
        description="Accounts not on the list that are below a threshold so far, with fewer than twelve months."
    )


@strawberry.type(description="The change was proposed.")
class KeyUnitProposed:
    """A change was proposed."""

    proposal: KeyUnitProposal = strawberry.field(description="The proposal.")


@strawberry.type(description="The proposals were decided on.")
class KeyUnitsDecided:
    """Proposals were decided on."""

    proposals: list[KeyUnitProposal] = strawberry.field(description="As they are now.")


@strawberry.type(description="The post was recorded.")
class KeyUnitPostRecorded:
    """A post was recorded."""

    post: KeyUnitPost = strawberry.field(description="The post.")


@strawberry.type(description="The report was recorded.")
class KeyUnitReportFiled:
    """A report was filed."""

    report: KeyUnitReport = strawberry.field(description="The report.")


@strawberry.type(description="The finding as it is now.")
class KeyUnitFindingChanged:
    """A finding was changed."""

    finding: KeyUnitFinding = strawberry.field(description="The finding.")


@strawberry.type(description="The project as it is now.")
class KeyUnitRetrofitChanged:
    """A project was changed."""

    retrofit: KeyUnitRetrofit = strawberry.field(description="The project.")


@strawberry.type(description="The comparison as it is now.")
class KeyUnitSavingChanged:
    """A comparison was changed."""

    saving: KeyUnitSaving = strawberry.field(description="The comparison.")


@strawberry.type(description="The sectors were compared.")
class KeyUnitSectorsCompared:
    """Sectors were compared."""

    benchmarks: list[KeyUnitBenchmark] = strawberry.field(description="Of each sector with at least five accounts.")


@strawberry.type(description="The level was entered.")
class KeyUnitReferenceRecorded:
    """A level was entered."""

    reference: KeyUnitReference = strawberry.field(description="The level.")


@strawberry.type(description="Codes were given.")
class KeyUnitCodesGiven:
    """Codes were given."""

    given: int = strawberry.field(description="How many units got one.")


@strawberry.type(description="The passport as it is now.")
class UnitPassportChanged:
    """A passport was changed."""

    passport: UnitPassport = strawberry.field(description="The passport.")


def _account(value: str) -> UUID:
    return uuids(value, "CarbonAccount", path=("input", "accountId"))[0]


def _evidence(value: str | None) -> UUID | None:
    return None if value is None else own_key(value, "Evidence", path=("input", "evidenceId"))[1]


@strawberry.type
class KeyunitsMutation:
    """Commands of key units."""

    @command("keyunits:propose")
    async def propose_key_units(context: Context, write: Write, input: ProposeKeyUnitsInput) -> KeyUnitsProposed:
        """Hold the accounts of a year against the thresholds: who enters, stays, leaves, and by which figures."""
        found = await service.propose_units(write, context.scope, year=input.year, division_code=input.division_code)
        return KeyUnitsProposed(proposals=[proposal(each) for each in found.proposals], unknown=found.unknown)

    @command("keyunits:propose_one")
    async def propose_key_unit(context: Context, write: Write, input: ProposeKeyUnitInput) -> KeyUnitProposed:
        """Propose a change of the list by hand, with its reason."""
        found = await service.propose_unit(
            write, context.scope, _account(input.account_id), year=input.year, kind=input.kind, reason=input.reason
        )
        return KeyUnitProposed(proposal=proposal(found))

    @command("keyunits:decide")
    async def decide_key_units(context: Context, write: Write, input: DecideKeyUnitsInput) -> KeyUnitsDecided:
        """Confirm or reject proposals another person recorded; confirmed ones are in force at once."""
        ids = [own_key(each, PROPOSAL, path=("input", "proposalIds"))[1] for each in input.proposal_ids]
        found = await service.decide_units(
            write, context.scope, ids, is_confirmed=input.is_confirmed, reason=input.reason,
            document=input.document.read(),
        )  # fmt: skip
        return KeyUnitsDecided(proposals=[proposal(each) for each in found])

    @command("keyunits:post")
    async def record_key_unit_post(
        context: Context, write: Write, input: RecordKeyUnitPostInput
    ) -> KeyUnitPostRecorded:
        """Record who holds a post of a key unit."""
        found = await service.record_post(
            write, context.scope, _account(input.account_id), kind=input.kind, person_name=input.person_name,
            title=input.title, contact=input.contact, starts_on=input.starts_on, ends_on=input.ends_on,
            document=input.document.read(),
        )  # fmt: skip
        return KeyUnitPostRecorded(post=post(found))

    @command("keyunits:file_report")
    async def file_key_unit_report(context: Context, write: Write, input: FileKeyUnitReportInput) -> KeyUnitReportFiled:
        """Record that a report was filed for a duty of a year."""
        found = await service.file_report(
            write, context.scope, _account(input.account_id), duty=input.duty, year=input.year,
            filed_on=input.filed_on, remark=input.note, evidence_id=_evidence(input.evidence_id),
        )  # fmt: skip
        return KeyUnitReportFiled(report=report(found))

    @command("keyunits:find")
    async def record_key_unit_finding(
        context: Context, write: Write, input: RecordKeyUnitFindingInput
    ) -> KeyUnitFindingChanged:
        """Record what a diagnosis found."""
        found = await service.record_finding(
            write, context.scope, _account(input.account_id), area=input.area, title=input.title, detail=input.detail,
            diagnosed_on=input.diagnosed_on, body=input.body, potential_tce=input.potential_tce,
            potential_tco2=input.potential_tco2, evidence_id=_evidence(input.evidence_id),
        )  # fmt: skip
        return KeyUnitFindingChanged(finding=finding(found))

    @command("keyunits:follow")
    async def follow_key_unit_finding(
        context: Context, write: Write, input: FollowKeyUnitFindingInput
    ) -> KeyUnitFindingChanged:
        """Take a finding further: the unit plans and does, the authority closes it or opens it again."""
        account_id, own_id = own_key(input.finding_id, FINDING, path=("input", "findingId"))
        found = await service.follow_finding(
            write, context.scope, account_id, own_id, state=input.state, remark=input.note, due_on=input.due_on
        )
        return KeyUnitFindingChanged(finding=finding(found))

    @command("keyunits:plan")
    async def plan_key_unit_retrofit(
        context: Context, write: Write, input: PlanKeyUnitRetrofitInput
    ) -> KeyUnitRetrofitChanged:
        """Put a project into the reserve (储备清单)."""
        answered = None
        if input.finding_id is not None:
            answered = own_key(input.finding_id, FINDING, path=("input", "findingId"))[1]
        draft = RetrofitDraft(
            input.kind, input.name, input.content, input.investment, input.expected_tce, input.expected_tco2,
            input.basis, input.starts_on, input.ends_on, answered,
        )  # fmt: skip
        return KeyUnitRetrofitChanged(
            retrofit=retrofit(await service.plan_retrofit(write, context.scope, _account(input.account_id), draft))
        )

    @command("keyunits:move")
    async def move_key_unit_retrofit(
        context: Context, write: Write, input: MoveKeyUnitRetrofitInput
    ) -> KeyUnitRetrofitChanged:
        """Take a project from the reserve into building, to completion, or withdraw it."""
        account_id, own_id = own_key(input.retrofit_id, RETROFIT, path=("input", "retrofitId"))
        found = await service.move_retrofit(
            write, context.scope, account_id, own_id, state=input.state, happened_on=input.happened_on,
            remark=input.note,
        )  # fmt: skip
        return KeyUnitRetrofitChanged(retrofit=retrofit(found))

    @command("keyunits:save")
    async def record_key_unit_saving(
        context: Context, write: Write, input: RecordKeyUnitSavingInput
    ) -> KeyUnitSavingChanged:
        """Compare before and after of a completed project; it counts once another person confirms it."""
        account_id, own_id = own_key(input.retrofit_id, RETROFIT, path=("input", "retrofitId"))
        draft = SavingDraft(
            input.before.read(), input.after.read(), input.output_unit, input.adjustment_tce, input.adjustment_tco2,
            input.adjustment_reason,
        )  # fmt: skip
        found = await service.record_saving(
            write, context.scope, account_id, own_id, draft, evidence_id=_evidence(input.evidence_id)
        )
        return KeyUnitSavingChanged(saving=saving(found))

    @command("keyunits:decide_saving")
    async def decide_key_unit_saving(
        context: Context, write: Write, input: DecideKeyUnitSavingInput
    ) -> KeyUnitSavingChanged:
        """Confirm or reject a comparison another person recorded."""
        account_id, own_id = own_key(input.saving_id, SAVING, path=("input", "savingId"))
        found = await service.decide_saving(
            write, context.scope, account_id, own_id, is_confirmed=input.is_confirmed, reason=input.reason
        )
        return KeyUnitSavingChanged(saving=saving(found))

    @command("keyunits:compare")
    async def compare_key_unit_sectors(
        context: Context, write: Write, input: CompareKeyUnitSectorsInput
    ) -> KeyUnitSectorsCompared:
        """Compare the accounts of each sector of your region; sectors of fewer than five are left out."""
        found = await service.compare_sectors(write, context.scope, year=input.year)
        return KeyUnitSectorsCompared(benchmarks=[benchmark(each) for each in found])

    @command("keyunits:refer")
    async def record_key_unit_reference(
        context: Context, write: Write, input: RecordKeyUnitReferenceInput
    ) -> KeyUnitReferenceRecorded:
        """Enter a reference level (标杆水平, 基准水平) of a product with its document."""
        found = await service.record_reference(
            write, context.scope, division_code=input.division_code, product=input.product,
            product_unit=input.product_unit, metric=input.metric, kind=input.kind, quantity=input.quantity,
            starts_on=input.starts_on, document=input.document.read(),
        )  # fmt: skip
        return KeyUnitReferenceRecorded(reference=reference(found))

    @command("keyunits:give_codes")
    async def give_key_unit_codes(context: Context, write: Write, input: GiveKeyUnitCodesInput) -> KeyUnitCodesGiven:
        """Give the key units of your region their carbon-efficiency codes (碳效码) of a year."""
        return KeyUnitCodesGiven(given=await service.give_codes(write, context.scope, year=input.year))

    @command("keyunits:show_passport")
    async def show_unit_passport(context: Context, write: Write, input: ShowUnitPassportInput) -> UnitPassportChanged:
        """Agree to a public page (数字护照) with your name and these parts; its address stays the same."""
        found = await service.show_passport(
            write, context.scope, _account(input.account_id), fields=input.fields, valid_until=input.valid_until
        )
        return UnitPassportChanged(passport=passport(found))

    @command("keyunits:withdraw_passport")
    async def withdraw_unit_passport(
        context: Context, write: Write, input: WithdrawUnitPassportInput
    ) -> UnitPassportChanged:
        """End your public page at once."""
        found = await service.withdraw_passport(write, context.scope, _account(input.account_id))
        return UnitPassportChanged(passport=passport(found))
