"""The authority closes an account's compliance year: nothing changes in it any more."""

from uuid import UUID

from sqlalchemy import insert

from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.quotas import queries
from backend.quotas.errors import ComplianceYearRunning, ObligationNotVerified
from backend.quotas.models import QuotaClosing
from backend.quotas.rules import DutyKind
from backend.quotas.rules.rounding import ZERO, plain
from backend.quotas.service.common import book_of, check_year, columns, hold_year, note, supervised, words
from backend.quotas.service.duties import of_sectors
from backend.quotas.service.position import standing
from backend.quotas.values import ClosingValue


async def close_year(write: Write, scope: Scope, *, account_id: UUID, year: int, reason: str) -> ClosingValue:
    """Close the compliance year of an account, settled or, once the last day to surrender has passed, in arrears.

    Raises:
        Unauthenticated, Forbidden: without `quotas:supervise`.
        AccountNotFound, AuthorityOnly: in this order.
        QuotaYearOutOfRange: the year.
        QuotaTextMissing: the reason.
        ComplianceYearClosed: it is closed.
        ObligationNotVerified: what is owed is not verified.
        ComplianceYearRunning: not settled, and the last day has not passed or is not recorded.
    """
    scope.require("quotas:supervise")
    account = await supervised(write, scope, account_id)
    check_year(year)
    why = words("reason", reason)
    await hold_year(write, scope, account_id, year)
    book = await book_of(write, scope)
    stands = await standing(write, scope, book, account_id, year)
    if not stands.owed.is_verified or stands.owed.obligation is None:
        raise ObligationNotVerified(year=year)
    if stands.remaining:
        sectors = {each.sector for each in await queries.facilities(write, scope, [account_id])}
        calendar = of_sectors(book, year, sectors)
        due = next((each.due for each in calendar if each.kind is DutyKind.SURRENDER), None)
        if due is None or today() <= due:
            raise ComplianceYearRunning(year=year, missing=plain(stands.remaining), due=due or "?")
    value = ClosingValue(
        account_id=account_id, year=year, obligation=stands.owed.obligation,
        settled=stands.settled_cea + stands.settled_ccer, reason=why, closed_at=now(), closed_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(QuotaClosing).values(columns(value)))
    note(write, account, "quotas:close_year", "quota_closing", year, obligation=value.obligation,
         settled=value.settled, missing=stands.remaining or ZERO, reason=why)  # fmt: skip
    return value
