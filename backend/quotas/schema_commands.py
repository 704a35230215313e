"""Commands of quota compliance on the wire: one transaction each."""

# `command` makes static functions whose argument is called `input` on the wire.
# ruff: noqa: A002
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false

from uuid import UUID

import strawberry

from backend.accounts.schema_types import own_key
from backend.kit.db import Write
from backend.quotas import rules, service
from backend.quotas.errors import SettlementEmpty
from backend.quotas.schema_inputs import (
    AddQuotaFacilityInput,
    AllocationSaved,
    AllowancesSurrendered,
    ApplyCarryOverInput,
    BalanceValueEntered,
    CarryOverSaved,
    CloseComplianceYearInput,
    ComplianceYearClosedAnswer,
    DecideAllocationInput,
    DecideCarryOverInput,
    DutiesSaved,
    EndQuotaFacilityInput,
    EnterBalanceValueInput,
    EnterVerifiedEmissionsInput,
    NameDutyOwnerInput,
    ProposeAllocationInput,
    QuotaFacilitySaved,
    QuotaOutputRecorded,
    RecordDutyInput,
    RecordQuotaOutputInput,
    RevokeAllocationInput,
    SerialRunInput,
    SurrenderAllowancesInput,
    SurrenderUndoneAnswer,
    SurrenderUnitsInput,
    UndoSurrenderInput,
    VerifiedEmissionsEntered,
)
from backend.quotas.schema_position import duty
from backend.quotas.schema_types import (
    ALLOCATION,
    CARRY_OVER,
    FACILITY,
    RECEIPT,
    allocation,
    balance_value,
    carry_over,
    facility,
    output,
    receipt,
    verified,
)
from backend.quotas.values import Stage
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import NodeIdInvalid, uuids


def _account(value: str) -> UUID:
    return uuids(value, "CarbonAccount", path=("input", "accountId"))[0]


def _below(account_id: UUID, value: str | None, type_name: str, field: str) -> UUID | None:
    """Return the own id of something of this very account, None for none."""
    if value is None:
        return None
    account, own = own_key(value, type_name, path=("input", field))
    if account != account_id:
        raise NodeIdInvalid(id=value, expected=type_name, path=("input", field))
    return own


def _serials(runs: list[SerialRunInput]) -> tuple[tuple[int, int], ...]:
    try:
        return tuple(sorted((int(each.first), int(each.last)) for each in runs))
    except ValueError:
        raise SettlementEmpty(given="serials", path=("input", "units")) from None


def _part(given: SurrenderUnitsInput) -> service.Part:
    batch = None if given.batch_id is None else uuids(given.batch_id, "UnitBatch", path=("input", "units"))[-1]
    return service.Part(given.class_code, given.quantity, batch, _serials(given.serials))


