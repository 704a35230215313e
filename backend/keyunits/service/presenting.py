"""The digital passport (数字护照): a public page that shows what the enterprise agreed to, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.emissions.methods.arithmetic import add
from backend.identity import service as identity
from backend.keyunits import catalogue, ports, queries, queries_standing, queries_work
from backend.keyunits.errors import KeyUnitDatesInvalid, UnitPassportNotFound
from backend.keyunits.models import KeyUnitPassport
from backend.keyunits.rules import checking
from backend.keyunits.service.common import listed, lock, note, recorded
from backend.keyunits.service.listing import year_facts
from backend.keyunits.values import MONTHS, ZERO, PassportField, PassportRow, Words
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.quantities import display
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants

LONGEST_YEARS = 3
YES = Words("重点用能和碳排放单位", "Key energy and carbon unit")


async def show_passport(
    write: Write, scope: Scope, account_id: UUID, *, fields: Sequence[PassportField], valid_until: date
) -> PassportRow:
    """Agree to a public page with the enterprise's name and these parts, up to and including a day.

    The page keeps its address: what was agreed before is replaced.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:manage`; only the enterprise itself can agree.
        AccountNotFound, AccountNotYours, AccountClosed, KeyUnitNotFound: in this order.
        KeyUnitChoiceInvalid: nothing to show, or something twice.
        KeyUnitDatesInvalid: the last day is over, or more than three years away.
    """
    await _own(write, scope, account_id)
    await listed(write, scope, account_id)
    shown = checking.chosen(fields, len(PassportField), "fields")
    checking.not_past(valid_until, "validUntil")
    last = today()
    if valid_until > date(last.year + LONGEST_YEARS, 12, 31):
        raise KeyUnitDatesInvalid(
            reason_zh=f"有效期不超过 {LONGEST_YEARS} 年", reason_en=f"at most {LONGEST_YEARS} years ahead",
            path=("input", "validUntil"),
        )  # fmt: skip
    await lock(write, str(account_id))
    (before,) = await queries_standing.passports(write, scope, [account_id])
    own_id = new_id()
    row = PassportRow(
        account_id, own_id, own_id if before is None else before.passport_id, shown, valid_until, is_withdrawn=False,
        **recorded(scope),
    )  # fmt: skip
    await _store(write, row)
    note(write, "keyunits:show_passport", "carbon_account", account_id, fields=[each.value for each in shown])
    return row


async def withdraw_passport(write: Write, scope: Scope, account_id: UUID) -> PassportRow:
    """End the public page at once.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:manage`; only the enterprise itself.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        UnitPassportNotFound: there is none, or it was withdrawn already.
    """
    await _own(write, scope, account_id)
    await lock(write, str(account_id))
    (before,) = await queries_standing.passports(write, scope, [account_id])
    if before is None or before.is_withdrawn:
        raise UnitPassportNotFound
    row = PassportRow(
        account_id, new_id(), before.passport_id, before.fields, before.valid_until, is_withdrawn=True,
        **recorded(scope),
    )  # fmt: skip
    await _store(write, row)
    note(write, "keyunits:withdraw_passport", "carbon_account", account_id)
    return row


async def _own(write: Write, scope: Scope, account_id: UUID) -> None:
    scope.require("keyunits:manage")
    if scope.kind is not Kind.ENTERPRISE:
        raise Forbidden(permission="keyunits:manage")
    await accounts.own_account(write, scope, account_id)


async def _store(write: Write, row: PassportRow) -> None:
    await write.run(
        insert(KeyUnitPassport).values(
            account_id=row.account_id, id=row.id, passport_id=row.passport_id,
            fields=[each.value for each in row.fields], valid_until=row.valid_until, is_withdrawn=row.is_withdrawn,
            recorded_at=row.recorded_at, recorded_by=row.recorded_by,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PassportPage:
    """What a public page shows: the enterprise's name, lines of label and text, and what must be said of them."""

    name: str
    is_demonstration: bool
    valid_until: date
    lines: Sequence[tuple[Words, Words]]
    remarks: Sequence[Words]


async def passport_page(read: Read, scope: Scope, passport_id: UUID) -> PassportPage:
    """Return a public page as it stands today; read under the service's own scope, because anybody may.

    Raises:
        UnitPassportNotFound: there is none, it was withdrawn, or its last day is over.
    """
    found = await queries_standing.passport(read, scope, passport_id, today())
    if found is None:
        raise UnitPassportNotFound
    account = await accounts.account(read, scope, found.account_id)
    holder = await identity.organisation(read, scope, account.organisation_id)
    if holder is None or account.closed_at is not None:
        raise UnitPassportNotFound
    lines, remarks = await _told(read, scope, account, set(found.fields))
    return PassportPage(holder.name, account.is_demonstration, found.valid_until, lines, remarks)


