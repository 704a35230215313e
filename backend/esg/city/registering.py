"""Enter into the authority's registers; an enterprise says who its chief carbon officer is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.accounts.errors import AccountNotFound
from backend.esg.city import queries
from backend.esg.city.values import OF_LISTED, CarbonOfficerValue, Entered, RegisterEntryValue, RegisterKind
from backend.esg.errors import AppointmentInvalid, RegisterEntryInvalid, RegisterOfTheWhole
from backend.esg.models import EsgCarbonOfficer, EsgRegisterEntry
from backend.esg.service.common import LONGEST_NOTE, columns, files, holder, note, words
from backend.esg.values import FIRST_YEAR, Exchange, Words
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants

MOST_ENTRIES = 200
LONGEST_NAME = 200


async def whole(read: Read, scope: Scope) -> str:
    """Return the path of the whole jurisdiction, for its own authority.

    Raises:
        RegisterOfTheWhole: the caller is of a part of it, or no authority.
    """
    pack = await tenants.pack_in_force(read, scope)
    path = (await tenants.required_division(read, scope, pack.division_code)).path
    if scope.kind is not Kind.SYSTEM and (scope.kind is not Kind.AUTHORITY or scope.region != path):
        raise RegisterOfTheWhole
    return path


async def enter(write: Write, scope: Scope, given: Sequence[Entered]) -> list[RegisterEntryValue]:
    """Enter into the registers: of a kind and key the newest entry counts, one that removes ends it.

    Raises:
        Unauthenticated, Forbidden: without `esg:supervise`.
        RegisterOfTheWhole: not the authority of the whole jurisdiction.
        RegisterEntryInvalid: none, too many, or such as say too little or contradict themselves: all that is wrong, at once.
        AccountNotFound, DivisionUnknown: what an entry names is not there.
        DisclosureTextInvalid: a note that is too long.
    """
    scope.require("esg:supervise")
    path = await whole(write, scope)
    if not 1 <= len(given) <= MOST_ENTRIES:
        raise RegisterEntryInvalid(
            row=0, reason_en=f"1 to {MOST_ENTRIES} entries at a time", reason_zh=f"每次 1 至 {MOST_ENTRIES} 条",
            path=("input", "entries"),
        )  # fmt: skip
    _check(given)
    wanted = list(dict.fromkeys(each.account_id for each in given if each.account_id is not None))
    found = await accounts.accounts_by_id(write, scope, wanted) if wanted else []
    if any(each is None for each in found):
        raise AccountNotFound(path=("input", "entries"))
    codes = list(dict.fromkeys(each.division_code for each in given if each.division_code))
    paths = {code: (await tenants.required_division(write, scope, code)).path for code in codes}
    at = now()
    values = [
        RegisterEntryValue(
            id=new_id(), kind=each.kind, key=_key(each), name=words("name", each.name, most=LONGEST_NAME),
            exchange=each.exchange.value if each.exchange and each.kind in OF_LISTED else "",
            stock_code=each.stock_code.strip() if each.kind in OF_LISTED else "", year=each.year,
            account_id=each.account_id, division_path=paths.get(each.division_code, path),
            happened_on=each.happened_on, document=words("document", each.document),
            note=words("note", each.note, is_needed=False), is_removed=each.is_removed, recorded_at=at,
            recorded_by=scope.actor_id,
        )
        for each in given
    ]  # fmt: skip
    await write.run(insert(EsgRegisterEntry), [columns(each) for each in values])
    for each in values:
        write.audit(
            "esg:register", object_type="esg_register_entry", object_id=each.id, kind=each.kind.value, key=each.key,
            is_removed=each.is_removed,
        )  # fmt: skip
    return values


def _key(one: Entered) -> str:
    """Return what names an entry among its kind."""
    if one.kind not in OF_LISTED:
        return one.number.strip()
    listing = f"{one.exchange.value}:{one.stock_code.strip()}" if one.exchange else one.stock_code.strip()
    return listing if one.year is None else f"{listing}:{one.year}"


def _check(given: Sequence[Entered]) -> None:
    """Refuse entries that say too little, too much, or of a day to come: all that is wrong with all of them at once.

    Raises:
        RegisterEntryInvalid: its row is the first one, its reasons are those of every row.
    """
    wrong = [(row, fault) for row, each in enumerate(given, 1) for fault in _faults(each)]
    keys = [(each.kind, _key(each)) for each in given]
    wrong += [
        (row, Words("同一对象出现多次", "must not name what another row names"))
        for row, key in enumerate(keys, 1)
        if key in keys[: row - 1]
    ]
    if not wrong:
        return
    by_row: dict[int, list[Words]] = {}
    for row, fault in sorted(wrong, key=lambda each: each[0]):
        by_row.setdefault(row, []).append(fault)
    first = min(by_row)
    zh = {row: "，".join(each.zh for each in faults) for row, faults in by_row.items()}
    en = {row: " and ".join(each.en for each in faults) for row, faults in by_row.items()}
    raise RegisterEntryInvalid(
        row=first, reason_zh="；".join(zh[row] if row == first else f"第 {row} 条：{zh[row]}" for row in zh),
        reason_en="; ".join(en[row] if row == first else f"entry {row}: {en[row]}" for row in en),
        path=("input", "entries", str(first - 1)),
    )  # fmt: skip


def _faults(one: Entered) -> list[Words]:
    """Return everything that is wrong with an entry."""
    found = [
        Words(f"{zh}不得为空或过长（最多 {most} 字）", f"needs a {en} of at most {most} signs")
        for zh, en, text, most in (
            ("名称", "name", one.name, LONGEST_NAME), ("依据文件", "document", one.document, LONGEST_NOTE),
        )
        if not 1 <= len(text.strip()) <= most
    ]  # fmt: skip
    if one.happened_on > today():
        found.append(Words("日期晚于今天", "must not be of a day to come"))
    if (one.kind is RegisterKind.LISTED_REPORT) != (one.year is not None):
        found.append(Words("仅报告须填写年度", "needs a year exactly when it is a report"))
    if one.kind not in OF_LISTED:
        key = one.number.strip()
        if not key or len(key) > LONGEST_NAME or one.exchange is not None or one.stock_code:
            found.append(Words("须填写编号，且不填写上市地", "needs a number of its own, and no exchange"))
        return found
    code = one.stock_code.strip()
    is_mainland = one.exchange in {Exchange.SSE, Exchange.SZSE, Exchange.BSE}
    if one.exchange is None or one.exchange is Exchange.NONE or not code or len(code) > 12 or one.number:  # noqa: PLR2004 - a profile's longest code
        found.append(Words("须填写上市地与股票代码，不填写编号", "needs exchange and stock code, and no number"))
    elif is_mainland and not (code.isascii() and code.isdecimal() and len(code) == 6):  # noqa: PLR2004 - as on the exchanges
        found.append(Words("股票代码应为6位数字", "needs a stock code of six digits"))
    if one.year is not None and not FIRST_YEAR <= one.year <= one.happened_on.year:
        found.append(
            Words(f"年度应为 {FIRST_YEAR} 年至发布当年", f"needs a year from {FIRST_YEAR} to the day it was published")
        )
    return found


async def register(
    read: Read, scope: Scope, kind: RegisterKind, *, after: str | None, limit: int
) -> list[RegisterEntryValue]:
    """Return what counts in a register now, by key.

    Raises:
        Unauthenticated, Forbidden: without `esg:supervise`.
    """
    scope.require("esg:supervise")
    return await queries.register(read, scope, kind, after=after, limit=limit)


async def appoint(
    write: Write, scope: Scope, *, account_id: UUID, person_name: str, title: str, document: str, starts_on: date,
    ends_on: date | None, evidence_id: UUID | None,
) -> CarbonOfficerValue:  # fmt: skip
    """Record who is the enterprise's chief carbon officer; the newest counts, with `ends_on` it says until when.

    Said again, word for word, it stays the one appointment.

    Raises:
        Unauthenticated, Forbidden: without `esg:disclose`.
        AccountNotFound, DisclosureNotYours, AccountClosed: in this order.
        DisclosureTextInvalid: a text that is missing or too long.
        AppointmentInvalid: it ends before it begins.
        EvidenceNotFound: not in this account.
    """
    scope.require("esg:disclose")
    account = await holder(write, scope, account_id)
    name = words("personName", person_name, most=LONGEST_NAME)
    role, paper = words("title", title, most=LONGEST_NAME), words("document", document)
    if ends_on is not None and ends_on < starts_on:
        raise AppointmentInvalid(path=("input", "endsOn"))
    value = CarbonOfficerValue(
        account_id=account_id, id=new_id(), person_name=name, title=role, document=paper, starts_on=starts_on,
        ends_on=ends_on,
        evidence_id=(await files(write, scope, account_id, [evidence_id]))[0] if evidence_id else None,
        recorded_at=now(), recorded_by=scope.actor_id,
    )  # fmt: skip
    newest = await queries.officers(write, scope, [account_id], after=None, limit=1)
    if newest and newest[0] == replace(
        value, id=newest[0].id, recorded_at=newest[0].recorded_at, recorded_by=newest[0].recorded_by
    ):
        return newest[0]
    await write.run(insert(EsgCarbonOfficer).values(columns(value)))
    note(write, account, "esg:appoint", "esg_carbon_officer", value.id, starts_on=starts_on.isoformat(),
         ends_on=None if ends_on is None else ends_on.isoformat())  # fmt: skip
    return value


async def officers(
    read: Read, scope: Scope, account_id: UUID | None, *, after: queries.Place | None, limit: int
) -> list[CarbonOfficerValue]:
    """Return appointments, the newest recorded first: of an account, or of all the caller sees.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        AccountNotFound: not there, or not visible.
    """
    scope.require("esg:read")
    if account_id is not None:
        await accounts.account(read, scope, account_id)
    return await queries.officers(read, scope, None if account_id is None else [account_id], after=after, limit=limit)
