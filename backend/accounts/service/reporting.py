"""Open and close the years an account reports on."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import update

from backend.accounts import queries, rules
from backend.accounts.errors import YearClosed, YearNotFound, YearOpen
from backend.accounts.models import ReportingYear
from backend.accounts.service.common import changeable, insert_new, note
from backend.accounts.values import ReportingYearValue
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.scope import Scope


async def open_year(write: Write, scope: Scope, *, account_id: UUID, year: int, reason: str = "") -> ReportingYearValue:
    """Open a reporting year, or open a closed one again, which takes a reason.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        YearOutOfRange: before 2005 or after next year.
        YearOpen: it is open.
        ReasonMissing, TextTooLong: to open a closed year again.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    rules.check_year(year, today())
    opened = ReportingYearValue(account_id, year, opened_at=now(), opened_by=scope.actor_id, closed_at=None)
    if await insert_new(write, ReportingYear, opened):
        note(write, account, "accounts:open_year", "reporting_year", year, year=year)
        return opened
    known = await _held(write, account_id, year)
    if known.closed_at is None:
        raise YearOpen(year=year)
    why = rules.reason(reason)
    await _set_closed(write, replace(known, closed_at=None))
    note(write, account, "accounts:reopen_year", "reporting_year", year, year=year, closed_at=known.closed_at,
         reason=why)  # fmt: skip
    return replace(known, closed_at=None)


async def close_year(write: Write, scope: Scope, *, account_id: UUID, year: int) -> ReportingYearValue:
    """Close a reporting year: it takes no more activity data.

    Raises:
        Unauthenticated, Forbidden: without `accounts:manage`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        YearNotFound: the account does not report on it.
        YearClosed: it is closed.
    """
    scope.require("accounts:manage")
    account = await changeable(write, scope, account_id)
    known = await _held(write, account_id, year)
    if known.closed_at is not None:
        raise YearClosed(year=year)
    closed = replace(known, closed_at=now())
    await _set_closed(write, closed)
    note(write, account, "accounts:close_year", "reporting_year", year, year=year)
    return closed


async def _held(write: Write, account_id: UUID, year: int) -> ReportingYearValue:
    """Return the year, its row held until the command ends."""
    row = await write.row(
        queries.YEAR.where(ReportingYear.account_id == account_id, ReportingYear.year == year).with_for_update()
    )
    if row is None:
        raise YearNotFound(year=year, path=("input", "year"))
    return ReportingYearValue(*row)


async def _set_closed(write: Write, value: ReportingYearValue) -> None:
    await write.run(
        update(ReportingYear)
        .where(ReportingYear.account_id == value.account_id, ReportingYear.year == value.year)
        .values(closed_at=value.closed_at)
    )
