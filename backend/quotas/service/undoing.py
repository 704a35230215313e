"""The registrar takes a surrender back that should not have been: its units are available, and owed, again."""

from uuid import UUID

from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import CCER, Reason
from backend.quotas import queries
from backend.quotas.errors import ReceiptNotFound, SurrenderUndone
from backend.quotas.service.common import hold_year, note, supervised, words
from backend.quotas.values import SurrenderValue


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
        await ledger.reverse(write, scope, line.movement_id, Reason(note=why, reference=known.number))
        if line.class_code == CCER:
            await ledger.withdraw_claims(write, scope, line.movement_id)
    note(write, account, "quotas:undo_surrender", "quota_surrender", receipt_id, number=known.number, reason=why)
    return known
