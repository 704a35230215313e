"""The compliance year as a calendar of duties: who is responsible, what is done, what is late, when to warn."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.quotas import queries, rules
from backend.quotas.errors import AuthorityOnly, DutyMonthInvalid
from backend.quotas.models import QuotaDutyEntry
from backend.quotas.service.common import book_of, check_day, check_year, columns, note, words
from backend.quotas.service.gathering import runs_in
from backend.quotas.values import DutyEntryKind, DutyEntryValue

LONGEST_OWNER = 200


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """A duty of an account's year as it stands today. `warning` is the narrowest of 30, 7 and 1 days that holds."""

    account_id: UUID
    duty: rules.Duty
    state: rules.DutyState
    owner: str
    done_on: date | None
    warning: int | None
    evidence_id: UUID | None


@dataclass(frozen=True, slots=True)
class AccountDuties:
    """The duties of one account of the region that are late, or due within 30 days."""

    account: queries.AccountRow
    late: tuple[DutyStanding, ...]
    soon: tuple[DutyStanding, ...]


async def calendar(read: Read, scope: Scope, account_id: UUID, year: int) -> list[DutyStanding]:
    """Return the duties of an account's compliance year; empty for an account without unit or line in that year.

    Raises:
        Unauthenticated, Forbidden: without `quotas:read`.
        AccountNotFound: not there, or not visible.
        QuotaYearOutOfRange: the year.
    """
    scope.require("quotas:read")
    await accounts.account(read, scope, account_id)
    check_year(year)
    book = await book_of(read, scope)
    sectors = {each.sector for each in await queries.facilities(read, scope, [account_id]) if runs_in(each, year)}
    entries = await queries.duty_entries(read, scope, [account_id], year)
    return standing(account_id, of_sectors(book, year, sectors), entries, today())


async def region(
    read: Read, scope: Scope, year: int, *, after: str | None = None, limit: int | None = None
) -> list[AccountDuties]:
    """Return the duties that are late or soon due over every account the caller sees, by account number.

    Raises:
        Unauthenticated, Forbidden: without `quotas:read`.
        QuotaYearOutOfRange: the year.
    """
    scope.require("quotas:read")
    check_year(year)
    book = await book_of(read, scope)
    rows = await queries.regulated(read, scope, year, after=after, limit=limit)
    entries = await queries.duty_entries(read, scope, [row.id for row in rows], year)
    by_account: dict[UUID, list[DutyEntryValue]] = defaultdict(list)
    for each in entries:
        by_account[each.account_id].append(each)
    calendars = {sectors: of_sectors(book, year, sectors) for sectors in {row.sectors for row in rows}}
    found: list[AccountDuties] = []
    for row in rows:
        all_of_it = standing(row.id, calendars[row.sectors], by_account[row.id], today())
        late = tuple(each for each in all_of_it if each.state is rules.DutyState.LATE)
        soon = tuple(each for each in all_of_it if each.warning is not None)
        found.append(AccountDuties(row, late, soon))
    return found


def of_sectors(book: rules.Book, year: int, sectors: Iterable[str]) -> list[rules.Duty]:
    """Return the duties of a year for an account of these sectors; where two differ, the earlier day counts."""
    found: dict[tuple[rules.DutyKind, int | None], rules.Duty] = {}
    for sector in sorted(sectors):
        for duty in rules.duties(book, year, rules.Sector(sector)):
            known = found.get((duty.kind, duty.month))
            if known is None or (duty.due is not None and (known.due is None or duty.due < known.due)):
                found[duty.kind, duty.month] = duty
    return list(found.values())


def standing(
    account_id: UUID, calendar_: Sequence[rules.Duty], entries: Sequence[DutyEntryValue], day: date
) -> list[DutyStanding]:
    """Return how duties stand on a day; of what was said (oldest first), the newest of each kind counts."""
    owners: dict[tuple[str, int | None], str] = {}
    done: dict[tuple[str, int | None], DutyEntryValue] = {}
    for each in entries:
        key = (each.duty, each.month)
        if each.kind is DutyEntryKind.OWNER:
            owners[key] = each.owner
        else:
            done[key] = each
    found: list[DutyStanding] = []
    for duty in calendar_:
        key = (duty.kind.value, duty.month)
        last = done.get(key)
        done_on = last.done_on if last is not None else None
        # Whoever answers for all months is named once, without a month.
        owner = owners.get(key) or owners.get((duty.kind.value, None), "")
        found.append(
            DutyStanding(
                account_id, duty, rules.duty_state(duty.due, done_on, day), owner, done_on,
                None if done_on else rules.warning_days(duty.due, day),
                last.evidence_id if last is not None and done_on else None,
            )
        )  # fmt: skip
    return found


