"""What an account says of its listing and duties, what follows from it for a year, and the disclosures that are due."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.esg import queries, rules
from backend.esg.errors import DisclosureYearInvalid, ListingContradicted
from backend.esg.models import EsgProfile
from backend.esg.service.common import columns, files, holder, note, words
from backend.esg.service.furnishing import library
from backend.esg.values import (
    FIRST_YEAR,
    Applicability,
    DisclosureDuty,
    DutyState,
    Exchange,
    Index,
    ProfileValue,
)
from backend.kit.clock import CHINA, now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope

LONGEST_STOCK_CODE = 12


async def record_profile(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    exchange: Exchange | None,
    stock_code: str,
    indices: Sequence[Index] | None,
    is_dual_listed: bool | None,
    is_key_discharger: bool | None,
    is_state_owned: bool | None,
    is_foreign_invested: bool | None,
    as_of: date,
    evidence_id: UUID | None,
    note_text: str,
) -> ProfileValue:
    """Record what an account knows of its listing and its duties; what is None is not known, and frees nobody.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        AccountNotFound, DisclosureNotYours, AccountClosed: in this order.
        ListingContradicted: indices or a code without a listing, or indices of another exchange.
        DisclosureTextInvalid: code or note.
        EvidenceNotFound: not in this account.
    """
    scope.require("esg:disclose")
    account = await holder(write, scope, account_id)
    code = words("stockCode", stock_code, most=LONGEST_STOCK_CODE, is_needed=False)
    members = None if indices is None else tuple(dict.fromkeys(indices))
    reason = rules.contradiction(exchange, code, members, as_of, today(), is_dual_listed=is_dual_listed)
    if reason is not None:
        raise ListingContradicted(reason_zh=reason.zh, reason_en=reason.en, path=("input", "exchange"))
    value = ProfileValue(
        account_id=account_id, id=new_id(), exchange=exchange, stock_code=code, indices=members,
        is_dual_listed=is_dual_listed, is_key_discharger=is_key_discharger, is_state_owned=is_state_owned,
        is_foreign_invested=is_foreign_invested, as_of=as_of,
        evidence_id=(await files(write, scope, account_id, [evidence_id], "evidenceId"))[0] if evidence_id else None,
        note=words("note", note_text, is_needed=False), recorded_at=now(), recorded_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(EsgProfile).values(columns(value)))
    note(write, account, "esg:profile", "esg_profile", value.id, exchange=exchange.value if exchange else None,
         indices=None if members is None else [each.value for each in members], is_dual_listed=is_dual_listed,
         is_key_discharger=is_key_discharger, as_of=as_of.isoformat())  # fmt: skip
    return value


async def profile(read: Read, scope: Scope, account_id: UUID) -> ProfileValue | None:
    """Return the account's profile, None when it has recorded none.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        AccountNotFound: not there, or not visible.
    """
    scope.require("esg:read")
    await accounts.account(read, scope, account_id)
    return (await queries.profiles(read, scope, [account_id])).get(account_id)


async def applicability(read: Read, scope: Scope, account_id: UUID, year: int) -> list[Applicability]:
    """Return whether each loaded standard binds the account for a year, with reason and due date.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        AccountNotFound: not there, or not visible.
        DisclosureYearInvalid: no year one discloses.
    """
    found = await profile(read, scope, account_id)
    check_year(year)
    books = await library(read, scope)
    return [rules.applicability(each, found, year) for each in books.standards.values()]


def check_year(year: int) -> None:
    """Refuse a year nobody discloses.

    Raises:
        DisclosureYearInvalid: before the first year, or to come.
    """
    last = today().year
    if not FIRST_YEAR <= year <= last:
        raise DisclosureYearInvalid(year=year, first=FIRST_YEAR, last=last, path=("input", "year"))


async def duties(read: Read, scope: Scope, account_ids: Sequence[UUID], on: date) -> dict[UUID, list[DisclosureDuty]]:
    """Return the disclosures of the year before a day: what is due, done, late, voluntary, or cannot be told.

    What was recorded or published after that day does not count. Four statements, however many accounts.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
    """
    scope.require("esg:read")
    year = on.year - 1
    until = datetime.combine(on + timedelta(days=1), time(), CHINA)
    books = await library(read, scope)
    profiles = await queries.profiles(read, scope, account_ids, until)
    days: dict[tuple[UUID, str], list[date]] = {}
    for each in await queries.published(read, scope, account_ids, [year]):
        for standard in each.standards:
            day = each.published_at.astimezone(CHINA).date()
            days.setdefault((each.account_id, standard), []).append(day)
    found: dict[UUID, list[DisclosureDuty]] = {}
    for account_id in account_ids:
        found[account_id] = []
        for standard in books.standards.values():
            binds = rules.applicability(standard, profiles.get(account_id), year)
            state: DutyState = rules.duty_state(binds, days.get((account_id, standard.code), ()), on)
            found[account_id].append(DisclosureDuty(standard.code, year, standard.name, binds.due_on, state))
    return found