@strawberry.type
class QuotasMutation:
    """Commands of quota compliance."""

    @command("quotas:add_facility")
    @staticmethod
    async def add_quota_facility(context: Context, write: Write, input: AddQuotaFacilityInput) -> QuotaFacilitySaved:
        """Add a power unit or production line to an account."""
        value = await service.add_facility(
            write, context.scope, account_id=_account(input.account_id), code=input.code, name=input.name,
            sector=rules.Sector(input.sector), since=input.since, unit_class=input.unit_class, cooling=input.cooling,
            is_pure_condensing=input.is_pure_condensing, line=input.line, capacity=input.capacity,
            capacity_unit=input.capacity_unit,
        )  # fmt: skip
        return QuotaFacilitySaved(facility=facility(value))

    @command("quotas:end_facility")
    @staticmethod
    async def end_quota_facility(context: Context, write: Write, input: EndQuotaFacilityInput) -> QuotaFacilitySaved:
        """End a power unit or production line; it stays in the years it ran in."""
        account, own = own_key(input.facility_id, FACILITY, path=("input", "facilityId"))
        value = await service.end_facility(
            write, context.scope, account_id=account, facility_id=own, until=input.until, reason=input.reason
        )
        return QuotaFacilitySaved(facility=facility(value))

    @command("quotas:record_output")
    @staticmethod
    async def record_quota_output(context: Context, write: Write, input: RecordQuotaOutputInput) -> QuotaOutputRecorded:
        """Record production data of a month or a year; the newest entry counts and none is forgotten."""
        account, own = own_key(input.facility_id, FACILITY, path=("input", "facilityId"))
        stated = service.Output(
            basis=input.basis, mwh=input.mwh, gj=input.gj, heat_ratio=input.heat_ratio, load=input.load,
            output=input.output, output_unit=input.output_unit, intensity=input.intensity, emissions=input.emissions,
        )  # fmt: skip
        value = await service.record_output(
            write, context.scope, account_id=account, facility_id=own, year=input.year, month=input.month,
            stated=stated, evidence_id=_below(account, input.evidence_id, "Evidence", "evidenceId"),
            note_text=input.note, reason=input.reason,
        )  # fmt: skip
        return QuotaOutputRecorded(output=output(value))

    @command("quotas:enter_verified")
    @staticmethod
    async def enter_verified_emissions(
        context: Context, write: Write, input: EnterVerifiedEmissionsInput
    ) -> VerifiedEmissionsEntered:
        """Enter verified direct emissions of an account, a unit or a line, as its verifier or authority."""
        account = _account(input.account_id)
        value = await service.enter_verified(
            write, context.scope, account_id=account, year=input.year,
            facility_id=_below(account, input.facility_id, FACILITY, "facilityId"), emissions=input.emissions,
            document=input.document, intensity=input.intensity,
            evidence_id=_below(account, input.evidence_id, "Evidence", "evidenceId"),
        )  # fmt: skip
        return VerifiedEmissionsEntered(verified=verified(value))

    @command("quotas:enter_balance_value")
    @staticmethod
    async def enter_balance_value(context: Context, write: Write, input: EnterBalanceValueInput) -> BalanceValueEntered:
        """Enter the balance value of a sector and year, as the authority of the whole jurisdiction."""
        value = await service.enter_balance_value(
            write, context.scope, sector=rules.Sector(input.sector), year=input.year, value=input.value,
            unit=input.unit, document=input.document, note_text=input.note,
        )  # fmt: skip
        return BalanceValueEntered(balance_value=balance_value(value))

    @command("quotas:propose_allocation")
    @staticmethod
    async def propose_allocation(context: Context, write: Write, input: ProposeAllocationInput) -> AllocationSaved:
        """Propose the allocation the rules compute; another person of the authority issues it."""
        value = await service.propose(
            write, context.scope, account_id=_account(input.account_id), year=input.year, stage=Stage(input.stage),
            document=input.document, note_text=input.note, quantity=input.quantity,
        )  # fmt: skip
        return AllocationSaved(allocation=allocation(value))

    @command("quotas:issue_allocation")
    @staticmethod
    async def issue_allocation(context: Context, write: Write, input: DecideAllocationInput) -> AllocationSaved:
        """Approve a proposal made by another person: its units are issued into the ledger."""
        account, own = own_key(input.allocation_id, ALLOCATION, path=("input", "allocationId"))
        value = await service.issue(
            write, context.scope, account_id=account, allocation_id=own, decision=input.decision
        )
        return AllocationSaved(allocation=allocation(value))

    @command("quotas:reject_allocation")
    @staticmethod
    async def reject_allocation(context: Context, write: Write, input: DecideAllocationInput) -> AllocationSaved:
        """Reject a proposal made by another person, with the reason."""
        account, own = own_key(input.allocation_id, ALLOCATION, path=("input", "allocationId"))
        value = await service.reject(
            write, context.scope, account_id=account, allocation_id=own, decision=input.decision
        )
        return AllocationSaved(allocation=allocation(value))

    @command("quotas:revoke_allocation")
    @staticmethod
    async def revoke_allocation(context: Context, write: Write, input: RevokeAllocationInput) -> AllocationSaved:
        """Revoke an allocation that was issued, as the registrar: its units leave the account again."""
        account, own = own_key(input.allocation_id, ALLOCATION, path=("input", "allocationId"))
        value = await service.revoke(write, context.scope, account_id=account, allocation_id=own, reason=input.reason)
        return AllocationSaved(allocation=allocation(value))

    @command("quotas:name_duty_owner")
    @staticmethod
    async def name_quota_duty_owner(context: Context, write: Write, input: NameDutyOwnerInput) -> DutiesSaved:
        """Name who is responsible for a duty of a compliance year."""
        account = _account(input.account_id)
        await service.name_owner(
            write, context.scope, account_id=account, year=input.year, duty=rules.DutyKind(input.duty),
            month=input.month, owner=input.owner,
        )  # fmt: skip
        return await _duties(context, write, account, input.year)

    @command("quotas:record_duty")
    @staticmethod
    async def record_quota_duty(context: Context, write: Write, input: RecordDutyInput) -> DutiesSaved:
        """Record that a duty is done, or that it is not after all."""
        account = _account(input.account_id)
        await service.record_duty(
            write, context.scope, account_id=account, year=input.year, duty=rules.DutyKind(input.duty),
            month=input.month, done_on=input.done_on,
            evidence_id=_below(account, input.evidence_id, "Evidence", "evidenceId"), note_text=input.note,
        )  # fmt: skip
        return await _duties(context, write, account, input.year)

    @command("quotas:surrender")
    @staticmethod
    async def surrender_allowances(
        context: Context, write: Write, input: SurrenderAllowancesInput
    ) -> AllowancesSurrendered:
        """Surrender allowances and CCER for a compliance year; all of them or none, with a receipt."""
        made = await service.surrender(
            write, context.scope, account_id=_account(input.account_id), year=input.year,
            parts=[_part(each) for each in input.units],
        )  # fmt: skip
        return AllowancesSurrendered(receipt=receipt(made.value))

    @command("quotas:undo_surrender")
    @staticmethod
    async def undo_surrender(context: Context, write: Write, input: UndoSurrenderInput) -> SurrenderUndoneAnswer:
        """Take a surrender back, as the registrar: its units are available and owed again, its claims withdrawn."""
        account, own = own_key(input.receipt_id, RECEIPT, path=("input", "receiptId"))
        value = await service.undo_surrender(
            write, context.scope, account_id=account, receipt_id=own, reason=input.reason
        )
        return SurrenderUndoneAnswer(receipt=receipt(value))

    @command("quotas:close_year")
    @staticmethod
    async def close_compliance_year(
        context: Context, write: Write, input: CloseComplianceYearInput
    ) -> ComplianceYearClosedAnswer:
        """Close the compliance year of an account, as its authority."""
        value = await service.close_year(
            write, context.scope, account_id=_account(input.account_id), year=input.year, reason=input.reason
        )
        return ComplianceYearClosedAnswer(year=value.year, obligation=value.obligation, settled=value.settled)

    @command("quotas:apply_carry_over")
    @staticmethod
    async def apply_carry_over(context: Context, write: Write, input: ApplyCarryOverInput) -> CarryOverSaved:
        """Apply to carry old allowances over, so that they may settle 2025 and later."""
        account = _account(input.account_id)
        value = await service.apply(
            write, context.scope, account_id=account, sector=rules.Sector(input.sector), net_sales=input.net_sales,
            quantity=input.quantity, document=input.document, lodged_on=input.lodged_on,
            evidence_id=_below(account, input.evidence_id, "Evidence", "evidenceId"),
        )  # fmt: skip
        return CarryOverSaved(carry_over=carry_over(value))

    @command("quotas:decide_carry_over")
    @staticmethod
    async def decide_carry_over(context: Context, write: Write, input: DecideCarryOverInput) -> CarryOverSaved:
        """Approve or reject an application to carry over, as the account's authority."""
        account, own = own_key(input.carry_over_id, CARRY_OVER, path=("input", "carryOverId"))
        value = await service.decide(
            write, context.scope, account_id=account, carry_over_id=own, is_approved=input.is_approved,
            decision=input.decision,
        )  # fmt: skip
        return CarryOverSaved(carry_over=carry_over(value))


async def _duties(context: Context, write: Write, account_id: UUID, year: int) -> DutiesSaved:
    found = await service.calendar(write, context.scope, account_id, year)
    return DutiesSaved(duties=[duty(each) for each in found])