async def name_owner(
    write: Write, scope: Scope, *, account_id: UUID, year: int, duty: rules.DutyKind, month: int | None, owner: str
) -> DutyEntryValue:
    """Name who is responsible for a duty: a person or a post. For the monthly filing, without a month: for all of them.

    Raises:
        Unauthenticated, Forbidden: without `quotas:enter`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        QuotaYearOutOfRange: the year.
        DutyMonthInvalid: a month where none belongs.
        QuotaTextMissing: the owner.
    """
    scope.require("quotas:enter")
    await accounts.own_account(write, scope, account_id)
    check_year(year)
    _check_month(duty, month, is_needed=False)
    return await _say(
        write,
        scope,
        account_id,
        year,
        duty,
        month,
        DutyEntryKind.OWNER,
        owner=words("owner", owner, most=LONGEST_OWNER),
    )


async def record_duty(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    year: int,
    duty: rules.DutyKind,
    month: int | None,
    done_on: date | None,
    evidence_id: UUID | None = None,
    note_text: str = "",
) -> DutyEntryValue:
    """Record that a duty is done, and on which day; without a day: that it is not, with the reason.

    The holder records its own duties, the authority of the region the verification and the allocation too.

    Raises:
        Unauthenticated, Forbidden: without `quotas:enter` (holder) or `quotas:supervise` (authority).
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        AuthorityOnly: the holder records what the authority does.
        QuotaYearOutOfRange: the year.
        DutyMonthInvalid: a monthly duty without its month, another with one.
        QuotaDatesInvalid: a day before what is filed, reported or settled was over, or one to come.
        QuotaTextMissing: the reason why it is not done after all.
        EvidenceNotFound: not in this account.
    """
    if scope.kind is Kind.AUTHORITY:
        scope.require("quotas:supervise")
        await accounts.account(write, scope, account_id)
    else:
        scope.require("quotas:enter")
        await accounts.own_account(write, scope, account_id)
        if duty in rules.OFFICIAL:
            raise AuthorityOnly(path=("input", "duty"))
    check_year(year)
    _check_month(duty, month, is_needed=True)
    if done_on is not None:
        check_day("doneOn", done_on, first=rules.earliest(duty, year, month))
    if evidence_id is not None:
        await accounts.evidence(write, scope, account_id, evidence_id)
    kind = DutyEntryKind.DONE if done_on is not None else DutyEntryKind.REOPENED
    return await _say(
        write, scope, account_id, year, duty, month, kind, done_on=done_on, evidence_id=evidence_id,
        note_text=words("note", note_text, is_needed=done_on is None),
    )  # fmt: skip


async def settle_duty(
    write: Write, scope: Scope, *, account_id: UUID, year: int, duty: rules.DutyKind, is_done: bool, why: str
) -> None:
    """Record what the books themselves show of a duty, in the transaction that brought it about.

    Done, as of today, unless it is said to be done already (on the day it was done elsewhere); not done any more only
    where it is said to be.
    """
    said = [
        each
        for each in await queries.duty_entries(write, scope, [account_id], year)
        if each.duty == duty.value and each.kind is not DutyEntryKind.OWNER
    ]
    was_done = bool(said) and said[-1].done_on is not None
    if was_done is is_done:
        return
    kind = DutyEntryKind.DONE if is_done else DutyEntryKind.REOPENED
    await _say(
        write, scope, account_id, year, duty, None, kind, done_on=today() if is_done else None,
        note_text=words("note", why, is_needed=False),
    )  # fmt: skip


def _check_month(duty: rules.DutyKind, month: int | None, *, is_needed: bool) -> None:
    is_monthly = duty is rules.DutyKind.MONTHLY_FILING
    if month is None and (not is_monthly or not is_needed):
        return
    if is_monthly and month is not None and 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        return
    raise DutyMonthInvalid(
        duty=duty.value,
        duty_zh=rules.DUTY_NAMES[duty][0],
        needed_en="a month from 1 to 12" if is_monthly else "no month",
        needed_zh="须指明 1 至 12 月" if is_monthly else "不按月份填报",
        path=("input", "month"),
    )


async def _say(
    write: Write, scope: Scope, account_id: UUID, year: int, duty: rules.DutyKind, month: int | None,
    kind: DutyEntryKind, *, owner: str = "", done_on: date | None = None, evidence_id: UUID | None = None,
    note_text: str = "",
) -> DutyEntryValue:  # fmt: skip
    account = await accounts.account(write, scope, account_id)
    value = DutyEntryValue(
        account_id=account_id, id=new_id(), year=year, duty=duty.value, month=month, kind=kind, owner=owner,
        done_on=done_on, evidence_id=evidence_id, note=note_text, recorded_at=now(), recorded_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(QuotaDutyEntry).values(columns(value)))
    note(write, account, f"quotas:duty_{kind.value}", "quota_duty_entry", value.id, year=year, duty=duty, month=month,
         owner=owner, done_on=done_on)  # fmt: skip
    return value
