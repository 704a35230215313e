"""The registrar takes back what should not have been: a surrender, or an allocation that was issued."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import update

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import CCER, Reason
from backend.quotas import queries
from backend.quotas.errors import AllocationBuiltOn, ReceiptNotFound, SurrenderUndone
from backend.quotas.models import QuotaAllocation
from backend.quotas.rules import DutyKind
from backend.quotas.service.allocating import held_in
from backend.quotas.service.common import hold_year, note, supervised, words
from backend.quotas.service.duties import settle_duty
from backend.quotas.values import (
    REVOKE_ALLOCATION,
    UNDO_SURRENDER,
    AllocationState,
    AllocationValue,
    Stage,
    SurrenderValue,
)


async def undo_surrender(
    write: Write, scope: Scope, *, account_id: UUID, receipt_id: UUID, reason: str
) -> SurrenderValue:
    """Take back every movement of a surrender, and the claims its CCER made. The receipt stays, its lines marked.

    Raises:
        Unauthenticated, Forbidden: without `quotas:supervise` or `ledger:reverse`.
        ReceiptNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
        QuotaTextMissing: the reason.
        ComplianceYearClosed: the authority closed the year.
        SurrenderUndone: it was taken back already.
        MovementNotReversible: by the ledger's books.
    """
    scope.require("quotas:supervise")
    scope.require("ledger:reverse")
    [known] = await queries.surrenders_by_id(write, scope, [(account_id, receipt_id)])
    if known is None:
        raise ReceiptNotFound
    account = await supervised(write, scope, account_id)
    why = words("reason", reason)
    await hold_year(write, scope, account_id, known.year)
    [lines] = await queries.surrender_lines(write, scope, [(account_id, receipt_id)])
    standing = [each for each in lines if not each.is_reversed]
    if not standing:
        raise SurrenderUndone(number=known.number)
    for line in standing:
        undone = Reason(note=why, reference=known.number, undone_by=UNDO_SURRENDER)
        await ledger.reverse(write, scope, line.movement_id, undone)
        if line.class_code == CCER:
            await ledger.withdraw_claims(write, scope, line.movement_id)
    await settle_duty(
        write, scope, account_id=account_id, year=known.year, duty=DutyKind.SURRENDER, is_done=False, why=why
    )
    note(write, account, "quotas:undo_surrender", "quota_surrender", receipt_id, number=known.number, reason=why)
    return known


async def revoke(write: Write, scope: Scope, *, account_id: UUID, allocation_id: UUID, reason: str) -> AllocationValue:
    """Revoke an allocation that was issued: its units leave the account, and another may be proposed.

    Raises:
        Unauthenticated, Forbidden: without `quotas:allocate` or `ledger:reverse`.
        AllocationNotFound: not there, or not visible.
        QuotaTextMissing: the reason.
        ComplianceYearClosed, AuthorityOnly, AllocationDecided: in this order.
        AllocationBuiltOn: the final allocation counts this pre-allocation.
        MovementNotReversible: the units do not lie available in the account any more.
    """
    scope.require("quotas:allocate")
    scope.require("ledger:reverse")
    why = words("reason", reason)
    held = await held_in(write, scope, account_id, allocation_id, AllocationState.ISSUED)
    account = await supervised(write, scope, account_id)
    if held.stage is Stage.PRE and await queries.allocations(
        write, scope, account_id=account_id, year=held.year, stage=Stage.FINAL, state=AllocationState.ISSUED, limit=1
    ):
        raise AllocationBuiltOn(year=held.year)
    revoked = replace(
        held, state=AllocationState.REVOKED, revoked_at=now(), revoked_by=scope.actor_id, revocation=why
    )  # fmt: skip
    await write.run(
        update(QuotaAllocation)
        .where(QuotaAllocation.account_id == account_id, QuotaAllocation.id == allocation_id)
        .values(
            state=revoked.state.value, revoked_at=revoked.revoked_at, revoked_by=revoked.revoked_by, revocation=why
        )
    )  # fmt: skip
    if held.movement_id is not None:
        undone = Reason(note=why, reference=held.document[:200], undone_by=REVOKE_ALLOCATION)
        await ledger.reverse(write, scope, held.movement_id, undone)
    if held.stage is Stage.FINAL:
        await settle_duty(
            write, scope, account_id=account_id, year=held.year, duty=DutyKind.ALLOCATION, is_done=False, why=why
        )
    note(write, account, "quotas:allocation_revoked", "quota_allocation", allocation_id, year=held.year,
         stage=held.stage, quantity=held.quantity, movement=held.movement_id, reason=why)  # fmt: skip
    return revoked