async def _told(
    read: Read, scope: Scope, account: AccountValue, wanted: set[PassportField]
) -> tuple[list[tuple[Words, Words]], list[Words]]:
    """Return the lines of what is wanted, and what must be said of them."""
    lines = await _place(read, scope, account, wanted)
    remarks: list[Words] = []
    if PassportField.LISTING in wanted:
        unit = (await queries.files(read, scope, [account.id])).get(account.id)
        if unit is not None:
            lines.append((YES, Words(f"自 {unit.since} 年度起", f"since {unit.since}")))
    if PassportField.EFFICIENCY_CODE in wanted:
        code_lines, remarks = await _code(read, scope, account.id)
        lines += code_lines
    if wanted & {PassportField.EMISSIONS, PassportField.ENERGY}:
        lines += await _year(read, scope, account.id, wanted)
    if PassportField.SAVINGS in wanted:
        lines += await _savings(read, scope, account.id)
    if PassportField.CHIEF_OFFICER in wanted:
        lines += await _chief(read, scope, account.id)
    return lines, remarks


async def _chief(read: Read, scope: Scope, account_id: UUID) -> list[tuple[Words, Words]]:
    officer = (await ports.chief_officers(read, scope, [account_id]) or {}).get(account_id)
    if officer is None:
        return []
    told = Words(f"{officer.person_name}（{officer.title}）", f"{officer.person_name}, {officer.title}")
    return [(Words("首席双碳官", "Chief carbon officer"), told)]


async def _place(
    read: Read, scope: Scope, account: AccountValue, wanted: set[PassportField]
) -> list[tuple[Words, Words]]:
    pack = await tenants.pack_in_force(read, scope)
    lines: list[tuple[Words, Words]] = []
    division, of = pack.division(account.division_code), pack.sector(account.sector)
    if PassportField.DIVISION in wanted and division is not None:
        lines.append((Words("所在地", "Place"), Words(division.name_zh, division.name_en)))
    if PassportField.SECTOR in wanted and of is not None:
        lines.append((Words("行业", "Sector"), Words(of.name_zh, of.name_en)))
    return lines


async def _code(read: Read, scope: Scope, account_id: UUID) -> tuple[list[tuple[Words, Words]], list[Words]]:
    (code,) = await queries_standing.codes(read, scope, [account_id])
    if code is None:
        return [], []
    scheme = catalogue.scheme(scope.tenant)
    remarks = [scheme.source.note] if code.is_placeholder and scheme is not None else []
    mark = Words("（占位方案）", " (placeholder scheme)") if code.is_placeholder else Words("", "")
    told = Words(f"{code.name.zh}（{code.year}）{mark.zh}", f"{code.name.en} ({code.year}){mark.en}")
    return [(Words("碳效码", "Carbon-efficiency code"), told)], remarks


async def _year(read: Read, scope: Scope, account_id: UUID, wanted: set[PassportField]) -> list[tuple[Words, Words]]:
    """Return the newest whole year among the last three; nothing where there is none."""
    newest = today().year
    for year in range(newest, newest - LONGEST_YEARS, -1):
        facts = (await year_facts(read, scope, year, account_ids=[account_id])).get(account_id)
        if facts is None or facts.months < MONTHS:
            continue
        state = Words("已核查", "verified") if facts.is_verified else Words("未核查", "not verified")
        lines: list[tuple[Words, Words]] = []
        if PassportField.EMISSIONS in wanted:
            lines += [
                (Words(f"{year} 年范围一排放", f"Scope 1, {year}"), _amount(facts.direct, "tCO2e", state)),
                (
                    Words(f"{year} 年范围二排放（位置法）", f"Scope 2 (location-based), {year}"),
                    _amount(facts.location, "tCO2e", state),
                ),
            ]
        if PassportField.ENERGY in wanted:
            lines.append((Words(f"{year} 年综合能源消费量", f"Energy, {year}"), _amount(facts.energy, "tce", state)))
        return lines
    return []


def _amount(value: Decimal, unit: str, state: Words) -> Words:
    shown = f"{_rounded(value)} {unit}"
    return Words(f"{shown}（{state.zh}）", f"{shown} ({state.en})")


def _rounded(value: Decimal) -> str:
    return f"{Decimal(display(value, 2)):,f}"


async def _savings(read: Read, scope: Scope, account_id: UUID) -> list[tuple[Words, Words]]:
    (projects,) = await queries_work.retrofits(read, scope, [account_id])
    confirmed = [each for each in projects if each.saved_tce is not None and each.saved_tco2 is not None]
    if not confirmed:
        return []
    tce = reduce(add, (each.saved_tce or ZERO for each in confirmed), ZERO)
    tco2 = reduce(add, (each.saved_tco2 or ZERO for each in confirmed), ZERO)
    told = f"{_rounded(tce)} tce, {_rounded(tco2)} tCO2e"
    label = Words(f"已确认节能降碳量（{len(confirmed)} 个项目）", f"Confirmed savings ({len(confirmed)} projects)")
    return [(label, Words(told, told))]
